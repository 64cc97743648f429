#include "graph/sort_memory.h"

namespace partnergraph {
namespace {

constexpr uintptr_t RoundUp(uintptr_t bytes) {
  return (bytes + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
}

}  // namespace

SortMemory::SortMemory(size_t bytes) : bytes_(RoundUp(bytes)) {
  if (bytes_ == 0) return;
  // Mapped with room to align it, which is unmapped again.
  const size_t mapped = bytes_ + kHugePageBytes;
  void* const memory =
      mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  char* const begin = static_cast<char*>(memory);
  data_ = reinterpret_cast<char*>(RoundUp(reinterpret_cast<uintptr_t>(begin)));
  const auto before = static_cast<size_t>(data_ - begin);
  if (before > 0) munmap(begin, before);
  munmap(data_ + bytes_, mapped - before - bytes_);
  madvise(data_, bytes_, MADV_HUGEPAGE);  // A wish: without it the pages are small.
}

SortMemory::~SortMemory() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

void SortMemory::MoveIn(SortMemory from, size_t offset) {
  // Where that fails the pages stay as they are: new ones, as good.
  void* const moved =
      mremap(from.data_, from.bytes_, from.bytes_, MREMAP_MAYMOVE | MREMAP_FIXED, data_ + offset);
  if (moved != MAP_FAILED) from.data_ = nullptr;
}

SortMemory SortBlockPool::Take() {
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      SortMemory block = std::move(free_.back());
      free_.pop_back();
      return block;
    }
  }
  return SortMemory(kBlockBytes);
}

void SortBlockPool::Return(SortMemory block) {
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(block));
}

SortMemory SortBlockPool::TakeArray(size_t bytes) {
  SortMemory array(bytes);
  const std::lock_guard lock(mutex_);
  for (size_t offset = 0; offset < array.bytes() && !free_.empty(); offset += kBlockBytes) {
    array.MoveIn(std::move(free_.back()), offset);
    free_.pop_back();
  }
  return array;
}

void SortBlockPool::Clear() {
  const std::lock_guard lock(mutex_);
  free_.clear();
}

}  // namespace partnergraph
