// A WholeGraph over a MemoryEdgeSource, for tests. Gives the edges of a node in parts of three, so
// that whoever expects them at once fails.
#pragma once

#include <algorithm>
#include <span>

#include "graph/whole_graph.h"
#include "tests/graph/memory_edge_source.h"

namespace partnergraph {

class MemoryWholeGraph : public WholeGraph {
 public:
  // `source` must outlive this.
  explicit MemoryWholeGraph(const MemoryEdgeSource& source) : source_(source) {}

  absl::StatusOr<uint64_t> NodeEnd() override { return source_.node_count() + 1; }

  absl::Status Scan(NodeId begin, NodeId end, Sink sink) override {
    for (uint64_t id = ToInt(begin); id < ToInt(end); ++id) {
      std::span<const AdjacentEdge> rows = source_.rows(NodeId{id});
      do {
        const size_t part = std::min<size_t>(rows.size(), 3);
        const absl::Status status = sink(NodeId{id}, source_.kind(NodeId{id}), rows.first(part));
        if (!status.ok()) return status;
        rows = rows.subspan(part);
      } while (!rows.empty());
    }
    return absl::OkStatus();
  }

 private:
  const MemoryEdgeSource& source_;
};

}  // namespace partnergraph
