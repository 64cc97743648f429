#include "ingest/chunk_reader.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kGzipMagic = "\x1F\x8B";
constexpr std::string_view kZstdMagic = "\x28\xB5\x2F\xFD";

absl::Status FileError(const std::string& file) {
  const std::string message = absl::StrCat(file, ": ", std::strerror(errno));
  if (errno == ENOENT) return absl::NotFoundError(message);
  if (errno == EACCES) return absl::PermissionDeniedError(message);
  return absl::UnavailableError(message);
}

// A file that is open.
class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  OpenFile(OpenFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

// A whole file in memory, as the system sees fit.
class Mapping {
 public:
  static absl::StatusOr<std::shared_ptr<const Mapping>> Map(const std::string& file,
                                                            const OpenFile& open, size_t size) {
    void* data = nullptr;
    if (size > 0) {
      data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, open.get(), 0);
      if (data == MAP_FAILED) return FileError(file);
      madvise(data, size, MADV_SEQUENTIAL);
    }
    return std::shared_ptr<const Mapping>(new Mapping(data, size));
  }
  ~Mapping() {
    if (data_ != nullptr) munmap(data_, size_);
  }
  std::string_view bytes() const { return {static_cast<const char*>(data_), size_}; }

 private:
  Mapping(void* data, size_t size) : data_(data), size_(size) {}
  void* const data_;
  const size_t size_;
};

class MappedChunkReader : public ChunkReader {
 public:
  MappedChunkReader(std::string file, Records records, std::shared_ptr<const Mapping> mapping)
      : ChunkReader(std::move(file), records), mapping_(std::move(mapping)) {}

  uint64_t bytes_read() const override { return end_; }
  uint64_t bytes_total() const override { return mapping_->bytes().size(); }

 protected:
  absl::StatusOr<Block> Read(size_t keep) override {
    const size_t begin = end_ - keep;
    end_ = std::min(end_ + kChunkBytes, mapping_->bytes().size());
    return Block{mapping_->bytes().substr(begin, end_ - begin), mapping_,
                 end_ == mapping_->bytes().size()};
  }

 private:
  std::shared_ptr<const Mapping> mapping_;
  size_t end_ = 0;
};

// Unpacks a stream piece by piece.
class Unpacker {
 public:
  virtual ~Unpacker() = default;
  // Fills `out` from `in`, both cut by what was used. False: the bytes are damaged.
  virtual bool Run(std::string_view& in, std::span<char>& out) = 0;
  // Whether the stream may end here.
  virtual bool complete() const = 0;
};

class Gunzip : public Unpacker {
 public:
  Gunzip() { ready_ = inflateInit2(&stream_, 15 + 16) == Z_OK; }
  ~Gunzip() override {
    if (ready_) inflateEnd(&stream_);
  }
  bool Run(std::string_view& in, std::span<char>& out) override {
    if (!ready_) return false;
    // A file may hold several members, one after the other.
    if (complete_ && inflateReset(&stream_) != Z_OK) return false;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = static_cast<uInt>(out.size());
    const int result = inflate(&stream_, Z_NO_FLUSH);
    in.remove_prefix(in.size() - stream_.avail_in);
    out = out.subspan(out.size() - stream_.avail_out);
    complete_ = result == Z_STREAM_END;
    return result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR;
  }
  bool complete() const override { return complete_; }

 private:
  z_stream stream_ = {};
  bool ready_ = false;
  bool complete_ = false;
};

class Unzstd : public Unpacker {
 public:
  ~Unzstd() override { ZSTD_freeDStream(stream_); }
  bool Run(std::string_view& in, std::span<char>& out) override {
    ZSTD_inBuffer input{in.data(), in.size(), 0};
    ZSTD_outBuffer output{out.data(), out.size(), 0};
    const size_t result = ZSTD_decompressStream(stream_, &output, &input);
    in.remove_prefix(input.pos);
    out = out.subspan(output.pos);
    complete_ = result == 0;
    return ZSTD_isError(result) == 0;
  }
  bool complete() const override { return complete_; }

 private:
  ZSTD_DStream* const stream_ = ZSTD_createDStream();
  bool complete_ = false;
};

class UnpackingChunkReader : public ChunkReader {
 public:
  UnpackingChunkReader(std::string file, Records records, std::shared_ptr<const Mapping> mapping,
                       std::unique_ptr<Unpacker> unpacker)
      : ChunkReader(std::move(file), records),
        mapping_(std::move(mapping)),
        packed_(mapping_->bytes()),
        unpacker_(std::move(unpacker)) {}

  uint64_t bytes_read() const override { return bytes_total() - packed_.size(); }
  uint64_t bytes_total() const override { return mapping_->bytes().size(); }

 protected:
  absl::StatusOr<Block> Read(size_t keep) override {
    auto buffer = std::make_shared<std::string>();
    if (last_ != nullptr) buffer->assign(*last_, last_->size() - keep, keep);
    buffer->resize(keep + kChunkBytes);
    std::span<char> room = std::span(*buffer).subspan(keep);
    bool ended = false;
    while (!room.empty() && !ended) {
      const size_t in_before = packed_.size(), out_before = room.size();
      if (!unpacker_->Run(packed_, room)) return Bad("the packed bytes are damaged");
      ended = packed_.empty() && room.size() == out_before && in_before == packed_.size();
      if (packed_.empty() && unpacker_->complete()) ended = true;
    }
    if (ended && !unpacker_->complete()) return Bad("the packed bytes end too early");
    buffer->resize(buffer->size() - room.size());
    last_ = buffer;
    return Block{*buffer, buffer, ended};
  }

 private:
  const std::shared_ptr<const Mapping> mapping_;
  std::string_view packed_;
  const std::unique_ptr<Unpacker> unpacker_;
  std::shared_ptr<const std::string> last_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ChunkReader>> ChunkReader::Open(const std::string& file,
                                                               Records records) {
  const OpenFile open(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (open.get() < 0) return FileError(file);
  struct stat status = {};
  if (fstat(open.get(), &status) != 0) return FileError(file);
  if (!S_ISREG(status.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(file, " is not a file"));
  }
  PG_ASSIGN_OR_RETURN(std::shared_ptr<const Mapping> mapping,
                      Mapping::Map(file, open, static_cast<size_t>(status.st_size)));
  if (mapping->bytes().starts_with(kGzipMagic)) {
    return std::make_unique<UnpackingChunkReader>(file, records, std::move(mapping),
                                                  std::make_unique<Gunzip>());
  }
  if (mapping->bytes().starts_with(kZstdMagic)) {
    return std::make_unique<UnpackingChunkReader>(file, records, std::move(mapping),
                                                  std::make_unique<Unzstd>());
  }
  return std::make_unique<MappedChunkReader>(file, records, std::move(mapping));
}

absl::Status ChunkReader::Bad(std::string_view what) const {
  return absl::InvalidArgumentError(absl::StrCat(file_, ":", line_, ": ", ToAbsl(what)));
}

size_t ChunkReader::WholeRecords(const Block& block) const {
  const std::string_view bytes = block.bytes;
  const bool quotes = records_ == Records::kCsv && bytes.find('"') != std::string_view::npos;
  if (!quotes) {
    const size_t newline = bytes.rfind('\n');
    if (block.last) return bytes.size();
    return newline == std::string_view::npos ? 0 : newline + 1;
  }
  // A newline ends a record when the quotes before it are even in number, for what is doubled
  // inside of a field is even too. The block begins with a record.
  size_t end = 0;
  bool inside = false;
  for (size_t at = 0; at < bytes.size();) {
    const size_t next = bytes.find_first_of("\"\n", at);
    if (next == std::string_view::npos) break;
    if (bytes[next] == '"') {
      inside = !inside;
    } else if (!inside) {
      end = next + 1;
    }
    at = next + 1;
  }
  if (block.last && !inside) return bytes.size();
  return end;
}

absl::StatusOr<RecordChunk> ChunkReader::Next() {
  size_t whole = 0;
  Block block;
  while (whole == 0) {
    if (ended_) return RecordChunk();
    PG_ASSIGN_OR_RETURN(block, Read(rest_));
    if (std::exchange(first_, false) && block.bytes.starts_with(kByteOrderMark)) {
      block.bytes.remove_prefix(kByteOrderMark.size());
    }
    whole = WholeRecords(block);
    if (block.last) {
      if (whole < block.bytes.size()) {
        if (whole == 0) return Bad("a quoted field does not end");
      } else {
        ended_ = true;
      }
      if (block.bytes.empty()) return RecordChunk();
    }
    rest_ = block.bytes.size() - whole;
    if (whole == 0 && rest_ > kChunkRecordBytesMax) {
      return Bad(absl::StrCat("a record has more than ", kChunkRecordBytesMax, " bytes"));
    }
  }
  RecordChunk chunk{block.bytes.substr(0, whole), line_, std::move(block.owner)};
  line_ += static_cast<uint64_t>(std::count(chunk.bytes.begin(), chunk.bytes.end(), '\n'));
  return chunk;
}

}  // namespace partnergraph
