// Who makes which product, and what runs on what.
#pragma once

#include <vector>

#include "ingest/discourse.h"
#include "ingest/sentence_view.h"

namespace partnergraph {

// Appends DEVELOPS as the sentence states it: "A推出P", "A自主研发的P", "A的P", "A旗下P",
// "由A开发的P", "its P platform", "P, developed by A". Several rules may find the same product with
// different confidence; SelectDevelopers decides. Linear in the sentence.
void FindDevelopers(const SentenceView& view, const Discourse& discourse,
                    std::vector<Relation>& relations);

// Appends USES: "P基于Q", "A采用P", "搭载P的Q", "应用于Q的P", "Q is powered by P".
void FindUses(const SentenceView& view, const Discourse& discourse,
              std::vector<Relation>& relations);

// Appends DEVELOPS for products whose name begins with a company's: 北方极光6 of 北方. Linear in
// the text.
void FindBrandedProducts(const Document& document, std::vector<Relation>& relations);

// Keeps, for each product, the developers of the surest statement and those nearly as sure, and
// drops what is below `confidence_min`. Other relations stay. USES of one's own product goes.
void SelectDevelopers(float confidence_min, std::vector<Relation>& relations);

}  // namespace partnergraph
