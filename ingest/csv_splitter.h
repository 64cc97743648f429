// Records and fields of CSV (RFC 4180): fields may be in double quotes, in which a quote is doubled
// and delimiters and newlines stand for themselves; lines end with \n or \r\n; empty lines are
// skipped. Made for speed: fields are views of the bytes, and nothing is allocated for a record
// without doubled quotes.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace partnergraph {

class CsvSplitter {
 public:
  // `bytes`, which outlives the splitter, is whole records; `first_line` is the first one's.
  CsvSplitter(std::string_view bytes, uint64_t first_line, char delimiter)
      : rest_(bytes), next_line_(first_line), delimiter_(delimiter) {}

  // Moves to the next record; false at the end. Then the following are of that record, until the
  // next call.
  bool Next();

  std::span<const std::string_view> fields() const { return fields_; }
  // What is wrong with the form of the record; nullptr: nothing. Then the fields mean nothing.
  const char* fault() const { return fault_; }
  std::string_view record() const { return record_; }  // Without its end.
  uint64_t line() const { return line_; }

 private:
  void SplitPlain(std::string_view line);
  // A record with quotes, which may be longer than its first line. Returns its size, its end
  // included.
  size_t SplitQuoted();

  std::string_view rest_;
  uint64_t next_line_;
  const char delimiter_;
  uint64_t line_ = 0;
  std::string_view record_;
  const char* fault_ = nullptr;
  std::vector<std::string_view> fields_;
  std::deque<std::string> unescaped_;
};

}  // namespace partnergraph
