// Who is joined to whom, as compressed rows in memory: what analyses of the whole graph run on.
// Nodes are positions from 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/job_monitor.h"

namespace partnergraph {

struct NeighborLists {
  std::vector<uint64_t> begins;     // One more than nodes.
  std::vector<uint32_t> neighbors;  // A neighbor along several edges stands there several times.

  uint32_t node_count() const { return static_cast<uint32_t>(begins.size()) - 1; }
  std::span<const uint32_t> Of(uint32_t node) const {
    return std::span(neighbors).subspan(begins[node], begins[node + 1] - begins[node]);
  }
};

// Edges (from, to) as they are read: in blocks, so that adding one never copies the others. 8 bytes
// each.
class EdgeBlocks {
 public:
  using Edge = std::pair<uint32_t, uint32_t>;

  void Add(uint32_t from, uint32_t to) {
    if (blocks_.empty() || blocks_.back().size() == kBlockEdges) {
      blocks_.emplace_back().reserve(kBlockEdges);
    }
    blocks_.back().emplace_back(from, to);
  }
  uint64_t size() const {
    return blocks_.empty() ? 0 : (blocks_.size() - 1) * kBlockEdges + blocks_.back().size();
  }
  const std::vector<std::vector<Edge>>& blocks() const { return blocks_; }

 private:
  static constexpr size_t kBlockEdges = 1 << 16;

  std::vector<std::vector<Edge>> blocks_;
};

// Lists from edges by counting, in the order given; with `both_ways` each edge is in both lists.
// Takes 4 bytes for each entry and 8 for each node beside the edges. CANCELLED.
absl::StatusOr<NeighborLists> MakeNeighborLists(uint32_t node_count, const EdgeBlocks& edges,
                                                bool both_ways, const JobMonitor& monitor);

}  // namespace partnergraph
