// Which organization belongs to which, and which were founded by which.
#pragma once

#include <vector>

#include "ingest/discourse.h"
#include "ingest/sentence_view.h"

namespace partnergraph {

// Appends PART_OF and FOUNDED (by organizations) as the sentence states them: "A旗下B、C",
// "B为A的全资子公司", "A母公司B", "A事业部", "A与B共同成立C", "C由A出资设立", "B, a subsidiary of
// A", "A's unit B". Linear in the sentence.
void FindOrganizationRelations(const SentenceView& view, const Discourse& discourse,
                               std::vector<Relation>& relations);

// Relation::rule of what FindUnitsByName finds.
inline constexpr char kUnitByName[] = "unit by name";

// Appends PART_OF for units whose name is that of a company of the article with the word for a unit
// behind it: 北方银行西城支行 of 北方银行. Linear in the text.
void FindUnitsByName(const Document& document, std::vector<Relation>& relations);

}  // namespace partnergraph
