#include "clients/cli/record_cutter.h"

#include <algorithm>
#include <utility>

#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

constexpr size_t kBufferBytes = 64 << 10;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \r\n") == std::string_view::npos;
}

bool EndsWith(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

}  // namespace

RecordCutter::RecordCutter(v1::RecordFormat format, Read read)
    : by_line_(format != v1::RECORD_FORMAT_TEXT), read_(std::move(read)) {
  buffer_.resize(kBufferBytes);
}

absl::Status RecordCutter::Fill() {
  size_t kept = 0;
  do {  // The byte order mark may come in pieces.
    CLIENT_ASSIGN_OR_RETURN(const size_t bytes,
                            read_(buffer_.data() + kept, buffer_.size() - kept));
    at_end_ = bytes == 0;
    bytes_read_ += bytes;
    kept += bytes;
  } while (!started_ && !at_end_ && kept < kByteOrderMark.size());
  rest_ = std::string_view(buffer_).substr(0, kept);
  if (!started_ && rest_.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    rest_.remove_prefix(kByteOrderMark.size());
  }
  started_ = true;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<CutRecord>> RecordCutter::Next() {
  while (true) {
    if (rest_.empty() && !at_end_) {
      CLIENT_RETURN_IF_ERROR(Fill());
    }
    if (rest_.empty()) {
      if (!at_end_) {
        continue;  // Only a byte order mark so far.
      }
      return Take();
    }
    const size_t newline = by_line_ ? rest_.find('\n') : std::string_view::npos;
    Append(rest_.substr(0, newline));
    if (newline == std::string_view::npos) {
      rest_ = {};
      continue;
    }
    rest_.remove_prefix(newline + 1);
    const uint64_t next_line = record_.line + 1;
    std::optional<CutRecord> record = Take();
    record_.line = next_line;
    if (record) {
      return record;
    }
  }
}

void RecordCutter::Append(std::string_view bytes) {
  record_.bytes += bytes.size();
  if (record_.too_long) {
    return;
  }
  // One byte more may be the \r of the line's end.
  if (record_.bytes > kRecordBytesMax + 1) {
    record_.too_long = true;
    std::string().swap(record_.data);
    return;
  }
  record_.data += bytes;
}

std::optional<CutRecord> RecordCutter::Take() {
  CutRecord record = std::exchange(record_, CutRecord());
  if (by_line_ && EndsWith(record.data, "\r")) {
    record.data.pop_back();
    --record.bytes;
  }
  if (record.bytes > kRecordBytesMax) {
    record.too_long = true;
    std::string().swap(record.data);
  }
  if (!record.too_long && IsBlank(record.data)) {
    return std::nullopt;
  }
  return record;
}

absl::StatusOr<v1::RecordFormat> FormatOfFile(std::string_view file) {
  if (EndsWith(file, ".tsv")) {
    return v1::RECORD_FORMAT_TSV;
  }
  if (EndsWith(file, ".jsonl") || EndsWith(file, ".ndjson") || EndsWith(file, ".json")) {
    return v1::RECORD_FORMAT_JSON;
  }
  if (EndsWith(file, ".txt")) {
    return v1::RECORD_FORMAT_TEXT;
  }
  return absl::InvalidArgumentError(fmt::format(
      "{}: cannot tell the format from the ending; give --format tsv, jsonl or text", file));
}

std::optional<v1::RecordFormat> ParseRecordFormat(std::string_view word) {
  if (word == "tsv") return v1::RECORD_FORMAT_TSV;
  if (word == "jsonl") return v1::RECORD_FORMAT_JSON;
  if (word == "text") return v1::RECORD_FORMAT_TEXT;
  return std::nullopt;
}

}  // namespace partnergraph::cli
