// A set of nodes of one namespace. Ids are dense, so a bitmap can take the hash set's place without
// a change above. Not thread-safe.
#pragma once

#include <cstddef>

#include "absl/container/flat_hash_set.h"
#include "graph/ids.h"

namespace partnergraph {

class NodeSet {
 public:
  // True when the node was not in the set.
  bool Insert(NodeId node) { return nodes_.insert(node).second; }
  bool Contains(NodeId node) const { return nodes_.contains(node); }
  size_t size() const { return nodes_.size(); }
  bool empty() const { return nodes_.empty(); }

 private:
  absl::flat_hash_set<NodeId> nodes_;
};

}  // namespace partnergraph
