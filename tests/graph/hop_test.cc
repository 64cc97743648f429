// What a hop holds at once, which answers do not show.
#include "graph/hop.h"

#include <string>
#include <vector>

#include "graph/keys.h"
#include "graph/traversal.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_edge_source.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

// Company 1 owns `hubs` companies, each of which employs `leaves` people of its own.
MemoryEdgeSource Tree(uint64_t hubs, uint64_t leaves) {
  MemoryEdgeSource graph;
  const NodeId root = graph.AddNode(NodeKind::kCompany);
  for (uint64_t i = 0; i < hubs; ++i) {
    const NodeId hub = graph.AddNode(NodeKind::kCompany);
    graph.AddEdge({.source = hub, .target = root, .type = kPartOf});
    for (uint64_t j = 0; j < leaves; ++j) {
      graph.AddEdge({.source = graph.AddNode(NodeKind::kPerson),
                     .target = hub,
                     .type = kEmployedBy,
                     .confidence = static_cast<float>(j % 7) / 7});
    }
  }
  return graph;
}

TEST(HopTest, WideFrontierIsReadInSlices) {
  MemoryEdgeSource graph = Tree(200, 900);
  NeighborhoodQuery query{.nodes = {NodeId{1}}, .hops = 2};
  query.budget = {
      .edges_scanned_max = 1'000'000, .nodes_max = 1'000'000, .bytes_max = uint64_t{1} << 40};
  uint64_t nodes = 0, edges = 0;
  const auto emit = [&](NeighborhoodPart part) {
    nodes += part.nodes.size();
    edges += part.edges.size();
    return true;
  };
  ASSERT_OK_AND_ASSIGN(const QueryEnd whole, WalkNeighborhood(graph, query, emit));
  EXPECT_FALSE(whole.truncation.has_value());
  EXPECT_EQ(nodes, 1u + 200u + 180'000u);
  EXPECT_EQ(edges, 200u + 180'000u);
  EXPECT_EQ(graph.expand_calls, 4);  // The root, and three slices.

  // An answer that is full ends the reading with the slice at hand.
  query.budget.bytes_max = 1 << 20;
  ASSERT_OK_AND_ASSIGN(const QueryEnd cut, WalkNeighborhood(graph, query, emit));
  ASSERT_TRUE(cut.truncation.has_value());
  EXPECT_EQ(cut.truncation->reason, TruncationReason::kBytes);
  EXPECT_LT(cut.stats.edges_scanned, kSliceEdgesMax + 3000);

  // So does the budget: what was not read is cut.
  query.budget.bytes_max = uint64_t{1} << 40;
  query.budget.edges_scanned_max = 100'000;
  ASSERT_OK_AND_ASSIGN(const QueryEnd budget, WalkNeighborhood(graph, query, emit));
  ASSERT_TRUE(budget.truncation.has_value());
  EXPECT_EQ(budget.truncation->reason, TruncationReason::kEdgesScanned);
  EXPECT_EQ(budget.stats.edges_scanned, 100'000u);
  EXPECT_GT(budget.truncation->node_count, 80u);
}

// Nodes with just as many edges as may be followed do not use up the places of those with more.
TEST(HopTest, ACutNodeBehindManyAtTheLimitGoesOn) {
  MemoryEdgeSource graph = Tree(0, 0);
  NeighborhoodQuery query{.hops = 1, .filter = {.types = {kEmployedBy}}};
  query.budget.per_node_limit = 2;
  for (int i = 0; i < 300; ++i) {
    const NodeId company = graph.AddNode(NodeKind::kCompany);
    query.nodes.push_back(company);
    for (int j = 0; j < (i < 250 ? 2 : 3); ++j) {
      graph.AddEdge(
          {.source = graph.AddNode(NodeKind::kPerson), .target = company, .type = kEmployedBy});
    }
  }
  ASSERT_OK_AND_ASSIGN(const QueryEnd end,
                       WalkNeighborhood(graph, query, [](NeighborhoodPart) { return true; }));
  ASSERT_TRUE(end.truncation.has_value());
  ASSERT_EQ(end.truncation->nodes.size(), 50u);
  for (size_t i = 0; i < 50; ++i) {
    const CutNode& cut = end.truncation->nodes[i];
    EXPECT_EQ(cut.kept, 2u);
    EXPECT_EQ(cut.position, EdgePosition(graph.rows(query.nodes[250 + i])[1]));
  }
}

TEST(HopTest, MostCertainEdgesOfAHubAreKeptInStoredOrder) {
  MemoryEdgeSource graph = Tree(1, 5000);
  NeighborhoodQuery query{.nodes = {NodeId{2}}, .hops = 1};
  query.filter.types = {kEmployedBy};
  query.budget.per_node_limit = 800;
  query.budget.per_node_order = NodeOrder::kConfidence;
  std::vector<Edge> edges;
  ASSERT_OK_AND_ASSIGN(const QueryEnd end,
                       WalkNeighborhood(graph, query, [&](NeighborhoodPart part) {
                         edges.insert(edges.end(), part.edges.begin(), part.edges.end());
                         return true;
                       }));
  ASSERT_EQ(edges.size(), 800u);
  EXPECT_EQ(end.truncation->reason, TruncationReason::kPerNodeLimit);
  // 714 of 5000 are as certain as any; among equals the stored order decides.
  for (size_t i = 0; i < edges.size(); ++i) {
    EXPECT_FLOAT_EQ(edges[i].confidence, i < 714 ? 6.0f / 7 : 5.0f / 7) << i;
    if (i % 714 != 0) {
      EXPECT_LT(edges[i - 1].source.id, edges[i].source.id);
    }
  }
}

}  // namespace
}  // namespace partnergraph
