// A change to the graph in the making: the nodes and facts that one write touches, as they were and
// as they shall be. Votes and evidence are added and taken away; Finish derives everything else
// (names, aggregates, edge rows, degrees, indexes, totals, change log) from what is left of them,
// so that taking back is exactly the inverse of adding.
//
//   load what the write may touch -> add or remove votes and evidence -> Finish -> one batch
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/ids.h"
#include "graph/record_codec.h"
#include "graph/record_reader.h"
#include "graph/records.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {

// What a write comes to.
struct FinishedEdit {
  std::vector<KvWrite> writes;
  GraphDiff diff;
  Sequence sequence{};
};

class GraphEdit {
 public:
  struct NodeEdit {
    storage::NodeRecord before, after;
    std::map<std::string, storage::AliasRecord> aliases_before, aliases_after;  // By name.
    bool existed = false;
  };
  struct FactEdit {
    storage::FactRecord before, after;
    std::map<ArticleNumber, storage::EvidenceRecord> evidence;
    std::set<ArticleNumber> changed;  // Articles whose evidence was added or removed.
    bool imported_changed = false;    // What an import says was set.
    bool existed = false;
  };

  // `reader` outlives the edit. `schema` has the edge types that it touches: the built-in ones
  // are all that articles state.
  static absl::StatusOr<GraphEdit> Create(RecordReader& reader,
                                          std::shared_ptr<const Schema> schema = Schema::BuiltIn());

  // Reads records that other rows refer to. Ids that were loaded before are skipped. DATA_LOSS
  // naming the first that has no record, and for a partnership without its node.
  absl::Status LoadNodes(std::span<const NodeId> ids);
  absl::Status LoadFacts(std::span<const FactId> ids);

  // For each of the facts its id, when it is stored, and then it is loaded; 0 otherwise. The
  // records need hold only what the fact says.
  absl::StatusOr<std::vector<FactId>> FindFacts(std::span<const storage::FactRecord> facts);

  const std::map<NodeId, NodeEdit>& nodes() const { return nodes_; }
  const std::map<FactId, FactEdit>& facts() const { return facts_; }

  NodeId AddNode(NodeKind kind);
  ArticleNumber AddArticle();

  // The fact that says the same in this edit, or a new one. `id` is what FindFacts said.
  FactId FindOrAddFact(FactId id, const storage::FactRecord& fact);
  // A fact that is new whatever there is, and the id that the next new one will have.
  FactId AddFact(const storage::FactRecord& fact);
  uint64_t NextFact() const { return counters_.next_fact(); }
  // The node of a partnership.
  NodeId PartnershipNode(FactId fact) const;

  // What one article says. The node or fact is loaded or added. DATA_LOSS when what is to be
  // removed is not there.
  void AddVote(NodeId node, const storage::ArticleNodeRecord& vote);
  absl::Status RemoveVote(NodeId node, const storage::ArticleNodeRecord& vote);
  void AddEvidence(ArticleNumber article, FactId fact, const storage::EvidenceRecord& evidence);
  absl::Status RemoveEvidence(ArticleNumber article, FactId fact);
  void CountArticles(int change);

  // What an import says of a node, with all its names, or of a fact: in the place of what one said
  // before. Nothing takes it back. The node or fact is loaded or added.
  void SetImported(NodeId node, const storage::ImportedNodeRecord& imported,
                   std::span<const std::string> names);
  void SetImported(FactId fact, storage::ImportedFactRecord imported);
  // The number of a new import.
  uint32_t AddImport();

  // A write beside those that Finish derives: the article's own rows.
  void Write(ColumnFamily cf, std::string key, std::optional<std::string> value);

  // Derives the rest and gives all writes. `kind` and the article go into the change log.
  absl::StatusOr<FinishedEdit> Finish(storage::WriteKind kind, std::string_view article_id,
                                      ArticleNumber article);
  // The same for facts of an import's or a writer's number.
  absl::StatusOr<FinishedEdit> FinishFacts(uint32_t import);

  // The counters' stored value, which the commit is to expect. Empty: there is none.
  const std::string& counters_before() const { return counters_before_; }

 private:
  GraphEdit(RecordReader& reader, std::shared_ptr<const Schema> schema,
            storage::CountersRecord counters, storage::TotalsRecord totals);

  struct DegreeKey {
    NodeId node{};
    Direction direction{};
    EdgeType type{};
    friend auto operator<=>(const DegreeKey&, const DegreeKey&) = default;
  };

  absl::StatusOr<FinishedEdit> Finish(storage::ChangeRecord changes);
  absl::Status FinishFact(FactId id, FactEdit& edit, storage::ChangeRecord& changes);
  void FinishEvidence(FactId id, const FactEdit& edit);
  absl::Status FinishEdgeRows(FactId id, const FactEdit& edit, bool remains);
  absl::Status FinishPartnershipNode(FactId id, const FactEdit& edit);
  absl::Status FinishIdentities();
  absl::Status FinishDegrees();
  void FinishNode(NodeId id, NodeEdit& edit, storage::ChangeRecord& changes);
  void FinishNames(NodeId id, const NodeEdit& edit);
  void FinishExternalId(NodeId id, const NodeEdit& edit);
  void FinishLog(const storage::ChangeRecord& changes);
  GraphDiff MakeDiff(const storage::ChangeRecord& changes) const;
  // The node that a fact refers to; DATA_LOSS when it is not there.
  absl::StatusOr<NodeEdit*> NodeOf(FactId fact, NodeId node);
  std::string NameOf(NodeId id) const;
  std::string IdentKey(const storage::FactRecord& fact) const;

  RecordReader* reader_;
  std::shared_ptr<const Schema> schema_;
  storage::CountersRecord counters_;
  storage::TotalsRecord totals_;
  std::string counters_before_;
  Sequence sequence_{};  // Of this write.
  std::map<NodeId, NodeEdit> nodes_;
  std::map<FactId, FactEdit> facts_;
  std::map<std::string, FactId> new_facts_;  // By identity.
  std::map<DegreeKey, int64_t> degree_changes_;
  std::map<std::string, std::vector<std::pair<FactId, bool>>> identity_changes_;  // True: added.
  std::vector<KvWrite> writes_;
};

}  // namespace partnergraph
