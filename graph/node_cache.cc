#include "graph/node_cache.h"

#include <algorithm>
#include <iterator>
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

NodeCache::NodeCache(size_t bytes_max) : shard_bytes_max_(bytes_max / kShards) {}

size_t NodeCache::ShardIndex(NodeId node) {
  // Ids are given out in order, so that the nodes of one article spread over all shards.
  return ToInt(node) % kShards;
}

std::vector<NodeRecordPtr> NodeCache::Find(std::span<const NodeId> nodes, Sequence view) {
  std::vector<NodeRecordPtr> records(nodes.size());
  std::array<bool, kShards> asked{};
  for (const NodeId node : nodes) asked[ShardIndex(node)] = true;
  // Each shard is locked once, however many of its nodes are asked for.
  for (size_t index = 0; index < kShards; ++index) {
    if (!asked[index]) continue;
    Shard& shard = shards_[index];
    const std::lock_guard lock(shard.mutex);
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (ShardIndex(nodes[i]) != index) continue;
      const auto found = shard.by_node.find(nodes[i]);
      if (found == shard.by_node.end() || found->second->loaded > view) continue;
      shard.entries.splice(shard.entries.begin(), shard.entries, found->second);
      records[i] = found->second->record;
    }
  }
  return records;
}

void NodeCache::Insert(NodeId node, Sequence view, NodeRecordPtr record) {
  const size_t bytes = BytesOf(*record);
  if (bytes > shard_bytes_max_) return;
  Shard& shard = shards_[ShardIndex(node)];
  std::list<Entry> evicted;  // Freed outside of the lock.
  const std::lock_guard lock(shard.mutex);
  if (view < shard.last_invalidation) return;
  const auto [slot, added] = shard.by_node.try_emplace(node);
  if (!added) {
    // The record is the same in both states: nothing changed it since the older one.
    slot->second->loaded = std::min(slot->second->loaded, view);
    return;
  }
  shard.entries.push_front({node, view, std::move(record), bytes});
  slot->second = shard.entries.begin();
  shard.bytes += bytes;
  while (shard.bytes > shard_bytes_max_) {
    shard.bytes -= shard.entries.back().bytes;
    shard.by_node.erase(shard.entries.back().node);
    evicted.splice(evicted.begin(), shard.entries, std::prev(shard.entries.end()));
  }
}

void NodeCache::Invalidate(std::span<const NodeId> nodes, Sequence sequence) {
  for (const NodeId node : nodes) {
    Shard& shard = shards_[ShardIndex(node)];
    const std::lock_guard lock(shard.mutex);
    shard.last_invalidation = std::max(shard.last_invalidation, sequence);
    const auto found = shard.by_node.find(node);
    if (found == shard.by_node.end()) continue;
    shard.bytes -= found->second->bytes;
    shard.entries.erase(found->second);
    shard.by_node.erase(found);
  }
}

void NodeCache::Abandon(Sequence sequence) {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    // Whatever was marked before is of an earlier sequence.
    if (shard.last_invalidation == sequence) {
      shard.last_invalidation = Sequence{ToInt(sequence) - 1};
    }
  }
}

size_t NodeCache::BytesUsed() const {
  size_t bytes = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    bytes += shard.bytes;
  }
  return bytes;
}

}  // namespace partnergraph
