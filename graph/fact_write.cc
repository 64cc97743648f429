#include "graph/fact_write.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/fact_aggregate.h"
#include "graph/imported_fact.h"
#include "graph/keys.h"
#include "graph/node_resolution.h"
#include "graph/schema_record.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"

namespace partnergraph {
namespace {

template <typename... Parts>
absl::Status Invalid(const char* list, size_t index, const Parts&... what) {
  return absl::InvalidArgumentError(absl::StrCat(list, "[", index, "]", what...));
}

// The number in "#12"; 0 when the reference is none of that form.
uint64_t StoredNumber(std::string_view reference) {
  if (!reference.starts_with('#')) return 0;
  uint64_t number = 0;
  const char* const end = reference.data() + reference.size();
  const auto [stop, error] = std::from_chars(reference.data() + 1, end, number);
  return error == std::errc() && stop == end ? number : 0;
}

class FactPlanner {
 public:
  FactPlanner(RecordReader& reader, std::shared_ptr<const Schema> schema, const FactBatch& batch,
              GraphEdit edit)
      : reader_(reader), schema_(std::move(schema)), batch_(batch), edit_(std::move(edit)) {}

  absl::StatusOr<PlannedFacts> Plan();

 private:
  // An edge with its ends found.
  struct Joined {
    const EdgeTypeInfo* type = nullptr;
    NodeId source{}, target{};
  };

  absl::Status CheckPreconditions();
  absl::Status FindWriter();
  absl::Status FindNodes();
  absl::StatusOr<NodeId> Find(const char* list, size_t index, const char* field,
                              const std::string& reference) const;
  absl::StatusOr<std::map<std::string, NodeId>> ReadReferences() const;
  absl::Status ResolveByName();
  // Two nodes of the batch that are one stored node would replace each other.
  absl::Status CheckDistinct() const;
  absl::Status JoinEdges();
  absl::Status WriteNodes();
  absl::Status WritePartnership(size_t index, const std::set<NodeId>& parties);
  absl::Status WriteEdges();

  RecordReader& reader_;
  const std::shared_ptr<const Schema> schema_;
  const FactBatch& batch_;
  GraphEdit edit_;
  uint32_t writer_ = 0;
  std::map<std::string, NodeId> stored_;  // By reference: nodes that are stored.
  std::map<std::string, size_t> by_id_;   // Positions in batch_.nodes.
  std::vector<NodeId> nodes_;             // Of batch_.nodes; 0 while it is open.
  std::vector<Joined> joined_;            // Of batch_.edges.
  std::vector<FactId> facts_;
};

absl::Status FactPlanner::CheckDistinct() const {
  std::map<NodeId, size_t> first;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (ToInt(nodes_[i]) == 0) continue;
    const auto [entry, inserted] = first.emplace(nodes_[i], i);
    if (!inserted) {
      return Invalid("nodes", i, " is the same node as nodes[", entry->second, "] by its names");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<PlannedFacts> FactPlanner::Plan() {
  PlannedFacts plan;
  plan.write.counters_before = edit_.counters_before();
  PG_RETURN_IF_ERROR(FindNodes());
  PG_RETURN_IF_ERROR(ResolveByName());
  PG_RETURN_IF_ERROR(CheckDistinct());
  PG_RETURN_IF_ERROR(CheckPreconditions());
  PG_RETURN_IF_ERROR(FindWriter());
  PG_RETURN_IF_ERROR(WriteNodes());
  PG_RETURN_IF_ERROR(JoinEdges());
  PG_RETURN_IF_ERROR(WriteEdges());
  if (!batch_.edge_types.empty()) {
    edit_.Write(ColumnFamily::kMeta, reader_.keys().Schema(),
                EncodeRecord(ToSchemaRecord(*schema_)));
  }
  PG_ASSIGN_OR_RETURN(FinishedEdit finished, edit_.FinishFacts(writer_));
  const size_t bytes = BatchBytes(finished.writes);
  const size_t bytes_max = reader_.store().Limits().batch_bytes_max;
  if (bytes > bytes_max) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the facts need a batch of ", bytes, " bytes, at most ", bytes_max));
  }
  plan.write.writes = std::move(finished.writes);
  plan.write.result.diff = std::move(finished.diff);
  plan.write.result.sequence = finished.sequence;
  plan.write.idempotency_key = batch_.idempotency_key.empty()
                                   ? absl::StrCat("facts/", ToInt(finished.sequence))
                                   : FactWriteKey(batch_);
  plan.nodes = std::move(nodes_);
  plan.facts = std::move(facts_);
  plan.schema = schema_;
  return plan;
}

// Finds what the batch refers to: its own nodes by id, stored ones by number or external id.
absl::Status FactPlanner::FindNodes() {
  for (size_t i = 0; i < batch_.nodes.size(); ++i) {
    if (!by_id_.emplace(batch_.nodes[i].id, i).second) {
      return Invalid("nodes", i, ".id is ", Quoted(batch_.nodes[i].id),
                     ", which stands there twice");
    }
  }
  PG_ASSIGN_OR_RETURN(stored_, ReadReferences());
  std::vector<NodeId> loaded;
  for (const auto& [reference, node] : stored_) loaded.push_back(node);
  PG_ASSIGN_OR_RETURN(const auto records, reader_.Nodes(loaded));
  size_t position = 0;
  for (const auto& [reference, node] : stored_) {
    if (!records[position++].has_value()) {
      return absl::NotFoundError(absl::StrCat("no node ", ToInt(node)));
    }
  }
  PG_RETURN_IF_ERROR(edit_.LoadNodes(loaded));

  std::set<NodeId> taken;
  for (size_t i = 0; i < batch_.nodes.size(); ++i) {
    const GraphNodeRecord& node = batch_.nodes[i];
    auto found = stored_.find(node.id.starts_with('#') ? node.id : node.external_id);
    if (node.external_id.empty() && !node.id.starts_with('#')) found = stored_.end();
    nodes_.push_back(found == stored_.end() ? NodeId{0} : found->second);
    if (found == stored_.end()) continue;
    if (static_cast<NodeKind>(edit_.nodes().at(found->second).after.kind()) != node.kind) {
      return Invalid("nodes", i, ".kind is not that of the stored node ", ToInt(found->second));
    }
    if (!taken.insert(found->second).second) {
      return Invalid("nodes", i, " is the stored node ", ToInt(found->second),
                     ", as another entry is");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, NodeId>> FactPlanner::ReadReferences() const {
  std::set<std::string> external;
  std::map<std::string, NodeId> found;
  const auto add = [&](const std::string& reference) {
    if (reference.empty() || (by_id_.contains(reference) && !reference.starts_with('#'))) return;
    if (const uint64_t number = StoredNumber(reference); number != 0) {
      found[reference] = NodeId{number};
    } else {
      external.insert(reference);
    }
  };
  for (const GraphNodeRecord& node : batch_.nodes) {
    if (node.id.starts_with('#')) add(node.id);
    if (!node.external_id.empty()) external.insert(node.external_id);
    for (const PartnershipRecord::Term& term : node.partnership.terms) add(term.party);
  }
  for (const GraphEdgeRecord& edge : batch_.edges) {
    add(edge.source);
    add(edge.target);
  }
  for (const FactPrecondition& precondition : batch_.preconditions) {
    add(precondition.source);
    add(precondition.target);
  }
  std::vector<KvRange> ranges;
  std::vector<const std::string*> names;
  for (const std::string& id : external) {
    std::string prefix = reader_.keys().NamePrefix(NameKeyKind::kExternalId, id);
    prefix.push_back('\0');
    ranges.push_back(PrefixRange(std::move(prefix)));
    names.push_back(&id);
  }
  PG_RETURN_IF_ERROR(
      reader_.Scan(ColumnFamily::kName, ranges,
                   [&](size_t range, std::string_view key, std::string_view) -> absl::Status {
                     const size_t offset = ranges[range].begin.size();
                     PG_ASSIGN_OR_RETURN(const uint64_t node, IdInKey(key, offset + 8, offset));
                     found[*names[range]] = NodeId{node};  // Ascending: the newest stays.
                     return absl::OkStatus();
                   }));
  return found;
}

absl::StatusOr<NodeId> FactPlanner::Find(const char* list, size_t index, const char* field,
                                         const std::string& reference) const {
  if (const auto own = by_id_.find(reference); own != by_id_.end()) return nodes_[own->second];
  if (const auto stored = stored_.find(reference); stored != stored_.end()) return stored->second;
  return Invalid(list, index, ".", field, " is ", Quoted(reference), ", which names no node");
}

absl::Status FactPlanner::CheckPreconditions() {
  for (size_t i = 0; i < batch_.preconditions.size(); ++i) {
    const FactPrecondition& wanted = batch_.preconditions[i];
    PG_ASSIGN_OR_RETURN(const NodeId source, Find("preconditions", i, "source", wanted.source));
    NodeId target{};
    if (!wanted.target.empty()) {
      PG_ASSIGN_OR_RETURN(target, Find("preconditions", i, "target", wanted.target));
    }
    KvRange range = reader_.keys().Adj(source, Direction::kOut);
    if (!wanted.type.empty()) {
      const EdgeTypeInfo* const type = schema_->Find(wanted.type);
      if (type == nullptr) {
        return Invalid("preconditions", i, ".type is ", Quoted(wanted.type), ", which is none");
      }
      range = reader_.keys().Adj(source, Direction::kOut, type->type);
    }
    range.limit = kPreconditionEdgesMax;
    bool matches = false;
    // A node that is new has no edges. One of the batch is 0 until it is made.
    std::vector<KvRangeEnd> ends(1);
    if (ToInt(source) != 0 && (wanted.target.empty() || ToInt(target) != 0)) {
      PG_ASSIGN_OR_RETURN(
          ends, reader_.store().MultiScan(
                    reader_.snapshot(), ColumnFamily::kAdj, {&range, 1}, reader_.options(),
                    [&](size_t, std::string_view key, std::string_view) {
                      matches = ToInt(target) == 0 ||
                                (key.size() == kAdjKeyBytes && ReadU64(key, 19) == ToInt(target));
                      return !matches;
                    }));
    }
    if (!matches && !ends[0].complete) {
      return absl::ResourceExhaustedError(
          absl::StrCat("preconditions[", i, "] would look at more than ", kPreconditionEdgesMax,
                       " edges: give it a type"));
    }
    if (matches != wanted.must_match) {
      return absl::FailedPreconditionError(absl::StrCat("preconditions[", i,
                                                        "] does not hold: the source has ",
                                                        matches ? "such an edge" : "no such edge"));
    }
  }
  return absl::OkStatus();
}

absl::Status FactPlanner::FindWriter() {
  const std::string key = reader_.keys().Writer(batch_.writer);
  PG_ASSIGN_OR_RETURN(const std::optional<std::string> known,
                      reader_.store().Get(reader_.snapshot(), ColumnFamily::kMeta, key));
  if (known.has_value()) {
    PG_ASSIGN_OR_RETURN(const uint64_t number, DecodeU64(*known, "number of a writer"));
    writer_ = static_cast<uint32_t>(number);
    return absl::OkStatus();
  }
  writer_ = edit_.AddImport();
  storage::ImportRecord record;
  record.set_source(batch_.writer);
  edit_.Write(ColumnFamily::kMeta, key, EncodeU64(writer_));
  edit_.Write(ColumnFamily::kMeta, reader_.keys().Import(writer_), EncodeRecord(record));
  return absl::OkStatus();
}

// Nodes that have nothing but names are who articles of these names mean.
absl::Status FactPlanner::ResolveByName() {
  std::vector<NodeAssertion> assertions;
  std::vector<size_t> positions;
  for (size_t i = 0; i < batch_.nodes.size(); ++i) {
    const GraphNodeRecord& node = batch_.nodes[i];
    if (ToInt(nodes_[i]) != 0 || !node.external_id.empty() || node.kind == NodeKind::kPartnership) {
      continue;
    }
    assertions.push_back({.kind = node.kind, .canonical = node.name, .names = node.names});
    positions.push_back(i);
  }
  PG_ASSIGN_OR_RETURN(const std::vector<NodeId> resolved, ResolveNodes(reader_, assertions, edit_));
  for (size_t i = 0; i < positions.size(); ++i) nodes_[positions[i]] = resolved[i];
  return absl::OkStatus();
}

absl::Status FactPlanner::WriteNodes() {
  for (size_t i = 0; i < batch_.nodes.size(); ++i) {
    if (batch_.nodes[i].kind == NodeKind::kPartnership) continue;
    if (ToInt(nodes_[i]) == 0) nodes_[i] = edit_.AddNode(batch_.nodes[i].kind);
  }
  // Parties are there now, so that partnerships can be told apart.
  std::map<size_t, std::set<NodeId>> parties;
  for (size_t i = 0; i < batch_.edges.size(); ++i) {
    const GraphEdgeRecord& edge = batch_.edges[i];
    const auto target = by_id_.find(edge.target);
    if (edge.type != "PARTY_TO" || target == by_id_.end()) continue;
    PG_ASSIGN_OR_RETURN(const NodeId party, Find("edges", i, "source", edge.source));
    parties[target->second].insert(party);
  }
  for (size_t i = 0; i < batch_.nodes.size(); ++i) {
    const GraphNodeRecord& node = batch_.nodes[i];
    if (node.kind == NodeKind::kPartnership) PG_RETURN_IF_ERROR(WritePartnership(i, parties[i]));
    storage::ImportedNodeRecord imported = MakeImported(node);
    // What is not said again stays.
    const storage::ImportedNodeRecord& before = edit_.nodes().at(nodes_[i]).after.imported();
    if (imported.external_id().empty()) imported.set_external_id(before.external_id());
    imported.set_import(writer_);
    edit_.SetImported(nodes_[i], imported, node.names);
  }
  return absl::OkStatus();
}

absl::Status FactPlanner::WritePartnership(size_t index, const std::set<NodeId>& parties) {
  const PartnershipRecord& deal = batch_.nodes[index].partnership;
  FactId fact{};
  if (ToInt(nodes_[index]) != 0) {
    fact = FactId{edit_.nodes().at(nodes_[index]).after.fact()};
    PG_RETURN_IF_ERROR(edit_.LoadFacts({&fact, 1}));
    if (edit_.facts().at(fact).after.deal_kind() != deal.kind) {
      return Invalid("nodes", index, ".partnership.kind is not that of the stored partnership");
    }
  } else {
    storage::FactRecord record;
    record.set_deal_kind(deal.kind);
    record.set_year(static_cast<uint32_t>(deal.date.year));
    if (parties.size() >= 2 && parties.size() <= kParticipantsMax) {
      for (const NodeId party : parties) record.add_parties(ToInt(party));
      PG_ASSIGN_OR_RETURN(const std::vector<FactId> found, edit_.FindFacts({&record, 1}));
      fact = edit_.FindOrAddFact(found[0], record);
      // One that is known by another id stays another one.
      const std::string& id = batch_.nodes[index].external_id;
      const std::string& known =
          edit_.nodes().at(edit_.PartnershipNode(fact)).after.imported().external_id();
      if (!id.empty() && !known.empty() && id != known) {
        record.set_occurrence(edit_.NextFact());
        fact = edit_.AddFact(record);
      }
    } else {
      fact = edit_.AddFact(record);
    }
    nodes_[index] = edit_.PartnershipNode(fact);
    PG_RETURN_IF_ERROR(edit_.LoadNodes({&nodes_[index], 1}));
  }
  storage::ImportedFactRecord imported = MakeImported(deal);
  for (const PartnershipRecord::Term& term : deal.terms) {
    storage::DealTermRecord* added = imported.add_terms();
    StoreTermValue(term.value, *added);
    added->set_source_count(std::max(term.source_count, 1u));
    if (term.party.empty()) continue;
    PG_ASSIGN_OR_RETURN(const NodeId party, Find("nodes", index, "partnership.terms", term.party));
    added->set_party(ToInt(party));
  }
  SortTerms(*imported.mutable_terms());
  imported.set_import(writer_);
  edit_.SetImported(fact, std::move(imported));
  return absl::OkStatus();
}

absl::Status FactPlanner::JoinEdges() {
  for (size_t i = 0; i < batch_.edges.size(); ++i) {
    const GraphEdgeRecord& edge = batch_.edges[i];
    Joined& joined = joined_.emplace_back();
    joined.type = schema_->Find(edge.type);
    if (joined.type == nullptr) {
      return Invalid("edges", i, ".type is ", Quoted(edge.type), ", which is no edge type");
    }
    PG_ASSIGN_OR_RETURN(joined.source, Find("edges", i, "source", edge.source));
    PG_ASSIGN_OR_RETURN(joined.target, Find("edges", i, "target", edge.target));
    if (joined.source == joined.target) {
      return Invalid("edges", i, " joins node ", Quoted(edge.source), " with itself");
    }
    const auto kind = [&](NodeId node) {
      return static_cast<NodeKind>(edit_.nodes().at(node).after.kind());
    };
    if (!Allows(*joined.type, kind(joined.source), kind(joined.target))) {
      return Invalid("edges", i, " of type ", edge.type, " does not go from ",
                     ToAbsl(NodeKindName(kind(joined.source))), " to ",
                     ToAbsl(NodeKindName(kind(joined.target))));
    }
  }
  return absl::OkStatus();
}

absl::Status FactPlanner::WriteEdges() {
  // Each edge as the first of its ends, and as one of its date.
  std::vector<storage::FactRecord> wanted;
  for (size_t i = 0; i < joined_.size(); ++i) {
    storage::FactRecord fact =
        MakeEdgeFact(joined_[i].type->type, joined_[i].source, joined_[i].target, batch_.edges[i]);
    for (const NodeId end : {joined_[i].source, joined_[i].target}) {
      const storage::NodeRecord& node = edit_.nodes().at(end).after;
      const bool of_deal = joined_[i].type->type == kPartyTo ||
                           joined_[i].type->type == kTookPartIn ||
                           joined_[i].type->type == kConcerns;
      if (of_deal && node.kind() == static_cast<uint32_t>(NodeKind::kPartnership)) {
        fact.set_deal(node.fact());
      }
    }
    wanted.push_back(fact);
    fact.set_occurrence(OccurrenceOf(batch_.edges[i].date));
    wanted.push_back(std::move(fact));
  }
  PG_ASSIGN_OR_RETURN(const std::vector<FactId> found, edit_.FindFacts(wanted));
  for (size_t i = 0; i < joined_.size(); ++i) {
    storage::ImportedFactRecord imported = MakeImported(batch_.edges[i]);
    imported.set_import(writer_);
    FactId fact = edit_.FindOrAddFact(found[2 * i], wanted[2 * i]);
    const storage::FactRecord& first = edit_.facts().at(fact).after;
    if (first.has_imported() && first.imported().date() != imported.date()) {
      fact = edit_.FindOrAddFact(found[2 * i + 1], wanted[2 * i + 1]);
    }
    edit_.SetImported(fact, std::move(imported));
    facts_.push_back(fact);
  }
  return absl::OkStatus();
}

absl::Status CheckBatch(const FactBatch& batch) {
  if (batch.writer.empty() || batch.writer.size() > kWriterNameBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("source has ", batch.writer.size(),
                                                   " bytes, want 1 to ", kWriterNameBytesMax));
  }
  if (const auto offset = FindInvalidUtf8(batch.writer)) {
    return absl::InvalidArgumentError(absl::StrCat("source is not UTF-8 at byte ", *offset));
  }
  if (batch.idempotency_key.size() > kWriteKeyBytesMax) {
    return absl::InvalidArgumentError(absl::StrCat("idempotency_key has ",
                                                   batch.idempotency_key.size(), " bytes, at most ",
                                                   kWriteKeyBytesMax));
  }
  const size_t facts = batch.nodes.size() + batch.edges.size();
  if (facts > kWrittenFactsMax || batch.preconditions.size() > kPreconditionsMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("has ", facts, " nodes and edges and ", batch.preconditions.size(),
                     " preconditions, at most ", kWrittenFactsMax, " and ", kPreconditionsMax));
  }
  for (size_t i = 0; i < batch.nodes.size(); ++i) {
    if (const absl::Status status = CheckGraphRecord(batch.nodes[i]); !status.ok()) {
      return Invalid("nodes", i, ": ", status.message());
    }
  }
  for (size_t i = 0; i < batch.edges.size(); ++i) {
    if (const absl::Status status = CheckGraphRecord(batch.edges[i]); !status.ok()) {
      return Invalid("edges", i, ": ", status.message());
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string FactWriteKey(const FactBatch& batch) {
  // The writer's name may hold a slash: its length tells where it ends.
  return absl::StrCat("write/", batch.writer.size(), "/", batch.writer, "/", batch.idempotency_key);
}

absl::StatusOr<PlannedFacts> PlanFacts(RecordReader& reader,
                                       const std::shared_ptr<const Schema>& schema,
                                       const FactBatch& batch) {
  PG_RETURN_IF_ERROR(CheckBatch(batch));
  std::shared_ptr<const Schema> extended = schema;
  if (!batch.edge_types.empty()) {
    PG_ASSIGN_OR_RETURN(extended, schema->With(batch.edge_types));
  }
  PG_ASSIGN_OR_RETURN(GraphEdit edit, GraphEdit::Create(reader, extended));
  return FactPlanner(reader, extended, batch, std::move(edit)).Plan();
}

}  // namespace partnergraph
