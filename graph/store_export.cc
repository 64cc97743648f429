// StoreView: export.
#include <algorithm>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/display_name.h"
#include "graph/fact_aggregate.h"
#include "graph/graph_export.h"
#include "graph/keys.h"
#include "graph/status_macros.h"
#include "graph/store_view.h"

namespace partnergraph {
namespace {

// Stored rows, or nodes, that are read at once.
constexpr uint32_t kSliceRows = 4096;
constexpr size_t kNodeBatch = 1024;
// Nodes of a part of a graph whose edges are read in one call.
constexpr size_t kEdgeNodes = 256;
constexpr FactStatus kStatuses[] = {FactStatus::kRumoured,  FactStatus::kPlanned,
                                    FactStatus::kAnnounced, FactStatus::kActive,
                                    FactStatus::kEnded,     FactStatus::kDenied};

// Where an export goes on.
//   offset  size  field
//   0       8     sequence of the state that is exported
//   8       1     0 while nodes are written, 1 while edges are
//   9       8     nodes written
//   17      8     edges written
//   25      8     the last node; of edges of a whole graph the last fact
//   33      *     of edges of a part of a graph: the last edge's adj key, from the node on
struct Position {
  Sequence sequence{};
  bool edges = false;
  uint64_t node_count = 0;
  uint64_t edge_count = 0;
  uint64_t last = 0;
  std::string edge_key;
};
constexpr size_t kPositionBytes = 33;

std::string Encode(const Position& position) {
  std::string bytes;
  AppendU64(bytes, ToInt(position.sequence));
  bytes.push_back(position.edges ? '\1' : '\0');
  AppendU64(bytes, position.node_count);
  AppendU64(bytes, position.edge_count);
  AppendU64(bytes, position.last);
  return bytes + position.edge_key;
}

absl::StatusOr<Position> DecodePosition(std::string_view bytes) {
  if (bytes.size() < kPositionBytes || bytes[8] < 0 || bytes[8] > 1 ||
      (bytes.size() > kPositionBytes &&
       bytes.size() != kPositionBytes + kAdjKeyBytes - kNodePrefixBytes)) {
    return absl::InvalidArgumentError("the position is none of an export");
  }
  return Position{.sequence = Sequence{ReadU64(bytes, 0)},
                  .edges = bytes[8] == 1,
                  .node_count = ReadU64(bytes, 9),
                  .edge_count = ReadU64(bytes, 17),
                  .last = ReadU64(bytes, 25),
                  .edge_key = std::string(bytes.substr(kPositionBytes))};
}

struct NamedRows {
  NodeId id{};
  NodeRows rows;
};

class Exporter {
 public:
  Exporter(GraphView& view, RecordReader& reader, NodeReader& nodes, const ExportQuery& query,
           absl::FunctionRef<bool(ExportPart)> emit)
      : view_(view),
        reader_(reader),
        nodes_(nodes),
        query_(query),
        emit_(emit),
        formatter_(MakeGraphFormatter(query.format)),
        labels_(query.format != ExportFormat::kJsonLines && query.format != ExportFormat::kCsv),
        filter_(query.filter) {
    if (filter_.statuses.empty()) {
      filter_.statuses.assign(std::begin(kStatuses), std::end(kStatuses));
    }
    for (const NodeKind kind : query.node_kinds) kinds_ |= KindBit(kind);
    if (query.node_kinds.empty()) kinds_ = kAllKinds;
  }

  absl::StatusOr<ExportEnd> Run() {
    PG_RETURN_IF_ERROR(Start());
    if (!position_.edges) {
      if (query_.position.empty()) formatter_->BeginNodes(view_.schema(), buffer_);
      PG_RETURN_IF_ERROR(WriteNodes());
      if (!ended_) PG_RETURN_IF_ERROR(TurnToEdges());
    }
    // Nodes that hops are counted in are not followed against the direction only.
    filter_.direction = DirectionFilter::kBoth;
    if (!ended_) {
      PG_RETURN_IF_ERROR(query_.nodes.empty() ? WriteAllEdges() : WriteEdgesOfNodes());
    }
    if (!ended_) {
      formatter_->EndEdges(buffer_);
      PG_RETURN_IF_ERROR(Send(/*last=*/true));
    }
    end_.node_count = position_.node_count;
    end_.edge_count = position_.edge_count;
    return std::move(end_);
  }

 private:
  absl::Status Start() {
    position_.sequence = view_.sequence();
    if (!query_.position.empty()) {
      PG_ASSIGN_OR_RETURN(position_, DecodePosition(query_.position));
      if (position_.sequence != view_.sequence()) {
        return absl::FailedPreconditionError(
            "the graph has changed since the export began; it has to begin again");
      }
    }
    if (!query_.nodes.empty()) return FindNodes();
    PG_ASSIGN_OR_RETURN(const storage::TotalsRecord totals, reader_.Totals());
    for (const auto& [kind, count] : totals.nodes()) end_.node_total += count;
    for (const auto& [type, count] : totals.edges()) end_.edge_total += count;
    return absl::OkStatus();
  }

  // The ids of what lies around the nodes, ascending.
  absl::Status FindNodes() {
    NeighborhoodQuery around{.nodes = query_.nodes,
                             .hops = query_.hops,
                             .filter = filter_,
                             .node_kinds = query_.node_kinds,
                             .expand_partnerships = true,
                             .detail = AnswerDetail::kNodes,
                             .budget = query_.budget};
    around.budget.bytes_max = std::numeric_limits<int64_t>::max();  // Ids are all that is held.
    if (query_.hops == 0) {
      PG_ASSIGN_OR_RETURN(const auto nodes, nodes_.Nodes(query_.nodes));
      for (size_t i = 0; i < nodes.size(); ++i) {
        if (nodes[i] == nullptr) {
          return absl::NotFoundError(absl::StrCat("no node ", ToInt(query_.nodes[i])));
        }
      }
      ids_ = query_.nodes;
    } else {
      PG_ASSIGN_OR_RETURN(const QueryEnd end,
                          view_.Neighborhood(around, [&](NeighborhoodPart part) {
                            for (const RingNode& node : part.nodes) ids_.push_back(node.node.id);
                            return true;
                          }));
      if (end.truncation.has_value() && end.truncation->reason == TruncationReason::kDeadline) {
        return absl::DeadlineExceededError(
            "the time was over before all nodes of the export were found");
      }
      end_.truncation = end.truncation;
    }
    std::ranges::sort(ids_);
    ids_.erase(std::unique(ids_.begin(), ids_.end()), ids_.end());
    end_.node_total = ids_.size();
    return absl::OkStatus();
  }

  // Sends what is written, when it is enough or there is no more, and asks whether to go on.
  absl::Status Send(bool last = false) {
    ExportPart part{
        .file = std::string(position_.edges ? formatter_->edge_file() : formatter_->node_file()),
        .bytes = std::exchange(buffer_, {}),
        .node_count = position_.node_count,
        .edge_count = position_.edge_count,
        .next_position = last ? "" : Encode(position_)};
    buffer_.reserve(kExportPartBytes + (kExportPartBytes >> 2));
    if (!emit_(std::move(part))) return absl::CancelledError("the receiver ended the export");
    return absl::OkStatus();
  }
  absl::Status SendIfFull() {
    return buffer_.size() < kExportPartBytes ? absl::OkStatus() : Send();
  }

  // Ends the export where it is, when its time is over. To be asked where the position is right.
  absl::Status CheckTime() {
    if (!query_.budget.should_stop || ended_) return absl::OkStatus();
    const std::optional<Budget::Stop> stop = query_.budget.should_stop();
    if (!stop.has_value()) return absl::OkStatus();
    if (*stop == Budget::Stop::kCancelled) return absl::CancelledError("the export was cancelled");
    ended_ = true;
    end_.next_position = Encode(position_);
    end_.truncation = Truncation{.reason = TruncationReason::kDeadline};
    return buffer_.empty() ? absl::OkStatus() : Send();
  }

  absl::Status TurnToEdges() {
    std::string edges;
    formatter_->BeginEdges(buffer_, edges);
    const bool other_file = formatter_->node_file() != formatter_->edge_file();
    if (other_file) PG_RETURN_IF_ERROR(Send());
    position_.edges = true;
    position_.last = 0;
    buffer_ += edges;
    return absl::OkStatus();
  }

  // Nodes.
  absl::Status WriteNodes() {
    if (query_.nodes.empty()) return WriteAllNodes();
    auto next = std::ranges::upper_bound(ids_, NodeId{position_.last});
    while (next != ids_.end() && !ended_) {
      const auto end = next + std::min<ptrdiff_t>(kNodeBatch, ids_.end() - next);
      const std::vector<NodeId> batch(next, end);
      PG_ASSIGN_OR_RETURN(std::vector<NodeRows> rows, reader_.NodesWithAliases(batch));
      std::vector<NamedRows> named;
      for (size_t i = 0; i < batch.size(); ++i) named.push_back({batch[i], std::move(rows[i])});
      PG_RETURN_IF_ERROR(WriteBatch(named));
      PG_RETURN_IF_ERROR(CheckTime());
      next = end;
    }
    return absl::OkStatus();
  }

  // A node's aliases lie behind it, so that one scan reads both; the last node of a slice waits for
  // the rest of them.
  absl::Status WriteAllNodes() {
    KvRange range{.begin = reader_.keys().Node(NodeId{position_.last + 1}),
                  .end = PrefixRange(reader_.keys().Prefix()).end,
                  .limit = kSliceRows};
    std::vector<NamedRows> nodes;
    while (!ended_) {
      absl::Status status;
      const auto ends = reader_.store().MultiScan(
          reader_.snapshot(), ColumnFamily::kNode, {&range, 1}, reader_.options(),
          [&](size_t, std::string_view key, std::string_view value) {
            status = AddRow(key, value, nodes);
            return status.ok();
          });
      PG_RETURN_IF_ERROR(ends.status());
      PG_RETURN_IF_ERROR(status);
      const bool complete = (*ends)[0].complete;
      range.begin = (*ends)[0].resume;
      NamedRows waiting;
      if (!complete && !nodes.empty()) {
        waiting = std::move(nodes.back());
        nodes.pop_back();
      }
      PG_RETURN_IF_ERROR(WriteBatch(nodes));
      nodes.clear();
      if (complete) return absl::OkStatus();
      if (ToInt(waiting.id) != 0) nodes.push_back(std::move(waiting));
      PG_RETURN_IF_ERROR(CheckTime());
    }
    return absl::OkStatus();
  }

  static absl::Status AddRow(std::string_view key, std::string_view value,
                             std::vector<NamedRows>& nodes) {
    if (key.size() < kNodePrefixBytes) {
      return absl::DataLossError(absl::StrCat("node key has ", key.size(), " bytes"));
    }
    const NodeId id{ReadU64(key, kNodePrefixBytes - sizeof(uint64_t))};
    if (key.size() == kNodePrefixBytes) {
      NamedRows& node = nodes.emplace_back();
      node.id = id;
      PG_ASSIGN_OR_RETURN(node.rows.node, DecodeRecord<storage::NodeRecord>(value, "node"));
      return absl::OkStatus();
    }
    if (nodes.empty() || nodes.back().id != id) {
      return absl::DataLossError(absl::StrCat("an alias of node ", ToInt(id), " without the node"));
    }
    PG_ASSIGN_OR_RETURN(storage::AliasRecord alias,
                        DecodeRecord<storage::AliasRecord>(value, "alias"));
    nodes.back().rows.aliases.push_back(std::move(alias));
    return absl::OkStatus();
  }

  absl::Status WriteBatch(std::span<const NamedRows> nodes) {
    std::vector<const storage::NodeRecord*> records(nodes.size(), nullptr);
    std::vector<FactId> facts;
    for (size_t i = 0; i < nodes.size(); ++i) {
      const std::optional<storage::NodeRecord>& record = nodes[i].rows.node;
      if (!record.has_value()) {
        return absl::DataLossError(
            absl::StrCat("an edge leads to node ", ToInt(nodes[i].id), ", which does not exist"));
      }
      const auto kind = static_cast<NodeKind>(record->kind());
      // What lies around nodes is chosen already, the nodes asked for whatever they are.
      if (query_.nodes.empty() && (KindBit(kind) & kinds_) == 0) continue;
      records[i] = &*record;
      if (kind == NodeKind::kPartnership) facts.push_back(FactId{record->fact()});
    }
    PG_ASSIGN_OR_RETURN(const auto found, reader_.Facts(facts));
    std::vector<std::string> labels(nodes.size());
    if (labels_) {
      PG_ASSIGN_OR_RETURN(labels, nodes_.NamesOf(records));
    }
    size_t fact = 0;
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (records[i] != nullptr) {
        ExportedNode node{.record = MakeNode(nodes[i]), .label = std::move(labels[i])};
        if (node.record.kind == NodeKind::kPartnership) {
          if (!found[fact].has_value()) {
            return absl::DataLossError(
                absl::StrCat("partnership ", ToInt(nodes[i].id), " has no fact record"));
          }
          FillPartnership(*found[fact++], node.record.partnership);
        }
        formatter_->Append(node, buffer_);
        ++position_.node_count;
      }
      position_.last = ToInt(nodes[i].id);
      PG_RETURN_IF_ERROR(SendIfFull());
    }
    return absl::OkStatus();
  }

  static GraphNodeRecord MakeNode(const NamedRows& node) {
    const storage::NodeRecord& from = *node.rows.node;
    GraphNodeRecord record{.id = absl::StrCat(ToInt(node.id)),
                           .kind = static_cast<NodeKind>(from.kind()),
                           .name = from.name(),
                           .org_type = OrgTypeByVotes(from),
                           .external_id = from.imported().external_id()};
    for (const storage::AliasRecord& alias : node.rows.aliases) {
      if (alias.name() != from.name()) record.names.push_back(alias.name());
    }
    std::ranges::sort(record.names);
    return record;
  }

  static void FillPartnership(const storage::FactRecord& fact, PartnershipRecord& deal) {
    deal.kind = fact.deal_kind();
    deal.date = UnpackDate(fact.date());
    deal.status = static_cast<FactStatus>(fact.status());
    deal.confidence = fact.confidence();
    deal.source_count = fact.source_count();
    deal.location = fact.location();
    for (const storage::DealTermRecord& term : fact.terms()) {
      deal.terms.push_back({.value = LoadTermValue(term),
                            .party = term.party() == 0 ? "" : absl::StrCat(term.party()),
                            .source_count = term.source_count()});
    }
  }

  // Edges of a whole graph: the facts that are no deals.
  struct Fact {
    FactId id{};
    storage::FactRecord record;
  };
  absl::Status WriteAllEdges() {
    KvRange range{.begin = reader_.keys().Fact(FactId{position_.last + 1}),
                  .end = PrefixRange(reader_.keys().Prefix()).end,
                  .limit = kSliceRows};
    while (!ended_) {
      std::vector<Fact> facts;
      FactId last{position_.last};
      absl::Status status;
      const auto ends = reader_.store().MultiScan(
          reader_.snapshot(), ColumnFamily::kFact, {&range, 1}, reader_.options(),
          [&](size_t, std::string_view key, std::string_view value) {
            status = AddFact(key, value, last, facts);
            return status.ok();
          });
      PG_RETURN_IF_ERROR(ends.status());
      PG_RETURN_IF_ERROR(status);
      PG_RETURN_IF_ERROR(DropOtherKinds(facts));
      for (const Fact& fact : facts) {
        PG_RETURN_IF_ERROR(WriteEdge(EdgeOf(fact.record), fact.id));
        position_.last = ToInt(fact.id);
        PG_RETURN_IF_ERROR(SendIfFull());
      }
      position_.last = ToInt(last);
      if ((*ends)[0].complete) return absl::OkStatus();
      range.begin = (*ends)[0].resume;
      PG_RETURN_IF_ERROR(CheckTime());
    }
    return absl::OkStatus();
  }

  absl::Status AddFact(std::string_view key, std::string_view value, FactId& last,
                       std::vector<Fact>& facts) const {
    PG_ASSIGN_OR_RETURN(const uint64_t id,
                        IdInKey(key, kNodePrefixBytes, kNodePrefixBytes - sizeof(uint64_t)));
    last = FactId{id};
    PG_ASSIGN_OR_RETURN(storage::FactRecord record,
                        DecodeRecord<storage::FactRecord>(value, "fact"));
    if (record.edge_type() == 0) return absl::OkStatus();
    const AdjacentEdge edge{.type = EdgeType{static_cast<uint16_t>(record.edge_type())},
                            .direction = Direction::kOut,
                            .packed_date = record.date(),
                            .status = static_cast<FactStatus>(record.status()),
                            .confidence = record.confidence(),
                            .source_count = record.source_count()};
    if (Keeps(filter_, edge)) facts.push_back({last, std::move(record)});
    return absl::OkStatus();
  }

  absl::Status DropOtherKinds(std::vector<Fact>& facts) {
    if (kinds_ == kAllKinds) return absl::OkStatus();
    std::vector<NodeId> ids;
    for (const Fact& fact : facts) {
      ids.push_back(NodeId{fact.record.source()});
      ids.push_back(NodeId{fact.record.target()});
    }
    PG_ASSIGN_OR_RETURN(const std::vector<NodeRecordPtr> nodes, nodes_.Nodes(ids));
    std::vector<Fact> kept;
    for (size_t i = 0; i < facts.size(); ++i) {
      bool wanted = true;
      for (const NodeRecordPtr& node : {nodes[2 * i], nodes[2 * i + 1]}) {
        if (node == nullptr) {
          return absl::DataLossError(
              absl::StrCat("fact ", ToInt(facts[i].id), " joins a node that does not exist"));
        }
        wanted &= (KindBit(static_cast<NodeKind>(node->kind())) & kinds_) != 0;
      }
      if (wanted) kept.push_back(std::move(facts[i]));
    }
    facts = std::move(kept);
    return absl::OkStatus();
  }

  GraphEdgeRecord EdgeOf(const storage::FactRecord& fact) const {
    return {.type = TypeName(EdgeType{static_cast<uint16_t>(fact.edge_type())}),
            .source = absl::StrCat(fact.source()),
            .target = absl::StrCat(fact.target()),
            .role = fact.role(),
            .title = fact.title(),
            .date = UnpackDate(fact.date()),
            .status = static_cast<FactStatus>(fact.status()),
            .confidence = fact.confidence(),
            .source_count = fact.source_count()};
  }

  // Edges of a part of a graph: those out of its nodes, to its nodes.
  absl::Status WriteEdgesOfNodes() {
    auto next = std::ranges::lower_bound(ids_, NodeId{position_.last});
    while (next != ids_.end() && !ended_) {
      const auto end = next + std::min<ptrdiff_t>(kEdgeNodes, ids_.end() - next);
      std::vector<KvRange> ranges;
      for (auto node = next; node != end; ++node) {
        ranges.push_back(reader_.keys().Adj(*node, Direction::kOut));
      }
      if (!position_.edge_key.empty() && *next == NodeId{position_.last}) {
        ranges[0].begin = reader_.keys().Node(*next) + position_.edge_key + '\0';
      }
      absl::Status status;
      const auto ends = reader_.store().MultiScan(
          reader_.snapshot(), ColumnFamily::kAdj, ranges, reader_.options(),
          [&](size_t, std::string_view key, std::string_view value) {
            if (ended_ || !status.ok()) return false;
            status = WriteRow(key, value);
            return status.ok() && !ended_;
          });
      PG_RETURN_IF_ERROR(status);
      PG_RETURN_IF_ERROR(ends.status());
      if (ended_) return absl::OkStatus();
      next = end;
      // The next node's edges begin at its first one.
      if (next != ids_.end()) {
        position_.last = ToInt(*next);
        position_.edge_key.clear();
      }
      PG_RETURN_IF_ERROR(CheckTime());
    }
    return absl::OkStatus();
  }

  absl::Status WriteRow(std::string_view key, std::string_view value) {
    PG_ASSIGN_OR_RETURN(const AdjRow row, DecodeAdjRow(key, value));
    const AdjacentEdge& edge = row.edge;
    position_.last = ToInt(edge.node);
    position_.edge_key = key.substr(kNodePrefixBytes);
    if (Keeps(filter_, edge) && std::ranges::binary_search(ids_, edge.other)) {
      PG_RETURN_IF_ERROR(WriteEdge({.type = TypeName(edge.type),
                                    .source = absl::StrCat(ToInt(edge.node)),
                                    .target = absl::StrCat(ToInt(edge.other)),
                                    .role = std::string(EdgeRoleName(edge.role).value_or("")),
                                    .title = std::string(edge.title),
                                    .date = UnpackDate(edge.packed_date),
                                    .status = edge.status,
                                    .confidence = edge.confidence,
                                    .source_count = edge.source_count},
                                   edge.fact));
      PG_RETURN_IF_ERROR(SendIfFull());
    }
    return ++rows_read_ % 256 == 0 ? CheckTime() : absl::OkStatus();
  }

  absl::Status WriteEdge(GraphEdgeRecord record, FactId fact) {
    formatter_->Append(ExportedEdge{std::move(record), fact}, buffer_);
    ++position_.edge_count;
    return absl::OkStatus();
  }

  std::string TypeName(EdgeType type) const { return std::string(view_.schema().Get(type).name); }

  GraphView& view_;
  RecordReader& reader_;
  NodeReader& nodes_;
  const ExportQuery& query_;
  absl::FunctionRef<bool(ExportPart)> emit_;
  const std::unique_ptr<GraphFormatter> formatter_;
  const bool labels_;  // The form writes what partnerships are called.
  FactFilter filter_;
  uint8_t kinds_ = 0;
  Position position_;
  std::vector<NodeId> ids_;  // Of a part of a graph, ascending.
  std::string buffer_;       // Of the file at hand.
  uint64_t rows_read_ = 0;
  bool ended_ = false;  // The time is over.
  ExportEnd end_;
};

}  // namespace

absl::StatusOr<ExportEnd> StoreView::ExportGraph(const ExportQuery& query,
                                                 absl::FunctionRef<bool(ExportPart)> emit) {
  return Exporter(*this, reader_, nodes_, query, emit).Run();
}

}  // namespace partnergraph
