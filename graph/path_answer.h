// Paths as they are found, and as they are answered.
#pragma once

#include <vector>

#include "absl/status/status.h"
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

// Reads names and full edges of the paths, in order, and appends them to `paths` while bytes_max
// leaves room; one path is always worth its bytes. Notes the cut otherwise. Errors of EdgeSource.
absl::Status DescribePaths(EdgeSource& source, const Budget& budget,
                           const std::vector<FoundPath>& found, CutList& cuts,
                           std::vector<Path>& paths);

}  // namespace partnergraph
