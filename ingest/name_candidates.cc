#include "ingest/name_candidates.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "ingest/character.h"

namespace partnergraph {
namespace {

constexpr uint32_t kLeftTokensMax = 7;  // Before a head.
constexpr uint32_t kProductHeadMax = 6;
constexpr uint32_t kQuotedCharsMax = 30;
constexpr uint32_t kItemCharsMax = 24;
constexpr uint32_t kRunCharsMax = 6;  // Of brands that no list has.
constexpr uint32_t kRunTokensMax = 4;
constexpr uint32_t kWordsMax = 6;        // Of names in Latin script that are parts of longer runs.
constexpr uint32_t kWholeWordsMax = 14;  // Of whole runs.
constexpr uint32_t kHanBeforeLatinMax = 3;
constexpr uint32_t kHanAfterLatinMax = 5;  // Tokens between a Latin brand and its head.

bool IsOneOfChars(char32_t c, std::u32string_view chars) {
  return chars.find(c) != std::u32string_view::npos;
}

// Proposes spans, sentence by sentence.
class Proposer {
 public:
  Proposer(const Recognition& recognition, std::vector<NameProposal>& proposals)
      : r_(recognition), proposals_(proposals) {}

  void Run() {
    for (size_t s = 0; s < r_.document.sentences.size(); ++s) {
      within_ = r_.document.sentences[s].span;
      first_ = r_.first_token[s];
      last_ = r_.first_token[s + 1];
      text_ = r_.chars.substr(0, within_.end);
      const bool english = r_.IsEnglish(s);
      for (uint32_t t = first_; t < last_; ++t) {
        const TokenKind kind = r_.tokens[t].kind;
        if (kind == TokenKind::kHan) {
          FromLexicon(t);
          FromHead(t);
          FromBrandRun(t);
          FromPerson(t);
        } else if (kind == TokenKind::kLatin || kind == TokenKind::kNumber) {
          FromLatin(t, english);
        } else if (kind == TokenKind::kMark) {
          FromQuotes(t);
          FromItem(t);
        }
      }
    }
  }

 private:
  void Propose(Span span, NameSource source) {
    if (span.size() >= 2 && span.size() <= kNameCharsMax) proposals_.push_back({span, source});
  }
  void ProposeTokens(uint32_t begin, uint32_t end, NameSource source) {
    Propose({r_.tokens[begin].span.begin, r_.tokens[end - 1].span.end}, source);
  }
  char32_t MarkAt(uint32_t token) const {
    return r_.tokens[token].kind == TokenKind::kMark ? r_.At(r_.tokens[token].span.begin) : U'\0';
  }

  void FromLexicon(uint32_t index) {
    const uint32_t begin = r_.tokens[index].span.begin;
    r_.lexicon.Match(text_, begin, [&](size_t length, const LexiconEntry& entry) {
      const uint32_t end = begin + static_cast<uint32_t>(length);
      const bool name = entry.Is(kOrgName | kOrgAmbiguous | kOrgListed | kBrand | kProductName) ||
                        (length >= 3 && (entry.pos == 'Z' || entry.pos == 'O'));
      if (name && r_.boundary[end]) Propose({begin, end}, kFromLexicon);
    });
  }

  bool EndsName(const Token& token) const {
    if (token.kind == TokenKind::kSpace) return false;
    if (token.kind == TokenKind::kMark) return true;
    return token.span.size() == 1 && r_.lexicon.IsCharStop(r_.At(token.span.begin));
  }

  // Names that end in a word for organizations or products, from each word before it.
  void FromHead(uint32_t index) {
    const Token& token = r_.tokens[index];
    const LexiconEntry* head = nullptr;
    const auto org = static_cast<uint32_t>(
        r_.lexicon.FindOrgHead(r_.chars, within_.begin, token.span.end, head));
    const std::u32string_view until =
        r_.chars.substr(within_.begin, token.span.end - within_.begin);
    const auto product =
        static_cast<uint32_t>(r_.lexicon.FindEnding(until, kProductHead, 2, kProductHeadMax));
    if (org == 0 && product == 0) return;
    const NameSource source = org >= product ? kFromOrgHead : kFromProductHead;
    const uint32_t head_begin = token.span.end - std::max(org, product);
    int depth = 0;
    for (uint32_t i = index; i > first_ && index - i < kLeftTokensMax; --i) {
      const Token& before = r_.tokens[i - 1];
      const char32_t mark = MarkAt(i - 1);
      if (mark == U')') {
        ++depth;
        continue;
      }
      if (mark == U'(') {
        if (--depth < 0) return;
        continue;
      }
      if (mark != U'\0' && mark != U'·' && mark != U'-' && mark != U'&') return;
      if (before.kind == TokenKind::kSpace && depth == 0 &&
          (i < first_ + 2 || r_.tokens[i - 2].kind != TokenKind::kLatin)) {
        return;
      }
      if (depth == 0 && before.span.size() == 1 &&
          IsOneOfChars(r_.At(before.span.begin), U"的是在")) {
        return;
      }
      if (depth == 0 && before.span.begin < head_begin && before.kind != TokenKind::kSpace) {
        ProposeTokens(i - 1, index + 1, source);
      }
    }
    if (token.span.begin < head_begin) ProposeTokens(index, index + 1, source);
  }

  bool IsBrandToken(uint32_t index) const {
    const Token& token = r_.tokens[index];
    if (token.kind != TokenKind::kHan) return false;
    if (token.Is(kOrgStop | kTitleHead | kTitleWeak | kSpeech | kPersonBefore)) return false;
    if (token.span.size() == 1) return !r_.lexicon.IsCharStop(r_.At(token.span.begin));
    if (token.entry->classes == 0 ||
        token.Is(kOrgName | kOrgListed | kOrgAmbiguous | kBrand | kPlace)) {
      return true;
    }
    return token.pos() == 'Z' || token.pos() == 'R' || token.pos() == 'j' || token.pos() == 'P' ||
           token.entry->cost > 18 * 16;
  }

  // Unknown words: runs of single characters and rare words.
  void FromBrandRun(uint32_t index) {
    if (!IsBrandToken(index)) return;
    for (uint32_t end = index + 1; end <= last_ && end - index <= kRunTokensMax; ++end) {
      if (!IsBrandToken(end - 1)) return;
      if (r_.tokens[end - 1].span.end - r_.tokens[index].span.begin > kRunCharsMax) return;
      ProposeTokens(index, end, kFromBrandRun);
    }
  }

  bool IsForeign(uint32_t index) const {
    const Token& token = r_.tokens[index];
    if (token.kind != TokenKind::kHan) return MarkAt(index) == U'·';
    if (token.Is(kTitleHead | kTitleWeak | kSpeech | kOrgStop | kHonorific)) return false;
    for (uint32_t i = token.span.begin; i < token.span.end; ++i) {
      if (!r_.lexicon.IsTransliteration(r_.At(i))) return false;
    }
    return true;
  }

  // A surname and one or two characters; foreign characters.
  void FromPerson(uint32_t index) {
    const uint32_t begin = r_.tokens[index].span.begin;
    const bool two =
        begin + 2 <= within_.end && r_.lexicon.Find(r_.chars.substr(begin, 2)).Is(kSurname);
    const bool one = r_.lexicon.Find(r_.chars.substr(begin, 1)).Is(kSurname);
    if (one || two) {
      const uint32_t surname = two ? 2 : 1;
      for (uint32_t given = 1; given <= 2; ++given) {
        const uint32_t end = begin + surname + given;
        if (end > within_.end || !IsHan(r_.At(end - 1))) break;
        if (r_.boundary[end] && !r_.lexicon.IsNotGiven(r_.At(end - 1))) {
          Propose({begin, end}, kFromPerson);
        }
      }
    }
    if (!IsForeign(index) || (index > first_ && IsForeign(index - 1))) return;
    uint32_t end = index;
    bool dot = false;
    while (end < last_ && IsForeign(end) && r_.tokens[end].span.end - begin <= 24) {
      dot |= MarkAt(end) == U'·';
      ++end;
    }
    if (MarkAt(end - 1) == U'·') --end;
    if (dot || r_.tokens[end - 1].span.end - begin <= 8) ProposeTokens(index, end, kFromPerson);
  }

  bool IsNameWord(uint32_t index) const {
    return r_.IsCapitalized(index) ||
           (r_.tokens[index].kind == TokenKind::kNumber && r_.tokens[index].span.size() <= 4);
  }
  bool IsConnector(std::u32string_view word) const {
    for (const std::u32string_view connector :
         {U"of", U"for", U"and", U"the", U"de", U"van", U"von", U"der", U"du", U"la", U"al", U"bin",
          U"in", U"on", U"at", U"to", U"di", U"y", U"del"}) {
      if (word == connector) return true;
    }
    return false;
  }

  // Names in Latin script: the parts of runs of capitalized words, and with the Chinese words
  // behind them up to a head.
  void FromLatin(uint32_t index, bool english) {
    if (!IsNameWord(index)) return;
    if (r_.tokens[index].kind == TokenKind::kNumber &&
        (index + 1 >= last_ || r_.tokens[index + 1].kind != TokenKind::kLatin)) {
      return;
    }
    if (!english) WithHanBefore(index);
    const bool starts = !JoinsBefore(index);
    uint32_t words = 0;
    uint32_t whole = index;
    for (uint32_t i = index; i < last_ && words < kWholeWordsMax;) {
      if (IsNameWord(i)) {
        ++words;
        if (words <= kWordsMax) {
          ProposeTokens(index, i + 1, english ? kFromCapitals : kFromLatin);
          const char32_t after = r_.At(r_.tokens[i].span.end);
          if (after == U'.' && r_.tokens[i].Is(kLegalEn)) {
            Propose({r_.tokens[index].span.begin, r_.tokens[i].span.end + 1}, kFromCapitals);
          }
        }
        whole = i + 1;
        WithHan(index, i + 1);
      } else if (!IsConnector(r_.Chars(r_.tokens[i].span)) && MarkAt(i) != U'&') {
        if (i > index && r_.tokens[i].kind == TokenKind::kLatin) WithNoun(index, i);
        break;
      }
      // The next word: behind one space, a "&" or the comma before a legal form.
      uint32_t next = i + 1;
      if (next < last_ && MarkAt(next) == U',' && next + 2 < last_ &&
          r_.tokens[next + 2].Is(kLegalEn)) {
        ++next;
      }
      if (next < last_ && r_.tokens[next].kind == TokenKind::kSpace) ++next;
      if (next == i + 1 && next < last_ && r_.tokens[next].kind != TokenKind::kMark) break;
      if (next >= last_) break;
      if (r_.tokens[next].kind == TokenKind::kMark && MarkAt(next) != U'&') break;
      i = next;
    }
    if (starts && words > kWordsMax) ProposeTokens(index, whole, kFromCapitals);
  }

  // 飞鹭X5, 云岭查APP: words directly before a Latin one.
  void WithHanBefore(uint32_t index) {
    for (uint32_t i = index; i > first_ && index - i < kHanBeforeLatinMax; --i) {
      const Token& token = r_.tokens[i - 1];
      if (token.kind != TokenKind::kHan || EndsName(token)) return;
      ProposeTokens(i - 1, index + 1, kFromLatin);
    }
  }

  // Whether a capitalized word stands right before.
  bool JoinsBefore(uint32_t index) const {
    return index >= first_ + 2 && r_.tokens[index - 1].kind == TokenKind::kSpace &&
           IsNameWord(index - 2);
  }

  // "Orbrook platform": a noun in lower case that may belong to the name.
  void WithNoun(uint32_t begin, uint32_t noun) {
    if (r_.tokens[noun].Is(kProductHeadEn)) ProposeTokens(begin, noun + 1, kFromProductHead);
  }

  // VelaLearn教学平台, IBM中国, 5G联合实验室.
  void WithHan(uint32_t begin, uint32_t from) {
    for (uint32_t i = from; i < last_ && i - from < kHanAfterLatinMax; ++i) {
      const Token& token = r_.tokens[i];
      if (token.kind != TokenKind::kHan || EndsName(token)) return;
      const LexiconEntry* head = nullptr;
      if (token.Is(kProductHead)) {
        ProposeTokens(begin, i + 1, kFromProductHead);
      } else if (r_.lexicon.FindOrgHead(r_.chars, token.span.begin, token.span.end, head) > 0) {
        ProposeTokens(begin, i + 1, kFromOrgHead);
      } else if (i == from && (token.Is(kCountry) || token.span.size() <= 2)) {
        ProposeTokens(begin, i + 1, kFromLatin);
      }
    }
  }

  void FromQuotes(uint32_t index) {
    constexpr std::u32string_view kOpen = U"“‘「『《\"【(", kClose = U"”’」』》\"】)";
    const char32_t open = MarkAt(index);
    const size_t kind = kOpen.find(open);
    if (open == U'\0' || kind == kOpen.npos) return;
    const uint32_t begin = r_.tokens[index].span.end;
    for (uint32_t i = begin; i < within_.end && i - begin <= kQuotedCharsMax; ++i) {
      const char32_t c = r_.At(i);
      if (c == kClose[kind]) {
        Propose({begin, i}, kFromQuotes);
        return;
      }
      if (IsOneOfChars(c, U",。;!?:\n")) return;
    }
  }

  // What lies between a 、 and the next mark: the items of a list.
  void FromItem(uint32_t index) {
    if (MarkAt(index) != U'、') return;
    for (uint32_t i = index + 1; i < last_; ++i) {
      if (r_.tokens[i].span.begin - r_.tokens[index].span.end > kItemCharsMax) break;
      const char32_t c = r_.At(r_.tokens[i].span.begin);
      const bool ends =
          MarkAt(i) != U'\0' || (r_.tokens[i].span.size() == 1 && IsOneOfChars(c, U"等和与及"));
      if (ends && i > index + 1) ProposeTokens(index + 1, i, kFromList);
      if (MarkAt(i) != U'\0') break;
    }
    // The item before the first 、 of a list.
    for (uint32_t i = index; i > first_; --i) {
      const char32_t c = MarkAt(i - 1);
      if (r_.tokens[index].span.begin - r_.tokens[i - 1].span.begin > kItemCharsMax) break;
      if (c == U'、') break;
      if (c != U'\0') {
        if (i < index) ProposeTokens(i, index, kFromList);
        break;
      }
    }
  }

  const Recognition& r_;
  std::vector<NameProposal>& proposals_;
  Span within_;
  uint32_t first_ = 0;
  uint32_t last_ = 0;
  std::u32string_view text_;
};

// Surface forms by their characters, to find where else they stand.
class FormTrie {
 public:
  // Returns the form's number, new or old.
  uint32_t Add(std::u32string_view text) {
    uint32_t node = 0;
    for (const char32_t c : text) {
      const auto [it, added] = next_.try_emplace(uint64_t{node} << 21 | c, nodes_);
      if (added) {
        ++nodes_;
        form_of_.push_back(0);
      }
      node = it->second;
    }
    if (form_of_[node] == 0) form_of_[node] = ++forms_;
    return form_of_[node] - 1;
  }
  template <typename Visit>
  void Match(std::u32string_view chars, uint32_t begin, Visit visit) const {
    uint32_t node = 0;
    for (uint32_t i = begin; i < chars.size(); ++i) {
      const auto it = next_.find(uint64_t{node} << 21 | chars[i]);
      if (it == next_.end()) return;
      node = it->second;
      if (form_of_[node] != 0) visit(i + 1, form_of_[node] - 1);
    }
  }

 private:
  absl::flat_hash_map<uint64_t, uint32_t> next_;
  std::vector<uint32_t> form_of_ = {0};  // By node: 1 + the form, or 0.
  uint32_t nodes_ = 1;
  uint32_t forms_ = 0;
};

void AddRule(const Candidate& candidate, std::vector<NameRule>& rules) {
  for (NameRule& rule : rules) {
    if (rule.rule != candidate.rule || rule.type != candidate.type) continue;
    ++rule.count;
    if (candidate.score > rule.score) {
      rule.score = candidate.score;
      rule.org_type = candidate.org_type;
    }
    rule.local_name |= candidate.local_name;
    return;
  }
  rules.push_back({candidate.type, candidate.org_type, candidate.score, 1, candidate.rule,
                   candidate.local_name});
}

uint64_t KeyOf(Span span) { return uint64_t{span.begin} << 32 | span.end; }

// Spans of the rules are names wherever their edges lie.
void FindOccurrences(const Recognition& r, const FormTrie& trie,
                     const absl::flat_hash_set<uint64_t>& of_rules, NameCandidates& result) {
  const auto& sentences = r.document.sentences;
  for (uint32_t s = 0; s < sentences.size(); ++s) {
    const Span within = sentences[s].span;
    const std::u32string_view text = r.chars.substr(0, within.end);
    for (uint32_t begin = within.begin; begin < within.end; ++begin) {
      const size_t first = result.occurrences.size();
      trie.Match(text, begin, [&](uint32_t end, uint32_t name) {
        const bool aligned = r.boundary[begin] && r.boundary[end];
        // Parts of Latin words, and two characters across the edges of words, are no names.
        const bool cut = (!r.boundary[begin] && IsAlphanumeric(text[begin])) ||
                         (!r.boundary[end] && IsAlphanumeric(text[end - 1])) ||
                         (!aligned && end - begin < 3);
        if (cut && !of_rules.contains(KeyOf({begin, end}))) return;
        result.occurrences.push_back(
            {{begin, end}, name, s, result.token_at[begin], result.token_at[end - 1], aligned});
      });
      std::reverse(result.occurrences.begin() + static_cast<ptrdiff_t>(first),
                   result.occurrences.end());
    }
  }
  for (uint32_t i = 0; i < result.occurrences.size(); ++i) {
    result.names[result.occurrences[i].name].occurrences.push_back(i);
  }
}

}  // namespace

NameCandidates FindNameCandidates(const Recognition& recognition,
                                  const std::vector<NameProposal>& more) {
  std::vector<NameProposal> proposals = more;
  Proposer(recognition, proposals).Run();
  NameCandidates result;
  result.token_at.assign(recognition.chars.size() + 1, 0);
  for (uint32_t t = 0; t < recognition.tokens.size(); ++t) {
    const Span span = recognition.tokens[t].span;
    for (uint32_t i = span.begin; i < span.end; ++i) result.token_at[i] = t;
  }
  FormTrie trie;
  const auto form_of = [&](Span span, uint32_t source) -> NameCandidate* {
    if (span.size() == 0 || span.size() > kNameCharsMax) return nullptr;
    if (result.names.size() >= kNameCandidatesMax) return nullptr;
    const uint32_t form = trie.Add(recognition.Chars(span));
    if (form == result.names.size()) {
      result.names.emplace_back();
      result.names.back().text = recognition.Chars(span);
    }
    NameCandidate& name = result.names[form];
    name.sources |= source;
    return &name;
  };
  absl::flat_hash_set<uint64_t> of_rules;
  for (const Candidate& candidate : recognition.candidates) {
    if (candidate.type > MentionType::kProduct) continue;
    of_rules.insert(KeyOf(candidate.span));
    NameCandidate* const name = form_of(candidate.span, kFromRule);
    if (name != nullptr) AddRule(candidate, name->rules);
  }
  for (const NameProposal& proposal : proposals) form_of(proposal.span, proposal.source);
  FindOccurrences(recognition, trie, of_rules, result);
  return result;
}

}  // namespace partnergraph
