// Paths in all modes, cycles, common neighbors, similar nodes and personal ranks over rows in
// memory: what the searches cost without a store. Fixed seed.
#include <cstdint>

#include "benchmark/benchmark.h"
#include "graph/benchmark_rows.h"
#include "graph/common_neighbors.h"
#include "graph/cycles.h"
#include "graph/personal_rank.h"
#include "graph/similar_nodes.h"
#include "graph/traversal.h"

namespace partnergraph {
namespace {

constexpr uint64_t kNodes = 100'000;

RowSource& Graph() {
  static RowSource& graph = *new RowSource(kNodes, 20, 100);
  return graph;
}

// Reads hubs in full.
Budget HubBudget() {
  Budget budget = WideBudget();
  budget.per_node_limit = 100'000;
  return budget;
}

// Arguments: mode, paths, longest path, whether time counts. Items are edges read.
void BM_FindPaths(benchmark::State& state) {
  RowSource& graph = Graph();
  PathQuery query;
  query.mode = static_cast<PathMode>(state.range(0));
  query.paths_max = static_cast<uint32_t>(state.range(1));
  query.length_max = static_cast<uint32_t>(state.range(2));
  query.time_ordered = state.range(3) == 1;
  query.budget = HubBudget();
  uint64_t node = 0, edges = 0, paths = 0;
  for (auto _ : state) {
    query.source = NodeId{101 + node * 7919 % (kNodes - 100)};
    query.target = NodeId{101 + (node + 1) * 104'729 % (kNodes - 100)};
    ++node;
    const absl::StatusOr<PathResult> result = FindPaths(graph, query);
    if (!result.ok() || result->outcome == PathOutcome::kNotDecided) state.SkipWithError("cut");
    edges += result->end.stats.edges_scanned;
    paths += result->paths.size();
  }
  state.SetItemsProcessed(static_cast<int64_t>(edges));
  state.counters["paths"] =
      benchmark::Counter(static_cast<double>(paths), benchmark::Counter::kAvgIterations);
}
BENCHMARK(BM_FindPaths)
    ->ArgNames({"mode", "paths", "length", "time"})
    ->Args({0, 1, 6, 0})
    ->Args({0, 1, 6, 1})
    ->Args({1, 10, 6, 0})
    ->Args({1, 100, 6, 0})
    ->Args({2, 100, 4, 0})
    ->Args({3, 1, 6, 0})
    ->Args({3, 10, 6, 0})
    ->Unit(benchmark::kMillisecond);

void BM_FindCycles(benchmark::State& state) {
  RowSource& graph = Graph();
  CycleQuery query;
  query.length_max = static_cast<uint32_t>(state.range(0));
  query.budget = HubBudget();
  uint64_t node = 0, edges = 0;
  for (auto _ : state) {
    query.node = NodeId{101 + node++ * 7919 % (kNodes - 100)};
    const absl::StatusOr<PathResult> result = FindCycles(graph, query);
    if (!result.ok()) state.SkipWithError("failed");
    edges += result->end.stats.edges_scanned;
  }
  state.SetItemsProcessed(static_cast<int64_t>(edges));
}
BENCHMARK(BM_FindCycles)->Arg(3)->Arg(4)->Unit(benchmark::kMillisecond);

void BM_CommonNeighbors(benchmark::State& state) {
  RowSource& graph = Graph();
  CommonNeighborsQuery query;
  query.budget = HubBudget();
  uint64_t node = 0;
  for (auto _ : state) {
    query.nodes = {NodeId{1 + node % 100}, NodeId{1 + (node + 1) % 100}};  // Hubs.
    ++node;
    if (!FindCommonNeighbors(graph, query).ok()) state.SkipWithError("failed");
  }
}
BENCHMARK(BM_CommonNeighbors)->Unit(benchmark::kMicrosecond);

void BM_SimilarNodes(benchmark::State& state) {
  RowSource& graph = Graph();
  SimilarNodesQuery query;
  query.measure = static_cast<SimilarityMeasure>(state.range(0));
  query.budget = HubBudget();
  query.budget.skip_degree = 500;
  uint64_t node = 0, edges = 0;
  for (auto _ : state) {
    query.node = NodeId{101 + node++ * 7919 % (kNodes - 100)};
    const absl::StatusOr<SimilarNodesResult> result = FindSimilarNodes(graph, query);
    if (!result.ok()) state.SkipWithError("failed");
    edges += result->end.stats.edges_scanned;
  }
  state.SetItemsProcessed(static_cast<int64_t>(edges));
}
BENCHMARK(BM_SimilarNodes)->Arg(0)->Arg(1)->Unit(benchmark::kMicrosecond);

void BM_RankFromSeeds(benchmark::State& state) {
  RowSource& graph = Graph();
  PersonalRankQuery query;
  query.budget = HubBudget();
  uint64_t node = 0, edges = 0;
  for (auto _ : state) {
    query.seeds = {NodeId{101 + node++ * 7919 % (kNodes - 100)}};
    const absl::StatusOr<PersonalRankResult> result = RankFromSeeds(graph, query);
    if (!result.ok()) state.SkipWithError("failed");
    edges += result->end.stats.edges_scanned;
  }
  state.SetItemsProcessed(static_cast<int64_t>(edges));
}
BENCHMARK(BM_RankFromSeeds)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace partnergraph
