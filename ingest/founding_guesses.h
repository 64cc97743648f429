// Who may have founded whom where no rule is sure: for the classifier of relations alone.
#pragma once

#include <cstddef>
#include <vector>

#include "ingest/discourse.h"
#include "ingest/sentence_view.h"

namespace partnergraph {

// Most words for a founding in a sentence that guesses are made for.
inline constexpr size_t kGuessedFoundingsMax = 24;

// Proposes FOUNDED, with kGuessConfidence, between the names around each word for a founding (成立,
// joint venture, founder) in every direction that such words have, coordinated companies together;
// and with the company that 公司 would mean or that the article is about. Linear in the sentence.
void GuessFounders(const SentenceView& view, const Discourse& discourse,
                   std::vector<Relation>& relations);

}  // namespace partnergraph
