// What surrounds a deal: when, where, who took part, which products.
#pragma once

#include <vector>

#include "ingest/deal_assembly.h"
#include "ingest/sentence_view.h"

namespace partnergraph {

// How far a word of the end and the word of what ends may stand apart: "终止...合作协议".
inline constexpr uint32_t kEndReachHan = 16;
inline constexpr uint32_t kEndReachLatin = 50;

// Fills date, location, people and products of the deals from the sentences that speak of them, and
// adds sentences about 双方 or "both companies" to the evidence of the deal before them.
// A deal that a sentence with a party in it says was terminated is kEnded.
// `views` holds one view per sentence of the document, in order. Requires Document::relations (who
// is employed by whom).
void FillAttributes(const Document& document, const std::vector<SentenceView>& views,
                    std::vector<AssembledDeal>& deals);

}  // namespace partnergraph
