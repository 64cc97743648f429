// PageRank: where a walker is who follows a random edge with probability `damping` and else starts
// anew at a random node (Page, Brin, Motwani, Winograd: "The PageRank Citation Ranking", 1999).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/job_monitor.h"
#include "graph/neighbor_lists.h"

namespace partnergraph {

struct PageRankOptions {
  double damping = 0.85;  // In (0, 1).
  uint32_t iterations_max = 100;
  double tolerance = 1e-9;  // Sum over all nodes of what one iteration changed, at the end.
};
struct PageRank {
  std::vector<double> ranks;  // By position; they sum to 1. 0 where `exists` says no.
  uint32_t iterations = 0;
  bool converged = false;  // The tolerance was met.
};

// Power iteration along the lists, from the same rank for all nodes that exist. A walker at a node
// without neighbors starts anew. Takes 16 bytes for each node beside the lists, and the number of
// their entries in each iteration. CANCELLED.
absl::StatusOr<PageRank> ComputePageRank(const NeighborLists& lists,
                                         const std::vector<bool>& exists,
                                         const PageRankOptions& options, JobMonitor& monitor);

}  // namespace partnergraph
