// The nodes of a load by what their files call them. Keeps 128 bits of each id, hashed with a
// number that is drawn anew for each map, and not the id: two ids that share them are taken for
// one, which no one can bring about and chance does once in 10^20 loads of ten million nodes.
//
// Open addressing with linear probing at most 2/3 full: 24 bytes an entry.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace partnergraph {

struct NodeIdKey {
  uint64_t high = 0;
  uint64_t low = 0;
  bool empty() const { return high == 0 && low == 0; }
  friend bool operator==(const NodeIdKey&, const NodeIdKey&) = default;
};

class NodeIdMap {
 public:
  static constexpr uint32_t kNone = UINT32_MAX;

  NodeIdMap();

  NodeIdKey KeyOf(std::string_view id) const;

  // The number of a key, or kNone. Thread-safe among readers.
  uint32_t Find(const NodeIdKey& key) const;

  // Has the processor fetch what Find will look at.
  void Prefetch(const NodeIdKey& key) const { __builtin_prefetch(&slots_[Slot(key)]); }

  // False when the key is there already, which stays as it is.
  bool Insert(const NodeIdKey& key, uint32_t number);

  size_t size() const { return size_; }
  size_t bytes() const { return slots_.size() * sizeof(Entry); }

 private:
  struct Entry {
    NodeIdKey key;  // Empty: free.
    uint32_t number = kNone;
  };
  size_t Slot(const NodeIdKey& key) const { return key.high & (slots_.size() - 1); }
  void Grow();

  uint64_t seed_;
  size_t size_ = 0;
  std::vector<Entry> slots_;  // A power of two of them.
};

}  // namespace partnergraph
