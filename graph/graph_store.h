// The graph: nodes, facts and their evidence, over a KvStore. Writes take one article each, as one
// atomic durable batch; reads go through a GraphView, which is bound to one snapshot. Thread-safe;
// writes are serialized.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/analysis_query.h"
#include "graph/article_facts.h"
#include "graph/edge_row.h"
#include "graph/fact_batch.h"
#include "graph/graph_export.h"
#include "graph/kv_store.h"
#include "graph/pattern_answer.h"
#include "graph/query.h"
#include "graph/records.h"
#include "graph/schema.h"
#include "graph/topology_keeper.h"

namespace partnergraph {

class GraphView;
class WholeGraph;

struct PutResult {
  bool unchanged = false;  // The content was stored before; nothing was written.
  std::string article_id;  // Under which it is stored.
  GraphDiff diff;
  Sequence sequence{};  // State that includes the write.
};

struct RetractResult {
  GraphDiff diff;
  Sequence sequence{};
};

struct GraphStoreOptions {
  // Node records, three quarters, and rows of names that were asked for, kept in memory for reads.
  // 0 keeps none, as an engine needs that other processes write to: the caches only know the writes
  // of this store.
  size_t node_cache_bytes = 64 << 20;
  // The rows of the graph in memory; none by default. Needs, as the cache does, that only this
  // store writes.
  TopologyOptions topology;
};

class GraphStore {
 public:
  // Opens the graph in `store`, writing the format version into an empty one. FAILED_PRECONDITION
  // for a database of a newer format or one that is not ours. Older formats are migrated step by
  // step.
  static absl::StatusOr<std::unique_ptr<GraphStore>> Open(std::unique_ptr<KvStore> store,
                                                          const GraphStoreOptions& options = {});
  virtual ~GraphStore() = default;

  // The article stored with this content (everything but its id and language), if any: lets a
  // caller skip the extraction.
  virtual absl::StatusOr<std::optional<std::string>> FindByContent(const Article& article) = 0;

  // Stores what an article says, all or nothing. Each asserted node becomes the stored node of its
  // kind that shares the most of its names, or a new one. Facts are identified by what they say, so
  // that the same fact of two articles is one with two pieces of evidence. Facts that would join a
  // node to itself, and deals left with one party, are left out. ALREADY_EXISTS when the
  // id is stored with other content, unless it is a derived one; INVALID_ARGUMENT for assertions
  // that break the schema or article limits; RESOURCE_EXHAUSTED over the limits of article_facts.h,
  // or when the article, or what its retraction can come to, is more than the store's largest
  // batch; UNAVAILABLE when the store failed and the write may be repeated; DATA_LOSS naming a
  // stored row that is missing.
  virtual absl::StatusOr<PutResult> PutArticle(const ArticleFacts& facts) = 0;

  // What PutArticle would change. Ids of new nodes and facts are 0. Writes nothing.
  virtual absl::StatusOr<PutResult> PreviewArticle(const ArticleFacts& facts) = 0;

  // Takes back exactly what only this article supported: its evidence, its votes on names, and the
  // facts, names and nodes that nothing else supports. NOT_FOUND when there is no such article;
  // DATA_LOSS naming a stored row that is missing.
  //
  // Which nodes the remaining articles meant is not decided again: what an article names was
  // resolved when it was stored, against the graph of that moment. When the retracted article was
  // the only one that used two names together, articles that were stored after it and use one name
  // each keep sharing one node, where a graph made from them alone would have two. The same holds
  // for facts that such nodes have in common. Moving the edges of a node of any size to another one
  // does not fit into one atomic batch, so that splitting belongs to the curation of nodes.
  virtual absl::StatusOr<RetractResult> RetractArticle(std::string_view article_id) = 0;

  // Stores facts that a writer states, all or nothing; see fact_batch.h for what an entry means.
  // INVALID_ARGUMENT names the entry that breaks a rule or names a node that does not exist;
  // NOT_FOUND for the number of a node that does not exist; FAILED_PRECONDITION names the
  // precondition that does not hold; RESOURCE_EXHAUSTED over the limits; DATA_LOSS; UNAVAILABLE
  // when the store failed and the write may be repeated.
  virtual absl::StatusOr<FactWriteResult> WriteFacts(const FactBatch& batch) = 0;

  // A view of the newest state. Cheap; make one per request and drop it after. `options` bound
  // every read of the view, beside the budgets of the queries: when `cancelled` returns true, any
  // of them ends with CANCELLED. It is called from the thread that reads. A deadline that shall cut
  // an answer and not end it belongs into the budget of the query.
  virtual absl::StatusOr<std::unique_ptr<GraphView>> View(KvReadOptions options = {}) = 0;

  // The newest sequence.
  virtual Sequence LastSequence() const = 0;

  // The edge types that there are now. A view's may have more. Never null; cheap.
  virtual std::shared_ptr<const Schema> schema() const = 0;

  // What is kept in memory of the graph, and what that takes.
  virtual TopologyReport ReportTopology() const = 0;
};

// Reads of one snapshot. Not thread-safe. Must not outlive its GraphStore.
class GraphView {
 public:
  virtual ~GraphView() = default;

  virtual Sequence sequence() const = 0;

  // True when edges are read from memory and not from the store.
  virtual bool in_memory() const = 0;

  // Has every edge type that this view's answers name. Lives as long as the view.
  virtual const Schema& schema() const = 0;

  // NOT_FOUND when there is no such node.
  virtual absl::StatusOr<Node> GetNode(NodeId id) = 0;
  // In the order of `ids`; nullopt where there is none. One round trip per family.
  virtual absl::StatusOr<std::vector<std::optional<Node>>> GetNodes(
      std::span<const NodeId> ids) = 0;
  // The node that an import calls so; of several imports the newest's. NOT_FOUND when there is
  // none.
  virtual absl::StatusOr<NodeId> FindExternalId(std::string_view external_id) = 0;
  virtual absl::StatusOr<SearchResult> SearchNodes(const SearchQuery& query) = 0;
  // NOT_FOUND for the node; INVALID_ARGUMENT for a position that does not belong to the query.
  virtual absl::StatusOr<EdgeList> ListEdges(const EdgeListQuery& query) = 0;
  // The same without evidence (evidence_limit must be 0): gives each edge of the page to `visit`,
  // in their order, and a list without edges. A row dies when `visit` returns.
  using EdgeVisitor = absl::FunctionRef<void(const EdgeRow&)>;
  virtual absl::StatusOr<EdgeList> VisitEdges(const EdgeListQuery& query, EdgeVisitor visit) = 0;
  virtual absl::StatusOr<std::vector<EdgeCount>> CountEdges(NodeId id,
                                                            std::span<const EdgeType> types,
                                                            DirectionFilter direction) = 0;
  // The fact as an edge, or as the partnership node. Exactly one is set. NOT_FOUND when there is
  // none.
  struct FactRecord {
    std::optional<Edge> edge;
    std::optional<Node> partnership;
  };
  virtual absl::StatusOr<FactRecord> GetFact(FactId id) = 0;
  virtual absl::StatusOr<EvidenceList> ListEvidence(FactId id, uint32_t page_size,
                                                    std::string_view position) = 0;
  virtual absl::StatusOr<StoredArticle> GetArticle(std::string_view article_id) = 0;
  virtual absl::StatusOr<GraphStats> GetStats() = 0;

  // Streamed queries: `emit` gets one part after the other and returns false to end the query
  // (CANCELLED). NOT_FOUND for a start node that does not exist. CANCELLED when the budget's
  // should_stop says so; a deadline cuts the answer instead.
  virtual absl::StatusOr<QueryEnd> Neighborhood(const NeighborhoodQuery& query,
                                                absl::FunctionRef<bool(NeighborhoodPart)> emit) = 0;
  virtual absl::StatusOr<QueryEnd> Traverse(const TraverseQuery& query,
                                            absl::FunctionRef<bool(std::vector<Walk>)> emit) = 0;
  virtual absl::StatusOr<PathResult> FindPaths(const PathQuery& query) = 0;
  // Errors as RunPattern (pattern_execution.h).
  virtual absl::StatusOr<PatternEnd> QueryPattern(const PatternRequest& request,
                                                  absl::FunctionRef<bool(PatternPart)> emit) = 0;
  virtual absl::StatusOr<PathResult> FindCycles(const CycleQuery& query) = 0;
  virtual absl::StatusOr<CommonNeighborsResult> CommonNeighbors(
      const CommonNeighborsQuery& query) = 0;
  virtual absl::StatusOr<SimilarNodesResult> SimilarNodes(const SimilarNodesQuery& query) = 0;
  virtual absl::StatusOr<PersonalRankResult> RankFromSeeds(const PersonalRankQuery& query) = 0;

  // The whole graph in this state. Must not outlive the GraphStore; may outlive the view.
  virtual std::unique_ptr<WholeGraph> Whole() = 0;
  // See graph_export.h. FAILED_PRECONDITION for a position of another state, INVALID_ARGUMENT for
  // one that is none; DEADLINE_EXCEEDED when not even the nodes could be found in time.
  virtual absl::StatusOr<ExportEnd> ExportGraph(const ExportQuery& query,
                                                absl::FunctionRef<bool(ExportPart)> emit) = 0;
};

}  // namespace partnergraph
