// A small graph from a source to a target, in memory: what searches for several paths, and for
// cycles, run on once everything that can be on a path was read. Nodes are positions; ascending
// positions are ascending ids, so that paths compare as their lists of ids do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "graph/date.h"
#include "graph/edge_source.h"
#include "graph/ids.h"

namespace partnergraph {

// From one node to a neighbor, along any of its edges.
struct PathHop {
  uint32_t to = 0;
  uint32_t edges_begin = 0;  // In PathGraph::edges: at least one, the most certain first.
  uint32_t edges_end = 0;
};

struct PathGraph {
  // Ascending; in a graph of cycles the last one is the source again, as the target.
  std::vector<NodeId> nodes;
  std::vector<uint32_t> hops_begin;  // One more than nodes.
  std::vector<PathHop> hops;         // By node, then by `to`. None leads to the source, from the
                                     // target, or from a node to itself.
  std::vector<AdjacentEdge> edges;
  std::vector<DayRange> days;  // Of `edges`, when dates count; else empty.
  uint32_t source = 0;
  uint32_t target = 0;

  std::span<const PathHop> HopsOf(uint32_t node) const {
    return std::span(hops).subspan(hops_begin[node], hops_begin[node + 1] - hops_begin[node]);
  }
  // The hop from one node to another; null when there is none.
  const PathHop* FindHop(uint32_t from, uint32_t to) const;
  bool dated() const { return !days.empty(); }
};

// A path as positions in a PathGraph, from the source to the target.
using PathPositions = std::vector<uint32_t>;

// Dates along a path. An edge happened on one unknown day of its DayRange. Edges can follow each
// other when such days can be chosen that never decrease; choosing the earliest day that is still
// possible at each edge finds them when there are any. Hence the earliest arrival stands for all
// other arrivals at a node after the same number of hops: whoever is there earlier can go on
// wherever a later one can.
using Arrival = int64_t;
inline constexpr Arrival kAnyTime = INT32_MIN;  // Before everything.
inline constexpr Arrival kNever = INT64_MAX;

// The earliest day at the end of a hop that is entered on `arrival`, and the edge that gives it
// (the most certain of equals); kNever when no edge can follow. Without dates it is `arrival`.
struct Followed {
  Arrival arrival = kNever;
  uint32_t edge = 0;  // In PathGraph::edges.
};
Followed Follow(const PathGraph& graph, const PathHop& hop, Arrival arrival);

// The edges that show a path: of each hop the most certain one, or with dates the one that arrives
// first.
std::vector<AdjacentEdge> EdgesOf(const PathGraph& graph, const PathPositions& path);

}  // namespace partnergraph
