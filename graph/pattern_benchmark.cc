// Pattern queries against a store with rows in memory: reading the text, planning, and answering
// queries of the kinds that people ask. Fixed seed.
#include <cstdint>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "graph/benchmark_store.h"
#include "graph/pattern_answer.h"
#include "graph/pattern_parser.h"

namespace partnergraph {
namespace {

constexpr char kExample[] =
    "MATCH (a:Company {name: 'Company 7'})-[r:PART_OF]->(b)-[:USES]-(c:Company) "
    "WHERE r.date > '2018-06' AND c <> a AND (r.confidence >= 0.5 OR c.id IN [1, 2, 3]) "
    "RETURN b, c.name AS name, r.date ORDER BY r.date DESC LIMIT 20";

void BM_ParsePattern(benchmark::State& state) {
  for (auto _ : state) {
    if (!ParsePattern(kExample).ok()) state.SkipWithError("not parsed");
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * (sizeof(kExample) - 1)));
}
BENCHMARK(BM_ParsePattern);

Budget WideBudget() {
  Budget budget;
  budget.edges_scanned_max = 100'000'000;
  budget.nodes_max = 1'000'000;
  budget.bytes_max = 256 << 20;
  budget.per_node_limit = 100'000;
  return budget;
}

struct Question {
  const char* name;
  const char* before;  // Of the number of a company that is no hub, which is another each time.
  const char* after;
};

constexpr Question kQuestions[] = {
    {"explain", "EXPLAIN MATCH (a {name: 'Company ", "'})-[:PART_OF]->(b)-[:USES]-(c) RETURN c"},
    {"name_one_hop", "MATCH (a {name: 'Company ", "'})-[r]-(b) RETURN b, r LIMIT 20"},
    {"two_hops_filtered", "MATCH (a {name: 'Company ",
     "'})-[r:PART_OF]->(b)-[:USES]-(c:Company) WHERE r.date > '2010' AND c <> a RETURN c LIMIT "
     "100"},
    {"two_hops_distinct", "MATCH (a {name: 'Company ",
     "'})-[:USES]-()-[:USES]-(c) RETURN count(DISTINCT c.id)"},
    {"triangles", "MATCH (a {name: 'Company ",
     "'})-[:USES]-(b)-[:USES]-(c)-[:USES]-(a) "
     "RETURN count(*)"},
    {"trail_1_to_3", "MATCH (a {name: 'Company ", "'})-[r:USES*1..3]->(b) RETURN b, r LIMIT 100"},
};

// Argument: the question. Items are edges tried in matches.
void BM_Query(benchmark::State& state) {
  const Question& question = kQuestions[state.range(0)];
  state.SetLabel(question.name);
  GraphStore& store = BenchmarkStore();
  uint64_t turn = 0, edges = 0, rows = 0;
  for (auto _ : state) {
    const uint64_t company = (100 + turn++ * 7919 % 9'900) * 10;
    const auto view = store.View();
    if (!view.ok()) {
      state.SkipWithError("no view");
      break;
    }
    const absl::StatusOr<PatternEnd> end = (*view)->QueryPattern(
        {absl::StrCat(question.before, company, question.after), {}, WideBudget()},
        [](PatternPart) { return true; });
    if (!end.ok() || end->end.truncation.has_value()) {
      state.SkipWithError("failed or cut");
      break;
    }
    edges += end->end.stats.edges_scanned;
    rows += end->row_count;
  }
  state.SetItemsProcessed(static_cast<int64_t>(edges));
  state.counters["rows"] =
      benchmark::Counter(static_cast<double>(rows), benchmark::Counter::kAvgIterations);
}
BENCHMARK(BM_Query)->DenseRange(0, std::size(kQuestions) - 1)->Unit(benchmark::kMicrosecond);

// Without a start: all nodes are read.
void BM_Scan(benchmark::State& state) {
  GraphStore& store = BenchmarkStore();
  for (auto _ : state) {
    const auto view = store.View();
    const absl::StatusOr<PatternEnd> end = (*view)->QueryPattern(
        {"MATCH (a:Person) RETURN count(*)", {}, WideBudget()}, [](PatternPart) { return true; });
    if (!end.ok() || end->match_count != kBenchmarkNodes / 10) state.SkipWithError("wrong count");
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kBenchmarkNodes));
}
BENCHMARK(BM_Scan)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace partnergraph
