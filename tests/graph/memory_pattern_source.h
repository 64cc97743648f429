// A PatternSource over a MemoryEdgeSource, for tests. The name of node 7 is "node 7"; names
// normalize by letter case alone.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "graph/pattern_source.h"
#include "tests/graph/memory_edge_source.h"

namespace partnergraph {

class MemoryPatternSource : public PatternSource {
 public:
  explicit MemoryPatternSource(MemoryEdgeSource& graph) : graph_(graph) {}

  // What a partnership is beyond a node, by node.
  absl::flat_hash_map<NodeId, PatternNodeValues> deals;
  // Further names.
  std::vector<std::pair<std::string, NodeId>> aliases;
  int reads = 0;

  const Schema& schema() const override { return *Schema::BuiltIn(); }
  EdgeSource& edges() override { return graph_; }

  absl::StatusOr<PatternTotals> Totals() override {
    PatternTotals totals;
    for (uint64_t id = 1; id <= graph_.node_count(); ++id) {
      ++totals.nodes[static_cast<size_t>(graph_.kind(NodeId{id}))];
    }
    for (const MemoryEdge& edge : graph_.edges()) ++totals.edges[edge.type];
    return totals;
  }

  absl::StatusOr<std::vector<NodeId>> NodesNamed(std::string_view name, size_t limit) override {
    std::vector<NodeId> nodes;
    const std::string key = absl::AsciiStrToLower(std::string(name));
    for (uint64_t id = 1; id <= graph_.node_count(); ++id) {
      bool named =
          absl::StrCat("node ", id) == key && graph_.kind(NodeId{id}) != NodeKind::kPartnership;
      for (const auto& [alias, node] : aliases) {
        named |= node == NodeId{id} && absl::AsciiStrToLower(alias) == key;
      }
      if (named && nodes.size() < limit) nodes.push_back(NodeId{id});
    }
    return nodes;
  }

  absl::StatusOr<std::vector<std::optional<PatternNodeValues>>> ReadNodes(
      std::span<const NodeId> nodes, const PatternReads& wanted) override {
    ++reads;
    std::vector<std::optional<PatternNodeValues>> values;
    for (const NodeId id : nodes) {
      if (id == NodeId{} || ToInt(id) > graph_.node_count()) {
        values.emplace_back();
        continue;
      }
      PatternNodeValues value;
      if (const auto deal = deals.find(id); deal != deals.end()) {
        value.deal_kind = deal->second.deal_kind;
        if (wanted.facts) value = deal->second;
      }
      value.node = {id, graph_.kind(id), wanted.names ? absl::StrCat("node ", ToInt(id)) : ""};
      value.degree = graph_.rows(id).size();
      value.article_count = static_cast<uint32_t>(ToInt(id) % 3);
      if (value.node.kind == NodeKind::kCompany && ToInt(id) % 2 == 0) value.org_type = "FINANCIAL";
      values.push_back(std::move(value));
    }
    return values;
  }

  absl::StatusOr<NodeSlice> ScanNodes(NodeId after, uint32_t rows_max) override {
    NodeSlice slice{.last = after};
    for (uint64_t id = ToInt(after) + 1; id <= graph_.node_count(); ++id) {
      if (slice.rows_read == rows_max) {
        slice.more = true;
        break;
      }
      ++slice.rows_read;
      slice.last = NodeId{id};
      slice.nodes.push_back({NodeId{id}, graph_.kind(NodeId{id}), ""});
    }
    return slice;
  }

 private:
  MemoryEdgeSource& graph_;
};

}  // namespace partnergraph
