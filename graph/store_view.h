// GraphView and EdgeSource over the records of one snapshot. Every method reads in a fixed number
// of round trips, however many nodes, edges or pieces of evidence it returns.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/node_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "graph/edge_source.h"
#include "graph/graph_store.h"
#include "graph/node_reader.h"
#include "graph/node_search.h"
#include "graph/read_caches.h"
#include "graph/record_reader.h"
#include "graph/topology.h"

namespace partnergraph {

// Evidence read for each edge of a list, that of the articles stored first: the best of it is
// shown. ListEvidence ranks all.
inline constexpr uint32_t kListedEvidenceReadMax = 256;

class StoreView : public GraphView, private EdgeSource, private NameReader {
 public:
  // `topology` is of the reader's snapshot, or null: then everything is read from the store.
  StoreView(RecordReader reader, ReadCaches& caches, Sequence sequence,
            std::shared_ptr<const Schema> schema, std::shared_ptr<const Topology> topology)
      : reader_(std::move(reader)),
        nodes_(reader_, caches.nodes, sequence),
        names_(caches.names),
        sequence_(sequence),
        schema_(std::move(schema)),
        topology_(std::move(topology)) {}

  Sequence sequence() const override { return sequence_; }
  bool in_memory() const override { return topology_ != nullptr; }
  const Schema& schema() const override { return *schema_; }
  absl::StatusOr<Node> GetNode(NodeId id) override;
  absl::StatusOr<std::vector<std::optional<Node>>> GetNodes(std::span<const NodeId> ids) override;
  absl::StatusOr<NodeId> FindExternalId(std::string_view external_id) override;
  absl::StatusOr<SearchResult> SearchNodes(const SearchQuery& query) override;
  absl::StatusOr<EdgeList> ListEdges(const EdgeListQuery& query) override;
  absl::StatusOr<EdgeList> VisitEdges(const EdgeListQuery& query, EdgeVisitor visit) override;
  absl::StatusOr<std::vector<EdgeCount>> CountEdges(NodeId id, std::span<const EdgeType> types,
                                                    DirectionFilter direction) override;
  absl::StatusOr<FactRecord> GetFact(FactId id) override;
  absl::StatusOr<EvidenceList> ListEvidence(FactId id, uint32_t page_size,
                                            std::string_view position) override;
  absl::StatusOr<StoredArticle> GetArticle(std::string_view article_id) override;
  absl::StatusOr<GraphStats> GetStats() override;
  absl::StatusOr<QueryEnd> Neighborhood(const NeighborhoodQuery& query,
                                        absl::FunctionRef<bool(NeighborhoodPart)> emit) override;
  absl::StatusOr<QueryEnd> Traverse(const TraverseQuery& query,
                                    absl::FunctionRef<bool(std::vector<Walk>)> emit) override;
  absl::StatusOr<PathResult> FindPaths(const PathQuery& query) override;
  absl::StatusOr<PatternEnd> QueryPattern(const PatternRequest& request,
                                          absl::FunctionRef<bool(PatternPart)> emit) override;
  absl::StatusOr<PathResult> FindCycles(const CycleQuery& query) override;
  absl::StatusOr<CommonNeighborsResult> CommonNeighbors(const CommonNeighborsQuery& query) override;
  absl::StatusOr<SimilarNodesResult> SimilarNodes(const SimilarNodesQuery& query) override;
  absl::StatusOr<PersonalRankResult> RankFromSeeds(const PersonalRankQuery& query) override;
  std::unique_ptr<WholeGraph> Whole() override;
  absl::StatusOr<ExportEnd> ExportGraph(const ExportQuery& query,
                                        absl::FunctionRef<bool(ExportPart)> emit) override;

 private:
  // EdgeSource.
  uint32_t node_end() const override { return topology_ == nullptr ? 0 : topology_->node_end(); }
  absl::StatusOr<std::vector<Expansion>> Expand(std::span<const NodeId> frontier,
                                                const FactFilter& filter, uint32_t per_node_limit,
                                                ScanBudget& budget, EdgeSource::Sink sink) override;
  absl::StatusOr<std::vector<RingNode>> Describe(std::span<const NodeId> nodes) override;
  absl::StatusOr<std::vector<Edge>> Materialize(std::span<const AdjacentEdge> edges) override;

  // What the topology answers, with rows in memory; see store_topology.cc.
  // The page's edges go to `kept`, the rest to the list.
  absl::StatusOr<EdgeList> ReadPageInMemory(const EdgeListQuery& query,
                                            std::vector<AdjacentEdge>& kept) const;
  absl::StatusOr<EdgeList> ListEdgesInMemory(const EdgeListQuery& query);
  // With the evidence that is asked for, and as little of the ends as is.
  absl::StatusOr<EdgeList> FinishList(const EdgeListQuery& query, EdgeList list);
  std::vector<EdgeCount> CountEdgesInMemory(NodeId id, std::span<const EdgeType> types,
                                            DirectionFilter direction) const;
  absl::StatusOr<QueryEnd> FindRingNodes(const NeighborhoodQuery& query,
                                         absl::FunctionRef<bool(NeighborhoodPart)> emit);
  absl::StatusOr<QueryEnd> FindEndNodes(const TraverseQuery& query,
                                        absl::FunctionRef<bool(std::vector<Walk>)> emit);
  // Asks the general search where rows alone do not decide.
  absl::StatusOr<PathResult> FindPathInMemory(const PathQuery& query);
  // The most certain edge that the filter keeps from one node to another.
  std::optional<AdjacentEdge> BestEdge(NodeId from, NodeId to, const FactFilter& filter) const;
  absl::StatusOr<NeighborhoodPart> DescribePart(std::span<const NodeId> ids);
  // NOT_FOUND for the first that does not exist.
  absl::Status CheckNodes(std::span<const NodeId> ids);

  // What an answer shows of a node.
  struct ShownNode {
    NodeSummary summary;
    uint64_t degree = 0;
    FactId fact{};               // Of a partnership.
    std::string_view deal_kind;  // Of a partnership; lives as long as the view.
    bool exists = false;
  };
  absl::StatusOr<std::vector<ShownNode>> ShowNodes(std::span<const NodeId> ids);
  // Id, kind and name, in the order of the arguments; NodeKind{} where there is no node. Reads the
  // records of those alone whose names the topology does not tell.
  absl::StatusOr<std::vector<NodeSummary>> Summarize(std::span<const NodeId> ids);

  // NameReader.
  absl::Status ScanNames(NameKeyKind kind, std::string_view key, bool exact, size_t limit,
                         NameVisitor visit) override;
  // From the store, for the cache: the rows of one key, or the first kCachedNameRowsMax + 1.
  absl::StatusOr<std::shared_ptr<const NameRows>> ReadNames(const std::string& prefix);
  absl::StatusOr<std::vector<std::vector<NodeId>>> ReadGrams(std::span<const std::string> grams,
                                                             size_t limit_each) override;
  absl::StatusOr<std::vector<NameHolder>> ReadNameHolders(std::span<const NodeId> nodes,
                                                          HolderDetail detail) override;

  // The edge of a row, with its title where it outlives the row.
  AdjacentEdge Keep(const AdjRow& row);

  absl::StatusOr<std::vector<std::optional<Node>>> MakeNodes(std::span<const NodeId> ids,
                                                             uint32_t aliases_max);
  // The edges that make each partnership, in the order in which participants are shown; at most
  // kParticipantsMax.
  absl::StatusOr<std::vector<std::vector<AdjacentEdge>>> ReadParticipants(
      std::span<const NodeId> deals);
  // Fills in the partnerships of the nodes whose records say that they are one.
  absl::Status AddPartnerships(std::span<const NodeRows> rows,
                               std::vector<std::optional<Node>>& nodes);

  // A passage: one span of one article's evidence, or what an import says.
  struct Passage {
    ArticleNumber article{};
    const storage::EvidenceRecord* record = nullptr;
    int span = 0;
    const storage::ImportedFactRecord* imported = nullptr;
  };
  // The passages of one fact, best first.
  static std::vector<Passage> RankPassages(const std::optional<storage::FactRecord>& fact,
                                           std::span<const ArticleEvidence> evidence);
  absl::StatusOr<std::vector<Evidence>> QuotePassages(std::span<const Passage> passages);
  // The evidence that is what imports say; of the others the entry is empty.
  absl::StatusOr<std::vector<Evidence>> QuoteImports(std::span<const Passage> passages);
  absl::Status AddEvidence(uint32_t limit, std::vector<Edge>& edges);
  absl::StatusOr<std::vector<ArticleFact>> FactsOf(ArticleNumber number);
  absl::StatusOr<std::vector<ArticleMention>> MentionsOf(ArticleNumber number,
                                                         const storage::ArticleRecord& article);

  RecordReader reader_;
  NodeReader nodes_;
  NameCache& names_;
  Sequence sequence_;
  std::shared_ptr<const Schema> schema_;
  std::shared_ptr<const Topology> topology_;
  std::vector<NodeRecordPtr> shown_records_;  // What ShownNode::deal_kind points into.
  // Of the edges given so far, each once: few, where the edges are many.
  absl::node_hash_set<std::string> titles_;
};

// A view of the reader's snapshot. Must not outlive the reader's store and the caches.
// `schema` has all types of the snapshot.
absl::StatusOr<std::unique_ptr<GraphView>> MakeStoreView(RecordReader reader, ReadCaches& caches,
                                                         std::shared_ptr<const Schema> schema);
// The same for a state that is known, with its topology if there is one.
std::unique_ptr<GraphView> MakeStoreView(RecordReader reader, ReadCaches& caches,
                                         std::shared_ptr<const Schema> schema, Sequence sequence,
                                         std::shared_ptr<const Topology> topology);

}  // namespace partnergraph
