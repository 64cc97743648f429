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

class StepWalkTest : public TraversalTest {
 protected:
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

  QueryEnd end_;
};

TEST_F(StepWalkTest, StepsFollowThePattern) {
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

TEST_F(StepWalkTest, StepsPassThroughDealsWhenPartnerWithIsNamed) {
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

TEST_F(StepWalkTest, OptionalStepsEndWhereTheyStart) {
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

TEST_F(StepWalkTest, StepsKeepNodesOfTheirKinds) {
  TraverseQuery query;
  query.nodes = {NodeId{4}};
  query.steps.resize(1);
  query.steps[0].node_kinds = {NodeKind::kPerson, NodeKind::kProduct};
  ASSERT_OK_AND_ASSIGN(const std::vector<Walk> walks, Steps(query));
  ASSERT_THAT(walks, SizeIs(2));
  EXPECT_EQ(walks[0].end.id, NodeId{6});
  EXPECT_EQ(walks[1].end.id, NodeId{5});
}

TEST_F(StepWalkTest, EdgesCountForEachPlaceInThePattern) {
  MemoryEdgeSource graph;
  for (int i = 0; i < 3; ++i) graph.AddNode(NodeKind::kCompany);
  for (uint64_t i = 1; i <= 2; ++i) {
    graph.AddEdge({.source = NodeId{i}, .target = NodeId{i + 1}, .type = kPartOf});
  }
  graph_ = graph;
  TraverseQuery query;
  query.nodes = {NodeId{1}};
  query.steps.resize(2);
  for (TraverseStep& step : query.steps) step.filter.direction = DirectionFilter::kOut;
  query.steps[0].min_repeat = 0;
  query.steps[1].max_repeat = 2;
  ASSERT_OK_AND_ASSIGN(const std::vector<Walk> walks, Steps(query));
  EXPECT_THAT(walks, SizeIs(2));
  // Node 1 is read for both steps; node 2, with two edges, for the second step only, from two
  // places; node 3, with one edge, from one place.
  EXPECT_EQ(end_.stats.edges_scanned, 1u + 1 + 2 + 1 + 1);
}

TEST_F(StepWalkTest, StepBudgetsAreReported) {
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

TEST_F(StepWalkTest, UnknownStartsAreRefused) {
  TraverseQuery query;
  query.nodes = {NodeId{1}, NodeId{99}};
  query.steps.resize(1);
  EXPECT_THAT(Steps(query), StatusIs(absl::StatusCode::kNotFound, _));
}

TEST_F(StepWalkTest, CancellationEndsTheQuery) {
  TraverseQuery query;
  query.nodes = {NodeId{1}};
  query.steps.resize(1);
  EXPECT_THAT(WalkSteps(graph_, query, [](std::vector<Walk>) { return false; }),
              StatusIs(absl::StatusCode::kCancelled, _));
  query.budget.should_stop = [] { return std::optional(Budget::Stop::kCancelled); };
  EXPECT_THAT(Steps(query), StatusIs(absl::StatusCode::kCancelled, _));
}

}  // namespace
}  // namespace partnergraph
