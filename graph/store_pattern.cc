// StoreView: pattern queries.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/display_name.h"
#include "graph/keys.h"
#include "graph/name_key.h"
#include "graph/pattern_execution.h"
#include "graph/pattern_source.h"
#include "graph/status_macros.h"
#include "graph/store_view.h"

namespace partnergraph {
namespace {

class StorePatternSource : public PatternSource {
 public:
  StorePatternSource(RecordReader& reader, NodeReader& nodes, EdgeSource& edges, NameReader& names,
                     const Schema& schema)
      : reader_(reader), nodes_(nodes), edges_(edges), names_(names), schema_(schema) {}

  const Schema& schema() const override { return schema_; }
  EdgeSource& edges() override { return edges_; }

  absl::StatusOr<PatternTotals> Totals() override {
    PG_ASSIGN_OR_RETURN(const storage::TotalsRecord record, reader_.Totals());
    PatternTotals totals;
    for (const auto& [kind, count] : record.nodes()) {
      if (kind < totals.nodes.size()) totals.nodes[kind] = count;
    }
    for (const auto& [type, count] : record.edges()) {
      totals.edges[EdgeType{static_cast<uint16_t>(type)}] = count;
    }
    return totals;
  }

  absl::StatusOr<std::vector<NodeId>> NodesNamed(std::string_view name, size_t limit) override {
    std::vector<NodeId> nodes;
    const std::string key = NormalizeName(name);
    if (key.empty()) return nodes;
    PG_RETURN_IF_ERROR(names_.ScanNames(NameKeyKind::kNormalized, key, true, limit,
                                        [&](std::string_view, NodeId node, std::string_view) {
                                          nodes.push_back(node);
                                          return true;
                                        }));
    return nodes;
  }

  absl::StatusOr<std::vector<std::optional<PatternNodeValues>>> ReadNodes(
      std::span<const NodeId> ids, const PatternReads& reads) override {
    PG_ASSIGN_OR_RETURN(const std::vector<NodeRecordPtr> records, nodes_.Nodes(ids));
    std::vector<std::string> names(ids.size());
    if (reads.names) {
      std::vector<const storage::NodeRecord*> pointers;
      for (const NodeRecordPtr& record : records) pointers.push_back(record.get());
      PG_ASSIGN_OR_RETURN(names, nodes_.NamesOf(pointers));
    }
    std::vector<std::optional<PatternNodeValues>> values(ids.size());
    std::vector<FactId> facts;
    std::vector<size_t> deals;  // Positions of the partnerships.
    for (size_t i = 0; i < ids.size(); ++i) {
      if (records[i] == nullptr) continue;
      PatternNodeValues& value = values[i].emplace();
      const storage::NodeRecord& record = *records[i];
      value.node = {ids[i], static_cast<NodeKind>(record.kind()), std::move(names[i])};
      value.degree = record.degree();
      value.article_count = record.article_count();
      value.org_type = OrgTypeByVotes(record);
      value.deal_kind = record.deal_kind();
      if (value.node.kind != NodeKind::kPartnership) continue;
      facts.push_back(FactId{record.fact()});
      deals.push_back(i);
    }
    if (!reads.facts || facts.empty()) return values;
    PG_ASSIGN_OR_RETURN(const auto found, reader_.Facts(facts));
    for (size_t i = 0; i < facts.size(); ++i) {
      if (!found[i].has_value()) {
        return absl::DataLossError(
            absl::StrCat("partnership ", ToInt(ids[deals[i]]), " has no fact record"));
      }
      PatternNodeValues& value = *values[deals[i]];
      value.date = UnpackDate(found[i]->date());
      value.status = static_cast<FactStatus>(found[i]->status());
      value.confidence = found[i]->confidence();
      value.source_count = found[i]->source_count();
      value.location = found[i]->location();
    }
    return values;
  }

  absl::StatusOr<NodeSlice> ScanNodes(NodeId after, uint32_t rows_max) override {
    // Aliases lie behind their node; the scan passes over them.
    KvRange range{.begin = reader_.keys().Node(NodeId{ToInt(after) + 1}),
                  .end = PrefixRange(reader_.keys().Prefix()).end,
                  .limit = rows_max};
    NodeSlice slice{.last = after};
    absl::Status status;
    const auto ends = reader_.store().MultiScan(
        reader_.snapshot(), ColumnFamily::kNode, {&range, 1}, reader_.options(),
        [&](size_t, std::string_view key, std::string_view value) {
          ++slice.rows_read;
          if (key.size() < kNodePrefixBytes) {
            status = absl::DataLossError(absl::StrCat("node key has ", key.size(), " bytes"));
            return false;
          }
          slice.last = NodeId{ReadU64(key, kNodePrefixBytes - sizeof(uint64_t))};
          if (key.size() > kNodePrefixBytes) return true;
          const auto record = DecodeRecord<storage::NodeRecord>(value, "node");
          if (!record.ok()) {
            status = record.status();
            return false;
          }
          slice.nodes.push_back({slice.last, static_cast<NodeKind>(record->kind()), ""});
          return true;
        });
    PG_RETURN_IF_ERROR(ends.status());
    PG_RETURN_IF_ERROR(status);
    slice.more = !(*ends)[0].complete;
    return slice;
  }

 private:
  RecordReader& reader_;
  NodeReader& nodes_;
  EdgeSource& edges_;
  NameReader& names_;
  const Schema& schema_;
};

}  // namespace

absl::StatusOr<PatternEnd> StoreView::QueryPattern(const PatternRequest& request,
                                                   absl::FunctionRef<bool(PatternPart)> emit) {
  StorePatternSource source(reader_, nodes_, *this, *this, *schema_);
  return RunPattern(source, request, emit);
}

}  // namespace partnergraph
