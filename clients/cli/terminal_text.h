// Text for terminals. What articles say is untrusted: control characters in it must not reach the
// terminal. Widths are in columns: Chinese, Japanese and Korean characters take two.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace partnergraph::cli {

enum class Newlines { kEscape, kKeep };

// `text` with control characters (C0, DEL, C1), characters that change the direction of the text,
// line and paragraph separators and bytes that are not UTF-8 written as \n, \t, \xNN or \u{NNNN}.
// Spaces and, when kept, newlines stay.
std::string EscapeForTerminal(std::string_view text, Newlines newlines = Newlines::kEscape);

// Columns that escaped `text` takes. Combining marks take none.
size_t DisplayWidth(std::string_view text);

// `text` and spaces up to `width` columns.
std::string PadRight(std::string_view text, size_t width);
std::string PadLeft(std::string_view text, size_t width);

// Cuts `text` into lines of at most `width` columns, at spaces where there are some and between
// characters elsewhere. At least one line.
std::vector<std::string> WrapText(std::string_view text, size_t width);

}  // namespace partnergraph::cli
