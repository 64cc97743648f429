#include "ingest/lexicon.h"

#include <algorithm>
#include <string_view>

#include "gtest/gtest.h"

namespace partnergraph {
namespace {

constexpr std::u32string_view kTexts[] = {
    U"云岭科技股份有限公司",   U"岫云大学附属医院",     U"青屿智能座舱平台",
    U"战略合作框架协议",       U"海澜管理办法",         U"Orvella Robotics 有限公司",
    U"衡川银行(中国)有限公司", U"VelaLearn教学平台App", U"𠮷野公司𠮷",
};

// The longest word of a class that ends `text`, looked for one length after the other.
size_t LongestByTrying(std::u32string_view text, uint64_t classes, size_t min, size_t max) {
  for (size_t length = std::min(max, text.size()); length >= min; --length) {
    if (Lexicon::Get().Find(text.substr(text.size() - length)).Is(classes)) return length;
  }
  return 0;
}

TEST(LexiconTest, FindsWordsWithoutRegardToCaseAndNothingElse) {
  const Lexicon& lexicon = Lexicon::Get();
  EXPECT_TRUE(lexicon.Find(U"有限公司").Is(kOrgHead));
  EXPECT_TRUE(lexicon.Find(U"INC").Is(kLegalEn));
  EXPECT_TRUE(lexicon.Find(U"inc").Is(kLegalEn));
  EXPECT_EQ(lexicon.Find(U"").classes, 0u);
  EXPECT_EQ(lexicon.Find(U"有限公").classes & kOrgHead, 0u);
  EXPECT_EQ(lexicon.Find(U"有限公司有限公司").classes, 0u);
  EXPECT_EQ(lexicon.Find(U"𠮷").classes, 0u);
}

TEST(LexiconTest, MatchVisitsEveryEntryThatBeginsThereShortestFirst) {
  const Lexicon& lexicon = Lexicon::Get();
  for (const std::u32string_view text : kTexts) {
    for (size_t begin = 0; begin < text.size(); ++begin) {
      size_t last = 0;
      lexicon.Match(text, begin, [&](size_t length, const LexiconEntry& entry) {
        EXPECT_GT(length, last);
        EXPECT_EQ(&entry, &lexicon.Find(text.substr(begin, length)));
        for (size_t between = last + 1; between < length; ++between) {
          EXPECT_EQ(lexicon.Find(text.substr(begin, between)).classes, 0u);
        }
        last = length;
      });
    }
  }
}

TEST(LexiconTest, EndingsAreTheLongestOfTheirClass) {
  const Lexicon& lexicon = Lexicon::Get();
  size_t found = 0;
  for (const std::u32string_view whole : kTexts) {
    for (size_t end = 1; end <= whole.size(); ++end) {
      const std::u32string_view text = whole.substr(0, end);
      for (size_t begin = 0; begin < end; ++begin) {
        const LexiconEntry* entry = nullptr;
        const size_t length = lexicon.FindOrgHead(whole, begin, end, entry);
        EXPECT_EQ(length, LongestByTrying(text.substr(begin), kOrgHead, 1, 31));
        if (length > 0) {
          EXPECT_EQ(entry, &lexicon.Find(text.substr(end - length)));
        }
        found += length > 0;
      }
      for (const LexiconClass what : {kProductHead, kDocument}) {
        for (const size_t min : {1, 2}) {
          const size_t length = lexicon.FindEnding(text, what, min, 6);
          EXPECT_EQ(length, LongestByTrying(text, what, min, 6));
          found += length > 0;
        }
      }
    }
  }
  EXPECT_GT(found, 20u);
  EXPECT_EQ(lexicon.FindEnding(U"", kDocument, 1, 6), 0u);
  EXPECT_EQ(lexicon.FindEnding(U"智能座舱平台", kProductHead, 3, 6),
            LongestByTrying(U"智能座舱平台", kProductHead, 3, 6));
}

}  // namespace
}  // namespace partnergraph
