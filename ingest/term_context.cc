#include "ingest/term_context.h"

#include <algorithm>

#include "ingest/character.h"

namespace partnergraph {

TermContext::TermContext(const Document& document, Span span) : document_(document), span_(span) {
  const auto after =
      std::upper_bound(document.sentences.begin(), document.sentences.end(), span.begin,
                       [](uint32_t at, const Sentence& s) { return at < s.span.begin; });
  if (after != document.sentences.begin()) language_ = std::prev(after)->language;

  auto mention = std::lower_bound(document.mentions.begin(), document.mentions.end(), span.begin,
                                  [](const Mention& m, uint32_t at) { return m.span.begin < at; });
  for (; mention != document.mentions.end() && mention->span.begin < span.end; ++mention) {
    if (mention->entity < 0) continue;
    names_.push_back(mention->span);
    if (mention->type == MentionType::kCompany) {
      companies_.push_back({mention->span, static_cast<uint32_t>(mention->entity)});
    }
  }
  quantities_ = FindQuantities(document, span, language_);
  // 三元股份 is no price.
  std::erase_if(quantities_, [&](const Quantity& quantity) { return InName(quantity.span); });
}

bool TermContext::InName(Span span) const {
  const auto after =
      std::lower_bound(names_.begin(), names_.end(), span.end,
                       [](const Span& name, uint32_t at) { return name.begin < at; });
  // Names may lie in one another, no deeper than two.
  for (auto name = after; name != names_.begin() && after - name < 2;) {
    --name;
    if (name->Overlaps(span)) return true;
  }
  return false;
}

bool TermContext::IsClauseEnd(uint32_t at) const {
  const char32_t c = document_.chars[at];
  if (c == U';' || c == U'。' || c == U'!' || c == U'?') return true;
  if (c != U',') return false;
  const bool in_number = document_.raw[at] == U',' && at > span_.begin && at + 1 < span_.end &&
                         IsDigit(document_.chars[at - 1]) && IsDigit(document_.chars[at + 1]);
  return !in_number;
}

Span TermContext::Clause(Span words) const {
  Span clause = words;
  while (clause.begin > span_.begin && words.begin - clause.begin < kClauseCharsMax &&
         !IsClauseEnd(clause.begin - 1)) {
    --clause.begin;
  }
  while (clause.end < span_.end && clause.end - words.end < kClauseCharsMax &&
         !IsClauseEnd(clause.end)) {
    ++clause.end;
  }
  return clause;
}

Span TermContext::ClauseBefore(Span clause) const {
  if (clause.begin <= span_.begin + 1) return {span_.begin, span_.begin};
  const uint32_t end = clause.begin - 1;
  uint32_t begin = end;
  while (begin > span_.begin && end - begin < kClauseCharsMax && !IsClauseEnd(begin - 1)) --begin;
  return {begin, end};
}

Span TermContext::ClauseAfter(Span clause) const {
  if (clause.end + 1 >= span_.end) return {span_.end, span_.end};
  const uint32_t begin = clause.end + 1;
  uint32_t end = begin;
  while (end < span_.end && end - begin < kClauseCharsMax && !IsClauseEnd(end)) ++end;
  return {begin, end};
}

std::vector<CompanyPlace> TermContext::CompaniesIn(Span span) const {
  std::vector<CompanyPlace> within;
  auto company = std::lower_bound(
      companies_.begin(), companies_.end(), span.begin,
      [](const CompanyPlace& place, uint32_t at) { return place.span.begin < at; });
  for (; company != companies_.end() && company->span.begin < span.end; ++company) {
    within.push_back(*company);
  }
  return within;
}

std::vector<LabelHit> TermContext::LabelsIn(Span span) const {
  if (span.begin >= span.end) return {};
  std::vector<LabelHit> labels = FindLabels(document_, span);
  std::erase_if(labels, [&](const LabelHit& hit) { return InName(hit.span); });
  return labels;
}

}  // namespace partnergraph
