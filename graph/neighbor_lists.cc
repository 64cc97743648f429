#include "graph/neighbor_lists.h"

namespace partnergraph {

NeighborLists MakeNeighborLists(uint32_t node_count,
                                std::span<const std::pair<uint32_t, uint32_t>> edges,
                                bool both_ways) {
  NeighborLists lists;
  lists.begins.assign(uint64_t{node_count} + 1, 0);
  for (const auto& [from, to] : edges) {
    ++lists.begins[from + 1];
    if (both_ways) ++lists.begins[to + 1];
  }
  for (size_t i = 1; i < lists.begins.size(); ++i) lists.begins[i] += lists.begins[i - 1];
  lists.neighbors.resize(lists.begins.back());
  std::vector<uint64_t> next(lists.begins.begin(), lists.begins.end() - 1);
  for (const auto& [from, to] : edges) {
    lists.neighbors[next[from]++] = to;
    if (both_ways) lists.neighbors[next[to]++] = from;
  }
  return lists;
}

}  // namespace partnergraph
