// A GraphStore with made-up content, for tests of the server alone: it counts the work it does, can
// be told to wait or to fail, and records the order of writes.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "graph/graph_store.h"
#include "graph/quoted.h"
#include "graph/whole_graph.h"

namespace partnergraph {

// Nodes 1 to 999 exist; these are special.
inline constexpr NodeId kHub{1};      // Has kHubEdges edges.
inline constexpr NodeId kEndless{2};  // Queries of it never end by themselves.
inline constexpr NodeId kWide{3};     // Neighborhood sends parts without end.
inline constexpr NodeId kBlocked{4};  // GetNodes waits for the gate.
inline constexpr NodeId kBroken{5};   // GetNode fails with DATA_LOSS.
inline constexpr NodeId kSlow{6};     // Reads end only when they are cancelled.
inline constexpr NodeId kUnknown{1000};
inline constexpr uint32_t kHubEdges = 250;
inline constexpr uint32_t kManyMatches = 120;  // Of a search for "many".

// Opens once. Waiters go on then, or after ten seconds.
class Gate {
 public:
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void Wait() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::seconds(10), [this] { return open_; });
  }
  bool AwaitWaiters(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(10), [&] { return waiting_ >= count; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  int waiting_ = 0;
};

struct FakeGraphState {
  std::atomic<int64_t> steps{0};  // Units of work that endless queries did.
  std::atomic<int64_t> parts{0};  // Parts that were handed over.
  std::atomic<int> queries_running{0};
  std::atomic<int> queries_begun{0};  // Pages of edges, traversals and searches for paths.
  std::atomic<bool> in_memory{false};
  Gate gate;
  std::mutex mutex;
  std::map<std::string, std::string> ids_by_content;  // Guarded by mutex.
  std::vector<std::string> committed;                 // Ids in order. Guarded by mutex.
  std::vector<FactBatch> written;                     // Guarded by mutex.
  absl::Status put_status;                            // Guarded by mutex.
  std::atomic<uint64_t> sequence{7};
  std::atomic<int> extractions_skipped{0};
  std::atomic<bool> slow_stats{false};
  std::atomic<bool> slow_scan{false};
};

inline NodeSummary FakeSummary(NodeId id) {
  return {.id = id, .kind = NodeKind::kCompany, .name = absl::StrCat("公司", ToInt(id))};
}

// Nodes 101 to 120, all companies: a ring of 101 to 110, and 111 to 120 alone. While
// state.slow_scan is set a scan takes until it is cancelled.
class FakeWholeGraph final : public WholeGraph {
 public:
  FakeWholeGraph(FakeGraphState& state, KvReadOptions options)
      : state_(state), options_(std::move(options)) {}

  absl::StatusOr<uint64_t> NodeEnd() override { return 121; }

  absl::Status Scan(NodeId begin, NodeId end, Sink sink) override {
    while (state_.slow_scan) {
      if (options_.cancelled && options_.cancelled()) return absl::CancelledError("cancelled");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    for (uint64_t id = std::max<uint64_t>(ToInt(begin), 101);
         id < std::min<uint64_t>(ToInt(end), 121); ++id) {
      std::vector<AdjacentEdge> edges;
      if (id <= 110) {
        AdjacentEdge edge{.node = NodeId{id},
                          .other = NodeId{id == 110 ? 101 : id + 1},
                          .other_kind = NodeKind::kCompany,
                          .type = kPartOf,
                          .direction = Direction::kOut,
                          .status = FactStatus::kActive,
                          .confidence = 1,
                          .source_count = 1};
        edges.push_back(edge);
        edge.other = NodeId{id == 101 ? 110 : id - 1};
        edge.direction = Direction::kIn;
        edges.push_back(edge);
      }
      const absl::Status status = sink(NodeId{id}, NodeKind::kCompany, edges);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  FakeGraphState& state_;
  const KvReadOptions options_;
};

class FakeGraphView final : public GraphView {
 public:
  FakeGraphView(FakeGraphState& state, KvReadOptions options)
      : state_(state), options_(std::move(options)), sequence_(Sequence{state.sequence.load()}) {}

  Sequence sequence() const override { return sequence_; }
  const Schema& schema() const override { return *Schema::BuiltIn(); }

  absl::StatusOr<Node> GetNode(NodeId id) override {
    if (id == kBroken) return absl::DataLossError("node 5 fails its checksum");
    if (id == kSlow) return AwaitCancellation();
    if (ToInt(id) >= ToInt(kUnknown)) {
      return absl::NotFoundError(absl::StrCat("there is no node ", ToInt(id)));
    }
    return FakeNode(id);
  }

  static Node FakeNode(NodeId id) {
    Node node{.id = id,
              .kind = NodeKind::kCompany,
              .name = FakeSummary(id).name,
              .org_type = "COMPANY",
              .article_count = 3,
              .degree = kHubEdges};
    node.aliases.push_back({.name = node.name, .article_count = 3});
    return node;
  }

  absl::StatusOr<std::vector<std::optional<Node>>> GetNodes(std::span<const NodeId> ids) override {
    std::vector<std::optional<Node>> nodes;
    for (const NodeId id : ids) {
      if (id == kBlocked) state_.gate.Wait();
      auto node = GetNode(id);
      if (absl::IsCancelled(node.status())) return node.status();
      nodes.push_back(node.ok() ? std::optional<Node>(*node) : std::nullopt);
    }
    return nodes;
  }

  absl::StatusOr<NodeId> FindExternalId(std::string_view external_id) override {
    if (external_id == "c-9") return NodeId{9};
    return absl::NotFoundError("no node is called so");
  }

  absl::StatusOr<SearchResult> SearchNodes(const SearchQuery& query) override {
    if (query.text == "slow") return AwaitCancellation();
    SearchResult result;
    const uint32_t total = query.text == "many" ? kManyMatches : 1;
    for (uint32_t i = query.offset; i < std::min(total, query.offset + query.page_size); ++i) {
      Node node = FakeNode(NodeId{i + 1});
      if (query.summaries_only) node = {.id = node.id, .kind = node.kind, .name = node.name};
      result.matches.push_back({.node = std::move(node),
                                .matched_name = query.text,
                                .match_kind = MatchKind::kExact,
                                .score = 1});
    }
    result.more = query.offset + query.page_size < total;
    return result;
  }

  bool in_memory() const override { return state_.in_memory; }
  absl::StatusOr<EdgeList> VisitEdges(const EdgeListQuery& query, EdgeVisitor visit) override {
    absl::StatusOr<EdgeList> list = ListEdges(query);
    if (!list.ok()) return list;
    for (const Edge& edge : list->edges) visit(ToRow(edge));
    list->edges.clear();
    return list;
  }
  absl::StatusOr<EdgeList> ListEdges(const EdgeListQuery& query) override {
    state_.queries_begun++;
    if (query.node == kUnknown) return absl::NotFoundError("there is no node 1000");
    if (query.node == kSlow) return AwaitCancellation();
    uint32_t begin = 0;
    if (!query.position.empty() && !absl::SimpleAtoi(query.position, &begin)) {
      return absl::InvalidArgumentError("no such position");
    }
    EdgeList list;
    for (uint32_t i = begin; i < std::min(kHubEdges, begin + query.page_size); ++i) {
      list.edges.push_back(FakeEdge(query.node, i));
      if (query.asked_node_as_id) list.edges.back().source = {.id = query.node};
    }
    list.stats.edges_scanned = list.edges.size();
    if (begin + query.page_size < kHubEdges) {
      list.next_position = absl::StrCat(begin + query.page_size);
    }
    return list;
  }

  absl::StatusOr<std::vector<EdgeCount>> CountEdges(NodeId id, std::span<const EdgeType>,
                                                    DirectionFilter) override {
    if (id == kSlow) return AwaitCancellation();
    return std::vector<EdgeCount>{{kPartyTo, Direction::kOut, kHubEdges},
                                  {kUses, Direction::kIn, 0}};
  }

  absl::StatusOr<FactRecord> GetFact(FactId id) override {
    if (ToInt(id) == ToInt(kSlow)) return AwaitCancellation();
    if (ToInt(id) >= 1000) return absl::NotFoundError("there is no such fact");
    FactRecord record;
    record.edge = FakeEdge(kHub, 1);
    return record;
  }

  absl::StatusOr<EvidenceList> ListEvidence(FactId, uint32_t, std::string_view) override {
    EvidenceList list;
    list.evidence.push_back({.article_id = "a-1",
                             .article_title = "题",
                             .quote = "甲与乙合作",
                             .span = {4, 19},
                             .status = FactStatus::kActive,
                             .confidence = 0.5f});
    return list;
  }

  absl::StatusOr<StoredArticle> GetArticle(std::string_view id) override {
    if (id == "slow") return AwaitCancellation();
    if (id != "a-1") return absl::NotFoundError("there is no such article");
    StoredArticle stored;
    stored.article = {.id = "a-1", .title = "题", .text = "甲与乙合作"};
    stored.mentions.push_back({FakeSummary(kHub), {4, 7}});
    stored.fact_count = 1'001;
    stored.mention_count = 2'001;
    return stored;
  }

  absl::StatusOr<GraphStats> GetStats() override {
    if (state_.slow_stats) return AwaitCancellation();
    return GraphStats{.format_version = 1,
                      .article_count = 2,
                      .last_sequence = sequence_,
                      .node_counts = {{NodeKind::kCompany, 999}},
                      .edge_counts = {{kPartyTo, kHubEdges}}};
  }

  absl::StatusOr<QueryEnd> Neighborhood(const NeighborhoodQuery& query,
                                        absl::FunctionRef<bool(NeighborhoodPart)> emit) override {
    const NodeId start = query.nodes.front();
    if (start == kUnknown) return absl::NotFoundError("there is no node 1000");
    state_.queries_running++;
    state_.queries_begun++;
    QueryEnd end;
    absl::Status status;
    if (start == kHub && query.budget.per_node_limit < kHubEdges) {
      end.truncation = CutHub(query.budget.per_node_limit, 0);
    } else if (start == kEndless) {
      status = Step(query.budget, end);
    } else {
      const uint64_t parts = start == kWide ? UINT64_MAX : 2;
      for (uint64_t i = 0; i < parts && status.ok(); ++i) {
        NeighborhoodPart part;
        for (size_t k = 0; k < kPartMax; ++k) {
          part.nodes.push_back({.node = FakeSummary(NodeId{k + 1}), .ring = 1});
          if (start == kWide) part.nodes.back().node.name.append(400, 'x');
        }
        state_.parts++;
        if (!emit(std::move(part))) status = absl::CancelledError("the sink ended the query");
      }
    }
    state_.queries_running--;
    if (!status.ok()) return status;
    return end;
  }

  absl::StatusOr<QueryEnd> Traverse(const TraverseQuery& query,
                                    absl::FunctionRef<bool(std::vector<Walk>)> emit) override {
    state_.queries_begun++;
    QueryEnd end{.stats = {.edges_scanned = 1}, .end_count = 1};
    if (query.nodes.front() == kEndless) {
      const absl::Status status = Step(query.budget, end);
      if (!status.ok()) return status;
      return end;
    }
    if (query.nodes.front() == kHub && query.budget.per_node_limit < kHubEdges) {
      end.truncation = CutHub(query.budget.per_node_limit, query.steps.size() - 1);
    }
    emit({{.end = FakeSummary(NodeId{9}), .edges = {FakeEdge(query.nodes.front(), 3)}}});
    return end;
  }

  absl::StatusOr<PersonalRankResult> RankFromSeeds(const PersonalRankQuery& query) override {
    PersonalRankResult result{.missing = 0.125};
    for (NodeId seed : query.seeds) result.nodes.push_back({FakeSummary(seed), query.damping});
    return result;
  }

  std::unique_ptr<WholeGraph> Whole() override {
    return std::make_unique<FakeWholeGraph>(state_, options_);
  }

  absl::StatusOr<PathResult> FindCycles(const CycleQuery& query) override {
    PathResult result;
    result.outcome = PathOutcome::kFound;
    result.paths.push_back({.nodes = {FakeSummary(query.node), FakeSummary(query.node)},
                            .edges = {FakeEdge(query.node, query.length_max)}});
    return result;
  }

  absl::StatusOr<CommonNeighborsResult> CommonNeighbors(
      const CommonNeighborsQuery& query) override {
    CommonNeighborsResult result;
    result.total = kManyMatches;
    for (uint32_t i = query.offset; i < std::min(kManyMatches, query.offset + query.page_size);
         ++i) {
      result.neighbors.push_back({.node = FakeSummary(NodeId{i + 1}),
                                  .edge_count = 2,
                                  .weight = 1.5,
                                  .edges = {FakeEdge(query.nodes[0], i)}});
    }
    return result;
  }

  absl::StatusOr<SimilarNodesResult> SimilarNodes(const SimilarNodesQuery& query) override {
    SimilarNodesResult result{.neighbor_count = 4};
    for (uint32_t i = 0; i < query.nodes_max; ++i) {
      result.nodes.push_back({.node = FakeSummary(NodeId{i + 1}), .score = 0.5, .common_count = 2});
    }
    if (query.node == kEndless) {
      const absl::Status status = Step(query.budget, result.end);
      if (!status.ok()) return status;
    }
    return result;
  }

  absl::StatusOr<PathResult> FindPaths(const PathQuery& query) override {
    state_.queries_begun++;
    PathResult result;
    if (query.source == kEndless) {
      result.outcome = PathOutcome::kNotDecided;
      const absl::Status status = Step(query.budget, result.end);
      if (!status.ok()) return status;
      return result;
    }
    result.outcome = PathOutcome::kFound;
    for (uint32_t i = 0; i < query.paths_max; ++i) {
      result.paths.push_back(
          {.nodes = {FakeSummary(query.source), FakeSummary(query.target)}, .certainty = 0});
      if (query.detail != AnswerDetail::kFull) continue;
      result.paths.back().edges = {FakeEdge(query.source, i)};
      result.paths.back().certainty = 0.5;
    }
    return result;
  }

  // Two parts of the form's first file; the position "1" is behind the first.
  absl::StatusOr<ExportEnd> ExportGraph(const ExportQuery& query,
                                        absl::FunctionRef<bool(ExportPart)> emit) override {
    if (!query.position.empty() && query.position != "1") {
      return absl::InvalidArgumentError("no such position");
    }
    const std::string file(MakeGraphFormatter(query.format)->node_file());
    if (query.position.empty()) {
      emit({.file = file, .bytes = "first\n", .node_count = 1, .next_position = "1"});
    }
    emit({.file = file, .bytes = "second\n", .node_count = 2, .edge_count = 3});
    ExportEnd end{.node_count = 2, .edge_count = 3, .node_total = 2, .edge_total = 4};
    if (query.hops == 6) end.truncation = Truncation{.reason = TruncationReason::kNodes};
    return end;
  }

  // Two rows of each type of value; with "bad" in the text, an error at its place.
  absl::StatusOr<PatternEnd> QueryPattern(const PatternRequest& request,
                                          absl::FunctionRef<bool(PatternPart)> emit) override {
    if (request.text.find("bad") != std::string::npos) {
      return absl::InvalidArgumentError("line 1, column 7 (byte 6): expected MATCH");
    }
    if (request.text.find("slow") != std::string::npos) return AwaitCancellation();
    PatternEnd end{.end = {.stats = {.edges_scanned = 5}}, .match_count = 3, .row_count = 2};
    if (request.text.find("EXPLAIN") == 0) {
      end.plan = "start";
      return end;
    }
    PatternPart part{
        .columns = {"a", "r", "rs", "date", "text", "integer", "number", "truth", "no"}};
    for (uint32_t i = 0; i < 2; ++i) {
      part.rows.push_back({FakeSummary(NodeId{9}), FakeEdge(NodeId{9}, i),
                           std::vector<Edge>{FakeEdge(NodeId{9}, i)},
                           Date{.year = 2018, .month = 6}, absl::StrCat(request.parameters.size()),
                           int64_t{-7}, 0.5, true, std::monostate()});
    }
    emit(std::move(part));
    return end;
  }

 private:
  static Edge FakeEdge(NodeId source, uint32_t i) {
    return {.fact = FactId{i + 1},
            .type = kPartyTo,
            .source = FakeSummary(source),
            .target = FakeSummary(NodeId{i + 10}),
            .role = "PARTY",
            .date = {.year = 2020},
            .status = FactStatus::kActive,
            .confidence = 0.9f,
            .source_count = 1};
  }

  // As a read of the real view does when its options say so.
  absl::Status AwaitCancellation() const {
    while (!options_.cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return absl::CancelledError("read cancelled");
  }

  // The hub after `kept` of its edges, with a position of ListEdges, and a node of which nothing
  // was kept.
  static Truncation CutHub(uint64_t kept, size_t step) {
    Truncation truncation{.reason = TruncationReason::kPerNodeLimit, .node_count = 2};
    truncation.nodes.push_back({.node = kHub,
                                .degree = kHubEdges,
                                .kept = kept,
                                .step = static_cast<uint32_t>(step),
                                .position = absl::StrCat(kept)});
    truncation.nodes.push_back({.node = NodeId{9}, .degree = 8});
    return truncation;
  }

  // Works until told to stop. As in the real view, a deadline cuts the answer, and the names of
  // what is in it are read after that.
  absl::Status Step(const Budget& budget, QueryEnd& end) {
    while (true) {
      state_.steps++;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      const auto stop = budget.should_stop();
      if (!stop.has_value()) continue;
      if (*stop == Budget::Stop::kCancelled) return absl::CancelledError("told to stop");
      end.truncation = Truncation{.reason = TruncationReason::kDeadline};
      return options_.cancelled() ? absl::CancelledError("read cancelled") : absl::OkStatus();
    }
  }

  FakeGraphState& state_;
  const KvReadOptions options_;
  const Sequence sequence_;
};

class FakeGraphStore final : public GraphStore {
 public:
  FakeGraphState state;

  absl::StatusOr<std::optional<std::string>> FindByContent(const Article& article) override {
    const std::lock_guard lock(state.mutex);
    const auto found = state.ids_by_content.find(article.WholeText());
    if (found == state.ids_by_content.end()) return std::nullopt;
    state.extractions_skipped++;
    return found->second;
  }

  absl::StatusOr<PutResult> PutArticle(const ArticleFacts& facts) override {
    const std::lock_guard lock(state.mutex);
    if (!state.put_status.ok()) return state.put_status;
    const Article& article = facts.article;
    PutResult result{.article_id = article.id.empty() ? "made-up" : article.id,
                     .sequence = Sequence{state.sequence.load()}};
    // Another article of the same content may have been stored since FindByContent.
    if (const auto same = state.ids_by_content.find(article.WholeText());
        same != state.ids_by_content.end()) {
      return PutResult{.unchanged = true, .article_id = same->second, .sequence = result.sequence};
    }
    for (const auto& [content, id] : state.ids_by_content) {
      if (id == result.article_id) {
        return absl::AlreadyExistsError("the id is stored with other content");
      }
    }
    state.ids_by_content[article.WholeText()] = result.article_id;
    state.committed.push_back(result.article_id);
    result.sequence = Sequence{++state.sequence};
    result.diff.node_added_count = 2;
    result.diff.nodes_added = {FakeSummary(NodeId{11}), FakeSummary(NodeId{12})};
    return result;
  }

  absl::StatusOr<PutResult> PreviewArticle(const ArticleFacts& facts) override {
    PutResult result{.article_id = facts.article.id};
    result.diff.node_added_count = 1;
    return result;
  }

  absl::StatusOr<RetractResult> RetractArticle(std::string_view id) override {
    const std::lock_guard lock(state.mutex);
    if (!state.put_status.ok()) return state.put_status;
    for (auto at = state.ids_by_content.begin(); at != state.ids_by_content.end(); ++at) {
      if (at->second != id) continue;
      state.ids_by_content.erase(at);
      RetractResult result{.sequence = Sequence{++state.sequence}};
      result.diff.node_removed_count = 2;
      return result;
    }
    return absl::NotFoundError(absl::StrCat("there is no article ", Quoted(id)));
  }

  absl::StatusOr<FactWriteResult> WriteFacts(const FactBatch& batch) override {
    const std::lock_guard lock(state.mutex);
    if (!state.put_status.ok()) return state.put_status;
    FactWriteResult result{.sequence = Sequence{++state.sequence}};
    for (size_t i = 0; i < batch.nodes.size(); ++i) result.nodes.push_back(NodeId{i + 1});
    for (size_t i = 0; i < batch.edges.size(); ++i) result.facts.push_back(FactId{i + 1});
    state.written.push_back(batch);
    return result;
  }

  absl::StatusOr<std::unique_ptr<GraphView>> View(KvReadOptions options) override {
    return std::make_unique<FakeGraphView>(state, std::move(options));
  }

  Sequence LastSequence() const override { return Sequence{state.sequence.load()}; }
  std::shared_ptr<const Schema> schema() const override { return Schema::BuiltIn(); }
  TopologyReport ReportTopology() const override { return {.absence = "none is kept"}; }
};

}  // namespace partnergraph
