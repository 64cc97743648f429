// Questions about text and short lists of words. The lists are literals at the place of use or
// tables of a rule file; larger ones belong in ingest/lexicon.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace partnergraph {

template <typename Words = std::initializer_list<std::u32string_view>>
bool IsOneOf(std::u32string_view text, const Words& words) {
  return std::find(std::begin(words), std::end(words), text) != std::end(words);
}

template <typename Words = std::initializer_list<std::u32string_view>>
bool StartsWithAny(std::u32string_view text, const Words& words) {
  return std::any_of(std::begin(words), std::end(words),
                     [text](std::u32string_view word) { return text.starts_with(word); });
}

template <typename Words = std::initializer_list<std::u32string_view>>
bool EndsWithAny(std::u32string_view text, const Words& words) {
  return std::any_of(std::begin(words), std::end(words),
                     [text](std::u32string_view word) { return text.ends_with(word); });
}

template <typename Words = std::initializer_list<std::u32string_view>>
bool ContainsAny(std::u32string_view text, const Words& words) {
  return std::any_of(std::begin(words), std::end(words), [text](std::u32string_view word) {
    return text.find(word) != std::u32string_view::npos;
  });
}

}  // namespace partnergraph
