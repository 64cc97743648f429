// From stored records to the topology.
#pragma once

#include "graph/record_codec.h"
#include "graph/topology.h"

namespace partnergraph {

// What the record of a node says; the name is a part of it.
TopologyNode ToTopologyNode(const storage::NodeRecord& record);

}  // namespace partnergraph
