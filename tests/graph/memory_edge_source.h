// An EdgeSource over vectors, for tests and benchmarks of traversals. Keeps the contract of
// edge_source.h to the letter and counts its calls.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "graph/date.h"
#include "graph/edge_source.h"

namespace partnergraph {

// A stored edge, seen from nowhere.
struct MemoryEdge {
  NodeId source{};
  NodeId target{};
  EdgeType type{};
  FactId fact{};
  Date date;
  FactStatus status = FactStatus::kActive;
  float confidence = 1;
  uint32_t source_count = 1;
};

class MemoryEdgeSource : public EdgeSource {
 public:
  NodeId AddNode(NodeKind kind) {
    kinds_.push_back(kind);
    rows_.emplace_back();
    return NodeId{kinds_.size()};
  }

  // The fact 0 stands for the next free one.
  void AddEdge(MemoryEdge edge) {
    if (edge.fact == FactId{}) edge.fact = FactId{edges_.size() + 1};
    edges_.push_back(edge);
    AdjacentEdge row{.node = edge.source,
                     .other = edge.target,
                     .other_kind = kind(edge.target),
                     .type = edge.type,
                     .direction = Direction::kOut,
                     .fact = edge.fact,
                     .packed_date = PackDate(edge.date),
                     .status = edge.status,
                     .confidence = edge.confidence,
                     .source_count = edge.source_count};
    AddRow(row);
    std::swap(row.node, row.other);
    row.other_kind = kind(edge.source);
    row.direction = Direction::kIn;
    AddRow(row);
  }

  NodeKind kind(NodeId node) const { return kinds_[ToInt(node) - 1]; }
  uint64_t node_count() const { return kinds_.size(); }
  const std::vector<MemoryEdge>& edges() const { return edges_; }
  const std::vector<AdjacentEdge>& rows(NodeId node) const { return rows_[ToInt(node) - 1]; }

  absl::StatusOr<std::vector<Expansion>> Expand(std::span<const NodeId> frontier,
                                                const FactFilter& filter, uint32_t per_node_limit,
                                                ScanBudget& budget, Sink sink) override {
    ++expand_calls;
    uint64_t read = 0;
    std::vector<Expansion> expansions(frontier.size(), {.kept = 0, .complete = false});
    for (size_t i = 0; i < frontier.size(); ++i) {
      if (!Exists(frontier[i])) {
        expansions[i].complete = true;
        continue;
      }
      bool cut = false;
      for (const AdjacentEdge& row : rows(frontier[i])) {
        if (budget.edges_left == 0) return expansions;
        if (budget.should_stop && read++ % 256 == 0) {
          const std::optional<Budget::Stop> stop = budget.should_stop();
          if (stop == Budget::Stop::kCancelled) return absl::CancelledError("cancelled");
          if (stop == Budget::Stop::kDeadline) return absl::DeadlineExceededError("deadline");
        }
        --budget.edges_left;
        ++budget.edges_scanned;
        if (!Keeps(filter, row)) continue;
        if (expansions[i].kept == per_node_limit) {
          cut = true;
          break;
        }
        ++expansions[i].kept;
        if (!sink(i, row)) return expansions;
      }
      expansions[i].complete = !cut;
    }
    return expansions;
  }

  absl::StatusOr<std::vector<RingNode>> Describe(std::span<const NodeId> nodes) override {
    std::vector<RingNode> described;
    for (NodeId node : nodes) {
      if (!Exists(node)) return absl::NotFoundError(absl::StrCat("no node ", ToInt(node)));
      described.push_back({.node = {node, kind(node), absl::StrCat("node ", ToInt(node))},
                           .degree = rows(node).size()});
    }
    return described;
  }

  absl::StatusOr<std::vector<Edge>> Materialize(std::span<const AdjacentEdge> edges) override {
    std::vector<Edge> full;
    for (const AdjacentEdge& edge : edges) {
      const bool out = edge.direction == Direction::kOut;
      const NodeId ends[] = {out ? edge.node : edge.other, out ? edge.other : edge.node};
      absl::StatusOr<std::vector<RingNode>> described = Describe(ends);
      if (!described.ok()) return described.status();
      full.push_back({.fact = edge.fact,
                      .type = edge.type,
                      .source = (*described)[0].node,
                      .target = (*described)[1].node,
                      .date = UnpackDate(edge.packed_date),
                      .status = edge.status,
                      .confidence = edge.confidence,
                      .source_count = edge.source_count,
                      .partnership = edge.partnership});
    }
    return full;
  }

  int expand_calls = 0;

 private:
  bool Exists(NodeId node) const { return node != NodeId{} && ToInt(node) <= kinds_.size(); }

  // Out before in, by type, newest first, undated last.
  void AddRow(const AdjacentEdge& row) {
    const auto order = [](const AdjacentEdge& edge) {
      return std::tuple(edge.direction, edge.type, ~edge.packed_date, edge.other, edge.fact);
    };
    std::vector<AdjacentEdge>& rows = rows_[ToInt(row.node) - 1];
    rows.insert(std::upper_bound(rows.begin(), rows.end(), row,
                                 [&](const AdjacentEdge& a, const AdjacentEdge& b) {
                                   return order(a) < order(b);
                                 }),
                row);
  }

  std::vector<NodeKind> kinds_;
  std::vector<std::vector<AdjacentEdge>> rows_;
  std::vector<MemoryEdge> edges_;
};

}  // namespace partnergraph
