#include "ingest/document_words.h"

#include <algorithm>

#include "ingest/character.h"

namespace partnergraph {

DocumentWords::DocumentWords(const Recognition& recognition) {
  for (const Token& token : recognition.tokens) {
    if (token.kind != TokenKind::kLatin) continue;
    const std::u32string_view word = recognition.Chars(token.span);
    const char32_t left = recognition.Before(token.span.begin);
    const char32_t right = recognition.At(token.span.end);
    if (left == U'@' || left == U'/' || right == U'@') continue;
    if (IsLower(word[0])) {
      lower_.insert(std::u32string(word));
    } else {
      ++capitalized_[Key(word)];
      uint32_t before = token.span.begin;
      if (before > 0 && recognition.At(before - 1) == U' ') --before;
      const bool closed = right == U')' || right == U',' || right == U';';
      if (closed && recognition.Before(before) == U':') tickers_.insert(Key(word));
    }
  }
}

std::u32string DocumentWords::Key(std::u32string_view word) {
  std::u32string key(word);
  std::transform(key.begin(), key.end(), key.begin(), ToLower);
  return key;
}

}  // namespace partnergraph
