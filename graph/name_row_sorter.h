// Sorts rows of the names index, more than fit into memory if need be. A row is (kind of key, key,
// node) and the name to show; of rows with one kind, key and node the first that was added stays.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "graph/name_key.h"
#include "graph/scratch_file.h"

namespace partnergraph {

// Rows that one thread has made ready, of nodes that are counted from 0.
class NameRowBatch {
 public:
  // Nodes are added in ascending order. Keys have at most 65,534 bytes.
  void Add(NameKeyKind kind, std::string_view key, uint32_t node, std::string_view shown);

 private:
  friend class NameRowSorter;

  struct Entry {
    // First 16 bytes of the sort key, so that few comparisons have to look at the rows.
    uint64_t prefix = 0;
    uint64_t next = 0;
    uint64_t offset = 0;  // In bytes_.
  };
  std::string bytes_;
  std::vector<Entry> entries_;
};

class NameRowSorter {
 public:
  static constexpr uint32_t kLeftOut = UINT32_MAX;

  // Keeps about `memory_bytes` in memory. Files are made in `directory`.
  NameRowSorter(std::string directory, size_t memory_bytes)
      : directory_(std::move(directory)), memory_bytes_(memory_bytes) {}

  // Adds rows: node i of them is `numbers[i]`, which ascend, or kLeftOut. UNAVAILABLE when a file
  // cannot be written.
  absl::Status Add(const NameRowBatch& rows, std::span<const uint32_t> numbers);

  // Visits all rows in the order of their keys and nodes. `sort_key` is the kind's byte and the
  // key. An error that `visit` returns ends the scan. To be called once, at the end.
  absl::Status Scan(absl::FunctionRef<absl::Status(std::string_view sort_key, uint32_t node,
                                                   std::string_view shown)>
                        visit);

  uint64_t size() const { return count_; }
  // Of the files.
  uint64_t file_bytes() const {
    uint64_t bytes = 0;
    for (const auto& file : files_) bytes += file->size();
    return bytes;
  }

 private:
  using Entry = NameRowBatch::Entry;

  std::vector<Entry> SortedEntries() const;
  absl::Status Spill();

  const std::string directory_;
  const size_t memory_bytes_;
  uint64_t count_ = 0;
  NameRowBatch held_;
  std::vector<std::unique_ptr<ScratchFile>> files_;
};

}  // namespace partnergraph
