// What the sequence tagger sees of a sentence. A feature sits at a unit and speaks of the units
// around it: the pair of characters at 5 and 6, say, of units 3 to 8. Its row of weights has a
// column per relative position and label, so that one look-up serves all of them; feature templates
// of the usual kind (Collins, EMNLP 2002) look each one up once per position.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ingest/document.h"
#include "ingest/segmenter.h"
#include "ingest/tag_units.h"

namespace partnergraph {

// Relative positions that a feature can speak of.
inline constexpr int kRelativeMin = -2;
inline constexpr int kRelativeMax = 3;
inline constexpr int kRelativeCount = kRelativeMax - kRelativeMin + 1;

struct TagFeature {
  // The unit of a feature that speaks of all units of the sentence: a word that occurs in it.
  static constexpr uint32_t kWholeSentence = UINT32_MAX;

  uint64_t hash = 0;
  uint32_t unit = 0;
  // Speaks of units unit + first to unit + last, which may lie outside the sentence.
  int8_t first = 0;
  int8_t last = 0;
};

// Something that another part knows about a stretch of text, as a feature of its own: a rule's
// candidate.
struct TagHint {
  Span span;
  uint64_t hash = 0;  // What kind of hint it is.
};

// Replaces `features` by those of a sentence: `units` cut from it (CutUnits), the `tokens` that
// cover it (Segment), and the hints that lie in it; with `sentence_words`, the words that occur
// anywhere in it too, which tell its topic. Linear in the length of the sentence.
void ExtractTagFeatures(std::u32string_view chars, std::span<const TagUnit> units,
                        std::span<const Token> tokens, std::span<const TagHint> hints,
                        bool sentence_words, std::vector<TagFeature>& features);

}  // namespace partnergraph
