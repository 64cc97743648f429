// The whole graph from its rows in memory: no snapshot of the store is held, nothing is decoded.
#pragma once

#include <memory>

#include "graph/topology.h"
#include "graph/whole_graph.h"

namespace partnergraph {

// The state that `topology`, which is not null, holds.
std::unique_ptr<WholeGraph> MakeTopologyWholeGraph(std::shared_ptr<const Topology> topology);

}  // namespace partnergraph
