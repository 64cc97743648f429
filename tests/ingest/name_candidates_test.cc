#include "ingest/name_candidates.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/ingest/split_document.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::Contains;
using testing::IsSupersetOf;
using testing::Not;

std::set<std::string> Forms(const std::string& text) {
  Document document = SplitDocument(text);
  Recognition recognition(document);
  FindByRules(recognition);
  const NameCandidates candidates = FindNameCandidates(recognition);
  std::set<std::string> forms;
  for (const NameCandidate& name : candidates.names) {
    if (name.occurrences.empty()) continue;
    forms.emplace(document.Text(candidates.occurrences[name.occurrences[0]].span));
  }
  return forms;
}

TEST(NameCandidatesTest, HeadsWithEachWordBeforeThem) {
  EXPECT_THAT(Forms("记者获悉，青屿云岭智算科技有限公司近日成立。"),
              IsSupersetOf({"青屿云岭智算科技有限公司", "云岭智算科技有限公司"}));
}

TEST(NameCandidatesTest, QuotedNamesAndItemsOfLists) {
  EXPECT_THAT(Forms("公司推出“云帆”，与甲骨科技、岭南木业、飞鹭等合作。"),
              IsSupersetOf({"云帆", "岭南木业", "飞鹭"}));
}

TEST(NameCandidatesTest, PartsOfCapitalizedRuns) {
  EXPECT_THAT(Forms("Orvella Robotics Chief Executive Jane Hale spoke with the Bureau of Vane."),
              IsSupersetOf({"Orvella Robotics", "Jane Hale", "Bureau of Vane"}));
}

TEST(NameCandidatesTest, LatinBrandsWithTheChineseWordsBehindThem) {
  EXPECT_THAT(Forms("公司发布OrvellaStudy教学平台。"),
              IsSupersetOf({"OrvellaStudy", "OrvellaStudy教学平台"}));
}

TEST(NameCandidatesTest, OccurrencesAreNoPartsOfLatinWords) {
  Document document = SplitDocument("Orvella met Orvellas. Orvella left.");
  Recognition recognition(document);
  FindByRules(recognition);
  const NameCandidates candidates = FindNameCandidates(recognition);
  const auto orvella =
      std::find_if(candidates.names.begin(), candidates.names.end(),
                   [](const NameCandidate& name) { return name.text == U"Orvella"; });
  ASSERT_NE(orvella, candidates.names.end());
  EXPECT_EQ(orvella->occurrences.size(), 2u);
}

TEST(NameCandidatesTest, NamesOverTheLimitAreNoCandidates) {
  std::string name;
  for (uint32_t i = 0; i <= kNameCharsMax; ++i) name += "云";
  EXPECT_THAT(Forms("公司推出“" + name + "”。"), Not(Contains(name)));
}

TEST(NameCandidatesTest, TraditionalTextHasTheSame) {
  const auto count = [](const std::string& text) { return Forms(text).size(); };
  EXPECT_EQ(count("东屿银行与华岭汽车签署协议，陈国栋出席。"),
            count("東嶼銀行與華嶺汽車簽署協議，陳國棟出席。"));
}

// A list of companies, a sentence without end and the same character again and again: the number of
// candidates and occurrences grows with the text, and no faster.
TEST(NameCandidatesTest, AreLinearInTheText) {
  const auto repeat = [](const std::string& part, int times) {
    std::string text;
    for (int i = 0; i < times; ++i) text += part;
    return text;
  };
  for (const std::string part : {"甲云科技、乙岭银行、", "云岭与青屿在北京签约公司平台", "云云",
                                 "Orvella Vane and Hale of ", "A B "}) {
    const auto size = [&](int times) {
      Document document = SplitDocument(repeat(part, times));
      Recognition recognition(document);
      FindByRules(recognition);
      const NameCandidates candidates = FindNameCandidates(recognition);
      EXPECT_LE(candidates.names.size(), kNameCandidatesMax);
      return candidates.names.size() + candidates.occurrences.size();
    };
    const size_t small = size(200), large = size(800);
    EXPECT_LE(large, 5 * small + 100) << part;
    EXPECT_LE(large, 800 * part.size() * 8) << part;
  }
}

}  // namespace
}  // namespace partnergraph
