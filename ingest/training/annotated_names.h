// Where the names of annotations stand in a document.
#pragma once

#include <string_view>
#include <vector>

#include "ingest/document.h"

namespace partnergraph {

// Where a text (not empty) stands in a document, from left to right, without overlaps.
std::vector<Span> OccurrencesOf(std::string_view text, const Document& document);

// Whether a span begins or ends between two characters that `joins` says are of one word.
template <typename Joins>
bool CutsWord(std::u32string_view chars, Span span, Joins joins) {
  return (span.begin > 0 && joins(chars[span.begin - 1], chars[span.begin])) ||
         (span.end < chars.size() && joins(chars[span.end - 1], chars[span.end]));
}

}  // namespace partnergraph
