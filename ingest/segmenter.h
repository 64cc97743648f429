// Cuts sentences into words: Chinese by the most probable sequence of dictionary words, Latin
// letters and digits by runs.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ingest/document.h"
#include "ingest/lexicon.h"

namespace partnergraph {

enum class TokenKind : uint8_t { kHan, kLatin, kNumber, kSpace, kMark };

struct Token {
  Span span;
  TokenKind kind = TokenKind::kMark;
  const LexiconEntry* entry = nullptr;  // Never null; without classes when the word is unknown.

  bool Is(uint64_t classes) const { return entry->Is(classes); }
  char pos() const { return entry->pos; }
};

// Appends the tokens of `span` to `tokens`: they cover it without gaps. Linear in its length.
void Segment(std::u32string_view chars, Span span, std::vector<Token>& tokens);

}  // namespace partnergraph
