// Traversals over rows in memory: what the walks themselves cost, without a store. Fixed seed.
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "benchmark/benchmark.h"
#include "graph/traversal.h"

namespace partnergraph {
namespace {

// Companies with about `degree` edges to random others each.
class RowSource : public EdgeSource {
 public:
  RowSource(uint64_t nodes, uint64_t degree) : rows_(nodes + 1) {
    std::mt19937_64 random(20180515);
    uint64_t fact = 0;
    for (uint64_t node = 1; node <= nodes; ++node) {
      for (uint64_t i = 0; i < degree / 2; ++i) {
        AdjacentEdge edge{.node = NodeId{node},
                          .other = NodeId{1 + random() % nodes},
                          .other_kind = NodeKind::kCompany,
                          .type = kPartOf,
                          .direction = Direction::kOut,
                          .fact = FactId{++fact},
                          .status = FactStatus::kActive,
                          .confidence = static_cast<float>(random() % 100) / 100,
                          .source_count = 1};
        rows_[node].push_back(edge);
        std::swap(edge.node, edge.other);
        edge.direction = Direction::kIn;
        rows_[ToInt(edge.node)].push_back(edge);
      }
    }
  }

  absl::StatusOr<std::vector<Expansion>> Expand(std::span<const NodeId> frontier,
                                                const FactFilter& filter, uint32_t per_node_limit,
                                                ScanBudget& budget, Sink sink) override {
    std::vector<Expansion> expansions(frontier.size());
    for (size_t i = 0; i < frontier.size(); ++i) {
      for (const AdjacentEdge& row : rows_[ToInt(frontier[i])]) {
        if (budget.edges_left == 0 || expansions[i].kept == per_node_limit) {
          expansions[i].complete = false;
          break;
        }
        --budget.edges_left;
        ++budget.edges_scanned;
        if (!Keeps(filter, row)) continue;
        ++expansions[i].kept;
        if (!sink(i, row)) return expansions;
      }
    }
    return expansions;
  }

  absl::StatusOr<std::vector<RingNode>> Describe(std::span<const NodeId> nodes) override {
    std::vector<RingNode> described;
    described.reserve(nodes.size());
    for (NodeId node : nodes) {
      described.push_back(
          {.node = {node, NodeKind::kCompany, "Company"}, .degree = rows_[ToInt(node)].size()});
    }
    return described;
  }

  absl::StatusOr<std::vector<Edge>> Materialize(std::span<const AdjacentEdge> edges) override {
    std::vector<Edge> full;
    full.reserve(edges.size());
    for (const AdjacentEdge& edge : edges) {
      full.push_back({.fact = edge.fact,
                      .type = edge.type,
                      .source = {edge.node, NodeKind::kCompany, "Company"},
                      .target = {edge.other, NodeKind::kCompany, "Company"},
                      .status = edge.status,
                      .confidence = edge.confidence,
                      .source_count = edge.source_count});
    }
    return full;
  }

 private:
  std::vector<std::vector<AdjacentEdge>> rows_;
};

constexpr uint64_t kNodes = 100'000;

Budget WideBudget() {
  Budget budget;
  budget.edges_scanned_max = 10'000'000;
  budget.nodes_max = 1'000'000;
  budget.bytes_max = 256 << 20;
  return budget;
}

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
