// Companies joined at random in memory: an EdgeSource for benchmarks, as cheap as one can be.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <utility>
#include <vector>

#include "graph/edge_source.h"

namespace partnergraph {

// Companies with about `degree` edges to random others each.
class RowSource : public EdgeSource {
 public:
  // One edge in ten ends at one of the first `hubs` companies.
  RowSource(uint64_t nodes, uint64_t degree, uint64_t hubs = 0) : rows_(nodes + 1) {
    std::mt19937_64 random(20180515);
    uint64_t fact = 0;
    for (uint64_t node = 1; node <= nodes; ++node) {
      for (uint64_t i = 0; i < degree / 2; ++i) {
        const uint64_t ends = hubs > 0 && random() % 10 == 0 ? hubs : nodes;
        AdjacentEdge edge{.node = NodeId{node},
                          .other = NodeId{1 + random() % ends},
                          .other_kind = NodeKind::kCompany,
                          .type = kPartOf,
                          .direction = Direction::kOut,
                          .fact = FactId{++fact},
                          .packed_date = PackDate({.year = static_cast<int16_t>(2000 + fact % 20)}),
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

inline Budget WideBudget() {
  Budget budget;
  budget.edges_scanned_max = 10'000'000;
  budget.nodes_max = 1'000'000;
  budget.bytes_max = 256 << 20;
  return budget;
}

}  // namespace partnergraph
