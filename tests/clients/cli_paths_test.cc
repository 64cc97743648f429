// Paths and who is near: paths, common, similar, cycles.
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/clients/cli_fixture.h"

namespace partnergraph {
namespace {

using Json = nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

TEST_F(CliTest, FurtherShortestPathsAreOfferedAndNotCalledACut) {
  server_.answers.find_paths = [](const v1::FindPathsRequest&,
                                  grpc::ServerWriter<v1::FindPathsResponse>& writer) {
    v1::FindPathsResponse part;
    part.add_paths()->add_nodes()->set_name("云桥科技");
    part.set_outcome(v1::PATH_OUTCOME_FOUND);
    part.mutable_truncation()->set_reason(v1::TRUNCATION_REASON_PATHS);
    writer.Write(part);
    return grpc::Status::OK;
  };
  EXPECT_EQ(Run({"paths", "5", "6"}).err,
            "note: there are more paths of this length: --max-paths 10 shows them\n");
  EXPECT_THAT(Run({"paths", "5", "6", "--max-paths", "100"}).err, Not(HasSubstr("--max-paths")));
  EXPECT_EQ(Json::parse(Run({"paths", "5", "6", "-o", "json"}).out)["truncation"]["reason"],
            "PATHS");
}

TEST_F(CliTest, PathsNamesTheModeAndShowsHowCertainAPathIs) {
  v1::FindPathsRequest asked;
  server_.answers.find_paths = [&](const v1::FindPathsRequest& request,
                                   grpc::ServerWriter<v1::FindPathsResponse>& writer) {
    asked = request;
    v1::FindPathsResponse part;
    v1::Path& path = *part.add_paths();
    path.add_nodes()->set_name("云桥科技");
    path.add_nodes()->set_name("衡川银行");
    path.add_edges()->set_type("PARTNER_WITH");
    path.set_certainty(0.25);
    part.set_outcome(v1::PATH_OUTCOME_FOUND);
    writer.Write(part);
    return grpc::Status::OK;
  };
  EXPECT_THAT(Run({"paths", "5", "6", "--mode", "weighted"}).out,
              HasSubstr("云桥科技 - 衡川银行  1 hop, certainty 0.25"));
  EXPECT_EQ(asked.mode(), v1::PATH_MODE_WEIGHTED);
  EXPECT_EQ(asked.max_length(), 6u);
  EXPECT_EQ(asked.max_paths(), 0u);
  Run({"paths", "5", "6", "--mode", "all", "--time-ordered", "--max-paths", "7"});
  EXPECT_EQ(asked.mode(), v1::PATH_MODE_ALL_SIMPLE);
  EXPECT_EQ(asked.max_length(), 4u);
  EXPECT_EQ(asked.max_paths(), 7u);
  EXPECT_TRUE(asked.time_ordered());
  EXPECT_EQ(Run({"paths", "5", "6", "--mode", "longest"}).exit_code, 2);
}

TEST_F(CliTest, CommonReadsPagesAndShowsAnEdgeToEachNode) {
  std::vector<v1::CommonNeighborsRequest> asked;
  server_.answers.common_neighbors = [&](const v1::CommonNeighborsRequest& request,
                                         v1::CommonNeighborsResponse& response) {
    asked.push_back(request);
    v1::CommonNeighbor& neighbor = *response.add_neighbors();
    neighbor.mutable_node()->set_name(request.page().cursor().empty() ? "云桥科技" : "衡川银行");
    neighbor.set_weight(1.5);
    neighbor.set_edge_count(2);
    neighbor.add_edges()->set_type("PARTNER_WITH");
    response.set_total(2);
    if (request.page().cursor().empty()) response.set_next_cursor("next");
    return grpc::Status::OK;
  };
  const Finished table = Run({"common", "5", "6", "--kinds", "company"});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("云桥科技 (0)  2 edges, weight 1.5"));
  EXPECT_THAT(table.out, HasSubstr("衡川银行"));
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].node_ids(1), 6u);
  EXPECT_EQ(asked[0].node_kinds(0), v1::NODE_KIND_COMPANY);
  EXPECT_EQ(asked[1].page().cursor(), "next");
  EXPECT_EQ(Json::parse(Run({"common", "5", "6", "-o", "json"}).out)["neighbors"].size(), 2u);
  EXPECT_EQ(Run({"common", "5"}).exit_code, 2);
}

TEST_F(CliTest, SimilarAndCyclesAskWhatTheirFlagsSay) {
  v1::SimilarNodesRequest similar;
  server_.answers.similar_nodes = [&](const v1::SimilarNodesRequest& request,
                                      v1::SimilarNodesResponse& response) {
    similar = request;
    v1::SimilarNode& node = *response.add_nodes();
    node.mutable_node()->set_name("云桥科技");
    node.set_score(0.75);
    response.mutable_truncation()->set_reason(v1::TRUNCATION_REASON_SKIP_DEGREE);
    return grpc::Status::OK;
  };
  const Finished table = Run({"similar", "5", "--measure", "adamic-adar", "--limit", "3"});
  EXPECT_THAT(table.out, HasSubstr("0.75"));
  EXPECT_THAT(table.err, Not(testing::IsEmpty()));
  EXPECT_EQ(similar.measure(), v1::SIMILARITY_MEASURE_ADAMIC_ADAR);
  EXPECT_EQ(similar.max_nodes(), 3u);

  v1::FindCyclesRequest cycles;
  server_.answers.find_cycles = [&](const v1::FindCyclesRequest& request,
                                    v1::FindCyclesResponse& response) {
    cycles = request;
    response.set_outcome(v1::PATH_OUTCOME_NONE);
    return grpc::Status::OK;
  };
  EXPECT_EQ(Run({"cycles", "5", "--min-length", "2", "--max-length", "5"}).out,
            "no cycle of these lengths\n");
  EXPECT_EQ(cycles.min_length(), 2u);
  EXPECT_EQ(cycles.max_length(), 5u);
  EXPECT_EQ(cycles.max_cycles(), 100u);
}

}  // namespace
}  // namespace partnergraph
