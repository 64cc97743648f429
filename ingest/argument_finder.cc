#include "ingest/argument_finder.h"

#include <algorithm>
#include <string_view>

#include "ingest/character.h"

namespace partnergraph {
namespace {

using std::u32string_view;

Argument FromGroup(const Group& group) {
  Argument argument;
  argument.entities = group.entities;
  argument.span = group.span;
  argument.joined = group.entities.size() > 1;
  return argument;
}

}  // namespace

void AppendUnique(std::vector<uint32_t>& list, const std::vector<uint32_t>& more) {
  for (const uint32_t entity : more) {
    if (std::find(list.begin(), list.end(), entity) == list.end()) list.push_back(entity);
  }
}

char32_t Preposition(const SentenceView& view, const Group& group) {
  const uint32_t from =
      group.span.begin > view.span().begin + 8 ? group.span.begin - 8 : view.span().begin;
  u32string_view before = TrimMarks(view.Between(from, group.span.begin));
  if (before.empty()) return 0;
  if (!IsLatin(before.back())) {
    const char32_t c = before.back();
    return u32string_view(U"由被向对从获给为于受经自把将在").find(c) != u32string_view::npos ? c
                                                                                             : 0;
  }
  if (before.ends_with(U" the")) before = before.substr(0, before.size() - 4);
  if (before.ends_with(U"by")) return U'b';
  if (before.ends_with(U"from")) return U'f';
  if (before.ends_with(U" to")) return U't';
  if (before.ends_with(U"with")) return U'w';
  if (before.ends_with(U" of")) return U'o';
  return 0;
}

bool AnaphorBefore(const SentenceView& view, uint32_t position) {
  for (const CueHit& hit : view.cues()) {
    if (hit.span.end > position) break;
    if (hit.cue != Cue::kAnaphor) continue;
    const u32string_view rest = TrimMarks(view.Between(hit.span.end, position));
    if (rest.empty() || rest == U"的" || rest == U"'s" || rest == U"’s") return true;
  }
  return false;
}

Argument ActorsBefore(const SentenceView& view, const Discourse& discourse, uint32_t position,
                      uint32_t reach) {
  Argument actors;
  const Group* group = view.GroupBefore(position);
  if (group == nullptr || position - group->span.end > reach) {
    // "公司拟收购": referred to.
    if (const auto company = discourse.Antecedent(view, position)) {
      actors.entities.push_back(*company);
      actors.anaphoric = true;
    }
    return actors;
  }
  actors = FromGroup(*group);
  if (!group->with) return actors;
  const Group* subject = view.GroupBefore(*group->with);
  Argument all;
  if (subject != nullptr && *group->with - subject->span.end <= 80) {
    all = FromGroup(*subject);
  } else if (const auto company = discourse.Antecedent(view, *group->with)) {
    all.entities.push_back(*company);
    all.anaphoric = true;
    all.span = actors.span;
  }
  all.span = {std::min(all.span.begin, actors.span.begin), actors.span.end};
  AppendUnique(all.entities, actors.entities);
  all.joined = all.entities.size() > 1;
  return all;
}

Argument ObjectAfter(const SentenceView& view, uint32_t position, uint32_t reach) {
  const Group* group = view.GroupAfter(position);
  if (group == nullptr || group->span.begin - position > reach) return {};
  const Span clause = view.Clause(position);
  if (group->span.begin >= clause.end) return {};
  return FromGroup(*group);
}

}  // namespace partnergraph
