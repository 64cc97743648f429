// Refused records, set aside with the reason: one JSON object per line with file, line, reason,
// message and the record itself: "record", or "record_base64" when it is not UTF-8. Both are absent
// for a record that was too long to be held; "record_bytes" is its length.
#pragma once

#include <fstream>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace partnergraph::cli {

struct Reject {
  std::string file;
  uint64_t line = 0;
  std::string reason;
  std::string message;
  const std::string* record = nullptr;
  uint64_t record_bytes = 0;
};

std::string RejectLine(const Reject& reject);

class RejectsFile {
 public:
  // Replaces the file. FAILED_PRECONDITION when it cannot be written.
  static absl::StatusOr<std::unique_ptr<RejectsFile>> Create(const std::string& path);

  void Add(const Reject& reject);
  // DATA_LOSS when something could not be written.
  absl::Status Close();

 private:
  explicit RejectsFile(std::string path) : path_(std::move(path)) {}

  std::string path_;
  std::ofstream out_;
};

}  // namespace partnergraph::cli
