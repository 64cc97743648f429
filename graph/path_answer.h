// Paths as they are found, and as they are answered.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/cut_list.h"
#include "graph/edge_source.h"
#include "graph/ids.h"
#include "graph/query.h"

namespace partnergraph {

struct FoundPath {
  std::vector<NodeId> nodes;
  std::vector<AdjacentEdge> edges;  // One fewer.
};

// The product of the confidences of the edges; 1 without edges.
double CertaintyOf(const std::vector<AdjacentEdge>& edges);

// Reads names and, with full detail, edges of the paths, in order, and appends them to `paths`
// while bytes_max leaves room; one path is always worth its bytes. Notes the cut otherwise. Errors
// of EdgeSource.
absl::Status DescribePaths(EdgeSource& source, const Budget& budget, AnswerDetail detail,
                           const std::vector<FoundPath>& found, CutList& cuts,
                           std::vector<Path>& paths);

// Whether a bound ended a search in memory, DEADLINE_EXCEEDED or RESOURCE_EXHAUSTED: then the cut
// is noted. Other errors are the query's.
absl::StatusOr<bool> EndedByBound(const absl::Status& status, CutList& cuts);

// The answer of a search that found these paths, in order, of which the first `paths_max` are
// shown: kFound, or, when it found none, kNone if it is `complete` (no path that belongs into the
// answer is missing) and else kNotDecided. Of a complete search no cut that it met on the way
// matters: its answer is cut only by paths_max and bytes_max. The stats are left to the caller.
// Errors of EdgeSource.
absl::StatusOr<PathResult> AnswerPaths(EdgeSource& source, const Budget& budget,
                                       std::vector<FoundPath> found, uint32_t paths_max,
                                       bool complete, CutList cuts);

}  // namespace partnergraph
