#include "clients/cli/rejects_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "clients/cli/proto_json.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

bool IsUtf8(const std::string& text) {
  // The JSON library reads strictly; what is ASCII may have a meaning to it.
  std::string quoted = "\"";
  for (const char c : text) {
    quoted += static_cast<unsigned char>(c) < 0x80 ? 'a' : c;
  }
  quoted += '"';
  return Json::accept(quoted);
}

}  // namespace

std::string RejectLine(const Reject& reject) {
  Json line = {{"file", reject.file},
               {"line", reject.line},
               {"reason", reject.reason},
               {"message", reject.message},
               {"record_bytes", reject.record_bytes}};
  if (reject.record != nullptr) {
    if (IsUtf8(*reject.record)) {
      line["record"] = *reject.record;
    } else {
      line["record_base64"] = absl::Base64Escape(*reject.record);
    }
  }
  return DumpJson(line);
}

absl::StatusOr<std::unique_ptr<RejectsFile>> RejectsFile::Create(const std::string& path) {
  std::unique_ptr<RejectsFile> file(new RejectsFile(path));
  file->out_.open(path, std::ios::binary | std::ios::trunc);
  if (!file->out_) {
    return absl::FailedPreconditionError(
        fmt::format("--rejects: cannot write {}: {}", path, std::strerror(errno)));
  }
  return file;
}

void RejectsFile::Add(const Reject& reject) { out_ << RejectLine(reject) << '\n'; }

absl::Status RejectsFile::Close() {
  out_.close();
  return out_ ? absl::OkStatus()
              : absl::DataLossError(fmt::format("--rejects: {} is not complete", path_));
}

}  // namespace partnergraph::cli
