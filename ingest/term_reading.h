// What a quantity in a sentence is to a deal that the sentence speaks of: its price, a stake in it,
// its round, or nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "ingest/term_context.h"

namespace partnergraph {

struct TermReading {
  TermValue value;
  std::vector<int> parties;  // Entities that it is said of, each for itself; {-1}: the deal's own.
  int strength = 0;  // 2: the words call it the total; 1: the price; 0: they stand beside it.
};

// The reading of the quantity at `index`, or nullopt: nothing says that it is a term of such a
// deal. Does not ask whether the deal's parties are near.
std::optional<TermReading> ReadTerm(const TermContext& context, size_t index, const Deal& deal);

}  // namespace partnergraph
