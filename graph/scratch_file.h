// A file for what does not fit into memory: written once from front to back, then read through a
// mapping. It has no name, so that nothing is left of it whatever ends the process.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace partnergraph {

class ScratchFile {
 public:
  // On the file system of `directory`, which exists. UNAVAILABLE when it refuses.
  static absl::StatusOr<std::unique_ptr<ScratchFile>> Create(const std::string& directory);
  ~ScratchFile();

  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  // UNAVAILABLE when the file system refuses, such as when the disk is full.
  absl::Status Append(const void* bytes, size_t size);

  // Ends the writing, once.
  absl::Status Map();

  // What was written. Only after Map; lives as long as the file.
  std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }
  template <typename Record>
  std::span<const Record> Records() const {
    return {static_cast<const Record*>(data_), size_ / sizeof(Record)};
  }

  size_t size() const { return size_ + pending_.size(); }

 private:
  explicit ScratchFile(int descriptor) : descriptor_(descriptor) {}
  absl::Status Flush();

  int descriptor_;       // -1 once mapped.
  std::string pending_;  // Small pieces, gathered.
  size_t size_ = 0;      // In the file.
  void* data_ = nullptr;
};

}  // namespace partnergraph
