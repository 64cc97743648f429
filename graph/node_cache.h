// Node records in memory, shared by all views of a store, so that a page of edges need not read the
// names of a hundred neighbours from the store.
#pragma once

#include <cstddef>
#include <memory>

#include "graph/ids.h"
#include "graph/record_codec.h"
#include "graph/versioned_cache.h"

namespace partnergraph {

using NodeRecordPtr = std::shared_ptr<const storage::NodeRecord>;

// What an entry counts beside its record: list node, table slot and the pointer's counter.
inline constexpr size_t kNodeCacheEntryBytes = 160;

// Ids are given out in order, so that the nodes of one article spread over all shards.
struct ShardById {
  size_t operator()(NodeId node, size_t shards) const { return ToInt(node) % shards; }
};

class NodeCache : public VersionedCache<NodeId, storage::NodeRecord, ShardById> {
 public:
  using VersionedCache::VersionedCache;

  // Offers what a reader at `view` has read, as VersionedCache::Insert.
  void Insert(NodeId node, Sequence view, NodeRecordPtr record);
};

}  // namespace partnergraph
