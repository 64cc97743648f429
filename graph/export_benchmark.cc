// Exports of a whole graph, and of what lies around a node, in every form. Items are nodes and
// edges, bytes those that are written. Fixed seed.
#include <cstdint>

#include "benchmark/benchmark.h"
#include "graph/benchmark_store.h"
#include "graph/graph_export.h"

namespace partnergraph {
namespace {

void Export(benchmark::State& state, ExportQuery query, uint64_t edges_expected) {
  GraphStore& store = BenchmarkStore();
  query.budget.edges_scanned_max = 10'000'000;
  query.budget.nodes_max = 1'000'000;
  query.budget.per_node_limit = 1'000'000;
  uint64_t items = 0, bytes = 0;
  for (auto _ : state) {
    const auto view = store.View();
    if (!view.ok()) {
      state.SkipWithError("no view");
      break;
    }
    const absl::StatusOr<ExportEnd> end = (*view)->ExportGraph(query, [&](ExportPart part) {
      bytes += part.bytes.size();
      return true;
    });
    if (!end.ok() || end->truncation.has_value() || end->edge_count < edges_expected) {
      state.SkipWithError("failed, cut or not whole");
      break;
    }
    items += end->node_count + end->edge_count;
  }
  state.SetItemsProcessed(static_cast<int64_t>(items));
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
}

constexpr const char* kFormats[] = {"", "jsonl", "csv", "graphml", "gexf", "ntriples"};

// Argument: the form.
void BM_ExportWhole(benchmark::State& state) {
  state.SetLabel(kFormats[state.range(0)]);
  // Some of the edges at random are equal and were merged.
  Export(state, {.format = static_cast<ExportFormat>(state.range(0))}, kBenchmarkEdges * 9 / 10);
}
BENCHMARK(BM_ExportWhole)->DenseRange(1, 5)->Unit(benchmark::kMillisecond);

void BM_ExportAround(benchmark::State& state) {
  state.SetLabel(kFormats[1]);
  Export(state,
         {.format = ExportFormat::kJsonLines,
          .nodes = {NodeId{5'001}},
          .hops = static_cast<uint32_t>(state.range(0))},
         1);
}
BENCHMARK(BM_ExportAround)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace partnergraph
