// Where a query was cut, and why first. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "graph/edge_source.h"
#include "graph/ids.h"
#include "graph/node_set.h"
#include "graph/query.h"

namespace partnergraph {

// Nodes that a Truncation lists.
inline constexpr size_t kCutNodesMax = 100;
// Cut nodes that are told apart, so that a frontier of millions costs little when it is cut; once
// they are so many, one that is cut again may count again.
inline constexpr size_t kCutNodesKnownMax = 100'000;

class CutList {
 public:
  // CutNode::position. Only asked of nodes that are listed.
  using Position = absl::FunctionRef<std::string()>;

  // Notes that a node was not expanded in full: `kept` of its edges were followed, in `step` of a
  // pattern; of several calls for one node and step the smallest number counts. A node that is cut
  // in two steps is two cuts: each goes on by its own filter.
  void Add(NodeId node, uint64_t kept, TruncationReason reason, uint32_t step, Position position);
  // The same where what was kept has no place in a list, or nothing was kept.
  void Add(NodeId node, uint64_t kept, TruncationReason reason, uint32_t step = 0);

  // Notes that of none of these nodes an edge was followed.
  template <typename Nodes>  // A range of NodeId, or of their numbers.
  void AddRest(const Nodes& nodes, TruncationReason reason, uint32_t step = 0) {
    auto node = nodes.begin();
    for (; node != nodes.end() && place_of_.size() < kCutNodesKnownMax; ++node) {
      Add(NodeId{*node}, 0, reason, step);
    }
    if (node == nodes.end()) return;
    Add(reason);
    others_ += static_cast<uint64_t>(nodes.end() - node);
    // Of those that are listed nothing counts as kept any more.
    const NodeSet kept = ListedWithKept(step);
    size_t left = kept.size();
    for (; node != nodes.end() && left > 0; ++node) {
      if (!kept.Contains(NodeId{*node})) continue;
      Add(NodeId{*node}, 0, reason, step);
      --left;
    }
  }

  // Notes a cut that is no node's.
  void Add(TruncationReason reason);

  // Notes that the answer lacks some of what was followed, where is not known: the nodes noted so
  // far go on from their beginnings.
  void ForgetKept();

  bool empty() const { return !reason_.has_value(); }

  // The cuts with the true degrees of the nodes, read in one call; nullopt when there are none.
  // Errors of EdgeSource::Describe.
  absl::StatusOr<std::optional<Truncation>> Finish(EdgeSource& source) const;

 private:
  NodeSet ListedWithKept(uint32_t step) const;

  std::optional<TruncationReason> reason_;
  // By node and step: the place in listed_, or kCutNodesMax.
  absl::flat_hash_map<std::pair<NodeId, uint32_t>, size_t> place_of_;
  std::vector<CutNode> listed_;
  uint64_t others_ = 0;  // Cut nodes that place_of_ has no room for.
};

}  // namespace partnergraph
