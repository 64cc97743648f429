#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "graph/traversal.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_edge_source.h"
#include "tests/graph/traversal_fixture.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using ::testing::_;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

struct Rings {
  std::map<uint64_t, uint32_t> ring_of;
  std::vector<Edge> edges;
  std::vector<NeighborhoodPart> parts;
  QueryEnd end;
};

absl::StatusOr<Rings> Neighborhood(EdgeSource& source, const NeighborhoodQuery& query) {
  Rings rings;
  absl::StatusOr<QueryEnd> end = WalkNeighborhood(source, query, [&](NeighborhoodPart part) {
    for (const RingNode& node : part.nodes) {
      EXPECT_TRUE(rings.ring_of.emplace(ToInt(node.node.id), node.ring).second)
          << "node " << ToInt(node.node.id) << " twice";
    }
    for (const Edge& edge : part.edges) {
      EXPECT_TRUE(rings.ring_of.contains(ToInt(edge.source.id)));
      EXPECT_TRUE(rings.ring_of.contains(ToInt(edge.target.id)));
      rings.edges.push_back(edge);
    }
    EXPECT_LE(part.nodes.size(), kPartMax);
    EXPECT_LE(part.edges.size(), kPartMax);
    rings.parts.push_back(std::move(part));
    return true;
  });
  if (!end.ok()) return end.status();
  rings.end = *std::move(end);
  return rings;
}

using NeighborhoodTest = TraversalTest;

TEST_F(NeighborhoodTest, PassageThroughADealIsOneHop) {
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, From(1)));
  EXPECT_THAT(rings.ring_of, UnorderedElementsAre(std::pair(1, 0), std::pair(2, 1), std::pair(3, 1),
                                                  std::pair(7, 1)));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-2@4", "1-3@4", "7-1"));
  EXPECT_FALSE(rings.end.truncation.has_value());
  for (const Edge& edge : rings.edges) {
    EXPECT_EQ(edge.type == kPartnerWith, edge.partnership == NodeId{4});
  }
}

TEST_F(NeighborhoodTest, EdgesAmongReachedNodesAreReportedOnce) {
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, From(1, 2)));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-2@4", "1-3@4", "7-1", "2-3@4"));
}

TEST_F(NeighborhoodTest, ExpandedDealsAreNodes) {
  NeighborhoodQuery query = From(1, 2);
  query.expand_partnerships = true;
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, query));
  EXPECT_THAT(rings.ring_of, UnorderedElementsAre(std::pair(1, 0), std::pair(4, 1), std::pair(7, 1),
                                                  std::pair(2, 2), std::pair(3, 2), std::pair(5, 2),
                                                  std::pair(6, 2)));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-4", "2-4", "3-4", "5-4", "4-6", "7-1"));
}

TEST_F(NeighborhoodTest, NamingPartnerWithKeepsPassagesInBothModes) {
  NeighborhoodQuery query = From(1);
  query.filter.types = {kPartnerWith};
  ASSERT_OK_AND_ASSIGN(Rings rings, Neighborhood(graph_, query));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-2@4", "1-3@4"));
  query.expand_partnerships = true;
  query.hops = 2;
  ASSERT_OK_AND_ASSIGN(rings, Neighborhood(graph_, query));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-4", "2-4", "3-4"));
}

TEST_F(NeighborhoodTest, NamingOtherTypesLeavesPassagesOut) {
  NeighborhoodQuery query = From(1);
  query.filter.types = {kEmployedBy, kPartyTo};
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, query));
  EXPECT_THAT(Show(rings.edges), ElementsAre("7-1"));
}

TEST_F(NeighborhoodTest, PassagesHaveNoDirection) {
  for (DirectionFilter direction : {DirectionFilter::kOut, DirectionFilter::kIn}) {
    NeighborhoodQuery query = From(1);
    query.filter.direction = direction;
    ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, query));
    EXPECT_TRUE(rings.ring_of.contains(2));
    EXPECT_TRUE(rings.ring_of.contains(3));
    EXPECT_EQ(rings.ring_of.contains(7), direction == DirectionFilter::kIn);
  }
}

TEST_F(NeighborhoodTest, DealThatTheQueryNamesIsShown) {
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, From(4, 2)));
  EXPECT_EQ(rings.ring_of.size(), 7u);
  EXPECT_EQ(rings.ring_of.at(6), 1u);
}

TEST_F(NeighborhoodTest, StoredPartnerWithIsAPlainEdge) {
  Add(2, 3, kPartnerWith);
  for (bool expand : {false, true}) {
    NeighborhoodQuery query = From(2);
    query.filter.types = {kPartnerWith};
    query.expand_partnerships = expand;
    ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, query));
    EXPECT_THAT(Show(rings.edges), testing::Contains("2-3"));
  }
}

TEST_F(NeighborhoodTest, FilterHoldsAtBothEdgesOfAPassage) {
  MemoryEdgeSource graph;
  for (int i = 0; i < 3; ++i) graph.AddNode(NodeKind::kCompany);
  graph.AddNode(NodeKind::kPartnership);
  for (uint64_t i = 1; i <= 3; ++i) {
    graph.AddEdge({.source = NodeId{i},
                   .target = NodeId{4},
                   .type = kPartyTo,
                   .confidence = i == 3 ? 0.2f : 0.9f});
  }
  NeighborhoodQuery query = From(1);
  query.filter.min_confidence = 0.5f;
  ASSERT_OK_AND_ASSIGN(Rings rings, Neighborhood(graph, query));
  EXPECT_THAT(Show(rings.edges), ElementsAre("1-2@4"));
  query.nodes = {NodeId{3}};
  ASSERT_OK_AND_ASSIGN(rings, Neighborhood(graph, query));
  EXPECT_THAT(rings.edges, IsEmpty());
  query.filter.min_confidence = 0;
  ASSERT_OK_AND_ASSIGN(rings, Neighborhood(graph, query));
  ASSERT_THAT(rings.edges, SizeIs(2));
  EXPECT_FLOAT_EQ(rings.edges[0].confidence, 0.2f);
}

TEST_F(NeighborhoodTest, NodesOfOtherKindsAreNeitherShownNorExpanded) {
  NeighborhoodQuery query = From(7, 2);
  query.node_kinds = {NodeKind::kPerson};
  ASSERT_OK_AND_ASSIGN(Rings rings, Neighborhood(graph_, query));
  EXPECT_THAT(rings.ring_of, ElementsAre(std::pair(7, 0)));
  // Deals are passed through whatever the kinds.
  query = From(1, 2);
  query.node_kinds = {NodeKind::kCompany};
  ASSERT_OK_AND_ASSIGN(rings, Neighborhood(graph_, query));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-2@4", "1-3@4", "2-3@4"));
}

TEST_F(NeighborhoodTest, LoopsCyclesAndParallelEdgesEndAndAreReportedOnce) {
  Add(1, 1, kUses);
  Add(1, 2, kPartOf);
  Add(1, 2, kPartOf);
  Add(2, 1, kPartOf);
  NeighborhoodQuery query = From(1, 6);
  query.filter.types = {kUses, kPartOf};
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, query));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-1", "1-2", "1-2", "2-1"));
}

TEST_F(NeighborhoodTest, PartyWithTwoRolesIsPassedOnce) {
  Add(1, 4, kPartyTo);
  Add(2, 4, kPartyTo);
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, From(1)));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-2@4", "1-3@4", "7-1"));
}

TEST_F(NeighborhoodTest, PartyWithTwoRolesCountsOnceAgainstTheLimit) {
  Add(1, 4, kPartyTo);
  Add(2, 4, kPartyTo);
  for (int i = 0; i < 2; ++i) Add(1, ToInt(graph_.AddNode(NodeKind::kProduct)), kDevelops);
  NeighborhoodQuery query = From(1);
  query.budget.per_node_limit = 5;
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, query));
  EXPECT_THAT(rings.edges, SizeIs(5));
  EXPECT_FALSE(rings.end.truncation.has_value());
}

TEST_F(NeighborhoodTest, DealCountsForEachNodeThatPassesThroughIt) {
  ASSERT_OK_AND_ASSIGN(Rings rings, Neighborhood(graph_, From(1)));
  // Two edges of the company and five of the deal.
  EXPECT_EQ(rings.end.stats.edges_scanned, 7u);
  ASSERT_OK_AND_ASSIGN(rings, Neighborhood(graph_, From(1, 2)));
  // One edge of each of three nodes more, and the deal's three parties for two of them.
  EXPECT_EQ(rings.end.stats.edges_scanned, 16u);
  NeighborhoodQuery query = From(1, 2);
  query.budget.edges_scanned_max = 15;
  ASSERT_OK_AND_ASSIGN(rings, Neighborhood(graph_, query));
  ASSERT_TRUE(rings.end.truncation.has_value());
  EXPECT_EQ(rings.end.truncation->reason, TruncationReason::kEdgesScanned);
}

TEST_F(NeighborhoodTest, StartsAreTakenOnceAndUnknownOnesRefused) {
  NeighborhoodQuery query = From(1);
  query.nodes = {NodeId{1}, NodeId{2}, NodeId{1}};
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, query));
  EXPECT_EQ(rings.ring_of.at(1), 0u);
  EXPECT_EQ(rings.ring_of.at(2), 0u);
  EXPECT_THAT(Neighborhood(graph_, From(99)), StatusIs(absl::StatusCode::kNotFound, _));
}

TEST_F(NeighborhoodTest, HopIsOneCallAndOneForItsDeals) {
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, From(1, 2)));
  // The deal is known when the second hop passes through it.
  EXPECT_EQ(graph_.expand_calls, 3);
}

TEST_F(NeighborhoodTest, PerNodeLimitKeepsTheNewest) {
  MemoryEdgeSource star = Star(20);
  NeighborhoodQuery query = From(1);
  query.budget.per_node_limit = 3;
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(star, query));
  EXPECT_THAT(Show(rings.edges), ElementsAre("21-1", "20-1", "19-1"));
  ASSERT_TRUE(rings.end.truncation.has_value());
  EXPECT_EQ(rings.end.truncation->reason, TruncationReason::kPerNodeLimit);
  ASSERT_THAT(rings.end.truncation->nodes, SizeIs(1));
  EXPECT_EQ(rings.end.truncation->nodes[0].node, NodeId{1});
  EXPECT_EQ(rings.end.truncation->nodes[0].degree, 20u);
  EXPECT_EQ(rings.end.truncation->nodes[0].kept, 3u);
  EXPECT_EQ(rings.end.truncation->node_count, 1u);
}

TEST_F(NeighborhoodTest, PerNodeLimitKeepsTheMostCertain) {
  MemoryEdgeSource star = Star(20);
  NeighborhoodQuery query = From(1);
  query.budget.per_node_limit = 3;
  query.budget.per_node_order = NodeOrder::kConfidence;
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(star, query));
  EXPECT_THAT(Show(rings.edges), ElementsAre("2-1", "3-1", "4-1"));
  EXPECT_EQ(rings.end.truncation->reason, TruncationReason::kPerNodeLimit);
  EXPECT_EQ(rings.end.stats.edges_scanned, 20u);
}

TEST_F(NeighborhoodTest, LimitThatIsJustEnoughCutsNothing) {
  MemoryEdgeSource star = Star(20);
  NeighborhoodQuery query = From(1);
  query.budget.per_node_limit = 20;
  query.budget.nodes_max = 21;
  query.budget.edges_scanned_max = 20;
  for (NodeOrder order : {NodeOrder::kNewest, NodeOrder::kConfidence}) {
    query.budget.per_node_order = order;
    ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(star, query));
    EXPECT_EQ(rings.ring_of.size(), 21u);
    EXPECT_FALSE(rings.end.truncation.has_value());
  }
}

TEST_F(NeighborhoodTest, ReportsTruncationAtEachBound) {
  MemoryEdgeSource star = Star(600);
  NeighborhoodQuery query = From(1);
  const Budget budget = query.budget;
  const auto cut = [&] {
    absl::StatusOr<Rings> rings = Neighborhood(star, query);
    EXPECT_THAT(rings, IsOk());
    EXPECT_TRUE(rings->end.truncation.has_value());
    EXPECT_LT(rings->ring_of.size(), 601u);
    EXPECT_THAT(rings->end.truncation->nodes, SizeIs(1));
    EXPECT_EQ(rings->end.truncation->nodes[0].degree, 600u);
    EXPECT_EQ(rings->end.truncation->nodes[0].kept, rings->edges.size());
    query.budget = budget;
    return *std::move(rings);
  };
  query.budget.edges_scanned_max = 7;
  Rings rings = cut();
  EXPECT_EQ(rings.end.truncation->reason, TruncationReason::kEdgesScanned);
  EXPECT_EQ(rings.end.stats.edges_scanned, 7u);
  EXPECT_EQ(rings.edges.size(), 7u);

  query.budget.nodes_max = 5;
  rings = cut();
  EXPECT_EQ(rings.end.truncation->reason, TruncationReason::kNodes);
  EXPECT_EQ(rings.ring_of.size(), 5u);

  query.budget.bytes_max = 1000;
  rings = cut();
  EXPECT_EQ(rings.end.truncation->reason, TruncationReason::kBytes);

  query.budget.skip_degree = 599;
  rings = cut();
  EXPECT_EQ(rings.end.truncation->reason, TruncationReason::kSkipDegree);
  EXPECT_EQ(rings.ring_of.size(), 1u);

  query.budget.should_stop = [calls = 0]() mutable -> std::optional<Budget::Stop> {
    return ++calls > 1 ? std::optional(Budget::Stop::kDeadline) : std::nullopt;
  };
  rings = cut();
  EXPECT_EQ(rings.end.truncation->reason, TruncationReason::kDeadline);
}

// A hop that a deadline drops leaves no node that goes on behind edges whose ends were dropped.
TEST_F(NeighborhoodTest, ADroppedHopKeepsNothing) {
  MemoryEdgeSource star = Star(600);
  for (const AnswerDetail detail : {AnswerDetail::kNodes, AnswerDetail::kCounts}) {
    NeighborhoodQuery query = From(1);
    query.filter.types = {kEmployedBy};
    query.detail = detail;
    query.budget.per_node_limit = 400;
    uint64_t questions = 0, last = UINT64_MAX;
    query.budget.should_stop = [&]() -> std::optional<Budget::Stop> {
      return ++questions >= last ? std::optional(Budget::Stop::kDeadline) : std::nullopt;
    };
    uint64_t nodes = 0;
    const auto emit = [&](NeighborhoodPart part) {
      nodes += part.nodes.size();
      return true;
    };
    ASSERT_OK_AND_ASSIGN(const QueryEnd whole, WalkNeighborhood(star, query, emit));
    ASSERT_TRUE(whole.truncation.has_value());
    ASSERT_EQ(whole.truncation->nodes[0].kept, 400u);
    ASSERT_NE(whole.truncation->nodes[0].position, "");
    const uint64_t all = detail == AnswerDetail::kCounts ? whole.ring_sizes[1] : nodes - 1;
    ASSERT_EQ(all, 400u);
    const uint64_t of_all = questions;
    for (last = 1; last <= of_all; ++last) {
      questions = nodes = 0;
      ASSERT_OK_AND_ASSIGN(const QueryEnd end, WalkNeighborhood(star, query, emit));
      ASSERT_TRUE(end.truncation.has_value());
      ASSERT_EQ(end.truncation->nodes.size(), 1u);
      EXPECT_EQ(end.truncation->nodes[0].kept, 0u) << last;
      EXPECT_EQ(end.truncation->nodes[0].position, "") << last;
    }
  }
}

TEST_F(NeighborhoodTest, CancellationEndsTheQuery) {
  const auto cancelled = [] { return std::optional(Budget::Stop::kCancelled); };
  NeighborhoodQuery query = From(1);
  query.budget.should_stop = cancelled;
  EXPECT_THAT(Neighborhood(graph_, query), StatusIs(absl::StatusCode::kCancelled, _));
}

TEST_F(NeighborhoodTest, ReceiverEndsTheQuery) {
  EXPECT_THAT(WalkNeighborhood(graph_, From(1), [](NeighborhoodPart) { return false; }),
              StatusIs(absl::StatusCode::kCancelled, _));
}

TEST_F(NeighborhoodTest, PartsAreBounded) {
  MemoryEdgeSource star = Star(600);
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(star, From(1)));
  EXPECT_EQ(rings.ring_of.size(), 601u);
  EXPECT_EQ(rings.edges.size(), 600u);
  EXPECT_GE(rings.parts.size(), 4u);
}

TEST_F(NeighborhoodTest, CutListNamesAHundredNodesAndCountsAll) {
  MemoryEdgeSource graph;
  graph.AddNode(NodeKind::kCompany);
  for (uint64_t i = 0; i < 150; ++i) {
    const NodeId child = graph.AddNode(NodeKind::kCompany);
    graph.AddEdge({.source = child, .target = NodeId{1}, .type = kPartOf});
  }
  for (uint64_t i = 0; i < 150; ++i) {
    for (int j = 0; j < 400; ++j) {
      if (j < 2) continue;
      graph.AddEdge({.source = NodeId{2 + i}, .target = NodeId{2 + (i + j) % 150}, .type = kUses});
    }
  }
  NeighborhoodQuery query = From(1, 2);
  query.budget.per_node_limit = 200;
  query.budget.edges_scanned_max = 1'000'000;
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph, query));
  ASSERT_TRUE(rings.end.truncation.has_value());
  EXPECT_THAT(rings.end.truncation->nodes, SizeIs(100));
  EXPECT_EQ(rings.end.truncation->node_count, 150u);
}

TEST_F(NeighborhoodTest, DealOverTheLimitIsCut) {
  MemoryEdgeSource graph;
  graph.AddNode(NodeKind::kPartnership);
  for (int i = 0; i < 30; ++i) {
    const NodeId party = graph.AddNode(NodeKind::kCompany);
    graph.AddEdge({.source = party, .target = NodeId{1}, .type = kPartyTo});
  }
  NeighborhoodQuery query = From(2);
  query.budget.per_node_limit = 10;
  ASSERT_OK_AND_ASSIGN(Rings rings, Neighborhood(graph, query));
  ASSERT_TRUE(rings.end.truncation.has_value());
  EXPECT_EQ(rings.end.truncation->nodes[0].node, NodeId{1});
  EXPECT_EQ(rings.end.truncation->nodes[0].degree, 30u);
  query = From(2);
  query.budget.skip_degree = 20;
  ASSERT_OK_AND_ASSIGN(rings, Neighborhood(graph, query));
  EXPECT_EQ(rings.ring_of.size(), 1u);
  EXPECT_EQ(rings.end.truncation->reason, TruncationReason::kSkipDegree);
  EXPECT_EQ(rings.end.truncation->nodes[0].node, NodeId{1});
}

}  // namespace
}  // namespace partnergraph
