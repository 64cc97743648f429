// A vector that grows by blocks: what is in it never moves, so that growing takes no time that
// grows with it, and large blocks are made and given back in large pages. For the millions of
// entries that a large query holds, which is to end soon after it was cancelled.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include "graph/huge_allocator.h"

namespace partnergraph {

template <typename T>
class BlockVector {
  static_assert(std::is_trivially_destructible_v<T>);

 public:
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T& operator[](size_t i) const {
    return i < kFirst ? first_[i] : blocks_[(i - kFirst) / kBlock][(i - kFirst) % kBlock];
  }

  T& operator[](size_t i) { return const_cast<T&>(std::as_const(*this)[i]); }

  void push_back(const T& value) {
    if (size_ < kFirst) {
      first_.push_back(value);
    } else {
      if ((size_ - kFirst) % kBlock == 0) blocks_.emplace_back().reserve(kBlock);
      blocks_.back().push_back(value);
    }
    ++size_;
  }

 private:
  static constexpr size_t kFirst = 1024;  // Most queries hold fewer.
  static constexpr size_t kBlock = 3 * kHugePageBytes / sizeof(T);

  std::vector<T> first_;
  std::vector<std::vector<T, HugeAllocator<T>>> blocks_;
  size_t size_ = 0;
};

}  // namespace partnergraph
