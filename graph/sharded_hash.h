// Hash tables in parts, so that growing moves a part at a time: a query that holds millions of
// entries can be stopped between two parts, where one table would move all of them at once. Large
// parts lie in large pages, which are given back in no time.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "graph/huge_allocator.h"

namespace partnergraph {

inline constexpr size_t kHashShards = 16;

template <typename Key>
size_t HashShard(const Key& key) {
  // The bits that choose a place within the part's table are lower.
  return absl::Hash<Key>()(key) >> (8 * sizeof(size_t) - 4);
}
static_assert(kHashShards == size_t{1} << 4);

template <typename Key>
class ShardedSet {
 public:
  // True when the key was not in the set.
  bool Insert(const Key& key) {
    const bool inserted = shards_[HashShard(key)].insert(key).second;
    size_ += inserted ? 1 : 0;
    return inserted;
  }
  bool Contains(const Key& key) const { return shards_[HashShard(key)].contains(key); }
  size_t size() const { return size_; }

 private:
  using Table = absl::flat_hash_set<Key, absl::Hash<Key>, std::equal_to<Key>, HugeAllocator<Key>>;

  size_t size_ = 0;
  std::array<Table, kHashShards> shards_;
};

template <typename Key, typename Value>
class ShardedMap {
 public:
  bool Contains(const Key& key) const { return shards_[HashShard(key)].contains(key); }
  // The value of the key, and whether it was put now.
  std::pair<Value, bool> TryEmplace(const Key& key, const Value& value) {
    const auto [entry, inserted] = shards_[HashShard(key)].try_emplace(key, value);
    return {entry->second, inserted};
  }

 private:
  using Table = absl::flat_hash_map<Key, Value, absl::Hash<Key>, std::equal_to<Key>,
                                    HugeAllocator<std::pair<const Key, Value>>>;

  std::array<Table, kHashShards> shards_;
};

}  // namespace partnergraph
