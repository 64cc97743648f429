#include "ingest/segmenter.h"

#include <algorithm>

#include "ingest/character.h"

namespace partnergraph {
namespace {

// Costs in the unit of LexiconEntry::cost. An unknown character costs more than any word, so that
// words win over it; names cost what a fairly rare word does.
constexpr uint32_t kUnknownCost = 27 * 16;
constexpr uint32_t kNameCost = 17 * 16;
constexpr uint32_t kBrandCost = 26 * 16;

const LexiconEntry kNoEntry;

uint32_t CostOf(const LexiconEntry& entry, size_t length) {
  uint32_t cost = UINT32_MAX;
  if (entry.Is(kWord)) cost = entry.cost;
  if (length >= 3 && entry.Is(kOrgName | kOrgListed | kOrgAmbiguous)) {
    cost = std::min(cost, kNameCost);
  } else if (length >= 2 &&
             entry.Is(kOrgName | kOrgAmbiguous | kPlace | kTitleHead | kOrgHead | kOrgStop |
                      kSpeech | kOrgInner | kPersonBefore | kHonorific | kTitleWeak)) {
    cost = std::min(cost, kNameCost);
  } else if (length >= 3 && entry.Is(kBrand)) {
    cost = std::min(cost, kBrandCost);
  }
  return cost;
}

void SegmentHan(std::u32string_view chars, Span span, std::vector<Token>& tokens) {
  const Lexicon& lexicon = Lexicon::Get();
  const uint32_t size = span.size();
  struct Best {
    uint32_t cost = UINT32_MAX;
    uint32_t from = 0;
    const LexiconEntry* entry = &kNoEntry;
  };
  thread_local std::vector<Best> best;
  best.assign(size + 1, Best());
  best[0].cost = 0;
  const std::u32string_view text = chars.substr(0, span.end);
  for (uint32_t i = 0; i < size; ++i) {
    const auto offer = [&](size_t length, uint32_t cost, const LexiconEntry* entry) {
      Best& to = best[i + length];
      if (best[i].cost + cost < to.cost) to = {best[i].cost + cost, i, entry};
    };
    offer(1, kUnknownCost, &kNoEntry);
    lexicon.Match(text, span.begin + i, [&](size_t length, const LexiconEntry& entry) {
      const uint32_t cost = CostOf(entry, length);
      if (cost != UINT32_MAX) {
        offer(length, cost, &entry);
      } else if (length == 1) {
        offer(1, kUnknownCost, &entry);
      }
    });
  }
  const size_t first = tokens.size();
  for (uint32_t i = size; i > 0; i = best[i].from) {
    tokens.push_back({{span.begin + best[i].from, span.begin + i}, TokenKind::kHan, best[i].entry});
  }
  std::reverse(tokens.begin() + static_cast<ptrdiff_t>(first), tokens.end());
}

// Headings that flattened web pages glue to the word after them.
constexpr std::u32string_view kGluedHeadings[] = {U"Details", U"About", U"Contact", U"Release"};

// Where a word that ends before `middle` (a small letter) and one that begins there (a capital) are
// two: "DetailsAcme", "AcmeAcme Corp".
bool IsGlued(std::u32string_view chars, uint32_t begin, uint32_t middle, uint32_t end) {
  const std::u32string_view word = chars.substr(begin, middle - begin);
  for (const std::u32string_view heading : kGluedHeadings) {
    if (word == heading) return true;
  }
  return word.size() >= 4 && middle + word.size() <= end &&
         chars.substr(middle, word.size()) == word;
}

// Marks that stand inside Latin words: AT&T, U.S., co-founder, O'Neil.
bool JoinsLatin(char32_t c) {
  return c == U'&' || c == U'-' || c == U'\'' || c == U'’' || c == U'.' || c == U'+' || c == U'/';
}

uint32_t LatinEnd(std::u32string_view chars, uint32_t begin, uint32_t end) {
  uint32_t i = begin;
  while (i < end) {
    if (IsAlphanumeric(chars[i])) {
      if (i > begin && IsUpper(chars[i]) && IsLower(chars[i - 1]) &&
          IsGlued(chars, begin, i, end)) {
        return i;
      }
      ++i;
    } else if ((chars[i] == U'\'' || chars[i] == U'’') && i + 1 < end && chars[i + 1] == U's' &&
               (i + 2 == end || !IsAlphanumeric(chars[i + 2]))) {
      return i;  // The possessive is no part of the word.
    } else if (JoinsLatin(chars[i]) && i + 1 < end && IsAlphanumeric(chars[i + 1]) &&
               !(chars[i] == U'.' && i > begin && IsLower(chars[i - 1]) && IsUpper(chars[i + 1]))) {
      ++i;  // "end.Next" are two words, "U.S." is one.
    } else {
      break;
    }
  }
  // The full stop of "U.S." and of an initial.
  if (i < end && chars[i] == U'.' && i - begin >= 1 && (i - begin == 1 || chars[i - 2] == U'.') &&
      IsUpper(chars[i - 1])) {
    ++i;
  }
  return i;
}

}  // namespace

void Segment(std::u32string_view chars, Span span, std::vector<Token>& tokens) {
  const Lexicon& lexicon = Lexicon::Get();
  for (uint32_t i = span.begin; i < span.end;) {
    const uint32_t begin = i;
    if (IsHan(chars[i])) {
      while (i < span.end && IsHan(chars[i])) ++i;
      SegmentHan(chars, {begin, i}, tokens);
      continue;
    }
    Token token;
    token.entry = &kNoEntry;
    if (IsAlphanumeric(chars[i])) {
      i = LatinEnd(chars, i, span.end);
      bool has_letter = false;
      for (uint32_t k = begin; k < i; ++k) has_letter |= IsLatin(chars[k]);
      token.kind = has_letter ? TokenKind::kLatin : TokenKind::kNumber;
      token.entry = &lexicon.Find(chars.substr(begin, i - begin));
    } else if (IsSpace(chars[i])) {
      while (i < span.end && IsSpace(chars[i])) ++i;
      token.kind = TokenKind::kSpace;
    } else {
      ++i;
    }
    token.span = {begin, i};
    tokens.push_back(token);
  }
}

}  // namespace partnergraph
