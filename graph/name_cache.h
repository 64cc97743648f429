// Rows of the names index in memory, shared by all views of a store: what has been asked for by an
// exact key, so that a name that is asked for again is answered without the store.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "graph/ids.h"
#include "graph/kv_store.h"
#include "graph/versioned_cache.h"

namespace partnergraph {

// A node that has a name.
struct NameRow {
  NodeId node{};
  std::string name;  // As written.
};
// The rows of one key, ascending by node. Most names are one node's.
using NameRows = absl::InlinedVector<NameRow, 1>;

// Most rows of a key that is kept: names that more nodes have are read from the store.
inline constexpr size_t kCachedNameRowsMax = 64;

// Keyed by what all rows of one name begin with: Keys::NamePrefix.
class NameCache : public VersionedCache<std::string, NameRows> {
 public:
  using VersionedCache::VersionedCache;

  // Offers all rows of a key, also none, as a reader at `view` has read them.
  void Insert(const std::string& prefix, Sequence view, NameRows rows);

  // The keys of the names index whose rows a batch changes.
  static std::vector<std::string> KeysWritten(std::span<const KvWrite> writes);
};

}  // namespace partnergraph
