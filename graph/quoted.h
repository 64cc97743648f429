// Text for error messages. Debian's Abseil has its own string_view, so StrCat takes no
// std::string_view; Quoted and ToAbsl are the two ways across.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace partnergraph {

// Returns `bytes` in double quotes, control and non-UTF-8 bytes escaped, cut to `bytes_max` bytes
// with "..." after it.
std::string Quoted(std::string_view bytes, size_t bytes_max = 80);

// The same bytes as Abseil's own view type.
inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

// The same bytes as the standard view type.
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace partnergraph
