#include "ingest/document.h"

#include "gtest/gtest.h"
#include "ingest/pipeline.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;

Article MakeArticle(std::string title, std::string text) {
  Article article;
  article.title = std::move(title);
  article.text = std::move(text);
  return article;
}

TEST(DocumentTest, OffsetsLeadFromCharactersToBytes) {
  ASSERT_OK_AND_ASSIGN(const Document document, MakeDocument(MakeArticle("甲乙", "ａ商")));
  EXPECT_EQ(document.text, "甲乙\nａ商");
  EXPECT_EQ(document.chars, U"甲乙\na商");
  EXPECT_EQ(document.raw, U"甲乙\nａ商");
  EXPECT_EQ(document.body_begin, 3u);
  EXPECT_EQ(document.ToBytes({3, 5}).begin, 7u);
  EXPECT_EQ(document.ToBytes({3, 5}).end, 13u);
  EXPECT_EQ(document.Text({3, 4}), "ａ");
}

TEST(DocumentTest, TraditionalCharactersBecomeSimplifiedOnes) {
  ASSERT_OK_AND_ASSIGN(const Document document,
                       MakeDocument(MakeArticle("", "雲嶺銀行與華東電機簽訂協議「甲」")));
  EXPECT_EQ(document.chars, U"\n云岭银行与华东电机签订协议“甲”");
  EXPECT_EQ(document.language, Language::kTraditionalChinese);
}

TEST(DocumentTest, LanguageFollowsTheScript) {
  ASSERT_OK_AND_ASSIGN(const Document english,
                       MakeDocument(MakeArticle("Acme grows", "It opened a plant.")));
  EXPECT_EQ(english.language, Language::kEnglish);
  ASSERT_OK_AND_ASSIGN(const Document chinese,
                       MakeDocument(MakeArticle("云岭科技SkyRidge发布新品", "新品今日上市。")));
  EXPECT_EQ(chinese.language, Language::kSimplifiedChinese);
}

TEST(DocumentTest, NamesTheByteThatIsNotUtf8) {
  EXPECT_THAT(
      MakeDocument(MakeArticle("ok", "abc\xff")),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("text is not UTF-8 at byte 3")));
  EXPECT_THAT(MakeDocument(MakeArticle("\xe5\x95", "abc")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("title is not UTF-8")));
}

TEST(DocumentTest, RefusesWhatIsEmptyOrTooLong) {
  EXPECT_THAT(MakeDocument(MakeArticle("", "　\n ")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no text")));
  EXPECT_THAT(MakeDocument(MakeArticle("t", std::string(kArticleTextBytesMax + 1, 'a'))),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("text has")));
  Article article = MakeArticle("t", "text");
  article.language = "fr";
  EXPECT_THAT(MakeDocument(article),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("language")));
}

}  // namespace
}  // namespace partnergraph
