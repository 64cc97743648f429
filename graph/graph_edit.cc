#include "graph/graph_edit.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/fact_aggregate.h"
#include "graph/fact_identity.h"
#include "graph/keys.h"
#include "graph/status_macros.h"

namespace partnergraph {

GraphEdit::GraphEdit(RecordReader& reader, std::shared_ptr<const Schema> schema,
                     storage::CountersRecord counters, storage::TotalsRecord totals)
    : reader_(&reader),
      schema_(std::move(schema)),
      counters_(std::move(counters)),
      totals_(std::move(totals)) {
  if (counters_.last_sequence() > 0) counters_before_ = EncodeRecord(counters_);
  counters_.set_last_sequence(counters_.last_sequence() + 1);
  sequence_ = Sequence{counters_.last_sequence()};
}

absl::StatusOr<GraphEdit> GraphEdit::Create(RecordReader& reader,
                                            std::shared_ptr<const Schema> schema) {
  PG_ASSIGN_OR_RETURN(storage::CountersRecord counters, reader.Counters());
  PG_ASSIGN_OR_RETURN(storage::TotalsRecord totals, reader.Totals());
  return GraphEdit(reader, std::move(schema), std::move(counters), std::move(totals));
}

absl::Status GraphEdit::LoadNodes(std::span<const NodeId> ids) {
  std::set<NodeId> missing;
  for (const NodeId id : ids) {
    if (!nodes_.contains(id)) missing.insert(id);
  }
  const std::vector<NodeId> wanted(missing.begin(), missing.end());
  PG_ASSIGN_OR_RETURN(std::vector<NodeRows> rows, reader_->NodesWithAliases(wanted));
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!rows[i].node.has_value()) {
      return absl::DataLossError(
          absl::StrCat("node ", ToInt(wanted[i]), " is referred to and has no record"));
    }
    NodeEdit& edit = nodes_[wanted[i]];
    edit.existed = true;
    edit.before = edit.after = *std::move(rows[i].node);
    for (storage::AliasRecord& alias : rows[i].aliases) {
      std::string name = alias.name();
      edit.aliases_before.emplace(std::move(name), std::move(alias));
    }
    edit.aliases_after = edit.aliases_before;
  }
  return absl::OkStatus();
}

absl::Status GraphEdit::LoadFacts(std::span<const FactId> ids) {
  std::set<FactId> missing;
  for (const FactId id : ids) {
    if (!facts_.contains(id)) missing.insert(id);
  }
  const std::vector<FactId> wanted(missing.begin(), missing.end());
  PG_ASSIGN_OR_RETURN(std::vector<std::optional<storage::FactRecord>> records,
                      reader_->Facts(wanted));
  PG_ASSIGN_OR_RETURN(std::vector<std::vector<ArticleEvidence>> evidence,
                      reader_->Evidence(wanted));
  std::vector<NodeId> partnerships;
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (!records[i].has_value()) {
      return absl::DataLossError(
          absl::StrCat("fact ", ToInt(wanted[i]), " is referred to and has no record"));
    }
    FactEdit& edit = facts_[wanted[i]];
    edit.existed = true;
    edit.before = edit.after = *std::move(records[i]);
    for (ArticleEvidence& piece : evidence[i]) {
      edit.evidence.emplace(piece.article, std::move(piece.record));
    }
    if (edit.before.edge_type() == 0) partnerships.push_back(NodeId{edit.before.deal()});
  }
  return LoadNodes(partnerships);
}

std::string GraphEdit::IdentKey(const storage::FactRecord& fact) const {
  return reader_->keys().Ident(Hash128(FactIdentity(fact)));
}

absl::StatusOr<std::vector<FactId>> GraphEdit::FindFacts(
    std::span<const storage::FactRecord> facts) {
  std::vector<FactId> found(facts.size(), FactId{0});
  if (facts.empty()) return found;
  std::vector<std::string> keys;
  for (const storage::FactRecord& fact : facts) keys.push_back(IdentKey(fact));
  PG_ASSIGN_OR_RETURN(const std::vector<std::optional<std::string>> values,
                      reader_->store().MultiGet(reader_->snapshot(), ColumnFamily::kIdent, keys));
  std::vector<std::vector<FactId>> candidates(facts.size());
  std::vector<FactId> all;
  for (size_t i = 0; i < facts.size(); ++i) {
    if (!values[i].has_value()) continue;
    PG_ASSIGN_OR_RETURN(const std::vector<uint64_t> ids,
                        DecodeU64List(*values[i], "list of facts"));
    for (const uint64_t id : ids) {
      candidates[i].push_back(FactId{id});
      all.push_back(FactId{id});
    }
  }
  PG_RETURN_IF_ERROR(LoadFacts(all));
  for (size_t i = 0; i < facts.size(); ++i) {
    const std::string identity = FactIdentity(facts[i]);
    for (const FactId candidate : candidates[i]) {
      if (FactIdentity(facts_.at(candidate).before) == identity) found[i] = candidate;
    }
  }
  return found;
}

NodeId GraphEdit::AddNode(NodeKind kind) {
  const NodeId id{counters_.next_node()};
  counters_.set_next_node(ToInt(id) + 1);
  nodes_[id].after.set_kind(static_cast<uint32_t>(kind));
  return id;
}

ArticleNumber GraphEdit::AddArticle() {
  const ArticleNumber number{counters_.next_article()};
  counters_.set_next_article(ToInt(number) + 1);
  return number;
}

FactId GraphEdit::FindOrAddFact(FactId id, const storage::FactRecord& fact) {
  if (ToInt(id) != 0) return id;
  const auto [entry, is_new] = new_facts_.emplace(FactIdentity(fact), FactId{0});
  if (is_new) entry->second = AddFact(fact);
  return entry->second;
}

FactId GraphEdit::AddFact(const storage::FactRecord& fact) {
  const FactId id{counters_.next_fact()};
  counters_.set_next_fact(ToInt(id) + 1);
  FactEdit& edit = facts_[id];
  edit.after = fact;
  if (fact.edge_type() == 0) {
    const NodeId node = AddNode(NodeKind::kPartnership);
    edit.after.set_deal(ToInt(node));
    storage::NodeRecord& record = nodes_[node].after;
    record.set_fact(ToInt(id));
    record.set_deal_kind(fact.deal_kind());
    *record.mutable_parties() = fact.parties();
  }
  return id;
}

NodeId GraphEdit::PartnershipNode(FactId fact) const {
  return NodeId{facts_.at(fact).after.deal()};
}

void GraphEdit::AddVote(NodeId node, const storage::ArticleNodeRecord& vote) {
  NodeEdit& edit = nodes_.at(node);
  edit.after.set_article_count(edit.after.article_count() + 1);
  if (!vote.org_type().empty()) ++(*edit.after.mutable_org_types())[vote.org_type()];
  for (const std::string& name : vote.names()) {
    storage::AliasRecord& alias = edit.aliases_after[name];
    alias.set_name(name);
    alias.set_article_count(alias.article_count() + 1);
    if (name == vote.canonical()) alias.set_canonical_count(alias.canonical_count() + 1);
  }
}

absl::Status GraphEdit::RemoveVote(NodeId node, const storage::ArticleNodeRecord& vote) {
  const auto lost = [&] {
    return absl::DataLossError(absl::StrCat("node ", ToInt(node), ", known as ",
                                            Quoted(vote.canonical()),
                                            ", lacks what an article gave it"));
  };
  const auto found = nodes_.find(node);
  if (found == nodes_.end() || found->second.after.article_count() == 0) return lost();
  NodeEdit& edit = found->second;
  edit.after.set_article_count(edit.after.article_count() - 1);
  if (!vote.org_type().empty()) {
    auto& votes = *edit.after.mutable_org_types();
    const auto entry = votes.find(vote.org_type());
    if (entry == votes.end()) return lost();
    if (--entry->second == 0) votes.erase(vote.org_type());
  }
  for (const std::string& name : vote.names()) {
    const auto entry = edit.aliases_after.find(name);
    if (entry == edit.aliases_after.end() || entry->second.article_count() == 0) return lost();
    storage::AliasRecord& alias = entry->second;
    alias.set_article_count(alias.article_count() - 1);
    if (name == vote.canonical()) {
      if (alias.canonical_count() == 0) return lost();
      alias.set_canonical_count(alias.canonical_count() - 1);
    }
    if (alias.article_count() == 0 && !alias.imported()) edit.aliases_after.erase(entry);
  }
  return absl::OkStatus();
}

void GraphEdit::AddEvidence(ArticleNumber article, FactId fact,
                            const storage::EvidenceRecord& evidence) {
  FactEdit& edit = facts_.at(fact);
  const auto [entry, is_new] = edit.evidence.emplace(article, evidence);
  if (!is_new) CombinePassages(evidence, entry->second);
  edit.changed.insert(article);
}

absl::Status GraphEdit::RemoveEvidence(ArticleNumber article, FactId fact) {
  const auto edit = facts_.find(fact);
  if (edit == facts_.end() || edit->second.evidence.erase(article) == 0) {
    return absl::DataLossError(absl::StrCat("article number ", ToInt(article), " lists fact ",
                                            ToInt(fact), ", which has no evidence of it"));
  }
  edit->second.changed.insert(article);
  return absl::OkStatus();
}

void GraphEdit::SetImported(NodeId node, const storage::ImportedNodeRecord& imported,
                            std::span<const std::string> names) {
  NodeEdit& edit = nodes_.at(node);
  *edit.after.mutable_imported() = imported;
  for (auto alias = edit.aliases_after.begin(); alias != edit.aliases_after.end();) {
    alias->second.set_imported(false);
    alias = alias->second.article_count() == 0 ? edit.aliases_after.erase(alias) : ++alias;
  }
  const auto add = [&](const std::string& name) {
    if (name.empty()) return;
    storage::AliasRecord& alias = edit.aliases_after[name];
    alias.set_name(name);
    alias.set_imported(true);
  };
  add(imported.name());
  for (const std::string& name : names) add(name);
}

void GraphEdit::SetImported(FactId fact, storage::ImportedFactRecord imported) {
  FactEdit& edit = facts_.at(fact);
  *edit.after.mutable_imported() = std::move(imported);
  edit.imported_changed = true;
}

uint32_t GraphEdit::AddImport() {
  counters_.set_last_import(counters_.last_import() + 1);
  return counters_.last_import();
}

void GraphEdit::CountArticles(int change) {
  totals_.set_article_count(totals_.article_count() + change);
}

void GraphEdit::Write(ColumnFamily cf, std::string key, std::optional<std::string> value) {
  writes_.push_back({cf, std::move(key), std::move(value)});
}

}  // namespace partnergraph
