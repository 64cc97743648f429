// The whole graph, for what no index answers: every node with its edges, in slices. The store
// implements it by a scan, and by rows in memory where it has them (topology_whole_graph.h).
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/edge_source.h"
#include "graph/ids.h"
#include "graph/record_reader.h"
#include "graph/vocabulary.h"

namespace partnergraph {

// Edges that one call of a sink gets at most.
inline constexpr size_t kScanEdgesMax = 4096;

// Of one state of the graph. Not thread-safe.
class WholeGraph {
 public:
  virtual ~WholeGraph() = default;

  // Every node's id is less.
  virtual absl::StatusOr<uint64_t> NodeEnd() = 0;

  // Gives the nodes in [begin, end) that exist to `sink`, ascending, each with its stored edges,
  // out before in. A node without edges is given once with none; one with more than kScanEdgesMax
  // comes in several calls that follow each other. Titles are not set. What the sink returns ends
  // the scan unless it is OK. DATA_LOSS, UNAVAILABLE from the store, CANCELLED.
  using Sink = absl::FunctionRef<absl::Status(NodeId node, NodeKind kind,
                                              std::span<const AdjacentEdge> edges)>;
  virtual absl::Status Scan(NodeId begin, NodeId end, Sink sink) = 0;
};

// Over the rows of the reader's snapshot: one scan of the node family and one of the adj family for
// each call of Scan, whose memory is one record for each node of the slice.
std::unique_ptr<WholeGraph> MakeStoreWholeGraph(RecordReader reader);

}  // namespace partnergraph
