// BulkLoad: the file of the topology, from the rows at hand, so that a store that was empty need
// not be read again when it is opened.
#include <optional>

#include "graph/bulk_load.h"
#include "graph/keys.h"
#include "graph/status_macros.h"
#include "graph/topology.h"
#include "graph/topology_builder.h"
#include "graph/topology_record.h"

namespace partnergraph {

absl::Status BulkLoad::WriteTopology() {
  // Of a graph that the topology cannot hold there is none; the store says so when it is opened.
  absl::StatusOr<std::unique_ptr<TopologyBuilder>> made =
      TopologyBuilder::Create({.path = options_.topology_path,
                               .node_end = ToInt(context_.first_node) + kinds_.size(),
                               .row_count_max = 2 * merged_.size()});
  if (absl::IsResourceExhausted(made.status())) return absl::OkStatus();
  PG_RETURN_IF_ERROR(made.status());
  TopologyBuilder& builder = **made;
  const auto in_runs = in_.runs();
  MergeCursor<BulkEdgeRow> in(in_runs);
  size_t next_out = 0;
  const auto add = [&](const BulkEdgeRow& row, Direction direction, uint64_t fact) {
    const BulkEdgeExtra extra = ExtraOf(row);
    AdjacentEdge edge;
    edge.node = NodeId{ToInt(context_.first_node) + row.node};
    edge.other = NodeId{ToInt(context_.first_node) + row.other};
    edge.other_kind = KindOf(row.other);
    edge.type = EdgeType{row.type};
    edge.direction = direction;
    edge.fact = FactId{ToInt(context_.first_fact) + fact};
    edge.packed_date = ~row.inverted_date;
    edge.status = static_cast<FactStatus>(row.status);
    edge.confidence = row.confidence;
    edge.source_count = extra.source_count;
    edge.role = static_cast<EdgeRole>(row.role);
    edge.title = extra.title;
    return builder.AddRow(edge);
  };
  size_t deal = 0;
  const absl::Status status = ForEachStagedNode(
      staged_->bytes(), [&](uint32_t number, const StagedNode& staged) -> absl::Status {
        if (number % 4096 == 0) PG_RETURN_IF_ERROR(CheckCancelled());
        TopologyNode node{.kind = staged.kind, .name = staged.name};
        // Made until the node has begun: the name is a part of it.
        std::optional<storage::NodeRecord> record;
        if (staged.kind == NodeKind::kPartnership) {
          record = MakeDealNode(number, staged, deal++);
          node = ToTopologyNode(*record);
        }
        PG_RETURN_IF_ERROR(builder.BeginNode(NodeId{ToInt(context_.first_node) + number}, node));
        for (; next_out < merged_.size() && merged_[next_out].node == number; ++next_out) {
          PG_RETURN_IF_ERROR(add(merged_[next_out], Direction::kOut, deals_.size() + next_out));
        }
        for (; in.Get() != nullptr && in.Get()->node == number; in.Next()) {
          PG_RETURN_IF_ERROR(add(*in.Get(), Direction::kIn, in.Get()->last));
        }
        return absl::OkStatus();
      });
  if (absl::IsResourceExhausted(status)) return absl::OkStatus();
  PG_RETURN_IF_ERROR(status);
  // What tells this history from another one of as many writes, as its last log entry has it.
  return builder.Finish(context_.sequence, Hash64(EncodeRecord(MakeChange()))).status();
}

}  // namespace partnergraph
