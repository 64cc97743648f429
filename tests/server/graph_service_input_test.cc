// Bad input to every query of GraphService: depth 1000, unknown types, cursors from elsewhere. Each
// has its error, which names the field.
#include <cmath>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/server/graph_service_fixture.h"

namespace partnergraph {
namespace {

using grpc::StatusCode;
using Stub = v1::GraphService::Stub;

class BadInputTest : public GraphServiceTest {
 protected:
  template <typename Request, typename Response>
  grpc::Status Ask(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                   const Request& request) {
    Response response;
    return Call(method, request, &response);
  }
  template <typename Request, typename Response>
  grpc::Status Ask(std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(
                       grpc::ClientContext*, const Request&),
                   const Request& request) {
    const auto context = Context();
    std::vector<Response> parts;
    return ReadAll((graph_stub.get()->*method)(context.get(), request), parts);
  }

  // Requests that are right.
  static v1::NeighborhoodRequest Rings() { return WithNode<v1::NeighborhoodRequest>(); }
  static v1::CountNeighborhoodRequest RingCounts() {
    return WithNode<v1::CountNeighborhoodRequest>();
  }
  static v1::TraverseRequest Steps() {
    auto request = WithNode<v1::TraverseRequest>();
    request.add_steps();
    return request;
  }
  static v1::CountTraversalRequest StepCounts() {
    auto request = WithNode<v1::CountTraversalRequest>();
    request.add_steps();
    return request;
  }
  static v1::FindPathsRequest Paths(v1::PathMode mode) {
    auto request = WithEnds<v1::FindPathsRequest>();
    request.set_mode(mode);
    return request;
  }
  static v1::FindShortestPathRequest ShortestPath() {
    return WithEnds<v1::FindShortestPathRequest>();
  }
  static v1::CommonNeighborsRequest Common() {
    auto request = WithNode<v1::CommonNeighborsRequest>();
    request.add_node_ids(9);
    return request;
  }
  static v1::SimilarNodesRequest Similar() {
    v1::SimilarNodesRequest request;
    request.set_node_id(1);
    return request;
  }
  static v1::FindCyclesRequest Cycles() {
    v1::FindCyclesRequest request;
    request.set_node_id(1);
    return request;
  }
  static v1::RankNodesRequest Rank() {
    v1::RankNodesRequest request;
    request.set_metric(v1::RANK_METRIC_PERSONALIZED_PAGE_RANK);
    request.add_seed_node_ids(1);
    return request;
  }
  static v1::StartAnalysisRequest Analysis() {
    v1::StartAnalysisRequest request;
    request.set_analysis(v1::ANALYSIS_KIND_DEGREE);
    return request;
  }
  static v1::ExportSubgraphRequest Export() {
    auto request = WithNode<v1::ExportSubgraphRequest>();
    request.set_format(v1::EXPORT_FORMAT_CSV);
    return request;
  }

  static constexpr v1::PathMode kModes[] = {v1::PATH_MODE_SHORTEST, v1::PATH_MODE_K_SHORTEST,
                                            v1::PATH_MODE_ALL_SIMPLE, v1::PATH_MODE_WEIGHTED};

 private:
  template <typename Request>
  static Request WithNode() {
    Request request;
    request.add_node_ids(1);
    return request;
  }
  template <typename Request>
  static Request WithEnds() {
    Request request;
    request.set_source_node_id(1);
    request.set_target_node_id(9);
    return request;
  }
};

// `request` with one change.
template <typename Request, typename Change>
Request With(Request request, Change change) {
  change(request);
  return request;
}

TEST_F(BadInputTest, TheRequestsThatAreChangedBelowAreRight) {
  EXPECT_THAT(Ask(&Stub::Neighborhood, Rings()), IsOkGrpc());
  EXPECT_THAT(Ask(&Stub::CountNeighborhood, RingCounts()), IsOkGrpc());
  EXPECT_THAT(Ask(&Stub::Traverse, Steps()), IsOkGrpc());
  EXPECT_THAT(Ask(&Stub::CountTraversal, StepCounts()), IsOkGrpc());
  for (v1::PathMode mode : kModes) EXPECT_THAT(Ask(&Stub::FindPaths, Paths(mode)), IsOkGrpc());
  EXPECT_THAT(Ask(&Stub::FindShortestPath, ShortestPath()), IsOkGrpc());
  EXPECT_THAT(Ask(&Stub::CommonNeighbors, Common()), IsOkGrpc());
  EXPECT_THAT(Ask(&Stub::SimilarNodes, Similar()), IsOkGrpc());
  EXPECT_THAT(Ask(&Stub::FindCycles, Cycles()), IsOkGrpc());
  EXPECT_THAT(Ask(&Stub::RankNodes, Rank()), IsOkGrpc());
  EXPECT_THAT(Ask(&Stub::StartAnalysis, Analysis()), IsOkGrpc());
  EXPECT_THAT(Ask(&Stub::ExportSubgraph, Export()), IsOkGrpc());
}

TEST_F(BadInputTest, DepthOfAThousandIsRefusedByEveryQueryThatHasOne) {
  const auto hops = [](auto& request) { request.set_hops(1000); };
  EXPECT_THAT(Ask(&Stub::Neighborhood, With(Rings(), hops)), IsFieldError("hops"));
  EXPECT_THAT(Ask(&Stub::CountNeighborhood, With(RingCounts(), hops)), IsFieldError("hops"));
  EXPECT_THAT(Ask(&Stub::ExportSubgraph, With(Export(), hops)), IsFieldError("hops"));
  const auto length = [](auto& request) { request.set_max_length(1000); };
  for (v1::PathMode mode : kModes) {
    EXPECT_THAT(Ask(&Stub::FindPaths, With(Paths(mode), length)), IsFieldError("max_length"));
  }
  EXPECT_THAT(Ask(&Stub::FindShortestPath, With(ShortestPath(), length)),
              IsFieldError("max_length"));
  EXPECT_THAT(Ask(&Stub::FindCycles, With(Cycles(), length)), IsFieldError("max_length"));
  const auto repeat = [](auto& request) {
    request.mutable_steps(0)->set_min_repeat(1000);
    request.mutable_steps(0)->set_max_repeat(1000);
  };
  EXPECT_THAT(Ask(&Stub::Traverse, With(Steps(), repeat)), IsFieldError("steps[0].max_repeat"));
  EXPECT_THAT(Ask(&Stub::CountTraversal, With(StepCounts(), repeat)),
              IsFieldError("steps[0].max_repeat"));
  const auto steps = [](auto& request) {
    while (request.steps_size() < 1000) request.add_steps();
  };
  EXPECT_THAT(Ask(&Stub::Traverse, With(Steps(), steps)), IsFieldError("steps"));
  EXPECT_THAT(Ask(&Stub::CountTraversal, With(StepCounts(), steps)), IsFieldError("steps"));
  const auto nodes = [](auto& request) {
    while (request.node_ids_size() < 1000) request.add_node_ids(1);
  };
  EXPECT_THAT(Ask(&Stub::Neighborhood, With(Rings(), nodes)), IsFieldError("node_ids"));
  EXPECT_THAT(Ask(&Stub::CountNeighborhood, With(RingCounts(), nodes)), IsFieldError("node_ids"));
  EXPECT_THAT(Ask(&Stub::CountTraversal, With(StepCounts(), nodes)), IsFieldError("node_ids"));
  EXPECT_THAT(Ask(&Stub::CommonNeighbors, With(Common(), nodes)), IsFieldError("node_ids"));
  EXPECT_THAT(Ask(&Stub::ExportSubgraph, With(Export(), nodes)), IsFieldError("node_ids"));
  EXPECT_THAT(Ask(&Stub::RankNodes, With(Rank(),
                                         [](auto& request) {
                                           while (request.seed_node_ids_size() < 1000) {
                                             request.add_seed_node_ids(1);
                                           }
                                         })),
              IsFieldError("seed_node_ids"));
}

TEST_F(BadInputTest, TypesThatTheSchemaLacksAreRefusedByEveryFilter) {
  const auto type = [](auto& request) {
    request.mutable_filter()->add_types("PARTY_TO");
    request.mutable_filter()->add_types("MARRIED_TO");
  };
  const auto refused = IsFieldError("filter.types[1]");
  EXPECT_THAT(Ask(&Stub::Neighborhood, With(Rings(), type)), refused);
  EXPECT_THAT(Ask(&Stub::CountNeighborhood, With(RingCounts(), type)), refused);
  for (v1::PathMode mode : kModes) {
    EXPECT_THAT(Ask(&Stub::FindPaths, With(Paths(mode), type)), refused);
  }
  EXPECT_THAT(Ask(&Stub::FindShortestPath, With(ShortestPath(), type)), refused);
  EXPECT_THAT(Ask(&Stub::CommonNeighbors, With(Common(), type)), refused);
  EXPECT_THAT(Ask(&Stub::SimilarNodes, With(Similar(), type)), refused);
  EXPECT_THAT(Ask(&Stub::FindCycles, With(Cycles(), type)), refused);
  EXPECT_THAT(Ask(&Stub::RankNodes, With(Rank(), type)), refused);
  EXPECT_THAT(Ask(&Stub::StartAnalysis, With(Analysis(), type)), refused);
  EXPECT_THAT(Ask(&Stub::ExportSubgraph, With(Export(), type)), refused);
  const auto step = [](auto& request) {
    request.mutable_steps(0)->mutable_filter()->add_types("MARRIED_TO");
  };
  const auto step_refused = IsFieldError("steps[0].filter.types[0]");
  EXPECT_THAT(Ask(&Stub::Traverse, With(Steps(), step)), step_refused);
  EXPECT_THAT(Ask(&Stub::CountTraversal, With(StepCounts(), step)), step_refused);
}

TEST_F(BadInputTest, ConditionsThatAreNoneAreRefusedByEveryFilter) {
  const auto confidence = [](auto& request) {
    request.mutable_filter()->set_min_confidence(std::nanf(""));
  };
  const auto refused = IsFieldError("filter.min_confidence");
  EXPECT_THAT(Ask(&Stub::CountNeighborhood, With(RingCounts(), confidence)), refused);
  EXPECT_THAT(Ask(&Stub::FindShortestPath, With(ShortestPath(), confidence)), refused);
  EXPECT_THAT(Ask(&Stub::CommonNeighbors, With(Common(), confidence)), refused);
  EXPECT_THAT(Ask(&Stub::SimilarNodes, With(Similar(), confidence)), refused);
  EXPECT_THAT(Ask(&Stub::FindCycles, With(Cycles(), confidence)), refused);
  EXPECT_THAT(Ask(&Stub::RankNodes, With(Rank(), confidence)), refused);
  EXPECT_THAT(Ask(&Stub::StartAnalysis, With(Analysis(), confidence)), refused);
  EXPECT_THAT(Ask(&Stub::ExportSubgraph, With(Export(), confidence)), refused);
  const auto order = [](auto& request) {
    request.mutable_budget()->set_per_node_order(static_cast<v1::NodeOrder>(9));
  };
  const auto order_refused = IsFieldError("budget.per_node_order");
  EXPECT_THAT(Ask(&Stub::CountNeighborhood, With(RingCounts(), order)), order_refused);
  EXPECT_THAT(Ask(&Stub::CountTraversal, With(StepCounts(), order)), order_refused);
  EXPECT_THAT(Ask(&Stub::FindShortestPath, With(ShortestPath(), order)), order_refused);
  EXPECT_THAT(Ask(&Stub::CommonNeighbors, With(Common(), order)), order_refused);
  EXPECT_THAT(Ask(&Stub::SimilarNodes, With(Similar(), order)), order_refused);
  EXPECT_THAT(Ask(&Stub::FindCycles, With(Cycles(), order)), order_refused);
  EXPECT_THAT(Ask(&Stub::RankNodes, With(Rank(), order)), order_refused);
  EXPECT_THAT(Ask(&Stub::ExportSubgraph, With(Export(), order)), order_refused);
}

TEST_F(BadInputTest, CursorsFromElsewhereAreRefusedByEveryList) {
  v1::ListEdgesRequest list;
  list.set_node_id(1);
  ASSERT_THAT(ListEdges(list), IsOkGrpc());
  std::string altered = edges.next_cursor();
  altered[altered.size() / 2] = altered[altered.size() / 2] == 'A' ? 'B' : 'A';
  for (const std::string& cursor :
       {edges.next_cursor(), altered, std::string("x"), std::string(5000, 'A')}) {
    const auto with_cursor = [&](auto request) {
      request.mutable_page()->set_cursor(cursor);
      return request;
    };
    const auto refused = FailsWith(StatusCode::INVALID_ARGUMENT, "CURSOR_INVALID");
    v1::SearchNodesRequest search;
    search.set_query("many");
    EXPECT_THAT(Ask(&Stub::SearchNodes, with_cursor(search)), refused);
    EXPECT_THAT(Ask(&Stub::CommonNeighbors, with_cursor(Common())), refused);
    EXPECT_THAT(Ask(&Stub::ExportSubgraph, with_cursor(Export())), refused);
    v1::RankNodesRequest rank;
    rank.set_metric(v1::RANK_METRIC_DEGREE);
    rank.set_operation_id("some");
    EXPECT_THAT(Ask(&Stub::RankNodes, with_cursor(rank)), refused);
    v1::ListGroupsRequest groups;
    groups.set_operation_id("some");
    EXPECT_THAT(Ask(&Stub::ListGroups, with_cursor(groups)), refused);
    v1::ListGroupMembersRequest members;
    members.set_operation_id("some");
    members.set_group_id(1);
    EXPECT_THAT(Ask(&Stub::ListGroupMembers, with_cursor(members)), refused);
    v1::ExplainFactRequest explain;
    explain.set_fact_id(5);
    EXPECT_THAT(Ask(&Stub::ExplainFact, with_cursor(explain)), refused);
  }
}

TEST_F(BadInputTest, OperationsThatAreNotThereAreNamed) {
  const auto ask = [&](const std::string& id) {
    v1::ListGroupsRequest groups;
    groups.set_operation_id(id);
    v1::ListGroupMembersRequest members;
    members.set_operation_id(id);
    members.set_group_id(1);
    v1::GetGroupOfNodeRequest of;
    of.set_operation_id(id);
    of.set_node_id(1);
    return std::vector<grpc::Status>{Ask(&Stub::ListGroups, groups),
                                     Ask(&Stub::ListGroupMembers, members),
                                     Ask(&Stub::GetGroupOfNode, of)};
  };
  for (const grpc::Status& status : ask("")) EXPECT_THAT(status, IsFieldError("operation_id"));
  for (const grpc::Status& status : ask(std::string(10'000, 'x'))) {
    EXPECT_THAT(status, IsFieldError("operation_id"));
  }
  for (const grpc::Status& status : ask("never-begun")) {
    EXPECT_EQ(status.error_code(), StatusCode::NOT_FOUND);
    EXPECT_THAT(status.error_message(), testing::HasSubstr("never-begun"));
  }
}

}  // namespace
}  // namespace partnergraph
