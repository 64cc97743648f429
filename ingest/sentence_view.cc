#include "ingest/sentence_view.h"

#include <algorithm>

#include "ingest/character.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

using std::u32string_view;

// How far an employer stands from the person: longest job title with its department.
constexpr uint32_t kTitleCharsMax = 40;
// Longest description between 与 and the company that it introduces.
constexpr uint32_t kDescriptionCharsMax = 24;

bool IsMark(char32_t c) {
  return u32string_view(U" \n\"'“”‘’《》?*").find(c) != u32string_view::npos;
}

bool IsClauseEnd(char32_t c) { return kClauseEnds.find(c) != u32string_view::npos; }

// What may stand between two coordinated companies.
bool IsConnector(u32string_view text, bool english) {
  text = TrimMarks(SkipAside(TrimMarks(text)));
  if (text.starts_with(U"等")) text.remove_prefix(1);
  static constexpr u32string_view kHan[] = {
      U"、", U"和",   U"与",   U"及",  U"以及", U"暨",   U"同",    U"跟",   U"/", U"&",
      U"+",  U"及其", U"和其", U",和", U"、和", U"并与", U",以及", U"联同", U"—", U"×"};
  static constexpr u32string_view kLatin[] = {
      U",",       U"and",       U", and", U"&", U"/", U"and its",   U"or",
      U"and the", U", and the", U", the", U"x", U"+", U"as well as"};
  for (const u32string_view connector : kHan) {
    if (text == connector) return true;
  }
  if (!english) return text == U",";
  // "A and Norway's B".
  if (text.starts_with(U"and ") && text.size() <= 24 &&
      (text.ends_with(U"'s") || text.ends_with(U"’s")) && IsUpper(text[4])) {
    return true;
  }
  for (const u32string_view connector : kLatin) {
    if (text == connector) return true;
  }
  return false;
}

}  // namespace

u32string_view TrimMarks(u32string_view text) {
  while (!text.empty() && IsMark(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsMark(text.back())) text.remove_suffix(1);
  return text;
}

u32string_view SkipAside(u32string_view text) {
  while (!text.empty() && text.front() == U'(') {
    const size_t close = text.find(U')');
    if (close == u32string_view::npos) return text;
    text.remove_prefix(close + 1);
    while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  }
  return text;
}

Span TrimEvidence(const Document& document, Span span) {
  static constexpr u32string_view kEdge = U" \n。.,;:!?、—-·*•";
  const std::u32string& chars = document.chars;
  while (span.begin < span.end && kEdge.find(chars[span.begin]) != u32string_view::npos) {
    ++span.begin;
  }
  while (span.begin < span.end && kEdge.find(chars[span.end - 1]) != u32string_view::npos) {
    --span.end;
  }
  return span;
}

SentenceView::SentenceView(const Document& document, const Sentence& sentence, size_t first_mention)
    : document_(document), sentence_(sentence) {
  CueLexicon::Get().Find(document, sentence.span, cues_);
  CollectNames(first_mention);
  MarkAsides();
  MarkEmployers();
  BuildGroups();
}

bool SentenceView::Has(Cue cue, uint32_t begin, uint32_t end) const {
  for (const CueHit& hit : cues_) {
    if (hit.span.begin >= end) break;
    if (hit.cue == cue && hit.span.begin >= begin) return true;
  }
  return false;
}

const Group* SentenceView::GroupBefore(uint32_t position) const {
  const Group* best = nullptr;
  for (const Group& group : groups_) {
    if (group.span.end > position) break;
    best = &group;
  }
  return best;
}

const Group* SentenceView::GroupAfter(uint32_t position) const {
  for (const Group& group : groups_) {
    if (group.span.begin >= position) return &group;
  }
  return nullptr;
}

Span SentenceView::Clause(uint32_t position) const {
  Span clause{position, position};
  int depth = 0;
  while (clause.begin > span().begin) {
    const char32_t c = document_.chars[clause.begin - 1];
    if (c == U')') ++depth;
    if (c == U'(' && depth > 0) --depth;
    if (depth == 0 && IsClauseEnd(c)) break;
    --clause.begin;
  }
  depth = 0;
  while (clause.end < span().end) {
    const char32_t c = document_.chars[clause.end];
    if (c == U'(') ++depth;
    if (c == U')' && depth > 0) --depth;
    if (depth == 0 && IsClauseEnd(c)) break;
    ++clause.end;
  }
  return clause;
}

Span SentenceView::Evidence() const { return TrimEvidence(document_, span()); }

void SentenceView::CollectNames(size_t first_mention) {
  size_t i = first_mention;
  for (; i < document_.mentions.size(); ++i) {
    const Mention& mention = document_.mentions[i];
    if (mention.span.begin >= span().end) break;
    if (mention.entity < 0 || mention.span.end > span().end) continue;
    names_.push_back(
        {mention.span, mention.type, static_cast<uint32_t>(mention.entity), false, false});
  }
  next_mention_ = i;
  // A cue inside a name says nothing: the 投资 of a fund, the "Partners" of a firm.
  std::erase_if(cues_, [this](const CueHit& hit) {
    const auto after = std::upper_bound(
        names_.begin(), names_.end(), hit.span.begin,
        [](uint32_t position, const Name& name) { return position < name.span.begin; });
    if (after != names_.end() && after->span.Overlaps(hit.span)) return true;
    return after != names_.begin() && std::prev(after)->span.Overlaps(hit.span);
  });
}

void SentenceView::MarkAsides() {
  size_t name = 0;
  int brackets = 0, books = 0;
  for (uint32_t i = span().begin; i < span().end && name < names_.size(); ++i) {
    while (name < names_.size() && names_[name].span.begin <= i) {
      const Span& at = names_[name].span;
      const bool slashes = at.begin > span().begin && at.end < span().end &&
                           document_.chars[at.begin - 1] == U'/' && document_.chars[at.end] == U'/';
      names_[name].aside =
          brackets > 0 || slashes || (books > 0 && names_[name].type == MentionType::kCompany) ||
          (name > 0 && names_[name - 1].span.Contains(at)) ||  // The maker in a product's name.
          (names_[name].type == MentionType::kCompany && IsSource(at));
      ++name;
    }
    switch (document_.chars[i]) {
      case U'(':
        ++brackets;
        break;
      case U')':
        if (brackets > 0) --brackets;
        break;
      case U'《':
        ++books;
        break;
      case U'》':
        if (books > 0) --books;
        break;
      default:
        break;
    }
  }
}

bool SentenceView::IsSource(Span name) const {
  const u32string_view after = Between(name.end, std::min(name.end + 4, span().end));
  return StartsWithAny(after, {U"讯", U"报道", U"记者", U"电(", U"消息", U"援引"});
}

void SentenceView::MarkEmployers() {
  for (size_t i = 0; i < names_.size(); ++i) {
    Name& company = names_[i];
    if (company.type != MentionType::kCompany) continue;
    // "A公司(中国)首席执行官X", "Acme CEO X": a title between the company and the person.
    for (size_t j = i + 1; j < names_.size() && j <= i + 3; ++j) {
      const Name& other = names_[j];
      if (other.span.begin > company.span.end + kTitleCharsMax) break;
      const u32string_view between = Between(company.span.end, other.span.begin);
      if (other.type == MentionType::kCompany) {
        // "A党委书记、B总经理X": the first title ends before the second company.
        const u32string_view head = TrimMarks(between);
        if (head.ends_with(U"、") || head.ends_with(U"兼")) {
          company.employer = Has(Cue::kTitleHead, company.span.end, other.span.begin) &&
                             head.find(U',') == u32string_view::npos;
        }
        continue;
      }
      if (other.type != MentionType::kPerson) continue;
      if (between.find(U'。') != u32string_view::npos ||
          (!english() && between.find(U',') != u32string_view::npos)) {
        break;
      }
      for (const CueHit& hit : cues_) {
        if (hit.cue == Cue::kTitleHead && hit.span.begin >= company.span.end &&
            hit.span.end <= other.span.begin &&
            TrimMarks(SkipAside(Between(hit.span.end, other.span.begin))).size() <=
                (english() ? 6 : 1)) {
          company.employer = true;
        }
      }
      break;
    }
    // "X from Acme", "Acme's X": whom someone speaks to.
    if (i > 0 && names_[i - 1].type == MentionType::kPerson &&
        Between(names_[i - 1].span.end, company.span.begin) == U" from ") {
      company.employer = true;
    }
    if (i + 1 < names_.size() && names_[i + 1].type == MentionType::kPerson) {
      const u32string_view link = Between(company.span.end, names_[i + 1].span.begin);
      company.employer |= link == U"'s " || link == U"’s ";
    }
    // "CEO of Acme", "director at the Acme".
    const uint32_t from =
        company.span.begin > span().begin + 12 ? company.span.begin - 12 : span().begin;
    u32string_view before = Between(from, company.span.begin);
    for (const u32string_view word : {U" the ", U" "}) {
      if (before.ends_with(word)) {
        before.remove_suffix(word.size());
        break;
      }
    }
    for (const u32string_view word : {U" of", U" at", U" for", U" with"}) {
      if (!before.ends_with(word)) continue;
      const uint32_t end = from + static_cast<uint32_t>(before.size() - word.size());
      for (const CueHit& hit : cues_) {
        if (hit.cue == Cue::kTitleHead && hit.span.end <= end && hit.span.end + 40 > end &&
            Between(hit.span.end, end).find(U',') == u32string_view::npos) {
          company.employer = true;
        }
      }
    }
  }
}

std::optional<uint32_t> SentenceView::FindWith(uint32_t begin, uint32_t from) const {
  // Back over a description ("与全球领先的平台公司B") to the preposition.
  if (begin > from + kDescriptionCharsMax) from = begin - kDescriptionCharsMax;
  for (uint32_t i = begin; i > from; --i) {
    const char32_t c = document_.chars[i - 1];
    if (IsClauseEnd(c) || c == U'、') return std::nullopt;
    const char32_t verb = i >= 2 ? document_.chars[i - 2] : U' ';
    if ((c == U'手' && u32string_view(U"携联牵").find(verb) != u32string_view::npos) ||
        (c == U'合' && verb == U'联') || (c == U'同' && (verb == U'会' || verb == U'协'))) {
      // "携手成立的B" and "联合发布B" are acts upon B.
      const char32_t next = i < span().end ? document_.chars[i] : U' ';
      if (u32string_view(U"成共打推发开建设研举组出助签召承主约印制").find(next) !=
          u32string_view::npos) {
        return std::nullopt;
      }
      return i - 2;  // "A携手B", "A联合B".
    }
    if (u32string_view(U"与和同跟").find(c) != u32string_view::npos) {
      // Not the inside of 和平, 同时, 参与, 相同.
      const char32_t next = i < span().end ? document_.chars[i] : U' ';
      const char32_t previous = i >= 2 ? document_.chars[i - 2] : U' ';
      if (u32string_view(U"时样期步业等谐平会").find(next) != u32string_view::npos ||
          u32string_view(U"参相共不合").find(previous) != u32string_view::npos) {
        continue;
      }
      return i - 1;
    }
  }
  return std::nullopt;
}

bool SentenceView::EndsStatement(const Name& last, const Name& next) const {
  // "A收购B、C收购D": a verb right before the one and right behind the other.
  const auto transitive = [this](uint32_t begin, uint32_t end) {
    return Has(Cue::kAcquire, begin, end) || Has(Cue::kInvest, begin, end);
  };
  const uint32_t before = last.span.begin > span().begin + 4 ? last.span.begin - 4 : span().begin;
  return transitive(before, last.span.begin) && transitive(next.span.end, next.span.end + 2);
}

void SentenceView::BuildGroups() {
  const Name* last = nullptr;
  for (size_t i = 0; i < names_.size(); ++i) {
    const Name& name = names_[i];
    if (name.type != MentionType::kCompany) {
      if (name.type == MentionType::kPerson) last = nullptr;
      continue;
    }
    if (name.employer || name.aside) continue;
    if (last != nullptr && !groups_.empty() &&
        IsConnector(Between(last->span.end, name.span.begin), english()) &&
        !EndsStatement(*last, name)) {
      Group& group = groups_.back();
      group.span.end = name.span.end;
      if (std::find(group.entities.begin(), group.entities.end(), name.entity) ==
              group.entities.end() &&
          group.entities.size() < kGroupSizeMax) {
        group.entities.push_back(name.entity);
      }
    } else {
      Group group;
      group.span = name.span;
      group.entities.push_back(name.entity);
      group.with = FindWith(name.span.begin, i > 0 ? names_[i - 1].span.end : span().begin);
      groups_.push_back(std::move(group));
    }
    last = &name;
  }
}

}  // namespace partnergraph
