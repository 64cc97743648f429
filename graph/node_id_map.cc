#include "graph/node_id_map.h"

#include <xxhash.h>

#include <random>
#include <utility>

namespace partnergraph {

NodeIdMap::NodeIdMap() : slots_(1 << 10) {
  std::random_device random;
  seed_ = uint64_t{random()} << 32 | random();
}

NodeIdKey NodeIdMap::KeyOf(std::string_view id) const {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(id.data(), id.size(), seed_);
  // The empty key stands for a free slot.
  return {hash.high64, hash.high64 == 0 && hash.low64 == 0 ? 1 : hash.low64};
}

uint32_t NodeIdMap::Find(const NodeIdKey& key) const {
  const size_t mask = slots_.size() - 1;
  for (size_t slot = Slot(key);; slot = (slot + 1) & mask) {
    const Entry& entry = slots_[slot];
    if (entry.key == key) return entry.number;
    if (entry.key.empty()) return kNone;
  }
}

bool NodeIdMap::Insert(const NodeIdKey& key, uint32_t number) {
  if (3 * (size_ + 1) > 2 * slots_.size()) Grow();
  const size_t mask = slots_.size() - 1;
  for (size_t slot = Slot(key);; slot = (slot + 1) & mask) {
    Entry& entry = slots_[slot];
    if (entry.key == key) return false;
    if (entry.key.empty()) {
      entry = {key, number};
      ++size_;
      return true;
    }
  }
}

void NodeIdMap::Grow() {
  std::vector<Entry> old(2 * slots_.size());
  old.swap(slots_);
  const size_t mask = slots_.size() - 1;
  for (const Entry& entry : old) {
    if (entry.key.empty()) continue;
    size_t slot = Slot(entry.key);
    while (!slots_[slot].key.empty()) slot = (slot + 1) & mask;
    slots_[slot] = entry;
  }
}

}  // namespace partnergraph
