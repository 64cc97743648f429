// Numbers of running text, Arabic and Chinese, with the words that multiply them: 1.2亿, 3,500万,
// 一百二十万, 三点五亿, 数千万, 1亿2000万, 壹仟伍佰万, "1.5 billion", 20m.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "graph/deal_term.h"
#include "ingest/document.h"

namespace partnergraph {

struct Number {
  Span span;  // With its unit.
  // In ten-thousandths, so that 0.25% and 20706.2268万 are exact. 0: has more digits than that.
  uint64_t scaled = 0;
  bool unit = false;  // 万, 亿, million, ... or such a word inside a Chinese number.
  // kAtLeast for 10多亿, 1亿余, and for a mere order of magnitude: 数千万, 上亿, 千万.
  TermBound bound = TermBound::kExact;
};

// The number that begins at `begin`, or nullopt. Reads up to `end`. The caller makes sure that no
// longer number or word has begun before.
std::optional<Number> ReadNumber(const Document& document, uint32_t begin, uint32_t end);

// True for a character that a Chinese number can begin with or hold.
bool IsNumeral(char32_t c);

// The words as they stand at `begin`, ASCII case-insensitive; a Latin one only as a whole word.
bool HasWordAt(const Document& document, uint32_t begin, uint32_t end, std::u32string_view word);

// Ten-thousandths as IsDecimal wants them: 12500 -> "1.25".
std::string DecimalText(uint64_t scaled);

}  // namespace partnergraph
