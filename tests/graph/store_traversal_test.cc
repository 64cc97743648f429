// The store as the source of traversals: graphs stored article by article are walked through a
// GraphView, and through rows in memory that were read from it edge by edge. Both must answer the
// same, to the edge, under every filter and budget. The store reads no edges of types and
// directions that are not asked for, so that the numbers of edges read are compared where all are.
#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "graph/graph_store.h"
#include "graph/traversal.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_edge_source.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/graph/random_articles.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

// A passage is told by its deal: the rows in memory do not know the deals' facts.
std::string Show(const Edge& edge) {
  const bool passage = ToInt(edge.partnership) != 0;
  return absl::StrCat(ToInt(edge.source.id), "-", static_cast<int>(edge.type), "-",
                      ToInt(edge.target.id), " fact ", passage ? 0 : ToInt(edge.fact), " at ",
                      PackDate(edge.date), " x", edge.source_count, " ", edge.confidence, " in ",
                      ToInt(edge.partnership));
}

std::string Show(const std::vector<Edge>& edges) {
  std::vector<std::string> texts;
  for (const Edge& edge : edges) texts.push_back(Show(edge));
  return absl::StrJoin(texts, ", ");
}

std::string Show(const QueryEnd& end, bool with_scans) {
  std::string text;
  if (with_scans) absl::StrAppend(&text, "read ", end.stats.edges_scanned);
  if (!end.truncation.has_value()) return text;
  absl::StrAppend(&text, " cut ", static_cast<int>(end.truncation->reason), " at ",
                  end.truncation->node_count);
  for (const CutNode& node : end.truncation->nodes) {
    absl::StrAppend(&text, " ", ToInt(node.node), ":", node.kept, "/", node.degree);
  }
  return text;
}

class StoreTraversalTest : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(store_, GraphStore::Open(std::make_unique<MemoryKvStore>()));
    RandomArticles articles(static_cast<uint32_t>(GetParam()));
    for (int i = 0; i < 12; ++i) {
      ASSERT_THAT(store_->PutArticle(articles.Next(absl::StrCat("article-", i))), IsOk());
    }
    ASSERT_OK_AND_ASSIGN(view_, store_->View());
    // Nothing was retracted, so that ids have no gaps.
    std::vector<Node> nodes;
    for (uint64_t id = 1;; ++id) {
      auto node = view_->GetNode(NodeId{id});
      if (absl::IsNotFound(node.status())) break;
      ASSERT_THAT(node, IsOk());
      ASSERT_EQ(rows_.AddNode(node->kind), NodeId{id});
      if (node->partnership.has_value()) deals_[node->id] = *node->partnership;
      nodes.push_back(*std::move(node));
    }
    ASSERT_GT(nodes.size(), 10u);
    for (const Node& node : nodes) {
      EdgeListQuery query{.node = node.id, .page_size = 10'000};
      for (int status = 1; status <= 6; ++status) {
        query.filter.statuses.push_back(static_cast<FactStatus>(status));
      }
      ASSERT_OK_AND_ASSIGN(const EdgeList list, view_->ListEdges(query));
      ASSERT_EQ(list.edges.size(), node.degree);
      for (const Edge& edge : list.edges) {
        if (edge.source.id != node.id) continue;
        rows_.AddEdge({edge.source.id, edge.target.id, edge.type, edge.fact, edge.date, edge.status,
                       edge.confidence, edge.source_count});
        edges_.emplace(edge.fact, edge);
      }
    }
  }

  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint32_t>(bound)); }
  NodeId AnyNode() { return NodeId{1 + random_() % rows_.node_count()}; }

  FactFilter RandomFilter() {
    FactFilter filter;
    static constexpr EdgeType kTypes[] = {kPartyTo,  kTookPartIn, kConcerns,   kEmployedBy,
                                          kDevelops, kPartOf,     kPartnerWith};
    if (Below(3) == 0) {
      for (int i = Below(3); i >= 0; --i) filter.types.push_back(kTypes[Below(7)]);
    }
    if (Below(3) == 0) filter.direction = static_cast<DirectionFilter>(Below(3));
    if (Below(4) == 0) filter.statuses = {FactStatus::kActive, FactStatus::kDenied};
    if (Below(4) == 0) filter.min_confidence = 0.5f;
    if (Below(5) == 0) filter.min_sources = 2;
    if (Below(5) == 0) filter.date_from = {.year = 2019};
    return filter;
  }

  static bool ReadsAll(const FactFilter& filter) {
    return filter.types.empty() && filter.direction == DirectionFilter::kBoth;
  }

  Budget RandomBudget(bool reads_all) {
    Budget budget;
    if (reads_all && Below(2) == 0) budget.edges_scanned_max = 1 + static_cast<uint64_t>(Below(80));
    if (Below(3) == 0) budget.per_node_limit = 1 + static_cast<uint32_t>(Below(6));
    if (Below(4) == 0) budget.skip_degree = 1 + static_cast<uint64_t>(Below(12));
    if (Below(4) == 0) budget.nodes_max = 1 + static_cast<uint64_t>(Below(10));
    if (Below(2) == 0) budget.per_node_order = NodeOrder::kConfidence;
    return budget;
  }

  // An edge of an answer says what ListEdges says of it.
  void ExpectStored(const Edge& edge) {
    if (ToInt(edge.partnership) != 0) {
      EXPECT_EQ(edge.fact, deals_.at(edge.partnership).fact);
      EXPECT_EQ(edge.partnership_kind, deals_.at(edge.partnership).kind);
      return;
    }
    const auto stored = edges_.find(edge.fact);
    ASSERT_NE(stored, edges_.end());
    EXPECT_EQ(Show(edge), Show(stored->second));
    EXPECT_EQ(edge.role, stored->second.role);
    EXPECT_EQ(edge.title, stored->second.title);
    EXPECT_EQ(edge.source.name, stored->second.source.name);
    EXPECT_EQ(edge.target.name, stored->second.target.name);
    EXPECT_EQ(edge.partnership_kind, stored->second.partnership_kind);
  }

  std::unique_ptr<GraphStore> store_;
  std::unique_ptr<GraphView> view_;
  MemoryEdgeSource rows_;
  std::map<FactId, Edge> edges_;
  std::map<NodeId, Partnership> deals_;
  std::mt19937 random_{static_cast<uint32_t>(GetParam())};
};

TEST_P(StoreTraversalTest, NeighborhoodsAreThoseOfTheRows) {
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    NeighborhoodQuery query{.nodes = {AnyNode()}, .hops = 1 + static_cast<uint32_t>(Below(3))};
    query.filter = RandomFilter();
    query.expand_partnerships = Below(2) == 0;
    const bool reads_all = query.expand_partnerships && ReadsAll(query.filter);
    query.budget = RandomBudget(reads_all);
    const auto walk = [&](auto run, bool stored) -> std::string {
      std::string text;
      const absl::StatusOr<QueryEnd> end = run([&](NeighborhoodPart part) {
        for (const RingNode& node : part.nodes) {
          absl::StrAppend(&text, ToInt(node.node.id), "@", node.ring, "/", node.degree, " ");
        }
        absl::StrAppend(&text, Show(part.edges), "\n");
        for (const Edge& edge : part.edges) {
          if (stored) ExpectStored(edge);
        }
        return true;
      });
      EXPECT_THAT(end, IsOk());
      return end.ok() ? text + Show(*end, reads_all) : text;
    };
    EXPECT_EQ(walk([&](auto emit) { return view_->Neighborhood(query, emit); }, true),
              walk([&](auto emit) { return WalkNeighborhood(rows_, query, emit); }, false));
  }
}

TEST_P(StoreTraversalTest, StepsAreThoseOfTheRows) {
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    TraverseQuery query{.nodes = {AnyNode()}};
    for (int i = Below(3); i >= 0; --i) {
      query.steps.push_back({.filter = RandomFilter(), .max_repeat = 1 + uint32_t(Below(2))});
    }
    const bool reads_all = std::ranges::all_of(
        query.steps, [](const TraverseStep& step) { return ReadsAll(step.filter); });
    query.budget = RandomBudget(reads_all);
    const auto walk = [&](auto run, bool stored) -> std::string {
      std::string text;
      const absl::StatusOr<QueryEnd> end = run([&](std::vector<Walk> walks) {
        for (const Walk& found : walks) {
          absl::StrAppend(&text, ToInt(found.end.id), ": ", Show(found.edges), "\n");
          for (const Edge& edge : found.edges) {
            if (stored) ExpectStored(edge);
          }
        }
        return true;
      });
      EXPECT_THAT(end, IsOk());
      return end.ok() ? text + Show(*end, reads_all) : text;
    };
    EXPECT_EQ(walk([&](auto emit) { return view_->Traverse(query, emit); }, true),
              walk([&](auto emit) { return WalkSteps(rows_, query, emit); }, false));
  }
}

TEST_P(StoreTraversalTest, PathsAreThoseOfTheRows) {
  for (int round = 0; round < 40; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    PathQuery query{.source = AnyNode(), .target = AnyNode()};
    query.paths_max = 1 + static_cast<uint32_t>(Below(4));
    query.filter = RandomFilter();
    query.expand_partnerships = Below(2) == 0;
    const bool reads_all = query.expand_partnerships && ReadsAll(query.filter);
    query.budget = RandomBudget(reads_all);
    const auto show = [&](const absl::StatusOr<PathResult>& result) -> std::string {
      EXPECT_THAT(result, IsOk());
      if (!result.ok()) return "";
      std::string text = absl::StrCat("outcome ", static_cast<int>(result->outcome), "\n");
      for (const Path& path : result->paths) absl::StrAppend(&text, Show(path.edges), "\n");
      return text + Show(result->end, reads_all);
    };
    EXPECT_EQ(show(view_->FindPaths(query)), show(FindShortestPaths(rows_, query)));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, StoreTraversalTest, testing::Range(1, 25));

}  // namespace
}  // namespace partnergraph
