// Traversals that answer with nodes, not with edges, over the rows in memory: rings around nodes,
// ends of step patterns, one shortest path. Breadth first, a frontier at a time, visited sets as
// bitmaps; what they cost is the scan of the rows. They keep to the rules of traversal.h; where
// those need more than this (order by confidence, passages in steps), the general walks are asked.
//
// Source: breadth-first search from both ends is Pohl 1971, by levels.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/cut_list.h"
#include "graph/node_buffer.h"
#include "graph/query.h"
#include "graph/topology.h"

namespace partnergraph {

// Nodes found, in the order in which they were found.
struct NodeRings {
  NodeBuffer nodes;               // Ring by ring, ring 0 included.
  std::vector<size_t> ring_ends;  // Of ring i: the position after its last node.
  uint64_t edges_scanned = 0;
};

// True when FindRings can answer the query: edges in the order of the store.
bool CanFindRings(const NeighborhoodQuery& query);
// The rings around query.nodes, which exist. Nodes that were not expanded in full are noted in
// `cuts`. CANCELLED.
absl::StatusOr<NodeRings> FindRings(const Topology& topology, const NeighborhoodQuery& query,
                                    CutList& cuts);

struct StepEnds {
  NodeBuffer nodes;  // Each once, in no order that means anything.
  uint64_t edges_scanned = 0;
};

// True when FindStepEnds can answer the query: no step passes through deals.
bool CanFindStepEnds(const TraverseQuery& query);
// The distinct nodes that the walks of the steps end at. As FindRings.
absl::StatusOr<StepEnds> FindStepEnds(const Topology& topology, const TraverseQuery& query,
                                      CutList& cuts);

// One shortest path, or the proof that there is none.
struct NodePath {
  bool decided = false;         // False: the general search is to say what can be said.
  std::vector<uint32_t> nodes;  // From source to target; empty: there is no path.
  uint64_t edges_scanned = 0;
};

// Not decided when a budget was met, or when the query asks for anything but one shortest path over
// stored edges. CANCELLED.
absl::StatusOr<NodePath> FindNodePath(const Topology& topology, const PathQuery& query);

}  // namespace partnergraph
