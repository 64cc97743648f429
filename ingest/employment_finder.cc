#include "ingest/employment_finder.h"

#include <utility>

#include "ingest/character.h"
#include "ingest/word_match.h"

namespace partnergraph {

using std::u32string_view;

Span EmploymentFinder::Trim(Span span) const {
  static constexpr u32string_view kEdge = U" \n的,、:;-—'\"“”‘’?";
  while (span.begin < span.end && kEdge.find(At(span.begin)) != u32string_view::npos) ++span.begin;
  while (span.begin < span.end && kEdge.find(At(span.end - 1)) != u32string_view::npos) --span.end;
  return span;
}

bool EmploymentFinder::Drop(Span& span, u32string_view opening) const {
  if (!view_.Between(span.begin, span.end).starts_with(opening)) return false;
  span.begin += static_cast<uint32_t>(opening.size());
  return true;
}

void EmploymentFinder::DropAside(Span& span) const {
  const u32string_view text = view_.Between(span.begin, span.end);
  size_t spaces = 0;
  while (spaces < text.size() && IsSpace(text[spaces])) ++spaces;
  const u32string_view rest = SkipAside(text.substr(spaces));
  if (rest.size() + spaces < text.size()) {
    span.begin = span.end - static_cast<uint32_t>(rest.size());
  }
}

const CueHit* EmploymentFinder::LastHead(uint32_t begin, uint32_t end) const {
  const CueHit* last = nullptr;
  for (const CueHit& hit : view_.cues()) {
    if (hit.span.begin >= end) break;
    if (hit.cue == Cue::kTitleHead && hit.span.begin >= begin && hit.span.end <= end) last = &hit;
  }
  return last;
}

bool EmploymentFinder::IsTitle(Span& span) const {
  span = Trim(span);
  if (span.size() == 0) return false;
  const CueHit* head = LastHead(span.begin, span.end);
  if (head == nullptr) return false;
  if (head->span.end < span.end) {
    const u32string_view rest = view_.Between(head->span.end, span.end);
    const bool abbreviation = rest.front() == U'(' && rest.back() == U')';
    if (!abbreviation) return false;
  }
  if (view_.Has(Cue::kSpeak, span.begin, head->span.begin)) return false;
  const u32string_view text = view_.Between(span.begin, span.end);
  for (const char32_t c : text) {
    if (u32string_view(U"。!?;").find(c) != u32string_view::npos) return false;
    if (!view_.english() && (c == U',' || c == U':')) return false;
  }
  // A list that opens with something else than a title is a list of people or things.
  const size_t list = text.find(U'、');
  if (list != u32string_view::npos && !view_.english()) {
    const uint32_t first_end = span.begin + static_cast<uint32_t>(list);
    const CueHit* first = LastHead(span.begin, first_end);
    if (first == nullptr || first->span.end != first_end) {
      // Departments may be listed too: "党委、行政负责人" is rare enough to give up.
      span.begin = first_end + 1;
      return IsTitle(span);
    }
  }
  return true;
}

bool EmploymentFinder::CleanTitle(Span& span) const {
  bool current = true;
  for (bool changed = true; changed;) {
    changed = false;
    span = Trim(span);
    for (const u32string_view word :
         {U"现任", U"时任", U"现为", U"公司", U"该公司", U"本公司", U"本届", U"其",
          U"新任", U"当时", U"和",   U"及",   U"以及",   U"与",     U"以",   U"由",
          U"的",   U"任",   U"为",   U"旗下", U"邀请",   U"经",     U"据",   U"在"}) {
      // 为 and 任 also begin words, but no title.
      changed |= Drop(span, word);
    }
    for (const u32string_view word : {U"the company's ",
                                      U"the company’s ",
                                      U"the ",
                                      U"The ",
                                      U"its ",
                                      U"a ",
                                      U"an ",
                                      U"and ",
                                      U"by ",
                                      U"said ",
                                      U"our ",
                                      U"newly-appointed ",
                                      U"current ",
                                      U"new ",
                                      U"as ",
                                      U"to ",
                                      U"s ",
                                      U"is ",
                                      U"’s ",
                                      U"'s ",
                                      U"says ",
                                      U"serves as ",
                                      U"Our ",
                                      U"with ",
                                      U"from "}) {
      changed |= Drop(span, word);
    }
    for (const u32string_view word : {U"前", U"原", U"former ", U"Former "}) {
      // 前台经理 is held, 前总裁 was.
      if (span.size() > word.size() + 1 && Drop(span, word)) changed = true, current = false;
    }
  }
  return current;
}

void EmploymentFinder::Add(uint32_t person, uint32_t company, Span title, Span evidence,
                           float confidence, const char* rule) {
  const bool current = CleanTitle(title);
  if (title.size() == 0) return;
  const u32string_view text = view_.Between(title.begin, title.end);
  if (EndsWithAny(text, {U"院士", U"会士", U"大会主席", U"fellow", U"Fellow", U"academician"}))
    return;
  // Founders: what remains once the founding is taken away?
  bool founder = false, other = false;
  for (const CueHit& hit : view_.cues()) {
    if (hit.span.begin >= title.end) break;
    if (hit.cue != Cue::kTitleHead || hit.span.begin < title.begin) continue;
    const u32string_view head = view_.Between(hit.span.begin, hit.span.end);
    const bool founding = head.find(U"创") != u32string_view::npos ||
                          head.find(U"ounder") != u32string_view::npos || head == U"发起人";
    (founding ? founder : other) = true;
  }
  if (text.starts_with(U"founding ") || text.find(U"创始合伙人") != u32string_view::npos)
    founder = true;
  Relation relation;
  relation.source = person;
  relation.target = company;
  relation.status = current ? FactStatus::kActive : FactStatus::kEnded;
  relation.confidence = confidence;
  relation.evidence.push_back(TrimEvidence(view_.document(), evidence));
  relation.rule = rule;
  if (founder) {
    relation.type = kFounded;
    relation.status = FactStatus::kActive;
    relations_.push_back(relation);
  }
  if (other || !founder) {
    relation.status = current ? FactStatus::kActive : FactStatus::kEnded;
    relation.type = kEmployedBy;
    relation.title = view_.document().Text(title);
    relations_.push_back(std::move(relation));
  }
  last_person_ = person;
  last_company_ = company;
}

}  // namespace partnergraph
