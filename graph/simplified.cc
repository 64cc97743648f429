#include "graph/simplified.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

#include "graph/simplified_table.inc"

namespace partnergraph {
namespace {

static_assert(std::size(kTraditional) == std::size(kSimplified));

// Blocks that hold every character of the table: CJK Unified Ideographs and their Extension A.
constexpr char32_t kFirst = 0x3400;
constexpr char32_t kLast = 0x9FFF;

// Position in kSimplified plus one for each code point from kFirst to kLast; 0: stays as it is.
constexpr auto kIndex = [] {
  std::array<uint16_t, kLast - kFirst + 1> index{};
  for (size_t i = 0; i + 1 < std::size(kTraditional); ++i) {
    index[kTraditional[i] - kFirst] = static_cast<uint16_t>(i + 1);
  }
  return index;
}();

}  // namespace

char32_t ToSimplified(char32_t c) {
  if (c < kFirst || c > kLast) return c;
  const uint16_t index = kIndex[c - kFirst];
  return index == 0 ? c : kSimplified[index - 1];
}

}  // namespace partnergraph
