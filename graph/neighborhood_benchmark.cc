// Neighborhoods with their edges, over rows in memory of 100k nodes and 1M edges with power-law
// degrees. Items are edges. Fixed seed.
#include <cstdint>
#include <optional>

#include "benchmark/benchmark.h"
#include "graph/benchmark_topology.h"
#include "graph/graph_store.h"

namespace partnergraph {
namespace {

constexpr uint32_t kNodes = 100'000;
constexpr uint32_t kEdges = 1'000'000;

benchmarks::GraphInMemory& TheGraph() {
  static benchmarks::GraphInMemory graph(kNodes, kEdges);
  return graph;
}

void Rings(benchmark::State& state, uint32_t hops, bool expand, uint32_t per_node_limit) {
  const auto view = TheGraph().View();
  uint32_t node = 0;
  int64_t edges = 0;
  for (auto _ : state) {
    NeighborhoodQuery query{.nodes = {NodeId{1 + node++ * 104'729 % kNodes}},
                            .hops = hops,
                            .expand_partnerships = expand};
    query.budget.edges_scanned_max = query.budget.nodes_max = 1'000'000'000;
    query.budget.bytes_max = uint64_t{1} << 40;
    query.budget.per_node_limit = per_node_limit;
    query.budget.should_stop = [] { return std::optional<Budget::Stop>(); };
    benchmarks::OrDie(view->Neighborhood(query,
                                         [&](NeighborhoodPart part) {
                                           edges += static_cast<int64_t>(part.edges.size());
                                           return true;
                                         })
                          .status());
  }
  state.SetItemsProcessed(edges);
}

constexpr uint32_t kAll = 1'000'000'000;
BENCHMARK_CAPTURE(Rings, one_hop, 1, true, kAll)->Iterations(2000);
BENCHMARK_CAPTURE(Rings, two_hops, 2, true, kAll)->Iterations(100)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Rings, two_hops_passages, 2, false, kAll)
    ->Iterations(100)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(Rings, three_hops_limited, 3, true, 20)
    ->Iterations(30)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace partnergraph
