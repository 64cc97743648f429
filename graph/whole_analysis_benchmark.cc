// Analyses of the whole graph in memory, once it was read. Items are edges. Fixed seed.
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "graph/louvain.h"
#include "graph/page_rank.h"
#include "graph/union_find.h"

namespace partnergraph {
namespace {

constexpr uint32_t kNodes = 1'000'000;
constexpr uint32_t kEdges = 10'000'000;
constexpr uint32_t kCommunity = 100;  // Nodes that most edges stay among.

// Nine edges in ten stay within their community.
EdgeBlocks MakeEdges() {
  EdgeBlocks edges;
  std::mt19937_64 random(20180515);
  for (uint32_t i = 0; i < kEdges; ++i) {
    const auto from = static_cast<uint32_t>(random() % kNodes);
    const auto to =
        random() % 10 == 0
            ? static_cast<uint32_t>(random() % kNodes)
            : static_cast<uint32_t>(from / kCommunity * kCommunity + random() % kCommunity);
    edges.Add(from, to);
  }
  return edges;
}

const NeighborLists& Lists() {
  static const NeighborLists& lists =
      *new NeighborLists(*MakeNeighborLists(kNodes, MakeEdges(), true, JobMonitor()));
  return lists;
}

void BM_MakeNeighborLists(benchmark::State& state) {
  const EdgeBlocks edges = MakeEdges();
  const JobMonitor monitor;
  for (auto _ : state) benchmark::DoNotOptimize(MakeNeighborLists(kNodes, edges, true, monitor));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * edges.size()));
}
BENCHMARK(BM_MakeNeighborLists)->Unit(benchmark::kMillisecond);

void BM_PageRankIteration(benchmark::State& state) {
  const std::vector<bool> exists(kNodes, true);
  JobMonitor monitor;
  for (auto _ : state) {
    benchmark::DoNotOptimize(ComputePageRank(Lists(), exists, {.iterations_max = 1}, monitor));
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kEdges));
}
BENCHMARK(BM_PageRankIteration)->Unit(benchmark::kMillisecond);

void BM_Communities(benchmark::State& state) {
  JobMonitor monitor;
  double modularity = 0;
  for (auto _ : state) {
    const absl::StatusOr<Communities> communities = FindCommunities(Lists(), {}, monitor);
    modularity = communities->modularity;
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kEdges));
  state.counters["modularity"] = modularity;
}
BENCHMARK(BM_Communities)->Unit(benchmark::kMillisecond);

void BM_Components(benchmark::State& state) {
  const EdgeBlocks edges = MakeEdges();
  for (auto _ : state) {
    UnionFind components(kNodes);
    for (const auto& block : edges.blocks()) {
      for (const auto& [from, to] : block) components.Unite(from, to);
    }
    benchmark::DoNotOptimize(components.Find(kNodes - 1));
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * edges.size()));
}
BENCHMARK(BM_Components)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace partnergraph
