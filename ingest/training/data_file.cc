#include "ingest/training/data_file.h"

#include <lzma.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

constexpr size_t kChunkBytes = 1 << 16;
constexpr uint64_t kMemoryMax = uint64_t{1} << 30;

// Cuts what comes in into lines.
class LineCutter {
 public:
  LineCutter(const std::string& path, const std::function<absl::Status(std::string_view)>& visit)
      : path_(path), visit_(visit) {}

  absl::Status Take(std::string_view bytes) {
    while (!bytes.empty()) {
      const size_t end = bytes.find('\n');
      if (end == bytes.npos) {
        line_ += bytes;
        return absl::OkStatus();
      }
      line_ += bytes.substr(0, end);
      bytes.remove_prefix(end + 1);
      PG_RETURN_IF_ERROR(Visit());
    }
    return absl::OkStatus();
  }
  absl::Status Finish() { return line_.empty() ? absl::OkStatus() : Visit(); }

 private:
  absl::Status Visit() {
    ++number_;
    const absl::Status status = visit_(line_);
    line_.clear();
    if (status.ok()) return status;
    return absl::Status(status.code(),
                        absl::StrCat(path_, ", line ", number_, ": ", status.message()));
  }

  const std::string& path_;
  const std::function<absl::Status(std::string_view)>& visit_;
  std::string line_;
  size_t number_ = 0;
};

absl::Status Decompress(std::FILE* file, const std::string& path, LineCutter& lines) {
  lzma_stream stream = LZMA_STREAM_INIT;
  if (lzma_stream_decoder(&stream, kMemoryMax, LZMA_CONCATENATED) != LZMA_OK) {
    return absl::InternalError("cannot start a decoder of .xz files");
  }
  const std::unique_ptr<lzma_stream, void (*)(lzma_stream*)> owner(&stream, lzma_end);
  std::array<uint8_t, kChunkBytes> in, out;
  lzma_ret result = LZMA_OK;
  while (result == LZMA_OK) {
    if (stream.avail_in == 0) {
      stream.next_in = in.data();
      stream.avail_in = std::fread(in.data(), 1, in.size(), file);
    }
    stream.next_out = out.data();
    stream.avail_out = out.size();
    result = lzma_code(&stream, std::feof(file) ? LZMA_FINISH : LZMA_RUN);
    PG_RETURN_IF_ERROR(
        lines.Take({reinterpret_cast<const char*>(out.data()), out.size() - stream.avail_out}));
  }
  if (result != LZMA_STREAM_END) {
    return absl::DataLossError(absl::StrCat(path, " is no whole .xz file (liblzma's code ",
                                            static_cast<int>(result), ")"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ForEachDataLine(const std::string& path,
                             const std::function<absl::Status(std::string_view line)>& visit) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (file == nullptr) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  LineCutter lines(path, visit);
  if (path.ends_with(".xz")) {
    PG_RETURN_IF_ERROR(Decompress(file.get(), path, lines));
    return lines.Finish();
  }
  std::array<char, kChunkBytes> bytes;
  while (const size_t size = std::fread(bytes.data(), 1, bytes.size(), file.get())) {
    PG_RETURN_IF_ERROR(lines.Take({bytes.data(), size}));
  }
  if (std::ferror(file.get())) return absl::DataLossError(absl::StrCat("cannot read ", path));
  return lines.Finish();
}

}  // namespace partnergraph
