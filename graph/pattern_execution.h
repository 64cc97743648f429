// Runs a pattern query: parses, plans, matches, and streams rows.
//
// Matches are found depth first, a slice of them at a time: the edges of a slice are read in one
// call, and what comes of it goes on to the next step before the next slice is taken. What is held
// is one slice's matches for each hop, so memory is bounded by the length of the patterns and
// Budget::per_node_limit, whatever the graph; no recursion.
//
// Budget. edges_scanned_max counts stored edges that are read, one more for each further match that
// an edge read once is used in, nodes that a scan reads, and starts that are combined with matches.
// nodes_max bounds the rows (and, of counts, the groups), bytes_max what is held to sort, to count
// and to tell rows apart, and the answer. A query that ends at LIMIT is complete. A deadline ends
// the query with the rows sent so far; of more than some hundred rows that are to be sorted or
// counted none is sent then.
#pragma once

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "graph/pattern_answer.h"
#include "graph/pattern_source.h"

namespace partnergraph {

// INVALID_ARGUMENT for a text that is no query (see pattern_parser.h and PlanPattern); CANCELLED
// when should_stop or emit say so; errors of the source.
absl::StatusOr<PatternEnd> RunPattern(PatternSource& source, const PatternRequest& request,
                                      absl::FunctionRef<bool(PatternPart)> emit);

}  // namespace partnergraph
