#include "graph/path_graph.h"

#include <algorithm>

namespace partnergraph {

const PathHop* PathGraph::FindHop(uint32_t from, uint32_t to) const {
  const std::span<const PathHop> all = HopsOf(from);
  const auto found = std::ranges::lower_bound(all, to, {}, &PathHop::to);
  return found == all.end() || found->to != to ? nullptr : &*found;
}

Followed Follow(const PathGraph& graph, const PathHop& hop, Arrival arrival) {
  if (!graph.dated()) return {arrival, hop.edges_begin};
  Followed followed;
  for (uint32_t i = hop.edges_begin; i < hop.edges_end; ++i) {
    const DayRange& days = graph.days[i];
    const Arrival then = std::max<Arrival>(arrival, days.first);
    if (days.last >= arrival && then < followed.arrival) followed = {then, i};
  }
  return followed;
}

std::vector<AdjacentEdge> EdgesOf(const PathGraph& graph, const PathPositions& path) {
  std::vector<AdjacentEdge> edges;
  Arrival arrival = kAnyTime;
  for (size_t i = 1; i < path.size(); ++i) {
    const Followed followed = Follow(graph, *graph.FindHop(path[i - 1], path[i]), arrival);
    arrival = followed.arrival;
    edges.push_back(graph.edges[followed.edge]);
  }
  return edges;
}

}  // namespace partnergraph
