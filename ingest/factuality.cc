#include "ingest/factuality.h"

#include <string_view>

namespace partnergraph {
namespace {

using std::u32string_view;

// A negation works on a cue at most this far behind it.
constexpr uint32_t kNegationReachHan = 6;
constexpr uint32_t kNegationReachLatin = 20;

bool IsQuestion(const SentenceView& view, Span clause) {
  const u32string_view text = view.Between(clause.begin, clause.end);
  for (const u32string_view word : {U"是否", U"能否", U"吗", U"何时", U"会不会", U"可能性"}) {
    if (text.find(word) != u32string_view::npos) return true;
  }
  // Question marks in Chinese text are often what is left of other characters.
  return view.english() && view.span().size() > 0 &&
         view.Between(view.span().end - 1, view.span().end) == U"?";
}

}  // namespace

std::optional<FactStatus> AssessFactuality(const SentenceView& view, Span trigger) {
  const Span clause = view.Clause(trigger.begin);
  const uint32_t reach = view.english() ? kNegationReachLatin : kNegationReachHan;
  bool planned = false, ended = false, negotiated = false;
  // A signing, or the announcement of one, anywhere in the sentence before the trigger's end.
  bool signed_ = false;
  for (const CueHit& hit : view.cues()) {
    const bool in_clause = clause.begin <= hit.span.begin && hit.span.end <= clause.end;
    const bool before = hit.span.begin < trigger.begin;
    switch (hit.cue) {
      case Cue::kSign:
        signed_ |= in_clause;
        break;
      case Cue::kRumour:
      case Cue::kAllege:
        if (in_clause || before) return std::nullopt;
        break;
      case Cue::kDeny:
        if (in_clause) return std::nullopt;
        break;
      case Cue::kNegation:
        if (before && hit.span.end + reach >= trigger.begin && in_clause) return std::nullopt;
        break;
      case Cue::kHope:
        if (before && in_clause) return std::nullopt;
        break;
      case Cue::kNegotiate:
        negotiated |= in_clause;
        break;
      case Cue::kEnd:
        ended |= in_clause;
        break;
      case Cue::kPlan:
        planned |= before && in_clause;
        break;
      default:
        break;
    }
  }
  if (negotiated && !signed_) return std::nullopt;
  // "原拟合作,...终止磋商": what was only planned and came to nothing.
  if (planned && !signed_ && (view.Has(Cue::kEnd) || view.Has(Cue::kNegotiate)))
    return std::nullopt;
  if (IsQuestion(view, clause)) return std::nullopt;
  if (ended) return FactStatus::kEnded;
  return planned ? FactStatus::kPlanned : FactStatus::kAnnounced;
}

}  // namespace partnergraph
