// Where a query was cut, and why first. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/edge_source.h"
#include "graph/ids.h"
#include "graph/node_set.h"
#include "graph/query.h"

namespace partnergraph {

// Nodes that a Truncation lists.
inline constexpr size_t kCutNodesMax = 100;

class CutList {
 public:
  // Notes that a node was not expanded in full: `kept` of its edges were followed; of several calls
  // for one node the smallest number counts.
  void Add(NodeId node, uint64_t kept, TruncationReason reason);

  // Notes a cut that is no node's.
  void Add(TruncationReason reason);

  bool empty() const { return !reason_.has_value(); }

  // The cuts with the true degrees of the nodes, read in one call; nullopt when there are none.
  // Errors of EdgeSource::Describe.
  absl::StatusOr<std::optional<Truncation>> Finish(EdgeSource& source) const;

 private:
  std::optional<TruncationReason> reason_;
  NodeSet nodes_;
  std::vector<CutNode> listed_;
};

}  // namespace partnergraph
