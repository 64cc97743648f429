#include "graph/node_cache.h"

#include <string>
#include <utility>

namespace partnergraph {
namespace {

// Of one entry of a map, its text included.
constexpr size_t kMapEntryBytes = 128;

// Counted by hand: reflection, which protobuf would count with, costs more than the look-up.
size_t BytesOf(const storage::NodeRecord& record) {
  return kNodeCacheEntryBytes + sizeof(record) + 2 * sizeof(std::string) + record.name().size() +
         record.deal_kind().size() + 8 * static_cast<size_t>(record.parties_size()) +
         kMapEntryBytes * record.org_types().size();
}

}  // namespace

void NodeCache::Insert(NodeId node, Sequence view, NodeRecordPtr record) {
  const size_t bytes = BytesOf(*record);
  VersionedCache::Insert(node, view, std::move(record), bytes);
}

}  // namespace partnergraph
