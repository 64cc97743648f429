// Traversals and what is found by them: neighborhoods, steps, paths, cycles, neighbors.
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/graph_service_fixture.h"

namespace partnergraph {
namespace {

using grpc::StatusCode;
using testing::SizeIs;

TEST_F(GraphServiceTest, NeighborhoodStreamsPartsThenTheSummary) {
  v1::NeighborhoodRequest request;
  request.add_node_ids(1);
  request.set_hops(2);
  ASSERT_THAT(Neighborhood(request), IsOkGrpc());
  ASSERT_THAT(neighborhood, SizeIs(3));
  EXPECT_THAT(neighborhood[0].nodes(), SizeIs(256));
  EXPECT_TRUE(neighborhood[0].read_token().empty());
  EXPECT_FALSE(neighborhood[2].read_token().empty());
  EXPECT_TRUE(neighborhood[2].has_stats());
  const int second_part_nodes = neighborhood[1].nodes_size();
  // The parts of a single hop are gathered, the end with them.
  request.set_hops(1);
  neighborhood.clear();
  ASSERT_THAT(Neighborhood(request), IsOkGrpc());
  ASSERT_THAT(neighborhood, SizeIs(2));
  EXPECT_THAT(neighborhood[0].nodes(), SizeIs(256));
  EXPECT_TRUE(neighborhood[0].read_token().empty());
  EXPECT_EQ(neighborhood[1].nodes_size(), second_part_nodes);
  EXPECT_FALSE(neighborhood[1].read_token().empty());
  EXPECT_TRUE(neighborhood[1].has_stats());
}

TEST_F(GraphServiceTest, NeighborhoodNamesItsErrors) {
  v1::NeighborhoodRequest request;
  EXPECT_THAT(Neighborhood(request), IsFieldError("node_ids"));
  request.add_node_ids(1000);
  EXPECT_THAT(Neighborhood(request), FailsWith(StatusCode::NOT_FOUND, "NOT_FOUND"));
  request.set_hops(7);
  EXPECT_THAT(Neighborhood(request), IsFieldError("hops"));
  request.set_hops(6);
  request.mutable_budget()->set_per_node_order(static_cast<v1::NodeOrder>(5));
  EXPECT_THAT(Neighborhood(request), IsFieldError("budget.per_node_order"));
  request.clear_budget();
  for (int i = 0; i < 100; ++i) request.add_node_ids(1);
  EXPECT_THAT(Neighborhood(request), IsFieldError("node_ids"));
}

TEST_F(GraphServiceTest, TraverseReturnsWalks) {
  v1::TraverseRequest request;
  request.add_node_ids(1);
  request.add_steps()->mutable_filter()->add_types("PARTY_TO");
  ASSERT_THAT(Traverse(request), IsOkGrpc());
  ASSERT_THAT(walks, SizeIs(2));
  EXPECT_EQ(walks[0].walks(0).end().node_id(), 9u);
}

TEST_F(GraphServiceTest, TraverseNamesItsErrors) {
  v1::TraverseRequest request;
  request.add_node_ids(1);
  EXPECT_THAT(Traverse(request), IsFieldError("steps"));
  request.add_steps();
  request.add_steps()->mutable_filter()->add_types("LIKES");
  EXPECT_THAT(Traverse(request), IsFieldError("steps[1].filter.types[0]"));
  request.mutable_steps(1)->clear_filter();
  request.mutable_steps(1)->set_max_repeat(7);
  EXPECT_THAT(Traverse(request), IsFieldError("steps[1].max_repeat"));
  request.mutable_steps(1)->set_max_repeat(2);
  request.mutable_steps(1)->set_min_repeat(3);
  EXPECT_THAT(Traverse(request), IsFieldError("steps[1].min_repeat"));
  request.mutable_steps(1)->set_min_repeat(0);
  EXPECT_THAT(Traverse(request), IsOkGrpc());
  while (request.steps_size() < 11) request.add_steps();
  EXPECT_THAT(Traverse(request), IsFieldError("steps"));
}

TEST_F(GraphServiceTest, FindPathsSendsAllPathsAndTheOutcomeLast) {
  v1::FindPathsRequest request;
  request.set_source_node_id(1);
  request.set_target_node_id(2);
  request.set_max_paths(100);
  ASSERT_THAT(FindPaths(request), IsOkGrpc());
  int count = 0;
  for (const auto& part : paths) count += part.paths_size();
  EXPECT_EQ(count, 100);
  EXPECT_EQ(paths.front().outcome(), v1::PATH_OUTCOME_UNSPECIFIED);
  EXPECT_EQ(paths.back().outcome(), v1::PATH_OUTCOME_FOUND);
}

TEST_F(GraphServiceTest, ShortestPathHasItsEdgesUnlessNodesAloneAreAsked) {
  v1::FindShortestPathRequest request;
  request.set_source_node_id(1);
  request.set_target_node_id(2);
  v1::FindShortestPathResponse response;
  ASSERT_THAT(graph_stub->FindShortestPath(Context().get(), request, &response), IsOkGrpc());
  EXPECT_THAT(response.path().nodes(), SizeIs(2));
  EXPECT_THAT(response.path().edges(), SizeIs(1));
  EXPECT_EQ(response.path().certainty(), 0.5);
  request.set_nodes_only(true);
  ASSERT_THAT(graph_stub->FindShortestPath(Context().get(), request, &response), IsOkGrpc());
  EXPECT_THAT(response.path().nodes(), SizeIs(2));
  EXPECT_THAT(response.path().edges(), SizeIs(0));
  EXPECT_EQ(response.path().certainty(), 0);
}

TEST_F(GraphServiceTest, FindPathsNamesItsErrors) {
  v1::FindPathsRequest request;
  EXPECT_THAT(FindPaths(request), IsFieldError("source_node_id"));
  request.set_source_node_id(1);
  EXPECT_THAT(FindPaths(request), IsFieldError("target_node_id"));
  request.set_target_node_id(1);
  EXPECT_THAT(FindPaths(request), IsFieldError("target_node_id"));
  request.set_target_node_id(2);
  request.set_max_length(7);
  EXPECT_THAT(FindPaths(request), IsFieldError("max_length"));
  request.set_max_length(6);
  request.set_max_paths(101);
  EXPECT_THAT(FindPaths(request), IsFieldError("max_paths"));
  request.set_mode(v1::PATH_MODE_ALL_SIMPLE);
  EXPECT_THAT(FindPaths(request), IsOkGrpc());
  request.set_max_paths(10'001);
  EXPECT_THAT(FindPaths(request), IsFieldError("max_paths"));
  request.set_mode(v1::PATH_MODE_WEIGHTED);
  request.set_max_paths(10);
  request.set_max_length(8);
  EXPECT_THAT(FindPaths(request), IsOkGrpc());
  request.set_max_length(9);
  EXPECT_THAT(FindPaths(request), IsFieldError("max_length"));
  request.set_max_length(8);
  request.set_time_ordered(true);
  EXPECT_THAT(FindPaths(request), IsFieldError("time_ordered"));
  request.set_mode(static_cast<v1::PathMode>(77));
  EXPECT_THAT(FindPaths(request), IsFieldError("mode"));
}

TEST_F(GraphServiceTest, FindPathsHasADefaultNumberOfPathsForEachMode) {
  for (const auto& [mode, count] : {std::pair(v1::PATH_MODE_UNSPECIFIED, 1),
                                    {v1::PATH_MODE_SHORTEST, 1},
                                    {v1::PATH_MODE_K_SHORTEST, 10},
                                    {v1::PATH_MODE_ALL_SIMPLE, 100},
                                    {v1::PATH_MODE_WEIGHTED, 1}}) {
    v1::FindPathsRequest request;
    request.set_source_node_id(1);
    request.set_target_node_id(2);
    request.set_mode(mode);
    paths.clear();
    ASSERT_THAT(FindPaths(request), IsOkGrpc());
    int found = 0;
    for (const auto& part : paths) found += part.paths_size();
    EXPECT_EQ(found, count);
    EXPECT_EQ(paths.front().paths(0).certainty(), 0.5);
  }
}

TEST_F(GraphServiceTest, CommonNeighborsPagesAndBindsTheCursor) {
  v1::CommonNeighborsRequest request;
  request.add_node_ids(1);
  request.add_node_ids(2);
  request.mutable_page()->set_size(100);
  v1::CommonNeighborsResponse response;
  ASSERT_THAT(Call(&v1::GraphService::Stub::CommonNeighbors, request, &response), IsOkGrpc());
  EXPECT_THAT(response.neighbors(), SizeIs(100));
  EXPECT_EQ(response.total(), kManyMatches);
  EXPECT_EQ(response.neighbors(0).weight(), 1.5);
  EXPECT_THAT(response.neighbors(0).edges(), SizeIs(1));
  request.mutable_page()->set_cursor(response.next_cursor());
  ASSERT_THAT(Call(&v1::GraphService::Stub::CommonNeighbors, request, &response), IsOkGrpc());
  EXPECT_THAT(response.neighbors(), SizeIs(kManyMatches - 100));
  EXPECT_EQ(response.next_cursor(), "");
  request.set_node_ids(1, 3);
  EXPECT_THAT(Call(&v1::GraphService::Stub::CommonNeighbors, request, &response),
              IsFieldError("page.cursor"));
  request.clear_page();
  request.set_node_ids(1, 1);
  EXPECT_THAT(Call(&v1::GraphService::Stub::CommonNeighbors, request, &response),
              IsFieldError("node_ids"));
  for (uint64_t id = 3; id < 12; ++id) request.add_node_ids(id);
  EXPECT_THAT(Call(&v1::GraphService::Stub::CommonNeighbors, request, &response),
              IsFieldError("node_ids"));
}

TEST_F(GraphServiceTest, SimilarNodesNamesItsErrors) {
  v1::SimilarNodesRequest request;
  v1::SimilarNodesResponse response;
  EXPECT_THAT(Call(&v1::GraphService::Stub::SimilarNodes, request, &response),
              IsFieldError("node_id"));
  request.set_node_id(1);
  ASSERT_THAT(Call(&v1::GraphService::Stub::SimilarNodes, request, &response), IsOkGrpc());
  EXPECT_THAT(response.nodes(), SizeIs(10));
  EXPECT_EQ(response.nodes(0).common_count(), 2u);
  EXPECT_EQ(response.neighbor_count(), 4u);
  request.set_max_nodes(101);
  EXPECT_THAT(Call(&v1::GraphService::Stub::SimilarNodes, request, &response),
              IsFieldError("max_nodes"));
  request.set_max_nodes(0);
  request.set_measure(static_cast<v1::SimilarityMeasure>(9));
  EXPECT_THAT(Call(&v1::GraphService::Stub::SimilarNodes, request, &response),
              IsFieldError("measure"));
}

TEST_F(GraphServiceTest, DeadlineOfAQueryInOneMessageCutsItsAnswer) {
  v1::SimilarNodesRequest request;
  request.set_node_id(ToInt(kEndless));
  v1::SimilarNodesResponse response;
  const auto context = Context();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
  ASSERT_THAT(graph_stub->SimilarNodes(context.get(), request, &response), IsOkGrpc());
  EXPECT_EQ(response.truncation().reason(), v1::TRUNCATION_REASON_DEADLINE);
  EXPECT_THAT(response.nodes(), SizeIs(10));
}

TEST_F(GraphServiceTest, FindCyclesHasDefaultsAndNamesItsErrors) {
  v1::FindCyclesRequest request;
  v1::FindCyclesResponse response;
  const auto call = [&] { return Call(&v1::GraphService::Stub::FindCycles, request, &response); };
  EXPECT_THAT(call(), IsFieldError("node_id"));
  request.set_node_id(1);
  ASSERT_THAT(call(), IsOkGrpc());
  ASSERT_THAT(response.cycles(), SizeIs(1));
  EXPECT_EQ(response.cycles(0).edges(0).fact_id(), 5u);  // The fake's: max_length and 1.
  EXPECT_EQ(response.outcome(), v1::PATH_OUTCOME_FOUND);
  request.set_min_length(6);
  EXPECT_THAT(call(), IsOkGrpc());
  request.set_max_length(5);
  EXPECT_THAT(call(), IsFieldError("min_length"));
  request.set_min_length(1);
  EXPECT_THAT(call(), IsFieldError("min_length"));
  request.set_min_length(2);
  request.set_max_length(7);
  EXPECT_THAT(call(), IsFieldError("max_length"));
  request.set_max_length(6);
  request.set_max_cycles(1'001);
  EXPECT_THAT(call(), IsFieldError("max_cycles"));
}

}  // namespace
}  // namespace partnergraph
