// Who works where, as what: EMPLOYED_BY with the title verbatim, and FOUNDED for founders.
#pragma once

#include <vector>

#include "ingest/discourse.h"
#include "ingest/sentence_view.h"

namespace partnergraph {

// Appends what the sentence says. Chinese: "A公司副总裁兼营运总监X", lists of guests that share an
// organization, "X，现为A大学教授、B研究所所长", "法定代表人为X". English: "Acme CEO X", "X,
// director of sales at Acme", "X, CEO", "appointment of X as director". A title that names only a
// founder gives FOUNDED; a founder with another title gives both. Academicians, fellows and chairs
// of conferences are not employed. Linear in the sentence.
void FindEmployment(const SentenceView& view, const Discourse& discourse,
                    std::vector<Relation>& relations);

// Confidence of a relation by how it was found; see employment_rules.cc.
inline constexpr float kEmploymentDirect = 0.95f;     // Company, title and person side by side.
inline constexpr float kEmploymentInherited = 0.8f;   // The company of the person before.
inline constexpr float kEmploymentAnaphoric = 0.65f;  // The company that the text speaks of.

}  // namespace partnergraph
