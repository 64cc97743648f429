// Node records in memory, shared by all views of a store, so that a page of edges need not read the
// names of a hundred neighbours from the store. Bounded in bytes; thread-safe.
//
// Views are of different states, so an entry alone is not enough. What makes it correct:
//
//   (1) Before the writer commits sequence S, it removes every node whose record the batch writes
//       or deletes, and marks their shards with S (Invalidate).
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

#include <array>
#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "graph/ids.h"
#include "graph/record_codec.h"

namespace partnergraph {

using NodeRecordPtr = std::shared_ptr<const storage::NodeRecord>;

// What an entry counts beside its record: list node, table slot and the pointer's counter.
inline constexpr size_t kNodeCacheEntryBytes = 160;

class NodeCache {
 public:
  // `bytes_max` bounds records and what holds them; 0 keeps nothing. Least recently used records go
  // first. Each of kShards parts has its share of the bytes.
  explicit NodeCache(size_t bytes_max);

  // The records of nodes as readers at `view` see them; null where that is not known here.
  std::vector<NodeRecordPtr> Find(std::span<const NodeId> nodes, Sequence view);

  // Offers what a reader at `view` has read. Not kept when it may be out of date already, or is
  // larger than a part of the cache.
  void Insert(NodeId node, Sequence view, NodeRecordPtr record);

  // To be called before the commit of `sequence`, with all nodes whose records it writes or
  // deletes.
  void Invalidate(std::span<const NodeId> nodes, Sequence sequence);

  // To be called when it is certain that the commit of `sequence` wrote nothing: readers of the
  // state before it may add again. When that is uncertain the marks stay, which only costs reads.
  void Abandon(Sequence sequence);

  // Bytes that are counted against the bound.
  size_t BytesUsed() const;

  static constexpr size_t kShards = 16;

 private:
  struct Entry {
    NodeId node{};
    Sequence loaded{};  // L above.
    NodeRecordPtr record;
    size_t bytes = 0;
  };
  struct Shard {
    mutable std::mutex mutex;  // Guards the rest.
    std::list<Entry> entries;  // Most recently used first.
    absl::flat_hash_map<NodeId, std::list<Entry>::iterator> by_node;
    size_t bytes = 0;
    Sequence last_invalidation{};
  };

  static size_t ShardIndex(NodeId node);

  const size_t shard_bytes_max_;
  std::array<Shard, kShards> shards_;
};

}  // namespace partnergraph
