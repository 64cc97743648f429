#include "graph/store_view.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "graph/display_name.h"
#include "graph/fact_aggregate.h"
#include "graph/keys.h"
#include "graph/status_macros.h"
#include "graph/topology_walk.h"
#include "graph/traversal.h"

namespace partnergraph {
namespace {

absl::Status NoNode(NodeId id) { return absl::NotFoundError(absl::StrCat("no node ", ToInt(id))); }

Node ToNode(NodeId id, const NodeRows& rows, std::string name) {
  Node node;
  node.id = id;
  node.kind = static_cast<NodeKind>(rows.node->kind());
  node.name = std::move(name);
  node.org_type = OrgTypeByVotes(*rows.node);
  node.external_id = rows.node->imported().external_id();
  node.article_count = rows.node->article_count();
  node.degree = rows.node->degree();
  for (const storage::AliasRecord& alias : rows.aliases) {
    node.aliases.push_back({alias.name(), alias.article_count()});
  }
  std::ranges::sort(node.aliases, [](const Alias& a, const Alias& b) {
    return a.article_count != b.article_count ? a.article_count > b.article_count : a.name < b.name;
  });
  return node;
}

Partnership ToPartnership(FactId id, const storage::FactRecord& fact) {
  Partnership partnership;
  partnership.fact = id;
  partnership.kind = fact.deal_kind();
  partnership.date = UnpackDate(fact.date());
  partnership.location = fact.location();
  partnership.status = static_cast<FactStatus>(fact.status());
  partnership.confidence = fact.confidence();
  partnership.source_count = fact.source_count();
  for (const storage::DealTermRecord& term : fact.terms()) {
    partnership.terms.push_back({LoadTermValue(term), NodeId{term.party()}, term.source_count()});
  }
  return partnership;
}

}  // namespace

absl::StatusOr<std::unique_ptr<GraphView>> MakeStoreView(RecordReader reader, ReadCaches& caches,
                                                         std::shared_ptr<const Schema> schema) {
  PG_ASSIGN_OR_RETURN(const storage::CountersRecord counters, reader.Counters());
  return MakeStoreView(std::move(reader), caches, std::move(schema),
                       Sequence{counters.last_sequence()}, nullptr);
}

std::unique_ptr<GraphView> MakeStoreView(RecordReader reader, ReadCaches& caches,
                                         std::shared_ptr<const Schema> schema, Sequence sequence,
                                         std::shared_ptr<const Topology> topology) {
  return std::make_unique<StoreView>(std::move(reader), caches, sequence, std::move(schema),
                                     std::move(topology));
}

absl::StatusOr<Node> StoreView::GetNode(NodeId id) {
  PG_ASSIGN_OR_RETURN(std::vector<std::optional<Node>> nodes, GetNodes({&id, 1}));
  if (!nodes[0].has_value()) return NoNode(id);
  return *std::move(nodes[0]);
}

absl::StatusOr<NodeId> StoreView::FindExternalId(std::string_view external_id) {
  std::string prefix = reader_.keys().NamePrefix(NameKeyKind::kExternalId, external_id);
  prefix.push_back('\0');
  const size_t id_offset = prefix.size();
  const KvRange range = PrefixRange(std::move(prefix));
  uint64_t newest = 0;
  PG_RETURN_IF_ERROR(
      reader_.Scan(ColumnFamily::kName, {&range, 1},
                   [&](size_t, std::string_view key, std::string_view) -> absl::Status {
                     PG_ASSIGN_OR_RETURN(newest, IdInKey(key, id_offset + 8, id_offset));
                     return absl::OkStatus();
                   }));
  if (newest == 0) {
    return absl::NotFoundError(absl::StrCat("no node is called ", Quoted(external_id)));
  }
  return NodeId{newest};
}

absl::StatusOr<std::vector<std::optional<Node>>> StoreView::GetNodes(std::span<const NodeId> ids) {
  return MakeNodes(ids, kAliasesMax);
}

absl::StatusOr<std::vector<std::optional<Node>>> StoreView::MakeNodes(std::span<const NodeId> ids,
                                                                      uint32_t aliases_max) {
  std::vector<NodeRows> rows(ids.size());
  if (aliases_max > 0) {
    PG_ASSIGN_OR_RETURN(rows, reader_.NodesWithAliases(ids, aliases_max));
  } else {  // Records alone may be at hand.
    PG_ASSIGN_OR_RETURN(const std::vector<NodeRecordPtr> records, nodes_.Nodes(ids));
    for (size_t i = 0; i < ids.size(); ++i) {
      if (records[i] != nullptr) rows[i].node = *records[i];
    }
  }
  std::vector<const storage::NodeRecord*> records;
  for (const NodeRows& row : rows) records.push_back(row.node.has_value() ? &*row.node : nullptr);
  PG_ASSIGN_OR_RETURN(std::vector<std::string> names, nodes_.NamesOf(records));
  std::vector<std::optional<Node>> nodes(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    if (rows[i].node.has_value()) nodes[i] = ToNode(ids[i], rows[i], std::move(names[i]));
  }
  PG_RETURN_IF_ERROR(AddPartnerships(rows, nodes));
  return nodes;
}

absl::Status StoreView::AddPartnerships(std::span<const NodeRows> rows,
                                        std::vector<std::optional<Node>>& nodes) {
  std::vector<size_t> deals;  // Positions in nodes.
  std::vector<FactId> facts;
  std::vector<NodeId> ids;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!nodes[i].has_value() || nodes[i]->kind != NodeKind::kPartnership) continue;
    deals.push_back(i);
    facts.push_back(FactId{rows[i].node->fact()});
    ids.push_back(nodes[i]->id);
  }
  if (deals.empty()) return absl::OkStatus();
  PG_ASSIGN_OR_RETURN(const std::vector<std::vector<AdjacentEdge>> edges_of_deal,
                      ReadParticipants(ids));
  std::vector<NodeId> participants;
  for (const auto& edges : edges_of_deal) {
    for (const AdjacentEdge& edge : edges) participants.push_back(edge.other);
  }
  PG_ASSIGN_OR_RETURN(const auto records, reader_.Facts(facts));
  PG_ASSIGN_OR_RETURN(const std::vector<ShownNode> shown, ShowNodes(participants));
  size_t next = 0;  // Of the participants.
  for (size_t deal = 0; deal < deals.size(); ++deal) {
    if (!records[deal].has_value()) {
      return absl::DataLossError(
          absl::StrCat("partnership ", ToInt(nodes[deals[deal]]->id), " has no fact record"));
    }
    Partnership partnership = ToPartnership(facts[deal], *records[deal]);
    for (const AdjacentEdge& edge : edges_of_deal[deal]) {
      const ShownNode& other = shown[next++];
      if (!other.exists) {
        return absl::DataLossError(
            absl::StrCat("node ", ToInt(edge.other), " is a participant and has no record"));
      }
      partnership.participants.push_back({{edge.other, edge.other_kind, other.summary.name},
                                          std::string(*EdgeRoleName(edge.role))});
    }
    nodes[deals[deal]]->partnership = std::move(partnership);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::vector<AdjacentEdge>>> StoreView::ReadParticipants(
    std::span<const NodeId> deals) {
  // Parties, then people, then products.
  constexpr std::pair<Direction, EdgeType> kParts[] = {
      {Direction::kIn, kPartyTo}, {Direction::kIn, kTookPartIn}, {Direction::kOut, kConcerns}};
  std::vector<std::vector<AdjacentEdge>> edges_of_deal(deals.size());
  if (topology_ != nullptr) {
    for (size_t deal = 0; deal < deals.size(); ++deal) {
      std::vector<AdjacentEdge>& edges = edges_of_deal[deal];
      for (const auto& part : kParts) {
        topology_->ForEachSlice(static_cast<uint32_t>(ToInt(deals[deal])), [&](const auto& slice) {
          if (slice.direction != part.first || slice.type != part.second) return true;
          for (uint32_t i = 0; i < slice.size && edges.size() < kParticipantsMax; ++i) {
            edges.push_back(topology_->EdgeAt(deals[deal], slice, i));
          }
          return edges.size() < kParticipantsMax;
        });
      }
    }
    return edges_of_deal;
  }
  std::vector<KvRange> ranges;
  for (const NodeId deal : deals) {
    for (const auto& [direction, type] : kParts) {
      ranges.push_back(reader_.keys().Adj(deal, direction, type));
      ranges.back().limit = kParticipantsMax;
    }
  }
  PG_RETURN_IF_ERROR(
      reader_.Scan(ColumnFamily::kAdj, ranges,
                   [&](size_t range, std::string_view key, std::string_view value) -> absl::Status {
                     PG_ASSIGN_OR_RETURN(const AdjRow row, DecodeAdjRow(key, value));
                     std::vector<AdjacentEdge>& edges = edges_of_deal[range / std::size(kParts)];
                     if (edges.size() < kParticipantsMax) edges.push_back(Keep(row));
                     return absl::OkStatus();
                   }));
  return edges_of_deal;
}

absl::StatusOr<SearchResult> StoreView::SearchNodes(const SearchQuery& query) {
  PG_ASSIGN_OR_RETURN(RankedMatches ranked, RankMatches(*this, query));
  std::vector<NodeId> ids;
  ids.reserve(ranked.matches.size());
  for (const RankedMatch& match : ranked.matches) ids.push_back(match.node);
  SearchResult result;
  result.more = ranked.more;
  result.matches.reserve(ids.size());
  const auto add = [&](RankedMatch& match, Node&& node) {
    result.matches.push_back(
        {std::move(node), std::move(match.matched_name), match.match_kind, match.score});
  };
  const auto missing = [](NodeId id) {
    return absl::DataLossError(
        absl::StrCat("the names index has node ", ToInt(id), ", which does not exist"));
  };
  if (query.summaries_only) {
    PG_ASSIGN_OR_RETURN(std::vector<NodeSummary> nodes, Summarize(ids));
    for (size_t i = 0; i < ids.size(); ++i) {
      if (nodes[i].kind == NodeKind{}) return missing(ids[i]);
      add(ranked.matches[i],
          Node{.id = ids[i], .kind = nodes[i].kind, .name = std::move(nodes[i].name)});
    }
    return result;
  }
  PG_ASSIGN_OR_RETURN(std::vector<std::optional<Node>> nodes, MakeNodes(ids, 0));
  for (size_t i = 0; i < ids.size(); ++i) {
    if (!nodes[i].has_value()) return missing(ids[i]);
    add(ranked.matches[i], *std::move(nodes[i]));
  }
  return result;
}

absl::StatusOr<std::vector<EdgeCount>> StoreView::CountEdges(NodeId id,
                                                             std::span<const EdgeType> types,
                                                             DirectionFilter direction) {
  PG_RETURN_IF_ERROR(CheckNodes({&id, 1}));
  if (topology_ != nullptr) return CountEdgesInMemory(id, types, direction);
  std::vector<EdgeCount> counts;
  const KvRange range = PrefixRange(reader_.keys().DegreePrefix(id));
  PG_RETURN_IF_ERROR(reader_.Scan(
      ColumnFamily::kStat, {&range, 1},
      [&](size_t, std::string_view key, std::string_view value) -> absl::Status {
        if (key.size() != range.begin.size() + 3) {
          return absl::DataLossError(absl::StrCat("degree key has ", key.size(), " bytes"));
        }
        EdgeCount count;
        count.direction = static_cast<Direction>(key[range.begin.size()]);
        count.type = EdgeType{ReadU16(key, range.begin.size() + 1)};
        if (count.direction < Direction::kOut || count.direction > Direction::kIn ||
            schema_->Find(count.type) == nullptr) {
          return absl::DataLossError(absl::StrCat(
              "degree key of node ", ToInt(id), " holds a direction or type that does not exist"));
        }
        PG_ASSIGN_OR_RETURN(count.count, DecodeU64(value, "degree"));
        const bool asked = (types.empty() || std::ranges::find(types, count.type) != types.end()) &&
                           (direction == DirectionFilter::kBoth ||
                            static_cast<int>(direction) == static_cast<int>(count.direction));
        if (asked) counts.push_back(count);
        return absl::OkStatus();
      }));
  return counts;
}

absl::StatusOr<GraphView::FactRecord> StoreView::GetFact(FactId id) {
  PG_ASSIGN_OR_RETURN(const auto facts, reader_.Facts({&id, 1}));
  if (!facts[0].has_value()) return absl::NotFoundError(absl::StrCat("no fact ", ToInt(id)));
  const storage::FactRecord& fact = *facts[0];
  FactRecord result;
  if (fact.edge_type() == 0) {
    PG_ASSIGN_OR_RETURN(result.partnership, GetNode(NodeId{fact.deal()}));
    return result;
  }
  AdjacentEdge edge;
  edge.node = NodeId{fact.source()};
  edge.other = NodeId{fact.target()};
  edge.type = EdgeType{static_cast<uint16_t>(fact.edge_type())};
  edge.direction = Direction::kOut;
  edge.fact = id;
  edge.packed_date = fact.date();
  edge.status = static_cast<FactStatus>(fact.status());
  edge.confidence = fact.confidence();
  edge.source_count = fact.source_count();
  edge.role = FindEdgeRole(fact.role());
  edge.title = fact.title();
  PG_ASSIGN_OR_RETURN(std::vector<Edge> edges, Materialize({&edge, 1}));
  result.edge = std::move(edges[0]);
  return result;
}

absl::StatusOr<GraphStats> StoreView::GetStats() {
  PG_ASSIGN_OR_RETURN(const std::optional<std::string> format,
                      reader_.store().Get(reader_.snapshot(), ColumnFamily::kMeta, kFormatKey));
  PG_ASSIGN_OR_RETURN(const auto version,
                      DecodeRecord<storage::FormatRecord>(format.value_or(""), "format version"));
  PG_ASSIGN_OR_RETURN(const storage::TotalsRecord totals, reader_.Totals());
  GraphStats stats;
  stats.format_version = version.version();
  stats.article_count = totals.article_count();
  stats.evidence_count = totals.evidence_count();
  stats.last_sequence = sequence_;
  PG_ASSIGN_OR_RETURN(stats.disk_bytes, reader_.store().DiskBytes());
  for (const NodeKind kind :
       {NodeKind::kCompany, NodeKind::kPerson, NodeKind::kProduct, NodeKind::kPartnership}) {
    const auto count = totals.nodes().find(static_cast<uint32_t>(kind));
    stats.node_counts.emplace_back(kind, count == totals.nodes().end() ? 0 : count->second);
    if (kind == NodeKind::kPartnership) stats.fact_count += stats.node_counts.back().second;
  }
  for (const EdgeTypeInfo& type : schema_->types()) {
    const auto count = totals.edges().find(static_cast<uint32_t>(type.type));
    if (count == totals.edges().end()) continue;
    stats.edge_counts.emplace_back(type.type, count->second);
    stats.fact_count += count->second;
  }
  return stats;
}

absl::StatusOr<QueryEnd> StoreView::Neighborhood(const NeighborhoodQuery& query,
                                                 absl::FunctionRef<bool(NeighborhoodPart)> emit) {
  if (topology_ != nullptr && query.detail != AnswerDetail::kFull && CanFindRings(query)) {
    return FindRingNodes(query, emit);
  }
  return WalkNeighborhood(*this, query, emit);
}

absl::StatusOr<QueryEnd> StoreView::Traverse(const TraverseQuery& query,
                                             absl::FunctionRef<bool(std::vector<Walk>)> emit) {
  if (topology_ != nullptr && query.detail != AnswerDetail::kFull && CanFindStepEnds(query)) {
    return FindEndNodes(query, emit);
  }
  return WalkSteps(*this, query, emit);
}

absl::StatusOr<PathResult> StoreView::FindPaths(const PathQuery& query) {
  if (topology_ != nullptr) return FindPathInMemory(query);
  return partnergraph::FindPaths(*this, query);
}

absl::Status StoreView::ScanNames(NameKeyKind kind, std::string_view key, bool exact, size_t limit,
                                  NameVisitor visit) {
  std::string prefix = reader_.keys().NamePrefix(kind, key);
  const size_t key_offset = prefix.size() - key.size();
  if (exact && limit > kCachedNameRowsMax) {
    auto rows = names_.Find(prefix, sequence_);
    if (rows == nullptr) {
      PG_ASSIGN_OR_RETURN(rows, ReadNames(prefix));
    }
    if (rows->size() <= kCachedNameRowsMax) {
      for (const NameRow& row : *rows) {
        if (!visit(key, row.node, row.name)) break;
      }
      return absl::OkStatus();
    }
  }
  if (exact) prefix.push_back('\0');
  const KvRange range =
      PrefixRange(std::move(prefix), static_cast<uint32_t>(std::min<size_t>(limit, UINT32_MAX)));
  absl::Status status;
  const auto ends = reader_.store().MultiScan(
      reader_.snapshot(), ColumnFamily::kName, {&range, 1}, reader_.options(),
      [&](size_t, std::string_view row, std::string_view name) {
        if (row.size() < key_offset + 9) {
          status = absl::DataLossError(absl::StrCat("name key has ", row.size(), " bytes"));
          return false;
        }
        const std::string_view name_key = row.substr(key_offset, row.size() - key_offset - 9);
        return visit(name_key, NodeId{ReadU64(row, row.size() - 8)}, name);
      });
  PG_RETURN_IF_ERROR(ends.status());
  return status;
}

absl::StatusOr<std::shared_ptr<const NameRows>> StoreView::ReadNames(const std::string& prefix) {
  const KvRange range = PrefixRange(prefix + '\0', kCachedNameRowsMax + 1);
  NameRows rows;
  PG_RETURN_IF_ERROR(
      reader_.Scan(ColumnFamily::kName, {&range, 1},
                   [&](size_t, std::string_view key, std::string_view name) -> absl::Status {
                     PG_ASSIGN_OR_RETURN(const uint64_t node,
                                         IdInKey(key, range.begin.size() + 8, range.begin.size()));
                     rows.push_back({NodeId{node}, std::string(name)});
                     return absl::OkStatus();
                   }));
  names_.Insert(prefix, sequence_, rows);
  return std::make_shared<const NameRows>(std::move(rows));
}

absl::StatusOr<std::vector<std::vector<NodeId>>> StoreView::ReadGrams(
    std::span<const std::string> grams, size_t limit_each) {
  std::vector<KvRange> ranges;
  for (const std::string& gram : grams) {
    ranges.push_back(PrefixRange(reader_.keys().GramPrefix(gram),
                                 static_cast<uint32_t>(std::min<size_t>(limit_each, UINT32_MAX))));
  }
  std::vector<std::vector<NodeId>> nodes(grams.size());
  PG_RETURN_IF_ERROR(
      reader_.Scan(ColumnFamily::kGram, ranges,
                   [&](size_t range, std::string_view key, std::string_view) -> absl::Status {
                     const size_t offset = ranges[range].begin.size();
                     PG_ASSIGN_OR_RETURN(const uint64_t node, IdInKey(key, offset + 8, offset));
                     nodes[range].push_back(NodeId{node});
                     return absl::OkStatus();
                   }));
  return nodes;
}

absl::StatusOr<std::vector<NameHolder>> StoreView::ReadNameHolders(std::span<const NodeId> nodes,
                                                                   HolderDetail detail) {
  if (detail == HolderDetail::kKind && topology_ != nullptr) {
    std::vector<NameHolder> holders;
    for (const NodeId node : nodes) {
      if (ToInt(node) >= topology_->node_end()) continue;
      const NodeKind kind = topology_->KindOf(static_cast<uint32_t>(ToInt(node)));
      if (kind != NodeKind{}) holders.push_back({.node = node, .kind = kind});
    }
    return holders;
  }
  if (detail != HolderDetail::kNames) {
    PG_ASSIGN_OR_RETURN(const std::vector<NodeRecordPtr> records, nodes_.Nodes(nodes));
    std::vector<NameHolder> holders;
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (records[i] == nullptr) continue;
      holders.push_back({.node = nodes[i],
                         .kind = static_cast<NodeKind>(records[i]->kind()),
                         .article_count = records[i]->article_count()});
    }
    return holders;
  }
  PG_ASSIGN_OR_RETURN(const std::vector<NodeRows> rows,
                      reader_.NodesWithAliases(nodes, kAliasesMax));
  std::vector<NameHolder> holders;
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (!rows[i].node.has_value()) continue;
    NameHolder& holder = holders.emplace_back();
    holder.node = nodes[i];
    holder.kind = static_cast<NodeKind>(rows[i].node->kind());
    holder.article_count = rows[i].node->article_count();
    for (const storage::AliasRecord& alias : rows[i].aliases) holder.names.push_back(alias.name());
  }
  return holders;
}

}  // namespace partnergraph
