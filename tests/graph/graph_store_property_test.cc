// Random sequences of storing, retracting and storing again, compared after every step with a graph
// that is made anew from the articles that remain, each naming the nodes that it was resolved to
// when it was stored (see GraphStore::RetractArticle): what is compared is that retraction undoes
// all else. Faults at every operation of the store.
#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "graph/graph_store.h"
#include "graph/integrity.h"
#include "graph/rocks_kv_store.h"
#include "gtest/gtest.h"
#include "tests/graph/faulty_kv_store.h"
#include "tests/graph/graph_model.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/graph/random_articles.h"
#include "tests/graph/temporary_directory.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

constexpr uint64_t kLastNode = 3000;

void ExpectIntact(KvStore& kv) {
  ASSERT_OK_AND_ASSIGN(const IntegrityReport report, CheckIntegrity(kv));
  EXPECT_EQ(report.problem_count, 0u) << absl::StrJoin(report.problems, "\n");
}

// Reports only the lines that differ.
void ExpectSameLines(const std::vector<std::string>& stored, const std::vector<std::string>& want) {
  std::vector<std::string> extra, missing;
  std::ranges::set_difference(stored, want, std::back_inserter(extra));
  std::ranges::set_difference(want, stored, std::back_inserter(missing));
  EXPECT_THAT(extra, testing::IsEmpty());
  EXPECT_THAT(missing, testing::IsEmpty());
  EXPECT_EQ(stored.size(), want.size());
}

// Runs random steps and compares every `compare_every`-th state.
void RunRandomSteps(std::unique_ptr<KvStore> kv_store, uint32_t seed, int steps,
                    int compare_every) {
  KvStore& kv = *kv_store;
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<GraphStore> store,
                       GraphStore::Open(std::move(kv_store)));
  RandomArticles random(seed);
  GraphModel model;
  std::map<std::string, ArticleFacts> stored, retracted;
  for (int step = 0; step < steps; ++step) {
    SCOPED_TRACE(absl::StrCat("seed ", seed, ", step ", step));
    const uint32_t action = random.Below(10);
    using Entry = std::pair<std::string, ArticleFacts>;
    const auto pick = [&](const std::map<std::string, ArticleFacts>& articles) -> Entry {
      return *std::next(articles.begin(), random.Below(static_cast<uint32_t>(articles.size())));
    };
    if (action < 4 && !stored.empty()) {
      const auto [id, facts] = pick(stored);
      ASSERT_OK_AND_ASSIGN(const RetractResult result, store->RetractArticle(id));
      EXPECT_EQ(result.sequence, store->LastSequence());
      model.Retract(id);
      stored.erase(id);
      retracted[id] = facts;
    } else {
      const bool again = action == 4 && !retracted.empty();
      const auto [id, facts] = again ? pick(retracted)
                                     : Entry(absl::StrCat("article-", step),
                                             random.Next(absl::StrCat("article-", step)));
      ASSERT_OK_AND_ASSIGN(const PutResult preview, store->PreviewArticle(facts));
      ASSERT_OK_AND_ASSIGN(const PutResult result, store->PutArticle(facts));
      EXPECT_FALSE(result.unchanged);
      EXPECT_EQ(preview.diff.node_added_count, result.diff.node_added_count);
      EXPECT_EQ(preview.diff.fact_added_count, result.diff.fact_added_count);
      EXPECT_EQ(preview.diff.fact_updated_count, result.diff.fact_updated_count);
      model.Put(facts);
      retracted.erase(id);
      stored[id] = facts;
    }
    if (step % compare_every != 0 && step != steps - 1) continue;
    ExpectSameLines(DumpGraph(*store, kLastNode), model.Dump());
    ExpectIntact(kv);
    if (testing::Test::HasFailure()) return;
  }
  for (const auto& [id, facts] : stored) ASSERT_THAT(store->RetractArticle(id), IsOk());
  EXPECT_THAT(DumpGraph(*store, kLastNode), testing::IsEmpty());
  ExpectIntact(kv);
  ASSERT_OK_AND_ASSIGN(const auto view, store->View());
  ASSERT_OK_AND_ASSIGN(const GraphStats stats, view->GetStats());
  EXPECT_EQ(stats.article_count, 0u);
  EXPECT_EQ(stats.fact_count, 0u);
  EXPECT_EQ(stats.evidence_count, 0u);
}

TEST(GraphStorePropertyTest, EqualsAGraphMadeFromWhatRemains) {
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    RunRandomSteps(std::make_unique<MemoryKvStore>(), seed, 60, 1);
    if (HasFailure()) return;
  }
}

TEST(GraphStorePropertyTest, EqualsAGraphMadeFromWhatRemainsOnDisk) {
  TemporaryDirectory directory;
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<KvStore> kv, OpenRocksKvStore(directory / "db", {}));
  RunRandomSteps(std::move(kv), 100, 60, 10);
}

// Everything that nothing supports any more is gone: only history, the change log and counters are
// left of an article that was retracted.
TEST(GraphStorePropertyTest, RetractionLeavesNoRowBehind) {
  auto owned = std::make_unique<MemoryKvStore>();
  MemoryKvStore& kv = *owned;
  ASSERT_OK_AND_ASSIGN(const auto store, GraphStore::Open(std::move(owned)));
  RandomArticles random(7);
  std::vector<MemoryKvStore::State> states;
  for (int i = 0; i < 20; ++i) {
    states.push_back(*kv.Current());
    ASSERT_THAT(store->PutArticle(random.Next(absl::StrCat("article-", i))), IsOk());
  }
  for (int i = 19; i >= 0; --i) {
    ASSERT_THAT(store->RetractArticle(absl::StrCat("article-", i)), IsOk());
    for (int family = 0; family < kColumnFamilyCount; ++family) {
      const auto cf = static_cast<ColumnFamily>(family);
      if (cf == ColumnFamily::kHist || cf == ColumnFamily::kLog || cf == ColumnFamily::kMeta ||
          cf == ColumnFamily::kAdj || cf == ColumnFamily::kFact || cf == ColumnFamily::kStat) {
        continue;  // Hold sequences or totals; the integrity check covers them.
      }
      EXPECT_EQ((*kv.Current())[family], states[i][family])
          << "article " << i << ", family " << ColumnFamilyName(cf);
    }
  }
}

class GraphStoreFaultTest : public testing::TestWithParam<FaultyKvStore::CommitFault> {
 protected:
  void SetUp() override {
    auto memory = std::make_unique<MemoryKvStore>();
    memory_ = memory.get();
    auto faulty = std::make_unique<FaultyKvStore>(std::move(memory));
    faulty_ = faulty.get();
    ASSERT_OK_AND_ASSIGN(store_, GraphStore::Open(std::move(faulty)));
    RandomArticles random(3);
    for (int i = 0; i < 10; ++i) {
      ASSERT_THAT(store_->PutArticle(random.Next(absl::StrCat("article-", i))), IsOk());
    }
    next_ = random.Next("article-next");
  }

  MemoryKvStore* memory_ = nullptr;
  FaultyKvStore* faulty_ = nullptr;
  std::unique_ptr<GraphStore> store_;
  ArticleFacts next_;
};

TEST_P(GraphStoreFaultTest, PutIsAllOrNothing) {
  for (int operation = 1;; ++operation) {
    SCOPED_TRACE(absl::StrCat("fault at operation ", operation));
    ASSERT_LT(operation, 100);
    const auto before = memory_->Current();
    faulty_->FailOperation(operation, GetParam());
    const auto result = store_->PutArticle(next_);
    const bool failed = faulty_->failed();
    faulty_->FailOperation(0);
    ExpectIntact(*memory_);
    if (!result.ok()) {
      EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnavailable, testing::_));
      EXPECT_EQ(*memory_->Current(), *before);
      continue;
    }
    EXPECT_NE(*memory_->Current(), *before);
    EXPECT_FALSE(result->unchanged);
    if (!failed) {
      EXPECT_GT(operation, 8);
      break;
    }
    // Only a lost reply may be resolved to success.
    EXPECT_EQ(GetParam(), FaultyKvStore::CommitFault::kLostReply);
    ASSERT_THAT(store_->RetractArticle(next_.article.id), IsOk());
  }
}

TEST_P(GraphStoreFaultTest, RetractionIsAllOrNothing) {
  for (int operation = 1;; ++operation) {
    SCOPED_TRACE(absl::StrCat("fault at operation ", operation));
    ASSERT_LT(operation, 100);
    const auto before = memory_->Current();
    faulty_->FailOperation(operation, GetParam());
    const auto result = store_->RetractArticle("article-4");
    const bool failed = faulty_->failed();
    faulty_->FailOperation(0);
    ExpectIntact(*memory_);
    if (!result.ok()) {
      EXPECT_THAT(result, StatusIs(absl::StatusCode::kUnavailable, testing::_));
      EXPECT_EQ(*memory_->Current(), *before);
      continue;
    }
    EXPECT_NE(*memory_->Current(), *before);
    if (!failed) {
      EXPECT_GT(operation, 8);
      break;
    }
    EXPECT_EQ(GetParam(), FaultyKvStore::CommitFault::kLostReply);
    break;  // It is gone.
  }
}

TEST_P(GraphStoreFaultTest, ReadsReportEveryFault) {
  for (int operation = 1;; ++operation) {
    SCOPED_TRACE(absl::StrCat("fault at operation ", operation));
    ASSERT_LT(operation, 300);
    faulty_->FailOperation(operation);
    const auto read = [&]() -> absl::Status {
      const auto view = store_->View();
      if (!view.ok()) return view.status();
      const auto node = (*view)->GetNode(NodeId{1});
      if (!node.ok()) return node.status();
      const auto edges = (*view)->ListEdges({.node = NodeId{1}, .evidence_limit = 2});
      if (!edges.ok()) return edges.status();
      const auto counts = (*view)->CountEdges(NodeId{1}, {}, DirectionFilter::kBoth);
      if (!counts.ok()) return counts.status();
      const auto article = (*view)->GetArticle("article-0");
      if (!article.ok()) return article.status();
      const auto evidence = (*view)->ListEvidence(FactId{1}, 10, "");
      if (!evidence.ok()) return evidence.status();
      for (const char* text : {"星河智能", "xingh", "Blue Harbour Bank"}) {
        const auto found = (*view)->SearchNodes({.text = text});
        if (!found.ok()) return found.status();
      }
      for (const uint64_t fact : {1, 2, 3}) {
        const auto found = (*view)->GetFact(FactId{fact});
        if (!found.ok()) return found.status();
      }
      for (const bool expand : {false, true}) {
        NeighborhoodQuery around{.nodes = {NodeId{1}}, .hops = 2, .expand_partnerships = expand};
        around.budget.skip_degree = 1000;
        const auto rings = (*view)->Neighborhood(around, [](NeighborhoodPart) { return true; });
        if (!rings.ok()) return rings.status();
        const auto paths = (*view)->FindPaths(
            {.source = NodeId{1}, .target = NodeId{4}, .expand_partnerships = expand});
        if (!paths.ok()) return paths.status();
      }
      const auto walks = (*view)->Traverse({.nodes = {NodeId{1}}, .steps = {{}, {}}},
                                           [](std::vector<Walk>) { return true; });
      if (!walks.ok()) return walks.status();
      return (*view)->GetStats().status();
    };
    const absl::Status status = read();
    if (!faulty_->failed()) {
      EXPECT_THAT(status, IsOk());
      EXPECT_GT(operation, 60);
      break;
    }
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable, testing::HasSubstr("injected")));
  }
}

INSTANTIATE_TEST_SUITE_P(Faults, GraphStoreFaultTest,
                         testing::Values(FaultyKvStore::CommitFault::kRefused,
                                         FaultyKvStore::CommitFault::kLostReply,
                                         FaultyKvStore::CommitFault::kLostRequest));

}  // namespace
}  // namespace partnergraph
