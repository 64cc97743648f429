// EdgeSource::Expand over the rows in memory.
#pragma once

#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/edge_source.h"
#include "graph/topology.h"

namespace partnergraph {

// As EdgeSource::Expand says. Titles of edges live as long as the topology.
absl::StatusOr<std::vector<Expansion>> ExpandInMemory(const Topology& topology,
                                                      std::span<const NodeId> frontier,
                                                      const FactFilter& filter,
                                                      uint32_t per_node_limit, ScanBudget& budget,
                                                      EdgeSource::Sink sink);

}  // namespace partnergraph
