// Sorts fixed-size records, more than fit into memory if need be. Records are gathered in blocks;
// when there are too many they are sorted and written to a file, which is then read through a
// mapping, so that in the end there are sorted runs in memory or in files, and one way to read
// them: merged.
//
//   Add ... Add -> blocks -> sort -> run (file)
//   Add ... Add -> blocks -> sort -> run (file)      merged by a heap of their first records
//   Add ... Add -> blocks -> sort -> run (file)
//
// A record is trivially copyable, has operator< (a total order) and Prefix(): 64 bits whose order
// does not contradict it. One distribution pass by the prefix makes pieces that fit into a cache,
// which are sorted apart, on several threads: about O(n log(n / buckets)) comparisons.
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/scratch_file.h"
#include "graph/sort_memory.h"
#include "graph/status_macros.h"

namespace partnergraph {

// Pieces of a distribution: one for so many records, within a bound.
inline constexpr size_t kSortBucketRecords = 32;
inline constexpr size_t kSortBucketsMax = 1 << 15;
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

// The records of `source`, sorted, in memory of `pool`. The source has size() and Visit(begin, end,
// visit), which gives the records at [begin, end) in their order, to several threads at once, the
// same each time. RESOURCE_EXHAUSTED when there is no memory.
template <typename Record, typename Source>
absl::StatusOr<RecordArray<Record>> SortRecords(const Source& source, SortBlockPool& pool,
                                                int threads) {
  const size_t count = source.size();
  PG_ASSIGN_OR_RETURN(RecordArray<Record> sorted, RecordArray<Record>::Make(count, pool));
  Record* const out = sorted.data();
  if (count <= kSortPieceRecords) {
    size_t next = 0;
    source.Visit(0, count, [&](const Record& record) { new (out + next++) Record(record); });
    std::sort(out, out + count);
    return sorted;
  }
  const auto visit_slice = [&](int thread, auto visit) {
    const auto limit = [&](int i) {
      return count * static_cast<size_t>(i) / static_cast<size_t>(threads);
    };
    source.Visit(limit(thread), limit(thread + 1), visit);
  };
  struct Range {
    uint64_t min = UINT64_MAX, max = 0;
  };
  std::vector<Range> ranges(static_cast<size_t>(threads));
  RunThreads(threads, [&](int thread) {
    Range range;
    visit_slice(thread, [&](const Record& record) {
      const uint64_t prefix = record.Prefix();
      range.min = std::min(range.min, prefix);
      range.max = std::max(range.max, prefix);
    });
    ranges[static_cast<size_t>(thread)] = range;
  });
  Range all;
  for (const Range& range : ranges) {
    all.min = std::min(all.min, range.min);
    all.max = std::max(all.max, range.max);
  }
  const size_t buckets = std::min(std::bit_ceil(count / kSortBucketRecords), kSortBucketsMax);
  int shift = 0;
  while ((all.max - all.min) >> shift >= buckets) ++shift;
  const auto bucket = [&](const Record& record) { return (record.Prefix() - all.min) >> shift; };

  // next[thread][bucket]: where the thread puts its next record of the bucket.
  std::vector<std::vector<size_t>> next(static_cast<size_t>(threads));
  RunThreads(threads, [&](int thread) {
    std::vector<size_t>& counts = next[static_cast<size_t>(thread)];
    counts.assign(buckets, 0);
    visit_slice(thread, [&](const Record& record) { ++counts[bucket(record)]; });
  });
  std::vector<size_t> begins(buckets + 1);
  size_t position = 0;
  for (size_t b = 0; b < buckets; ++b) {
    begins[b] = position;
    for (std::vector<size_t>& counts : next) position += std::exchange(counts[b], position);
  }
  begins[buckets] = position;
  RunThreads(threads, [&](int thread) {
    std::vector<size_t>& places = next[static_cast<size_t>(thread)];
    visit_slice(thread,
                [&](const Record& record) { new (out + places[bucket(record)]++) Record(record); });
  });
  std::atomic<size_t> open = 0;
  RunThreads(threads, [&](int) {
    constexpr size_t kTaken = 16;
    for (size_t first = open.fetch_add(kTaken); first < buckets; first = open.fetch_add(kTaken)) {
      for (size_t b = first; b < std::min(first + kTaken, buckets); ++b) {
        std::sort(out + begins[b], out + begins[b + 1]);
      }
    }
  });
  return sorted;
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
 public:
  // Holds about `memory_bytes` in memory, and as much again while it sorts, in whole blocks of
  // `pool`, which outlives the sorter; files are made in `directory` and have no name, so that
  // nothing stays of them.
  ExternalSorter(std::string directory, SortBlockPool& pool, size_t memory_bytes, int threads)
      : directory_(std::move(directory)),
        held_max_(std::max<size_t>(memory_bytes / sizeof(Record), kSortPieceRecords)),
        threads_(threads),
        pool_(pool),
        held_(pool) {}

  // UNAVAILABLE when a file cannot be written, RESOURCE_EXHAUSTED without memory; so do the others.
  // Not thread-safe.
  absl::Status Add(std::span<const Record> records) {
    while (!records.empty()) {
      const size_t room = held_max_ - held_.size();
      const std::span<const Record> part = records.first(std::min(room, records.size()));
      PG_RETURN_IF_ERROR(held_.Append(part));
      count_ += part.size();
      records = records.subspan(part.size());
      if (held_.size() == held_max_) PG_RETURN_IF_ERROR(Spill());
    }
    return absl::OkStatus();
  }

  // Ends the adding, once. Then the runs may be read, as often as wanted.
  absl::Status Sort() {
    if (!files_.empty()) return held_.size() == 0 ? absl::OkStatus() : Spill();
    PG_ASSIGN_OR_RETURN(sorted_, SortRecords<Record>(held_, pool_, threads_));
    held_.Clear();
    return absl::OkStatus();
  }

  // The same with the records of a source, in memory, where none was added.
  template <typename Source>
  absl::Status SortFrom(const Source& source) {
    count_ = source.size();
    PG_ASSIGN_OR_RETURN(sorted_, SortRecords<Record>(source, pool_, threads_));
    return absl::OkStatus();
  }

  uint64_t size() const { return count_; }
  // Of the files.
  uint64_t file_bytes() const {
    uint64_t bytes = 0;
    for (const auto& file : files_) bytes += file->size();
    return bytes;
  }

  std::vector<std::span<const Record>> runs() const {
    std::vector<std::span<const Record>> runs;
    for (const auto& file : files_) runs.push_back(file->template Records<Record>());
    if (sorted_.size() > 0) runs.push_back(sorted_.records());
    return runs;
  }

  // The one run of a sorter that never needed a file, to be changed in place; nullptr otherwise.
  RecordArray<Record>* InMemory() { return files_.empty() ? &sorted_ : nullptr; }

  void Clear() {
    held_.Clear();
    sorted_ = {};
    files_.clear();
    count_ = 0;
  }

 private:
  absl::Status Spill() {
    PG_ASSIGN_OR_RETURN(const RecordArray<Record> sorted,
                        SortRecords<Record>(held_, pool_, threads_));
    held_.Clear();
    PG_ASSIGN_OR_RETURN(std::unique_ptr<ScratchFile> file, ScratchFile::Create(directory_));
    PG_RETURN_IF_ERROR(file->Append(sorted.data(), sorted.size() * sizeof(Record)));
    PG_RETURN_IF_ERROR(file->Map());
    files_.push_back(std::move(file));
    return absl::OkStatus();
  }

  const std::string directory_;
  const size_t held_max_;
  const int threads_;
  SortBlockPool& pool_;
  uint64_t count_ = 0;
  RecordBlocks<Record> held_;
  RecordArray<Record> sorted_;
  std::vector<std::unique_ptr<ScratchFile>> files_;
};

}  // namespace partnergraph
