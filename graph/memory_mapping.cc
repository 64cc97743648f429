#include "graph/memory_mapping.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

absl::Status Failed(const char* what, const std::string& path) {
  return absl::UnavailableError(absl::StrCat(path, ": ", what, ": ", std::strerror(errno)));
}

// Gives a file its size and its place on the disk: a page that finds none when it is written to
// would end the process.
absl::Status Allocate(int file, size_t bytes) {
  const int error = posix_fallocate(file, 0, static_cast<off_t>(bytes));
  if (error == 0) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("no room for a file of ", bytes, " bytes: ", std::strerror(error)));
}

}  // namespace

MemoryMapping::MemoryMapping(MemoryMapping&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      file_(std::exchange(other.file_, -1)) {}

MemoryMapping& MemoryMapping::operator=(MemoryMapping&& other) noexcept {
  if (this == &other) return *this;
  Release();
  data_ = std::exchange(other.data_, nullptr);
  size_ = std::exchange(other.size_, 0);
  file_ = std::exchange(other.file_, -1);
  return *this;
}

MemoryMapping::~MemoryMapping() { Release(); }

void MemoryMapping::Release() {
  if (data_ != nullptr) munmap(data_, size_);
  if (file_ >= 0) close(file_);
  data_ = nullptr;
  file_ = -1;
}

absl::StatusOr<MemoryMapping> MemoryMapping::OpenFile(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    if (errno == ENOENT) return absl::NotFoundError(absl::StrCat(path, " does not exist"));
    return Failed("open", path);
  }
  struct stat info {};
  if (fstat(file, &info) != 0) {
    const absl::Status status = Failed("stat", path);
    close(file);
    return status;
  }
  const size_t size = static_cast<size_t>(info.st_size);
  void* data = size == 0 ? nullptr : mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  const absl::Status status = data == MAP_FAILED ? Failed("map", path) : absl::OkStatus();
  close(file);
  if (!status.ok()) return status;
  return MemoryMapping(static_cast<char*>(data), size, -1);
}

absl::StatusOr<MemoryMapping> MemoryMapping::CreateFile(const std::string& path, size_t bytes) {
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return Failed("create", path);
  MemoryMapping mapping(nullptr, 0, file);
  PG_RETURN_IF_ERROR(Allocate(file, bytes));
  void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (data == MAP_FAILED) return Failed("map", path);
  mapping.data_ = static_cast<char*>(data);
  mapping.size_ = bytes;
  return mapping;
}

absl::StatusOr<MemoryMapping> MemoryMapping::Anonymous(size_t bytes) {
  void* data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot map ", bytes, " bytes: ", std::strerror(errno)));
  }
  return MemoryMapping(static_cast<char*>(data), bytes, -1);
}

absl::Status MemoryMapping::Resize(size_t bytes) {
  if (file_ >= 0) PG_RETURN_IF_ERROR(Allocate(file_, bytes));
  void* data = mremap(data_, size_, bytes, MREMAP_MAYMOVE);
  if (data == MAP_FAILED) {
    return absl::ResourceExhaustedError(
        absl::StrCat("cannot map ", bytes, " bytes: ", std::strerror(errno)));
  }
  data_ = static_cast<char*>(data);
  size_ = bytes;
  return absl::OkStatus();
}

absl::Status MemoryMapping::Sync() {
  if (file_ < 0) {
    if (mprotect(data_, size_, PROT_READ) == 0) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat("cannot protect a mapping: ", std::strerror(errno)));
  }
  // Of a mapping that may be written to, the system takes the right away page by page while it
  // writes, and tells all processors each time.
  if (munmap(data_, size_) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot unmap a file: ", std::strerror(errno)));
  }
  data_ = nullptr;
  if (fsync(file_) != 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot write a mapped file to the disk: ", std::strerror(errno)));
  }
  void* const data = mmap(nullptr, size_, PROT_READ, MAP_SHARED, file_, 0);
  if (data == MAP_FAILED) {
    return absl::UnavailableError(
        absl::StrCat("cannot map a written file: ", std::strerror(errno)));
  }
  data_ = static_cast<char*>(data);
  return absl::OkStatus();
}

}  // namespace partnergraph
