// Cuts import files into records without looking into them: lines, or the whole of a text file.
// Holds at most one record and a read buffer, whatever the file. One thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "partnergraph/v1/ingest_service.pb.h"

namespace partnergraph::cli {

// Longest record, in bytes; longer ones are skipped and said to be too long.
inline constexpr size_t kRecordBytesMax = 1 << 20;

struct CutRecord {
  std::string data;    // Without the line's end; empty when too_long.
  uint64_t line = 1;   // At which it begins.
  uint64_t bytes = 0;  // Its length, also when too_long.
  bool too_long = false;
};

class RecordCutter {
 public:
  // Reads up to `size` bytes into `buffer`; 0 at the end.
  using Read = std::function<absl::StatusOr<size_t>(char* buffer, size_t size)>;

  RecordCutter(v1::RecordFormat format, Read read);

  // The next record that is not blank, or nothing at the end. Lines end with \n or \r\n; the last
  // one may lack its end; a byte order mark at the start is dropped. Errors are those of `read`.
  absl::StatusOr<std::optional<CutRecord>> Next();

  // Bytes read so far.
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  // Appends to the record, or only counts once it is too long.
  void Append(std::string_view bytes);
  // Ends the record; nothing when it is blank.
  std::optional<CutRecord> Take();
  absl::Status Fill();

  bool by_line_;
  Read read_;
  std::string buffer_;
  std::string_view rest_;  // Of buffer_, not yet cut.
  bool at_end_ = false;
  bool started_ = false;
  uint64_t bytes_read_ = 0;
  CutRecord record_;
};

// By the file's ending: .tsv; .jsonl, .ndjson, .json; .txt. INVALID_ARGUMENT for others.
absl::StatusOr<v1::RecordFormat> FormatOfFile(std::string_view file);

// tsv, jsonl or text. Nothing for other words.
std::optional<v1::RecordFormat> ParseRecordFormat(std::string_view word);

}  // namespace partnergraph::cli
