#include "clients/cli/output.h"

#include <sstream>

#include "clients/cli/edge_text.h"
#include "gtest/gtest.h"

namespace partnergraph::cli {
namespace {

AnswerShape Shape() {
  AnswerShape shape;
  shape.lists = {{"nodes", "node"}, {"edges", "edge"}};
  shape.rows = "nodes";
  shape.columns = {{"id", "/node/id", Align::kRight}, {"name", "/node/name"}, {"tags", "/tags"}};
  shape.nothing_found = "nothing";
  return shape;
}

std::string Written(OutputFormat format, const std::vector<Json>& nodes, const Json& summary) {
  std::ostringstream out;
  Output output(format, {}, Shape(), out);
  for (const Json& node : nodes) {
    output.Add("nodes", node);
  }
  output.Add("edges", {{"type", "USES"}});
  output.Finish(summary);
  return out.str();
}

const Json kAcme = {{"node", {{"id", 7}, {"name", "Acme, \"Inc\""}}}, {"tags", {"a", "b"}}};
const Json kBridge = {{"node", {{"id", 8}, {"name", "云桥\n科技"}}}, {"tags", Json::array()}};

TEST(OutputTest, JsonIsOneObjectWithListsAndSummary) {
  const Json answer = Json::parse(Written(OutputFormat::kJson, {kAcme}, {{"read_token", "t"}}));
  EXPECT_EQ(answer,
            (Json{{"nodes", {kAcme}}, {"edges", {{{"type", "USES"}}}}, {"read_token", "t"}}));
}

TEST(OutputTest, JsonlNamesEachRecordAndEndsWithTheSummary) {
  EXPECT_EQ(Written(OutputFormat::kJsonl, {kBridge}, {{"read_token", "t"}}),
            "{\"record\":\"node\",\"node\":{\"id\":8,\"name\":\"云桥\\n科技\"},\"tags\":[]}\n"
            "{\"record\":\"edge\",\"type\":\"USES\"}\n"
            "{\"record\":\"summary\",\"read_token\":\"t\"}\n");
}

TEST(OutputTest, CsvQuotesAsRfc4180Says) {
  EXPECT_EQ(Written(OutputFormat::kCsv, {kAcme, kBridge}, Json::object()),
            "id,name,tags\r\n"
            "7,\"Acme, \"\"Inc\"\"\",\"[\"\"a\"\",\"\"b\"\"]\"\r\n"
            "8,\"云桥\n科技\",[]\r\n");
}

TEST(OutputTest, CsvOfAnEmptyAnswerIsTheHeader) {
  EXPECT_EQ(Written(OutputFormat::kCsv, {}, Json::object()), "id,name,tags\r\n");
}

TEST(OutputTest, CsvOfAFailedCallIsEmpty) {
  std::ostringstream out;
  Output output(OutputFormat::kCsv, {}, Shape(), out);
  EXPECT_EQ(out.str(), "");
}

TEST(OutputTest, TableShowsRowsOrSaysThatThereAreNone) {
  EXPECT_EQ(Written(OutputFormat::kTable, {kBridge}, Json::object()),
            "ID  NAME        TAGS\n 8  云桥\\n科技  []\n");
  EXPECT_EQ(Written(OutputFormat::kTable, {}, Json::object()), "nothing\n");
}

TEST(OutputTest, MissingValuesAreEmptyCells) {
  EXPECT_EQ(Written(OutputFormat::kCsv, {{{"node", nullptr}}}, Json::object()),
            "id,name,tags\r\n,,\r\n");
}

TEST(OutputTest, FractionsAreShortForPeopleAndExactForPrograms) {
  EXPECT_EQ(TextForPeople(0.26600003), "0.266");
  EXPECT_EQ(CellText(0.26600003), "0.26600003");
  EXPECT_EQ(TextForPeople(0.9), "0.9");
  EXPECT_EQ(TextForPeople(12345.6), "12346");
  EXPECT_EQ(TextForPeople(12), "12");
}

TEST(OutputTest, ParsesFormatNames) {
  EXPECT_EQ(ParseOutputFormat("jsonl"), OutputFormat::kJsonl);
  EXPECT_EQ(ParseOutputFormat("xml"), std::nullopt);
}

TEST(EdgeTextTest, AWalkReadsFromItsStartWithDealsInShort) {
  const Json company = {{"node_id", 1}, {"kind", "COMPANY"}, {"name", "云桥科技"}};
  const Json other = {{"node_id", 2}, {"kind", "COMPANY"}, {"name", "Acme"}};
  const Json deal = {{"node_id", 9}, {"kind", "PARTNERSHIP"}, {"name", "SUPPLY: 云桥科技 · Acme"}};
  const Json edges = {{{"type", "PARTY_TO"}, {"source", company}, {"target", deal}},
                      {{"type", "PARTY_TO"}, {"source", other}, {"target", deal}}};
  EXPECT_EQ(WalkText(edges, other), "云桥科技 -PARTY_TO-> SUPPLY (9) <-PARTY_TO- Acme");
  EXPECT_EQ(WalkText(Json::array(), other), "Acme");
}

TEST(EdgeTextTest, DatesAreWordedForPeople) {
  EXPECT_EQ(DateForPeople("../2018-11"), "before 2018-11");
  EXPECT_EQ(DateForPeople("2018/.."), "after 2018");
  EXPECT_EQ(DateForPeople(nullptr), "");
}

}  // namespace
}  // namespace partnergraph::cli
