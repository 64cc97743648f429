#include "graph/name_cache.h"

#include <memory>
#include <utility>

namespace partnergraph {
namespace {

// What an entry counts beside its texts: list node, table slot, the key twice.
constexpr size_t kEntryBytes = 256;
// Behind the key in a row's key: a 0 byte and the node.
constexpr size_t kRowTailBytes = 9;

}  // namespace

void NameCache::Insert(const std::string& prefix, Sequence view, NameRows rows) {
  if (rows.size() > kCachedNameRowsMax) return;
  size_t bytes = kEntryBytes + 2 * prefix.size();
  for (const NameRow& row : rows) bytes += sizeof(row) + row.name.size();
  VersionedCache::Insert(prefix, view, std::make_shared<const NameRows>(std::move(rows)), bytes);
}

std::vector<std::string> NameCache::KeysWritten(std::span<const KvWrite> writes) {
  std::vector<std::string> keys;
  for (const KvWrite& write : writes) {
    if (write.cf != ColumnFamily::kName || write.key.size() <= kRowTailBytes) continue;
    keys.emplace_back(write.key, 0, write.key.size() - kRowTailBytes);
  }
  return keys;
}

}  // namespace partnergraph
