// Bytes of memory that many holders share: each takes what it fills and gives it back.
#pragma once

#include <atomic>
#include <cstddef>

namespace partnergraph {

// Thread-safe.
class ByteBudget {
 public:
  explicit ByteBudget(size_t bytes_max) : bytes_max_(bytes_max) {}

  // False, and nothing taken, when fewer than `bytes` are left.
  bool TryTake(size_t bytes) {
    size_t used = used_.load(std::memory_order_relaxed);
    do {
      if (bytes > bytes_max_ - used) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
    return true;
  }
  void GiveBack(size_t bytes) { used_.fetch_sub(bytes, std::memory_order_relaxed); }

  size_t used() const { return used_.load(std::memory_order_relaxed); }

 private:
  const size_t bytes_max_;
  std::atomic<size_t> used_{0};  // At most bytes_max_.
};

// What one holder has of a budget, which must outlive it. Gives all back when destroyed. Not
// thread-safe.
class ByteLease {
 public:
  explicit ByteLease(ByteBudget& budget) : budget_(budget) {}
  ~ByteLease() { budget_.GiveBack(bytes_); }
  ByteLease(const ByteLease&) = delete;
  ByteLease& operator=(const ByteLease&) = delete;

  // Takes or gives back the difference to `bytes`. False, and nothing changed, when the budget has
  // too little left.
  bool Resize(size_t bytes) {
    if (bytes > bytes_ && !budget_.TryTake(bytes - bytes_)) return false;
    if (bytes < bytes_) budget_.GiveBack(bytes_ - bytes);
    bytes_ = bytes;
    return true;
  }

 private:
  ByteBudget& budget_;
  size_t bytes_ = 0;
};

}  // namespace partnergraph
