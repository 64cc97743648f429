#include "ingest/tag_units.h"

#include <algorithm>

#include "ingest/character.h"
#include "ingest/feature_hash.h"

namespace partnergraph {
namespace {

// A name holds at most this much in brackets: 东亚银行(中国)有限公司.
constexpr size_t kBracketUnitsMax = 12;

bool IsQuote(char32_t c) {
  return std::u32string_view(U"“”‘\"「」『』《》〈〉【】").find(c) != std::u32string_view::npos;
}

uint32_t WordShape(std::u32string_view word) {
  size_t capitals = 0;
  bool inner = false;  // A capital after a small letter.
  for (size_t i = 0; i < word.size(); ++i) {
    if (!IsUpper(word[i])) continue;
    ++capitals;
    inner |= i > 0 && IsLower(word[i - 1]);
  }
  const uint32_t length = word.size() == 1 ? 0 : word.size() <= 3 ? 1 : 2;
  uint32_t form = 0;  // small
  if (capitals == word.size()) {
    form = 1;  // ALL
  } else if (inner) {
    form = 2;  // camelCase
  } else if (IsUpper(word[0])) {
    form = 3;  // Title
  }
  return 16 + form * 4 + length;
}

uint32_t HanShape(char32_t c) { return IsHanNumeral(c) ? 2 : 1; }

// Marks the edges that no name crosses. A bracket that closes soon and is followed directly by more
// text may stand inside a name; all others may not.
void MarkCuts(std::vector<TagUnit>& units, std::u32string_view chars) {
  const auto at = [&](size_t i) { return chars[units[i].span.begin]; };
  const auto cut = [&](size_t i) {
    if (i < units.size()) units[i].cut = true;
  };
  cut(0);
  for (size_t i = 0; i < units.size(); ++i) {
    if (units[i].kind != UnitKind::kMark) continue;
    const char32_t c = at(i);
    if (IsQuote(c)) {
      cut(i);
      cut(i + 1);
    } else if (c == U'(' || c == U'[') {
      const char32_t closer = c == U'(' ? U')' : U']';
      const size_t last = std::min(units.size(), i + 2 + kBracketUnitsMax);
      size_t close = i + 1;
      while (close < last && at(close) != closer && at(close) != c) ++close;
      const bool inner = close + 1 < last && at(close) == closer &&
                         units[close + 1].kind != UnitKind::kMark &&
                         units[close + 1].kind != UnitKind::kSpace && i > 0 &&
                         units[i - 1].kind != UnitKind::kMark;
      if (inner) {
        i = close;
      } else {
        cut(i);
        cut(i + 1);
      }
    } else if (c == U')' || c == U']') {
      cut(i);
      cut(i + 1);
    }
  }
}

}  // namespace

void CutUnits(std::u32string_view chars, Span span, std::vector<TagUnit>& units) {
  units.clear();
  bool space = false;
  for (uint32_t i = span.begin; i < span.end;) {
    TagUnit unit;
    const uint32_t begin = i;
    const char32_t c = chars[i];
    if (IsHan(c)) {
      ++i;
      unit.kind = UnitKind::kHan;
      unit.shape = HanShape(c);
      unit.key = c;
    } else if (IsLatin(c)) {
      while (i < span.end && IsLatin(chars[i])) ++i;
      const std::u32string_view word = chars.substr(begin, i - begin);
      unit.kind = UnitKind::kLatin;
      unit.shape = WordShape(word);
      unit.key = FeatureHash("latin").Add(word).value();
    } else if (IsDigit(c)) {
      while (i < span.end && IsDigit(chars[i])) ++i;
      unit.kind = UnitKind::kNumber;
      unit.shape = 3 + std::min(i - begin, 5u);
      unit.key = unit.shape;
    } else if (IsSpace(c)) {
      while (i < span.end && IsSpace(chars[i])) ++i;
      const bool joins = begin > span.begin && IsAlphanumeric(chars[begin - 1]) && i < span.end &&
                         IsAlphanumeric(chars[i]);
      space = true;
      if (joins || i == span.end || begin == span.begin) continue;
      // Beside a mark it separates nothing that the mark does not.
      if (!IsHan(chars[begin - 1]) && !IsHan(chars[i])) continue;
      unit.kind = UnitKind::kSpace;
      unit.shape = 9;
      unit.key = U' ';
    } else {
      ++i;
      unit.shape = 32 + (static_cast<uint32_t>(c) << 6);
      unit.key = c;
    }
    unit.span = {begin, i};
    unit.space_before = space && unit.kind != UnitKind::kSpace;
    space = false;
    units.push_back(unit);
  }
  MarkCuts(units, chars);
}

}  // namespace partnergraph
