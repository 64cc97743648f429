#include "ingest/employment_rules.h"

#include <string_view>

#include "ingest/employment_finder.h"
#include "ingest/relation_sink.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

using std::u32string_view;

// "X创立了C", "C was founded by X".
void FindFounders(const SentenceView& view, std::vector<Relation>& relations) {
  RelationSink sink(view, relations);
  const std::vector<Name>& names = view.names();
  for (const CueHit& hit : view.cues()) {
    if (hit.cue != Cue::kEstablish && hit.cue != Cue::kFounder) continue;
    const bool passive = view.Between(hit.span.begin, hit.span.end).ends_with(U" by");
    if (hit.cue == Cue::kFounder && !passive) continue;
    const Name* before = nullptr;
    const Name* after = nullptr;
    for (const Name& name : names) {
      if (name.span.end <= hit.span.begin) before = &name;
      if (name.span.begin >= hit.span.end && after == nullptr) after = &name;
    }
    if (before == nullptr || after == nullptr) continue;
    const MentionType first = passive ? MentionType::kCompany : MentionType::kPerson;
    const MentionType second = passive ? MentionType::kPerson : MentionType::kCompany;
    if (before->type != first || after->type != second ||
        hit.span.begin - before->span.end > (passive ? 24u : 12u) ||
        after->span.begin - hit.span.end > 12) {
      continue;
    }
    const u32string_view gap = view.Between(before->span.end, hit.span.begin);
    const u32string_view rest = view.Between(hit.span.end, after->span.begin);
    if (gap.find(U',') != u32string_view::npos || rest.find(U',') != u32string_view::npos ||
        rest.find(U'与') != u32string_view::npos) {
      continue;
    }
    sink.Add(kFounded, passive ? after->entity : before->entity,
             passive ? before->entity : after->entity, {before->span.begin, after->span.end},
             kEmploymentInherited, "founded");
    // "C was founded by X, Y and Z".
    if (!passive) continue;
    const Name* last = after;
    for (const Name& name : names) {
      if (name.span.begin < last->span.end) continue;
      if (name.type != MentionType::kPerson ||
          !IsOneOf(view.Between(last->span.end, name.span.begin),
                   {U", ", U" and ", U", and ", U" & "})) {
        break;
      }
      sink.Add(kFounded, name.entity, before->entity, {before->span.begin, name.span.end},
               kEmploymentInherited, "founded together");
      last = &name;
    }
  }
}

}  // namespace

void FindEmployment(const SentenceView& view, const Discourse& discourse,
                    std::vector<Relation>& relations) {
  FindFounders(view, relations);
  view.english() ? FindEnglishEmployment(view, discourse, relations)
                 : FindChineseEmployment(view, discourse, relations);
}

}  // namespace partnergraph
