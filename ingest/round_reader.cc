#include "ingest/round_reader.h"

#include <algorithm>
#include <string_view>

#include "graph/deal_term.h"
#include "ingest/character.h"
#include "ingest/number_reader.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

using std::u32string_view;

// Longest name that is looked back for: "pre-Series A+".
constexpr uint32_t kNameCharsMax = 13;

char ToAscii(char32_t c) { return c < 0x80 ? static_cast<char>(c) : '?'; }

// The round that the characters before `end` name.
std::optional<RoundText> NameBefore(const Document& document, uint32_t floor, uint32_t end) {
  if (end > floor && document.chars[end - 1] == U' ') --end;
  for (const auto& [word, name] :
       {std::pair{u32string_view(U"天使+"), "ANGEL+"}, std::pair{u32string_view(U"天使"), "ANGEL"},
        std::pair{u32string_view(U"种子"), "SEED"},
        std::pair{u32string_view(U"战略"), "STRATEGIC"}}) {
    if (document.Chars({floor, end}).ends_with(word)) {
      return RoundText{name, {end - static_cast<uint32_t>(word.size()), end}};
    }
  }
  // Letters, digits and marks, as in Pre-A+.
  uint32_t begin = end;
  while (begin > floor && end - begin <= kNameCharsMax) {
    const char32_t c = document.chars[begin - 1];
    if (!IsAlphanumeric(c) && c != U'+' && c != U'-') break;
    --begin;
  }
  std::string name;
  for (uint32_t i = begin; i < end; ++i) {
    const char32_t c = document.chars[i];
    name += ToAscii(c >= U'a' && c <= U'z' ? c - 32 : c);
  }
  if (name.starts_with("PRE") && name.size() > 3 && name[3] != '-') name.insert(3, "-");
  if (!IsRoundName(name)) return std::nullopt;
  return RoundText{std::move(name), {begin, end}};
}

// "Series A", "pre-Series A+", "Series C-1", with Series at `at`.
std::optional<RoundText> ReadSeries(const Document& document, Span sentence, uint32_t floor,
                                    uint32_t at) {
  uint32_t letter = at + 6;
  if (letter + 1 >= sentence.end || document.chars[letter] != U' ') return std::nullopt;
  const char32_t c = document.chars[++letter];
  if (c < U'A' || c > U'H') return std::nullopt;
  std::string name(1, ToAscii(c));
  uint32_t end = letter + 1;
  const auto next = [&](uint32_t i) { return i < sentence.end ? document.chars[i] : U'\0'; };
  if (next(end) == U'-' && IsDigit(next(end + 1))) ++end;
  if (next(end) == U'+' || (next(end) >= U'1' && next(end) <= U'9')) {
    name += ToAscii(next(end++));
  }
  if (IsAlphanumeric(next(end))) return std::nullopt;
  uint32_t begin = at;
  const u32string_view before = document.Chars({floor, at});
  if (EndsWithAny(before, {U"pre-", U"Pre-", U"PRE-", U"Pre ", U"pre "})) {
    name = "PRE-" + name;
    begin -= 4;
  }
  if (!IsRoundName(name)) return std::nullopt;
  return RoundText{std::move(name), {begin, end}};
}

}  // namespace

std::optional<RoundText> ReadRound(const Document& document, Span sentence, uint32_t floor,
                                   uint32_t at) {
  const char32_t c = document.chars[at];
  const auto has = [&](uint32_t from, u32string_view word) {
    return HasWordAt(document, from, sentence.end, word);
  };
  if (c == U'轮') {
    std::optional<RoundText> round = NameBefore(document, floor, at);
    if (round.has_value()) round->span.end = at + 1;
    return round;
  }
  // 战略融资, Pre-IPO融资; but B融资 is a slip of the pen at best. 天使投资, but not 天使投资人,
  // nor 战略投资, which says little.
  const bool financing = c == U'融' && has(at, U"融资"), investing = c == U'投' && has(at, U"投资");
  if (financing || investing) {
    const char32_t after = at + 2 < sentence.end ? document.chars[at + 2] : U'\0';
    if (investing && u32string_view(U"人者机基家公").find(after) != u32string_view::npos) {
      return std::nullopt;
    }
    std::optional<RoundText> round = NameBefore(document, floor, at);
    if (!round.has_value() || round->name.size() < 3) return std::nullopt;
    if (investing && round->name == "STRATEGIC") return std::nullopt;
    return round;
  }
  const bool word_begins = at == sentence.begin || !IsAlphanumeric(document.chars[at - 1]);
  if (!word_begins || !IsLatin(c)) return std::nullopt;
  if (has(at, U"series")) return ReadSeries(document, sentence, floor, at);
  // "seed round", "B round", "pre-IPO financing": the word after the name is at hand.
  for (const u32string_view word : {U"round", U"funding", U"financing", U"investment"}) {
    if (!has(at, word)) continue;
    std::optional<RoundText> round = NameBefore(document, floor, at);
    if (!round.has_value()) return std::nullopt;
    // "A round" has an article more often than a name, and "a strategic investment" is none.
    const bool single = round->name.size() < 3;
    if (single && (word != U"round" || round->name == "A")) return std::nullopt;
    if (round->name == "STRATEGIC" && word == U"investment") return std::nullopt;
    return round;
  }
  return std::nullopt;
}

}  // namespace partnergraph
