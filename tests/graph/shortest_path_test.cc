#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "graph/traversal.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_edge_source.h"
#include "tests/graph/traversal_fixture.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using ShortestPathTest = TraversalTest;

TEST_F(ShortestPathTest, FindsThePathThroughADeal) {
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindShortestPaths(graph_, Between(7, 2)));
  ASSERT_EQ(result.outcome, PathOutcome::kFound);
  ASSERT_THAT(result.paths, SizeIs(1));
  EXPECT_THAT(Show(result.paths[0].edges), ElementsAre("7-1", "1-2@4"));
  EXPECT_EQ(result.paths[0].nodes.size(), 3u);
  PathQuery expanded = Between(7, 2);
  expanded.expand_partnerships = true;
  ASSERT_OK_AND_ASSIGN(const PathResult longer, FindShortestPaths(graph_, expanded));
  EXPECT_THAT(Show(longer.paths[0].edges), ElementsAre("7-1", "1-4", "2-4"));
}

TEST_F(ShortestPathTest, PassagesOfAPathGoTheWayOfThePath) {
  for (auto [source, target] : {std::pair(2, 3), std::pair(3, 2)}) {
    ASSERT_OK_AND_ASSIGN(const PathResult result,
                         FindShortestPaths(graph_, Between(source, target)));
    EXPECT_EQ(result.paths[0].edges[0].source.id, NodeId{static_cast<uint64_t>(source)});
    EXPECT_EQ(result.paths[0].edges[0].target.id, NodeId{static_cast<uint64_t>(target)});
  }
}

TEST_F(ShortestPathTest, PassagesFoundFromTheTargetGoTheWayOfThePathToo) {
  MemoryEdgeSource star = Star(20);
  const NodeId target = star.AddNode(NodeKind::kCompany);
  const NodeId deal = star.AddNode(NodeKind::kPartnership);
  star.AddEdge({.source = NodeId{1}, .target = deal, .type = kPartyTo});
  star.AddEdge({.source = target, .target = deal, .type = kPartyTo});
  const NodeId source = star.AddNode(NodeKind::kCompany);
  for (int i = 0; i < 3; ++i) {
    star.AddEdge({.source = source, .target = NodeId{2 + static_cast<uint64_t>(i)}, .type = kUses});
  }
  ASSERT_OK_AND_ASSIGN(const PathResult result,
                       FindShortestPaths(star, Between(ToInt(source), ToInt(target))));
  ASSERT_THAT(result.paths, SizeIs(1));
  ASSERT_THAT(result.paths[0].edges, SizeIs(3));
  EXPECT_EQ(result.paths[0].edges[2].source.id, NodeId{1});
  EXPECT_EQ(result.paths[0].edges[2].target.id, target);
}

TEST_F(ShortestPathTest, LongWayAroundACutDealIsNotCalledShortest) {
  // Companies 1 to 4 are parties of deal 5, of which two are read; 4 - 6 is the way on. The long
  // way is 3 - 7 - 8 - 9 - 6.
  MemoryEdgeSource graph;
  for (int i = 0; i < 9; ++i) {
    graph.AddNode(i == 4 ? NodeKind::kPartnership : NodeKind::kCompany);
  }
  for (uint64_t party = 1; party <= 4; ++party) {
    graph.AddEdge({.source = NodeId{party}, .target = NodeId{5}, .type = kPartyTo});
  }
  for (auto [a, b] : {std::pair(4, 6), {3, 7}, {7, 8}, {8, 9}, {9, 6}}) {
    graph.AddEdge({.source = NodeId{static_cast<uint64_t>(a)},
                   .target = NodeId{static_cast<uint64_t>(b)},
                   .type = kPartOf});
  }
  PathQuery query = Between(3, 6);
  query.budget.per_node_limit = 2;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindShortestPaths(graph, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNotDecided);
  query.budget.per_node_limit = 4;
  ASSERT_OK_AND_ASSIGN(result, FindShortestPaths(graph, query));
  EXPECT_EQ(result.outcome, PathOutcome::kFound);
  EXPECT_THAT(Show(result.paths[0].edges), ElementsAre("3-4@5", "4-6"));
}

TEST_F(ShortestPathTest, UnreachableTargetIsNone) {
  const NodeId alone = graph_.AddNode(NodeKind::kCompany);
  ASSERT_OK_AND_ASSIGN(const PathResult result,
                       FindShortestPaths(graph_, Between(1, ToInt(alone))));
  EXPECT_EQ(result.outcome, PathOutcome::kNone);
  EXPECT_THAT(result.paths, IsEmpty());
  EXPECT_FALSE(result.end.truncation.has_value());
}

TEST_F(ShortestPathTest, PathLongerThanTheLimitIsNone) {
  PathQuery query = Between(7, 2);
  query.length_max = 1;
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindShortestPaths(graph_, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNone);
}

TEST_F(ShortestPathTest, PathFromANodeToItselfHasNoEdges) {
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindShortestPaths(graph_, Between(1, 1)));
  EXPECT_EQ(result.outcome, PathOutcome::kFound);
  ASSERT_THAT(result.paths, SizeIs(1));
  EXPECT_THAT(result.paths[0].edges, IsEmpty());
  EXPECT_THAT(result.paths[0].nodes, SizeIs(1));
}

TEST_F(ShortestPathTest, PathsFollowADirection) {
  PathQuery query = Between(7, 1);
  query.filter.direction = DirectionFilter::kOut;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindShortestPaths(graph_, query));
  EXPECT_EQ(result.outcome, PathOutcome::kFound);
  query.filter.direction = DirectionFilter::kIn;
  ASSERT_OK_AND_ASSIGN(result, FindShortestPaths(graph_, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNone);
}

TEST_F(ShortestPathTest, ParallelEdgesAreOnePathByTheMostCertain) {
  Add(2, 3, kPartOf, 0.2f);
  Add(2, 3, kPartOf, 0.9f);
  Add(2, 3, kPartOf, 0.5f);
  PathQuery query = Between(2, 3);
  query.filter.types = {kPartOf};
  query.paths_max = 10;
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindShortestPaths(graph_, query));
  ASSERT_THAT(result.paths, SizeIs(1));
  EXPECT_FLOAT_EQ(result.paths[0].edges[0].confidence, 0.9f);
  EXPECT_FALSE(result.end.truncation.has_value());
}

TEST_F(ShortestPathTest, MorePathsThanAskedForAreATruncation) {
  MemoryEdgeSource graph;
  for (int i = 0; i < 7; ++i) graph.AddNode(NodeKind::kCompany);
  for (uint64_t middle = 3; middle <= 7; ++middle) {
    graph.AddEdge({.source = NodeId{1}, .target = NodeId{middle}, .type = kPartOf});
    graph.AddEdge({.source = NodeId{middle}, .target = NodeId{2}, .type = kPartOf});
  }
  PathQuery query = Between(1, 2);
  query.paths_max = 4;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindShortestPaths(graph, query));
  EXPECT_THAT(result.paths, SizeIs(4));
  ASSERT_TRUE(result.end.truncation.has_value());
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kPaths);
  query.paths_max = 5;
  ASSERT_OK_AND_ASSIGN(result, FindShortestPaths(graph, query));
  EXPECT_THAT(result.paths, SizeIs(5));
  EXPECT_FALSE(result.end.truncation.has_value());
}

TEST_F(ShortestPathTest, LongWayAroundACutHubIsNotCalledShortest) {
  // 1 - hub - 2, and 1 - 4 - 5 - 6 - 2.
  MemoryEdgeSource graph;
  for (int i = 0; i < 6; ++i) graph.AddNode(NodeKind::kCompany);
  const auto link = [&](uint64_t a, uint64_t b) {
    graph.AddEdge({.source = NodeId{a}, .target = NodeId{b}, .type = kPartOf});
  };
  for (auto [a, b] : {std::pair(1, 3), {3, 2}, {1, 4}, {4, 5}, {5, 6}, {6, 2}}) link(a, b);
  for (int i = 0; i < 50; ++i) {
    const NodeId leaf = graph.AddNode(NodeKind::kCompany);
    link(3, ToInt(leaf));
  }
  PathQuery query = Between(1, 2);
  query.budget.skip_degree = 10;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindShortestPaths(graph, query));
  // Both ends see the hub: two hops are proven without expanding it.
  EXPECT_EQ(result.outcome, PathOutcome::kFound);
  EXPECT_EQ(result.paths[0].edges.size(), 2u);
  // Seen from one hop further away the hub hides what may be behind it.
  link(1, 7);
  query.source = NodeId{8};
  query.filter.types = {kPartOf};
  MemoryEdgeSource far;
  for (int i = 0; i < 9; ++i) far.AddNode(NodeKind::kCompany);
  const auto far_link = [&](uint64_t a, uint64_t b) {
    far.AddEdge({.source = NodeId{a}, .target = NodeId{b}, .type = kPartOf});
  };
  // 1 - 3(hub) - 4(hub) - 2 is three hops; 1 - 5 - 6 - 7 - 8 - 2 is five.
  for (auto [a, b] : {std::pair(1, 3), {3, 4}, {4, 2}, {1, 5}, {5, 6}, {6, 7}, {7, 8}, {8, 2}}) {
    far_link(a, b);
  }
  for (int i = 0; i < 50; ++i) {
    const NodeId leaf = far.AddNode(NodeKind::kCompany);
    far_link(3, ToInt(leaf));
    far_link(4, ToInt(leaf));
  }
  query = Between(1, 2);
  query.budget.skip_degree = 10;
  ASSERT_OK_AND_ASSIGN(result, FindShortestPaths(far, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNotDecided);
  EXPECT_THAT(result.paths, IsEmpty());
  ASSERT_TRUE(result.end.truncation.has_value());
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kSkipDegree);
  query.budget.skip_degree = 0;
  ASSERT_OK_AND_ASSIGN(result, FindShortestPaths(far, query));
  EXPECT_EQ(result.outcome, PathOutcome::kFound);
  EXPECT_EQ(result.paths[0].edges.size(), 3u);
}

TEST_F(ShortestPathTest, BudgetsThatEndAPathSearchAreReported) {
  MemoryEdgeSource star = Star(600);
  for (int i = 0; i < 4; ++i) {
    const NodeId next = star.AddNode(NodeKind::kCompany);
    star.AddEdge({.source = NodeId{ToInt(next) - 1}, .target = next, .type = kFounded});
  }
  PathQuery query = Between(2, star.node_count());
  query.budget.edges_scanned_max = 3;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindShortestPaths(star, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNotDecided);
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kEdgesScanned);
  query.budget = {};
  query.budget.nodes_max = 3;
  ASSERT_OK_AND_ASSIGN(result, FindShortestPaths(star, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNotDecided);
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kNodes);
  query.budget = {};
  query.budget.should_stop = [] { return std::optional(Budget::Stop::kDeadline); };
  ASSERT_OK_AND_ASSIGN(result, FindShortestPaths(star, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNotDecided);
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kDeadline);
}

// Who asks for one path has the answer when it is found: no second one is looked for.
TEST_F(ShortestPathTest, OnePathIsCompleteWhateverTimeIsLeft) {
  MemoryEdgeSource star = Star(900);
  const NodeId end = star.AddNode(NodeKind::kCompany);
  // By the leaf that the star reaches first.
  star.AddEdge({.source = NodeId{901}, .target = end, .type = kFounded});
  PathQuery query = Between(1, ToInt(end));
  uint64_t questions = 0, last = UINT64_MAX;
  query.budget.should_stop = [&]() -> std::optional<Budget::Stop> {
    return ++questions >= last ? std::optional(Budget::Stop::kDeadline) : std::nullopt;
  };
  query.paths_max = 2;  // So many questions if a second path were looked for.
  ASSERT_THAT(FindShortestPaths(star, query), IsOk());
  const uint64_t of_two = questions;
  query.paths_max = 1;
  uint64_t found = 0;
  for (last = 1; last <= of_two; ++last) {
    questions = 0;
    ASSERT_OK_AND_ASSIGN(const PathResult result, FindShortestPaths(star, query));
    if (result.outcome != PathOutcome::kFound) continue;
    ++found;
    EXPECT_FALSE(result.end.truncation.has_value()) << last;
  }
  EXPECT_GE(found, 3u);
}

TEST_F(ShortestPathTest, DealThatTheQueryNamesIsShown) {
  for (auto [source, target] : {std::pair(7, 4), {4, 7}}) {
    ASSERT_OK_AND_ASSIGN(const PathResult result,
                         FindShortestPaths(graph_, Between(source, target)));
    ASSERT_EQ(result.outcome, PathOutcome::kFound);
    EXPECT_THAT(Show(result.paths[0].edges), testing::UnorderedElementsAre("7-1", "1-4"));
  }
}

TEST_F(ShortestPathTest, UnknownEndsAreRefused) {
  EXPECT_THAT(FindShortestPaths(graph_, Between(1, 99)), StatusIs(absl::StatusCode::kNotFound, _));
  EXPECT_THAT(FindShortestPaths(graph_, Between(99, 1)), StatusIs(absl::StatusCode::kNotFound, _));
}

TEST_F(ShortestPathTest, CancellationEndsTheQuery) {
  PathQuery query = Between(2, 7);
  query.budget.should_stop = [] { return std::optional(Budget::Stop::kCancelled); };
  EXPECT_THAT(FindShortestPaths(graph_, query), StatusIs(absl::StatusCode::kCancelled, _));
}

}  // namespace
}  // namespace partnergraph
