// Names of financing rounds: 天使轮, Pre-A轮, A+轮, 战略融资, "Series B", "seed round".
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "ingest/document.h"

namespace partnergraph {

struct RoundText {
  std::string name;  // As IsRoundName has them.
  Span span;
};

// The round whose last or first word begins at `at`: 轮 of A轮, or Series of "Series A". Looks back
// no further than `floor`, and not beyond `sentence`. Constant time.
std::optional<RoundText> ReadRound(const Document& document, Span sentence, uint32_t floor,
                                   uint32_t at);

}  // namespace partnergraph
