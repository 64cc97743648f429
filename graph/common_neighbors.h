// Who is a neighbor of all of some nodes.
#pragma once

#include "absl/status/statusor.h"
#include "graph/analysis_query.h"
#include "graph/edge_source.h"

namespace partnergraph {

// Finds the nodes that one hop (see traversal.h) joins to every node of the query, those nodes
// themselves excepted; the largest sum of confidences of the joining edges first, of equal ones the
// smaller id. Reads the node of the fewest edges first and keeps only what the nodes before have in
// common: memory is bounded by the smallest neighborhood, by nodes_max and by kSliceEdgesMax-sized
// slices. Every neighbor that is given is one; when the answer is cut others may be missing, and
// counts and weights are of what was read. NOT_FOUND for a node that does not exist; CANCELLED,
// DATA_LOSS, UNAVAILABLE.
absl::StatusOr<CommonNeighborsResult> FindCommonNeighbors(EdgeSource& source,
                                                          const CommonNeighborsQuery& query);

}  // namespace partnergraph
