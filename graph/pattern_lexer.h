// Words of the pattern language (grammar: pattern_parser.h), and errors that point at a place of
// its text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace partnergraph {

// Longest text of a pattern query, in bytes.
inline constexpr size_t kPatternTextBytesMax = 16 << 10;
// Longest name of a variable, label, type, property or parameter, in bytes.
inline constexpr size_t kPatternNameBytesMax = 128;

// INVALID_ARGUMENT "line 1, column 7 (byte 6): MESSAGE". Lines, and columns in code points, count
// from 1, bytes from 0. `text` may be anything; an offset behind its end means its end.
absl::Status PatternError(std::string_view text, size_t offset, std::string_view message);

struct PatternToken {
  enum class Kind : uint8_t { kEnd, kName, kString, kInteger, kDecimal, kParameter, kSymbol };
  Kind kind = Kind::kEnd;
  // A name or parameter without its quotes or '$'; a string with its escapes resolved; a number or
  // symbol as written.
  std::string text;
  size_t begin = 0;  // Bytes [begin, end) of the query.
  size_t end = 0;
  bool quoted = false;   // A name in backticks, which is never a keyword.
  uint64_t integer = 0;  // Of kInteger.
  double decimal = 0;    // Of kInteger and kDecimal.
};

// The words of a query, kEnd last. White space and comments (`//` to the end of the line, `/* */`)
// separate them. Errors are PatternErrors: text that is too long or not UTF-8, characters that
// begin no word, strings and comments without an end, escapes that are none, numbers out of range.
// Linear in the length of the text.
absl::StatusOr<std::vector<PatternToken>> LexPattern(std::string_view text);

// How a word is shown in messages: `'WHERE'`, `"the end of the text"`.
std::string ShowToken(const PatternToken& token);

}  // namespace partnergraph
