#include "graph/node_cache.h"

#include <atomic>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/graph_store.h"
#include "graph/name_cache.h"
#include "gtest/gtest.h"
#include "tests/graph/article_builder.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

constexpr size_t kPlenty = 16 << 20;
constexpr NodeId kNode{7};

NodeRecordPtr MakeRecord(uint64_t degree) {
  auto record = std::make_shared<storage::NodeRecord>();
  record->set_name("name");
  record->set_degree(degree);
  return record;
}

NodeRecordPtr Find(NodeCache& cache, NodeId node, Sequence view) {
  return cache.Find({&node, 1}, view)[0];
}

void Invalidate(NodeCache& cache, NodeId node, Sequence sequence) {
  cache.Invalidate({&node, 1}, sequence);
}

TEST(NodeCacheTest, GivesEntriesToTheirStateAndLaterOnes) {
  NodeCache cache(kPlenty);
  EXPECT_EQ(Find(cache, kNode, Sequence{5}), nullptr);
  const NodeRecordPtr record = MakeRecord(1);
  cache.Insert(kNode, Sequence{5}, record);
  EXPECT_EQ(Find(cache, kNode, Sequence{4}), nullptr);
  EXPECT_EQ(Find(cache, kNode, Sequence{5}), record);
  EXPECT_EQ(Find(cache, kNode, Sequence{9}), record);
  // A reader of an older state found the same record: nothing changed it in between.
  cache.Insert(kNode, Sequence{3}, MakeRecord(1));
  EXPECT_EQ(Find(cache, kNode, Sequence{3}), record);
}

TEST(NodeCacheTest, AReaderThatBeganBeforeACommitAddsNothingAfterIt) {
  NodeCache cache(kPlenty);
  cache.Insert(kNode, Sequence{5}, MakeRecord(1));
  Invalidate(cache, kNode, Sequence{6});
  EXPECT_EQ(Find(cache, kNode, Sequence{5}), nullptr);
  cache.Insert(kNode, Sequence{5}, MakeRecord(1));
  EXPECT_EQ(Find(cache, kNode, Sequence{5}), nullptr);
  EXPECT_EQ(Find(cache, kNode, Sequence{6}), nullptr);
  const NodeRecordPtr changed = MakeRecord(2);
  cache.Insert(kNode, Sequence{6}, changed);
  EXPECT_EQ(Find(cache, kNode, Sequence{6}), changed);
  EXPECT_EQ(Find(cache, kNode, Sequence{5}), nullptr);
}

TEST(NodeCacheTest, ACommitThatWroteNothingLetsReadersAddAgain) {
  NodeCache cache(kPlenty);
  Invalidate(cache, kNode, Sequence{6});
  cache.Abandon(Sequence{6});
  cache.Insert(kNode, Sequence{4}, MakeRecord(1));  // Older than the state before the commit.
  EXPECT_EQ(Find(cache, kNode, Sequence{6}), nullptr);
  cache.Insert(kNode, Sequence{5}, MakeRecord(1));
  EXPECT_NE(Find(cache, kNode, Sequence{5}), nullptr);
  // Another one's mark stays.
  Invalidate(cache, kNode, Sequence{6});
  cache.Abandon(Sequence{7});
  cache.Insert(kNode, Sequence{5}, MakeRecord(1));
  EXPECT_EQ(Find(cache, kNode, Sequence{6}), nullptr);
}

TEST(NodeCacheTest, StaysWithinItsBytesAndKeepsWhatIsUsed) {
  const size_t bytes_max = NodeCache::kShards * 2000;
  NodeCache cache(bytes_max);
  const auto node = [](uint64_t i) { return NodeId{i * NodeCache::kShards}; };  // Of one part.
  for (uint64_t i = 1; i <= 100; ++i) {
    cache.Insert(node(i), Sequence{1}, MakeRecord(i));
    EXPECT_NE(Find(cache, node(1), Sequence{1}), nullptr) << i;
    EXPECT_LE(cache.BytesUsed(), 2000u);
  }
  EXPECT_EQ(Find(cache, node(2), Sequence{1}), nullptr);
  EXPECT_NE(Find(cache, node(100), Sequence{1}), nullptr);
  const size_t used = cache.BytesUsed();
  auto huge = std::make_shared<storage::NodeRecord>();
  huge->set_name(std::string(2000, 'x'));
  cache.Insert(node(101), Sequence{1}, huge);
  EXPECT_EQ(Find(cache, node(101), Sequence{1}), nullptr);
  EXPECT_EQ(cache.BytesUsed(), used);
  for (uint64_t i = 1; i <= 100; ++i) Invalidate(cache, node(i), Sequence{2});
  EXPECT_EQ(cache.BytesUsed(), 0u);
}

TEST(NodeCacheTest, KeepsNothingWithoutBytes) {
  NodeCache cache(0);
  cache.Insert(kNode, Sequence{1}, MakeRecord(1));
  EXPECT_EQ(Find(cache, kNode, Sequence{1}), nullptr);
}

// A writer and readers at full speed. The records are a function of node and sequence, so that each
// reader knows by itself what is right for the state that it reads.
TEST(NodeCacheTest, ReadersBesideAWriterSeeTheirOwnState) {
  constexpr uint64_t kNodes = 48;
  constexpr uint64_t kCommits = 3000;
  // On a busy machine the readers may not get their turn at once; the writer waits for them, not
  // for ever.
  constexpr uint64_t kHitsWanted = 100;
  constexpr uint64_t kCommitsMax = 1000 * kCommits;
  const auto changes = [](uint64_t node, uint64_t sequence) {
    return (node * 31 + sequence * 17) % 8 == 0;
  };
  const auto last_change = [&](uint64_t node, uint64_t sequence) {
    while (sequence > 0 && !changes(node, sequence)) --sequence;
    return sequence;
  };
  NodeCache cache(NodeCache::kShards * 1500);  // Small, so that entries are dropped too.
  std::atomic<uint64_t> committed{0};
  std::atomic<uint64_t> hits{0}, wrong{0};
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (unsigned seed = 1; seed <= 3; ++seed) {
    readers.emplace_back([&, seed] {
      std::mt19937 random(seed);
      while (!done.load()) {
        const uint64_t view = committed.load();
        for (int i = 0; i < 20; ++i) {
          const uint64_t node = 1 + random() % kNodes;
          const uint64_t right = last_change(node, view);
          const NodeRecordPtr found = Find(cache, NodeId{node}, Sequence{view});
          if (found == nullptr) {
            cache.Insert(NodeId{node}, Sequence{view}, MakeRecord(right));
            continue;
          }
          ++hits;
          if (found->degree() != right) ++wrong;
        }
      }
    });
  }
  for (uint64_t sequence = 1;
       sequence <= kCommits || (hits.load() < kHitsWanted && sequence <= kCommitsMax); ++sequence) {
    std::vector<NodeId> changed;
    for (uint64_t node = 1; node <= kNodes; ++node) {
      if (changes(node, sequence)) changed.push_back(NodeId{node});
    }
    if (sequence % 5 == 0) {  // An attempt that fails, of other nodes too.
      const NodeId attempted[] = {NodeId{1 + sequence % kNodes}, NodeId{1 + sequence % 7}};
      cache.Invalidate(attempted, Sequence{sequence});
      cache.Abandon(Sequence{sequence});
    }
    cache.Invalidate(changed, Sequence{sequence});
    committed.store(sequence);
    std::this_thread::yield();
  }
  done.store(true);
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(wrong.load(), 0u);
  EXPECT_GE(hits.load(), kHitsWanted);
}

// Runs a step inside of the store's calls, to bring about one order of events.
class SteppedKvStore : public MemoryKvStore {
 public:
  std::function<void()> on_node_read;       // After the records were read; runs once.
  std::function<absl::Status()> on_commit;  // Before the batch is written; an error refuses it.

  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const KvSnapshot* snapshot, ColumnFamily cf, std::span<const std::string> keys) override {
    auto values = MemoryKvStore::MultiGet(snapshot, cf, keys);
    if (cf == ColumnFamily::kNode) {
      if (const auto step = std::exchange(on_node_read, nullptr)) step();
    }
    return values;
  }
  absl::Status Commit(std::span<const KvWrite> writes, std::span<const KvExpectation> expectations,
                      std::string_view idempotency_key) override {
    if (const auto step = std::exchange(on_commit, nullptr)) {
      if (absl::Status status = step(); !status.ok()) return status;
    }
    return MemoryKvStore::Commit(writes, expectations, idempotency_key);
  }
};

// A company that each further article gives one employee, and calls by a longer name.
class CachedViewTest : public testing::Test {
 protected:
  void SetUp() override {
    auto kv = std::make_unique<SteppedKvStore>();
    kv_ = kv.get();
    ASSERT_OK_AND_ASSIGN(store_, GraphStore::Open(std::move(kv)));
    ASSERT_THAT(Put(1), IsOk());
    ASSERT_OK_AND_ASSIGN(const auto view, store_->View());
    ASSERT_OK_AND_ASSIGN(const SearchResult found, view->SearchNodes({.text = "甲公司"}));
    ASSERT_FALSE(found.matches.empty());
    company_ = found.matches[0].node.id;
  }

  absl::Status Put(int number) {
    ArticleBuilder article(absl::StrCat("article-", number), absl::StrCat("Text ", number));
    const uint32_t company = article.Company("甲公司");
    const uint32_t person = article.Person(absl::StrCat("员工", number));
    article.Edge(kEmployedBy, person, company);
    return store_->PutArticle(article.facts()).status();
  }

  // The degree that a traversal of the view sees, which the cache may have answered.
  static uint64_t DegreeIn(GraphView& view, NodeId node) {
    uint64_t degree = 0;
    NeighborhoodQuery query;
    query.nodes = {node};
    const auto end = view.Neighborhood(query, [&](NeighborhoodPart part) {
      for (const RingNode& ring : part.nodes) {
        if (ring.ring == 0) degree = ring.degree;
      }
      return true;
    });
    EXPECT_THAT(end, IsOk());
    return degree;
  }
  uint64_t DegreeNow() {
    const auto view = store_->View();
    return view.ok() ? DegreeIn(**view, company_) : 0;
  }

  SteppedKvStore* kv_ = nullptr;
  std::unique_ptr<GraphStore> store_;
  NodeId company_{};
};

TEST_F(CachedViewTest, AWriteBetweenReadingAndAdding) {
  ASSERT_OK_AND_ASSIGN(const auto old_view, store_->View());
  kv_->on_node_read = [this] { EXPECT_THAT(Put(2), IsOk()); };
  EXPECT_EQ(DegreeIn(*old_view, company_), 1u);
  EXPECT_EQ(kv_->on_node_read, nullptr);
  EXPECT_EQ(DegreeNow(), 2u);
  EXPECT_EQ(DegreeIn(*old_view, company_), 1u);
}

TEST_F(CachedViewTest, AReadBetweenInvalidationAndCommit) {
  EXPECT_EQ(DegreeNow(), 1u);
  bool ran = false;
  kv_->on_commit = [&] {
    EXPECT_EQ(DegreeNow(), 1u);
    ran = true;
    return absl::OkStatus();
  };
  ASSERT_THAT(Put(2), IsOk());
  EXPECT_TRUE(ran);
  EXPECT_EQ(DegreeNow(), 2u);
}

TEST_F(CachedViewTest, ARefusedCommitAndAPreviewChangeNothing) {
  EXPECT_EQ(DegreeNow(), 1u);
  kv_->on_commit = [] { return absl::UnavailableError("disk full"); };
  EXPECT_THAT(Put(2), StatusIs(absl::StatusCode::kUnavailable, testing::_));
  EXPECT_EQ(DegreeNow(), 1u);
  // The records are in memory again: no read of the store is needed.
  kv_->on_node_read = [] { ADD_FAILURE() << "read again"; };
  EXPECT_EQ(DegreeNow(), 1u);
  kv_->on_node_read = nullptr;
  ArticleBuilder article("preview", "Preview");
  article.Company("甲公司");
  ASSERT_THAT(store_->PreviewArticle(article.facts()), IsOk());
  EXPECT_EQ(DegreeNow(), 1u);
  ASSERT_THAT(Put(2), IsOk());
  EXPECT_EQ(DegreeNow(), 2u);
}

TEST_F(CachedViewTest, ANodeThatGoesIsGone) {
  ASSERT_OK_AND_ASSIGN(const auto old_view, store_->View());
  EXPECT_EQ(DegreeNow(), 1u);
  ASSERT_THAT(store_->RetractArticle("article-1"), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto view, store_->View());
  EXPECT_THAT(view->ListEdges({.node = company_}),
              StatusIs(absl::StatusCode::kNotFound, testing::_));
  ASSERT_OK_AND_ASSIGN(const EdgeList old, old_view->ListEdges({.node = company_}));
  ASSERT_EQ(old.edges.size(), 1u);
  EXPECT_EQ(old.edges[0].target.name, "甲公司");
}

TEST_F(CachedViewTest, ANameIsFoundInTheStatesThatHaveIt) {
  const auto count = [](GraphView& view) -> size_t {
    const auto found = view.SearchNodes({.text = "员工2", .exact = true});
    EXPECT_THAT(found, IsOk());
    return found.ok() ? found->matches.size() : 0;
  };
  const auto count_now = [&]() -> size_t {
    const auto view = store_->View();
    EXPECT_THAT(view, IsOk());
    return view.ok() ? count(**view) : 0;
  };
  ASSERT_OK_AND_ASSIGN(const auto old_view, store_->View());
  EXPECT_EQ(count(*old_view), 0u);
  kv_->on_commit = [] { return absl::UnavailableError("disk full"); };
  EXPECT_THAT(Put(2), StatusIs(absl::StatusCode::kUnavailable, testing::_));
  EXPECT_EQ(count_now(), 0u);
  kv_->on_commit = [&] {
    EXPECT_EQ(count_now(), 0u);
    return absl::OkStatus();
  };
  ASSERT_THAT(Put(2), IsOk());
  EXPECT_EQ(count_now(), 1u);
  EXPECT_EQ(count(*old_view), 0u);
  EXPECT_EQ(count_now(), 1u);
  ASSERT_THAT(store_->RetractArticle("article-2"), IsOk());
  EXPECT_EQ(count_now(), 0u);
}

// Nodes up to, and over, the number that is kept for one name.
TEST_F(CachedViewTest, ANameOfManyNodes) {
  constexpr size_t kStep = 16;
  for (size_t count = kStep; count <= kCachedNameRowsMax + kStep; count += kStep) {
    FactBatch batch{.writer = "test"};
    for (size_t i = count - kStep; i < count; ++i) {
      batch.nodes.push_back({.id = absl::StrCat("x-", i), .kind = NodeKind::kCompany});
      batch.nodes.back().external_id = batch.nodes.back().id;
      batch.nodes.back().name = "同名公司";
    }
    ASSERT_THAT(store_->WriteFacts(batch), IsOk());
    ASSERT_OK_AND_ASSIGN(const auto view, store_->View());
    for (int again = 0; again < 2; ++again) {
      ASSERT_OK_AND_ASSIGN(
          const SearchResult found,
          view->SearchNodes({.text = "同名公司", .exact = true, .page_size = 200}));
      std::set<NodeId> nodes;
      for (const NodeMatch& match : found.matches) nodes.insert(match.node.id);
      EXPECT_EQ(nodes.size(), count);
    }
  }
}

TEST_F(CachedViewTest, ThreadsSeeTheStateOfTheirView) {
  constexpr int kWrites = 60;
  std::atomic<bool> done{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!done.load()) {
        const auto view = store_->View();
        ASSERT_THAT(view, IsOk());
        // Each article is one sequence and one edge.
        EXPECT_EQ(DegreeIn(**view, company_), ToInt((*view)->sequence()));
      }
    });
  }
  for (int number = 2; number <= kWrites; ++number) EXPECT_THAT(Put(number), IsOk());
  done.store(true);
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(DegreeNow(), uint64_t{kWrites});
}

}  // namespace
}  // namespace partnergraph
