// Memory for large arrays that are gone through again and again: in large pages where the system
// has them, so that touching it first and finding its pages costs little.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>

namespace partnergraph {

inline constexpr size_t kHugePageBytes = 2 << 20;

template <typename T>
struct HugeAllocator {
  using value_type = T;

  HugeAllocator() = default;
  template <typename Other>
  explicit HugeAllocator(const HugeAllocator<Other>&) {}

  T* allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    if (bytes < 2 * kHugePageBytes) return static_cast<T*>(::operator new(bytes));
    // Mapped apart, so that it goes back to the system at once, whatever malloc keeps.
    const size_t rounded = Rounded(bytes);
    void* const mapped = mmap(nullptr, rounded + kHugePageBytes, PROT_READ | PROT_WRITE,
                              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) throw std::bad_alloc();
    // Large pages need aligned addresses: what is around them is given back.
    char* const begin = static_cast<char*>(mapped);
    const size_t before =
        Rounded(reinterpret_cast<uintptr_t>(begin)) - reinterpret_cast<uintptr_t>(begin);
    if (before > 0) munmap(begin, before);
    if (before < kHugePageBytes) munmap(begin + before + rounded, kHugePageBytes - before);
    madvise(begin + before, rounded, MADV_HUGEPAGE);  // A wish: without it the pages are small.
    return reinterpret_cast<T*>(begin + before);
  }
  void deallocate(T* memory, size_t count) {
    if (count * sizeof(T) < 2 * kHugePageBytes) {
      ::operator delete(memory);
    } else {
      munmap(memory, Rounded(count * sizeof(T)));
    }
  }
  static constexpr size_t Rounded(size_t bytes) {
    return (bytes + kHugePageBytes - 1) / kHugePageBytes * kHugePageBytes;
  }
  friend bool operator==(const HugeAllocator&, const HugeAllocator&) { return true; }
};

}  // namespace partnergraph
