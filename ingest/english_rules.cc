// Names in English sentences: runs of capitalized words, and what their words and surroundings say
// they are.
#include <algorithm>

#include "ingest/character.h"
#include "ingest/document_words.h"
#include "ingest/recognition.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

constexpr int kRunWordsMax = 10;
constexpr uint32_t kDatelineCharsMax = 80;
// A common word that a document capitalizes this often, and never writes small, is a name there.
constexpr int kNameCountMin = 3;

// Nouns in lower case that make the name before them one of a product.
constexpr std::u32string_view kProductNouns[] = {
    U" platform",  U" app",       U" software",   U" technology",    U" project",   U" system",
    U" device",    U" suite",     U" program",    U" programme",     U" series",    U" prototype",
    U" engine",    U" framework", U" token",      U" fund",          U" tool",      U" robot",
    U" robots",    U" camera",    U" cameras",    U" sedan",         U" handheld",  U" console",
    U" therapy",   U" vaccine",   U" chip",       U" chips",         U" processor", U" processors",
    U" portal",    U" module",    U" modules",    U" chatbot",       U" drone",     U" drones",
    U" satellite", U" headset",   U" smartphone", U" fleet software"};

class EnglishNames {
 public:
  EnglishNames(Recognition& recognition, const DocumentWords& words, size_t sentence)
      : r_(recognition),
        words_(words),
        sentence_(recognition.document.sentences[sentence]),
        first_(recognition.first_token[sentence]),
        last_(recognition.first_token[sentence + 1]) {}

  void Run() {
    FindKnown();
    const bool headline = IsHeadline();
    for (uint32_t i = first_; i < last_;) {
      if (!r_.IsCapitalized(i)) {
        ++i;
        continue;
      }
      const uint32_t end = RunEnd(i);
      if (headline) {
        ClassifyInHeadline(i, end);
      } else {
        ClassifyParts(i, end);
      }
      i = end;
    }
  }

 private:
  std::u32string_view Word(uint32_t index) const { return r_.Chars(r_.tokens[index].span); }

  // Names that the lists know, wherever they stand: "(NYSE: X)".
  void FindKnown() {
    const std::u32string_view text = r_.chars.substr(0, sentence_.span.end);
    for (uint32_t i = first_; i < last_; ++i) {
      if (r_.tokens[i].kind != TokenKind::kLatin) continue;
      const uint32_t begin = r_.tokens[i].span.begin;
      if (!IsUpper(r_.At(begin)) && !IsDigit(r_.At(begin)) && !IsUpper(r_.At(begin + 1))) continue;
      r_.lexicon.Match(text, begin, [&](size_t length, const LexiconEntry& entry) {
        const Span span = {begin, begin + static_cast<uint32_t>(length)};
        if (!r_.boundary[span.end] || !entry.Is(kOrgName | kProductName)) return;
        const std::u32string_view name = r_.Chars(span);
        if (entry.Is(kUpperOnly) && std::any_of(name.begin(), name.end(), IsLower)) return;
        if (entry.Is(kOrgName)) {
          r_.Add(span, MentionType::kCompany, entry.org_type, 0.85f, "en-known");
        } else {
          r_.Add(span, MentionType::kProduct, 0, 0.75f, "en-known-product");
        }
      });
    }
  }

  // Where all words are capitalized only legal forms and tickers are sure.
  void ClassifyInHeadline(uint32_t begin, uint32_t end) {
    for (uint32_t i = end; i > begin; --i) {
      if (!r_.tokens[i - 1].Is(kLegalEn) || Word(i - 1) == U"CO") continue;
      uint32_t left = i - 1;
      int words = 0;
      while (left > begin && words < 4 &&
             (!IsWordToken(left - 1) || !r_.tokens[left - 1].Is(kNotNameEn | kCommonEn))) {
        --left;
        words += IsWordToken(left);
      }
      while (left < i - 1 && !IsWordToken(left)) ++left;
      if (words > 0) TryOrganization(left, i);
      return;
    }
  }

  // Most words of a headline are capitalized: case tells nothing there.
  bool IsHeadline() const {
    if (last_ > first_ && r_.Before(sentence_.span.end) == U'.') return false;
    int capitalized = 0, words = 0;
    for (uint32_t i = first_; i < last_; ++i) {
      if (r_.tokens[i].kind != TokenKind::kLatin || r_.tokens[i].span.size() < 4) continue;
      ++words;
      capitalized += r_.IsCapitalized(i);
    }
    return words >= 5 && capitalized * 10 >= words * 7;
  }

  // The next word token when only one space or the given mark lies between.
  uint32_t NextWord(uint32_t index) const {
    if (index + 1 < last_ && r_.tokens[index + 1].kind == TokenKind::kSpace) return index + 2;
    return index + 1;
  }

  uint32_t RunEnd(uint32_t begin) const {
    uint32_t end = begin + 1;
    int words = 1;
    while (end < last_ && words < kRunWordsMax) {
      uint32_t next = end;
      // ", Inc." belongs to the name.
      if (r_.At(r_.tokens[next].span.begin) == U',' && next + 2 < last_ &&
          Word(next + 2) != U"CO" && Word(next + 2).size() > 1 &&
          r_.tokens[next + 1].kind == TokenKind::kSpace && r_.tokens[next + 2].Is(kLegalEn) &&
          IsUpper(Word(next + 2)[0])) {
        end = next + 3;
        break;
      }
      if (r_.tokens[next].kind == TokenKind::kSpace) ++next;
      if (next >= last_ || next == end) break;
      if (r_.IsCapitalized(next)) {
        if (r_.tokens[next].Is(kNotNameEn) && !r_.tokens[next].Is(kLegalEn | kOrgHeadEn) &&
            IsOneOf(Word(next), {U"The", U"A", U"An", U"In", U"On", U"At", U"And", U"With"})) {
          break;
        }
        end = next + 1;
        ++words;
        continue;
      }
      const std::u32string_view word = Word(next);
      if (word == U"plc" || word == U"srl" || word == U"ltda") {
        end = next + 1;
        break;
      }
      if (r_.tokens[next].kind == TokenKind::kNumber && word.size() <= 4 &&
          word.find(U',') == word.npos) {
        end = next + 1;  // Model 3.
        continue;
      }
      if (IsOneOf(word, {U"of", U"&", U"for", U"de", U"van", U"von", U"der", U"du", U"la", U"al",
                         U"bin", U"and", U"the"})) {
        uint32_t after = NextWord(next);
        if (after < last_ && Word(after) == U"the") after = NextWord(after);
        if (after < last_ && r_.IsCapitalized(after) && Connects(begin, end, word)) {
          end = after + 1;
          ++words;
          continue;
        }
      }
      break;
    }
    return end;
  }

  // "of" goes on after a word that names a kind of body; "and" only inside such names.
  bool Connects(uint32_t begin, uint32_t end, std::u32string_view connector) const {
    if (connector == U"&" || connector == U"de" || connector == U"van" || connector == U"von" ||
        connector == U"der" || connector == U"du" || connector == U"la" || connector == U"al" ||
        connector == U"bin") {
      return true;
    }
    for (uint32_t i = begin; i < end; ++i) {
      if (r_.tokens[i].Is(kTitleHead) && !r_.tokens[i].Is(kOrgHeadEn)) return false;
    }
    if (connector == U"of" || connector == U"for") {
      return r_.tokens[end - 1].Is(kOrgHeadEn | kGenericEn) && !r_.tokens[end - 1].Is(kTitleHead);
    }
    if (connector == U"and") {
      for (uint32_t i = begin; i < end; ++i) {
        if (Word(i) == U"of" || Word(i) == U"for") return true;
      }
    }
    return false;
  }

  Span SpanOf(uint32_t begin, uint32_t end) const {
    return {r_.tokens[begin].span.begin, r_.tokens[end - 1].span.end};
  }

  // "Acme Energy CEO Jane Doe": an organization, a title and a person.
  void ClassifyParts(uint32_t begin, uint32_t end) {
    uint32_t title = begin;
    while (title < end && !(InTitle(title) && IsWordToken(title))) ++title;
    uint32_t after = title;
    while (after < end && (InTitle(after) || !IsWordToken(after))) ++after;
    if (title == end || title == begin) {
      if (title == begin && after < end && after > begin) {
        if (LooksLikePerson(after, end)) {
          r_.Add(SpanOf(after, end), MentionType::kPerson, 0, 0.85f, "en-title-person");
          return;
        }
      }
      Classify(begin, end);
      return;
    }
    uint32_t org_end = title;
    while (org_end > begin && !IsWordToken(org_end - 1)) --org_end;
    if (after < end && LooksLikePerson(after, end)) {
      r_.Add(SpanOf(after, end), MentionType::kPerson, 0, 0.85f, "en-title-person");
      Classify(begin, org_end);
      if (!r_.HasCompany(SpanOf(begin, org_end)) && !r_.tokens[begin].Is(kNotNameEn)) {
        r_.Add(SpanOf(begin, org_end), MentionType::kCompany, 0, 0.6f, "en-before-title");
      }
      return;
    }
    if (after >= end) {
      Classify(begin, org_end);
      return;
    }
    Classify(begin, end);
  }

  bool InTitle(uint32_t index) const { return r_.in_title[r_.tokens[index].span.begin] != 0; }

  void Classify(uint32_t begin, uint32_t end) {
    // Drop what begins no name: "The", "However", a weekday.
    while (begin < end && !IsWordToken(begin)) ++begin;
    while (begin < end && DropsFront(begin, end)) begin = NextOf(begin, end);
    if (begin >= end) return;
    // Titles in front of a person: "President John Smith".
    uint32_t name = begin;
    while (name < end && r_.tokens[name].Is(kTitleHead | kTitleModifier | kCourtesy) &&
           NextOf(name, end) < end && !r_.tokens[NextOf(name, end)].Is(kOrgHeadEn)) {
      name = NextOf(name, end);
    }
    if (name != begin && LooksLikePerson(name, end)) {
      r_.Add(SpanOf(name, end), MentionType::kPerson, 0, 0.85f, "en-title-person");
      return;
    }
    if (begin > first_ && name == begin) {
      const uint32_t before = PreviousWord(begin);
      if (before != UINT32_MAX && r_.tokens[before].Is(kCourtesy) &&
          !r_.tokens[before].Is(kOrgHeadEn)) {
        r_.Add(SpanOf(begin, end), MentionType::kPerson, 0, 0.9f, "en-courtesy");
        return;
      }
    }
    if (r_.tokens[begin].Is(kCourtesy) && NextOf(begin, end) < end) {
      r_.Add(SpanOf(NextOf(begin, end), end), MentionType::kPerson, 0, 0.9f, "en-courtesy");
      return;
    }
    if (TryOrganization(begin, end)) return;
    const Span span = SpanOf(begin, end);
    const std::u32string_view text = r_.Chars(span);
    const LexiconEntry& entry = r_.lexicon.Find(text);
    if (entry.Is(kPlace)) {
      r_.Add(span, MentionType::kPlace, 0, 0.8f, "en-place");
      return;
    }
    if (entry.Is(kOrgName)) {
      r_.Add(span, MentionType::kCompany, entry.org_type, 0.85f, "en-known");
      return;
    }
    const char32_t mark = r_.At(span.end);
    if (mark == U'™' || mark == U'®') {
      r_.Add(span, MentionType::kProduct, 0, 0.85f, "en-trademark");
      return;
    }
    if (IsWireSource(begin, end)) {
      r_.Add(span, MentionType::kCompany, 0, 0.8f, "en-wire");
      return;
    }
    // Lake Tahoe, Emery County; "Green Bay Copper Project" takes its words along.
    if (IsPlaceName(begin, end)) {
      r_.Add(span, MentionType::kPlace, 0, 0.7f, "en-geo");
      return;
    }
    if (LooksLikePerson(begin, end)) {
      r_.Add(span, MentionType::kPerson, 0, PersonContext(span) ? 0.85f : 0.7f, "en-person");
      return;
    }
    if (r_.tokens[end - 1].Is(kProductHeadEn) && end - begin > 1 && !AllCommon(begin, end)) {
      r_.Add(span, MentionType::kProduct, 0, 0.7f, "en-product-head");
      return;
    }
    ClassifyByContext(begin, end, entry);
  }

  bool IsPlaceName(uint32_t begin, uint32_t end) const {
    for (uint32_t i = begin; i < end; ++i) {
      if (!r_.tokens[i].Is(kGeoEn)) continue;
      if (i == begin || i + 1 == end || !r_.tokens[i].Is(kNameEn)) return end - begin > 1;
    }
    return false;
  }

  // The wire service of a dateline: "BOSTON, MA (Newswire) -- ", "/ Newswire /".
  bool IsWireSource(uint32_t begin, uint32_t end) const {
    const Span span = SpanOf(begin, end);
    if (span.begin > sentence_.span.begin + kDatelineCharsMax) return false;
    const char32_t left = r_.Before(span.begin), right = r_.At(span.end);
    if (left == U'/' && right == U'/') return true;
    if (left != U'(' || right != U')' || r_.document.body_begin + 400 < span.begin) return false;
    const std::u32string_view after = r_.chars.substr(span.end + 1, 12);
    for (const std::u32string_view word : {U" -", U" —", U"--", U" Mon", U" Tue", U" Wed", U" Thu",
                                           U" Fri", U" Sat", U" Sun", U" Jan", U" Feb"}) {
      if (after.starts_with(word)) return true;
    }
    return false;
  }

  bool IsWordToken(uint32_t index) const { return r_.tokens[index].kind == TokenKind::kLatin; }
  uint32_t NextOf(uint32_t index, uint32_t end) const {
    ++index;
    while (index < end && !IsWordToken(index)) ++index;
    return index;
  }
  uint32_t PreviousWord(uint32_t index) const {
    uint32_t i = index;
    if (i > first_ && r_.tokens[i - 1].kind == TokenKind::kSpace) --i;
    if (i > first_ && r_.At(r_.tokens[i - 1].span.begin) == U'.') --i;
    if (i == first_ || r_.tokens[i - 1].kind != TokenKind::kLatin) return UINT32_MAX;
    return i - 1;
  }

  bool DropsFront(uint32_t begin, uint32_t end) const {
    const Token& token = r_.tokens[begin];
    if (!token.Is(kNotNameEn)) return false;
    const uint32_t next = NextOf(begin, end);
    // "First Harbor Corp" begins with an adjective, "The Harbor Corp" with an article.
    if (next < end && r_.tokens[end - 1].Is(kLegalEn) &&
        IsOneOf(Word(begin),
                {U"First", U"Second", U"One", U"New", U"Global", U"Special", U"Next", U"American",
                 U"British", U"European", U"African", U"Asian", U"Canadian", U"Australian",
                 U"German", U"Indian", U"Chinese", U"Japanese"})) {
      return false;
    }
    // "Global Partners LP", "New York": a common word that begins a longer name inside a sentence.
    const bool inside = begin > first_;
    if (inside && next < end && !IsOneOf(Word(begin), {U"The", U"A", U"An"}) &&
        (r_.tokens[end - 1].Is(kLegalEn | kOrgHeadEn) ||
         r_.lexicon.Find(r_.Chars(SpanOf(begin, end))).Is(kPlace))) {
      return false;
    }
    return !r_.lexicon.Find(r_.Chars(SpanOf(begin, end))).Is(kPlace | kCompanyEn);
  }

  bool TryOrganization(uint32_t begin, uint32_t end) {
    uint32_t legal = UINT32_MAX, head = UINT32_MAX;
    uint32_t words = 0;
    for (uint32_t i = begin; i < end; ++i) {
      if (!IsWordToken(i)) continue;
      ++words;
      if (r_.tokens[i].Is(kLegalEn) && words >= 2 && Word(i) != U"CO" &&
          (IsUpper(Word(i)[0]) || Word(i) == U"plc")) {
        legal = i;
      }
      if (r_.tokens[i].Is(kOrgHeadEn) && IsUpper(Word(i)[0])) head = i;
    }
    if (legal != UINT32_MAX) {
      for (uint32_t i = legal; i > begin; --i) {
        if (Word(i - 1) == U"for" && NextOf(i - 1, legal) < legal) {
          begin = NextOf(i - 1, legal);  // "Access Solutions for Acme Inc."
          break;
        }
      }
      Span span = SpanOf(begin, legal + 1);
      if (r_.At(span.end) == U'.' && Word(legal).size() <= 4 && Word(legal) != U"plc" &&
          Word(legal) != U"LLC") {
        ++span.end;
      }
      span = r_.WithLegalForms(span, legal + 1, last_);
      r_.Add(span, MentionType::kCompany, TypeOfHead(begin, legal), 0.92f, "en-legal");
      return true;
    }
    if (head == UINT32_MAX || words < 2) return false;
    const LexiconEntry& entry = *r_.tokens[head].entry;
    // "University of X" as well as "X University".
    const bool first_head = head == begin;
    bool has_of = false;
    for (uint32_t i = begin; i < end; ++i) has_of |= Word(i) == U"of" || Word(i) == U"for";
    if (r_.tokens[begin].Is(kOrgHeadEn) && has_of) {
      const uint8_t type = r_.tokens[begin].entry->head_type;
      r_.Add(SpanOf(begin, end), MentionType::kCompany, type, 0.85f, "en-head-of");
      return true;
    }
    if (has_of) {
      r_.Add(SpanOf(begin, end), MentionType::kCompany, entry.head_type, 0.8f, "en-head-of");
      return true;
    }
    if (first_head || head + 1 < end) {
      // The head stands inside: "Capital One Arena" is decided elsewhere.
      if (LooksLikePerson(begin, end)) return false;
      if (head + 1 < end && !r_.tokens[end - 1].Is(kProductHeadEn)) return false;
    }
    if (head + 1 != end) return false;
    if (AllCommon(begin, end) && !HasTicker(SpanOf(begin, end).end) && !HasAcronym(begin, end)) {
      return false;
    }
    r_.Add(SpanOf(begin, end), MentionType::kCompany, entry.head_type, 0.8f, "en-head");
    return true;
  }

  // A legal form says company; the words before it may say bank or university.
  uint8_t TypeOfHead(uint32_t begin, uint32_t legal) const {
    for (uint32_t i = legal; i > begin; --i) {
      const LexiconEntry& entry = *r_.tokens[i - 1].entry;
      if (entry.Is(kOrgHeadEn) && OrgTypeName(entry.head_type) == std::string_view("FINANCIAL")) {
        return entry.head_type;
      }
    }
    return OrgTypeIndex("COMPANY");
  }

  // Whether every word stands in lower case somewhere, or begins no name.
  bool AllCommon(uint32_t begin, uint32_t end) const {
    for (uint32_t i = begin; i < end; ++i) {
      if (!IsWordToken(i) || r_.tokens[i].Is(kGenericEn | kNotNameEn | kOrgHeadEn)) continue;
      const bool common =
          words_.IsCommon(Word(i)) || (r_.tokens[i].Is(kCommonEn | kTitleModifier) &&
                                       words_.CapitalizedCount(Word(i)) < kNameCountMin);
      if (!common || r_.tokens[i].Is(kPlace)) {
        return false;
      }
    }
    return true;
  }

  bool LooksLikePerson(uint32_t begin, uint32_t end) const {
    int words = 0, names = 0;
    uint32_t first_word = begin;
    for (uint32_t i = begin; i < end; ++i) {
      const Token& token = r_.tokens[i];
      if (token.kind == TokenKind::kNumber || token.kind == TokenKind::kMark) return false;
      if (!IsWordToken(i)) continue;
      const std::u32string_view word = Word(i);
      if (IsOneOf(word, {U"of", U"for", U"and", U"the", U"&"})) return false;
      if (token.Is(kOrgHeadEn | kLegalEn | kPlace) && i == first_word) return false;
      if (token.Is(kLegalEn) || (token.Is(kOrgHeadEn) && !token.Is(kNameEn))) return false;
      if ((token.Is(kNotNameEn) && !token.Is(kNameEn)) || token.Is(kGeoEn)) return false;
      const bool initial = word.size() <= 2 && IsUpper(word[0]);
      if (word.size() > 3 && std::all_of(word.begin(), word.end(), IsUpper)) return false;
      ++words;
      names += token.Is(kNameEn) && !initial;
    }
    if (words < 2 || words > 4) return false;
    const bool context = PersonContext(SpanOf(begin, end));
    if (!context && r_.tokens[first_word].Is(kCommonEn)) return false;
    return r_.tokens[first_word].Is(kNameEn) && !words_.IsCommon(Word(first_word)) &&
           (names >= 2 || context || words == 2);
  }

  // Speech or a title beside the name.
  bool PersonContext(Span span) const {
    const std::u32string_view after = r_.chars.substr(span.end, 12);
    for (const std::u32string_view word :
         {U" said", U" says", U" added", U", CEO", U", Chief", U", President", U", who", U" told",
          U", Vice", U", Dir", U", Foun", U", Head", U", Senior", U", Exec", U", Man", U", Co-"}) {
      if (after.starts_with(word)) return true;
    }
    const std::u32string_view before =
        r_.chars.substr(span.begin >= 10 ? span.begin - 10 : 0, std::min(span.begin, 10u));
    for (const std::u32string_view word :
         {U"said ", U"says ", U"CEO ", U"founder ", U"president ", U"By ", U"by "}) {
      if (before.ends_with(word)) return true;
    }
    return false;
  }

  // "World Economic Forum (WEF)": initials after a name say that it is one.
  bool HasAcronym(uint32_t begin, uint32_t end) const {
    std::u32string initials = U" (";
    for (uint32_t i = begin; i < end; ++i) {
      if (IsWordToken(i) && IsUpper(Word(i)[0])) initials += Word(i)[0];
    }
    initials += U')';
    return initials.size() > 5 && r_.chars.substr(SpanOf(begin, end).end).starts_with(initials);
  }

  // "(NASDAQ: X)" after a name.
  bool HasTicker(uint32_t end) const {
    uint32_t i = end;
    while (IsSpace(r_.At(i)) && r_.At(i) != U'\n') ++i;
    if (r_.At(i) != U'(') return false;
    const std::u32string_view inside = r_.chars.substr(i + 1, 24);
    return inside.find(U':') < 20 || inside.find(U"NASDAQ") < 4 || inside.find(U"NYSE") < 4;
  }

  void ClassifyByContext(uint32_t begin, uint32_t end, const LexiconEntry& entry) {
    const Span span = SpanOf(begin, end);
    const std::u32string_view text = r_.Chars(span);
    int words = 0;
    for (uint32_t i = begin; i < end; ++i) words += IsWordToken(i);
    if (HasTicker(span.end)) {
      r_.Add(span, MentionType::kCompany, 0, 0.9f, "en-ticker");
      return;
    }
    if (words <= 2 && FollowsPersonFrom(begin)) {
      r_.Add(span, MentionType::kCompany, 0, 0.7f, "en-affiliation");
      return;
    }
    if (AllCommon(begin, end)) return;
    const std::u32string_view after = r_.chars.substr(span.end, 40);
    const uint32_t previous = PreviousWord(begin);
    const std::u32string_view before =
        previous == UINT32_MAX ? std::u32string_view() : Word(previous);
    const bool acronym = words == 1 && std::all_of(Word(begin).begin(), Word(begin).end(),
                                                   [](char32_t c) { return !IsLower(c); });
    if (entry.Is(kCompanyEn) && !acronym &&
        !entry.Is(kNameEn | kGeoEn | kPlace | kTitleModifier | kNotNameEn | kCommonEn)) {
      r_.Add(span, MentionType::kCompany, 0, 0.75f, "en-listed");
      return;
    }
    if (const uint32_t more = ProductWord(after); more > 0) {
      if (!acronym && text.find(U'-') == text.npos) {
        r_.Add({span.begin, span.end + more}, MentionType::kProduct, 0, 0.6f, "en-product-context");
      }
      return;
    }
    // LG Energy Solution: a known name goes on.
    if (words >= 2 && words <= 4 && r_.tokens[begin].Is(kOrgName)) {
      r_.Add(span, MentionType::kCompany, r_.tokens[begin].entry->org_type, 0.8f,
             "en-known-longer");
      return;
    }
    const uint32_t next = NextWord(end - 1);
    const bool verb = next < last_ && r_.tokens[next].Is(kOrgVerbEn);
    const bool possessive = after.starts_with(U"'s ") || after.starts_with(U"’s ");
    const bool agent = IsOneOf(before, {U"by", U"with", U"at", U"acquire", U"acquired", U"between",
                                        U"joined", U"joining", U"from", U"like", U"including"});
    const int count = words == 1 ? words_.CapitalizedCount(Word(begin)) : 2;
    if (acronym && (!(verb && count >= 3) || words_.IsTicker(Word(begin)))) return;
    if (entry.Is(kNameEn) || (words == 1 && r_.tokens[begin].Is(kTitleModifier | kProductHeadEn))) {
      return;
    }
    for (uint32_t i = begin; i < end; ++i) {
      if (r_.tokens[i].Is(kGeoEn) || InTitle(i)) return;
    }
    if ((verb && count >= 2) || ((possessive || agent) && count >= 3)) {
      r_.Add(span, MentionType::kCompany, 0, 0.55f, "en-context");
    }
  }

  // "Jane Hale from Orbrook": two names of a person and "from".
  bool FollowsPersonFrom(uint32_t begin) const {
    const uint32_t from = PreviousWord(begin);
    if (from == UINT32_MAX || Word(from) != U"from") return false;
    const uint32_t last = PreviousWord(from);
    if (last == UINT32_MAX || !r_.IsCapitalized(last) || !r_.tokens[last].Is(kNameEn)) return false;
    const uint32_t given = PreviousWord(last);
    return given != UINT32_MAX && r_.IsCapitalized(given) && r_.tokens[given].Is(kNameEn) &&
           !r_.tokens[given].Is(kNotNameEn);
  }

  // The length of the noun after a name that makes it a product's: " platform", which belongs to
  // the name.
  static uint32_t ProductWord(std::u32string_view after) {
    for (const std::u32string_view word : kProductNouns) {
      if (after.starts_with(word) &&
          (after.size() == word.size() || !IsAlphanumeric(after[word.size()]))) {
        return static_cast<uint32_t>(word.size());
      }
    }
    return 0;
  }

  Recognition& r_;
  const DocumentWords& words_;
  const Sentence& sentence_;
  const uint32_t first_;
  const uint32_t last_;
};

}  // namespace

void FindEnglishNames(Recognition& recognition) {
  const DocumentWords words(recognition);
  for (size_t s = 0; s < recognition.document.sentences.size(); ++s) {
    if (recognition.IsEnglish(s)) EnglishNames(recognition, words, s).Run();
  }
}

}  // namespace partnergraph
