#include "graph/watermark.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "graph/keys.h"
#include "graph/quoted.h"

namespace partnergraph {
namespace {

constexpr char kMagic[] = "partnergraph watermark 1";

absl::Status FileError(const std::string& path, const char* what) {
  return absl::UnavailableError(
      absl::StrCat("cannot ", what, " ", path, ": ", std::strerror(errno)));
}

// Makes what was written to `path` durable.
absl::Status Sync(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC);
  if (fd < 0) return FileError(path, "open");
  const bool synced = ::fsync(fd) == 0;
  const absl::Status status = synced ? absl::OkStatus() : FileError(path, "sync");
  ::close(fd);
  return status;
}

absl::Status WriteFile(const std::string& path, const std::string& bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return FileError(path, "create");
  const ssize_t written = ::write(fd, bytes.data(), bytes.size());
  absl::Status status;
  if (written != static_cast<ssize_t>(bytes.size())) {
    if (written >= 0) errno = ENOSPC;
    status = FileError(path, "write");
  }
  if (::close(fd) != 0 && status.ok()) status = FileError(path, "close");
  return status;
}

std::string Checksum(const std::string& body) { return absl::StrCat(absl::Hex(Hash64(body))); }

}  // namespace

absl::StatusOr<std::optional<Watermark>> ReadWatermark(const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/", kWatermarkFile);
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return std::nullopt;
    return FileError(path, "open");
  }
  char buffer[512];
  const ssize_t size = ::read(fd, buffer, sizeof(buffer));
  ::close(fd);
  if (size < 0) return FileError(path, "read");

  const std::string text(buffer, static_cast<size_t>(size));
  const std::vector<std::string> lines = absl::StrSplit(text, '\n');
  if (lines[0] != kMagic) {
    if (lines[0].starts_with("partnergraph watermark ")) {
      return absl::FailedPreconditionError(
          absl::StrCat("the database in ", directory, " was written by a newer version"));
    }
    return absl::DataLossError(absl::StrCat(path, " is damaged"));
  }
  Watermark watermark;
  if (lines.size() != 6 ||
      Checksum(absl::StrCat(lines[0], "\n", lines[1], "\n", lines[2], "\n", lines[3], "\n")) !=
          lines[4] ||
      !absl::SimpleAtoi(lines[1], &watermark.commits) ||
      !absl::SimpleAtoi(lines[2], &watermark.sequence) ||
      !absl::SimpleAtoi(lines[3], &watermark.families)) {
    return absl::DataLossError(absl::StrCat(path, " is damaged"));
  }
  return watermark;
}

absl::Status WriteWatermark(const std::string& directory, const Watermark& watermark) {
  const std::string path = absl::StrCat(directory, "/", kWatermarkFile);
  const std::string temporary = path + ".new";
  const std::string body = absl::StrCat(kMagic, "\n", watermark.commits, "\n", watermark.sequence,
                                        "\n", watermark.families, "\n");
  absl::Status status = WriteFile(temporary, absl::StrCat(body, Checksum(body), "\n"));
  if (status.ok()) status = Sync(temporary, O_RDONLY);
  if (status.ok() && ::rename(temporary.c_str(), path.c_str()) != 0) {
    status = FileError(path, "replace");
  }
  if (status.ok()) status = Sync(directory, O_RDONLY | O_DIRECTORY);
  return status;
}

}  // namespace partnergraph
