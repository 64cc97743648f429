#include "ingest/csv_splitter.h"

#include <random>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnergraph {
namespace {

using testing::ElementsAre;

struct Row {
  uint64_t line = 0;
  std::vector<std::string> fields;
  std::string fault;
};

std::vector<Row> Split(std::string_view bytes, char delimiter = ',') {
  std::vector<Row> rows;
  CsvSplitter splitter(bytes, 10, delimiter);
  while (splitter.Next()) {
    Row& row = rows.emplace_back();
    row.line = splitter.line();
    row.fields.assign(splitter.fields().begin(), splitter.fields().end());
    if (splitter.fault() != nullptr) row.fault = splitter.fault();
  }
  return rows;
}

TEST(CsvSplitterTest, SplitsRecordsAndFields) {
  const std::vector<Row> rows = Split("a,b,c\r\n\n,x,\nlast,,\"q\"");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].line, 10u);
  EXPECT_THAT(rows[0].fields, ElementsAre("a", "b", "c"));
  EXPECT_EQ(rows[1].line, 12u) << "an empty line is skipped and counted";
  EXPECT_THAT(rows[1].fields, ElementsAre("", "x", ""));
  EXPECT_THAT(rows[2].fields, ElementsAre("last", "", "q"));
  EXPECT_THAT(Split("a\tb,c", '\t')[0].fields, ElementsAre("a", "b,c"));
  EXPECT_TRUE(Split("").empty());
  EXPECT_TRUE(Split("\n\r\n").empty());
}

TEST(CsvSplitterTest, QuotedFieldsHoldQuotesDelimitersAndNewlines) {
  const std::vector<Row> rows = Split("\"a \"\"b\"\"\",\"c,d\r\ne\",\"\"\r\nnext,\"\"\"\"\n");
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_THAT(rows[0].fields, ElementsAre("a \"b\"", "c,d\r\ne", ""));
  EXPECT_EQ(rows[1].line, 12u);
  EXPECT_THAT(rows[1].fields, ElementsAre("next", "\""));
}

TEST(CsvSplitterTest, SaysWhatIsWrongAndGoesOn) {
  const std::vector<Row> rows = Split("a\"b,c\n\"a\"b,c\nok,1\n\"open");
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_THAT(rows[0].fault, testing::HasSubstr("quote inside"));
  EXPECT_THAT(rows[1].fault, testing::HasSubstr("behind the end"));
  EXPECT_EQ(rows[2].fault, "");
  EXPECT_THAT(rows[2].fields, ElementsAre("ok", "1"));
  EXPECT_THAT(rows[3].fault, testing::HasSubstr("does not end"));
}

TEST(CsvSplitterTest, ReadsBackWhatIsQuoted) {
  std::mt19937 random(11);
  for (int i = 0; i < 500; ++i) {
    std::vector<std::vector<std::string>> want(1 + random() % 5);
    std::string bytes;
    for (auto& fields : want) {
      fields.resize(1 + random() % 4);
      for (size_t f = 0; f < fields.size(); ++f) {
        constexpr std::string_view kPieces = "ab,\"\n\r;";
        for (size_t n = random() % 6; n > 0; --n) fields[f] += kPieces[random() % kPieces.size()];
        if (f > 0) bytes += ',';
        const bool plain = fields[f].find_first_of(",\"\n\r") == std::string::npos;
        // A record of one empty field would be an empty line.
        if (plain && random() % 2 == 0 && fields.size() > 1) {
          bytes += fields[f];
          continue;
        }
        bytes += '"';
        for (const char c : fields[f]) bytes += c == '"' ? "\"\"" : std::string(1, c);
        bytes += '"';
      }
      bytes += random() % 2 == 0 ? "\n" : "\r\n";
    }
    const std::vector<Row> rows = Split(bytes);
    ASSERT_EQ(rows.size(), want.size()) << bytes;
    for (size_t r = 0; r < rows.size(); ++r) {
      ASSERT_EQ(rows[r].fault, "") << bytes;
      ASSERT_EQ(rows[r].fields, want[r]) << bytes;
    }
  }
}

}  // namespace
}  // namespace partnergraph
