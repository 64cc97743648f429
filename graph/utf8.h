// Checks and decodes UTF-8. Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace partnergraph {

// The offset of the first byte that is not part of well-formed UTF-8, or nullopt.
std::optional<size_t> FindInvalidUtf8(std::string_view text);

// True when a character begins at `offset` of well-formed text, or the text ends there.
bool IsCharBoundary(std::string_view text, size_t offset);

// The longest beginning of `text` that has at most `bytes_max` bytes and no incomplete character at
// its end. REQUIRES: well-formed UTF-8, save that the text may end inside a character.
std::string_view CutUtf8(std::string_view text, size_t bytes_max);

// Decodes the code point that begins at `position` and moves it past. REQUIRES: well-formed UTF-8,
// position < size.
char32_t NextCodePoint(std::string_view bytes, size_t& position);

}  // namespace partnergraph
