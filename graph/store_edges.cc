// StoreView: edges.
#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/keys.h"
#include "graph/status_macros.h"
#include "graph/store_view.h"
#include "graph/topology_expand.h"

namespace partnergraph {
namespace {

// Ranges in one call to the store: bounds the memory of a wide frontier.
constexpr size_t kScanRangesMax = 4096;

// The stored order is that of the ranges: out before in, types ascending.
std::vector<KvRange> RangesOf(const Keys& keys, NodeId node, const FactFilter& filter) {
  if (filter.types.empty() && filter.direction == DirectionFilter::kBoth) return {keys.Adj(node)};
  const std::set<EdgeType> types(filter.types.begin(), filter.types.end());
  std::vector<KvRange> ranges;
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    if (filter.direction != DirectionFilter::kBoth &&
        static_cast<int>(filter.direction) != static_cast<int>(direction)) {
      continue;
    }
    if (types.empty()) ranges.push_back(keys.Adj(node, direction));
    for (const EdgeType type : types) ranges.push_back(keys.Adj(node, direction, type));
  }
  return ranges;
}

// Moves the beginning of the ranges behind the edge that `position` (a key without its node) names.
absl::Status SkipTo(const std::string& key, std::vector<KvRange>& ranges) {
  const auto current = std::ranges::find_if(
      ranges, [&](const KvRange& range) { return range.begin <= key && key < range.end; });
  if (key.size() != kAdjKeyBytes || current == ranges.end()) {
    return absl::InvalidArgumentError("the position does not belong to this list of edges");
  }
  current->begin = key + '\0';
  ranges.erase(ranges.begin(), current);
  return absl::OkStatus();
}

std::vector<const storage::NodeRecord*> Pointers(const std::vector<NodeRecordPtr>& records) {
  std::vector<const storage::NodeRecord*> pointers;
  pointers.reserve(records.size());
  for (const NodeRecordPtr& record : records) pointers.push_back(record.get());
  return pointers;
}

// One call of EdgeSource::Expand.
class Expander {
 public:
  // Makes an edge of a row outlive the row.
  using Keep = absl::FunctionRef<AdjacentEdge(const AdjRow&)>;

  Expander(RecordReader& reader, const FactFilter& filter, uint32_t per_node_limit,
           ScanBudget& budget, EdgeSource::Sink sink, Keep keep, std::span<const NodeId> frontier)
      : reader_(reader),
        filter_(filter),
        per_node_limit_(per_node_limit),
        budget_(budget),
        sink_(sink),
        keep_(keep),
        frontier_(frontier),
        expansions_(frontier.size()) {}

  absl::StatusOr<std::vector<Expansion>> Run() {
    std::vector<KvRange> ranges;
    std::vector<size_t> indexes;  // Of each range: into the frontier.
    size_t index = 0;
    while (index < frontier_.size() && !ended_) {
      ranges.clear();
      indexes.clear();
      for (; index < frontier_.size() && ranges.size() < kScanRangesMax; ++index) {
        for (KvRange& range : RangesOf(reader_.keys(), frontier_[index], filter_)) {
          ranges.push_back(std::move(range));
          indexes.push_back(index);
        }
      }
      PG_RETURN_IF_ERROR(ScanRanges(ranges, indexes));
    }
    if (ended_) {
      for (size_t i = end_index_; i < expansions_.size(); ++i) expansions_[i].complete = false;
    }
    return std::move(expansions_);
  }

 private:
  absl::Status ScanRanges(const std::vector<KvRange>& ranges, const std::vector<size_t>& indexes) {
    std::optional<Budget::Stop> stop;
    KvReadOptions options = reader_.options();
    if (budget_.should_stop) {
      options.cancelled = [&] {
        if (reader_.options().cancelled && reader_.options().cancelled()) return true;
        stop = budget_.should_stop();
        return stop.has_value();
      };
    }
    absl::Status status;
    const auto ends =
        reader_.store().MultiScan(reader_.snapshot(), ColumnFamily::kAdj, ranges, options,
                                  [&](size_t range, std::string_view key, std::string_view value) {
                                    if (ended_ || !expansions_[indexes[range]].complete)
                                      return false;
                                    return Visit(indexes[range], key, value, status);
                                  });
    if (stop == Budget::Stop::kDeadline) return absl::DeadlineExceededError("deadline exceeded");
    if (stop == Budget::Stop::kCancelled) return absl::CancelledError("cancelled");
    PG_RETURN_IF_ERROR(status);
    return ends.status();
  }

  bool Visit(size_t index, std::string_view key, std::string_view value, absl::Status& status) {
    if (budget_.edges_left == 0) return EndAt(index);
    --budget_.edges_left;
    ++budget_.edges_scanned;
    const absl::StatusOr<AdjRow> row = DecodeAdjRow(key, value);
    if (!row.ok()) {
      status = row.status();
      return EndAt(index);
    }
    if (!Keeps(filter_, row->edge)) return true;
    Expansion& expansion = expansions_[index];
    if (expansion.kept == per_node_limit_) {
      expansion.complete = false;
      return false;
    }
    ++expansion.kept;
    return sink_(index, keep_(*row)) || EndAt(index);
  }

  bool EndAt(size_t index) {
    ended_ = true;
    end_index_ = index;
    return false;
  }

  RecordReader& reader_;
  const FactFilter& filter_;
  const uint32_t per_node_limit_;
  ScanBudget& budget_;
  EdgeSource::Sink sink_;
  Keep keep_;
  const std::span<const NodeId> frontier_;
  std::vector<Expansion> expansions_;
  bool ended_ = false;    // Nothing more is to be given.
  size_t end_index_ = 0;  // The node at which that was decided.
};

}  // namespace

absl::StatusOr<std::vector<Expansion>> StoreView::Expand(std::span<const NodeId> frontier,
                                                         const FactFilter& filter,
                                                         uint32_t per_node_limit,
                                                         ScanBudget& budget,
                                                         EdgeSource::Sink sink) {
  if (topology_ != nullptr) {
    return ExpandInMemory(*topology_, frontier, filter, per_node_limit, budget, sink);
  }
  const auto keep = [this](const AdjRow& row) { return Keep(row); };
  return Expander(reader_, filter, per_node_limit, budget, sink, keep, frontier).Run();
}

AdjacentEdge StoreView::Keep(const AdjRow& row) {
  AdjacentEdge edge = row.edge;
  if (!edge.title.empty()) edge.title = *titles_.emplace(edge.title).first;
  return edge;
}

absl::StatusOr<std::vector<StoreView::ShownNode>> StoreView::ShowNodes(
    std::span<const NodeId> ids) {
  std::vector<ShownNode> shown(ids.size());
  std::vector<NodeId> unknown;  // What the topology does not tell.
  std::vector<size_t> positions;
  const std::span<const std::string_view> kinds = PartnershipKinds();
  for (size_t i = 0; i < ids.size(); ++i) {
    if (topology_ != nullptr) {
      const std::optional<TopologyNode> node = topology_->NodeAt(ids[i]);
      if (!node.has_value()) continue;
      const bool is_deal = node->kind == NodeKind::kPartnership;
      if (!node->name.empty() && (!is_deal || node->deal_kind != 0)) {
        shown[i].summary = {ids[i], node->kind, std::string(node->name)};
        shown[i].degree = topology_->Degree(static_cast<uint32_t>(ToInt(ids[i])));
        shown[i].fact = node->fact;
        if (is_deal) shown[i].deal_kind = kinds[node->deal_kind - 1];
        shown[i].exists = true;
        continue;
      }
    }
    unknown.push_back(ids[i]);
    positions.push_back(i);
  }
  if (unknown.empty()) return shown;
  PG_ASSIGN_OR_RETURN(const std::vector<NodeRecordPtr> records, nodes_.Nodes(unknown));
  PG_ASSIGN_OR_RETURN(std::vector<std::string> names, nodes_.NamesOf(Pointers(records)));
  for (size_t i = 0; i < unknown.size(); ++i) {
    if (records[i] == nullptr) continue;
    ShownNode& node = shown[positions[i]];
    node.summary = {unknown[i], static_cast<NodeKind>(records[i]->kind()), std::move(names[i])};
    node.degree = records[i]->degree();
    node.fact = FactId{records[i]->fact()};
    node.exists = true;
    if (records[i]->deal_kind().empty()) continue;
    node.deal_kind = records[i]->deal_kind();
    shown_records_.push_back(records[i]);
  }
  return shown;
}

absl::StatusOr<std::vector<NodeSummary>> StoreView::Summarize(std::span<const NodeId> ids) {
  std::vector<NodeSummary> summaries(ids.size());
  std::vector<NodeId> unknown;  // What the topology does not tell.
  std::vector<size_t> positions;
  for (size_t i = 0; i < ids.size(); ++i) {
    summaries[i].id = ids[i];
    if (topology_ != nullptr) {
      const std::optional<TopologyNode> node = topology_->NodeAt(ids[i]);
      if (!node.has_value()) continue;
      if (!node->name.empty()) {
        summaries[i].kind = node->kind;
        summaries[i].name = node->name;
        continue;
      }
    }
    unknown.push_back(ids[i]);
    positions.push_back(i);
  }
  if (unknown.empty()) return summaries;
  PG_ASSIGN_OR_RETURN(const std::vector<NodeRecordPtr> records, nodes_.Nodes(unknown));
  PG_ASSIGN_OR_RETURN(std::vector<std::string> names, nodes_.NamesOf(Pointers(records)));
  for (size_t i = 0; i < unknown.size(); ++i) {
    if (records[i] == nullptr) continue;
    NodeSummary& summary = summaries[positions[i]];
    summary.kind = static_cast<NodeKind>(records[i]->kind());
    summary.name = std::move(names[i]);
  }
  return summaries;
}

absl::Status StoreView::CheckNodes(std::span<const NodeId> ids) {
  if (topology_ == nullptr) return Describe(ids).status();
  for (const NodeId id : ids) {
    if (ToInt(id) >= topology_->node_end() ||
        topology_->KindOf(static_cast<uint32_t>(ToInt(id))) == NodeKind{}) {
      return absl::NotFoundError(absl::StrCat("no node ", ToInt(id)));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<RingNode>> StoreView::Describe(std::span<const NodeId> nodes) {
  PG_ASSIGN_OR_RETURN(std::vector<ShownNode> shown, ShowNodes(nodes));
  std::vector<RingNode> described(nodes.size());
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!shown[i].exists) return absl::NotFoundError(absl::StrCat("no node ", ToInt(nodes[i])));
    described[i].node = std::move(shown[i].summary);
    described[i].degree = shown[i].degree;
  }
  return described;
}

absl::StatusOr<std::vector<Edge>> StoreView::Materialize(std::span<const AdjacentEdge> edges) {
  std::vector<NodeId> ids;
  ids.reserve(2 * edges.size());
  for (const AdjacentEdge& edge : edges) {
    ids.insert(ids.end(), {edge.node, edge.other});
    if (ToInt(edge.partnership) != 0) ids.push_back(edge.partnership);
  }
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  PG_ASSIGN_OR_RETURN(const std::vector<ShownNode> shown, ShowNodes(ids));
  const auto position = [&](NodeId id) {
    return static_cast<size_t>(std::ranges::lower_bound(ids, id) - ids.begin());
  };

  std::vector<Edge> full;
  full.reserve(edges.size());
  for (const AdjacentEdge& edge : edges) {
    Edge& out = full.emplace_back();
    const size_t node = position(edge.node), other = position(edge.other);
    for (const size_t end : {node, other}) {
      if (!shown[end].exists) {
        return absl::DataLossError(absl::StrCat("fact ", ToInt(edge.fact), " joins node ",
                                                ToInt(ids[end]), ", which does not exist"));
      }
    }
    if (schema_->Find(edge.type) == nullptr) {
      return absl::DataLossError(absl::StrCat("fact ", ToInt(edge.fact), " has edge type ",
                                              ToInt(edge.type), ", which the schema lacks"));
    }
    const bool out_of_node = edge.direction == Direction::kOut;
    const size_t source = out_of_node ? node : other, target = out_of_node ? other : node;
    out.type = edge.type;
    out.source = shown[source].summary;
    out.target = shown[target].summary;
    out.date = UnpackDate(edge.packed_date);
    out.status = edge.status;
    out.confidence = edge.confidence;
    out.source_count = edge.source_count;
    if (ToInt(edge.partnership) != 0) {
      const ShownNode& deal = shown[position(edge.partnership)];
      if (!deal.exists) {
        return absl::DataLossError(
            absl::StrCat("no record of partnership ", ToInt(edge.partnership)));
      }
      out.fact = deal.fact;
      out.partnership = edge.partnership;
      out.partnership_kind = deal.deal_kind;
      continue;
    }
    out.fact = edge.fact;
    out.role = *EdgeRoleName(edge.role);
    out.title = edge.title;
    if (edge.type == kPartyTo) out.partnership_kind = shown[target].deal_kind;
  }
  return full;
}

absl::StatusOr<EdgeList> StoreView::ListEdges(const EdgeListQuery& query) {
  PG_RETURN_IF_ERROR(CheckNodes({&query.node, 1}));
  if (topology_ != nullptr) return ListEdgesInMemory(query);
  PG_ASSIGN_OR_RETURN(const auto nodes, nodes_.Nodes({&query.node, 1}));
  std::vector<KvRange> ranges = RangesOf(reader_.keys(), query.node, query.filter);
  if (!query.position.empty()) {
    PG_RETURN_IF_ERROR(SkipTo(reader_.keys().Node(query.node) + query.position, ranges));
  }
  EdgeList list;
  std::vector<AdjacentEdge> kept;
  std::string last_key;  // Of the last edge kept, or read when the budget ended the page.
  bool more = false;     // Edges remain, or may.
  bool ended = false;
  absl::Status status;
  const auto visit = [&](size_t, std::string_view key, std::string_view value) {
    if (ended) return false;
    if (list.stats.edges_scanned == query.edges_scanned_max) {
      // A page that is full already is not cut: the next one begins behind it.
      if (kept.size() < query.page_size) {
        list.truncation = Truncation{
            TruncationReason::kEdgesScanned, {{query.node, nodes[0]->degree(), kept.size()}}, 1};
      }
      more = ended = true;
      return false;
    }
    ++list.stats.edges_scanned;
    const absl::StatusOr<AdjRow> row = DecodeAdjRow(key, value);
    if (!row.ok()) {
      status = row.status();
      ended = true;
      return false;
    }
    const bool keeps = Keeps(query.filter, row->edge);
    if (kept.size() == query.page_size) {
      more = ended = keeps;
      return !keeps;
    }
    if (keeps) kept.push_back(Keep(*row));
    last_key = key;
    return true;
  };
  PG_RETURN_IF_ERROR(
      reader_.store()
          .MultiScan(reader_.snapshot(), ColumnFamily::kAdj, ranges, reader_.options(), visit)
          .status());
  PG_RETURN_IF_ERROR(status);
  if (more) {
    list.next_position = last_key.empty() ? query.position : last_key.substr(kNodePrefixBytes);
  }
  PG_ASSIGN_OR_RETURN(list.edges, Materialize(kept));
  return FinishList(query, std::move(list));
}

absl::StatusOr<EdgeList> StoreView::FinishList(const EdgeListQuery& query, EdgeList list) {
  if (query.evidence_limit > 0) PG_RETURN_IF_ERROR(AddEvidence(query.evidence_limit, list.edges));
  if (!query.asked_node_as_id) return list;
  for (Edge& edge : list.edges) {
    for (NodeSummary* const end : {&edge.source, &edge.target}) {
      if (end->id == query.node) *end = {.id = query.node};
    }
  }
  return list;
}

}  // namespace partnergraph
