// Who is joined to whom, as compressed rows in memory: what analyses of the whole graph run on.
// Nodes are positions from 0.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace partnergraph {

struct NeighborLists {
  std::vector<uint64_t> begins;     // One more than nodes.
  std::vector<uint32_t> neighbors;  // A neighbor along several edges stands there several times.

  uint32_t node_count() const { return static_cast<uint32_t>(begins.size()) - 1; }
  std::span<const uint32_t> Of(uint32_t node) const {
    return std::span(neighbors).subspan(begins[node], begins[node + 1] - begins[node]);
  }
};

// Lists from edges (from, to) by counting, in the order given; with `both_ways` each edge is in
// both lists. Takes 4 bytes for each entry and 8 for each node beside the edges.
NeighborLists MakeNeighborLists(uint32_t node_count,
                                std::span<const std::pair<uint32_t, uint32_t>> edges,
                                bool both_ways);

}  // namespace partnergraph
