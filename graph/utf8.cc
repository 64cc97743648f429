#include "graph/utf8.h"

#include "unicode/utf8.h"

namespace partnergraph {

std::optional<size_t> FindInvalidUtf8(std::string_view text) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  const auto size = static_cast<int64_t>(text.size());
  for (int64_t offset = 0; offset < size;) {
    const int64_t begin = offset;
    UChar32 c;
    U8_NEXT(bytes, offset, size, c);
    if (c < 0) return static_cast<size_t>(begin);
  }
  return std::nullopt;
}

bool IsCharBoundary(std::string_view text, size_t offset) {
  return offset == text.size() ||
         (offset < text.size() && (static_cast<unsigned char>(text[offset]) & 0xC0) != 0x80);
}

std::string_view CutUtf8(std::string_view text, size_t bytes_max) {
  text = text.substr(0, bytes_max);
  size_t begin = text.size();  // Of the last character.
  while (begin > 0 && (static_cast<unsigned char>(text[begin - 1]) & 0xC0) == 0x80) --begin;
  if (begin == 0) return text.substr(0, 0);
  --begin;
  const size_t size =
      1 + static_cast<size_t>(U8_COUNT_TRAIL_BYTES_UNSAFE(static_cast<unsigned char>(text[begin])));
  return begin + size == text.size() ? text : text.substr(0, begin);
}

char32_t NextCodePoint(std::string_view bytes, size_t& position) {
  UChar32 c = 0;
  U8_NEXT_UNSAFE(bytes.data(), position, c);
  return static_cast<char32_t>(c);
}

}  // namespace partnergraph
