// Words that say what a sum of money is: 融资, 作价, 合同金额, 估值, 注册资本, 营收.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ingest/document.h"

namespace partnergraph {

// What a label makes of the sum beside it. Bits: a label can fit deals of several kinds.
enum TermLabel : uint16_t {
  kLabelInvestment = 1,
  kLabelAcquisition = 2,
  kLabelVenture = 4,
  kLabelSupply = 8,
  kLabelAnyDeal = 15,
  kLabelValuation = 16,  // Of a company.
  kLabelWorth = 32,      // "valued at": the deal's own, save for an investment, where it is the
                         // company's.
  kLabelCapital = 64,    // Registered capital.
  kLabelPrice = 256,     // Names the price outright: 作价, 金额. Beside a deal's bit.
  kLabelOther = 128      // Revenue, debt, market value, funds: never a term of the deal.
};

struct LabelHit {
  Span span;
  uint16_t label = 0;  // TermLabel bits.
  bool total = false;  // 总额, 共计: the sum of all parts.
};

// The labels in `span`, ascending; of overlapping ones the longest that begins first. Words that
// only look like a label (投资者) are none. Linear in the length of the span.
std::vector<LabelHit> FindLabels(const Document& document, Span span);

// The bit of a kind of deals, 0 for kinds that have no terms.
uint16_t LabelOfKind(std::string_view deal_kind);

}  // namespace partnergraph
