// Job titles and people in Chinese sentences. A name is a surname and one or two characters where a
// title, an honorific, a verb of speech or a list says that a person stands there.
#include <algorithm>

#include "ingest/character.h"
#include "ingest/recognition.h"

namespace partnergraph {
namespace {

constexpr uint32_t kTitleCharsMax = 24;
constexpr uint32_t kTransliterationCharsMax = 20;

class TitleFinder {
 public:
  TitleFinder(Recognition& recognition, size_t sentence)
      : r_(recognition),
        first_(recognition.first_token[sentence]),
        last_(recognition.first_token[sentence + 1]) {}

  void Run() {
    Span open;  // The title that may go on: "副行长" of "副行长兼营运总监".
    for (uint32_t i = first_; i < last_; ++i) {
      if (IsChiefOfPlace(i)) {  // 鹤壁市|长
        const Span span = {r_.tokens[i].span.begin - 1, r_.tokens[i].span.end};
        Emit(open);
        open = span;
        continue;
      }
      if (!r_.tokens[i].Is(kTitleHead) || !IsCased(i)) continue;
      uint32_t head = i;
      while (i + 1 < last_ && r_.tokens[i + 1].Is(kTitleHead) && IsCased(i + 1)) ++i;
      uint32_t left = head;
      while (left > first_ && r_.tokens[left - 1].kind == TokenKind::kHan &&
             r_.tokens[left - 1].Is(kTitleModifier | kTitleHead) &&
             r_.tokens[i].span.end - r_.tokens[left - 1].span.begin <= kTitleCharsMax) {
        --left;
      }
      // What ends the organization's name is not the beginning of the title: 集团 总裁.
      while (left < head && r_.tokens[left].Is(kOrgHead) && !EndsUnit(left)) ++left;
      const Span span = {r_.tokens[left].span.begin, r_.tokens[i].span.end};
      if (open.size() > 0 && Joins({open.end, span.begin})) {
        open.end = span.end;
      } else {
        Emit(open);
        open = span;
      }
    }
    Emit(open);
  }

 private:
  // 长 after 市, 县, 区 of a place's name or 部, 局 of a body's.
  bool IsChiefOfPlace(uint32_t index) const {
    if (index == first_ || r_.At(r_.tokens[index].span.begin) != U'长' ||
        r_.tokens[index].span.size() != 1 ||
        !r_.tokens[index - 1].Is(kPlace | kOrgName | kOrgHead)) {
      return false;
    }
    return std::u32string_view(U"市县区省州镇部局厅院行所处")
               .find(r_.Before(r_.tokens[index].span.begin)) != std::u32string_view::npos;
  }
  // CEO, but not "ceo" inside other text.
  bool IsCased(uint32_t index) const {
    const Token& token = r_.tokens[index];
    return token.kind == TokenKind::kHan || IsUpper(r_.At(token.span.begin));
  }
  // 事业部, 投资部: units that stay in the title.
  bool EndsUnit(uint32_t index) const {
    return r_.tokens[index].entry->strength == HeadStrength::kSubunit ||
           r_.Before(r_.tokens[index].span.end) == U'部';
  }
  bool Joins(Span gap) const {
    const std::u32string_view text = r_.Chars(gap);
    return text == U"兼" || text == U"、" || text == U"暨" || text == U"/" || text == U"及" ||
           text == U"兼任" || text == U"&" || text == U"";
  }
  void Emit(Span span) {
    if (span.size() > 0) r_.Add(span, MentionType::kJobTitle, 0, 0.8f, "title");
  }

  Recognition& r_;
  const uint32_t first_;
  const uint32_t last_;
};

class PersonFinder {
 public:
  PersonFinder(Recognition& recognition, size_t sentence, const std::vector<uint8_t>& title_end)
      : r_(recognition),
        title_end_(title_end),
        sentence_(recognition.document.sentences[sentence].span),
        first_(recognition.first_token[sentence]),
        last_(recognition.first_token[sentence + 1]) {}

  void Run() {
    uint32_t free_from = 0;
    for (uint32_t i = first_; i < last_; ++i) {
      const Token& token = r_.tokens[i];
      if (token.kind != TokenKind::kHan || token.span.begin < free_from) continue;
      Span name = Transliterated(i);
      float score = 0.85f;
      if (name.size() == 0) name = Anonymous(i);
      if (name.size() == 0) name = Chinese(i, score);
      if (name.size() == 0) name = Byline(i);
      if (name.size() == 0) name = ForeignAfterTitle(i);
      if (name.size() == 0) continue;
      r_.Add(name, MentionType::kPerson, 0, score, "person");
      last_end_ = name.end;
      free_from = name.end;
    }
  }

 private:
  // "穆罕默德·阿里": parts of foreign characters joined by dots.
  Span Transliterated(uint32_t index) const {
    const Token& token = r_.tokens[index];
    uint32_t dot = token.span.end;
    // The dot must come after this token, or after a few more of foreign characters.
    uint32_t i = index;
    while (i < last_ && r_.tokens[i].kind == TokenKind::kHan && IsForeign(r_.tokens[i])) ++i;
    if (i == index || i >= last_ || r_.At(r_.tokens[i].span.begin) != U'·') return {};
    dot = r_.tokens[i].span.begin;
    Span name = {token.span.begin, dot};
    while (i < last_ && r_.At(r_.tokens[i].span.begin) == U'·') {
      ++i;
      const uint32_t part = i;
      while (i < last_ && r_.tokens[i].kind == TokenKind::kHan && IsForeign(r_.tokens[i])) ++i;
      if (i == part) break;
      name.end = r_.tokens[i - 1].span.end;
    }
    if (name.end == dot || name.size() > kTransliterationCharsMax) return {};
    return name;
  }

  // 张某, 刘某甲: how courts name people.
  Span Anonymous(uint32_t index) const {
    const uint32_t begin = r_.tokens[index].span.begin;
    if (SurnameLength(begin) != 1 || begin + 2 > sentence_.end || r_.At(begin + 1) != U'某')
      return {};
    uint32_t end = begin + 2;
    if (end < sentence_.end &&
        std::u32string_view(U"甲乙丙丁戊某").find(r_.At(end)) != std::u32string_view::npos) {
      ++end;
    }
    return {begin, end};
  }

  // A name alone in its line or in brackets at the end: who wrote the article.
  Span Byline(uint32_t index) const {
    const uint32_t begin = r_.tokens[index].span.begin;
    const bool alone = begin == sentence_.begin;
    if (!alone && r_.Before(begin) != U'(') return {};
    uint32_t end = begin;
    while (end < sentence_.end && IsHan(r_.At(end))) ++end;
    const uint32_t surname = SurnameLength(begin);
    if (surname == 0 || end - begin < 2 || end - begin > surname + 2) return {};
    if (alone ? end != sentence_.end : r_.At(end) != U')' || end + 1 != sentence_.end) return {};
    for (uint32_t i = begin + surname; i < end; ++i) {
      const PersonChar& counts = r_.lexicon.PersonCharOf(r_.At(i));
      if (!IsGiven(i) || counts.first + counts.second + counts.single < 3) return {};
    }
    return PlausibleTokens(index, end, surname) ? Span{begin, end} : Span{};
  }

  // 国防部长奥斯汀: foreign characters after a title, as far as the words go.
  Span ForeignAfterTitle(uint32_t index) const {
    const uint32_t begin = r_.tokens[index].span.begin;
    if (!title_end_[begin]) return {};
    uint32_t i = index;
    while (i < last_ && r_.tokens[i].kind == TokenKind::kHan && IsForeign(r_.tokens[i]) &&
           r_.tokens[i].span.end - begin <= 6 &&
           (r_.tokens[i].span.size() == 1 || r_.tokens[i].pos() == 'R' ||
            r_.tokens[i].entry->cost > 18 * 16)) {
      ++i;
    }
    if (i == index) return {};
    const Span name = {begin, r_.tokens[i - 1].span.end};
    return name.size() >= 2 ? name : Span{};
  }

  bool IsForeign(const Token& token) const {
    if (token.Is(kTitleHead | kTitleWeak | kSpeech | kPlace | kOrgStop | kHonorific)) return false;
    if (token.span.size() == 1 && r_.lexicon.IsCharStop(r_.At(token.span.begin))) return false;
    for (uint32_t i = token.span.begin; i < token.span.end; ++i) {
      if (!r_.lexicon.IsTransliteration(r_.At(i))) return false;
    }
    return true;
  }

  // The length of the surname at a position, or 0.
  uint32_t SurnameLength(uint32_t position) const {
    if (position + 2 <= sentence_.end &&
        r_.lexicon.Find(r_.chars.substr(position, 2)).Is(kSurname)) {
      return 2;
    }
    const char32_t c = r_.At(position);
    return r_.lexicon.PersonCharOf(c).surname >= 3 &&
                   r_.lexicon.Find(r_.chars.substr(position, 1)).Is(kSurname)
               ? 1
               : 0;
  }

  bool IsGiven(uint32_t position) const {
    const char32_t c = r_.At(position);
    return IsHan(c) && !r_.lexicon.IsNotGiven(c);
  }

  const Token* TokenAt(uint32_t position, uint32_t from) const {
    for (uint32_t i = from; i < last_ && r_.tokens[i].span.begin <= position; ++i) {
      if (r_.tokens[i].span.begin == position) return &r_.tokens[i];
    }
    return nullptr;
  }

  // Evidence before the name: a title, a role, the end of another name in a list.
  int Before(uint32_t begin, uint32_t index) const {
    if (title_end_[begin]) return 3;
    if (r_.company_begin[begin] != 0) return 2;  // 公安局王某某, and 甲公司张三、李四.
    uint32_t i = index;
    while (i > first_ && (r_.tokens[i - 1].kind == TokenKind::kSpace ||
                          r_.At(r_.tokens[i - 1].span.begin) == U':')) {
      --i;
    }
    if (i > first_) {
      const Token& token = r_.tokens[i - 1];
      if (title_end_[token.span.end] || token.Is(kPersonBefore | kTitleHead | kTitleWeak)) return 3;
      // 法定代表人为张三.
      if (i > first_ + 1 && token.span.size() == 1 &&
          (r_.At(token.span.begin) == U'为' || r_.At(token.span.begin) == U'是') &&
          r_.tokens[i - 2].Is(kTitleHead | kPersonBefore)) {
        return 3;
      }
      const char32_t c = r_.At(token.span.begin);
      if (token.span.size() == 1 && (c == U'、' || c == U'和' || c == U'与' || c == U'及') &&
          last_end_ != 0 && last_end_ == token.span.begin) {
        return 2;
      }
      if (token.kind == TokenKind::kMark) return 1;
      return 0;
    }
    return 1;
  }

  int After(uint32_t end, uint32_t index) const {
    const Token* token = TokenAt(end, index);
    if (token == nullptr) return end == sentence_.end ? 1 : 0;
    if (token->Is(kHonorific | kTitleWeak)) return 3;
    if (token->Is(kSpeech)) return 2;
    const char32_t c = r_.At(end);
    if (token->kind == TokenKind::kMark) return c == U'、' || c == U',' || c == U'(' ? 1 : 0;
    return 0;
  }

  Span Chinese(uint32_t index, float& score) const {
    const uint32_t begin = r_.tokens[index].span.begin;
    const uint32_t surname = SurnameLength(begin);
    if (surname == 0) return {};
    const int before = Before(begin, index);
    Span best;
    int best_evidence = 0;
    for (uint32_t given = 2; given >= 1; --given) {
      const uint32_t end = begin + surname + given;
      if (end > sentence_.end || !r_.boundary[end]) continue;
      if (!IsGiven(begin + surname) || (given == 2 && !IsGiven(end - 1))) continue;
      if (!PlausibleTokens(index, end, surname)) continue;
      const int after = After(end, index);
      int evidence = before + after;
      if (before < 3 && after < 2 && !(before == 2 && after >= 1)) continue;
      if (before == 0 && after == 2 && given == 1) continue;
      if (before < 3 && !PlausibleChars(begin, surname, end)) continue;
      if (evidence > best_evidence || best.size() == 0) {
        best = {begin, end};
        best_evidence = evidence;
      }
    }
    if (best.size() == 0) return {};
    score = best_evidence >= 4 ? 0.9f : best_evidence >= 3 ? 0.8f : 0.65f;
    return best;
  }

  // Whether people are named so: characters seen in given names, a surname seen as one.
  bool PlausibleChars(uint32_t begin, uint32_t surname, uint32_t end) const {
    if (surname == 1 && r_.lexicon.PersonCharOf(r_.At(begin)).surname < 100) return false;
    for (uint32_t i = begin + surname; i < end; ++i) {
      const PersonChar& counts = r_.lexicon.PersonCharOf(r_.At(i));
      if (counts.first + counts.second + counts.single < 5) return false;
    }
    return true;
  }

  // No common word may hide in the name, save as its given part: 尚 海龙, not 方面 称.
  bool PlausibleTokens(uint32_t index, uint32_t end, uint32_t surname) const {
    const uint32_t begin = r_.tokens[index].span.begin;
    for (uint32_t i = index; i < last_ && r_.tokens[i].span.begin < end; ++i) {
      const Token& token = r_.tokens[i];
      if (token.span.size() == 1 || token.pos() == 'R') continue;
      const bool whole = token.span.begin == begin;
      if (token.Is(kTitleHead | kOrgStop | kSpeech)) return false;
      if (whole && token.Is(kPlace | kOrgName | kOrgListed | kOrgHead)) return false;
      if (whole && token.span.size() > surname && token.entry->cost < 20 * 16) return false;
      if (!whole && (token.entry->cost < 11 * 16 || token.pos() == 'm' || token.pos() == 'f' ||
                     token.pos() == 't')) {
        return false;
      }
    }
    return true;
  }

  Recognition& r_;
  const std::vector<uint8_t>& title_end_;
  const Span sentence_;
  const uint32_t first_;
  const uint32_t last_;
  uint32_t last_end_ = 0;  // Of the last name found.
};

}  // namespace

void FindJobTitles(Recognition& recognition) {
  for (size_t s = 0; s < recognition.document.sentences.size(); ++s) {
    if (!recognition.IsEnglish(s)) TitleFinder(recognition, s).Run();
  }
}

void FindChinesePeople(Recognition& recognition) {
  std::vector<uint8_t> title_end(recognition.chars.size() + 1);
  for (const Candidate& candidate : recognition.candidates) {
    if (candidate.type == MentionType::kJobTitle) title_end[candidate.span.end] = 1;
  }
  for (size_t s = 0; s < recognition.document.sentences.size(); ++s) {
    if (!recognition.IsEnglish(s)) PersonFinder(recognition, s, title_end).Run();
  }
}

}  // namespace partnergraph
