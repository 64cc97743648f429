#include "ingest/name_features.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "ingest/character.h"
#include "ingest/feature_hash.h"
#include "ingest/name_feature_collector.h"

namespace partnergraph {
namespace {

enum class Script : uint64_t { kHan, kLatin, kMixed, kLatinInHan };

uint64_t Bucket(size_t count) {
  return count <= 3 ? count : count <= 5 ? 4 : count <= 9 ? 5 : count <= 19 ? 6 : 7;
}
uint64_t Tenth(float share) { return static_cast<uint64_t>(share * 5 + 0.01f); }

// Log odds against the rest, within [-2, 2].
float Logit(float p) {
  return std::clamp(std::log((p + 1e-3f) / (1 - p + 1e-3f)) / 3, -2.0f, 2.0f);
}

uint64_t LengthBucket(size_t size, bool han) {
  if (han) return size <= 8 ? size : size <= 12 ? 9 : size <= 18 ? 10 : 11;
  return size <= 3 ? size : size <= 5 ? 4 : size <= 8 ? 5 : size <= 14 ? 6 : size <= 24 ? 7 : 8;
}

// Xx, XX, xX, X9, 9 ...: the shape of a Latin word, runs as one.
std::u32string Shape(std::u32string_view word) {
  std::u32string shape;
  for (const char32_t c : word) {
    const char32_t s = IsUpper(c)   ? U'X'
                       : IsLower(c) ? U'x'
                       : IsDigit(c) ? U'9'
                       : IsHan(c)   ? U'汉'
                                    : c;
    if (shape.empty() || shape.back() != s) shape += s;
    if (shape.size() >= 8) break;
  }
  return shape;
}

std::u32string Lower(std::u32string_view word) {
  std::u32string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(), ToLower);
  return lower;
}

// Longest word at the end that is asked for.
constexpr size_t kEndingMax = 6;

// What is read of a bracket behind a name, whose end may be far away.
constexpr size_t kBracketCharsMax = 40;

// Whether a name between the two stands where the code of a share does.
bool IsShareCode(std::u32string_view left, std::u32string_view right) {
  if (left.ends_with(U' ')) left.remove_suffix(1);
  const bool closed = right.starts_with(U')') || right.starts_with(U',') || right.starts_with(U';');
  if (left.ends_with(U':')) {
    left = left.substr(left.size() - std::min<size_t>(left.size(), 24));
    const size_t open = left.rfind(U'(');
    return closed && open != left.npos && left.size() - open <= 24;
  }
  return left.ends_with(U'(') && right.starts_with(U'.');
}

}  // namespace

NameFeatures::NameFeatures(const Recognition& recognition, const NameCandidates& candidates,
                           std::span<const Mention> selected, const std::vector<TaggedSpan>* tagged)
    : r_(recognition), candidates_(candidates), words_(recognition) {
  const size_t count = candidates.occurrences.size();
  chosen_.assign(count, 0);
  inside_.assign(count, 0);
  crossed_.assign(count, 0);
  mention_at_.assign(r_.chars.size() + 2, 0);
  mention_edge_.assign(r_.chars.size() + 2, 0);
  std::vector<uint32_t> mention_of(r_.chars.size() + 1);  // 1 + index into selected.
  for (uint32_t m = 0; m < selected.size(); ++m) {
    const Mention& mention = selected[m];
    if (mention.type > MentionType::kProduct) continue;
    for (uint32_t i = mention.span.begin; i < mention.span.end; ++i) {
      if (mention_of[i] != 0) continue;
      mention_of[i] = m + 1;
      mention_at_[i] = static_cast<uint8_t>(1 + static_cast<unsigned>(mention.type));
    }
    mention_edge_[mention.span.begin] |= 1;
    mention_edge_[mention.span.end] |= 2;
  }
  for (size_t i = 0; i < count; ++i) {
    const Span span = candidates.occurrences[i].span;
    const uint32_t first = mention_of[span.begin], last = mention_of[span.end - 1];
    for (const uint32_t m : {first, last}) {
      if (m == 0) continue;
      const Mention& mention = selected[m - 1];
      const auto type = static_cast<uint8_t>(1 + static_cast<unsigned>(mention.type));
      if (mention.span == span) {
        chosen_[i] = type;
      } else if (mention.span.Contains(span)) {
        inside_[i] = type;
      } else {
        crossed_[i] |= span.Contains(mention.span) ? 1 : 2;
      }
    }
    // Choices that lie inside without touching the edges.
    if (first == 0 && last == 0) {
      for (uint32_t k = span.begin; k < span.end; ++k) {
        if (mention_of[k] != 0) {
          crossed_[i] |= 1;
          break;
        }
      }
    }
  }
  if (tagged != nullptr) ReadTags(*tagged);
  ReadKin();
}

// Reads the tagger's spans into tags_, those that may overlap an occurrence.
void NameFeatures::ReadTags(std::span<const TaggedSpan> tagged) {
  tags_.resize(candidates_.occurrences.size());
  size_t first = 0;
  for (size_t i = 0; i < tags_.size(); ++i) {
    const Span span = candidates_.occurrences[i].span;
    while (first < tagged.size() && tagged[first].span.begin + kNameCharsMax < span.begin) ++first;
    for (size_t k = first; k < tagged.size() && tagged[k].span.begin < span.end; ++k) {
      const TaggedSpan& tag = tagged[k];
      if (!tag.span.Overlaps(span)) continue;
      if (tag.span == span) {
        const auto type = static_cast<size_t>(tag.type);
        if (type < kTagTypes) tags_[i].of[type] = std::max(tags_[i].of[type], tag.probability);
        tags_[i].best |= tag.best;
        continue;
      }
      if (tag.type > MentionType::kProduct) continue;
      float& other = tag.span.Contains(span)   ? tags_[i].around
                     : span.Contains(tag.span) ? tags_[i].inside
                                               : tags_[i].across;
      other = std::max(other, tag.probability);
    }
  }
}

void NameFeatures::AddTags(uint32_t name, Collector& out) const {
  if (tags_.empty()) return;
  const NameCandidate& candidate = candidates_.names[name];
  Tags most, sum;
  size_t best = 0;
  for (const uint32_t i : candidate.occurrences) {
    const Tags& tags = tags_[i];
    for (size_t type = 0; type < kTagTypes; ++type) {
      most.of[type] = std::max(most.of[type], tags.of[type]);
      sum.of[type] += tags.of[type];
    }
    most.around = std::max(most.around, tags.around);
    most.across = std::max(most.across, tags.across);
    most.inside = std::max(most.inside, tags.inside);
    sum.around += tags.around;
    best += tags.best;
  }
  const auto count = static_cast<float>(std::max<size_t>(1, candidate.occurrences.size()));
  for (uint64_t type = 0; type < kTagTypes; ++type) {
    const float mean = sum.of[type] / count;
    out.Add(FeatureHash("tag").Add(type).Add(Level(most.of[type])).Add(out.script));
    out.Add(FeatureHash("tag-mean").Add(type).Add(Level(mean)).Add(out.script));
    if (type < 3) out.Add(FeatureHash("tag-logit").Add(type).Add(out.script), Logit(most.of[type]));
    if (type < 3) out.Add(FeatureHash("tag-mean-logit").Add(type), Logit(mean));
  }
  out.Add(FeatureHash("tag-best")
              .Add(Tenth(static_cast<float>(best) / count))
              .Add(Bucket(candidate.occurrences.size()))
              .Add(out.script));
  const float name_most = std::max({most.of[0], most.of[1], most.of[2]});
  // Together with what else speaks for or against a name.
  uint64_t chosen = 0, covered = 0;
  for (const uint32_t i : candidate.occurrences) {
    chosen |= uint64_t{1} << chosen_[i];
    covered |= inside_[i] != 0 ? 1u : crossed_[i] != 0 ? 2u : 4u;
  }
  const LexiconEntry& entry = r_.lexicon.Find(candidate.text);
  const uint64_t listed = (entry.Is(kOrgName) ? 1u : 0u) | (entry.Is(kOrgListed) ? 2u : 0u) |
                          (entry.Is(kBrand | kOrgAmbiguous) ? 4u : 0u) |
                          (entry.Is(kWord | kCommonEn) ? 8u : 0u) |
                          (entry.Is(kPlace | kProductName) ? 16u : 0u);
  for (uint64_t type = 0; type < 3; ++type) {
    const uint64_t level = Level(most.of[type]);
    out.Add(FeatureHash("tag-chosen").Add(type).Add(level).Add(chosen).Add(covered));
    out.Add(FeatureHash("tag-listed").Add(type).Add(level).Add(listed).Add(out.script));
    out.Add(FeatureHash("tag-sources").Add(type).Add(level).Add(candidate.sources));
    out.Add(FeatureHash("tag-length")
                .Add(type)
                .Add(level)
                .Add(std::min<uint64_t>(candidate.text.size(), 9))
                .Add(out.script));
    out.Add(FeatureHash("tag-count")
                .Add(type)
                .Add(level)
                .Add(Bucket(candidate.occurrences.size()))
                .Add(out.script));
  }
  out.Add(FeatureHash("tag-around").Add(Level(most.around)).Add(Level(name_most)).Add(out.script));
  out.Add(FeatureHash("tag-across").Add(Level(most.across)).Add(Level(name_most)).Add(out.script));
  out.Add(FeatureHash("tag-inside").Add(Level(most.inside)).Add(Level(name_most)).Add(out.script));
  out.Add(FeatureHash("tag-around-mean").Add(Level(sum.around / count)).Add(out.script));
}

bool NameFeatures::IsHopeless(uint32_t name) const {
  const NameCandidate& candidate = candidates_.names[name];
  if (candidate.occurrences.empty()) return true;
  if (tags_.empty() || !candidate.rules.empty()) return false;
  for (const uint32_t i : candidate.occurrences) {
    for (size_t type = 0; type < 3; ++type) {
      if (tags_[i].of[type] > 0) return false;
    }
  }
  return true;
}

void NameFeatures::Extract(uint32_t name, std::vector<Feature>& features) const {
  features.clear();
  Collector out(features);
  const std::u32string_view text = candidates_.names[name].text;
  const bool han = std::any_of(text.begin(), text.end(), IsHan);
  const bool latin = std::any_of(text.begin(), text.end(), IsLatin);
  const bool in_english =
      !candidates_.names[name].occurrences.empty() &&
      r_.IsEnglish(candidates_.occurrences[candidates_.names[name].occurrences[0]].sentence);
  const Script script = han          ? latin ? Script::kMixed : Script::kHan
                        : in_english ? Script::kLatin
                                     : Script::kLatinInHan;
  out.script = static_cast<uint64_t>(script);
  out.Add(FeatureHash("bias").Add(out.script));
  AddRules(name, out);
  AddTags(name, out);
  AddText(name, out);
  AddWords(name, out);
  AddLexicon(name, out);
  AddContext(name, out);
  AddDocument(name, out);
  AddGeneric(name, out);
  AddKin(name, out);
  out.Finish();
}

void NameFeatures::AddRules(uint32_t name, Collector& out) const {
  const NameCandidate& candidate = candidates_.names[name];
  const auto occurrences = static_cast<float>(std::max<size_t>(1, candidate.occurrences.size()));
  float best[3] = {0, 0, 0};
  for (const NameRule& rule : candidate.rules) {
    const auto type = static_cast<uint64_t>(rule.type);
    const std::string_view by(rule.rule);
    out.Add(FeatureHash("rule").Add(by).Add(type));
    out.Add(FeatureHash("rule-score").Add(by).Add(type).Add(Tenth(rule.score)));
    out.Add(FeatureHash("rule-share")
                .Add(by)
                .Add(type)
                .Add(Tenth(std::min(1.0f, static_cast<float>(rule.count) / occurrences))));
    best[type] = std::max(best[type], rule.score);
  }
  for (uint64_t type = 0; type < 3; ++type) {
    out.Add(
        FeatureHash("best").Add(type).Add(static_cast<uint64_t>(best[type] * 10)).Add(out.script));
  }
  out.Add(FeatureHash("rules").Add(Bucket(candidate.rules.size())).Add(out.script));
  out.Add(FeatureHash("sources").Add(candidate.sources).Add(out.script));
  for (uint64_t bit = 0; bit < 11; ++bit) {
    if (candidate.sources >> bit & 1) out.Add(FeatureHash("source").Add(bit).Add(out.script));
  }
  // What the rules alone would decide.
  size_t chosen[4] = {0, 0, 0, 0}, inside = 0, crossed = 0, free = 0;
  uint64_t inside_types = 0, crossed_kinds = 0;
  for (const uint32_t i : candidate.occurrences) {
    ++chosen[chosen_[i]];
    inside += inside_[i] != 0;
    if (inside_[i] != 0) inside_types |= uint64_t{1} << inside_[i];
    crossed += crossed_[i] != 0;
    crossed_kinds |= crossed_[i];
    free += chosen_[i] == 0 && inside_[i] == 0 && crossed_[i] == 0;
  }
  uint64_t state = 0;
  for (uint64_t type = 1; type < 4; ++type) {
    if (chosen[type] == 0) continue;
    state |= uint64_t{1} << type;
    out.Add(FeatureHash("chosen").Add(type).Add(out.script));
    out.Add(FeatureHash("chosen-share")
                .Add(type)
                .Add(Tenth(static_cast<float>(chosen[type]) / occurrences))
                .Add(out.script));
  }
  if (inside > 0) {
    out.Add(FeatureHash("inside").Add(inside_types).Add(out.script));
    out.Add(FeatureHash("inside-share")
                .Add(Tenth(static_cast<float>(inside) / occurrences))
                .Add(out.script));
  }
  if (crossed > 0) {
    out.Add(FeatureHash("crossed").Add(crossed_kinds).Add(out.script));
    out.Add(FeatureHash("crossed-share")
                .Add(Tenth(static_cast<float>(crossed) / occurrences))
                .Add(out.script));
  }
  const uint64_t whole = (inside == candidate.occurrences.size() ? 1u : 0u) |
                         (crossed == candidate.occurrences.size() ? 2u : 0u) | (free > 0 ? 4u : 0u);
  out.Add(FeatureHash("state").Add(state).Add(whole).Add(out.script));
}

void NameFeatures::AddText(uint32_t name, Collector& out) const {
  const std::u32string_view text = candidates_.names[name].text;
  const bool han = out.script == static_cast<uint64_t>(Script::kHan) ||
                   out.script == static_cast<uint64_t>(Script::kMixed);
  out.Add(FeatureHash("length").Add(LengthBucket(text.size(), han)).Add(out.script));
  const std::u32string shape = Shape(text);
  out.Add(FeatureHash("shape").Add(std::u32string_view(shape)).Add(out.script));
  if (han) {
    for (size_t n = 1; n <= 3 && n <= text.size(); ++n) {
      out.Add(FeatureHash("prefix").Add(text.substr(0, n)));
      out.Add(FeatureHash("suffix").Add(text.substr(text.size() - n)));
    }
    for (size_t i = 0; i + 2 <= text.size() && i < 16; ++i) {
      out.Add(FeatureHash("bigram").Add(text.substr(i, 2)));
    }
    for (size_t i = 0; i < text.size() && i < 16; ++i) {
      out.Add(FeatureHash("char").Add(text.substr(i, 1)));
    }
  } else {
    const std::u32string lower = Lower(text);
    const std::u32string_view view(lower);
    for (size_t n = 2; n <= 4 && n <= view.size(); ++n) {
      out.Add(FeatureHash("suffix-en").Add(view.substr(view.size() - n)));
      out.Add(FeatureHash("prefix-en").Add(view.substr(0, n)));
    }
  }
}

void NameFeatures::AddWords(uint32_t name, Collector& out) const {
  const NameCandidate& candidate = candidates_.names[name];
  if (candidate.occurrences.empty()) return;
  const NameOccurrence& occurrence = candidates_.occurrences[candidate.occurrences[0]];
  uint64_t words = 0, tokens = 0, singles = 0, unknown = 0, names_en = 0, common = 0, generic = 0;
  std::u32string kinds;
  uint32_t first = UINT32_MAX, last = 0;
  for (uint32_t t = occurrence.token; t <= occurrence.last_token; ++t) {
    const Token& token = r_.tokens[t];
    if (token.kind == TokenKind::kSpace) continue;
    if (first == UINT32_MAX) first = t;
    last = t;
    ++tokens;
    const std::u32string_view word = r_.Chars(token.span);
    if (token.kind == TokenKind::kHan) {
      singles += token.span.size() == 1;
      unknown += token.entry->classes == 0;
      if (kinds.size() < 8) {
        kinds += token.entry->classes == 0          ? U'?'
                 : token.Is(kOrgHead)               ? U'H'
                 : token.Is(kProductHead)           ? U'Q'
                 : token.Is(kPlace)                 ? U'P'
                 : token.Is(kOrgName | kOrgListed)  ? U'O'
                 : token.Is(kBrand | kOrgAmbiguous) ? U'B'
                                                    : static_cast<char32_t>(token.pos());
        if (token.span.size() == 1) kinds += U'1';
      }
    } else if (token.kind == TokenKind::kLatin) {
      ++words;
      names_en += token.Is(kNameEn);
      const bool is_common = words_.IsCommon(word) || token.Is(kCommonEn);
      common += is_common;
      generic += token.Is(kGenericEn | kOrgHeadEn | kLegalEn | kProductHeadEn);
      if (kinds.size() < 8) {
        kinds += token.Is(kLegalEn)         ? U'L'
                 : token.Is(kOrgHeadEn)     ? U'H'
                 : token.Is(kProductHeadEn) ? U'Q'
                 : token.Is(kTitleHead)     ? U'T'
                 : token.Is(kPlace)         ? U'P'
                 : token.Is(kNameEn)        ? U'N'
                 : token.Is(kGeoEn)         ? U'G'
                 : token.Is(kNotNameEn)     ? U'D'
                 : is_common                ? U'c'
                 : IsLower(word[0])         ? U'l'
                                            : U'x';
      }
      const std::u32string lower = Lower(word);
      out.Add(FeatureHash("word").Add(std::u32string_view(lower)));
    } else if (kinds.size() < 8) {
      kinds += token.kind == TokenKind::kNumber ? U'9' : r_.At(token.span.begin);
    }
  }
  if (first == UINT32_MAX) return;
  out.Add(FeatureHash("kinds").Add(std::u32string_view(kinds)));
  out.Add(FeatureHash("tokens").Add(std::min<uint64_t>(tokens, 7)).Add(out.script));
  out.Add(FeatureHash("singles")
              .Add(std::min<uint64_t>(singles, 4))
              .Add(std::min<uint64_t>(unknown, 4))
              .Add(out.script));
  if (words > 0) {
    out.Add(FeatureHash("words")
                .Add(std::min<uint64_t>(words, 7))
                .Add(std::min<uint64_t>(names_en, 3))
                .Add(out.script));
    out.Add(FeatureHash("common")
                .Add(std::min<uint64_t>(words, 4))
                .Add(std::min<uint64_t>(common, 4))
                .Add(out.script));
    out.Add(FeatureHash("generic")
                .Add(std::min<uint64_t>(words, 4))
                .Add(std::min<uint64_t>(generic, 4))
                .Add(out.script));
    if (common + generic >= words) out.Add(FeatureHash("all-common").Add(out.script));
  }
  const std::u32string first_word = Lower(r_.Chars(r_.tokens[first].span));
  const std::u32string last_word = Lower(r_.Chars(r_.tokens[last].span));
  out.Add(FeatureHash("first").Add(std::u32string_view(first_word)));
  out.Add(FeatureHash("last").Add(std::u32string_view(last_word)));
  for (uint64_t bit = 0; bit < 37; ++bit) {
    if (r_.tokens[first].entry->classes >> bit & 1)
      out.Add(FeatureHash("first-is").Add(bit).Add(out.script));
    if (r_.tokens[last].entry->classes >> bit & 1)
      out.Add(FeatureHash("last-is").Add(bit).Add(out.script));
  }
  out.Add(FeatureHash("first-pos")
              .Add(static_cast<uint64_t>(static_cast<unsigned char>(r_.tokens[first].pos()))));
  out.Add(FeatureHash("last-pos")
              .Add(static_cast<uint64_t>(static_cast<unsigned char>(r_.tokens[last].pos()))));
}

void NameFeatures::AddLexicon(uint32_t name, Collector& out) const {
  const std::u32string_view text = candidates_.names[name].text;
  const LexiconEntry& entry = r_.lexicon.Find(text);
  if (entry.classes == 0) out.Add(FeatureHash("unlisted").Add(out.script));
  for (uint64_t bit = 0; bit < 37; ++bit) {
    if (entry.classes >> bit & 1) out.Add(FeatureHash("is").Add(bit).Add(out.script));
  }
  if (entry.Is(kWord)) {
    out.Add(FeatureHash("cost").Add(entry.cost / 32u).Add(out.script));
    out.Add(FeatureHash("pos").Add(static_cast<uint64_t>(static_cast<unsigned char>(entry.pos))));
  }
  out.Add(FeatureHash("classes").Add(entry.classes & ~uint64_t{kWord}).Add(out.script));
  if (!std::any_of(text.begin(), text.end(), IsHan)) return;
  const LexiconEntry* head = nullptr;
  const size_t length = r_.lexicon.FindOrgHead(text, 0, text.size(), head);
  if (length > 0) {
    out.Add(FeatureHash("head").Add(text.substr(text.size() - length)));
    out.Add(FeatureHash("head-kind")
                .Add(static_cast<uint64_t>(head->strength))
                .Add(std::min<uint64_t>(text.size() - length, 5)));
  }
  if (const size_t n = r_.lexicon.FindEnding(text, kProductHead, 2, kEndingMax); n > 0) {
    out.Add(FeatureHash("product-head").Add(text.substr(text.size() - n)));
    out.Add(FeatureHash("product-head-of").Add(std::min<uint64_t>(text.size() - n, 5)));
  }
  if (r_.lexicon.FindEnding(text, kDocument, 1, kEndingMax) > 0) out.Add(FeatureHash("document"));
  // The longest list entry that begins it.
  uint64_t classes = 0, longest = 0;
  r_.lexicon.Match(text, 0, [&](size_t n, const LexiconEntry& prefix) {
    if (n == text.size() ||
        !prefix.Is(kPlace | kOrgName | kOrgListed | kOrgAmbiguous | kBrand | kSurname))
      return;
    longest = n;
    classes = prefix.classes &
              (kPlace | kOrgName | kOrgListed | kOrgAmbiguous | kBrand | kSurname | kCountry);
  });
  if (longest > 0) {
    out.Add(FeatureHash("begins").Add(classes));
    out.Add(
        FeatureHash("begins-rest").Add(classes).Add(std::min<uint64_t>(text.size() - longest, 4)));
  }
  const PersonChar& surname = r_.lexicon.PersonCharOf(text[0]);
  if (surname.surname > 0 && text.size() <= 4) {
    uint64_t plausible = 0;
    for (size_t i = 1; i < text.size(); ++i) {
      const PersonChar& c = r_.lexicon.PersonCharOf(text[i]);
      const unsigned count = i == 1 ? (text.size() == 2 ? c.single : c.first) : c.second;
      plausible = plausible * 4 + (count == 0 ? 0 : count < 10 ? 1 : count < 60 ? 2 : 3);
    }
    out.Add(FeatureHash("given").Add(text.size()).Add(plausible));
    out.Add(FeatureHash("surname")
                .Add(text.size())
                .Add(surname.surname < 20    ? 0
                     : surname.surname < 200 ? 1
                                             : 2));
  }
}

void NameFeatures::AddContext(uint32_t name, Collector& out) const {
  const NameCandidate& candidate = candidates_.names[name];
  const bool han_text = std::any_of(candidate.text.begin(), candidate.text.end(), IsHan);
  size_t seen = 0;
  for (const uint32_t index : candidate.occurrences) {
    if (inside_[index] != 0 && candidate.occurrences.size() > 1 &&
        index != candidate.occurrences[0])
      continue;
    if (seen++ == kContextsMax) break;
    const NameOccurrence& occurrence = candidates_.occurrences[index];
    const Span span = occurrence.span;
    const Sentence& sentence = r_.document.sentences[occurrence.sentence];
    const Span within = sentence.span;
    const std::u32string_view left = r_.chars.substr(within.begin, span.begin - within.begin);
    const std::u32string_view right = r_.chars.substr(span.end, within.end - span.end);
    const bool english = r_.IsEnglish(occurrence.sentence);
    const uint64_t kind = out.script;
    if (!occurrence.aligned) out.Add(FeatureHash("unaligned").Add(kind));
    if (left.empty()) out.Add(FeatureHash("begins-sentence").Add(kind));
    if (right.empty()) out.Add(FeatureHash("ends-sentence").Add(kind));
    if (left.empty() && right.empty()) out.Add(FeatureHash("is-sentence").Add(kind));
    if (!english) {
      for (size_t n = 1; n <= 3; ++n) {
        if (left.size() >= n) out.Add(FeatureHash("left").Add(left.substr(left.size() - n)));
        if (right.size() >= n) out.Add(FeatureHash("right").Add(right.substr(0, n)));
      }
      if (!left.empty() && !right.empty()) {
        out.Add(FeatureHash("around").Add(left.substr(left.size() - 1)).Add(right.substr(0, 1)));
      }
    }
    // Words around it, over a space.
    const uint32_t first = r_.first_token[occurrence.sentence];
    const uint32_t last = r_.first_token[occurrence.sentence + 1];
    uint32_t before = occurrence.token, after = occurrence.last_token + 1;
    if (before > first && r_.tokens[before - 1].kind == TokenKind::kSpace) --before;
    if (after < last && r_.tokens[after].kind == TokenKind::kSpace) ++after;
    if (before > first) {
      const Token& token = r_.tokens[before - 1];
      const std::u32string word = Lower(r_.Chars(token.span));
      out.Add(FeatureHash("left-word").Add(std::u32string_view(word)).Add(kind));
      for (const uint64_t bit :
           {9, 10, 11, 12, 13, 14, 15, 17, 18, 19, 1, 3, 6, 20, 21, 22, 24, 27, 28, 34, 35}) {
        if (token.entry->classes >> bit & 1) out.Add(FeatureHash("left-is").Add(bit).Add(kind));
      }
      if (token.kind == TokenKind::kHan)
        out.Add(FeatureHash("left-pos")
                    .Add(static_cast<uint64_t>(static_cast<unsigned char>(token.pos()))));
      if (r_.IsCapitalized(before - 1)) out.Add(FeatureHash("left-capital").Add(kind));
      uint32_t second = before - 1;
      if (second > first && r_.tokens[second - 1].kind == TokenKind::kSpace) --second;
      if (second > first) {
        const std::u32string more = Lower(r_.Chars(r_.tokens[second - 1].span));
        out.Add(FeatureHash("left-words")
                    .Add(std::u32string_view(more))
                    .Add(std::u32string_view(word))
                    .Add(kind));
        out.Add(FeatureHash("left-word-2").Add(std::u32string_view(more)).Add(kind));
      }
    }
    if (after < last) {
      const Token& token = r_.tokens[after];
      const std::u32string word = Lower(r_.Chars(token.span));
      out.Add(FeatureHash("right-word").Add(std::u32string_view(word)).Add(kind));
      for (const uint64_t bit :
           {9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 1, 3, 6, 20, 21, 22, 24, 27, 28, 34, 35}) {
        if (token.entry->classes >> bit & 1) out.Add(FeatureHash("right-is").Add(bit).Add(kind));
      }
      if (token.kind == TokenKind::kHan)
        out.Add(FeatureHash("right-pos")
                    .Add(static_cast<uint64_t>(static_cast<unsigned char>(token.pos()))));
      if (r_.IsCapitalized(after)) out.Add(FeatureHash("right-capital").Add(kind));
      uint32_t second = after + 1;
      if (second < last && r_.tokens[second].kind == TokenKind::kSpace) ++second;
      if (second < last) {
        const std::u32string more = Lower(r_.Chars(r_.tokens[second].span));
        out.Add(FeatureHash("right-words")
                    .Add(std::u32string_view(word))
                    .Add(std::u32string_view(more))
                    .Add(kind));
        out.Add(FeatureHash("right-word-2").Add(std::u32string_view(more)).Add(kind));
      }
    }
    // Titles and the rules' names beside it.
    const bool title_before =
        span.begin > 0 &&
        (r_.in_title[span.begin - 1] ||
         (span.begin > 1 && IsSpace(r_.At(span.begin - 1)) && r_.in_title[span.begin - 2]));
    const bool title_after =
        r_.in_title[span.end] || (span.end + 1 < r_.in_title.size() && IsSpace(r_.At(span.end)) &&
                                  r_.in_title[span.end + 1]);
    if (title_before) out.Add(FeatureHash("title-before").Add(kind));
    if (title_after) out.Add(FeatureHash("title-after").Add(kind));
    if (r_.in_title[span.begin]) out.Add(FeatureHash("in-job-title").Add(kind));
    if (span.begin > 0 && mention_at_[span.begin - 1] != 0) {
      out.Add(FeatureHash("name-before").Add(mention_at_[span.begin - 1]).Add(kind));
    }
    if (mention_at_[span.end] != 0)
      out.Add(FeatureHash("name-after").Add(mention_at_[span.end]).Add(kind));
    const uint32_t left2 = span.begin >= 2 ? mention_at_[span.begin - 2] : 0u;
    if (left2 != 0 && span.begin >= 1 && mention_at_[span.begin - 1] == 0) {
      out.Add(
          FeatureHash("name-left").Add(left2).Add(r_.chars.substr(span.begin - 1, 1)).Add(kind));
    }
    const uint32_t right2 = span.end + 1 < r_.chars.size() ? mention_at_[span.end + 1] : 0u;
    if (right2 != 0 && mention_at_[span.end] == 0) {
      out.Add(FeatureHash("name-right").Add(right2).Add(r_.chars.substr(span.end, 1)).Add(kind));
    }
    if (sentence.title) out.Add(FeatureHash("in-title").Add(kind));
    if (sentence.boilerplate) out.Add(FeatureHash("in-boilerplate").Add(kind));
    // Codes of shares: "(NYSE: ACME)", (ACME.US), (600000.SH).
    if (!han_text && IsShareCode(left, right)) out.Add(FeatureHash("share-code").Add(kind));
    // What follows in brackets.
    if (!right.empty() &&
        (right[0] == U'(' || (right.size() > 1 && right[0] == U' ' && right[1] == U'('))) {
      const std::u32string_view inside = right.substr(right[0] == U'(' ? 1 : 2, kBracketCharsMax);
      const char32_t c = inside.empty() ? U'\0' : inside[0];
      const uint64_t what = IsUpper(c) ? 1 : IsDigit(c) ? 2 : IsHan(c) ? 3 : IsLower(c) ? 4 : 5;
      const size_t close = inside.find(U')');
      const std::u32string_view note = inside.substr(0, close);
      const bool code = note.find(U':') != note.npos || note.find(U'.') != note.npos;
      const bool defined = note.find(U"简称") != note.npos || note.find(U"下称") != note.npos ||
                           note.find(U'“') != note.npos || note.find(U'"') != note.npos;
      out.Add(
          FeatureHash("bracket").Add(what).Add(code ? 1u : 0u).Add(defined ? 1u : 0u).Add(kind));
    }
  }
}

void NameFeatures::AddDocument(uint32_t name, Collector& out) const {
  const NameCandidate& candidate = candidates_.names[name];
  const size_t count = candidate.occurrences.size();
  out.Add(FeatureHash("count").Add(Bucket(count)).Add(out.script));
  if (count == 0) return;
  // How many different characters stand around it: parts of longer names have one.
  char32_t lefts[kContextsMax], rights[kContextsMax];
  size_t left_count = 0, right_count = 0, seen = 0;
  bool title = false, begin = false;
  for (const uint32_t index : candidate.occurrences) {
    const NameOccurrence& occurrence = candidates_.occurrences[index];
    title |= r_.document.sentences[occurrence.sentence].title;
    begin |= occurrence.sentence <= 2;
    if (seen++ >= kContextsMax) continue;
    const char32_t left = r_.Before(occurrence.span.begin), right = r_.At(occurrence.span.end);
    if (std::find(lefts, lefts + left_count, left) == lefts + left_count)
      lefts[left_count++] = left;
    if (std::find(rights, rights + right_count, right) == rights + right_count)
      rights[right_count++] = right;
  }
  if (count >= 2) {
    out.Add(FeatureHash("variety")
                .Add(std::min<uint64_t>(count, 4))
                .Add(std::min<uint64_t>(left_count, 3))
                .Add(std::min<uint64_t>(right_count, 3))
                .Add(out.script));
    if (left_count == 1 && (IsHan(lefts[0]) || IsAlphanumeric(lefts[0])))
      out.Add(FeatureHash("left-fixed").Add(Bucket(count)).Add(out.script));
    if (right_count == 1 && (IsHan(rights[0]) || IsAlphanumeric(rights[0])))
      out.Add(FeatureHash("right-fixed").Add(Bucket(count)).Add(out.script));
  }
  out.Add(FeatureHash("where")
              .Add(title ? 1u : 0u)
              .Add(begin ? 1u : 0u)
              .Add(count > 1 ? 1u : 0u)
              .Add(out.script));
}

}  // namespace partnergraph
