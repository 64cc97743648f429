#include "graph/similar_nodes.h"

#include <cmath>
#include <optional>

#include "gmock/gmock.h"
#include "graph/common_neighbors.h"
#include "gtest/gtest.h"
#include "tests/graph/traversal_fixture.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::_;
using testing::IsEmpty;
using testing::SizeIs;

class SimilarNodesTest : public TraversalTest {
 protected:
  // Companies 1, 2 and 3; persons 4 to 7. 1 employs 4, 5 and 6; 2 employs 4 and 5; 3 all.
  SimilarNodesTest() {
    MemoryEdgeSource graph;
    for (int i = 0; i < 3; ++i) graph.AddNode(NodeKind::kCompany);
    for (int i = 0; i < 4; ++i) graph.AddNode(NodeKind::kPerson);
    for (auto [company, person] :
         {std::pair(1, 4), {1, 5}, {1, 6}, {2, 4}, {2, 5}, {3, 4}, {3, 5}, {3, 6}, {3, 7}}) {
      graph.AddEdge({.source = NodeId{static_cast<uint64_t>(person)},
                     .target = NodeId{static_cast<uint64_t>(company)},
                     .type = kEmployedBy,
                     .confidence = 0.5f});
    }
    people_ = std::move(graph);
  }

  static SimilarNodesQuery To(uint64_t node, SimilarityMeasure measure) {
    SimilarNodesQuery query;
    query.node = NodeId{node};
    query.measure = measure;
    return query;
  }

  MemoryEdgeSource people_;
};

TEST_F(SimilarNodesTest, ScoresAreThoseOfTheDefinitions) {
  ASSERT_OK_AND_ASSIGN(SimilarNodesResult result,
                       FindSimilarNodes(people_, To(1, SimilarityMeasure::kJaccard)));
  ASSERT_THAT(result.nodes, SizeIs(2));
  EXPECT_EQ(result.nodes[0].node.id, NodeId{3});
  EXPECT_DOUBLE_EQ(result.nodes[0].score, 3.0 / 4);
  EXPECT_DOUBLE_EQ(result.nodes[1].score, 2.0 / 3);
  ASSERT_OK_AND_ASSIGN(result, FindSimilarNodes(people_, To(1, SimilarityMeasure::kAdamicAdar)));
  ASSERT_THAT(result.nodes, SizeIs(2));
  EXPECT_DOUBLE_EQ(result.nodes[0].score, 2 / std::log(3) + 1 / std::log(2));
  EXPECT_DOUBLE_EQ(result.nodes[1].score, 2 / std::log(3));
  EXPECT_EQ(result.nodes[1].common_count, 2u);
}

TEST_F(SimilarNodesTest, PartiesOfOneDealShareTheirPartners) {
  ASSERT_OK_AND_ASSIGN(const SimilarNodesResult result,
                       FindSimilarNodes(graph_, To(2, SimilarityMeasure::kJaccard)));
  // 2 and 3 have 1 in common, and each the other.
  ASSERT_THAT(result.nodes, SizeIs(2));
  EXPECT_EQ(result.nodes[0].node.id, NodeId{3});
  EXPECT_DOUBLE_EQ(result.nodes[0].score, 1.0 / 3);
}

TEST_F(SimilarNodesTest, SkippedHubsAreSaid) {
  SimilarNodesQuery query = To(1, SimilarityMeasure::kJaccard);
  query.budget.skip_degree = 2;
  ASSERT_OK_AND_ASSIGN(const SimilarNodesResult result, FindSimilarNodes(people_, query));
  ASSERT_TRUE(result.end.truncation.has_value());
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kSkipDegree);
  EXPECT_THAT(result.nodes, IsEmpty());
}

TEST_F(SimilarNodesTest, CancellationAndUnknownNodesAreErrors) {
  SimilarNodesQuery query = To(1, SimilarityMeasure::kJaccard);
  query.budget.should_stop = [] { return std::optional(Budget::Stop::kCancelled); };
  EXPECT_THAT(FindSimilarNodes(people_, query), StatusIs(absl::StatusCode::kCancelled, _));
  EXPECT_THAT(FindSimilarNodes(people_, To(99, SimilarityMeasure::kJaccard)),
              StatusIs(absl::StatusCode::kNotFound, _));
}

TEST_F(SimilarNodesTest, CommonNeighborsCarryOneEdgeToEachNode) {
  CommonNeighborsQuery query;
  query.nodes = {NodeId{3}, NodeId{1}};
  ASSERT_OK_AND_ASSIGN(CommonNeighborsResult result, FindCommonNeighbors(people_, query));
  EXPECT_EQ(result.total, 3u);
  ASSERT_THAT(result.neighbors, SizeIs(3));
  EXPECT_EQ(result.neighbors[0].node.id, NodeId{4});
  ASSERT_THAT(result.neighbors[0].edges, SizeIs(2));
  EXPECT_EQ(result.neighbors[0].edges[0].target.id, NodeId{3});
  EXPECT_EQ(result.neighbors[0].edges[1].target.id, NodeId{1});
  EXPECT_EQ(result.neighbors[0].weight, 1.0);
  // 1 and 2 have only 3 in common, and the deal joins them to it.
  query.nodes = {NodeId{1}, NodeId{2}};
  ASSERT_OK_AND_ASSIGN(result, FindCommonNeighbors(graph_, query));
  ASSERT_THAT(result.neighbors, SizeIs(1));
  EXPECT_EQ(result.neighbors[0].node.id, NodeId{3});
  EXPECT_EQ(result.neighbors[0].edges[0].partnership, NodeId{4});
  query.expand_partnerships = true;
  ASSERT_OK_AND_ASSIGN(result, FindCommonNeighbors(graph_, query));
  ASSERT_THAT(result.neighbors, SizeIs(1));
  EXPECT_EQ(result.neighbors[0].node.id, NodeId{4});
}

}  // namespace
}  // namespace partnergraph
