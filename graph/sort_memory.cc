#include "graph/sort_memory.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace partnergraph {
namespace {

constexpr uintptr_t RoundUp(uintptr_t bytes) {
  return (bytes + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
}

absl::Status NoMemory(size_t bytes) {
  return absl::ResourceExhaustedError(
      absl::StrCat("cannot map ", bytes, " bytes to sort in: ", std::strerror(errno)));
}

}  // namespace

absl::StatusOr<SortMemory> SortMemory::Map(size_t bytes) {
  if (bytes == 0) return SortMemory();
  const size_t rounded = RoundUp(bytes);
  // Mapped with room to align it, which is unmapped again.
  const size_t mapped = rounded + kHugePageBytes;
  void* const memory =
      mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return NoMemory(mapped);
  char* const begin = static_cast<char*>(memory);
  char* const data = reinterpret_cast<char*>(RoundUp(reinterpret_cast<uintptr_t>(begin)));
  const auto before = static_cast<size_t>(data - begin);
  if (before > 0) munmap(begin, before);
  munmap(data + rounded, mapped - before - rounded);
  madvise(data, rounded, MADV_HUGEPAGE);  // A wish: without it the pages are small.
  return SortMemory(data, rounded);
}

SortMemory::~SortMemory() {
  if (data_ != nullptr) munmap(data_, bytes_);
}

absl::Status SortMemory::MoveIn(SortMemory from, size_t offset) {
  char* const to = data_ + offset;
  if (mremap(from.data_, from.bytes_, from.bytes_, MREMAP_MAYMOVE | MREMAP_FIXED, to) !=
      MAP_FAILED) {
    from.data_ = nullptr;
    return absl::OkStatus();
  }
  // What was there may be gone; new pages are as good.
  if (mmap(to, from.bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
           0) == MAP_FAILED) {
    return NoMemory(from.bytes_);
  }
  return absl::OkStatus();
}

absl::StatusOr<SortMemory> SortBlockPool::Take() {
  {
    const std::lock_guard lock(mutex_);
    if (!free_.empty()) {
      SortMemory block = std::move(free_.back());
      free_.pop_back();
      return block;
    }
  }
  return SortMemory::Map(kBlockBytes);
}

void SortBlockPool::Return(SortMemory block) {
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(block));
}

absl::StatusOr<SortMemory> SortBlockPool::TakeArray(size_t bytes) {
  PG_ASSIGN_OR_RETURN(SortMemory array, SortMemory::Map(bytes));
  const std::lock_guard lock(mutex_);
  for (size_t offset = 0; offset < array.bytes() && !free_.empty(); offset += kBlockBytes) {
    SortMemory block = std::move(free_.back());
    free_.pop_back();
    PG_RETURN_IF_ERROR(array.MoveIn(std::move(block), offset));
  }
  return array;
}

void SortBlockPool::Clear() {
  const std::lock_guard lock(mutex_);
  free_.clear();
}

}  // namespace partnergraph
