// Sorts rows of the names index, more than fit into memory if need be. A row is (kind of key, key,
// node) and the name to show; of rows with one kind, key and node the first that was added stays.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "graph/name_key.h"
#include "graph/scratch_file.h"

namespace partnergraph {

class NameRowSorter {
 public:
  // Keeps about `memory_bytes` in memory. Files are made in `directory`.
  NameRowSorter(std::string directory, size_t memory_bytes)
      : directory_(std::move(directory)), memory_bytes_(memory_bytes) {}

  // UNAVAILABLE when a file cannot be written. Nodes are added in ascending order.
  absl::Status Add(NameKeyKind kind, std::string_view key, uint32_t node, std::string_view shown);

  // Visits all rows in the order of their keys and nodes. `sort_key` is the kind's byte and the
  // key. An error that `visit` returns ends the scan. To be called once, at the end.
  absl::Status Scan(absl::FunctionRef<absl::Status(std::string_view sort_key, uint32_t node,
                                                   std::string_view shown)>
                        visit);

  uint64_t size() const { return count_; }

 private:
  struct Entry {
    uint64_t prefix = 0;  // First 8 bytes of the sort key.
    uint64_t offset = 0;  // In rows_.
  };

  std::vector<Entry> SortedEntries() const;
  absl::Status Spill();

  const std::string directory_;
  const size_t memory_bytes_;
  uint64_t count_ = 0;
  std::string rows_;
  std::vector<Entry> entries_;
  std::vector<std::unique_ptr<ScratchFile>> files_;
};

}  // namespace partnergraph
