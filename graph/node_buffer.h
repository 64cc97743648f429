// A list of nodes that grows without writing to memory that is not used yet, and that may be
// written behind its end: a traversal puts each node there and counts it only when it is new, which
// costs no branch that cannot be foretold. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <utility>

namespace partnergraph {

class NodeBuffer {
 public:
  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  uint32_t operator[](size_t i) const { return data_[i]; }
  std::span<const uint32_t> nodes() const { return {data_.get(), size_}; }

  // Room for `count` more nodes behind the end; addresses change. The caller writes there and calls
  // SetSize.
  uint32_t* Reserve(size_t count) {
    if (size_ + count > capacity_) Grow(size_ + count);
    return data_.get();
  }
  void SetSize(size_t size) { size_ = size; }
  void Add(uint32_t node) { Reserve(1)[size_++] = node; }
  void Clear() { size_ = 0; }
  void Swap(NodeBuffer& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

 private:
  void Grow(size_t capacity) {
    capacity = std::max<size_t>({64, 2 * capacity_, capacity});
    auto data = std::make_unique_for_overwrite<uint32_t[]>(capacity);
    std::copy_n(data_.get(), size_, data.get());
    data_ = std::move(data);
    capacity_ = capacity;
  }

  std::unique_ptr<uint32_t[]> data_;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

}  // namespace partnergraph
