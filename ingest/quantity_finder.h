// Amounts of money, percentages and financing rounds in a sentence, whatever they are said of.
#pragma once

#include <vector>

#include "graph/deal_term.h"
#include "ingest/document.h"

namespace partnergraph {

enum class QuantityType : uint8_t { kMoney, kPercent, kRound };

struct Quantity {
  QuantityType type = QuantityType::kMoney;
  // As TermValue has them. A bare 元 or $ has a currency in simplified and English text only: in
  // traditional text it can be that of Taiwan or Hong Kong.
  std::string value;
  std::string currency;
  TermBound bound = TermBound::kExact;
  Span span;  // With currency and the words of the bound: 约1.2亿元, "up to US$300 million".
};

// Quantities of one sentence; what is over is left out.
inline constexpr size_t kQuantitiesPerSentenceMax = 64;

// Ascending, not overlapping. Left out are ranges (3000万至5000万元), numbers without a currency
// that nothing near says to be money (5000万用户), and the same sum in another currency that
// follows in brackets. Linear in the length of `span`.
std::vector<Quantity> FindQuantities(const Document& document, Span span, Language language);

}  // namespace partnergraph
