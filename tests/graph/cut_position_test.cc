// Where cut answers go on: what was kept and the list of edges from the position on are all edges
// of the node, each once. Over random graphs, read from the store and from rows in memory.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "graph/graph_store.h"
#include "gtest/gtest.h"
#include "tests/graph/two_views_fixture.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

constexpr uint64_t kPlenty = 1 << 30;

using EdgeKey = std::tuple<FactId, EdgeType, NodeId, NodeId>;
EdgeKey KeyOf(const Edge& edge) { return {edge.fact, edge.type, edge.source.id, edge.target.id}; }

class CutPositionTest : public TwoViewsTest {
 protected:
  FactFilter RandomFilter(bool passages) {
    static constexpr EdgeType kTypes[] = {kPartyTo, kEmployedBy, kDevelops, kPartOf, kTookPartIn};
    FactFilter filter;
    if (!passages) {
      for (uint32_t i = 1 + Below(4); i > 0; --i) {
        const EdgeType type = kTypes[Below(5)];
        if (std::ranges::find(filter.types, type) == filter.types.end()) {
          filter.types.push_back(type);
        }
      }
    }
    if (Below(2) == 0) filter.direction = static_cast<DirectionFilter>(Below(3));
    if (Below(4) == 0) filter.min_confidence = static_cast<float>(Below(10)) / 10;
    if (Below(4) == 0) filter.date_from = {.year = static_cast<int16_t>(2015 + Below(6))};
    return filter;
  }

  Budget RandomBudget() {
    Budget budget{.edges_scanned_max = kPlenty};
    if (Below(3) != 0) budget.per_node_limit = 1 + Below(4);
    if (Below(3) == 0) budget.edges_scanned_max = 1 + Below(30);
    if (Below(3) == 0) budget.nodes_max = 1 + Below(8);
    if (Below(5) == 0) budget.skip_degree = 3 + Below(6);
    if (Below(4) == 0) budget.bytes_max = 300 + Below(2000);
    return budget;
  }

  std::vector<Edge> List(GraphView& view, NodeId node, const FactFilter& filter,
                         const std::string& position) {
    EdgeListQuery query{.node = node, .filter = filter, .page_size = 5, .position = position};
    query.edges_scanned_max = kPlenty;
    std::vector<Edge> edges;
    do {
      absl::StatusOr<EdgeList> page = view.ListEdges(query);
      EXPECT_THAT(page, IsOk());
      if (!page.ok()) return edges;
      edges.insert(edges.end(), page->edges.begin(), page->edges.end());
      query.position = page->next_position;
    } while (!query.position.empty());
    return edges;
  }

  // The edges before the position of a cut; `rest` gets those from it on. Both views agree.
  std::vector<Edge> Before(const CutNode& cut, const FactFilter& filter, std::vector<Edge>& rest) {
    std::vector<Edge> all = List(*views_[Below(2)], cut.node, filter, "");
    rest = List(*views_[Below(2)], cut.node, filter, cut.position);
    EXPECT_LE(rest.size(), all.size());
    if (rest.size() > all.size()) return {};
    const size_t before = all.size() - rest.size();
    for (size_t i = 0; i < rest.size(); ++i) EXPECT_EQ(KeyOf(rest[i]), KeyOf(all[before + i]));
    all.resize(before);
    return all;
  }
};

// Deals that the query does not name are no nodes of its answer: edges to them are not shown.
bool IsHidden(const Edge& edge, bool expand) {
  return !expand &&
         (edge.source.kind == NodeKind::kPartnership || edge.target.kind == NodeKind::kPartnership);
}

TEST_P(CutPositionTest, WhatWasKeptAndTheRestAreAllEdgesOfTheNode) {
  uint64_t positions = 0;
  for (const NodeId node : nodes_) {
    for (int round = 0; round < 12; ++round) {
      const bool passages = Below(3) == 0;
      NeighborhoodQuery query{.nodes = {node},
                              .hops = 1,
                              .filter = RandomFilter(passages),
                              .expand_partnerships = !passages && Below(2) == 0,
                              .budget = RandomBudget()};
      GraphView& view = *views_[Below(2)];
      std::set<EdgeKey> kept;
      ASSERT_OK_AND_ASSIGN(const QueryEnd end, view.Neighborhood(query, [&](NeighborhoodPart part) {
        for (const Edge& edge : part.edges) {
          if (edge.partnership == NodeId{}) {
            EXPECT_TRUE(kept.insert(KeyOf(edge)).second) << "an edge twice";
          }
        }
        return true;
      }));
      if (!end.truncation.has_value()) continue;
      for (const CutNode& cut : end.truncation->nodes) {
        EXPECT_EQ(cut.step, 0u);
        std::vector<Edge> rest;
        const std::vector<Edge> before = Before(cut, query.filter, rest);
        positions += cut.position.empty() ? 0 : 1;
        if (cut.node != node) continue;  // A deal on the way.
        for (const Edge& edge : rest) {
          EXPECT_TRUE(cut.position.empty() || !kept.contains(KeyOf(edge)));
        }
        for (const Edge& edge : before) {
          EXPECT_TRUE(kept.contains(KeyOf(edge)) || IsHidden(edge, query.expand_partnerships));
        }
        // Where the answer had no room, only what was sent from this end counts as kept.
        const bool room = query.budget.bytes_max == Budget().bytes_max;
        EXPECT_TRUE(!query.expand_partnerships || before.size() == cut.kept ||
                    (!room && before.size() > cut.kept));
        EXPECT_TRUE(passages || cut.kept == 0 || !cut.position.empty());
      }
    }
  }
  EXPECT_GT(positions, 20u) << "the test looks at something";
}

// A deal that is a node of the answer and passed through: its edge and its passages are of one row.
TEST_P(CutPositionTest, ARowIntoADealIsBehindOnlyWithItsPassages) {
  uint64_t positions = 0, into_deals = 0;
  for (const NodeId node : nodes_) {
    ASSERT_OK_AND_ASSIGN(const Node described, views_[0]->GetNode(node));
    if (described.kind != NodeKind::kCompany) continue;
    NeighborhoodQuery query{.nodes = {node}, .hops = 1};
    for (const Edge& edge : List(*views_[0], node, {.types = {kPartyTo}}, "")) {
      query.nodes.push_back(edge.target.id);
    }
    std::vector<Edge> whole, kept;
    const auto into = [](std::vector<Edge>& edges) {
      return [&edges](NeighborhoodPart part) {
        edges.insert(edges.end(), part.edges.begin(), part.edges.end());
        return true;
      };
    };
    ASSERT_THAT(views_[0]->Neighborhood(query, into(whole)), IsOk());
    for (uint64_t bytes = 100; bytes < 6000; bytes += 60) {
      query.budget.bytes_max = bytes;
      kept.clear();
      ASSERT_OK_AND_ASSIGN(const QueryEnd end, views_[Below(2)]->Neighborhood(query, into(kept)));
      if (!end.truncation.has_value()) break;
      for (const CutNode& cut : end.truncation->nodes) {
        if (cut.node != node || cut.position.empty()) continue;
        ++positions;
        std::vector<Edge> rest;
        for (const Edge& row : Before(cut, query.filter, rest)) {
          if (row.target.kind != NodeKind::kPartnership) continue;
          ++into_deals;
          const auto through = [&](const std::vector<Edge>& edges) {
            return std::ranges::count_if(edges, [&](const Edge& edge) {
              return edge.partnership == row.target.id &&
                     (edge.source.id == node || edge.target.id == node);
            });
          };
          EXPECT_EQ(through(kept), through(whole));
        }
      }
    }
  }
  EXPECT_GT(positions, 20u);
  EXPECT_GT(into_deals, 20u);
}

TEST_P(CutPositionTest, NodesAndCountsGoOnWhereEdgesDo) {
  uint64_t positions = 0;
  for (const NodeId node : nodes_) {
    for (int round = 0; round < 8; ++round) {
      NeighborhoodQuery query{.nodes = {node},
                              .hops = 1 + Below(3),
                              .filter = RandomFilter(Below(2) == 0),
                              .expand_partnerships = true,
                              .detail = static_cast<AnswerDetail>(Below(3)),
                              .budget = RandomBudget()};
      GraphView& view = *views_[Below(2)];
      ASSERT_OK_AND_ASSIGN(const QueryEnd end,
                           view.Neighborhood(query, [](NeighborhoodPart) { return true; }));
      if (!end.truncation.has_value()) continue;
      for (const CutNode& cut : end.truncation->nodes) {
        std::vector<Edge> rest;
        const size_t before = Before(cut, query.filter, rest).size();
        positions += cut.position.empty() ? 0 : 1;
        const bool room = query.budget.bytes_max == Budget().bytes_max;
        EXPECT_TRUE(before == cut.kept || (!room && before > cut.kept))
            << before << " " << cut.kept;
      }
    }
  }
  EXPECT_GT(positions, 20u);
}

TEST_P(CutPositionTest, StepsGoOnByTheirOwnFilters) {
  uint64_t positions = 0;
  for (const NodeId node : nodes_) {
    for (int round = 0; round < 8; ++round) {
      TraverseQuery query{.nodes = {node}, .detail = static_cast<AnswerDetail>(Below(3))};
      for (uint32_t i = 0, n = 1 + Below(3); i < n; ++i) {
        TraverseStep step{.filter = RandomFilter(Below(2) == 0)};
        step.max_repeat = 1 + Below(2);
        step.min_repeat = Below(step.max_repeat + 1);
        query.steps.push_back(step);
      }
      query.budget = RandomBudget();
      GraphView& view = *views_[Below(2)];
      ASSERT_OK_AND_ASSIGN(const QueryEnd end,
                           view.Traverse(query, [](std::vector<Walk>) { return true; }));
      if (!end.truncation.has_value()) continue;
      for (const CutNode& cut : end.truncation->nodes) {
        ASSERT_LT(cut.step, query.steps.size());
        std::vector<Edge> rest;
        EXPECT_EQ(Before(cut, query.steps[cut.step].filter, rest).size(), cut.kept);
        positions += cut.position.empty() ? 0 : 1;
      }
    }
  }
  EXPECT_GT(positions, 20u);
}

TEST_P(CutPositionTest, WhatHasNoPlaceInTheListBeginsAnew) {
  uint64_t kept[3] = {};  // Cuts of each kind that have kept something.
  for (const NodeId node : nodes_) {
    for (int kind = 0; kind < 3; ++kind) {
      NeighborhoodQuery query{.nodes = {node}, .hops = 2};
      query.budget.per_node_limit = 1 + Below(3);
      if (kind == 0) query.budget.per_node_order = NodeOrder::kConfidence;
      if (kind == 1) query.filter.types = {kPartnerWith, kPartOf};
      if (kind == 2) query.filter.direction = DirectionFilter::kIn;
      for (const auto& view : views_) {
        ASSERT_OK_AND_ASSIGN(const QueryEnd end,
                             view->Neighborhood(query, [](NeighborhoodPart) { return true; }));
        if (!end.truncation.has_value()) continue;
        for (const CutNode& cut : end.truncation->nodes) {
          EXPECT_EQ(cut.position, "");
          kept[kind] += cut.kept > 0 ? 1 : 0;
        }
      }
    }
  }
  for (const uint64_t of_kind : kept) EXPECT_GT(of_kind, 5u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CutPositionTest, testing::Range(0, 4));

}  // namespace
}  // namespace partnergraph
