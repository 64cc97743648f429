#include "graph/visited_set.h"

#include <algorithm>
#include <utility>

namespace partnergraph {
namespace {

// Bitmaps without a set bit that this thread may use again.
constexpr size_t kPoolMax = 4;
thread_local std::vector<std::vector<uint64_t>> pool;

}  // namespace

VisitedSet::VisitedSet(uint32_t node_end) : word_count_(node_end / 64 + 1) {
  if (!pool.empty()) {
    bits_ = std::move(pool.back());
    pool.pop_back();
  }
  if (bits_.size() < word_count_) bits_.resize(word_count_);
  words_ = bits_.data();
}

VisitedSet::~VisitedSet() {
  if (!released_) std::fill_n(words_, word_count_, 0);
  if (pool.size() < kPoolMax) pool.push_back(std::move(bits_));
}

void VisitedSet::Clear(std::span<const uint32_t> nodes) {
  if (nodes.size() > word_count_) {
    std::fill_n(words_, word_count_, 0);
    return;
  }
  for (const uint32_t node : nodes) words_[node / 64] = 0;
}

void VisitedSet::Release(std::span<const uint32_t> nodes) {
  Clear(nodes);
  released_ = true;
}

}  // namespace partnergraph
