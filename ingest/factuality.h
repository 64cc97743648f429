// How certain a statement of a deal is: signed, planned, or only hoped for, negotiated, rumoured,
// denied.
#pragma once

#include <optional>

#include "graph/vocabulary.h"
#include "ingest/sentence_view.h"

namespace partnergraph {

// The status of what the cue at `trigger` states, or nullopt when it is stated not as a fact: hoped
// for (期待与B合作), negotiated (洽谈), rumoured (据知情人士), denied, negated, alleged, asked. A
// signing in the same clause outweighs a plan and a negotiation. A settled plan is kPlanned; an end
// of what was agreed is kEnded.
std::optional<FactStatus> AssessFactuality(const SentenceView& view, Span trigger);

}  // namespace partnergraph
