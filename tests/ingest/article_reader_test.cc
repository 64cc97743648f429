#include "ingest/article_reader.h"

#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "graph/utf8.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ArticleRecord Tsv(std::string_view data) {
  return {RecordFormat::kTsv, data, "news/articles.tsv", 3};
}
ArticleRecord Json(std::string_view data) { return {RecordFormat::kJson, data, "feed.jsonl", 7}; }

TEST(ReadArticleTest, TsvIsTitleTabText) {
  ASSERT_OK_AND_ASSIGN(const Article article,
                       ReadArticle(Tsv("曜锂能源签约\t今日，曜锂能源与对方签约。")));
  EXPECT_EQ(article.title, "曜锂能源签约");
  EXPECT_EQ(article.text, "今日，曜锂能源与对方签约。");
}

TEST(ReadArticleTest, FurtherTabsBelongToTheText) {
  ASSERT_OK_AND_ASSIGN(const Article article, ReadArticle(Tsv("T\ta\tb\t")));
  EXPECT_EQ(article.text, "a\tb");
}

TEST(ReadArticleTest, IdOfARecordWithoutOneIsTheFilesStemInTheSingularAndTheLine) {
  ASSERT_OK_AND_ASSIGN(const Article article, ReadArticle(Tsv("T\ttext")));
  EXPECT_EQ(article.id, "article-3");
  ASSERT_OK_AND_ASSIGN(const Article press,
                       ReadArticle({RecordFormat::kTsv, "T\ttext", "press.2025.tsv", 1}));
  EXPECT_EQ(press.id, "press-1");
  for (const auto& [file, id] : {std::pair{"seeds.tsv", "seed-1"},
                                 {"a/news.tsv", "news-1"},
                                 {"bus.tsv", "bus-1"},
                                 {"status.tsv", "status-1"},
                                 {"analysis.tsv", "analysis-1"}}) {
    ASSERT_OK_AND_ASSIGN(const Article article,
                         ReadArticle({RecordFormat::kTsv, "T\ttext", file, 1}));
    EXPECT_EQ(article.id, id);
  }
}

TEST(ReadArticleTest, OnlyAnIdMadeFromThePlaceIsDerived) {
  ASSERT_OK_AND_ASSIGN(const Article placed, ReadArticle(Json(R"({"text":"b"})")));
  EXPECT_TRUE(placed.id_is_derived);
  ASSERT_OK_AND_ASSIGN(const Article named, ReadArticle(Json(R"({"article_id":"x","text":"b"})")));
  EXPECT_FALSE(named.id_is_derived);
}

TEST(ReadArticleTest, LongFileNamesAreCutBetweenCharacters) {
  std::string file;
  for (int i = 0; i < 80; ++i) file += "闻";
  for (const char* prefix : {"", "a", "ab"}) {
    ASSERT_OK_AND_ASSIGN(const Article article,
                         ReadArticle({RecordFormat::kTsv, "T\ttext", prefix + file + ".tsv", 1}));
    EXPECT_LE(article.id.size(), 194u);
    EXPECT_GE(article.id.size(), 192u);
    EXPECT_EQ(FindInvalidUtf8(article.id), std::nullopt);
  }
}

TEST(ReadArticleTest, RecordWithoutBodyNamesFileLineAndTitle) {
  EXPECT_THAT(ReadArticle(Tsv("只有标题\t")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("news/articles.tsv:3"), HasSubstr("no text"),
                             HasSubstr("只有标题"))));
  EXPECT_THAT(ReadArticle(Tsv("T\t \xE3\x80\x80 ")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no text")));
  EXPECT_TRUE(ReadArticle(Tsv("T\t")).status().GetPayload(kNoTextPayload).has_value());
  EXPECT_FALSE(ReadArticle(Tsv("no tab")).status().GetPayload(kNoTextPayload).has_value());
  EXPECT_THAT(ReadArticle(Tsv("no tab")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no tab")));
}

TEST(ReadArticleTest, BytesThatAreNotUtf8AreNamed) {
  // GB18030 for 商汤.
  EXPECT_THAT(ReadArticle(Tsv("T\t\xC9\xCC\xCC\xC0")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("articles.tsv:3"), HasSubstr("byte 2"), HasSubstr("0xc9"))));
}

TEST(ReadArticleTest, JsonTakesEveryField) {
  ASSERT_OK_AND_ASSIGN(
      const Article article,
      ReadArticle(Json(
          R"({"article_id":"x","title":"t","text":"b","url":"u","source":"s","published":"2025-03-18",)"
          R"("language":"en","further":1})")));
  EXPECT_EQ(article.id, "x");
  EXPECT_EQ(article.source, "s");
  EXPECT_EQ(FormatDate(article.published), "2025-03-18");
}

TEST(ReadArticleTest, JsonNullsAreAbsentAndTimesOfDayAreCut) {
  ASSERT_OK_AND_ASSIGN(
      const Article article,
      ReadArticle(Json(R"({"title":null,"text":"b","published":"2025-03-18T09:00:00Z"})")));
  EXPECT_EQ(article.id, "feed-7");
  EXPECT_EQ(FormatDate(article.published), "2025-03-18");
}

TEST(ReadArticleTest, BadJsonNamesTheByteOrTheField) {
  EXPECT_THAT(ReadArticle(Json(R"({"text":"b)")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("feed.jsonl:7"), HasSubstr("byte"))));
  EXPECT_THAT(ReadArticle(Json("[1]")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not a JSON object")));
  EXPECT_THAT(ReadArticle(Json(R"({"text":5})")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"text\" is a number")));
  EXPECT_THAT(ReadArticle(Json(R"({"text":"b","published":"2025-02-30"})")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("\"published\"")));
}

TEST(ReadArticleTest, DeeplyNestedJsonIsRefusedBeforeItIsParsed) {
  const std::string bomb = R"({"text":)" + std::string(400'000, '[');
  EXPECT_THAT(ReadArticle(Json(bomb)),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nested deeper")));
}

TEST(ReadArticleTest, BracketsInsideStringsDoNotNest) {
  ASSERT_OK_AND_ASSIGN(const Article article,
                       ReadArticle(Json(R"({"text":"[[[[[[[[[[[[[[[[[[[[\"{{{{"})")));
  EXPECT_EQ(article.text, "[[[[[[[[[[[[[[[[[[[[\"{{{{");
}

TEST(ReadArticleTest, PlainTextHasItsTitleOnTheFirstLine) {
  ASSERT_OK_AND_ASSIGN(
      const Article article,
      ReadArticle({RecordFormat::kText, "\xEF\xBB\xBFTitle\r\nBody\nmore", "a.txt", 1}));
  EXPECT_EQ(article.title, "Title");
  EXPECT_EQ(article.text, "Body\nmore");
}

TEST(FormatOfFileTest, GoesByTheEnding) {
  EXPECT_EQ(*FormatOfFile("x/A.TSV"), RecordFormat::kTsv);
  EXPECT_EQ(*FormatOfFile("a.ndjson"), RecordFormat::kJson);
  EXPECT_THAT(FormatOfFile("a.pdf"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a.pdf")));
}

class ReadRecordsTest : public testing::Test {
 protected:
  ReadRecordsTest()
      : file_(testing::TempDir() + "/read_records_test_" + std::to_string(getpid())) {}
  ~ReadRecordsTest() override { std::remove(file_.c_str()); }

  void Write(const std::string& bytes) { std::ofstream(file_, std::ios::binary) << bytes; }

  std::vector<std::string> Read(RecordFormat format = RecordFormat::kTsv) {
    std::vector<std::string> seen;
    EXPECT_THAT(ReadRecords(file_, format,
                            [&](absl::StatusOr<ArticleRecord> record) {
                              seen.push_back(record.ok() ? std::to_string(record->line) + ":" +
                                                               std::string(record->data)
                                                         : std::string(record.status().message()));
                              return true;
                            }),
                IsOk());
    return seen;
  }

  std::string file_;
};

TEST_F(ReadRecordsTest, CutsLinesAndCountsThem) {
  Write("a\tb\r\n\nc\td");
  EXPECT_THAT(Read(), ElementsAre("1:a\tb", "3:c\td"));
}

TEST_F(ReadRecordsTest, ALineOverTheLimitIsNamedAndTheRestIsRead) {
  Write("a\tb\n" + std::string(3 * kRecordBytesMax, 'x') + "\nc\td\n");
  EXPECT_THAT(Read(),
              ElementsAre("1:a\tb", AllOf(HasSubstr(":2: "), HasSubstr("more than 1048576 bytes")),
                          "3:c\td"));
}

TEST_F(ReadRecordsTest, ATextFileIsOneRecord) {
  Write("title\nline\n\nline\n");
  EXPECT_THAT(Read(RecordFormat::kText), ElementsAre("1:title\nline\n\nline\n"));
}

TEST_F(ReadRecordsTest, AMissingFileIsNotFound) {
  EXPECT_THAT(ReadRecords("/nowhere/at/all.tsv", RecordFormat::kTsv, [](auto) { return true; }),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere/at/all.tsv")));
}

TEST_F(ReadRecordsTest, StopsWhenToldTo) {
  Write("a\tb\nc\td\n");
  int count = 0;
  EXPECT_THAT(ReadRecords(file_, RecordFormat::kTsv, [&](auto) { return ++count < 1; }), IsOk());
  EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace partnergraph
