#include "graph/cycles.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/graph/traversal_fixture.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::_;
using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> ShowCycles(const PathResult& result) {
  std::vector<std::string> texts;
  for (const Path& path : result.paths) {
    texts.push_back(absl::StrJoin(path.nodes, "-", [](std::string* out, const NodeSummary& node) {
      absl::StrAppend(out, ToInt(node.id));
    }));
  }
  return texts;
}

MemoryEdgeSource Companies(uint64_t count,
                           const std::vector<std::pair<uint64_t, uint64_t>>& edges) {
  MemoryEdgeSource graph;
  for (uint64_t i = 0; i < count; ++i) graph.AddNode(NodeKind::kCompany);
  for (auto [a, b] : edges) {
    graph.AddEdge({.source = NodeId{a}, .target = NodeId{b}, .type = kPartOf});
  }
  return graph;
}

CycleQuery Through(uint64_t node, uint32_t length_max = 6) {
  CycleQuery query;
  query.node = NodeId{node};
  query.length_max = length_max;
  return query;
}

TEST(CyclesTest, EachRingIsGivenOnceTheShortestFirst) {
  MemoryEdgeSource graph =
      Companies(6, {{1, 2}, {2, 3}, {3, 1}, {3, 4}, {4, 1}, {5, 6}, {6, 5}, {4, 4}});
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindCycles(graph, Through(1)));
  EXPECT_THAT(ShowCycles(result), ElementsAre("1-2-3-1", "1-3-4-1", "1-2-3-4-1"));
  EXPECT_FALSE(result.end.truncation.has_value());
  ASSERT_OK_AND_ASSIGN(const PathResult none, FindCycles(graph, Through(5)));
  EXPECT_EQ(none.outcome, PathOutcome::kNone);
}

TEST(CyclesTest, DirectionIsFollowed) {
  MemoryEdgeSource graph = Companies(4, {{1, 2}, {2, 3}, {3, 1}, {3, 4}, {1, 4}});
  CycleQuery query = Through(1);
  query.filter.direction = DirectionFilter::kOut;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindCycles(graph, query));
  EXPECT_THAT(ShowCycles(result), ElementsAre("1-2-3-1"));
  query.filter.direction = DirectionFilter::kIn;
  ASSERT_OK_AND_ASSIGN(result, FindCycles(graph, query));
  EXPECT_THAT(ShowCycles(result), ElementsAre("1-3-2-1"));
}

TEST(CyclesTest, TwoFactsBetweenTwoCompaniesAreARingOfTwo) {
  MemoryEdgeSource graph = Companies(3, {{1, 2}, {2, 1}, {1, 3}});
  CycleQuery query = Through(1);
  query.length_min = 2;
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindCycles(graph, query));
  EXPECT_THAT(ShowCycles(result), ElementsAre("1-2-1"));
  EXPECT_NE(result.paths[0].edges[0].fact, result.paths[0].edges[1].fact);
}

class DealCyclesTest : public TraversalTest {};

TEST_F(DealCyclesTest, PartiesOfOneDealAreNoRing) {
  // Companies 1, 2 and 3 in deal 4.
  ASSERT_OK_AND_ASSIGN(const PathResult none, FindCycles(graph_, Through(1)));
  EXPECT_EQ(none.outcome, PathOutcome::kNone);
  // Another deal of 2 and 3 makes the ring of two deals, with any third hop: still only two deals
  // for three hops.
  const NodeId second = graph_.AddNode(NodeKind::kPartnership);
  Add(2, ToInt(second), kPartyTo);
  Add(3, ToInt(second), kPartyTo);
  ASSERT_OK_AND_ASSIGN(const PathResult two, FindCycles(graph_, Through(1)));
  EXPECT_EQ(two.outcome, PathOutcome::kNone);
  Add(3, 1, kPartOf);
  ASSERT_OK_AND_ASSIGN(const PathResult ring, FindCycles(graph_, Through(1)));
  EXPECT_THAT(ShowCycles(ring), ElementsAre("1-2-3-1"));
  EXPECT_EQ(ring.paths[0].edges[0].partnership, NodeId{4});
  EXPECT_EQ(ring.paths[0].edges[1].partnership, second);
  EXPECT_EQ(ring.paths[0].edges[2].type, kPartOf);
}

TEST(CyclesTest, BoundsAreSaid) {
  MemoryEdgeSource graph;
  for (uint64_t i = 0; i < 30; ++i) graph.AddNode(NodeKind::kCompany);
  for (uint64_t a = 1; a <= 30; ++a) {
    for (uint64_t b = a + 1; b <= 30; ++b) {
      graph.AddEdge({.source = NodeId{a}, .target = NodeId{b}, .type = kPartOf});
    }
  }
  CycleQuery query = Through(1);
  query.cycles_max = 10;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindCycles(graph, query));
  EXPECT_EQ(result.paths.size(), 10u);
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kPaths);
  query.budget.edges_scanned_max = 10;
  ASSERT_OK_AND_ASSIGN(result, FindCycles(graph, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNotDecided);
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kEdgesScanned);
  query.budget = {};
  query.cycles_max = 1'000'000;
  query.budget.should_stop = [calls = 0]() mutable -> std::optional<Budget::Stop> {
    return ++calls > 50 ? std::optional(Budget::Stop::kCancelled) : std::nullopt;
  };
  EXPECT_THAT(FindCycles(graph, query), StatusIs(absl::StatusCode::kCancelled, _));
  EXPECT_THAT(FindCycles(graph, Through(99)), StatusIs(absl::StatusCode::kNotFound, _));
}

}  // namespace
}  // namespace partnergraph
