// Behaviours of traversals one by one. traversal_random_test.cc compares them with naive walks.
#include "graph/traversal.h"

#include <map>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "graph/edge_source.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_edge_source.h"
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

// "1-2" for an edge 1 -> 2, "1-2@3" for a passage through deal 3.
std::string Show(const Edge& edge) {
  std::string text = absl::StrCat(ToInt(edge.source.id), "-", ToInt(edge.target.id));
  if (edge.partnership != NodeId{}) absl::StrAppend(&text, "@", ToInt(edge.partnership));
  return text;
}

std::vector<std::string> Show(const std::vector<Edge>& edges) {
  std::vector<std::string> texts;
  for (const Edge& edge : edges) texts.push_back(Show(edge));
  return texts;
}

// Three companies in one deal (4) with a person (5) and a product (6); company 1 employs person 7.
class TraversalTest : public testing::Test {
 protected:
  TraversalTest() {
    for (NodeKind kind :
         {NodeKind::kCompany, NodeKind::kCompany, NodeKind::kCompany, NodeKind::kPartnership,
          NodeKind::kPerson, NodeKind::kProduct, NodeKind::kPerson}) {
      graph_.AddNode(kind);
    }
    Add(1, 4, kPartyTo);
    Add(2, 4, kPartyTo);
    Add(3, 4, kPartyTo);
    Add(5, 4, kTookPartIn);
    Add(4, 6, kConcerns);
    Add(7, 1, kEmployedBy);
  }

  void Add(uint64_t source, uint64_t target, EdgeType type, float confidence = 1) {
    graph_.AddEdge({.source = NodeId{source},
                    .target = NodeId{target},
                    .type = type,
                    .confidence = confidence});
  }

  NeighborhoodQuery From(uint64_t node, uint32_t hops = 1) {
    NeighborhoodQuery query;
    query.nodes = {NodeId{node}};
    query.hops = hops;
    return query;
  }

  PathQuery Between(uint64_t source, uint64_t target) {
    PathQuery query;
    query.source = NodeId{source};
    query.target = NodeId{target};
    return query;
  }

  absl::StatusOr<std::vector<Walk>> Steps(const TraverseQuery& query) {
    std::vector<Walk> walks;
    absl::StatusOr<QueryEnd> end = WalkSteps(graph_, query, [&](std::vector<Walk> part) {
      EXPECT_LE(part.size(), kPartMax);
      for (Walk& walk : part) walks.push_back(std::move(walk));
      return true;
    });
    if (!end.ok()) return end.status();
    end_ = *std::move(end);
    return walks;
  }

  MemoryEdgeSource graph_;
  QueryEnd end_;
};

TEST_F(TraversalTest, PassageThroughADealIsOneHop) {
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, From(1)));
  EXPECT_THAT(rings.ring_of, UnorderedElementsAre(std::pair(1, 0), std::pair(2, 1), std::pair(3, 1),
                                                  std::pair(7, 1)));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-2@4", "1-3@4", "7-1"));
  EXPECT_FALSE(rings.end.truncation.has_value());
  for (const Edge& edge : rings.edges) {
    EXPECT_EQ(edge.type == kPartnerWith, edge.partnership == NodeId{4});
  }
}

TEST_F(TraversalTest, EdgesAmongReachedNodesAreReportedOnce) {
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, From(1, 2)));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-2@4", "1-3@4", "7-1", "2-3@4"));
}

TEST_F(TraversalTest, ExpandedDealsAreNodes) {
  NeighborhoodQuery query = From(1, 2);
  query.expand_partnerships = true;
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, query));
  EXPECT_THAT(rings.ring_of, UnorderedElementsAre(std::pair(1, 0), std::pair(4, 1), std::pair(7, 1),
                                                  std::pair(2, 2), std::pair(3, 2), std::pair(5, 2),
                                                  std::pair(6, 2)));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-4", "2-4", "3-4", "5-4", "4-6", "7-1"));
}

TEST_F(TraversalTest, NamingPartnerWithKeepsPassagesInBothModes) {
  NeighborhoodQuery query = From(1);
  query.filter.types = {kPartnerWith};
  ASSERT_OK_AND_ASSIGN(Rings rings, Neighborhood(graph_, query));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-2@4", "1-3@4"));
  query.expand_partnerships = true;
  query.hops = 2;
  ASSERT_OK_AND_ASSIGN(rings, Neighborhood(graph_, query));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-4", "2-4", "3-4"));
}

TEST_F(TraversalTest, NamingOtherTypesLeavesPassagesOut) {
  NeighborhoodQuery query = From(1);
  query.filter.types = {kEmployedBy, kPartyTo};
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, query));
  EXPECT_THAT(Show(rings.edges), ElementsAre("7-1"));
}

TEST_F(TraversalTest, PassagesHaveNoDirection) {
  for (DirectionFilter direction : {DirectionFilter::kOut, DirectionFilter::kIn}) {
    NeighborhoodQuery query = From(1);
    query.filter.direction = direction;
    ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, query));
    EXPECT_TRUE(rings.ring_of.contains(2));
    EXPECT_TRUE(rings.ring_of.contains(3));
    EXPECT_EQ(rings.ring_of.contains(7), direction == DirectionFilter::kIn);
  }
}

TEST_F(TraversalTest, DealThatTheQueryNamesIsShown) {
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, From(4, 2)));
  EXPECT_EQ(rings.ring_of.size(), 7u);
  EXPECT_EQ(rings.ring_of.at(6), 1u);
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindShortestPaths(graph_, Between(7, 4)));
  ASSERT_EQ(result.outcome, PathOutcome::kFound);
  EXPECT_THAT(Show(result.paths[0].edges), ElementsAre("7-1", "1-4"));
}

TEST_F(TraversalTest, StoredPartnerWithIsAPlainEdge) {
  Add(2, 3, kPartnerWith);
  for (bool expand : {false, true}) {
    NeighborhoodQuery query = From(2);
    query.filter.types = {kPartnerWith};
    query.expand_partnerships = expand;
    ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, query));
    EXPECT_THAT(Show(rings.edges), testing::Contains("2-3"));
  }
}

TEST_F(TraversalTest, FilterHoldsAtBothEdgesOfAPassage) {
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

TEST_F(TraversalTest, NodesOfOtherKindsAreNeitherShownNorExpanded) {
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

TEST_F(TraversalTest, LoopsCyclesAndParallelEdgesEndAndAreReportedOnce) {
  Add(1, 1, kUses);
  Add(1, 2, kPartOf);
  Add(1, 2, kPartOf);
  Add(2, 1, kPartOf);
  NeighborhoodQuery query = From(1, 6);
  query.filter.types = {kUses, kPartOf};
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, query));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-1", "1-2", "1-2", "2-1"));
}

TEST_F(TraversalTest, PartyWithTwoRolesIsPassedOnce) {
  Add(1, 4, kPartyTo);
  Add(2, 4, kPartyTo);
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, From(1)));
  EXPECT_THAT(Show(rings.edges), UnorderedElementsAre("1-2@4", "1-3@4", "7-1"));
}

TEST_F(TraversalTest, StartsAreTakenOnceAndUnknownOnesRefused) {
  NeighborhoodQuery query = From(1);
  query.nodes = {NodeId{1}, NodeId{2}, NodeId{1}};
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, query));
  EXPECT_EQ(rings.ring_of.at(1), 0u);
  EXPECT_EQ(rings.ring_of.at(2), 0u);
  EXPECT_THAT(Neighborhood(graph_, From(99)), StatusIs(absl::StatusCode::kNotFound, _));
  EXPECT_THAT(FindShortestPaths(graph_, Between(1, 99)), StatusIs(absl::StatusCode::kNotFound, _));
  TraverseQuery steps;
  steps.nodes = {NodeId{99}};
  steps.steps.emplace_back();
  EXPECT_THAT(Steps(steps), StatusIs(absl::StatusCode::kNotFound, _));
}

TEST_F(TraversalTest, HopIsOneCallAndOneForItsDeals) {
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(graph_, From(1, 2)));
  // The deal is known when the second hop passes through it.
  EXPECT_EQ(graph_.expand_calls, 3);
}

// A star: company 1 with `leaves` persons, numbered from 2.
MemoryEdgeSource Star(uint64_t leaves) {
  MemoryEdgeSource graph;
  graph.AddNode(NodeKind::kCompany);
  for (uint64_t i = 0; i < leaves; ++i) {
    const NodeId leaf = graph.AddNode(NodeKind::kPerson);
    graph.AddEdge({.source = leaf,
                   .target = NodeId{1},
                   .type = kEmployedBy,
                   .date = {.year = static_cast<int16_t>(1000 + i)},
                   .confidence = static_cast<float>(leaves - i) / static_cast<float>(leaves)});
  }
  return graph;
}

TEST_F(TraversalTest, PerNodeLimitKeepsTheNewest) {
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

TEST_F(TraversalTest, PerNodeLimitKeepsTheMostCertain) {
  MemoryEdgeSource star = Star(20);
  NeighborhoodQuery query = From(1);
  query.budget.per_node_limit = 3;
  query.budget.per_node_order = NodeOrder::kConfidence;
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(star, query));
  EXPECT_THAT(Show(rings.edges), ElementsAre("2-1", "3-1", "4-1"));
  EXPECT_EQ(rings.end.truncation->reason, TruncationReason::kPerNodeLimit);
  EXPECT_EQ(rings.end.stats.edges_scanned, 20u);
}

TEST_F(TraversalTest, LimitThatIsJustEnoughCutsNothing) {
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

TEST_F(TraversalTest, ReportsTruncationAtEachBound) {
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

TEST_F(TraversalTest, CancellationEndsEveryQuery) {
  const auto cancelled = [] { return std::optional(Budget::Stop::kCancelled); };
  NeighborhoodQuery query = From(1);
  query.budget.should_stop = cancelled;
  EXPECT_THAT(Neighborhood(graph_, query), StatusIs(absl::StatusCode::kCancelled, _));
  PathQuery paths = Between(2, 7);
  paths.budget.should_stop = cancelled;
  EXPECT_THAT(FindShortestPaths(graph_, paths), StatusIs(absl::StatusCode::kCancelled, _));
  TraverseQuery steps;
  steps.nodes = {NodeId{1}};
  steps.steps.emplace_back();
  steps.budget.should_stop = cancelled;
  EXPECT_THAT(Steps(steps), StatusIs(absl::StatusCode::kCancelled, _));
}

TEST_F(TraversalTest, ReceiverEndsTheQuery) {
  EXPECT_THAT(WalkNeighborhood(graph_, From(1), [](NeighborhoodPart) { return false; }),
              StatusIs(absl::StatusCode::kCancelled, _));
  TraverseQuery steps;
  steps.nodes = {NodeId{1}};
  steps.steps.emplace_back();
  EXPECT_THAT(WalkSteps(graph_, steps, [](std::vector<Walk>) { return false; }),
              StatusIs(absl::StatusCode::kCancelled, _));
}

TEST_F(TraversalTest, PartsAreBounded) {
  MemoryEdgeSource star = Star(600);
  ASSERT_OK_AND_ASSIGN(const Rings rings, Neighborhood(star, From(1)));
  EXPECT_EQ(rings.ring_of.size(), 601u);
  EXPECT_EQ(rings.edges.size(), 600u);
  EXPECT_GE(rings.parts.size(), 4u);
}

TEST_F(TraversalTest, CutListNamesAHundredNodesAndCountsAll) {
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

TEST_F(TraversalTest, DealOverTheLimitIsCut) {
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

TEST_F(TraversalTest, FindsThePathThroughADeal) {
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindShortestPaths(graph_, Between(7, 2)));
  ASSERT_EQ(result.outcome, PathOutcome::kFound);
  ASSERT_THAT(result.paths, SizeIs(1));
  EXPECT_THAT(Show(result.paths[0].edges), ElementsAre("7-1", "1-2@4"));
  EXPECT_EQ(result.paths[0].nodes.size(), 3u);
  PathQuery expanded = Between(7, 2);
  expanded.expand_partnerships = true;
  ASSERT_OK_AND_ASSIGN(const PathResult longer, FindShortestPaths(graph_, expanded));
  EXPECT_THAT(Show(longer.paths[0].edges), ElementsAre("7-1", "1-4", "2-4"));
}

TEST_F(TraversalTest, PassagesOfAPathGoTheWayOfThePath) {
  for (auto [source, target] : {std::pair(2, 3), std::pair(3, 2)}) {
    ASSERT_OK_AND_ASSIGN(const PathResult result,
                         FindShortestPaths(graph_, Between(source, target)));
    EXPECT_EQ(result.paths[0].edges[0].source.id, NodeId{static_cast<uint64_t>(source)});
    EXPECT_EQ(result.paths[0].edges[0].target.id, NodeId{static_cast<uint64_t>(target)});
  }
}

TEST_F(TraversalTest, UnreachableTargetIsNone) {
  const NodeId alone = graph_.AddNode(NodeKind::kCompany);
  ASSERT_OK_AND_ASSIGN(const PathResult result,
                       FindShortestPaths(graph_, Between(1, ToInt(alone))));
  EXPECT_EQ(result.outcome, PathOutcome::kNone);
  EXPECT_THAT(result.paths, IsEmpty());
  EXPECT_FALSE(result.end.truncation.has_value());
}

TEST_F(TraversalTest, PathLongerThanTheLimitIsNone) {
  PathQuery query = Between(7, 2);
  query.length_max = 1;
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindShortestPaths(graph_, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNone);
}

TEST_F(TraversalTest, PathFromANodeToItselfHasNoEdges) {
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindShortestPaths(graph_, Between(1, 1)));
  EXPECT_EQ(result.outcome, PathOutcome::kFound);
  ASSERT_THAT(result.paths, SizeIs(1));
  EXPECT_THAT(result.paths[0].edges, IsEmpty());
  EXPECT_THAT(result.paths[0].nodes, SizeIs(1));
}

TEST_F(TraversalTest, PathsFollowADirection) {
  PathQuery query = Between(7, 1);
  query.filter.direction = DirectionFilter::kOut;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindShortestPaths(graph_, query));
  EXPECT_EQ(result.outcome, PathOutcome::kFound);
  query.filter.direction = DirectionFilter::kIn;
  ASSERT_OK_AND_ASSIGN(result, FindShortestPaths(graph_, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNone);
}

TEST_F(TraversalTest, ParallelEdgesAreOnePathByTheMostCertain) {
  Add(2, 3, kPartOf, 0.2f);
  Add(2, 3, kPartOf, 0.9f);
  Add(2, 3, kPartOf, 0.5f);
  PathQuery query = Between(2, 3);
  query.filter.types = {kPartOf};
  query.paths_max = 10;
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindShortestPaths(graph_, query));
  ASSERT_THAT(result.paths, SizeIs(1));
  EXPECT_FLOAT_EQ(result.paths[0].edges[0].confidence, 0.9f);
  EXPECT_FALSE(result.end.truncation.has_value());
}

TEST_F(TraversalTest, MorePathsThanAskedForAreATruncation) {
  MemoryEdgeSource graph;
  for (int i = 0; i < 7; ++i) graph.AddNode(NodeKind::kCompany);
  for (uint64_t middle = 3; middle <= 7; ++middle) {
    graph.AddEdge({.source = NodeId{1}, .target = NodeId{middle}, .type = kPartOf});
    graph.AddEdge({.source = NodeId{middle}, .target = NodeId{2}, .type = kPartOf});
  }
  PathQuery query = Between(1, 2);
  query.paths_max = 4;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindShortestPaths(graph, query));
  EXPECT_THAT(result.paths, SizeIs(4));
  ASSERT_TRUE(result.end.truncation.has_value());
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kPaths);
  query.paths_max = 5;
  ASSERT_OK_AND_ASSIGN(result, FindShortestPaths(graph, query));
  EXPECT_THAT(result.paths, SizeIs(5));
  EXPECT_FALSE(result.end.truncation.has_value());
}

TEST_F(TraversalTest, LongWayAroundACutHubIsNotCalledShortest) {
  // 1 - hub - 2, and 1 - 4 - 5 - 6 - 2.
  MemoryEdgeSource graph;
  for (int i = 0; i < 6; ++i) graph.AddNode(NodeKind::kCompany);
  const auto link = [&](uint64_t a, uint64_t b) {
    graph.AddEdge({.source = NodeId{a}, .target = NodeId{b}, .type = kPartOf});
  };
  for (auto [a, b] : {std::pair(1, 3), {3, 2}, {1, 4}, {4, 5}, {5, 6}, {6, 2}}) link(a, b);
  for (int i = 0; i < 50; ++i) {
    const NodeId leaf = graph.AddNode(NodeKind::kCompany);
    link(3, ToInt(leaf));
  }
  PathQuery query = Between(1, 2);
  query.budget.skip_degree = 10;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindShortestPaths(graph, query));
  // Both ends see the hub: two hops are proven without expanding it.
  EXPECT_EQ(result.outcome, PathOutcome::kFound);
  EXPECT_EQ(result.paths[0].edges.size(), 2u);
  // Seen from one hop further away the hub hides what may be behind it.
  link(1, 7);
  query.source = NodeId{8};
  query.filter.types = {kPartOf};
  MemoryEdgeSource far;
  for (int i = 0; i < 9; ++i) far.AddNode(NodeKind::kCompany);
  const auto far_link = [&](uint64_t a, uint64_t b) {
    far.AddEdge({.source = NodeId{a}, .target = NodeId{b}, .type = kPartOf});
  };
  // 1 - 3(hub) - 4(hub) - 2 is three hops; 1 - 5 - 6 - 7 - 8 - 2 is five.
  for (auto [a, b] : {std::pair(1, 3), {3, 4}, {4, 2}, {1, 5}, {5, 6}, {6, 7}, {7, 8}, {8, 2}}) {
    far_link(a, b);
  }
  for (int i = 0; i < 50; ++i) {
    const NodeId leaf = far.AddNode(NodeKind::kCompany);
    far_link(3, ToInt(leaf));
    far_link(4, ToInt(leaf));
  }
  query = Between(1, 2);
  query.budget.skip_degree = 10;
  ASSERT_OK_AND_ASSIGN(result, FindShortestPaths(far, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNotDecided);
  EXPECT_THAT(result.paths, IsEmpty());
  ASSERT_TRUE(result.end.truncation.has_value());
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kSkipDegree);
  query.budget.skip_degree = 0;
  ASSERT_OK_AND_ASSIGN(result, FindShortestPaths(far, query));
  EXPECT_EQ(result.outcome, PathOutcome::kFound);
  EXPECT_EQ(result.paths[0].edges.size(), 3u);
}

TEST_F(TraversalTest, BudgetsThatEndAPathSearchAreReported) {
  MemoryEdgeSource star = Star(600);
  for (int i = 0; i < 4; ++i) {
    const NodeId next = star.AddNode(NodeKind::kCompany);
    star.AddEdge({.source = NodeId{ToInt(next) - 1}, .target = next, .type = kFounded});
  }
  PathQuery query = Between(2, star.node_count());
  query.budget.edges_scanned_max = 3;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindShortestPaths(star, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNotDecided);
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kEdgesScanned);
  query.budget = {};
  query.budget.nodes_max = 3;
  ASSERT_OK_AND_ASSIGN(result, FindShortestPaths(star, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNotDecided);
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kNodes);
  query.budget = {};
  query.budget.should_stop = [] { return std::optional(Budget::Stop::kDeadline); };
  ASSERT_OK_AND_ASSIGN(result, FindShortestPaths(star, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNotDecided);
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kDeadline);
}

TEST_F(TraversalTest, StepsFollowThePattern) {
  TraverseQuery query;
  query.nodes = {NodeId{7}};
  query.steps.resize(3);
  query.steps[0].filter.types = {kEmployedBy};
  query.steps[0].filter.direction = DirectionFilter::kOut;
  query.steps[1].filter.types = {kPartyTo};
  query.steps[2].filter.types = {kConcerns};
  ASSERT_OK_AND_ASSIGN(const std::vector<Walk> walks, Steps(query));
  ASSERT_THAT(walks, SizeIs(1));
  EXPECT_EQ(walks[0].end.id, NodeId{6});
  EXPECT_THAT(Show(walks[0].edges), ElementsAre("7-1", "1-4", "4-6"));
}

TEST_F(TraversalTest, StepsPassThroughDealsWhenPartnerWithIsNamed) {
  TraverseQuery query;
  query.nodes = {NodeId{1}};
  query.steps.resize(1);
  query.steps[0].filter.types = {kPartnerWith};
  ASSERT_OK_AND_ASSIGN(std::vector<Walk> walks, Steps(query));
  ASSERT_THAT(walks, SizeIs(2));
  EXPECT_THAT(Show(walks[0].edges), ElementsAre("1-2@4"));
  query.steps[0].filter.types = {};
  ASSERT_OK_AND_ASSIGN(walks, Steps(query));
  ASSERT_THAT(walks, SizeIs(2));
  EXPECT_EQ(walks[0].end.id, NodeId{4});
}

TEST_F(TraversalTest, OptionalStepsEndWhereTheyStart) {
  TraverseQuery query;
  query.nodes = {NodeId{7}};
  query.steps.resize(1);
  query.steps[0].filter.types = {kEmployedBy};
  query.steps[0].min_repeat = 0;
  query.steps[0].max_repeat = 2;
  ASSERT_OK_AND_ASSIGN(std::vector<Walk> walks, Steps(query));
  ASSERT_THAT(walks, SizeIs(2));
  EXPECT_EQ(walks[0].end.id, NodeId{7});
  EXPECT_THAT(walks[0].edges, IsEmpty());
  EXPECT_THAT(Show(walks[1].edges), ElementsAre("7-1"));
  query.steps[0].max_repeat = 0;  // Exactly once.
  ASSERT_OK_AND_ASSIGN(walks, Steps(query));
  ASSERT_THAT(walks, SizeIs(1));
  EXPECT_EQ(walks[0].end.id, NodeId{1});
}

TEST_F(TraversalTest, StepsKeepNodesOfTheirKinds) {
  TraverseQuery query;
  query.nodes = {NodeId{4}};
  query.steps.resize(1);
  query.steps[0].node_kinds = {NodeKind::kPerson, NodeKind::kProduct};
  ASSERT_OK_AND_ASSIGN(const std::vector<Walk> walks, Steps(query));
  ASSERT_THAT(walks, SizeIs(2));
  EXPECT_EQ(walks[0].end.id, NodeId{6});
  EXPECT_EQ(walks[1].end.id, NodeId{5});
}

TEST_F(TraversalTest, StepBudgetsAreReported) {
  graph_ = Star(600);
  TraverseQuery query;
  query.nodes = {NodeId{1}};
  query.steps.resize(1);
  query.budget.nodes_max = 5;
  ASSERT_OK_AND_ASSIGN(std::vector<Walk> walks, Steps(query));
  EXPECT_THAT(walks, SizeIs(5));
  EXPECT_EQ(end_.truncation->reason, TruncationReason::kNodes);
  query.budget = {};
  query.budget.bytes_max = 500;
  ASSERT_OK_AND_ASSIGN(walks, Steps(query));
  EXPECT_EQ(end_.truncation->reason, TruncationReason::kBytes);
  EXPECT_LT(walks.size(), 10u);
  query.budget = {};
  query.budget.edges_scanned_max = 9;
  ASSERT_OK_AND_ASSIGN(walks, Steps(query));
  EXPECT_THAT(walks, SizeIs(9));
  EXPECT_EQ(end_.truncation->reason, TruncationReason::kEdgesScanned);
  query.budget = {};
  ASSERT_OK_AND_ASSIGN(walks, Steps(query));
  EXPECT_THAT(walks, SizeIs(600));
  EXPECT_FALSE(end_.truncation.has_value());
}

}  // namespace
}  // namespace partnergraph
