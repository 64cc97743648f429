// Rings: ways from a node back to itself.
#pragma once

#include "absl/status/statusor.h"
#include "graph/analysis_query.h"
#include "graph/edge_source.h"
#include "graph/query.h"

namespace partnergraph {

// Finds the simple cycles through a node of length_min to length_max hops (see traversal.h), the
// shortest first, of equal length the smaller list of node ids. A cycle visits no node twice and
// uses no fact and no deal twice, so that the parties of one deal are no ring, and an edge there
// and back is none either; an edge from the node to itself is none. Two cycles differ in their
// nodes; each is given once and not again the other way round, unless the filter has a direction
// and the ways there and back are different edges.
//
// Paths begin and end with the node. kFound, kNone and kNotDecided as FindPaths' kAllSimple, and
// the same bounds. NOT_FOUND when there is no such node; CANCELLED, DATA_LOSS, UNAVAILABLE.
absl::StatusOr<PathResult> FindCycles(EdgeSource& source, const CycleQuery& query);

}  // namespace partnergraph
