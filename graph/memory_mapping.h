// Memory that is mapped from a file or from nowhere. Moves, unmaps in the end. Not thread-safe
// while it is written to.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace partnergraph {

class MemoryMapping {
 public:
  MemoryMapping() = default;
  MemoryMapping(MemoryMapping&& other) noexcept;
  MemoryMapping& operator=(MemoryMapping&& other) noexcept;
  ~MemoryMapping();

  // A whole file, for reading. NOT_FOUND, UNAVAILABLE.
  static absl::StatusOr<MemoryMapping> OpenFile(const std::string& path);
  // A new file of so many zero bytes, for writing; what was there is replaced. Its place on the
  // disk is taken at once. RESOURCE_EXHAUSTED when there is none; UNAVAILABLE.
  static absl::StatusOr<MemoryMapping> CreateFile(const std::string& path, size_t bytes);
  // Zero bytes of memory. RESOURCE_EXHAUSTED.
  static absl::StatusOr<MemoryMapping> Anonymous(size_t bytes);

  char* data() const { return data_; }
  size_t size() const { return size_; }

  // Makes it longer; addresses change. RESOURCE_EXHAUSTED.
  absl::Status Resize(size_t bytes);
  // Writes a file's pages to the disk, and forbids further writes; addresses change. UNAVAILABLE.
  absl::Status Sync();

 private:
  MemoryMapping(char* data, size_t size, int file) : data_(data), size_(size), file_(file) {}
  void Release();

  char* data_ = nullptr;
  size_t size_ = 0;
  int file_ = -1;  // -1: no file, or one that is only read.
};

}  // namespace partnergraph
