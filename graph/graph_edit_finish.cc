// GraphEdit::Finish: from votes and evidence to rows.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/display_name.h"
#include "graph/fact_aggregate.h"
#include "graph/graph_edit.h"
#include "graph/keys.h"
#include "graph/name_key.h"
#include "graph/status_macros.h"
#include "graph/utf8.h"

namespace partnergraph {
namespace {

// Ids in one part of a log entry: keeps the value far below the store's limit.
constexpr size_t kLogPartIdsMax = 4000;

void AddTo(google::protobuf::Map<uint32_t, uint64_t>& counts, uint32_t number, int change) {
  uint64_t& count = counts[number];
  count += change;
  if (count == 0) counts.erase(number);
}

bool SameIgnoringSequence(storage::FactRecord a, const storage::FactRecord& b) {
  a.set_sequence(b.sequence());
  return EncodeRecord(a) == EncodeRecord(b);
}

// The rows by which aliases are found: key -> value.
struct NameRows {
  std::map<std::string, std::string> names;
  std::set<std::string> grams;
};

NameRows MakeNameRows(const Keys& keys, NodeId node,
                      const std::map<std::string, storage::AliasRecord>& aliases) {
  NameRows rows;
  // Ascending, so that of several aliases with one key the row shows the first in byte order.
  for (const auto& [alias, record] : aliases) {
    const std::string shown(CutUtf8(alias, kNameRowValueBytesMax));
    for (const NameKey& key : MakeNameKeys(alias)) rows.names.emplace(keys.Name(key, node), shown);
    for (const std::string& gram : MakeNameGrams(CoreName(alias))) {
      rows.grams.insert(keys.Gram(gram, node));
    }
  }
  return rows;
}

template <typename T>
bool SameKeys(const std::map<std::string, T>& a, const std::map<std::string, T>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) { return x.first == y.first; });
}

// Goes on with the hash of everything that was written before.
uint64_t HashWrites(uint64_t hash, std::span<const KvWrite> writes) {
  for (const KvWrite& write : writes) {
    hash = Hash64(write.key, hash + static_cast<uint64_t>(write.cf));
    hash = write.value.has_value() ? Hash64(*write.value, hash) : ~hash;
  }
  return hash;
}

}  // namespace

absl::StatusOr<FinishedEdit> GraphEdit::Finish(storage::WriteKind kind, std::string_view article_id,
                                               ArticleNumber article) {
  storage::ChangeRecord changes;
  changes.set_kind(kind);
  changes.set_article_id(std::string(article_id));
  changes.set_article_number(ToInt(article));
  return Finish(std::move(changes));
}

absl::StatusOr<FinishedEdit> GraphEdit::FinishFacts(uint32_t import) {
  storage::ChangeRecord changes;
  changes.set_kind(storage::WRITE_KIND_FACTS);
  changes.set_import(import);
  return Finish(std::move(changes));
}

absl::StatusOr<FinishedEdit> GraphEdit::Finish(storage::ChangeRecord changes) {
  for (auto& [id, edit] : facts_) PG_RETURN_IF_ERROR(FinishFact(id, edit, changes));
  PG_RETURN_IF_ERROR(FinishIdentities());
  PG_RETURN_IF_ERROR(FinishDegrees());
  for (auto& [id, edit] : nodes_) {
    if (edit.after.article_count() == 0 && !edit.after.has_imported() && edit.after.degree() != 0) {
      return absl::DataLossError(absl::StrCat("node ", ToInt(id), " has ", edit.after.degree(),
                                              " edges and no article that names it"));
    }
    FinishNode(id, edit, changes);
  }
  counters_.set_state_hash(HashWrites(counters_.state_hash(), writes_));
  changes.set_state_hash(counters_.state_hash());
  FinishLog(changes);
  Write(ColumnFamily::kStat, reader_->keys().Totals(), EncodeRecord(totals_));
  Write(ColumnFamily::kMeta, reader_->keys().Counters(), EncodeRecord(counters_));
  return FinishedEdit{std::move(writes_), MakeDiff(changes), sequence_};
}

absl::StatusOr<GraphEdit::NodeEdit*> GraphEdit::NodeOf(FactId fact, NodeId node) {
  const auto found = nodes_.find(node);
  if (found == nodes_.end()) {
    return absl::DataLossError(absl::StrCat("fact ", ToInt(fact), " refers to node ", ToInt(node),
                                            ", which no article of the fact names"));
  }
  return &found->second;
}

absl::Status GraphEdit::FinishFact(FactId id, FactEdit& edit, storage::ChangeRecord& changes) {
  if (edit.changed.empty() && !edit.imported_changed) return absl::OkStatus();
  const bool remains = !edit.evidence.empty() || edit.after.has_imported();
  if (!remains && !edit.existed) return absl::OkStatus();
  if (remains) {
    std::vector<const storage::EvidenceRecord*> evidence;
    for (const auto& [article, record] : edit.evidence) evidence.push_back(&record);
    AggregateEvidence(evidence, edit.after);
  }
  const Keys& keys = reader_->keys();
  const bool changed = !edit.existed || !remains || !SameIgnoringSequence(edit.after, edit.before);
  if (changed) {
    edit.after.set_sequence(ToInt(sequence_));
    if (edit.existed) {
      Write(ColumnFamily::kHist, keys.Hist(id, sequence_), EncodeRecord(edit.before));
    }
    Write(ColumnFamily::kFact, keys.Fact(id),
          remains ? std::optional(EncodeRecord(edit.after)) : std::nullopt);
  }
  FinishEvidence(id, edit);
  if (edit.existed != remains) {
    identity_changes_[IdentKey(edit.after)].emplace_back(id, remains);
  }
  if (edit.after.edge_type() == 0) {
    PG_RETURN_IF_ERROR(FinishPartnershipNode(id, edit));
  } else {
    PG_RETURN_IF_ERROR(FinishEdgeRows(id, edit, remains));
  }
  if (!remains) {
    changes.add_facts_removed(ToInt(id));
  } else if (edit.existed) {
    changes.add_facts_updated(ToInt(id));
  } else {
    changes.add_facts_added(ToInt(id));
  }
  return absl::OkStatus();
}

void GraphEdit::FinishEvidence(FactId id, const FactEdit& edit) {
  const Keys& keys = reader_->keys();
  for (const ArticleNumber article : edit.changed) {
    const auto evidence = edit.evidence.find(article);
    const bool added = evidence != edit.evidence.end();
    Write(ColumnFamily::kEvid, keys.Evid(id, article),
          added ? std::optional(EncodeRecord(evidence->second)) : std::nullopt);
    Write(ColumnFamily::kA2f, keys.ArticleFact(article, id),
          added ? std::optional<std::string>("") : std::nullopt);
    totals_.set_evidence_count(totals_.evidence_count() + (added ? 1 : -1));
  }
}

absl::Status GraphEdit::FinishPartnershipNode(FactId id, const FactEdit& edit) {
  PG_ASSIGN_OR_RETURN(NodeEdit * node, NodeOf(id, NodeId{edit.after.deal()}));
  node->after.set_article_count(static_cast<uint32_t>(edit.evidence.size()));
  return absl::OkStatus();
}

absl::Status GraphEdit::FinishEdgeRows(FactId id, const FactEdit& edit, bool remains) {
  const NodeId ends[] = {NodeId{edit.after.source()}, NodeId{edit.after.target()}};
  const EdgeType type{static_cast<uint16_t>(edit.after.edge_type())};
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    AdjRow row;
    row.edge.node = ends[direction == Direction::kIn];
    row.edge.other = ends[direction == Direction::kOut];
    PG_ASSIGN_OR_RETURN(const NodeEdit* other, NodeOf(id, row.edge.other));
    row.edge.other_kind = static_cast<NodeKind>(other->after.kind());
    row.edge.type = type;
    row.edge.direction = direction;
    row.edge.fact = id;
    const auto encode = [&](const storage::FactRecord& fact) {
      row.edge.packed_date = fact.date();
      row.edge.status = static_cast<FactStatus>(fact.status());
      row.edge.confidence = fact.confidence();
      row.edge.source_count = fact.source_count();
      row.edge.role = FindEdgeRole(fact.role());
      row.edge.title = fact.title();
      row.since = Sequence{fact.sequence()};
      return std::pair(EncodeAdjKey(reader_->ns(), row.edge), EncodeAdjValue(row));
    };
    std::pair<std::string, std::string> before, after;
    if (edit.existed) before = encode(edit.before);
    if (remains) after = encode(edit.after);
    if (before != after) {
      if (edit.existed && before.first != after.first) {
        Write(ColumnFamily::kAdj, before.first, std::nullopt);
      }
      if (remains) Write(ColumnFamily::kAdj, after.first, after.second);
    }
    if (edit.existed != remains) {
      degree_changes_[{row.edge.node, direction, type}] += remains ? 1 : -1;
    }
  }
  if (edit.existed != remains) {
    AddTo(*totals_.mutable_edges(), edit.after.edge_type(), remains ? 1 : -1);
  }
  return absl::OkStatus();
}

absl::Status GraphEdit::FinishIdentities() {
  std::vector<std::string> keys;
  for (const auto& [key, changes] : identity_changes_) keys.push_back(key);
  PG_ASSIGN_OR_RETURN(const std::vector<std::optional<std::string>> values,
                      reader_->store().MultiGet(reader_->snapshot(), ColumnFamily::kIdent, keys));
  for (size_t i = 0; i < keys.size(); ++i) {
    PG_ASSIGN_OR_RETURN(const std::vector<uint64_t> stored,
                        DecodeU64List(values[i].value_or(""), "list of facts"));
    std::set<uint64_t> ids(stored.begin(), stored.end());
    for (const auto& [id, added] : identity_changes_[keys[i]]) {
      if (added) {
        ids.insert(ToInt(id));
      } else {
        ids.erase(ToInt(id));
      }
    }
    Write(ColumnFamily::kIdent, keys[i],
          ids.empty() ? std::nullopt
                      : std::optional(EncodeU64List(std::vector(ids.begin(), ids.end()))));
  }
  return absl::OkStatus();
}

absl::Status GraphEdit::FinishDegrees() {
  std::erase_if(degree_changes_, [](const auto& entry) { return entry.second == 0; });
  std::vector<std::string> keys;
  for (const auto& [key, change] : degree_changes_) {
    keys.push_back(reader_->keys().Degree(key.node, key.direction, key.type));
  }
  PG_ASSIGN_OR_RETURN(const std::vector<std::optional<std::string>> values,
                      reader_->store().MultiGet(reader_->snapshot(), ColumnFamily::kStat, keys));
  size_t i = 0;
  for (const auto& [key, change] : degree_changes_) {
    uint64_t degree = 0;
    if (values[i].has_value()) {
      PG_ASSIGN_OR_RETURN(degree, DecodeU64(*values[i], "degree"));
    }
    storage::NodeRecord& node = nodes_.at(key.node).after;
    if (change < 0 && (degree < static_cast<uint64_t>(-change) ||
                       node.degree() < static_cast<uint64_t>(-change))) {
      return absl::DataLossError(absl::StrCat("node ", ToInt(key.node), " has degree ", degree,
                                              " and is to lose ", -change, " edges"));
    }
    degree += change;
    node.set_degree(node.degree() + change);
    Write(ColumnFamily::kStat, keys[i],
          degree == 0 ? std::nullopt : std::optional(EncodeU64(degree)));
    ++i;
  }
  return absl::OkStatus();
}

void GraphEdit::FinishNode(NodeId id, NodeEdit& edit, storage::ChangeRecord& changes) {
  const bool remains = edit.after.article_count() > 0 || edit.after.has_imported();
  if (!remains && !edit.existed) return;
  const Keys& keys = reader_->keys();
  edit.after.set_name(NodeName(edit.after, edit.aliases_after));
  const std::string before = edit.existed ? EncodeRecord(edit.before) : "";
  const std::string after = remains ? EncodeRecord(edit.after) : "";
  bool changed = before != after;
  if (changed) {
    Write(ColumnFamily::kNode, keys.Node(id), remains ? std::optional(after) : std::nullopt);
  }
  for (const auto& [name, alias] : edit.aliases_before) {
    if (edit.aliases_after.contains(name)) continue;
    Write(ColumnFamily::kNode, keys.Alias(id, name), std::nullopt);
    changed = true;
  }
  for (const auto& [name, alias] : edit.aliases_after) {
    const auto old = edit.aliases_before.find(name);
    std::string record = EncodeRecord(alias);
    if (old != edit.aliases_before.end() && EncodeRecord(old->second) == record) continue;
    Write(ColumnFamily::kNode, keys.Alias(id, name), std::move(record));
    changed = true;
  }
  FinishNames(id, edit);
  FinishExternalId(id, edit);
  if (edit.existed != remains) {
    AddTo(*totals_.mutable_nodes(), edit.after.kind(), remains ? 1 : -1);
  }
  if (!changed) return;
  if (!remains) {
    changes.add_nodes_removed(ToInt(id));
  } else if (edit.existed) {
    changes.add_nodes_updated(ToInt(id));
  } else {
    changes.add_nodes_added(ToInt(id));
  }
}

void GraphEdit::FinishNames(NodeId id, const NodeEdit& edit) {
  if (SameKeys(edit.aliases_before, edit.aliases_after)) return;
  const NameRows before = MakeNameRows(reader_->keys(), id, edit.aliases_before);
  const NameRows after = MakeNameRows(reader_->keys(), id, edit.aliases_after);
  for (const auto& [key, name] : before.names) {
    if (!after.names.contains(key)) Write(ColumnFamily::kName, key, std::nullopt);
  }
  for (const auto& [key, name] : after.names) {
    const auto old = before.names.find(key);
    if (old == before.names.end() || old->second != name) Write(ColumnFamily::kName, key, name);
  }
  for (const std::string& key : before.grams) {
    if (!after.grams.contains(key)) Write(ColumnFamily::kGram, key, std::nullopt);
  }
  for (const std::string& key : after.grams) {
    if (!before.grams.contains(key)) Write(ColumnFamily::kGram, key, "");
  }
}

void GraphEdit::FinishExternalId(NodeId id, const NodeEdit& edit) {
  const std::string& before = edit.before.imported().external_id();
  const std::string& after = edit.after.imported().external_id();
  if (before == after) return;
  const Keys& keys = reader_->keys();
  if (!before.empty()) Write(ColumnFamily::kName, keys.ExternalId(before, id), std::nullopt);
  if (!after.empty()) Write(ColumnFamily::kName, keys.ExternalId(after, id), "");
}

void GraphEdit::FinishLog(const storage::ChangeRecord& changes) {
  storage::ChangeRecord head = changes;
  head.clear_nodes_added();
  head.clear_nodes_updated();
  head.clear_nodes_removed();
  head.clear_facts_added();
  head.clear_facts_updated();
  head.clear_facts_removed();
  storage::ChangeRecord part = head;
  uint32_t part_number = 0;
  size_t ids = 0;
  const auto flush = [&] {
    Write(ColumnFamily::kLog, reader_->keys().Log(sequence_, part_number++), EncodeRecord(part));
    part = head;
    ids = 0;
  };
  const auto append = [&](const auto& list, void (storage::ChangeRecord::*add)(uint64_t)) {
    for (const uint64_t id : list) {
      if (ids++ == kLogPartIdsMax) flush();
      (part.*add)(id);
    }
  };
  append(changes.nodes_added(), &storage::ChangeRecord::add_nodes_added);
  append(changes.nodes_updated(), &storage::ChangeRecord::add_nodes_updated);
  append(changes.nodes_removed(), &storage::ChangeRecord::add_nodes_removed);
  append(changes.facts_added(), &storage::ChangeRecord::add_facts_added);
  append(changes.facts_updated(), &storage::ChangeRecord::add_facts_updated);
  append(changes.facts_removed(), &storage::ChangeRecord::add_facts_removed);
  flush();
}

std::string GraphEdit::NameOf(NodeId id) const {
  const auto node = nodes_.find(id);
  if (node == nodes_.end()) return "";
  const NodeEdit& edit = node->second;
  if (edit.after.kind() != static_cast<uint32_t>(NodeKind::kPartnership) ||
      !edit.after.imported().name().empty()) {
    return edit.after.name().empty() ? edit.before.name() : edit.after.name();
  }
  std::vector<std::string> names;
  const size_t shown = std::min<size_t>(edit.after.parties_size(), kNamedPartiesMax);
  for (size_t i = 0; i < shown; ++i) names.push_back(NameOf(NodeId{edit.after.parties(i)}));
  return PartnershipName(edit.after.deal_kind(), names,
                         static_cast<size_t>(edit.after.parties_size()));
}

GraphDiff GraphEdit::MakeDiff(const storage::ChangeRecord& changes) const {
  GraphDiff diff;
  const auto list_nodes = [&](const auto& ids, std::vector<NodeSummary>& list, uint32_t& count) {
    count = static_cast<uint32_t>(ids.size());
    for (const uint64_t id : ids) {
      if (list.size() == kDiffListMax) break;
      const NodeKind kind = static_cast<NodeKind>(nodes_.at(NodeId{id}).after.kind());
      list.push_back({NodeId{id}, kind, NameOf(NodeId{id})});
    }
  };
  const auto list_facts = [&](const auto& ids, std::vector<FactSummary>& list, uint32_t& count) {
    count = static_cast<uint32_t>(ids.size());
    for (const uint64_t id : ids) {
      if (list.size() == kDiffListMax) break;
      list.push_back({FactId{id}, DescribeFact(facts_.at(FactId{id}).after, *schema_,
                                               [this](NodeId node) { return NameOf(node); })});
    }
  };
  list_nodes(changes.nodes_added(), diff.nodes_added, diff.node_added_count);
  list_nodes(changes.nodes_removed(), diff.nodes_removed, diff.node_removed_count);
  list_facts(changes.facts_added(), diff.facts_added, diff.fact_added_count);
  list_facts(changes.facts_removed(), diff.facts_removed, diff.fact_removed_count);
  list_facts(changes.facts_updated(), diff.facts_updated, diff.fact_updated_count);
  return diff;
}

}  // namespace partnergraph
