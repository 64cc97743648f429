// Communities by the Louvain method (Blondel, Guillaume, Lambiotte, Lefebvre: "Fast unfolding of
// communities in large networks", 2008): nodes move to the neighbor community that raises
// modularity most until none does; communities then become nodes of a smaller graph, and so on. As
// Louvain can leave a community whose parts are not joined (Traag, Waltman, van Eck 2019), each is
// split into its connected parts at the end, which never lowers modularity.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/job_monitor.h"
#include "graph/neighbor_lists.h"

namespace partnergraph {

struct LouvainOptions {
  double resolution = 1;     // More than 1: smaller communities; less: larger ones.
  uint32_t passes_max = 32;  // Over all nodes of one level.
};
struct Communities {
  std::vector<uint32_t> labels;  // By position: the smallest position of the community.
  double modularity = 0;         // With the resolution; in [-1, 1].
  uint32_t levels = 0;
};

// Of lists that hold each edge both ways. Deterministic: nodes move in the order of their
// positions, and of equal gains the smaller community counts. Takes 28 bytes for each node and, for
// the smaller graphs, at most 12 bytes for each entry of the lists beside them. CANCELLED.
absl::StatusOr<Communities> FindCommunities(const NeighborLists& lists,
                                            const LouvainOptions& options, JobMonitor& monitor);

}  // namespace partnergraph
