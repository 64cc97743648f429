// The scan of the whole graph against what the same view says node by node.
#include "graph/whole_graph.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/graph_store.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/graph/random_articles.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::_;

// Fact, source and target.
using EdgeEnds = std::tuple<FactId, NodeId, NodeId>;

// With rows in memory and without.
class WholeGraphTest : public testing::TestWithParam<bool> {
 protected:
  static absl::StatusOr<std::unique_ptr<GraphStore>> Open() {
    GraphStoreOptions options;
    if (GetParam()) options.topology = {.bytes_max = 64 << 20, .merge_rows_min = 10};
    return GraphStore::Open(std::make_unique<MemoryKvStore>(), options);
  }
};

INSTANTIATE_TEST_SUITE_P(Topology, WholeGraphTest, testing::Bool());

TEST_P(WholeGraphTest, ScanGivesEveryNodeOnceWithAllItsEdges) {
  ASSERT_OK_AND_ASSIGN(const auto store, Open());
  RandomArticles articles(7);
  for (int i = 0; i < 30; ++i) {
    ASSERT_THAT(store->PutArticle(articles.Next(absl::StrCat("article-", i))), IsOk());
  }
  // Ids of nodes that are gone are left out.
  for (int i = 0; i < 30; i += 4) {
    ASSERT_THAT(store->RetractArticle(absl::StrCat("article-", i)), IsOk());
  }
  EXPECT_EQ(store->ReportTopology().present, GetParam());
  ASSERT_OK_AND_ASSIGN(const auto view, store->View());
  const std::unique_ptr<WholeGraph> whole = view->Whole();
  ASSERT_OK_AND_ASSIGN(const uint64_t node_end, whole->NodeEnd());
  ASSERT_GT(node_end, 10u);
  std::map<NodeId, NodeKind> kinds;
  std::map<NodeId, std::multiset<EdgeEnds>> edges;
  for (uint64_t begin = 1; begin < node_end; begin += 7) {
    NodeId last{};
    ASSERT_THAT(
        whole->Scan(
            NodeId{begin}, NodeId{std::min(begin + 7, node_end)},
            [&](NodeId node, NodeKind kind, std::span<const AdjacentEdge> part) {
              EXPECT_GT(ToInt(node), ToInt(last));
              last = node;
              kinds[node] = kind;
              for (const AdjacentEdge& edge : part) {
                EXPECT_EQ(edge.node, node);
                const bool out = edge.direction == Direction::kOut;
                edges[node].insert({edge.fact, out ? node : edge.other, out ? edge.other : node});
              }
              return absl::OkStatus();
            }),
        IsOk());
  }
  for (uint64_t id = 1; id < node_end + 3; ++id) {
    const absl::StatusOr<Node> node = view->GetNode(NodeId{id});
    ASSERT_EQ(node.ok(), kinds.contains(NodeId{id}));
    if (!node.ok()) continue;
    EXPECT_EQ(kinds[NodeId{id}], node->kind);
    EdgeListQuery query;
    query.node = NodeId{id};
    query.page_size = 1000;
    query.filter.statuses = {FactStatus::kRumoured, FactStatus::kPlanned, FactStatus::kAnnounced,
                             FactStatus::kActive,   FactStatus::kEnded,   FactStatus::kDenied};
    ASSERT_OK_AND_ASSIGN(const EdgeList list, view->ListEdges(query));
    std::multiset<EdgeEnds> listed;
    for (const Edge& edge : list.edges) {
      listed.insert({edge.fact, edge.source.id, edge.target.id});
    }
    EXPECT_EQ(edges[NodeId{id}], listed) << id;
    EXPECT_EQ(listed.size(), node->degree);
  }
}

TEST_P(WholeGraphTest, EmptyGraphAndSinksThatEndTheScan) {
  ASSERT_OK_AND_ASSIGN(const auto store, Open());
  {
    ASSERT_OK_AND_ASSIGN(const auto view, store->View());
    ASSERT_OK_AND_ASSIGN(const uint64_t node_end, view->Whole()->NodeEnd());
    EXPECT_EQ(node_end, 1u);
  }
  RandomArticles articles(7);
  ASSERT_THAT(store->PutArticle(articles.Next("article")), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto view, store->View());
  int calls = 0;
  EXPECT_THAT(view->Whole()->Scan(NodeId{1}, NodeId{1000},
                                  [&](NodeId, NodeKind, std::span<const AdjacentEdge>) {
                                    ++calls;
                                    return absl::CancelledError("enough");
                                  }),
              StatusIs(absl::StatusCode::kCancelled, _));
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace partnergraph
