// Graphs and patterns that would not end, or grow without bound, where a walk trusts its input:
// self-loops, parallel edges, cycles, and patterns that visit everything. Every algorithm ends with
// its bounded answer.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "graph/analysis_query.h"
#include "graph/common_neighbors.h"
#include "graph/cycles.h"
#include "graph/personal_rank.h"
#include "graph/similar_nodes.h"
#include "graph/traversal.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_edge_source.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

constexpr uint64_t kNodes = 30;

// Companies 1 to 30: each with a loop to itself, and every two joined by three edges each way.
MemoryEdgeSource Tangle() {
  MemoryEdgeSource graph;
  for (uint64_t i = 0; i < kNodes; ++i) graph.AddNode(NodeKind::kCompany);
  for (uint64_t a = 1; a <= kNodes; ++a) {
    for (uint64_t b = 1; b <= kNodes; ++b) {
      for (int i = 0; i < (a == b ? 1 : 3); ++i) {
        graph.AddEdge({.source = NodeId{a},
                       .target = NodeId{b},
                       .type = kPartOf,
                       .date = {.year = static_cast<int16_t>(2000 + i)},
                       .confidence = 0.5f});
      }
    }
  }
  return graph;
}

constexpr uint64_t kEdges = kNodes + 3 * kNodes * (kNodes - 1);

Budget Wide() {
  return {.edges_scanned_max = 1'000'000, .nodes_max = 1'000'000, .bytes_max = 1 << 30};
}

TEST(HostileGraphTest, NeighborhoodShowsLoopsAndParallelEdgesOnce) {
  MemoryEdgeSource graph = Tangle();
  for (uint32_t hops : {1u, 6u}) {
    NeighborhoodQuery query{.nodes = {NodeId{1}}, .hops = hops, .budget = Wide()};
    std::set<FactId> facts;
    uint64_t nodes = 0;
    ASSERT_OK_AND_ASSIGN(const QueryEnd end,
                         WalkNeighborhood(graph, query, [&](NeighborhoodPart part) {
                           nodes += part.nodes.size();
                           for (const Edge& edge : part.edges) {
                             EXPECT_TRUE(facts.insert(edge.fact).second);
                           }
                           return true;
                         }));
    EXPECT_FALSE(end.truncation.has_value());
    EXPECT_EQ(nodes, kNodes);
    EXPECT_EQ(facts.size(), hops == 1 ? 1 + 6 * (kNodes - 1) : kEdges);
    EXPECT_EQ(end.ring_sizes.size(), hops == 1 ? 2u : 3u) << "a ring that is empty is the last";
  }
}

TEST(HostileGraphTest, APatternThatVisitsEverythingEndsWithEachEndOnce) {
  MemoryEdgeSource graph = Tangle();
  TraverseQuery query{.nodes = {NodeId{1}}, .budget = Wide()};
  query.budget.edges_scanned_max = 100'000'000;
  for (int i = 0; i < 10; ++i) query.steps.push_back({.min_repeat = 0, .max_repeat = 6});
  for (AnswerDetail detail : {AnswerDetail::kFull, AnswerDetail::kCounts}) {
    query.detail = detail;
    ASSERT_OK_AND_ASSIGN(const QueryEnd end,
                         WalkSteps(graph, query, [](std::vector<Walk>) { return true; }));
    EXPECT_FALSE(end.truncation.has_value());
    EXPECT_EQ(end.end_count, kNodes);
    // There are 6^10 ways to take the steps; places in the pattern are few.
    EXPECT_LE(end.stats.edges_scanned, 10 * 6 * 10 * 2 * kEdges);
  }
  query.budget.edges_scanned_max = 5'000;
  ASSERT_OK_AND_ASSIGN(const QueryEnd cut,
                       WalkSteps(graph, query, [](std::vector<Walk>) { return true; }));
  ASSERT_TRUE(cut.truncation.has_value());
  EXPECT_EQ(cut.truncation->reason, TruncationReason::kEdgesScanned);
  EXPECT_LE(cut.stats.edges_scanned, 5'000u);
}

TEST(HostileGraphTest, PathsOfEveryModeVisitNoNodeTwice) {
  MemoryEdgeSource graph = Tangle();
  for (PathMode mode :
       {PathMode::kShortest, PathMode::kKShortest, PathMode::kAllSimple, PathMode::kWeighted}) {
    for (bool time_ordered : {false, true}) {
      if (time_ordered && mode == PathMode::kWeighted) continue;
      PathQuery query{.source = NodeId{1},
                      .target = NodeId{2},
                      .mode = mode,
                      .time_ordered = time_ordered,
                      .paths_max = mode == PathMode::kShortest ? 1u : 50u,
                      .budget = Wide()};
      ASSERT_OK_AND_ASSIGN(const PathResult result, FindPaths(graph, query));
      EXPECT_EQ(result.outcome, PathOutcome::kFound);
      EXPECT_EQ(result.paths.size(), query.paths_max);
      std::set<std::vector<NodeId>> seen;
      for (const Path& path : result.paths) {
        std::vector<NodeId> nodes;
        for (const NodeSummary& node : path.nodes) nodes.push_back(node.id);
        EXPECT_TRUE(seen.insert(nodes).second) << "parallel edges are one path";
        EXPECT_EQ(std::set<NodeId>(nodes.begin(), nodes.end()).size(), nodes.size());
      }
    }
  }
}

TEST(HostileGraphTest, CyclesAreNoLoopsAndUseNoFactTwice) {
  MemoryEdgeSource graph = Tangle();
  CycleQuery query{.node = NodeId{1}, .length_min = 2, .cycles_max = 200, .budget = Wide()};
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindCycles(graph, query));
  EXPECT_EQ(result.paths.size(), 200u);
  ASSERT_TRUE(result.end.truncation.has_value());
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kPaths);
  for (const Path& cycle : result.paths) {
    EXPECT_GE(cycle.edges.size(), 2u);
    std::set<FactId> facts;
    for (const Edge& edge : cycle.edges) EXPECT_TRUE(facts.insert(edge.fact).second);
  }
}

TEST(HostileGraphTest, NobodyIsTheirOwnNeighborNorSimilarToThemselves) {
  MemoryEdgeSource graph = Tangle();
  ASSERT_OK_AND_ASSIGN(
      const CommonNeighborsResult common,
      FindCommonNeighbors(graph, {.nodes = {NodeId{1}, NodeId{2}}, .budget = Wide()}));
  EXPECT_EQ(common.total, kNodes - 2);
  for (const CommonNeighbor& neighbor : common.neighbors) {
    EXPECT_GT(ToInt(neighbor.node.id), 2u);
    EXPECT_EQ(neighbor.edge_count, 12u) << "three edges each way to each of two";
  }
  for (SimilarityMeasure measure : {SimilarityMeasure::kJaccard, SimilarityMeasure::kAdamicAdar}) {
    ASSERT_OK_AND_ASSIGN(
        const SimilarNodesResult similar,
        FindSimilarNodes(
            graph, {.node = NodeId{1}, .measure = measure, .nodes_max = 100, .budget = Wide()}));
    EXPECT_EQ(similar.neighbor_count, kNodes - 1);
    EXPECT_EQ(similar.nodes.size(), kNodes - 1);
    for (const SimilarNode& node : similar.nodes) EXPECT_NE(node.node.id, NodeId{1});
  }
}

TEST(HostileGraphTest, RankIsNotLostInLoops) {
  MemoryEdgeSource graph = Tangle();
  ASSERT_OK_AND_ASSIGN(
      const PersonalRankResult ranks,
      RankFromSeeds(graph, {.seeds = {NodeId{1}}, .nodes_max = 100, .budget = Wide()}));
  double sum = ranks.missing;
  for (const RankedNode& node : ranks.nodes) sum += node.score;
  EXPECT_NEAR(sum, 1, 1e-9);
  EXPECT_EQ(ranks.nodes.size(), kNodes);
}

}  // namespace
}  // namespace partnergraph
