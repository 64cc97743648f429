#include "graph/scratch_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

constexpr size_t kPendingBytesMax = 1 << 20;

absl::Status Failed(const char* what) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", what, " a temporary file: ", std::strerror(errno)));
}

absl::Status WriteAll(int descriptor, const char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t written = write(descriptor, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Failed("write");
    bytes += written;
    size -= static_cast<size_t>(written);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<ScratchFile>> ScratchFile::Create(const std::string& directory) {
  const std::string pattern = directory + "/scratch-XXXXXX";
  std::vector<char> path(pattern.begin(), pattern.end());
  path.push_back('\0');
  const int descriptor = mkostemp(path.data(), O_CLOEXEC);
  if (descriptor < 0) return Failed("make");
  unlink(path.data());
  return std::unique_ptr<ScratchFile>(new ScratchFile(descriptor));
}

ScratchFile::~ScratchFile() {
  if (data_ != nullptr) munmap(data_, size_);
  if (descriptor_ >= 0) close(descriptor_);
}

absl::Status ScratchFile::Append(const void* bytes, size_t size) {
  if (size >= kPendingBytesMax) {
    PG_RETURN_IF_ERROR(Flush());
    PG_RETURN_IF_ERROR(WriteAll(descriptor_, static_cast<const char*>(bytes), size));
    size_ += size;
    return absl::OkStatus();
  }
  pending_.append(static_cast<const char*>(bytes), size);
  return pending_.size() >= kPendingBytesMax ? Flush() : absl::OkStatus();
}

absl::Status ScratchFile::Flush() {
  PG_RETURN_IF_ERROR(WriteAll(descriptor_, pending_.data(), pending_.size()));
  size_ += pending_.size();
  pending_.clear();
  return absl::OkStatus();
}

absl::Status ScratchFile::Map() {
  PG_RETURN_IF_ERROR(Flush());
  if (size_ > 0) {
    void* const data = mmap(nullptr, size_, PROT_READ, MAP_SHARED, descriptor_, 0);
    if (data == MAP_FAILED) return Failed("map");
    data_ = data;
  }
  // A mapping keeps its file, and there may be more files than a process may have open.
  close(descriptor_);
  descriptor_ = -1;
  return absl::OkStatus();
}

}  // namespace partnergraph
