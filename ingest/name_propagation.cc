// The document pass: a name that was recognized once is found everywhere, in full and in the short
// forms that it has.
#include <algorithm>
#include <map>

#include "absl/container/flat_hash_map.h"
#include "ingest/character.h"
#include "ingest/name_forms.h"
#include "ingest/recognition.h"

namespace partnergraph {
namespace {

constexpr size_t kNamesMax = 4000;
constexpr float kScoreMin = 0.55f;
constexpr float kAliasScore = 0.75f;

struct Name {
  Candidate like;
  bool short_form = false;
};

// Names by their characters; longest match from a position.
class NameTrie {
 public:
  void Add(std::u32string_view text, const Name& name) {
    uint32_t node = 0;
    for (const char32_t c : text) {
      const auto [it, added] = next_.try_emplace(uint64_t{node} << 21 | ToLower(c), nodes_);
      if (added) ++nodes_;
      node = it->second;
    }
    const auto [it, added] = names_.try_emplace(node, name);
    if (!added && it->second.like.score < name.like.score && !name.short_form) it->second = name;
  }
  template <typename Visit>
  void Match(std::u32string_view chars, uint32_t begin, Visit visit) const {
    uint32_t node = 0;
    for (uint32_t i = begin; i < chars.size(); ++i) {
      const auto it = next_.find(uint64_t{node} << 21 | ToLower(chars[i]));
      if (it == next_.end()) return;
      node = it->second;
      const auto name = names_.find(node);
      if (name != names_.end()) visit(Span{begin, i + 1}, name->second);
    }
  }

 private:
  absl::flat_hash_map<uint64_t, uint32_t> next_;
  absl::flat_hash_map<uint32_t, Name> names_;
  uint32_t nodes_ = 1;
};

// Last names of people with Latin names.
std::u32string_view LastName(std::u32string_view name) {
  const size_t space = name.rfind(U' ');
  if (space == name.npos || name.size() - space < 4) return {};
  return name.substr(space + 1);
}

// Whether a word is too common to stand for a name without a sign that it does.
bool NeedsContext(const Recognition& r, Span span) {
  const LexiconEntry& entry = r.lexicon.Find(r.Chars(span));
  if (entry.Is(kOrgName | kOrgListed)) return false;
  if (entry.Is(kOrgAmbiguous)) return true;
  if (!IsHan(r.At(span.begin))) return entry.Is(kNameEn | kPlace | kNotNameEn);
  return entry.Is(kPlace) || (entry.Is(kWord) && entry.cost < 17 * 16 && entry.pos != 'Z' &&
                              entry.pos != 'R' && entry.pos != 'O');
}

}  // namespace

void PropagateNames(Recognition& r) {
  NameTrie trie;
  size_t names = 0;
  const size_t found = r.candidates.size();
  absl::flat_hash_map<std::u32string, float> seen;
  for (size_t i = 0; i < found && names < kNamesMax; ++i) {
    const Candidate candidate = r.candidates[i];
    if (candidate.type > MentionType::kProduct || candidate.score < kScoreMin) continue;
    const std::u32string_view text = r.Chars(candidate.span);
    const auto [it, added] = seen.try_emplace(std::u32string(text), candidate.score);
    if (!added && it->second >= candidate.score) continue;
    it->second = candidate.score;
    ++names;
    Name name{candidate, false};
    // A defined short name must not hide the full one that begins with it.
    if (std::string_view(candidate.rule) == "alias") {
      name.like.score = std::min(candidate.score, kAliasScore);
    }
    trie.Add(text, name);
    name.short_form = true;
    name.like.score = std::min(candidate.score, 0.8f) - 0.05f;
    if (candidate.type == MentionType::kCompany && !candidate.local_name) {
      for (const std::u32string& form : OrganizationShortForms(text)) trie.Add(form, name);
    } else if (candidate.type == MentionType::kPerson) {
      const std::u32string_view last = LastName(text);
      if (!last.empty() && IsLatin(last[0])) trie.Add(last, name);
    } else if (candidate.type == MentionType::kProduct && IsLatin(text[0])) {
      // The brand of a longer name: VelaLearn.
      size_t end = 0;
      while (end < text.size() && IsAlphanumeric(text[end])) ++end;
      if (end >= 4 && end < text.size() && IsHan(text[end])) trie.Add(text.substr(0, end), name);
    }
  }
  size_t sentence = 0;
  const auto& sentences = r.document.sentences;
  for (uint32_t i = 0; i < r.chars.size(); ++i) {
    while (sentence < sentences.size() && sentences[sentence].span.end <= i) ++sentence;
    if (sentence == sentences.size()) break;
    if (i < sentences[sentence].span.begin) continue;
    trie.Match(r.chars, i, [&](Span span, const Name& name) {
      const bool latin_start = IsAlphanumeric(r.At(span.begin));
      if (latin_start && i > 0 && IsAlphanumeric(r.Before(i))) return;
      if (latin_start && IsLower(r.At(span.begin)) != IsLower(r.At(name.like.span.begin)) &&
          !name.short_form) {
        return;
      }
      if (latin_start && name.short_form && !IsUpper(r.At(span.begin))) return;
      if (IsAlphanumeric(r.At(span.end - 1)) && IsAlphanumeric(r.At(span.end))) return;
      if (name.like.local_name) {
        // "the Company" counts as it stands; "公司" would be everywhere.
        if (!latin_start && span.size() < 3) return;
      }
      const bool aligned = r.boundary[span.begin] && r.boundary[span.end];
      if (IsHan(r.At(span.begin)) && !aligned && (span.size() < 3 || name.short_form)) {
        if (!(r.boundary[span.begin] && span.size() >= 3)) return;
      }
      if (NeedsContext(r, span) && (name.short_form || name.like.score < 0.7f) &&
          r.OrganizationContext(span, sentence) < 1 && name.like.type == MentionType::kCompany) {
        return;
      }
      Candidate candidate = name.like;
      candidate.span = span;
      candidate.score = std::max(0.5f, name.like.score - (name.short_form ? 0.0f : 0.02f));
      candidate.rule = name.short_form ? "short" : "again";
      r.candidates.push_back(candidate);
    });
  }
}

}  // namespace partnergraph
