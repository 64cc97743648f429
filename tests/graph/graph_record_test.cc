#include "graph/graph_record.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;

template <typename Record>
std::string Line(const Record& record) {
  std::string line;
  AppendGraphRecord(record, line);
  return line;
}

// What a line says, written again.
std::string Again(const std::string& line) {
  const absl::StatusOr<GraphRecord> record =
      ParseGraphRecord(std::string_view(line).substr(0, line.size() - 1));
  if (!record.ok()) return record.status().ToString();
  return std::visit([](const auto& value) { return Line(value); }, *record);
}

void ExpectRefused(const std::string& line, const std::string& reason) {
  EXPECT_THAT(ParseGraphRecord(line).status(),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(reason)))
      << line;
}

TEST(GraphRecordTest, EdgesReadBackAsTheyWereWritten) {
  GraphEdgeRecord edge{.type = "EMPLOYED_BY", .source = "a\"b\\", .target = "2"};
  edge.title = "首席\n执行官";
  edge.date = {.year = 2018, .month = 6, .bound = DateBound::kBefore};
  edge.status = FactStatus::kRumoured;
  edge.confidence = 0.1f + 0.2f;
  edge.source_count = 7;
  const std::string line = Line(edge);
  EXPECT_EQ(Again(line), line);
  const auto record = ParseGraphRecord(std::string_view(line).substr(0, line.size() - 1));
  ASSERT_THAT(record, IsOk());
  const auto& read = std::get<GraphEdgeRecord>(*record);
  EXPECT_EQ(read.source, edge.source);
  EXPECT_EQ(read.title, edge.title);
  EXPECT_EQ(read.date, edge.date);
  EXPECT_EQ(read.status, edge.status);
  EXPECT_EQ(read.confidence, edge.confidence);
  EXPECT_EQ(read.source_count, edge.source_count);
}

TEST(GraphRecordTest, NodesReadBackAsTheyWereWritten) {
  GraphNodeRecord company{.id = "12", .kind = NodeKind::kCompany, .name = "云桥科技有限公司"};
  company.names = {"云桥", "Yunqiao"};
  company.org_type = "COMPANY";
  company.external_id = "c-12";
  EXPECT_EQ(Again(Line(company)), Line(company));
  GraphNodeRecord deal{.id = "20", .kind = NodeKind::kPartnership};
  deal.partnership.kind = "JOINT_VENTURE";
  deal.partnership.date = {.year = 2018};
  deal.partnership.location = "上海";
  deal.partnership.terms = {{{DealTermKind::kStake, "51", "", TermBound::kAbout}, "12", 3}};
  EXPECT_EQ(Again(Line(deal)), Line(deal));
}

TEST(GraphRecordTest, EdgeTypesReadBackAsTheyWereWritten) {
  const EdgeTypeDeclaration type{"SUPPLIES", "SUPPLIED_BY", false, KindBit(NodeKind::kCompany),
                                 kAllKinds};
  EXPECT_EQ(Again(Line(type)), Line(type));
}

TEST(GraphRecordTest, AbsentFieldsHaveTheirDefaults) {
  const auto record = ParseGraphRecord(R"({"edge":{"type":"USES","source":"a","target":7}})");
  ASSERT_THAT(record, IsOk());
  const auto& edge = std::get<GraphEdgeRecord>(*record);
  EXPECT_EQ(edge.target, "#7") << "a number is a stored node";
  EXPECT_EQ(edge.status, FactStatus::kAnnounced);
  EXPECT_EQ(edge.confidence, 1);
  EXPECT_EQ(edge.source_count, 1u);
  EXPECT_TRUE(edge.date.empty());
}

TEST(GraphRecordTest, NamesTheFieldThatIsWrong) {
  ExpectRefused("", "not JSON");
  ExpectRefused("[]", "one field");
  ExpectRefused(R"({"node":{},"edge":{}})", "one field");
  ExpectRefused(R"({"fact":{}})", "fact");
  ExpectRefused(R"({"node":[]})", "node is not an object");
  ExpectRefused(R"({"node":{"id":"1","kind":"COMPANY"}})", "node.name");
  ExpectRefused(R"({"node":{"id":"1","kind":"FIRM","name":"a"}})", "node.kind is \"FIRM\"");
  ExpectRefused(R"({"node":{"id":"1","kind":"COMPANY","name":"a","colour":1}})", "colour");
  ExpectRefused(R"({"node":{"id":"1","kind":"PERSON","name":"a","org_type":"SCHOOL"}})",
                "node.org_type");
  ExpectRefused(R"({"node":{"kind":"PERSON","name":"a"}})", "node.id is required");
  ExpectRefused(R"({"node":{"id":"1","kind":"PERSON","name":"a","partnership":{}}})",
                "node.partnership");
  ExpectRefused(R"({"node":{"id":"1","kind":"PARTNERSHIP","partnership":{"kind":"DEAL"}}})",
                "node.partnership.kind");
  ExpectRefused(R"({"edge":{"type":"USES","source":"a"}})", "edge.target is required");
  ExpectRefused(R"({"edge":{"type":"USES","source":"a","target":"b","date":"2018-13"}})",
                "edge.date");
  ExpectRefused(R"({"edge":{"type":"USES","source":"a","target":"b","confidence":1.5}})",
                "confidence 1.5");
  ExpectRefused(R"({"edge":{"type":"USES","source":"a","target":"b","title":"CEO"}})",
                "edge.title");
  ExpectRefused(R"({"edge":{"type":"PARTY_TO","source":"a","target":"b","role":"SIGNATORY"}})",
                "edge.role");
  ExpectRefused(R"({"edge":{"type":"USES","source":"a","target":"b","source_count":0}})",
                "edge.source_count");
  ExpectRefused(std::string(5000, '['), "brackets");
}

}  // namespace
}  // namespace partnergraph
