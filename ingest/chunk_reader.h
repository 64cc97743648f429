// Files in pieces of whole records, for several threads to read at once: plain ones through a
// mapping, gzip and zstd ones as they are unpacked. Records end with a newline; in CSV one may
// stand inside of a quoted field.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace partnergraph {

// About as long a chunk is, and the longest that a record may be.
inline constexpr size_t kChunkBytes = 256 << 10;
inline constexpr size_t kChunkRecordBytesMax = 16 << 20;

struct RecordChunk {
  std::string_view bytes;             // The last record's newline may be missing.
  uint64_t first_line = 1;            // Of the file, from 1.
  std::shared_ptr<const void> owner;  // What the bytes lie in.
};

class ChunkReader {
 public:
  enum class Records { kLines, kCsv };

  // By the first bytes of the file: gzip, zstd or plain. NOT_FOUND, PERMISSION_DENIED and the like,
  // naming the file.
  static absl::StatusOr<std::unique_ptr<ChunkReader>> Open(const std::string& file,
                                                           Records records);
  virtual ~ChunkReader() = default;

  // The next records; no bytes at the end. A byte order mark at the beginning is left out.
  // INVALID_ARGUMENT, naming file and line, for a record over kChunkRecordBytesMax, a quoted field
  // that does not end and packed bytes that are damaged.
  absl::StatusOr<RecordChunk> Next();

  // Of the file as it lies on the disk: for progress.
  virtual uint64_t bytes_read() const = 0;
  virtual uint64_t bytes_total() const = 0;

 protected:
  ChunkReader(std::string file, Records records) : file_(std::move(file)), records_(records) {}

  struct Block {
    std::string_view bytes;
    std::shared_ptr<const void> owner;
    bool last = false;
  };
  // Bytes that begin with the last `keep` of those given before, and go on with at least
  // kChunkBytes more unless the file ends.
  virtual absl::StatusOr<Block> Read(size_t keep) = 0;

  absl::Status Bad(std::string_view what) const;

 private:
  // How many bytes of the block are whole records; 0: none.
  size_t WholeRecords(const Block& block) const;

  const std::string file_;
  const Records records_;
  uint64_t line_ = 1;
  size_t rest_ = 0;  // Bytes of the last block that were not given out.
  bool first_ = true;
  bool ended_ = false;
};

}  // namespace partnergraph
