// A set of nodes of one walk: a bitmap where the source of the edges knows the end of the ids, else
// a hash set. Not thread-safe; destroy it on the thread that made it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "graph/ids.h"
#include "graph/node_set.h"
#include "graph/visited_set.h"

namespace partnergraph {

class NodeMarks {
 public:
  // A bitmap for ids below `node_end`; the others, all when that is 0, are hashed.
  explicit NodeMarks(uint32_t node_end) : node_end_(node_end) {
    if (node_end > 0) bitmap_.emplace(node_end);
  }
  ~NodeMarks() {
    if (bitmap_.has_value()) bitmap_->Release(marked_);
  }
  NodeMarks(const NodeMarks&) = delete;
  NodeMarks& operator=(const NodeMarks&) = delete;

  // True when the node was not in the set.
  bool Insert(NodeId node) {
    if (ToInt(node) >= node_end_) return set_.Insert(node);
    const auto index = static_cast<uint32_t>(ToInt(node));
    if (!bitmap_->Insert(index)) return false;
    marked_.push_back(index);
    return true;
  }
  bool Contains(NodeId node) const {
    if (ToInt(node) >= node_end_) return set_.Contains(node);
    return bitmap_->Contains(static_cast<uint32_t>(ToInt(node)));
  }
  size_t size() const { return marked_.size() + set_.size(); }

 private:
  const uint32_t node_end_;
  std::optional<VisitedSet> bitmap_;
  std::vector<uint32_t> marked_;  // What is in the bitmap.
  NodeSet set_;
};

}  // namespace partnergraph
