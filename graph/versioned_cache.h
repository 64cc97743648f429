// A cache of what the store holds under keys, shared by views of different states of it. Bounded in
// bytes; thread-safe.
//
// Views are of different states, so an entry alone is not enough. What makes it correct:
//
//   (1) Before the writer commits sequence S, it removes every key whose value the batch changes,
//       and marks their shards with S (Invalidate).
//   (2) A reader at sequence V adds what it read only when V is not below the shard's mark.
//   (3) An entry that was read at L is given to readers at V >= L only.
//
// So an entry that is present has not changed since L, whatever was committed since: a commit S > L
// that changed it has removed it by (1), and a reader that looked before S is kept from adding it
// later by (2). Hence it is right for every V >= L, and (3) keeps it from those that are older. A
// reader at V >= S began after the commit, so it always finds (1) done.
//
// All commits to the store must therefore pass here, by one writer at a time, in ascending
// sequence.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "graph/ids.h"

namespace partnergraph {

// Where a key is kept: of the bits of its hash that the part's own table uses least.
template <typename Key>
struct ShardByHash {
  size_t operator()(const Key& key, size_t shards) const {
    return (absl::Hash<Key>()(key) >> 32) % shards;
  }
};

template <typename Key, typename Value, typename ShardOf = ShardByHash<Key>>
class VersionedCache {
 public:
  using ValuePtr = std::shared_ptr<const Value>;

  // `bytes_max` bounds the entries' bytes; 0 keeps nothing. Each of kShards parts has its share of
  // the bytes. Entries go in the order in which they came, but one that was used since has a second
  // chance (the CLOCK approximation of least recently used, Corbato 1968): a use marks an entry,
  // and moves nothing.
  explicit VersionedCache(size_t bytes_max) : shard_bytes_max_(bytes_max / kShards) {}

  // What readers at `view` see under a key; null where that is not known here.
  ValuePtr Find(const Key& key, Sequence view) {
    Shard& shard = shards_[ShardIndex(key)];
    const std::lock_guard lock(shard.mutex);
    return FindIn(shard, key, view);
  }
  // The same for several keys, in their order. Each shard is locked once.
  std::vector<ValuePtr> Find(std::span<const Key> keys, Sequence view) {
    std::vector<ValuePtr> values(keys.size());
    if (keys.size() == 1) {
      values[0] = Find(keys[0], view);
      return values;
    }
    std::array<bool, kShards> asked{};
    for (const Key& key : keys) asked[ShardIndex(key)] = true;
    for (size_t index = 0; index < kShards; ++index) {
      if (!asked[index]) continue;
      const std::lock_guard lock(shards_[index].mutex);
      for (size_t i = 0; i < keys.size(); ++i) {
        if (ShardIndex(keys[i]) == index) values[i] = FindIn(shards_[index], keys[i], view);
      }
    }
    return values;
  }

  // Offers what a reader at `view` has read, which counts `bytes`. Not kept when it may be out of
  // date already, or is larger than a part of the cache.
  void Insert(const Key& key, Sequence view, ValuePtr value, size_t bytes) {
    if (bytes > shard_bytes_max_) return;
    Shard& shard = shards_[ShardIndex(key)];
    std::list<Entry> evicted;  // Freed outside of the lock.
    const std::lock_guard lock(shard.mutex);
    if (view < shard.last_invalidation) return;
    const auto [slot, added] = shard.by_key.try_emplace(key);
    if (!added) {
      // The value is the same in both states: nothing changed it since the older one.
      slot->second->loaded = std::min(slot->second->loaded, view);
      return;
    }
    shard.entries.push_front(
        {.loaded = view, .value = std::move(value), .bytes = bytes, .key = key});
    slot->second = shard.entries.begin();
    shard.bytes += bytes;
    while (shard.bytes > shard_bytes_max_) {
      const auto last = std::prev(shard.entries.end());
      if (std::exchange(last->used, false)) {
        shard.entries.splice(shard.entries.begin(), shard.entries, last);
        continue;
      }
      shard.bytes -= shard.entries.back().bytes;
      shard.by_key.erase(shard.entries.back().key);
      evicted.splice(evicted.begin(), shard.entries, last);
    }
  }

  // To be called before the commit of `sequence`, with all keys whose values it changes.
  void Invalidate(std::span<const Key> keys, Sequence sequence) {
    for (const Key& key : keys) {
      Shard& shard = shards_[ShardIndex(key)];
      const std::lock_guard lock(shard.mutex);
      shard.last_invalidation = std::max(shard.last_invalidation, sequence);
      const auto found = shard.by_key.find(key);
      if (found == shard.by_key.end()) continue;
      shard.bytes -= found->second->bytes;
      shard.entries.erase(found->second);
      shard.by_key.erase(found);
    }
  }

  // To be called when it is certain that the commit of `sequence` wrote nothing: readers of the
  // state before it may add again. When that is uncertain the marks stay, which only costs reads.
  void Abandon(Sequence sequence) {
    for (Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      // Whatever was marked before is of an earlier sequence.
      if (shard.last_invalidation == sequence) {
        shard.last_invalidation = Sequence{ToInt(sequence) - 1};
      }
    }
  }

  // Bytes that are counted against the bound.
  size_t BytesUsed() const {
    size_t bytes = 0;
    for (const Shard& shard : shards_) {
      const std::lock_guard lock(shard.mutex);
      bytes += shard.bytes;
    }
    return bytes;
  }

  static constexpr size_t kShards = 16;

 private:
  struct Entry {        // What a reader needs comes first: one cache line, where it can.
    Sequence loaded{};  // L above.
    ValuePtr value;
    bool used = false;  // Since it came, or had its second chance.
    size_t bytes = 0;
    Key key;
  };
  struct Shard {
    mutable std::mutex mutex;  // Guards the rest.
    std::list<Entry> entries;  // Newest first.
    absl::flat_hash_map<Key, typename std::list<Entry>::iterator> by_key;
    size_t bytes = 0;
    Sequence last_invalidation{};
  };

  static size_t ShardIndex(const Key& key) { return ShardOf()(key, kShards); }

  static ValuePtr FindIn(Shard& shard, const Key& key, Sequence view) {
    const auto found = shard.by_key.find(key);
    if (found == shard.by_key.end() || found->second->loaded > view) return nullptr;
    found->second->used = true;
    return found->second->value;
  }

  const size_t shard_bytes_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace partnergraph
