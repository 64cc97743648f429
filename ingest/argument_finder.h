// Who does it, and to whom: the companies that stand in the slots of a cue. Shared by the rules for
// relations and for deals.
#pragma once

#include <cstdint>
#include <vector>

#include "ingest/discourse.h"
#include "ingest/sentence_view.h"

namespace partnergraph {

// Companies in one slot, in order.
struct Argument {
  std::vector<uint32_t> entities;
  Span span;               // Where they stand; empty when only referred to.
  bool anaphoric = false;  // At least one was referred to (公司, 其, the company), not named.
  bool joined = false;     // Two or more sides: coordinated, or "A ... 与 B".

  bool empty() const { return entities.empty(); }
};

// What stands right before a group: 由, 被, 向, 对 and the like, or 0. English: 'b' for "by", 'f'
// for "from", 't' for "to", 'w' for "with", 'o' for "of".
char32_t Preposition(const SentenceView& view, const Group& group);

// The companies that act at `position`: the group before it; where that is the partner after 与 or
// 和, also the subject before the preposition. At most `reach` code points back.
Argument ActorsBefore(const SentenceView& view, const Discourse& discourse, uint32_t position,
                      uint32_t reach);

// The companies that are acted upon: the first group after `position` in the clause, at most
// `reach` code points on.
Argument ObjectAfter(const SentenceView& view, uint32_t position, uint32_t reach);

// True when a word that refers back to a company (公司, 其, the company) ends at `position`, but
// for white space and 的.
bool AnaphorBefore(const SentenceView& view, uint32_t position);

// Appends what is not there yet.
void AppendUnique(std::vector<uint32_t>& list, const std::vector<uint32_t>& more);

}  // namespace partnergraph
