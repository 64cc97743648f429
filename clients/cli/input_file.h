// Import files and standard input.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "clients/cli/record_cutter.h"

namespace partnergraph::cli {

class InputFile {
 public:
  // `path` is a file, or "-" for standard input. `format` overrides the file's ending; standard
  // input needs it. INVALID_ARGUMENT when the format is unknown;
  // FAILED_PRECONDITION names the file that cannot be read and why.
  static absl::StatusOr<std::unique_ptr<InputFile>> Open(const std::string& path,
                                                         std::optional<v1::RecordFormat> format);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  // As in messages and requests: the path in valid UTF-8, "stdin" for standard input.
  const std::string& name() const { return name_; }
  v1::RecordFormat format() const { return format_; }
  // Bytes of a regular file; 0 when that is not known.
  uint64_t size() const { return size_; }
  RecordCutter& records() { return records_; }

  // `record` as the server wants it.
  v1::ArticleRecord ToProto(CutRecord record) const;

 private:
  InputFile(int fd, std::string name, v1::RecordFormat format, uint64_t size);

  int fd_;
  std::string name_;
  v1::RecordFormat format_;
  uint64_t size_;
  RecordCutter records_;
};

}  // namespace partnergraph::cli
