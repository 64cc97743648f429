#include "clients/cli/input_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "clients/cli/interrupt.h"
#include "clients/cli/terminal_text.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

absl::Status FileError(const std::string& path, int error) {
  const std::string message = fmt::format("cannot read {}: {}", path, std::strerror(error));
  return absl::FailedPreconditionError(message);
}

}  // namespace

absl::StatusOr<std::unique_ptr<InputFile>> InputFile::Open(const std::string& path,
                                                           std::optional<v1::RecordFormat> format) {
  const bool is_stdin = path == "-";
  if (is_stdin && !format) {
    return absl::InvalidArgumentError("standard input needs --format tsv, jsonl or text");
  }
  if (!format) {
    CLIENT_ASSIGN_OR_RETURN(format, FormatOfFile(path));
  }
  const int fd = is_stdin ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    return FileError(path, errno);
  }
  struct stat info {};
  const bool known = fstat(fd, &info) == 0;
  if (known && S_ISDIR(info.st_mode)) {
    close(fd);
    return FileError(path, EISDIR);
  }
  const uint64_t size = known && S_ISREG(info.st_mode) ? static_cast<uint64_t>(info.st_size) : 0;
  // Paths are bytes, fields of messages are UTF-8.
  std::string name = is_stdin ? "stdin" : EscapeForTerminal(path);
  return std::unique_ptr<InputFile>(new InputFile(fd, std::move(name), *format, size));
}

InputFile::InputFile(int fd, std::string name, v1::RecordFormat format, uint64_t size)
    : fd_(fd),
      name_(std::move(name)),
      format_(format),
      size_(size),
      records_(format, [this](char* buffer, size_t bytes) -> absl::StatusOr<size_t> {
        while (true) {
          const ssize_t count = read(fd_, buffer, bytes);
          if (count >= 0) {
            return static_cast<size_t>(count);
          }
          if (errno != EINTR) {
            return FileError(name_, errno);
          }
          if (Interrupted()) {
            return absl::CancelledError("interrupted");
          }
        }
      }) {}

InputFile::~InputFile() {
  if (fd_ != STDIN_FILENO) {
    close(fd_);
  }
}

v1::ArticleRecord InputFile::ToProto(CutRecord record) const {
  v1::ArticleRecord proto;
  proto.set_format(format_);
  proto.set_data(std::move(record.data));
  proto.set_file(name_);
  proto.set_line(record.line);
  return proto;
}

}  // namespace partnergraph::cli
