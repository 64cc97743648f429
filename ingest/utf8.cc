#include "ingest/utf8.h"

#include "unicode/utf8.h"

namespace partnergraph {

std::optional<size_t> FindInvalidUtf8(std::string_view bytes) {
  size_t position = 0;
  while (position < bytes.size()) {
    if (static_cast<unsigned char>(bytes[position]) < 0x80) {
      ++position;
      continue;
    }
    const size_t begin = position;
    UChar32 c = 0;
    U8_NEXT(bytes.data(), position, bytes.size(), c);
    if (c < 0) return begin;
  }
  return std::nullopt;
}

char32_t NextCodePoint(std::string_view bytes, size_t& position) {
  UChar32 c = 0;
  U8_NEXT_UNSAFE(bytes.data(), position, c);
  return static_cast<char32_t>(c);
}

}  // namespace partnergraph
