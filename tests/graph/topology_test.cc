// The topology against the store that it was made from: after any writes, merges and restarts a
// view with rows in memory answers what a view of the same snapshot without them answers.
#include "graph/topology.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "graph/graph_store.h"
#include "graph/keys.h"
#include "graph/rocks_kv_store.h"
#include "graph/store_view.h"
#include "graph/topology_builder.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/graph/random_articles.h"
#include "tests/graph/temporary_directory.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;

constexpr uint64_t kPlenty = 1 << 30;

std::string Show(const Edge& edge) {
  return absl::StrCat(ToInt(edge.fact), ":", edge.source.name, "-", ToInt(edge.type), "-",
                      edge.target.name, " ", FormatDate(edge.date), " ",
                      static_cast<int>(edge.status), " ", edge.confidence, " x", edge.source_count,
                      " ", edge.role, " ", edge.title, " ", ToInt(edge.partnership), " ",
                      edge.partnership_kind);
}

std::string Show(const EdgeList& list) {
  std::string text;
  for (const Edge& edge : list.edges) absl::StrAppend(&text, Show(edge), "\n");
  return absl::StrCat(text, "next ", !list.next_position.empty(), " cut ",
                      list.truncation.has_value());
}

// A store with rows in memory, and views of it without them.
class TopologyTest : public testing::TestWithParam<int> {
 protected:
  TopologyTest() : random_(static_cast<uint32_t>(GetParam()) * 31 + 7) {}

  uint32_t Below(uint32_t bound) { return random_() % bound; }

  void Open(std::unique_ptr<KvStore> kv, const TopologyOptions& options) {
    kv_ = kv.get();
    ASSERT_OK_AND_ASSIGN(store_, GraphStore::Open(std::move(kv), {.topology = options}));
  }

  std::unique_ptr<GraphView> StoredView() {
    auto snapshot = kv_->Snapshot();
    EXPECT_THAT(snapshot, IsOk());
    auto view =
        MakeStoreView(RecordReader(*kv_, *snapshot, kDefaultNamespace), cache_, store_->schema());
    EXPECT_THAT(view, IsOk());
    return *std::move(view);
  }

  FactFilter RandomFilter() {
    static constexpr EdgeType kTypes[] = {kPartyTo, kEmployedBy, kDevelops, kPartOf, kPartnerWith};
    FactFilter filter;
    for (uint32_t i = Below(3); i > 0; --i) {
      const EdgeType type = kTypes[Below(5)];
      if (std::ranges::find(filter.types, type) == filter.types.end()) filter.types.push_back(type);
    }
    filter.direction = static_cast<DirectionFilter>(Below(3));
    for (uint32_t i = Below(3); i > 0; --i) {
      filter.statuses.push_back(static_cast<FactStatus>(1 + Below(6)));
    }
    if (Below(3) == 0) filter.min_confidence = static_cast<float>(Below(10)) / 10;
    if (Below(4) == 0) filter.min_sources = 1 + Below(3);
    if (Below(3) == 0) filter.date_from = {.year = static_cast<int16_t>(2015 + Below(6))};
    if (Below(3) == 0) {
      filter.date_until = {.year = static_cast<int16_t>(2018 + Below(6)),
                           .month = static_cast<uint8_t>(Below(13))};
    }
    return filter;
  }

  std::vector<NodeId> Nodes(GraphView& view) {
    std::vector<NodeId> ids;
    for (uint64_t id = 1; id < 400; ++id) ids.push_back(NodeId{id});
    const auto nodes = view.GetNodes(ids);
    EXPECT_THAT(nodes, IsOk());
    std::vector<NodeId> found;
    for (const auto& node : *nodes) {
      if (node.has_value()) found.push_back(node->id);
    }
    return found;
  }

  void ComparePages(GraphView& rows, GraphView& stored, NodeId node) {
    EdgeListQuery query{.node = node, .filter = RandomFilter(), .page_size = 1 + Below(7)};
    if (Below(3) == 0) query.edges_scanned_max = 1 + Below(9);
    EdgeListQuery other = query;
    std::vector<std::string> a, b;
    for (int page = 0; page < 300; ++page) {
      ASSERT_OK_AND_ASSIGN(const EdgeList from_rows, rows.ListEdges(query));
      for (const Edge& edge : from_rows.edges) a.push_back(Show(edge));
      query.position = from_rows.next_position;
      if (query.position.empty()) break;
    }
    ASSERT_EQ(query.position, "");
    for (int page = 0; page < 300; ++page) {
      ASSERT_OK_AND_ASSIGN(const EdgeList from_store, stored.ListEdges(other));
      for (const Edge& edge : from_store.edges) b.push_back(Show(edge));
      other.position = from_store.next_position;
      if (other.position.empty()) break;
    }
    ASSERT_EQ(absl::StrJoin(a, "\n"), absl::StrJoin(b, "\n"));
    // A position of one is good for the other. Rows skip what a whole slice decides, so that pages
    // end elsewhere when the scan is bounded.
    query.position.clear();
    query.edges_scanned_max = kPlenty;
    ASSERT_OK_AND_ASSIGN(const EdgeList first, rows.ListEdges(query));
    query.position = first.next_position;
    if (query.position.empty()) return;
    ASSERT_OK_AND_ASSIGN(const EdgeList second, stored.ListEdges(query));
    ASSERT_OK_AND_ASSIGN(const EdgeList again, rows.ListEdges(query));
    ASSERT_EQ(Show(second), Show(again));
  }

  std::vector<NodeKind> RandomKinds() {
    if (Below(3) != 0) return {};
    return {static_cast<NodeKind>(1 + Below(4)), NodeKind::kCompany};
  }

  // Counts of rings by rows against those of the general walk over the store.
  void CompareRings(GraphView& rows, GraphView& stored, NodeId node) {
    NeighborhoodQuery query{.nodes = {node},
                            .hops = 1 + Below(4),
                            .filter = RandomFilter(),
                            .node_kinds = RandomKinds(),
                            .expand_partnerships = Below(2) == 0};
    query.budget.edges_scanned_max = kPlenty;
    const auto ignore = [](NeighborhoodPart) { return true; };
    ASSERT_OK_AND_ASSIGN(const QueryEnd full, stored.Neighborhood(query, ignore));
    query.detail = AnswerDetail::kCounts;
    ASSERT_OK_AND_ASSIGN(const QueryEnd counted, stored.Neighborhood(query, ignore));
    ASSERT_OK_AND_ASSIGN(QueryEnd by_rows, rows.Neighborhood(query, ignore));
    // The general walk ends with its last ring that has nodes; so do rows, but for an empty one.
    const auto trim = [](std::vector<uint64_t> sizes) {
      while (!sizes.empty() && sizes.back() == 0) sizes.pop_back();
      return sizes;
    };
    ASSERT_EQ(trim(by_rows.ring_sizes), trim(full.ring_sizes));
    ASSERT_EQ(trim(by_rows.ring_sizes), trim(counted.ring_sizes));
    ASSERT_FALSE(by_rows.truncation.has_value());

    query.detail = AnswerDetail::kNodes;
    std::vector<std::string> a, b;
    ASSERT_THAT(rows.Neighborhood(query,
                                  [&](NeighborhoodPart part) {
                                    for (const RingNode& n : part.nodes)
                                      a.push_back(absl::StrCat(n.ring, n.node.name, n.degree));
                                    EXPECT_TRUE(part.edges.empty());
                                    return true;
                                  }),
                IsOk());
    ASSERT_THAT(stored.Neighborhood(query,
                                    [&](NeighborhoodPart part) {
                                      for (const RingNode& n : part.nodes)
                                        b.push_back(absl::StrCat(n.ring, n.node.name, n.degree));
                                      EXPECT_TRUE(part.edges.empty());
                                      return true;
                                    }),
                IsOk());
    std::ranges::sort(a);
    std::ranges::sort(b);
    ASSERT_EQ(a, b);

    // A cut answer is flagged and holds nothing wrong.
    query.detail = AnswerDetail::kCounts;
    if (Below(2) == 0) query.budget.edges_scanned_max = 1 + Below(40);
    if (Below(2) == 0) query.budget.nodes_max = 1 + Below(10);
    if (Below(2) == 0) query.budget.per_node_limit = 1 + Below(5);
    if (Below(3) == 0) query.budget.skip_degree = 1 + Below(8);
    ASSERT_OK_AND_ASSIGN(by_rows, rows.Neighborhood(query, ignore));
    uint64_t found = 0, all = 0;
    for (const uint64_t size : by_rows.ring_sizes) found += size;
    for (const uint64_t size : full.ring_sizes) all += size;
    ASSERT_LE(found, all);
    ASSERT_LE(found, query.budget.nodes_max);
    ASSERT_LE(by_rows.stats.edges_scanned, query.budget.edges_scanned_max);
    if (by_rows.truncation.has_value()) {
      for (const CutNode& cut : by_rows.truncation->nodes) {
        ASSERT_LE(cut.kept, full.stats.edges_scanned);
      }
    }
    if (found < all) {
      ASSERT_TRUE(by_rows.truncation.has_value());
      ASSERT_GT(by_rows.truncation->node_count, 0u);
    }
  }

  void CompareSteps(GraphView& rows, GraphView& stored, NodeId node) {
    TraverseQuery query{.nodes = {node}, .exclude_starts = Below(2) == 0};
    query.budget.edges_scanned_max = kPlenty;
    for (uint32_t i = 0, n = 1 + Below(3); i < n; ++i) {
      TraverseStep step{.filter = RandomFilter(), .node_kinds = RandomKinds()};
      step.max_repeat = 1 + Below(3);
      step.min_repeat = Below(step.max_repeat + 1);
      step.stored_edges_only = Below(4) != 0;
      query.steps.push_back(step);
    }
    const auto ignore = [](std::vector<Walk>) { return true; };
    ASSERT_OK_AND_ASSIGN(const QueryEnd full, stored.Traverse(query, ignore));
    query.detail = AnswerDetail::kNodes;
    std::vector<std::string> a, b;
    ASSERT_OK_AND_ASSIGN(const QueryEnd by_rows, rows.Traverse(query, [&](std::vector<Walk> walks) {
      for (const Walk& walk : walks) a.push_back(walk.end.name);
      return true;
    }));
    ASSERT_OK_AND_ASSIGN(const QueryEnd by_store,
                         stored.Traverse(query, [&](std::vector<Walk> walks) {
                           for (const Walk& walk : walks) b.push_back(walk.end.name);
                           return true;
                         }));
    std::ranges::sort(a);
    std::ranges::sort(b);
    ASSERT_EQ(a, b);
    ASSERT_EQ(by_rows.end_count, full.end_count);
    ASSERT_EQ(by_store.end_count, full.end_count);
    ASSERT_FALSE(by_rows.truncation.has_value());
    query.detail = AnswerDetail::kCounts;
    query.budget.edges_scanned_max = 1 + Below(30);
    ASSERT_OK_AND_ASSIGN(const QueryEnd cut, rows.Traverse(query, ignore));
    ASSERT_LE(cut.end_count, full.end_count);
    ASSERT_TRUE(cut.end_count == full.end_count || cut.truncation.has_value());
  }

  void ComparePaths(GraphView& rows, GraphView& stored, NodeId source, NodeId target) {
    PathQuery query{.source = source,
                    .target = target,
                    .length_max = 1 + Below(6),
                    .filter = RandomFilter(),
                    .expand_partnerships = Below(2) == 0};
    query.budget.edges_scanned_max = kPlenty;
    ASSERT_OK_AND_ASSIGN(const PathResult by_rows, rows.FindPaths(query));
    ASSERT_OK_AND_ASSIGN(const PathResult by_store, stored.FindPaths(query));
    ASSERT_EQ(by_rows.outcome, by_store.outcome);
    ASSERT_EQ(by_rows.paths.size(), by_store.paths.size());
    ASSERT_EQ(by_rows.end.truncation.has_value(), by_store.end.truncation.has_value());
    if (by_rows.paths.empty()) return;
    const Path& path = by_rows.paths[0];
    ASSERT_EQ(path.edges.size(), by_store.paths[0].edges.size());
    for (size_t i = 0; i < path.edges.size(); ++i) {
      const NodeId a = path.edges[i].source.id, b = path.edges[i].target.id;
      ASSERT_TRUE((a == path.nodes[i].id && b == path.nodes[i + 1].id) ||
                  (b == path.nodes[i].id && a == path.nodes[i + 1].id));
    }
    query.detail = AnswerDetail::kNodes;
    for (GraphView* const view : {&rows, &stored}) {
      ASSERT_OK_AND_ASSIGN(const PathResult nodes_only, view->FindPaths(query));
      ASSERT_EQ(nodes_only.paths.size(), 1u);
      ASSERT_EQ(nodes_only.paths[0].nodes.size(), path.nodes.size());
      ASSERT_EQ(nodes_only.paths[0].nodes.back().id, target);
      ASSERT_TRUE(nodes_only.paths[0].edges.empty());
      ASSERT_EQ(nodes_only.paths[0].certainty, 0);
    }
  }

  void Compare() {
    ASSERT_TRUE(store_->ReportTopology().present) << store_->ReportTopology().absence;
    ASSERT_OK_AND_ASSIGN(const auto rows, store_->View());
    const auto stored = StoredView();
    ASSERT_EQ(rows->sequence(), stored->sequence());
    const std::vector<NodeId> nodes = Nodes(*stored);
    for (const NodeId node : nodes) {
      if (HasFatalFailure()) return;
      ComparePages(*rows, *stored, node);
      CompareRings(*rows, *stored, node);
      CompareSteps(*rows, *stored, node);
      const NodeId target = nodes[Below(static_cast<uint32_t>(nodes.size()))];
      if (target != node) ComparePaths(*rows, *stored, node, target);
      ASSERT_OK_AND_ASSIGN(const auto counts, rows->CountEdges(node, {}, DirectionFilter::kBoth));
      ASSERT_OK_AND_ASSIGN(const auto want, stored->CountEdges(node, {}, DirectionFilter::kBoth));
      const auto show = [](const std::vector<EdgeCount>& list) {
        std::string text;
        for (const EdgeCount& count : list) {
          absl::StrAppend(&text, ToInt(count.type), "/", static_cast<int>(count.direction), ":",
                          count.count, " ");
        }
        return text;
      };
      ASSERT_EQ(show(counts), show(want));
    }
    EXPECT_THAT(rows->ListEdges({.node = NodeId{100'000}}),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr("no node")));
    EXPECT_THAT(rows->ListEdges({.node = NodeId{uint64_t{1} << 40}}),
                StatusIs(absl::StatusCode::kNotFound, HasSubstr("no node")));
  }

  // Puts some articles and takes others back.
  void Write(int writes) {
    for (int i = 0; i < writes; ++i) {
      if (!ids_.empty() && Below(3) == 0) {
        const size_t at = Below(static_cast<uint32_t>(ids_.size()));
        ASSERT_THAT(store_->RetractArticle(ids_[at]), IsOk());
        ids_.erase(ids_.begin() + static_cast<ptrdiff_t>(at));
        continue;
      }
      const std::string id = absl::StrCat("article-", ++written_);
      ASSERT_OK_AND_ASSIGN(const PutResult put, store_->PutArticle(articles_.Next(id)));
      if (!put.unchanged) ids_.push_back(id);
    }
  }

  std::mt19937 random_;
  RandomArticles articles_{static_cast<uint32_t>(GetParam())};
  KvStore* kv_ = nullptr;
  ReadCaches cache_{0};
  std::unique_ptr<GraphStore> store_;
  std::vector<std::string> ids_;
  int written_ = 0;
};

TEST_P(TopologyTest, AnswersAsTheStoreAfterAnyWrites) {
  Open(std::make_unique<MemoryKvStore>(), {.bytes_max = kPlenty});
  for (int round = 0; round < 6; ++round) {
    Write(5);
    Compare();
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(store_->ReportTopology().stats.patched_nodes, 0u);
}

TEST_P(TopologyTest, AnswersAsTheStoreAcrossMerges) {
  Open(std::make_unique<MemoryKvStore>(), {.bytes_max = kPlenty, .merge_rows_min = 20});
  for (int round = 0; round < 6; ++round) {
    Write(6);
    Compare();
    if (HasFatalFailure()) return;
  }
  // They run in the background.
  for (int i = 0; i < 1000 && store_->ReportTopology().building; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_GT(store_->ReportTopology().merges, 0u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, TopologyTest, testing::Range(1, 13));

class TopologyFileTest : public TopologyTest {
 protected:
  void OpenFile() {
    store_.reset();
    ASSERT_OK_AND_ASSIGN(auto kv, OpenRocksKvStore(directory_.path(), {}));
    Open(std::move(kv), {.bytes_max = kPlenty, .directory = directory_.path()});
  }
  std::string path() const { return directory_.path() + "/topology.rows"; }

  TemporaryDirectory directory_;
};

TEST_P(TopologyFileTest, IsMappedAtTheNextStart) {
  OpenFile();
  Write(20);
  OpenFile();
  EXPECT_TRUE(store_->ReportTopology().mapped);
  EXPECT_EQ(store_->ReportTopology().replayed, 0u);
  Compare();
}

TEST_P(TopologyFileTest, ReplaysWhatWasWrittenAfterIt) {
  OpenFile();
  Write(15);
  OpenFile();
  const std::string kept = path() + ".kept";
  std::filesystem::copy_file(path(), kept);
  Write(10);
  store_.reset();
  std::filesystem::rename(kept, path());
  OpenFile();
  EXPECT_TRUE(store_->ReportTopology().mapped);
  EXPECT_EQ(store_->ReportTopology().replayed, 10u);
  Compare();
}

TEST_P(TopologyFileTest, IsNotTakenFromAnotherHistory) {
  OpenFile();
  Write(15);
  store_.reset();
  std::filesystem::rename(path(), directory_.path() + ".other");
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
    std::filesystem::remove_all(entry);
  }
  articles_ = RandomArticles(static_cast<uint32_t>(GetParam()) + 1000);
  ids_.clear();
  written_ = 500;
  OpenFile();
  Write(20);
  store_.reset();
  std::filesystem::rename(directory_.path() + ".other", path());
  OpenFile();
  EXPECT_FALSE(store_->ReportTopology().mapped);
  Compare();
}

// The log entries of both histories name the same nodes and facts.
TEST_P(TopologyFileTest, IsNotTakenFromAHistoryThatDiffersInWhatItsWritesSay) {
  const auto write = [this](float confidence, int pairs) {
    for (int i = 0; i < pairs; ++i) {
      FactBatch batch{.writer = "test"};
      for (const char* name : {"甲公司", "乙公司"}) {
        batch.nodes.push_back({.id = name, .kind = NodeKind::kCompany, .name = name});
      }
      GraphEdgeRecord& edge = batch.edges.emplace_back();
      edge.type = "PARTNER_WITH";
      edge.source = "甲公司";
      edge.target = "乙公司";
      edge.date = {.year = static_cast<int16_t>(2000 + i)};
      edge.confidence = i == 0 ? confidence : 0.5f;
      ASSERT_THAT(store_->WriteFacts(batch), IsOk());
    }
  };
  OpenFile();
  write(0.25f, 4);
  store_.reset();
  std::filesystem::rename(path(), directory_.path() + ".other");
  for (const auto& entry : std::filesystem::directory_iterator(directory_.path())) {
    std::filesystem::remove_all(entry);
  }
  OpenFile();
  write(0.75f, 4);
  store_.reset();
  std::filesystem::rename(directory_.path() + ".other", path());
  OpenFile();
  EXPECT_FALSE(store_->ReportTopology().mapped);
  Compare();
}

TEST_P(TopologyFileTest, IsReadFromTheStoreWhenItsFileIsDamaged) {
  OpenFile();
  Write(15);
  store_.reset();
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(60);
    file.put('\x7f');
  }
  OpenFile();
  EXPECT_FALSE(store_->ReportTopology().mapped);
  Compare();
  // Damage behind the header is found before a row is used.
  store_.reset();
  {
    std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(4096 + 8));
    const char byte = static_cast<char>(file.get() ^ 1);
    file.seekp(static_cast<std::streamoff>(4096 + 8));
    file.put(byte);
  }
  OpenFile();
  EXPECT_FALSE(store_->ReportTopology().mapped);
  Compare();
}

TEST_P(TopologyFileTest, FileThatIsBeingVerifiedIsNotUsed) {
  OpenFile();
  Write(15);
  store_.reset();
  for (const bool damaged : {false, true}) {
    if (damaged) {
      std::fstream file(path(), std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(static_cast<std::streamoff>(4096 + 8));
      file.put('\x7f');
    }
    ASSERT_OK_AND_ASSIGN(auto kv, OpenRocksKvStore(directory_.path(), {}));
    Open(std::move(kv),
         {.bytes_max = kPlenty, .directory = directory_.path(), .verify_at_open_bytes_max = 0});
    Write(3);
    for (int i = 0; i < 1000 && !store_->ReportTopology().present; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    EXPECT_EQ(store_->ReportTopology().mapped, !damaged);
    Compare();
    store_.reset();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, TopologyFileTest, testing::Range(1, 4));

// Rows of changed nodes take far more than the same rows read anew.
TEST(TopologyLimitsTest, TopologyThatOnlyItsOverlayMadeTooLargeComesBack) {
  RandomArticles articles(7);
  auto owned = std::make_unique<MemoryKvStore>();
  const uint64_t bytes_max = 60'000;
  ASSERT_OK_AND_ASSIGN(
      auto store, GraphStore::Open(std::move(owned), {.topology = {.bytes_max = bytes_max,
                                                                   .read_at_open_rows_max = 0}}));
  // Ten articles come and go: the graph stays small, the nodes that they change take too much.
  bool dropped = false, came_back = false;
  for (int i = 0; i < 400 && !came_back; ++i) {
    const std::string id = absl::StrCat("article-", i % 10);
    if (i / 10 % 2 == 0) {
      ASSERT_THAT(store->PutArticle(articles.Next(id)), IsOk());
    } else {
      ASSERT_THAT(store->RetractArticle(id), IsOk());
    }
    if (!store->ReportTopology().present) dropped = true;
    for (int waits = 0; waits < 2000 && store->ReportTopology().building; ++waits) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    const TopologyReport report = store->ReportTopology();
    if (report.present) {
      EXPECT_LE(report.stats.row_bytes + report.stats.node_bytes, bytes_max);
      came_back = dropped && i > 0;
    }
  }
  EXPECT_TRUE(came_back);
}

TEST(TopologyLimitsTest, GraphThatOutgrowsItsMemoryIsReadFromTheStore) {
  ASSERT_OK_AND_ASSIGN(auto store, GraphStore::Open(std::make_unique<MemoryKvStore>(),
                                                    {.topology = {.bytes_max = 8'000}}));
  EXPECT_TRUE(store->ReportTopology().present);
  RandomArticles articles(5);
  for (int i = 0; i < 60; ++i) {
    ASSERT_THAT(store->PutArticle(articles.Next(absl::StrCat("article-", i))), IsOk());
  }
  // It is measured again in the background whether it would fit when read anew.
  for (int i = 0; i < 1000 && store->ReportTopology().building; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  const TopologyReport report = store->ReportTopology();
  EXPECT_FALSE(report.present);
  EXPECT_THAT(report.absence, HasSubstr("was given 8000"));
  ASSERT_OK_AND_ASSIGN(const auto view, store->View());
  ASSERT_OK_AND_ASSIGN(const EdgeList list, view->ListEdges({.node = NodeId{1}}));
  EXPECT_FALSE(list.edges.empty());
}

// One node with many rows, written and taken back in any order, against a sorted list.
TEST(TopologyRowsTest, RowsOfABusyNodeStayInOrder) {
  std::mt19937 random(3);
  ASSERT_OK_AND_ASSIGN(const auto builder,
                       TopologyBuilder::Create({.node_end = 3000, .row_count_max = 2000}));
  const auto make = [&](uint32_t other, uint64_t fact) {
    AdjRow row;
    row.edge = {
        .node = NodeId{1},
        .other = NodeId{other},
        .other_kind = NodeKind::kCompany,
        .type = other % 3 == 0 ? kPartOf : kPartnerWith,
        .direction = other % 2 == 0 ? Direction::kOut : Direction::kIn,
        .fact = FactId{fact},
        .packed_date = other % 7 == 0 ? 0 : PackDate(FromDays(static_cast<int32_t>(other % 50))),
        .status = FactStatus::kActive,
        .confidence = 0.5f,
        .source_count = other % 11 == 0 ? 70'000 + other : 1};
    return row;
  };
  std::map<std::string, AdjRow> want;  // By key.
  for (uint32_t i = 0; i < 2000; ++i) {
    const AdjRow row = make(2 + random() % 2900, 1 + i);
    want[EncodeAdjKey(kDefaultNamespace, row.edge)] = row;
  }
  ASSERT_THAT(builder->BeginNode(NodeId{1}, {.kind = NodeKind::kCompany, .name = "Hub"}), IsOk());
  for (const auto& [key, row] : want) ASSERT_THAT(builder->AddRow(row.edge), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto base, builder->Finish(Sequence{1}, 0));
  auto topology = std::make_shared<const Topology>(base);
  for (uint64_t sequence = 2; sequence < 1500; ++sequence) {
    std::vector<KvWrite> writes;
    for (uint32_t i = random() % 3; i < 3; ++i) {
      if (random() % 3 == 0 && !want.empty()) {
        auto victim = want.begin();
        std::advance(victim, random() % std::min<size_t>(want.size(), 500));
        writes.push_back({ColumnFamily::kAdj, victim->first, std::nullopt});
        want.erase(victim);
      } else {
        const AdjRow row = make(2 + random() % 2900, 3000 + sequence * 4 + i);
        const std::string key = EncodeAdjKey(kDefaultNamespace, row.edge);
        writes.push_back({ColumnFamily::kAdj, key, EncodeAdjValue(row)});
        want[key] = row;
      }
    }
    ASSERT_OK_AND_ASSIGN(topology, topology->WithChanges(writes, Sequence{sequence}));
  }
  ASSERT_EQ(topology->Degree(1), want.size());
  ASSERT_EQ(topology->row_count(), want.size());
  auto next = want.begin();
  topology->ForEachSlice(1, [&](const RowSlice& slice) {
    for (uint32_t i = 0; i < slice.size; ++i, ++next) {
      const AdjacentEdge edge = topology->EdgeAt(NodeId{1}, slice, i);
      EXPECT_EQ(EncodeAdjKey(kDefaultNamespace, edge), next->first);
      EXPECT_EQ(edge.source_count, next->second.edge.source_count);
    }
    return true;
  });
  EXPECT_EQ(next, want.end());
}

TEST(TopologyLimitsTest, BuilderRefusesIdsOutOfTurnAndMoreRowsThanAnnounced) {
  EXPECT_THAT(TopologyBuilder::Create({.node_end = uint64_t{1} << 32}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("do not fit")));
  ASSERT_OK_AND_ASSIGN(const auto builder,
                       TopologyBuilder::Create({.node_end = 5, .row_count_max = 1}));
  EXPECT_THAT(builder->AddRow({}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("without its node")));
  EXPECT_THAT(builder->BeginNode(NodeId{2}, {.kind = NodeKind::kCompany}), IsOk());
  EXPECT_THAT(builder->BeginNode(NodeId{2}, {.kind = NodeKind::kCompany}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("out of turn")));
  EXPECT_THAT(builder->BeginNode(NodeId{5}, {.kind = NodeKind::kCompany}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("out of turn")));
  EXPECT_THAT(builder->AddRow({.other = NodeId{5}, .type = kPartOf, .status = FactStatus::kActive}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("ids are below 5")));
  EXPECT_THAT(builder->AddRow({.other = NodeId{3}, .type = kPartOf, .status = FactStatus::kActive}),
              IsOk());
  EXPECT_THAT(builder->AddRow({.other = NodeId{4}, .type = kPartOf, .status = FactStatus::kActive}),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("announced")));
}

TEST(TopologyConcurrencyTest, ReadersSeeWholeStatesWhileRowsAreWrittenAndMerged) {
  ASSERT_OK_AND_ASSIGN(
      auto store, GraphStore::Open(std::make_unique<MemoryKvStore>(),
                                   {.topology = {.bytes_max = kPlenty, .merge_rows_min = 10}}));
  RandomArticles articles(3);
  ASSERT_THAT(store->PutArticle(articles.Next("article")), IsOk());
  std::atomic<bool> stop{false};
  std::atomic<uint64_t> answers{0};
  const auto read = [&] {
    while (!stop) {
      const auto view = store->View();
      ASSERT_THAT(view, IsOk());
      // Every edge is seen from both of its ends.
      std::vector<uint64_t> out, in;
      for (uint64_t id = 1; id < 1000; ++id) {
        const auto list = (*view)->ListEdges({.node = NodeId{id}, .page_size = 1000});
        if (!list.ok()) continue;
        for (const Edge& edge : list->edges) {
          (edge.source.id == NodeId{id} ? out : in).push_back(ToInt(edge.fact));
        }
      }
      std::ranges::sort(out);
      std::ranges::sort(in);
      ASSERT_EQ(out, in);
      ++answers;
    }
  };
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) readers.emplace_back(read);
  for (int i = 0; i < 40; ++i) {
    ASSERT_THAT(store->PutArticle(articles.Next(absl::StrCat("article-", i))), IsOk());
    if (i >= 3) {
      const auto retracted = store->RetractArticle(absl::StrCat("article-", i - 3));
      ASSERT_TRUE(retracted.ok() || absl::IsNotFound(retracted.status()));
    }
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_GT(answers, 0u);
  EXPECT_GT(store->ReportTopology().merges, 0u);
}

}  // namespace
}  // namespace partnergraph
