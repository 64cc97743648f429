// Sorts fixed-size records, more than fit into memory if need be. Records are gathered in a buffer;
// a full buffer is sorted and written to a file, which is then read through a mapping, so that in
// the end there are sorted runs in memory and in files, and one way to read them: merged.
//
//   Add ... Add -> buffer -> sort -> run (file)
//   Add ... Add -> buffer -> sort -> run (file)      merged by a heap of their first records
//   Add ... Add -> buffer -> sort -> run (memory)
//
// A record is trivially copyable, has operator< (a total order) and Prefix(): 64 bits whose order
// does not contradict it. One distribution pass by the prefix makes pieces that fit into a cache,
// which are sorted apart, on several threads: about O(n log(n / kSortBuckets)) comparisons.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/huge_allocator.h"
#include "graph/scratch_file.h"
#include "graph/status_macros.h"

namespace partnergraph {

inline constexpr size_t kSortBuckets = 4096;
// Fewer records are sorted in one piece.
inline constexpr size_t kSortPieceRecords = 1 << 14;

// Runs `work(thread)` on `threads` threads, the calling one among them, and waits for all.
template <typename Work>
void RunThreads(int threads, const Work& work) {
  std::vector<std::thread> others;
  for (int i = 1; i < threads; ++i) others.emplace_back([&work, i] { work(i); });
  work(0);
  for (std::thread& other : others) other.join();
}

template <typename Record>
using RecordVector = std::vector<Record, HugeAllocator<Record>>;

// Sorts `records` in place with `scratch`, which gets their size, as room.
template <typename Record>
void SortRecords(RecordVector<Record>& records, RecordVector<Record>& scratch, int threads) {
  const size_t count = records.size();
  if (count <= kSortPieceRecords) {
    std::sort(records.begin(), records.end());
    return;
  }
  struct Range {
    uint64_t min = UINT64_MAX, max = 0;
  };
  const auto slice = [&](int thread) {
    const size_t begin = count * static_cast<size_t>(thread) / static_cast<size_t>(threads);
    const size_t end = count * static_cast<size_t>(thread + 1) / static_cast<size_t>(threads);
    return std::span<const Record>(records).subspan(begin, end - begin);
  };
  std::vector<Range> ranges(static_cast<size_t>(threads));
  RunThreads(threads, [&](int thread) {
    Range range;
    for (const Record& record : slice(thread)) {
      const uint64_t prefix = record.Prefix();
      range.min = std::min(range.min, prefix);
      range.max = std::max(range.max, prefix);
    }
    ranges[static_cast<size_t>(thread)] = range;
  });
  Range all;
  for (const Range& range : ranges) {
    all.min = std::min(all.min, range.min);
    all.max = std::max(all.max, range.max);
  }
  int shift = 0;
  while ((all.max - all.min) >> shift >= kSortBuckets) ++shift;
  const auto bucket = [&](const Record& record) { return (record.Prefix() - all.min) >> shift; };

  // next[thread][bucket]: where the thread puts its next record of the bucket.
  std::vector<std::vector<size_t>> next(static_cast<size_t>(threads));
  RunThreads(threads, [&](int thread) {
    std::vector<size_t>& counts = next[static_cast<size_t>(thread)];
    counts.assign(kSortBuckets, 0);
    for (const Record& record : slice(thread)) ++counts[bucket(record)];
  });
  std::vector<size_t> begins(kSortBuckets + 1);
  size_t position = 0;
  for (size_t b = 0; b < kSortBuckets; ++b) {
    begins[b] = position;
    for (std::vector<size_t>& counts : next) position += std::exchange(counts[b], position);
  }
  begins[kSortBuckets] = position;
  scratch.resize(count);
  RunThreads(threads, [&](int thread) {
    std::vector<size_t>& places = next[static_cast<size_t>(thread)];
    for (const Record& record : slice(thread)) scratch[places[bucket(record)]++] = record;
  });
  std::atomic<size_t> open = 0;
  RunThreads(threads, [&](int) {
    constexpr size_t kTaken = 16;
    for (size_t first = open.fetch_add(kTaken); first < kSortBuckets;
         first = open.fetch_add(kTaken)) {
      for (size_t b = first; b < first + kTaken; ++b) {
        std::sort(scratch.begin() + static_cast<ptrdiff_t>(begins[b]),
                  scratch.begin() + static_cast<ptrdiff_t>(begins[b + 1]));
      }
    }
  });
  records.swap(scratch);
}

// Reads sorted runs as one ascending sequence. The runs outlive it.
template <typename Record>
class MergeCursor {
 public:
  explicit MergeCursor(std::span<const std::span<const Record>> runs) {
    for (const std::span<const Record> run : runs) {
      if (!run.empty()) heads_.push_back({run.data(), run.data() + run.size()});
    }
    std::make_heap(heads_.begin(), heads_.end(), After);
  }

  // The record at hand; nullptr at the end.
  const Record* Get() const { return heads_.empty() ? nullptr : heads_.front().next; }

  void Next() {
    Head& first = heads_.front();
    if (++first.next != first.end && heads_.size() == 1) return;
    // Its place in the heap is open; pop_heap compares the others only.
    std::pop_heap(heads_.begin(), heads_.end(), After);
    if (heads_.back().next == heads_.back().end) {
      heads_.pop_back();
    } else {
      std::push_heap(heads_.begin(), heads_.end(), After);
    }
  }

 private:
  struct Head {
    const Record* next;
    const Record* end;
  };
  static bool After(const Head& a, const Head& b) { return *b.next < *a.next; }

  std::vector<Head> heads_;
};

template <typename Record>
class ExternalSorter {
  static_assert(std::is_trivially_copyable_v<Record>);

 public:
  // Keeps about `memory_bytes` in memory, half of it as room to sort; files are made in `directory`
  // and have no name, so that nothing stays of them.
  ExternalSorter(std::string directory, size_t memory_bytes, int threads)
      : directory_(std::move(directory)),
        buffer_max_(std::max<size_t>(memory_bytes / 2 / sizeof(Record), kSortPieceRecords)),
        threads_(threads) {}

  // UNAVAILABLE when a file cannot be written. Not thread-safe.
  absl::Status Add(std::span<const Record> records) {
    while (!records.empty()) {
      const size_t room = buffer_max_ - buffer_.size();
      const std::span<const Record> part = records.first(std::min(room, records.size()));
      buffer_.insert(buffer_.end(), part.begin(), part.end());
      count_ += part.size();
      records = records.subspan(part.size());
      if (buffer_.size() == buffer_max_) PG_RETURN_IF_ERROR(Spill());
    }
    return absl::OkStatus();
  }

  // Ends the adding. Then the runs may be read, as often as wanted.
  absl::Status Sort() {
    if (!files_.empty() && !buffer_.empty()) return Spill();
    RecordVector<Record> scratch;
    SortRecords(buffer_, scratch, threads_);
    return absl::OkStatus();
  }

  uint64_t size() const { return count_; }

  std::vector<std::span<const Record>> runs() const {
    std::vector<std::span<const Record>> runs;
    for (const auto& file : files_) runs.push_back(file->template Records<Record>());
    if (!buffer_.empty()) runs.push_back(buffer_);
    return runs;
  }

  // The one run of a sorter that never needed a file, to be changed in place; nullptr otherwise.
  RecordVector<Record>* InMemory() { return files_.empty() ? &buffer_ : nullptr; }

  void Clear() {
    buffer_ = {};
    files_.clear();
    count_ = 0;
  }

 private:
  absl::Status Spill() {
    RecordVector<Record> scratch;
    SortRecords(buffer_, scratch, threads_);
    PG_ASSIGN_OR_RETURN(std::unique_ptr<ScratchFile> file, ScratchFile::Create(directory_));
    PG_RETURN_IF_ERROR(file->Append(buffer_.data(), buffer_.size() * sizeof(Record)));
    PG_RETURN_IF_ERROR(file->Map());
    files_.push_back(std::move(file));
    buffer_.clear();
    return absl::OkStatus();
  }

  const std::string directory_;
  const size_t buffer_max_;
  const int threads_;
  uint64_t count_ = 0;
  RecordVector<Record> buffer_;
  std::vector<std::unique_ptr<ScratchFile>> files_;
};

}  // namespace partnergraph
