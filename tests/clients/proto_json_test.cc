#include "clients/cli/proto_json.h"

#include "gtest/gtest.h"
#include "partnergraph/v1/graph_service.pb.h"

namespace partnergraph::cli {
namespace {

TEST(ProtoJsonTest, EveryFieldIsThereInOrder) {
  v1::NodeSummary node;
  EXPECT_EQ(DumpJson(ToJson(node)), R"({"node_id":0,"kind":"UNSPECIFIED","name":""})");
}

TEST(ProtoJsonTest, LargeNumbersAreExact) {
  v1::NodeSummary node;
  node.set_node_id(18446744073709551615u);
  EXPECT_EQ(DumpJson(ToJson(node)["node_id"]), "18446744073709551615");
}

TEST(ProtoJsonTest, FloatsAreTheShortestThatReadBack) {
  v1::Evidence evidence;
  evidence.set_confidence(0.93f);
  EXPECT_EQ(DumpJson(ToJson(evidence)["confidence"]), "0.93");
}

TEST(ProtoJsonTest, DatesKeepPrecisionAndBound) {
  v1::Edge edge;
  EXPECT_EQ(ToJson(edge)["date"], nullptr);
  edge.mutable_date()->set_year(2018);
  edge.mutable_date()->set_month(11);
  EXPECT_EQ(ToJson(edge)["date"], "2018-11");
  edge.mutable_date()->set_bound(v1::DATE_BOUND_BEFORE);
  EXPECT_EQ(ToJson(edge)["date"], "../2018-11");
  edge.mutable_date()->set_bound(v1::DATE_BOUND_AFTER);
  EXPECT_EQ(ToJson(edge)["date"], "2018-11/..");
}

TEST(ProtoJsonTest, EnumsLoseTheirPrefix) {
  EXPECT_EQ(EnumText(v1::NODE_KIND_COMPANY), "COMPANY");
  EXPECT_EQ(EnumText(v1::PATH_OUTCOME_NOT_DECIDED), "NOT_DECIDED");
  EXPECT_EQ(EnumText(static_cast<v1::NodeKind>(99)), "99");
}

TEST(ProtoJsonTest, RepeatedFieldsAreLists) {
  v1::Node node;
  node.add_aliases()->set_name("云桥");
  EXPECT_EQ(DumpJson(ToJson(node)["aliases"]), R"([{"name":"云桥","article_count":0}])");
}

TEST(ProtoJsonTest, TextIsSafeForTerminalsAndReadsBack) {
  const Json text = std::string("a\x1b[0m\x7F\xC2\x9B云");
  const std::string dumped = DumpJson(text);
  EXPECT_EQ(dumped, R"("a\u001b[0m\u007f\u009b云")");
  EXPECT_EQ(Json::parse(dumped), text);
}

}  // namespace
}  // namespace partnergraph::cli
