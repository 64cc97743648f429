#include "graph/topology_whole_graph.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "graph/status_macros.h"

namespace partnergraph {
namespace {

class TopologyWholeGraph : public WholeGraph {
 public:
  explicit TopologyWholeGraph(std::shared_ptr<const Topology> topology)
      : topology_(std::move(topology)) {}

  absl::StatusOr<uint64_t> NodeEnd() override {
    return std::max<uint64_t>(topology_->node_end(), 1);
  }

  absl::Status Scan(NodeId begin, NodeId end, Sink sink) override {
    const uint64_t last = std::min<uint64_t>(ToInt(end), topology_->node_end());
    for (uint64_t id = ToInt(begin); id < last; ++id) {
      const auto node = static_cast<uint32_t>(id);
      if (topology_->KindOf(node) == NodeKind{}) continue;
      PG_RETURN_IF_ERROR(Give(node, sink));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status Give(uint32_t node, Sink sink) {
    const NodeKind kind = topology_->KindOf(node);
    absl::Status status;
    edges_.clear();
    topology_->ForEachSlice(node, [&](const RowSlice& slice) {
      for (uint32_t row = 0; row < slice.size; ++row) {
        if (edges_.size() == kScanEdgesMax) {
          status = sink(NodeId{node}, kind, edges_);
          edges_.clear();
          if (!status.ok()) return false;
        }
        edges_.push_back(topology_->EdgeAt(NodeId{node}, slice, row));
        edges_.back().title = {};
      }
      return true;
    });
    PG_RETURN_IF_ERROR(status);
    return sink(NodeId{node}, kind, edges_);
  }

  std::shared_ptr<const Topology> topology_;
  std::vector<AdjacentEdge> edges_;
};

}  // namespace

std::unique_ptr<WholeGraph> MakeTopologyWholeGraph(std::shared_ptr<const Topology> topology) {
  return std::make_unique<TopologyWholeGraph>(std::move(topology));
}

}  // namespace partnergraph
