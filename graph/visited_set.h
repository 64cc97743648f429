// A set of nodes as a bitmap: ids are dense. The bitmap is borrowed from a pool of the thread and
// given back empty, so that a small query over a large graph does not pay for the graph's size. Not
// thread-safe; destroy it on the thread that made it.
//
// Memory: one bit for each node id, for each set that a thread has in use at once; kept by the
// thread until it ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace partnergraph {

class VisitedSet {
 public:
  // For ids below `node_end`.
  explicit VisitedSet(uint32_t node_end);
  ~VisitedSet();
  VisitedSet(const VisitedSet&) = delete;
  VisitedSet& operator=(const VisitedSet&) = delete;

  // True when the node was not in the set.
  bool Insert(uint32_t node) {
    uint64_t& word = words_[node / 64];
    const uint64_t bit = uint64_t{1} << (node % 64);
    const bool inserted = (word & bit) == 0;
    word |= bit;
    return inserted;
  }
  bool Contains(uint32_t node) const { return (words_[node / 64] >> (node % 64) & 1) != 0; }

  // Empties the set. `nodes` must be all that are in it, or more.
  void Clear(std::span<const uint32_t> nodes);
  // The same as the last use of the set: its bitmap then goes back at no further cost, where the
  // destructor of a set that was not released has to clear all of it.
  void Release(std::span<const uint32_t> nodes);

 private:
  std::vector<uint64_t> bits_;
  uint64_t* words_ = nullptr;
  size_t word_count_ = 0;
  bool released_ = false;
};

}  // namespace partnergraph
