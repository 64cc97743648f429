// Every simple path of a PathGraph, the shortest first: depth-first search with an explicit stack.
//
// A node is entered only while its barrier, a lower bound on the hops from it to the target around
// the nodes on the stack, leaves room. Barriers begin as the distances to the target; a branch that
// found nothing raises them, so that no other branch tries the same in vain, until a node that was
// in the way has left the stack (BC-DFS: Peng, Zhang, Lin, Zhang, Qin, Zhou: "Towards Bridging
// Theory and Practice: Hop-Constrained s-t Simple Path Enumeration", VLDB 2019). Between two paths
// no more than about length_max times the number of hops is tried. With dates, or an `accepts`,
// whether a branch finds something depends on how it was reached: then the distances, and the
// latest days on which the target can still be reached, are the only bounds.
//
// There is one search for each length, so that paths come by length; within a length the smaller
// list of ids comes first.
#pragma once

#include <cstdint>
#include <span>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "graph/path_graph.h"
#include "graph/suffix_table.h"

namespace partnergraph {

struct SimplePathOptions {
  uint32_t length_min = 1;
  uint32_t length_max = 1;
  uint64_t steps_max = UINT64_MAX;  // Hops tried.
  bool barriers = true;  // Must be false when `accepts` may refuse what it accepts elsewhere.
};

// Gives each path to `emit` until that returns false. `accepts` is asked for each beginning of a
// path that ends before the target, the source alone excepted. RESOURCE_EXHAUSTED when steps_max
// ended the search, and the errors of WorkClock; what was given before is right.
absl::Status EnumerateSimplePaths(const PathGraph& graph, const SimplePathOptions& options,
                                  WorkClock& clock,
                                  absl::FunctionRef<bool(std::span<const uint32_t>)> accepts,
                                  absl::FunctionRef<bool(std::span<const uint32_t>)> emit);

}  // namespace partnergraph
