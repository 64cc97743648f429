// Which amounts, stakes and rounds belong to which deal.
#pragma once

#include "ingest/document.h"

namespace partnergraph {

// Sentences of one deal that are searched.
inline constexpr size_t kTermSentencesMax = 12;
// A sentence that is evidence of more deals than this gives none of them a term.
inline constexpr size_t kTermDealsPerSentenceMax = 32;

// Fills Deal::terms of the investments, acquisitions, joint ventures and supplies, from the
// sentences that are their evidence. A sum is taken only when a word beside it says that it is the
// deal's (融资, 作价, 合同金额) and a party of the deal is the company named nearest before it in
// its clause, or in the clauses around it; valuations and registered capital are terms of their own
// kind. Of several deals in one sentence, the one whose own parties stand nearest gets it; where
// that does not decide, none. A value that the article contradicts is left out, unless one has more
// support. At most kDealTermsMax terms for one deal. Linear in the text.
void AttachTerms(Document& document);

}  // namespace partnergraph
