// `partnergraph query`, and the filters of traversals.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/clients/cli_fixture.h"

namespace partnergraph {
namespace {

using Json = nlohmann::ordered_json;
using testing::AllOf;
using testing::HasSubstr;

TEST_F(CliTest, QueryPrintsRowsByColumn) {
  v1::QueryRequest got;
  server_.answers.query = [&](const v1::QueryRequest& request,
                              grpc::ServerWriter<v1::QueryResponse>& writer) {
    got = request;
    v1::QueryResponse part;
    part.add_columns("b");
    part.add_columns("a/b");
    v1::QueryRow& row = *part.add_rows();
    v1::NodeSummary& node = *row.add_values()->mutable_node();
    node.set_node_id(5);
    node.set_name("云桥科技");
    row.add_values()->set_integer(7);
    writer.Write(part);
    v1::QueryResponse last;
    last.set_row_count(1);
    last.mutable_truncation()->set_reason(v1::TRUNCATION_REASON_NODES);
    writer.Write(last);
    return grpc::Status::OK;
  };
  const std::vector<std::string> query = {
      "query",   "MATCH (b) RETURN b", "--param", "who=云桥", "--param", "n=7",
      "--param", "l=[1,\"x\",null]"};
  const auto with = [&](const std::string& format) {
    std::vector<std::string> arguments = query;
    arguments.insert(arguments.end(), {"-o", format});
    return arguments;
  };
  const Finished table = Run(query);
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("云桥科技 (5)"));
  EXPECT_THAT(table.err, HasSubstr("NODES"));
  EXPECT_EQ(got.parameters().at("who").text(), "云桥");
  EXPECT_EQ(got.parameters().at("n").integer(), 7);
  EXPECT_EQ(got.parameters().at("l").list().values_size(), 3);
  const Json json = Json::parse(Run(with("json")).out);
  EXPECT_EQ(json["rows"][0]["b"]["name"], "云桥科技");
  EXPECT_EQ(json["rows"][0]["a/b"], 7);
  EXPECT_EQ(json["row_count"], 1);
  EXPECT_EQ(json["columns"], Json({"b", "a/b"}));
  EXPECT_THAT(Run(with("csv")).out, AllOf(HasSubstr("b,a/b\r\n"), HasSubstr(",7\r\n")));
  EXPECT_THAT(Run(with("jsonl")).out, HasSubstr("{\"record\":\"row\",\"b\":{"));
  EXPECT_EQ(Run({"query", "x", "--param", "n"}).exit_code, 2);
  EXPECT_EQ(Run({"query", "x", "--param", "n={}"}).exit_code, 2);
  EXPECT_EQ(Run({"query"}).exit_code, 2);
}

TEST_F(CliTest, QueryExplainsWithoutRunning) {
  server_.answers.query = [&](const v1::QueryRequest& request,
                              grpc::ServerWriter<v1::QueryResponse>& writer) {
    v1::QueryResponse last;
    last.set_plan("for " + request.text() + "\n  then\n");
    writer.Write(last);
    return grpc::Status::OK;
  };
  EXPECT_EQ(Run({"query", "MATCH", "--explain"}).out, "for EXPLAIN MATCH\n  then\n");
  EXPECT_THAT(Run({"query", "MATCH", "--explain", "-o", "csv"}).out, HasSubstr("plan\r\n\"for"));
}

TEST_F(CliTest, QueryFlagsReachTheServer) {
  v1::TraverseRequest got;
  server_.answers.traverse = [&](const v1::TraverseRequest& request,
                                 grpc::ServerWriter<v1::TraverseResponse>& writer) {
    got = request;
    writer.Write({});
    return grpc::Status::OK;
  };
  const Finished run =
      Run({"traverse", "5", "6", "--step", "PARTY_TO:out", "--step", "PARTY_TO:in:COMPANY",
           "--from", "2018-11", "--status", "active", "--per-node-limit", "7"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, "no node matches\n");
  EXPECT_THAT(got.node_ids(), testing::ElementsAre(5, 6));
  ASSERT_EQ(got.steps_size(), 2);
  EXPECT_EQ(got.steps(1).filter().direction(), v1::DIRECTION_IN);
  EXPECT_EQ(got.steps(1).filter().date_from().month(), 11);
  EXPECT_THAT(got.steps(0).filter().statuses(), testing::ElementsAre(v1::FACT_STATUS_ACTIVE));
  EXPECT_THAT(got.steps(1).node_kinds(), testing::ElementsAre(v1::NODE_KIND_COMPANY));
  EXPECT_EQ(got.budget().per_node_limit(), 7);
}

}  // namespace
}  // namespace partnergraph
