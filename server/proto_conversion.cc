#include "server/proto_conversion.h"

#include <string>
#include <string_view>
#include <utility>

namespace partnergraph {
namespace {

v1::NodeKind ToProto(NodeKind kind) { return static_cast<v1::NodeKind>(kind); }
v1::FactStatus ToProto(FactStatus status) { return static_cast<v1::FactStatus>(status); }
static_assert(static_cast<int>(NodeKind::kPartnership) == v1::NODE_KIND_PARTNERSHIP);
static_assert(static_cast<int>(FactStatus::kDenied) == v1::FACT_STATUS_DENIED);
static_assert(static_cast<int>(Direction::kIn) == v1::DIRECTION_IN);
static_assert(static_cast<int>(DealTermKind::kCapital) == v1::DEAL_TERM_KIND_CAPITAL);
static_assert(static_cast<int>(TermBound::kAtMost) + 1 == v1::TERM_BOUND_AT_MOST);
static_assert(static_cast<int>(MatchKind::kFuzzy) + 1 == v1::MATCH_KIND_FUZZY);
static_assert(static_cast<int>(TruncationReason::kDeadline) + 1 == v1::TRUNCATION_REASON_DEADLINE);
static_assert(static_cast<int>(PathOutcome::kNotDecided) + 1 == v1::PATH_OUTCOME_NOT_DECIDED);

void ToProto(const ByteSpan& span, v1::Span* out) {
  out->set_begin(span.begin);
  out->set_end(span.end);
}

void ToProto(const FactSummary& fact, v1::FactSummary* out) {
  out->set_fact_id(ToInt(fact.fact));
  out->set_description(fact.description);
}

void ToProto(const TermValue& value, NodeId party, v1::DealTerm* out) {
  out->set_kind(static_cast<v1::DealTermKind>(value.kind));
  out->set_value(value.value);
  out->set_currency(value.currency);
  out->set_bound(static_cast<v1::TermBound>(static_cast<int>(value.bound) + 1));
  out->set_party_node_id(ToInt(party));
}

void ToProto(const Partnership& partnership, v1::Partnership* out) {
  out->set_fact_id(ToInt(partnership.fact));
  out->set_kind(partnership.kind);
  if (!partnership.date.empty()) ToProto(partnership.date, out->mutable_date());
  out->set_location(partnership.location);
  out->set_status(ToProto(partnership.status));
  out->set_confidence(partnership.confidence);
  out->set_source_count(partnership.source_count);
  for (const Participant& participant : partnership.participants) {
    auto* added = out->add_participants();
    ToProto(participant.node, added->mutable_node());
    added->set_role(participant.role);
  }
  for (const DealTerm& term : partnership.terms) {
    auto* added = out->add_terms();
    ToProto(term.value, term.party, added);
    added->set_source_count(term.source_count);
  }
}

template <typename Item, typename ProtoItem>
void ToProto(const std::vector<Item>& items, google::protobuf::RepeatedPtrField<ProtoItem>* out) {
  out->Reserve(static_cast<int>(items.size()));
  for (const Item& item : items) ToProto(item, out->Add());
}

template <typename Item, typename ProtoItem>
void ToProto(std::vector<Item>&& items, google::protobuf::RepeatedPtrField<ProtoItem>* out) {
  out->Reserve(static_cast<int>(items.size()));
  for (Item& item : items) ToProto(std::move(item), out->Add());
}

void ToProto(std::vector<Edge>&& edges, const Schema& schema,
             google::protobuf::RepeatedPtrField<v1::Edge>* out) {
  out->Reserve(static_cast<int>(edges.size()));
  for (Edge& edge : edges) ToProto(std::move(edge), schema, out->Add());
}

void AddKinds(uint8_t kinds, google::protobuf::RepeatedField<int>* out) {
  for (const NodeKind kind :
       {NodeKind::kCompany, NodeKind::kPerson, NodeKind::kProduct, NodeKind::kPartnership}) {
    if ((kinds & KindBit(kind)) != 0) out->Add(ToProto(kind));
  }
}

}  // namespace

void ToProto(const Date& date, v1::Date* out) {
  out->set_year(date.year);
  out->set_month(date.month);
  out->set_day(date.day);
  switch (date.bound) {
    case DateBound::kAt:
      out->set_bound(v1::DATE_BOUND_AT);
      break;
    case DateBound::kBefore:
      out->set_bound(v1::DATE_BOUND_BEFORE);
      break;
    case DateBound::kAfter:
      out->set_bound(v1::DATE_BOUND_AFTER);
      break;
  }
}

void ToProto(NodeSummary node, v1::NodeSummary* out) {
  out->set_node_id(ToInt(node.id));
  out->set_kind(ToProto(node.kind));
  out->set_name(std::move(node.name));
}

void ToProto(const Node& node, v1::Node* out) {
  out->set_node_id(ToInt(node.id));
  out->set_kind(ToProto(node.kind));
  out->set_name(node.name);
  out->set_org_type(node.org_type);
  out->set_external_id(node.external_id);
  for (const Alias& alias : node.aliases) {
    auto* added = out->add_aliases();
    added->set_name(alias.name);
    added->set_article_count(alias.article_count);
  }
  out->set_article_count(node.article_count);
  out->set_degree(node.degree);
  if (node.partnership.has_value()) ToProto(*node.partnership, out->mutable_partnership());
}

void ToProto(Edge&& edge, const Schema& schema, v1::Edge* out) {
  out->set_fact_id(ToInt(edge.fact));
  const std::string_view type = schema.Get(edge.type).name;
  out->set_type(type.data(), type.size());
  ToProto(std::move(edge.source), out->mutable_source());
  ToProto(std::move(edge.target), out->mutable_target());
  // Setting a text, even to "", makes a string; most edges have none of these.
  if (!edge.role.empty()) out->set_role(std::move(edge.role));
  if (!edge.title.empty()) out->set_title(std::move(edge.title));
  if (!edge.date.empty()) ToProto(edge.date, out->mutable_date());
  out->set_status(ToProto(edge.status));
  out->set_confidence(edge.confidence);
  out->set_source_count(edge.source_count);
  out->set_partnership_id(ToInt(edge.partnership));
  if (!edge.partnership_kind.empty()) {
    out->set_partnership_kind(std::move(edge.partnership_kind));
  }
  ToProto(edge.evidence, out->mutable_evidence());
}

void ToProto(const Evidence& evidence, v1::Evidence* out) {
  out->set_article_id(evidence.article_id);
  out->set_article_title(evidence.article_title);
  out->set_url(evidence.url);
  out->set_source(evidence.source);
  if (!evidence.published.empty()) ToProto(evidence.published, out->mutable_published());
  out->set_quote(evidence.quote);
  if (evidence.span.end > 0) ToProto(evidence.span, out->mutable_span());
  out->set_status(ToProto(evidence.status));
  out->set_confidence(evidence.confidence);
  out->set_extractor(evidence.extractor);
  for (const QuotedTerm& term : evidence.terms) {
    auto* added = out->add_terms();
    ToProto(term.value, term.party, added);
    added->set_text(term.text);
    ToProto(term.span, added->mutable_span());
  }
}

void ToProto(const Truncation& truncation, v1::Truncation* out) {
  out->set_reason(static_cast<v1::TruncationReason>(static_cast<int>(truncation.reason) + 1));
  for (const CutNode& node : truncation.nodes) {
    auto* added = out->add_nodes();
    added->set_node_id(ToInt(node.node));
    added->set_degree(node.degree);
    added->set_kept(node.kept);
    added->set_step(node.step);
  }
  out->set_node_count(truncation.node_count);
}

void ToProto(const GraphDiff& diff, v1::GraphDiff* out) {
  ToProto(diff.nodes_added, out->mutable_nodes_added());
  ToProto(diff.nodes_removed, out->mutable_nodes_removed());
  ToProto(diff.facts_added, out->mutable_facts_added());
  ToProto(diff.facts_removed, out->mutable_facts_removed());
  ToProto(diff.facts_updated, out->mutable_facts_updated());
  out->set_node_added_count(diff.node_added_count);
  out->set_node_removed_count(diff.node_removed_count);
  out->set_fact_added_count(diff.fact_added_count);
  out->set_fact_removed_count(diff.fact_removed_count);
  out->set_fact_updated_count(diff.fact_updated_count);
}

void ToProto(const std::vector<std::optional<Node>>& nodes, const v1::BatchGetNodesRequest& request,
             v1::BatchGetNodesResponse* out) {
  for (size_t i = 0; i < nodes.size(); ++i) {
    if (nodes[i].has_value()) {
      ToProto(*nodes[i], out->add_nodes());
    } else {
      out->add_missing_node_ids(request.node_ids(static_cast<int>(i)));
    }
  }
}

void ToProto(const SearchResult& result, v1::SearchNodesResponse* out) {
  for (const NodeMatch& match : result.matches) {
    auto* added = out->add_matches();
    ToProto(match.node, added->mutable_node());
    added->set_matched_name(match.matched_name);
    added->set_match_kind(static_cast<v1::MatchKind>(static_cast<int>(match.match_kind) + 1));
    added->set_score(match.score);
  }
}

void ToProto(EdgeList&& list, const Schema& schema, v1::ListEdgesResponse* out) {
  ToProto(std::move(list.edges), schema, out->mutable_edges());
  if (list.truncation.has_value()) ToProto(*list.truncation, out->mutable_truncation());
  out->mutable_stats()->set_edges_scanned(list.stats.edges_scanned);
}

void ToProto(const std::vector<EdgeCount>& counts, const Schema& schema,
             v1::CountEdgesResponse* out) {
  uint64_t total = 0;
  for (const EdgeCount& count : counts) {
    if (count.count == 0) continue;
    auto* added = out->add_counts();
    added->set_type(std::string(schema.Get(count.type).name));
    added->set_direction(static_cast<v1::Direction>(count.direction));
    added->set_count(count.count);
    total += count.count;
  }
  out->set_total(total);
}

void ToProto(NeighborhoodPart&& part, const Schema& schema, v1::NeighborhoodResponse* out) {
  out->mutable_nodes()->Reserve(static_cast<int>(part.nodes.size()));
  for (RingNode& node : part.nodes) {
    auto* added = out->add_nodes();
    ToProto(std::move(node.node), added->mutable_node());
    added->set_ring(node.ring);
    added->set_degree(node.degree);
  }
  ToProto(std::move(part.edges), schema, out->mutable_edges());
}

void ToProto(std::vector<Walk>&& walks, const Schema& schema, v1::TraverseResponse* out) {
  out->mutable_walks()->Reserve(static_cast<int>(walks.size()));
  for (Walk& walk : walks) {
    auto* added = out->add_walks();
    ToProto(std::move(walk.end), added->mutable_end());
    ToProto(std::move(walk.edges), schema, added->mutable_edges());
  }
}

void ToProto(Path&& path, const Schema& schema, v1::Path* out) {
  ToProto(std::move(path.nodes), out->mutable_nodes());
  ToProto(std::move(path.edges), schema, out->mutable_edges());
  out->set_certainty(path.certainty);
}

void ToProto(std::span<Path> paths, const Schema& schema, v1::FindPathsResponse* out) {
  for (Path& path : paths) ToProto(std::move(path), schema, out->add_paths());
}

void ToProto(std::span<Path> paths, PathOutcome outcome, const Schema& schema,
             v1::FindShortestPathResponse* out) {
  if (!paths.empty()) ToProto(std::move(paths.front()), schema, out->mutable_path());
  out->set_outcome(ToProto(outcome));
}

v1::PathOutcome ToProto(PathOutcome outcome) {
  return static_cast<v1::PathOutcome>(static_cast<int>(outcome) + 1);
}

void ToProto(GraphView::FactRecord&& fact, const Schema& schema, v1::ExplainFactResponse* out) {
  if (fact.edge.has_value()) {
    ToProto(*std::move(fact.edge), schema, out->mutable_edge());
  } else if (fact.partnership.has_value()) {
    ToProto(*fact.partnership, out->mutable_partnership());
  }
}

void ToProto(const EvidenceList& list, v1::ExplainFactResponse* out) {
  ToProto(list.evidence, out->mutable_evidence());
}

void ToProto(const StoredArticle& stored, v1::GetArticleResponse* out) {
  const Article& article = stored.article;
  out->set_article_id(article.id);
  out->set_title(article.title);
  out->set_text(article.text);
  out->set_url(article.url);
  out->set_source(article.source);
  if (!article.published.empty()) ToProto(article.published, out->mutable_published());
  out->set_language(article.language);
  out->set_fact_count(stored.fact_count);
  out->set_mention_count(stored.mention_count);
  for (const ArticleFact& fact : stored.facts) {
    auto* added = out->add_facts();
    added->set_fact_id(ToInt(fact.fact));
    added->set_description(fact.description);
    ToProto(fact.spans, added->mutable_spans());
  }
  for (const ArticleMention& mention : stored.mentions) {
    auto* added = out->add_mentions();
    ToProto(mention.node, added->mutable_node());
    ToProto(mention.span, added->mutable_span());
  }
}

void ToProto(const TopologyReport& report, v1::TopologyStats* out) {
  out->set_present(report.present);
  out->set_absence(report.absence);
  out->set_failure(report.failure);
  const TopologyStats& stats = report.stats;
  out->set_row_count(stats.row_count);
  out->set_row_bytes(stats.row_bytes);
  if (stats.row_count > 0) {
    out->set_bytes_per_row(static_cast<double>(stats.row_bytes) /
                           static_cast<double>(stats.row_count));
  }
  out->set_node_bytes(stats.node_bytes);
  out->set_changed_nodes(stats.patched_nodes);
  out->set_changed_rows(stats.patched_rows);
  out->set_merge_count(report.merges);
  out->set_mapped(report.mapped);
  out->set_replayed_commits(report.replayed);
  out->set_building(report.building);
  out->set_memory_max(report.bytes_max);
}

void ToProto(const QueryEnd& end, v1::CountNeighborhoodResponse* out) {
  uint64_t count = 0;
  for (const uint64_t size : end.ring_sizes) {
    out->add_ring_sizes(size);
    count += size;
  }
  out->set_node_count(end.ring_sizes.empty() ? 0 : count - end.ring_sizes.front());
}

void ToProto(const GraphStats& stats, const Schema& schema, v1::GetStatsResponse* out) {
  out->set_format_version(stats.format_version);
  out->set_article_count(stats.article_count);
  for (const auto& [kind, count] : stats.node_counts) {
    auto* added = out->add_node_counts();
    added->set_kind(ToProto(kind));
    added->set_count(count);
  }
  for (const auto& [type, count] : stats.edge_counts) {
    auto* added = out->add_edge_counts();
    added->set_type(std::string(schema.Get(type).name));
    added->set_count(count);
  }
  out->set_fact_count(stats.fact_count);
  out->set_evidence_count(stats.evidence_count);
  out->set_disk_bytes(stats.disk_bytes);
  out->set_last_sequence(ToInt(stats.last_sequence));
}

void ToProto(const Schema& schema, const GraphStats& stats, v1::ListEdgeTypesResponse* out) {
  for (const EdgeTypeInfo& type : schema.types()) {
    v1::EdgeType* added = out->add_edge_types();
    added->set_name(std::string(type.name));
    added->set_inverse_name(std::string(type.inverse_name));
    added->set_symmetric(type.symmetric);
    AddKinds(type.source_kinds, added->mutable_source_kinds());
    AddKinds(type.target_kinds, added->mutable_target_kinds());
    added->set_imported(static_cast<uint16_t>(type.type) >= kFirstImportedEdgeType);
    for (const auto& [counted, count] : stats.edge_counts) {
      if (counted == type.type) added->set_edge_count(count);
    }
  }
}

}  // namespace partnergraph
