// Who has the same neighbors as a node.
//
// N(x) is the set of nodes that one hop (see traversal.h) reaches from x, x itself excepted.
//   Jaccard      |N(a) and N(b)| / |N(a) or N(b)|: 1 for the same neighbors.
//   Adamic-Adar  the sum over the common neighbors c of 1 / ln |N'(c)|, where N'(c) are the nodes
//                that have c as a neighbor: rare neighbors say more than those that everybody has.
//                (Adamic, Adar: "Friends and neighbors on the Web", 2003.)
#pragma once

#include "absl/status/statusor.h"
#include "graph/analysis_query.h"
#include "graph/edge_source.h"

namespace partnergraph {

// Finds the most similar nodes among those with a common neighbor, the highest score first, of
// equal scores the smaller id. Scores are exact unless the answer is cut: then they are of what was
// read. Hubs over skip_degree are not read and noted as a cut.
//
// Reads N(a), then the neighbors of all of these. For Jaccard the neighbors of candidates are read
// too, those with the most in common first, until no other can have a higher score: with c common
// neighbors the score is at most c / |N(a)|. NOT_FOUND when there is no such node; CANCELLED,
// DATA_LOSS, UNAVAILABLE.
absl::StatusOr<SimilarNodesResult> FindSimilarNodes(EdgeSource& source,
                                                    const SimilarNodesQuery& query);

}  // namespace partnergraph
