// A graph of random articles, and two views of one state: read from rows in memory, and from the
// store.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/graph_store.h"
#include "graph/store_view.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/graph/random_articles.h"
#include "tests/status_matchers.h"

namespace partnergraph {

// The parameter is a seed.
class TwoViewsTest : public testing::TestWithParam<int> {
 protected:
  TwoViewsTest() : random_(static_cast<uint32_t>(GetParam()) * 101 + 3) {}

  void SetUp() override {
    auto kv = std::make_unique<MemoryKvStore>();
    kv_ = kv.get();
    ASSERT_OK_AND_ASSIGN(store_,
                         GraphStore::Open(std::move(kv), {.topology = {.bytes_max = 1 << 30}}));
    RandomArticles articles(static_cast<uint32_t>(GetParam()));
    for (int i = 0; i < 30; ++i) {
      ASSERT_THAT(store_->PutArticle(articles.Next(absl::StrCat("article-", i))), IsOk());
    }
    ASSERT_TRUE(store_->ReportTopology().present);
    MakeViews();
    if (HasFatalFailure()) return;
    std::vector<NodeId> ids;
    for (uint64_t id = 1; id < 300; ++id) ids.push_back(NodeId{id});
    ASSERT_OK_AND_ASSIGN(const auto nodes, views_[1]->GetNodes(ids));
    for (const auto& node : nodes) {
      if (node.has_value()) nodes_.push_back(node->id);
    }
    ASSERT_GT(nodes_.size(), 10u);
  }

  // The newest state, from rows in memory and from the store.
  void MakeViews() {
    ASSERT_OK_AND_ASSIGN(views_[0], store_->View());
    ASSERT_TRUE(views_[0]->in_memory());
    ASSERT_OK_AND_ASSIGN(auto snapshot, kv_->Snapshot());
    ASSERT_OK_AND_ASSIGN(
        views_[1], MakeStoreView(RecordReader(*kv_, std::move(snapshot), kDefaultNamespace), cache_,
                                 store_->schema()));
  }

  uint32_t Below(uint32_t bound) { return random_() % bound; }

  MemoryKvStore* kv_ = nullptr;
  ReadCaches cache_{0};
  std::unique_ptr<GraphStore> store_;
  std::unique_ptr<GraphView> views_[2];
  std::vector<NodeId> nodes_;
  std::mt19937 random_;
};

}  // namespace partnergraph
