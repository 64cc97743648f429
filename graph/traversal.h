// Walks over an EdgeSource: rings around nodes, patterns of steps, shortest paths. Iterative, a
// frontier at a time: one Expand call for each hop, and one more for the deals that the hop passes
// through. Every query keeps its Budget; its answer is complete, or says that it was cut.
//
// Deals. By default a passage company - deal - company is ONE hop, shown as a PARTNER_WITH edge
// with the deal's id, and deals are no nodes of the answer:
//   - filter.types empty, or naming PARTNER_WITH: passages are followed, in any direction (they are
//     symmetric); the filter's other conditions must hold at both of the deal's edges.
//   - Edges that end at a deal (PARTY_TO, TOOK_PART_IN, CONCERNS) are not shown, even when named,
//     unless that deal is itself one of the nodes that the query names.
// With expand_partnerships deals are nodes, edges to and from them are hops like any other, and
// naming PARTNER_WITH keeps PARTY_TO edges, of which passages are made.
// Stored PARTNER_WITH edges, which imports bring, are edges like any other in both modes.
//
// Budgets. edges_scanned_max counts stored edges read; a deal that several nodes pass through
// counts for each of them. per_node_limit holds for the edges followed at one node, passages
// included, and for the edges read at one deal. Cut nodes are the nodes, deals included, that were
// not expanded in full. A deadline ends the query with what was emitted before it.
//
// Errors of all: NOT_FOUND for a node named in the query that does not exist; CANCELLED when
// should_stop or emit say so; DATA_LOSS and UNAVAILABLE from the source.
#pragma once

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "graph/edge_source.h"
#include "graph/query.h"

namespace partnergraph {

// Emits what lies within query.hops of query.nodes, ring by ring, each node once, each edge once:
// those of every node but the last ring's to nodes of the answer. Nodes whose kind node_kinds
// leaves out are neither shown nor expanded, the query's own nodes excepted. Edges join nodes of
// the same or earlier parts; parts hold at most kPartMax nodes and kPartMax edges.
absl::StatusOr<QueryEnd> WalkNeighborhood(EdgeSource& source, const NeighborhoodQuery& query,
                                          absl::FunctionRef<bool(NeighborhoodPart)> emit);

// Emits each distinct node that a walk of the steps ends at, with one shortest walk to it, shortest
// first, at most kPartMax in a part. A step follows stored edges, those to deals too, and passages
// only when its filter names PARTNER_WITH. Both repeats 0 mean exactly once. nodes_max bounds the
// end nodes.
absl::StatusOr<QueryEnd> WalkSteps(EdgeSource& source, const TraverseQuery& query,
                                   absl::FunctionRef<bool(std::vector<Walk>)> emit);

// Finds up to paths_max shortest paths of at most length_max hops. Two paths differ in their nodes;
// each hop is shown by its most certain edge. With filter.direction set, paths follow edges in that
// direction from the source. kFound: the paths are shortest ones, for certain; kNone: there is no
// path, for certain; kNotDecided: a budget kept the search from either, and there are no paths. The
// truncation of a found answer says that a budget or paths_max (kPaths) may have left out paths of
// the same length; with paths_max 1, which asks for any one, paths_max does not. Source and target
// being equal is one path without edges.
absl::StatusOr<PathResult> FindShortestPaths(EdgeSource& source, const PathQuery& query);

// Finds paths as query.mode and query.time_ordered say; source and target differ. Paths are simple:
// no node twice. Two paths differ in their nodes; each hop is shown by its most certain edge, or,
// when time counts, by the one that arrives first.
//   kShortest    As FindShortestPaths. With time_ordered: the shortest of those whose dates never
//                decrease (see path_graph.h on dates).
//   kKShortest   The first paths_max by length, of equal length the smaller list of node ids first.
//                As many are the whole answer; fewer without a truncation are all there are.
//   kAllSimple   All, in the same order. Given up as well after as many hops tried in memory as
//                edges_scanned_max says. kPaths: there are more than paths_max.
//   kWeighted    The paths_max most certain, by the product of the confidences of their edges; of
//                equally certain ones any.
// kFound: what is given is right for certain: no path that comes before is missing (of kAllSimple,
// when it is cut: each is a path, but shorter ones may be missing). A truncation says that further
// ones may be, and in the other modes ones that are as long or as certain as the last one. kNone:
// there is none, for certain. kNotDecided: a budget kept the search from either. Beside the
// budget's bounds at most kRegionEdgesMax edges are held (path_region.h).
absl::StatusOr<PathResult> FindPaths(EdgeSource& source, const PathQuery& query);

}  // namespace partnergraph
