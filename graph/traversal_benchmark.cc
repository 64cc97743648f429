// Traversals over rows in memory: what the walks themselves cost, without a store. Fixed seed.
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "graph/benchmark_rows.h"
#include "graph/traversal.h"

namespace partnergraph {
namespace {

constexpr uint64_t kNodes = 100'000;

// Arguments: hops, edges at each node. Items are edges read.
void BM_Neighborhood(benchmark::State& state) {
  RowSource source(kNodes, static_cast<uint64_t>(state.range(1)));
  NeighborhoodQuery query;
  query.hops = static_cast<uint32_t>(state.range(0));
  query.budget = WideBudget();
  uint64_t node = 0, edges = 0, parts = 0;
  for (auto _ : state) {
    query.nodes = {NodeId{1 + node++ * 7919 % kNodes}};
    const absl::StatusOr<QueryEnd> end =
        WalkNeighborhood(source, query, [&](NeighborhoodPart part) {
          parts += part.nodes.size();
          return true;
        });
    if (!end.ok() || end->truncation.has_value()) state.SkipWithError("cut");
    edges += end->stats.edges_scanned;
  }
  benchmark::DoNotOptimize(parts);
  state.SetItemsProcessed(static_cast<int64_t>(edges));
}
BENCHMARK(BM_Neighborhood)->Args({1, 100})->Args({2, 20})->Args({3, 20});

// Argument: edges at each node.
void BM_ShortestPath(benchmark::State& state) {
  RowSource source(kNodes, static_cast<uint64_t>(state.range(0)));
  PathQuery query;
  query.budget = WideBudget();
  uint64_t pair = 0, edges = 0;
  for (auto _ : state) {
    query.source = NodeId{1 + pair * 7919 % kNodes};
    query.target = NodeId{1 + (pair++ * 104'729 + 50'000) % kNodes};
    const absl::StatusOr<PathResult> result = FindShortestPaths(source, query);
    if (!result.ok() || result->outcome != PathOutcome::kFound) state.SkipWithError("no path");
    edges += result->end.stats.edges_scanned;
  }
  state.SetItemsProcessed(static_cast<int64_t>(edges));
}
BENCHMARK(BM_ShortestPath)->Arg(20);

void BM_TwoSteps(benchmark::State& state) {
  RowSource source(kNodes, 20);
  TraverseQuery query;
  query.steps.resize(2);
  query.budget = WideBudget();
  uint64_t node = 0, edges = 0;
  for (auto _ : state) {
    query.nodes = {NodeId{1 + node++ * 7919 % kNodes}};
    const absl::StatusOr<QueryEnd> end =
        WalkSteps(source, query, [](std::vector<Walk>) { return true; });
    if (!end.ok()) state.SkipWithError("failed");
    edges += end->stats.edges_scanned;
  }
  state.SetItemsProcessed(static_cast<int64_t>(edges));
}
BENCHMARK(BM_TwoSteps);

}  // namespace
}  // namespace partnergraph
