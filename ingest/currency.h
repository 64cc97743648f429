// Currencies by the words and signs that texts name them with.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "ingest/document.h"

namespace partnergraph {

struct CurrencyWord {
  uint32_t size = 0;        // Code points of the word.
  std::string_view code;    // ISO 4217; static storage. Empty: not said which (元, $ or ¥ alone).
  bool plain_unit = false;  // 元: a unit of whatever currency is named before the number.
};

// The currency whose name begins at `begin`: 美元, 元人民币, "U.S. dollars".
std::optional<CurrencyWord> CurrencyAt(const Document& document, uint32_t begin, uint32_t end,
                                       Language language);

// The currency whose name or sign ends at `end` and begins at or after `begin`: US$, 人民币, RMB.
std::optional<CurrencyWord> CurrencyBefore(const Document& document, uint32_t begin, uint32_t end,
                                           Language language);

}  // namespace partnergraph
