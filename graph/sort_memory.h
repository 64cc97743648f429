// Memory of sorting: blocks in which records are gathered, and arrays into which they are sorted.
// Neither is initialized, and both are made of what others do not need any more: the system hands
// out memory page by page, cleared, which for rows of 32 bytes takes longer than sorting them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/huge_allocator.h"
#include "graph/status_macros.h"

namespace partnergraph {

// Uninitialized memory of whole large pages, aligned as these are. Moves, unmaps in the end.
class SortMemory {
 public:
  SortMemory() = default;
  // At least so many bytes. RESOURCE_EXHAUSTED.
  static absl::StatusOr<SortMemory> Map(size_t bytes);
  ~SortMemory();
  SortMemory(SortMemory&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}
  SortMemory& operator=(SortMemory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }

  char* data() const { return data_; }
  size_t bytes() const { return bytes_; }

  // Puts the pages of `from` in the place of those at `offset`; both are aligned as large pages.
  // RESOURCE_EXHAUSTED: there may be no memory at `offset` any more.
  absl::Status MoveIn(SortMemory from, size_t offset);

 private:
  SortMemory(char* data, size_t bytes) : data_(data), bytes_(bytes) {}

  char* data_ = nullptr;
  size_t bytes_ = 0;
};

// Blocks of kBlockBytes, which are kept for whoever needs memory next. Thread-safe.
class SortBlockPool {
 public:
  static constexpr size_t kBlockBytes = kHugePageBytes;

  // RESOURCE_EXHAUSTED.
  absl::StatusOr<SortMemory> Take();
  void Return(SortMemory block);
  // Memory of at least so many bytes, of blocks that nobody has and of new pages.
  // RESOURCE_EXHAUSTED.
  absl::StatusOr<SortMemory> TakeArray(size_t bytes);
  // Gives blocks that nobody has back to the system.
  void Clear();

 private:
  std::mutex mutex_;
  std::vector<SortMemory> free_;
};

// Records in blocks of a pool, in the order in which they were added: growing copies nothing.
template <typename Record>
class RecordBlocks {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  explicit RecordBlocks(SortBlockPool& pool) : pool_(pool) {}
  ~RecordBlocks() { Clear(); }
  RecordBlocks(const RecordBlocks&) = delete;
  RecordBlocks& operator=(const RecordBlocks&) = delete;

  size_t size() const { return size_; }

  // RESOURCE_EXHAUSTED; a part may have been added.
  absl::Status Append(std::span<const Record> records) {
    while (!records.empty()) {
      const size_t used = size_ % kRecordsPerBlock;
      if (used == 0) {
        PG_ASSIGN_OR_RETURN(SortMemory block, pool_.Take());
        blocks_.push_back(std::move(block));
      }
      const std::span<const Record> part =
          records.first(std::min(records.size(), kRecordsPerBlock - used));
      std::uninitialized_copy(part.begin(), part.end(), RecordsOf(blocks_.back()) + used);
      size_ += part.size();
      records = records.subspan(part.size());
    }
    return absl::OkStatus();
  }

  // Visits the records at [begin, end) in their order.
  template <typename Visitor>
  void Visit(size_t begin, size_t end, Visitor visit) const {
    while (begin < end) {
      const size_t first = begin % kRecordsPerBlock;
      const size_t count = std::min(end - begin, kRecordsPerBlock - first);
      const Record* const records = RecordsOf(blocks_[begin / kRecordsPerBlock]) + first;
      for (size_t i = 0; i < count; ++i) visit(records[i]);
      begin += count;
    }
  }

  void Clear() {
    for (SortMemory& block : blocks_) pool_.Return(std::move(block));
    blocks_.clear();
    size_ = 0;
  }

 private:
  static constexpr size_t kRecordsPerBlock = SortBlockPool::kBlockBytes / sizeof(Record);
  static Record* RecordsOf(const SortMemory& block) {
    return reinterpret_cast<Record*>(block.data());
  }

  SortBlockPool& pool_;
  std::vector<SortMemory> blocks_;
  size_t size_ = 0;
};

// An array that is not initialized.
template <typename Record>
class RecordArray {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  RecordArray() = default;
  // RESOURCE_EXHAUSTED.
  static absl::StatusOr<RecordArray> Make(size_t size, SortBlockPool& pool) {
    PG_ASSIGN_OR_RETURN(SortMemory memory, pool.TakeArray(size * sizeof(Record)));
    return RecordArray(std::move(memory), size);
  }
  RecordArray(RecordArray&& other) noexcept
      : memory_(std::move(other.memory_)), size_(std::exchange(other.size_, 0)) {}
  RecordArray& operator=(RecordArray&& other) noexcept {
    memory_ = std::move(other.memory_);
    size_ = std::exchange(other.size_, 0);
    return *this;
  }

  Record* data() const { return reinterpret_cast<Record*>(memory_.data()); }
  size_t size() const { return size_; }
  std::span<Record> records() const { return {data(), size_}; }

 private:
  RecordArray(SortMemory memory, size_t size) : memory_(std::move(memory)), size_(size) {}

  SortMemory memory_;
  size_t size_ = 0;
};

}  // namespace partnergraph
