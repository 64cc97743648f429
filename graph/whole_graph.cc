#include "graph/whole_graph.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/keys.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

class StoreWholeGraph : public WholeGraph {
 public:
  explicit StoreWholeGraph(RecordReader reader) : reader_(std::move(reader)) {}

  absl::StatusOr<uint64_t> NodeEnd() override {
    PG_ASSIGN_OR_RETURN(const storage::CountersRecord counters, reader_.Counters());
    return std::max<uint64_t>(counters.next_node(), 1);
  }

  absl::Status Scan(NodeId begin, NodeId end, Sink sink) override {
    PG_ASSIGN_OR_RETURN(const std::vector<std::optional<NodeKind>> kinds, ReadKinds(begin, end));
    const auto kind_of = [&](NodeId node) { return kinds[ToInt(node) - ToInt(begin)]; };
    std::vector<AdjacentEdge> edges;
    NodeId next = begin;  // The next node to give, or the one that `edges` are of.
    const auto give = [&](NodeId until) -> absl::Status {
      for (; next < until; next = NodeId{ToInt(next) + 1}) {
        if (kind_of(next).has_value()) PG_RETURN_IF_ERROR(sink(next, *kind_of(next), edges));
        edges.clear();
      }
      return absl::OkStatus();
    };
    const KvRange range = RangeOf(begin, end);
    PG_RETURN_IF_ERROR(reader_.Scan(
        ColumnFamily::kAdj, {&range, 1},
        [&](size_t, std::string_view key, std::string_view value) -> absl::Status {
          PG_ASSIGN_OR_RETURN(const AdjRow row, DecodeAdjRow(key, value));
          if (row.edge.node < begin || row.edge.node >= end || !kind_of(row.edge.node)) {
            return absl::DataLossError(absl::StrCat("fact ", ToInt(row.edge.fact), " joins node ",
                                                    ToInt(row.edge.node),
                                                    ", which does not exist"));
          }
          if (row.edge.node != next) PG_RETURN_IF_ERROR(give(row.edge.node));
          if (edges.size() == kScanEdgesMax) {
            PG_RETURN_IF_ERROR(sink(next, *kind_of(next), edges));
            edges.clear();
          }
          edges.push_back(row.edge);
          edges.back().title = {};
          return absl::OkStatus();
        }));
    return give(end);
  }

 private:
  KvRange RangeOf(NodeId begin, NodeId end) const {
    return {reader_.keys().Node(begin), reader_.keys().Node(end)};
  }

  absl::StatusOr<std::vector<std::optional<NodeKind>>> ReadKinds(NodeId begin, NodeId end) {
    std::vector<std::optional<NodeKind>> kinds(ToInt(end) - ToInt(begin));
    const KvRange range = RangeOf(begin, end);
    PG_RETURN_IF_ERROR(reader_.Scan(
        ColumnFamily::kNode, {&range, 1},
        [&](size_t, std::string_view key, std::string_view value) -> absl::Status {
          if (key.size() != kNodePrefixBytes) return absl::OkStatus();  // An alias.
          PG_ASSIGN_OR_RETURN(const uint64_t id,
                              IdInKey(key, kNodePrefixBytes, kNodePrefixBytes - 8));
          PG_ASSIGN_OR_RETURN(
              const storage::NodeRecord record,
              DecodeRecord<storage::NodeRecord>(value, absl::StrCat("the record of node ", id)));
          kinds[id - ToInt(begin)] = static_cast<NodeKind>(record.kind());
          return absl::OkStatus();
        }));
    return kinds;
  }

  RecordReader reader_;
};

}  // namespace

std::unique_ptr<WholeGraph> MakeStoreWholeGraph(RecordReader reader) {
  return std::make_unique<StoreWholeGraph>(std::move(reader));
}

}  // namespace partnergraph
