// What the sequence tagger labels: units. A Han character is one, and so is a run of Latin letters,
// a run of digits, and any other character. White space between two letters or digits is none, so
// that English is tagged word by word; elsewhere it is one. One tagger then reads Chinese, English
// and text that mixes them.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ingest/document.h"

namespace partnergraph {

enum class UnitKind : uint8_t { kHan, kLatin, kNumber, kSpace, kMark };

struct TagUnit {
  Span span;
  uint64_t key = 0;    // Of the text; digits count by their number only.
  uint32_t shape = 0;  // A small class: kind, capitals, length, or the mark itself.
  UnitKind kind = UnitKind::kMark;
  bool space_before = false;
  // Whether a name cannot go on from the unit before into this one: an edge of a quotation, a book
  // mark, a bracket that is not closed, the first unit.
  bool cut = false;
};

// Replaces `units` by those of `span`. Linear in its length.
void CutUnits(std::u32string_view chars, Span span, std::vector<TagUnit>& units);

}  // namespace partnergraph
