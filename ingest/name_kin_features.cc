// What the other names of a document say about a name, and what tells common nouns from names.
#include <algorithm>
#include <string_view>

#include "ingest/character.h"
#include "ingest/feature_hash.h"
#include "ingest/name_feature_collector.h"
#include "ingest/name_features.h"

namespace partnergraph {
namespace {

// What joins the items of a list.
bool IsListMark(char32_t c) { return c == U'、' || c == U'和' || c == U'与' || c == U'及'; }
// How far the next item of a list may reach.
constexpr uint32_t kItemCharsMax = 16;
// Words at least as frequent are no rare words.
constexpr unsigned kFrequentCostMax = 17 * 16;

}  // namespace

// Companies and products by how their names begin and end.
void NameFeatures::ReadKin() {
  strength_.resize(candidates_.names.size());
  for (uint32_t n = 0; n < candidates_.names.size(); ++n) {
    const NameCandidate& candidate = candidates_.names[n];
    if (IsHopeless(n)) continue;
    Kin& own = strength_[n];
    for (const NameRule& rule : candidate.rules) {
      const auto type = static_cast<size_t>(rule.type);
      own.of[type] = std::max(own.of[type], rule.score / 2);
    }
    for (const uint32_t i : candidate.occurrences) {
      for (size_t type = 0; type < 3; ++type) {
        if (!tags_.empty()) own.of[type] = std::max(own.of[type], tags_[i].of[type]);
      }
    }
    const std::u32string_view text = candidate.text;
    for (size_t length = 2; length < text.size(); ++length) {
      for (const bool begins : {true, false}) {
        const std::u32string_view part =
            begins ? text.substr(0, length) : text.substr(text.size() - length);
        Kin& kin = (begins ? begun_ : ended_)[part];
        for (size_t type = 0; type < 3; ++type) {
          kin.of[type] = std::max(kin.of[type], own.of[type]);
        }
      }
    }
  }
  for (uint32_t n = 0; n < candidates_.names.size(); ++n) {
    if (!IsHopeless(n)) by_text_[candidates_.names[n].text] = n;
  }
}

// Longer names that begin or end with it, and the names that it seems to be made of.
void NameFeatures::AddKin(uint32_t name, Collector& out) const {
  const std::u32string_view text = candidates_.names[name].text;
  for (const bool begins : {true, false}) {
    const auto& kins = begins ? begun_ : ended_;
    const auto it = kins.find(text);
    for (uint64_t type = 0; type < 3; ++type) {
      const uint64_t level = it == kins.end() ? 9 : Level(it->second.of[type]);
      out.Add(FeatureHash(begins ? "begins-longer" : "ends-longer")
                  .Add(type)
                  .Add(level)
                  .Add(Level(strength_[name].of[type]))
                  .Add(out.script));
    }
  }
  const auto strength_of = [&](std::u32string_view part) {
    const auto it = by_text_.find(part);
    if (it == by_text_.end()) return uint64_t{0};
    const Kin& kin = strength_[it->second];
    return Level(std::max({kin.of[0], kin.of[1], kin.of[2]}));
  };
  for (size_t i = 2; i + 2 < text.size(); ++i) {
    if (!IsListMark(text[i]) && text.substr(i, 2) != U"联合") continue;
    const size_t rest = IsListMark(text[i]) ? i + 1 : i + 2;
    out.Add(FeatureHash("coordinated").Add(text.substr(i, rest - i)));
    out.Add(FeatureHash("coordinates")
                .Add(strength_of(text.substr(0, i)))
                .Add(strength_of(text.substr(rest))));
  }
  // The first name within it, and the last.
  uint64_t first = 0, last = 0;
  for (size_t length = 2; length < text.size(); ++length) {
    first = std::max(first, strength_of(text.substr(0, length)));
    last = std::max(last, strength_of(text.substr(text.size() - length)));
  }
  out.Add(FeatureHash("first-part").Add(first).Add(out.script));
  out.Add(FeatureHash("last-part").Add(last).Add(out.script));
}

// Signs of common nouns: frequent words, in lists of such, that never speak nor act.
void NameFeatures::AddGeneric(uint32_t name, Collector& out) const {
  const NameCandidate& candidate = candidates_.names[name];
  if (candidate.occurrences.empty()) return;
  const NameOccurrence& at = candidates_.occurrences[candidate.occurrences[0]];
  uint64_t rarest = 0, sign = 0, plain = 1;
  for (uint32_t t = at.token; t <= at.last_token; ++t) {
    const Token& token = r_.tokens[t];
    if (token.kind != TokenKind::kHan) {
      if (token.kind == TokenKind::kLatin && !token.Is(kCommonEn | kCommonLatin)) plain = 0;
      continue;
    }
    const bool word = token.Is(kWord);
    rarest = std::max<uint64_t>(rarest, word ? token.entry->cost / 16u : 31u);
    if (!word || token.entry->cost > kFrequentCostMax) plain = 0;
    if (token.Is(kOrgHead)) sign |= 1;
    if (token.Is(kOrgName | kOrgListed | kBrand | kOrgAmbiguous)) sign |= 2;
    if (token.Is(kPlace)) sign |= 4;
  }
  out.Add(FeatureHash("rarest").Add(rarest / 2).Add(sign).Add(out.script));
  size_t lists = 0, named = 0, common = 0, acts = 0, seen = 0;
  for (const uint32_t index : candidate.occurrences) {
    if (seen == kContextsMax) break;
    ++seen;
    const NameOccurrence& occurrence = candidates_.occurrences[index];
    const Span within = r_.document.sentences[occurrence.sentence].span;
    const Span span = occurrence.span;
    const bool left = span.begin > within.begin && IsListMark(r_.At(span.begin - 1));
    const bool right = span.end < within.end && IsListMark(r_.At(span.end));
    lists += left || right;
    const auto neighbour = [&](uint32_t begin, uint32_t end) {
      bool has_name = false;
      for (uint32_t i = begin; i < end; ++i) has_name |= mention_at_[i] != 0;
      ++(has_name ? named : common);
    };
    if (left) {
      uint32_t begin = span.begin - 1;
      while (begin > within.begin && span.begin - begin < kItemCharsMax &&
             IsHan(r_.At(begin - 1)) && !IsListMark(r_.At(begin - 1))) {
        --begin;
      }
      neighbour(begin, span.begin - 1);
    }
    if (right) {
      uint32_t end = span.end + 1;
      while (end < within.end && end - span.end < kItemCharsMax && IsHan(r_.At(end)) &&
             !IsListMark(r_.At(end))) {
        ++end;
      }
      neighbour(span.end + 1, end);
    }
    const uint32_t after = occurrence.last_token + 1;
    if (after < r_.first_token[occurrence.sentence + 1]) {
      const Token& token = r_.tokens[after];
      acts += token.Is(kSpeech | kOrgVerbEn | kTitleHead) || token.pos() == 'v';
    }
  }
  const uint64_t list = lists == 0 ? 0 : lists == seen ? 2 : 1;
  const uint64_t company = named == 0 ? common == 0 ? 0 : 1 : common == 0 ? 3 : 2;
  out.Add(FeatureHash("listing").Add(list).Add(company).Add(out.script));
  out.Add(FeatureHash("listing-plain").Add(list).Add(company).Add(plain).Add(sign));
  out.Add(FeatureHash("acts").Add(acts > 0 ? 1u : 0u).Add(plain).Add(sign).Add(out.script));
  out.Add(FeatureHash("plain").Add(plain).Add(rarest / 4).Add(out.script));
  const float most = std::max(strength_[name].of[0], strength_[name].of[2]);
  out.Add(FeatureHash("plain-tag").Add(plain).Add(sign).Add(Level(most)).Add(out.script));
}

}  // namespace partnergraph
