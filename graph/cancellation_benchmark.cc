// How long queries and analyses go on once they are cancelled, over rows in memory of a million
// nodes and ten million edges with power-law degrees. Each run is cancelled at a random moment of
// the time that it would take; time is that of the thread that runs it, so that what else runs on
// the machine does not count. Counters: median and maximum in milliseconds, freeing what was held
// included. Patterns and exports read a store, of a hundred thousand nodes and a million edges.
// Fixed seeds.
#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <thread>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "graph/benchmark_store.h"
#include "graph/benchmark_topology.h"
#include "graph/graph_export.h"
#include "graph/graph_store.h"
#include "graph/whole_analysis.h"
#include "graph/whole_graph.h"

namespace partnergraph {
namespace {

constexpr uint32_t kNodes = 1'000'000;
constexpr uint32_t kEdges = 10'000'000;
constexpr double kSecondsMax = 20;  // Of a run that is not cancelled.

using benchmarks::OrDie;

benchmarks::GraphInMemory& TheGraph() {
  static benchmarks::GraphInMemory graph(kNodes, kEdges);
  return graph;
}

double Millis(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// A run, which the monitor ends: queries ask it too.
using Run = std::function<absl::Status(JobMonitor& monitor)>;

// Runs, and cancels after `seconds` of the runner's own time. Returns how many milliseconds of it
// the run took after that; nothing when it had ended before.
std::optional<double> CancelAfter(const Run& run, double seconds) {
  JobMonitor monitor;
  std::atomic<bool> done{false};
  clockid_t clock{};
  pthread_getcpuclockid(pthread_self(), &clock);
  const double begin = Millis(clock);
  std::atomic<double> at{0};
  std::thread canceller([&] {
    while (!done) {
      const double now = Millis(clock);
      if (now - begin >= seconds * 1e3) {
        at = now;
        monitor.Cancel();
        return;
      }
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  const absl::Status status = run(monitor);
  const double end = Millis(clock);
  done = true;
  canceller.join();
  if (!absl::IsCancelled(status)) OrDie(status);
  if (status.ok() || !monitor.cancelled()) return std::nullopt;
  return end - at;
}

void Measure(benchmark::State& state, const Run& run) {
  TheGraph();
  clockid_t clock{};
  pthread_getcpuclockid(pthread_self(), &clock);
  const double begin = Millis(clock);
  CancelAfter(run, kSecondsMax);
  const double seconds = (Millis(clock) - begin) / 1e3;
  std::mt19937_64 random(7);
  std::uniform_real_distribution<double> moment(0, seconds);
  std::vector<double> millis;
  for (auto _ : state) {
    const std::optional<double> late = CancelAfter(run, moment(random));
    if (late.has_value()) millis.push_back(*late);
    state.SetIterationTime(late.value_or(0) / 1e3);
  }
  state.counters["full_ms"] = seconds * 1e3;
  if (millis.empty()) return;
  std::ranges::sort(millis);
  state.counters["median_ms"] = millis[millis.size() / 2];
  state.counters["max_ms"] = millis.back();
}

Budget Plenty(const JobMonitor& monitor) {
  Budget budget;
  budget.edges_scanned_max = budget.nodes_max = 1'000'000'000;
  budget.per_node_limit = 1'000'000'000;
  budget.bytes_max = 256 << 20;  // What the server takes at most.
  budget.should_stop = [&monitor] {
    return monitor.cancelled() ? std::optional(Budget::Stop::kCancelled) : std::nullopt;
  };
  return budget;
}

void Rings(benchmark::State& state, uint32_t hops, bool expand, AnswerDetail detail) {
  Measure(state, [&](JobMonitor& monitor) {
    const auto view = TheGraph().View();
    return view
        ->Neighborhood({.nodes = {NodeId{77}},
                        .hops = hops,
                        .expand_partnerships = expand,
                        .detail = detail,
                        .budget = Plenty(monitor)},
                       [](NeighborhoodPart) { return true; })
        .status();
  });
}

void Steps(benchmark::State& state, AnswerDetail detail) {
  Measure(state, [&](JobMonitor& monitor) {
    const auto view = TheGraph().View();
    TraverseQuery query{.nodes = {NodeId{77}}, .detail = detail, .budget = Plenty(monitor)};
    query.steps = {{.max_repeat = 3}, {.min_repeat = 0, .max_repeat = 3}};
    return view->Traverse(query, [](std::vector<Walk>) { return true; }).status();
  });
}

void Paths(benchmark::State& state, PathMode mode, bool time_ordered, uint32_t paths_max) {
  Measure(state, [&](JobMonitor& monitor) {
    const auto view = TheGraph().View();
    PathQuery query{.source = NodeId{77},
                    .target = NodeId{500'077},
                    .mode = mode,
                    .time_ordered = time_ordered,
                    .length_max = 6,
                    .paths_max = paths_max,
                    .expand_partnerships = true,
                    .budget = Plenty(monitor)};
    return view->FindPaths(query).status();
  });
}

void Cycles(benchmark::State& state) {
  Measure(state, [&](JobMonitor& monitor) {
    const auto view = TheGraph().View();
    return view
        ->FindCycles({.node = NodeId{77},
                      .length_max = 6,
                      .cycles_max = 1'000'000,
                      .expand_partnerships = true,
                      .budget = Plenty(monitor)})
        .status();
  });
}

// Of the two nodes with the most edges.
NodeId Hub(uint32_t rank) { return NodeId{1 + uint64_t{rank} * 7919 % kNodes}; }

void Common(benchmark::State& state) {
  Measure(state, [&](JobMonitor& monitor) {
    const auto view = TheGraph().View();
    return view->CommonNeighbors({.nodes = {Hub(0), Hub(1)}, .budget = Plenty(monitor)}).status();
  });
}

void Similar(benchmark::State& state, SimilarityMeasure measure) {
  Measure(state, [&](JobMonitor& monitor) {
    const auto view = TheGraph().View();
    return view->SimilarNodes({.node = NodeId{77}, .measure = measure, .budget = Plenty(monitor)})
        .status();
  });
}

void PersonalRank(benchmark::State& state) {
  Measure(state, [&](JobMonitor& monitor) {
    const auto view = TheGraph().View();
    return view
        ->RankFromSeeds({.seeds = {NodeId{77}}, .tolerance = 1e-9, .budget = Plenty(monitor)})
        .status();
  });
}

void Pattern(benchmark::State& state, const char* text) {
  BenchmarkStore();
  Measure(state, [&](JobMonitor& monitor) {
    const auto view = BenchmarkStore().View();
    if (!view.ok()) return view.status();
    return (*view)
        ->QueryPattern({.text = text, .budget = Plenty(monitor)}, [](PatternPart) { return true; })
        .status();
  });
}

void Export(benchmark::State& state, ExportFormat format, std::vector<NodeId> nodes) {
  BenchmarkStore();
  Measure(state, [&](JobMonitor& monitor) -> absl::Status {
    const auto view = BenchmarkStore().View();
    if (!view.ok()) return view.status();
    return (*view)
        ->ExportGraph({.format = format, .nodes = nodes, .hops = 2, .budget = Plenty(monitor)},
                      [](ExportPart) { return true; })
        .status();
  });
}

void Analysis(benchmark::State& state, AnalysisKind kind) {
  Measure(state, [&](JobMonitor& monitor) {
    const auto whole = TheGraph().View()->Whole();
    const AnalysisQuery query{.kind = kind};
    absl::StatusOr<AnalysisInput> input =
        ReadForAnalysis(*whole, query, uint64_t{1} << 40, monitor);
    if (!input.ok()) return input.status();
    return Analyze(*std::move(input), query, monitor).status();
  });
}

void Configure(benchmark::internal::Benchmark* benchmark) {
  benchmark->UseManualTime()->Iterations(10)->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(Rings, counts, 6, true, AnswerDetail::kCounts)->Apply(Configure);
BENCHMARK_CAPTURE(Rings, counts_passages, 6, false, AnswerDetail::kCounts)->Apply(Configure);
BENCHMARK_CAPTURE(Rings, nodes, 6, true, AnswerDetail::kNodes)->Apply(Configure);
BENCHMARK_CAPTURE(Rings, edges, 6, true, AnswerDetail::kFull)->Apply(Configure);
BENCHMARK_CAPTURE(Rings, edges_passages, 6, false, AnswerDetail::kFull)->Apply(Configure);
BENCHMARK_CAPTURE(Steps, counts, AnswerDetail::kCounts)->Apply(Configure);
BENCHMARK_CAPTURE(Steps, edges, AnswerDetail::kFull)->Apply(Configure);
BENCHMARK_CAPTURE(Paths, one, PathMode::kShortest, false, 1)->Apply(Configure);
BENCHMARK_CAPTURE(Paths, shortest, PathMode::kShortest, false, 100)->Apply(Configure);
BENCHMARK_CAPTURE(Paths, in_time, PathMode::kShortest, true, 100)->Apply(Configure);
BENCHMARK_CAPTURE(Paths, k_shortest, PathMode::kKShortest, false, 100)->Apply(Configure);
BENCHMARK_CAPTURE(Paths, all_simple, PathMode::kAllSimple, false, 10'000)->Apply(Configure);
BENCHMARK_CAPTURE(Paths, weighted, PathMode::kWeighted, false, 10)->Apply(Configure);
BENCHMARK(Cycles)->Apply(Configure);
BENCHMARK(Common)->Apply(Configure);
BENCHMARK_CAPTURE(Similar, jaccard, SimilarityMeasure::kJaccard)->Apply(Configure);
BENCHMARK_CAPTURE(Similar, adamic_adar, SimilarityMeasure::kAdamicAdar)->Apply(Configure);
BENCHMARK(PersonalRank)->Apply(Configure);
BENCHMARK_CAPTURE(Pattern, rows, "MATCH (a {name: 'Company 7'})-[*1..4]-(b) RETURN b, a")
    ->Apply(Configure);
BENCHMARK_CAPTURE(
    Pattern, distinct,
    "MATCH (a {name: 'Company 7'})--(b)--(c)--(d) RETURN DISTINCT d.name ORDER BY d.name")
    ->Apply(Configure);
BENCHMARK_CAPTURE(Export, whole, ExportFormat::kJsonLines, std::vector<NodeId>())->Apply(Configure);
BENCHMARK_CAPTURE(Export, triples, ExportFormat::kNTriples, std::vector<NodeId>())
    ->Apply(Configure);
BENCHMARK_CAPTURE(Export, around, ExportFormat::kJsonLines, std::vector{NodeId{5'001}})
    ->Apply(Configure);
BENCHMARK_CAPTURE(Analysis, degree, AnalysisKind::kDegree)->Apply(Configure);
BENCHMARK_CAPTURE(Analysis, page_rank, AnalysisKind::kPageRank)->Apply(Configure);
BENCHMARK_CAPTURE(Analysis, components, AnalysisKind::kComponents)->Apply(Configure);
BENCHMARK_CAPTURE(Analysis, communities, AnalysisKind::kCommunities)->Apply(Configure);

}  // namespace
}  // namespace partnergraph
