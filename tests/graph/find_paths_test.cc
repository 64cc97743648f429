#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "graph/traversal.h"
#include "gtest/gtest.h"
#include "tests/graph/traversal_fixture.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::_;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class FindPathsTest : public TraversalTest {
 protected:
  // "1-3-2", ...
  static std::vector<std::string> Show(const PathResult& result) {
    std::vector<std::string> texts;
    for (const Path& path : result.paths) {
      texts.push_back(absl::StrJoin(path.nodes, "-", [](std::string* out, const NodeSummary& node) {
        absl::StrAppend(out, ToInt(node.id));
      }));
    }
    return texts;
  }

  // Companies 1 to `count` and no edges.
  static MemoryEdgeSource Companies(uint64_t count) {
    MemoryEdgeSource graph;
    for (uint64_t i = 0; i < count; ++i) graph.AddNode(NodeKind::kCompany);
    return graph;
  }

  static void Link(MemoryEdgeSource& graph, uint64_t source, uint64_t target, float confidence = 1,
                   Date date = {}) {
    graph.AddEdge({.source = NodeId{source},
                   .target = NodeId{target},
                   .type = kPartOf,
                   .date = date,
                   .confidence = confidence});
  }

  static PathQuery Query(uint64_t source, uint64_t target, PathMode mode, uint32_t paths_max) {
    PathQuery query;
    query.source = NodeId{source};
    query.target = NodeId{target};
    query.mode = mode;
    query.paths_max = paths_max;
    return query;
  }
};

TEST_F(FindPathsTest, KShortestComeByLengthThenById) {
  MemoryEdgeSource graph = Companies(6);
  for (auto [a, b] : {std::pair(1, 2), {1, 4}, {4, 2}, {1, 3}, {3, 2}, {1, 5}, {5, 6}, {6, 2}}) {
    Link(graph, a, b);
  }
  ASSERT_OK_AND_ASSIGN(PathResult result, FindPaths(graph, Query(1, 2, PathMode::kKShortest, 3)));
  EXPECT_THAT(Show(result), ElementsAre("1-2", "1-3-2", "1-4-2"));
  EXPECT_FALSE(result.end.truncation.has_value());
  ASSERT_OK_AND_ASSIGN(result, FindPaths(graph, Query(1, 2, PathMode::kKShortest, 100)));
  EXPECT_THAT(Show(result), ElementsAre("1-2", "1-3-2", "1-4-2", "1-5-6-2"));
  EXPECT_FALSE(result.end.truncation.has_value());
}

TEST_F(FindPathsTest, PassageIsOneHopAndParallelEdgesAreOnePath) {
  Add(1, 2, kPartOf, 0.25f);
  ASSERT_OK_AND_ASSIGN(const PathResult result,
                       FindPaths(graph_, Query(1, 2, PathMode::kAllSimple, 10)));
  EXPECT_THAT(Show(result), ElementsAre("1-2", "1-3-2"));
  // The passage through the deal is more certain than the edge.
  EXPECT_EQ(result.paths[0].edges[0].partnership, NodeId{4});
  EXPECT_EQ(result.paths[0].certainty, 1);
}

TEST_F(FindPathsTest, WeightedPrefersALongCertainPath) {
  MemoryEdgeSource graph = Companies(4);
  Link(graph, 1, 2, 0.5f);
  Link(graph, 1, 3, 0.9f);
  Link(graph, 3, 4, 0.9f);
  Link(graph, 4, 2, 0.9f);
  PathQuery query = Query(1, 2, PathMode::kWeighted, 1);
  ASSERT_OK_AND_ASSIGN(PathResult result, FindPaths(graph, query));
  EXPECT_THAT(Show(result), ElementsAre("1-3-4-2"));
  EXPECT_NEAR(result.paths[0].certainty, 0.9 * 0.9 * 0.9, 1e-6);
  query.length_max = 2;
  ASSERT_OK_AND_ASSIGN(result, FindPaths(graph, query));
  EXPECT_THAT(Show(result), ElementsAre("1-2"));
  EXPECT_EQ(result.paths[0].certainty, 0.5);
}

TEST_F(FindPathsTest, WeightedReadsOnlyWhatCanBeMoreCertain) {
  // 1 and 2 are joined by a certain edge; behind an uncertain one lies a hub.
  MemoryEdgeSource graph = Companies(3);
  Link(graph, 1, 2, 0.9f);
  Link(graph, 1, 3, 0.1f);
  for (int i = 0; i < 500; ++i) Link(graph, 3, ToInt(graph.AddNode(NodeKind::kCompany)));
  ASSERT_OK_AND_ASSIGN(const PathResult result,
                       FindPaths(graph, Query(1, 2, PathMode::kWeighted, 1)));
  EXPECT_THAT(Show(result), ElementsAre("1-2"));
  EXPECT_FALSE(result.end.truncation.has_value());
  EXPECT_LT(result.end.stats.edges_scanned, 20u);
}

TEST_F(FindPathsTest, WeightedIsDecidedWhenWhatIsCutCannotWin) {
  MemoryEdgeSource graph = Companies(3);
  Link(graph, 1, 2, 0.5f);
  Link(graph, 1, 3, 0.75f);
  Link(graph, 2, 3, 0.25f);
  for (int i = 0; i < 50; ++i) Link(graph, 3, ToInt(graph.AddNode(NodeKind::kCompany)));
  PathQuery query = Query(1, 2, PathMode::kWeighted, 1);
  query.budget.skip_degree = 10;
  // Whatever is behind the hub, the way into the target is no more than 0.25.
  ASSERT_OK_AND_ASSIGN(PathResult result, FindPaths(graph, query));
  EXPECT_THAT(Show(result), ElementsAre("1-2"));
  EXPECT_EQ(result.outcome, PathOutcome::kFound);
  EXPECT_FALSE(result.end.truncation.has_value());
  // A hub that is surely connected to both ends can hide something better.
  Link(graph, 1, 4, 0.75f);
  Link(graph, 4, 3);
  Link(graph, 2, 5, 0.75f);
  Link(graph, 5, 3);
  ASSERT_OK_AND_ASSIGN(result, FindPaths(graph, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNotDecided);
  EXPECT_THAT(result.paths, IsEmpty());
  ASSERT_TRUE(result.end.truncation.has_value());
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kSkipDegree);
  query.budget.skip_degree = 0;
  ASSERT_OK_AND_ASSIGN(result, FindPaths(graph, query));
  EXPECT_THAT(Show(result), ElementsAre("1-3-5-2"));
}

TEST_F(FindPathsTest, TimeOrderHonoursPrecisionAndBounds) {
  MemoryEdgeSource graph = Companies(4);
  Link(graph, 1, 3, 1, {.year = 2018, .month = 5, .day = 7});
  Link(graph, 3, 2, 1, {.year = 2018});  // Can be on or after the seventh of May.
  PathQuery query = Query(1, 2, PathMode::kShortest, 1);
  query.time_ordered = true;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindPaths(graph, query));
  EXPECT_THAT(Show(result), ElementsAre("1-3-2"));
  // The other way round too: the year can be before May.
  std::swap(query.source, query.target);
  ASSERT_OK_AND_ASSIGN(result, FindPaths(graph, query));
  EXPECT_THAT(Show(result), ElementsAre("2-3-1"));

  MemoryEdgeSource bounds = Companies(3);
  Link(bounds, 1, 3, 1, {.year = 2018, .month = 5, .bound = DateBound::kAfter});
  Link(bounds, 3, 2, 1, {.year = 2018, .month = 4, .bound = DateBound::kBefore});
  query = Query(1, 2, PathMode::kShortest, 1);
  query.time_ordered = true;
  ASSERT_OK_AND_ASSIGN(result, FindPaths(bounds, query));
  EXPECT_EQ(result.outcome, PathOutcome::kNone);
  std::swap(query.source, query.target);
  ASSERT_OK_AND_ASSIGN(result, FindPaths(bounds, query));
  EXPECT_EQ(result.outcome, PathOutcome::kFound);
}

TEST_F(FindPathsTest, TimeOrderTakesALaterWayRoundWhereTheShortOneIsTooLate) {
  // To 3 there are a short late way and a long early one; on from 3 leads only an early edge.
  MemoryEdgeSource graph = Companies(4);
  Link(graph, 1, 3, 1, {.year = 2019});
  Link(graph, 1, 4, 1, {.year = 2014});
  Link(graph, 4, 3, 1, {.year = 2015});
  Link(graph, 3, 2, 1, {.year = 2016});
  Link(graph, 1, 2);  // Without a date: left out.
  PathQuery query = Query(1, 2, PathMode::kShortest, 1);
  query.time_ordered = true;
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindPaths(graph, query));
  EXPECT_THAT(Show(result), ElementsAre("1-4-3-2"));
}

TEST_F(FindPathsTest, TimeOrderShowsTheEdgeThatArrivesFirst) {
  MemoryEdgeSource graph = Companies(3);
  Link(graph, 1, 3, 1.0f, {.year = 2019});
  Link(graph, 1, 3, 0.5f, {.year = 2014});
  Link(graph, 3, 2, 1.0f, {.year = 2016});
  PathQuery query = Query(1, 2, PathMode::kKShortest, 5);
  query.time_ordered = true;
  ASSERT_OK_AND_ASSIGN(const PathResult result, FindPaths(graph, query));
  ASSERT_THAT(result.paths, SizeIs(1));
  EXPECT_EQ(result.paths[0].edges[0].date.year, 2014);
  EXPECT_EQ(result.paths[0].certainty, 0.5);
}

TEST_F(FindPathsTest, CompleteGraphOfTwelveGivesEveryPath) {
  MemoryEdgeSource graph = Companies(12);
  for (uint64_t a = 1; a <= 12; ++a) {
    for (uint64_t b = a + 1; b <= 12; ++b) Link(graph, a, b);
  }
  PathQuery query = Query(1, 12, PathMode::kAllSimple, 10'000);
  query.length_max = 5;
  query.budget.edges_scanned_max = 1'000'000;
  query.budget.bytes_max = 256 << 20;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindPaths(graph, query));
  EXPECT_THAT(result.paths, SizeIs(1 + 10 + 10 * 9 + 10 * 9 * 8 + 10 * 9 * 8 * 7));
  EXPECT_FALSE(result.end.truncation.has_value());
  query.paths_max = 100;
  ASSERT_OK_AND_ASSIGN(result, FindPaths(graph, query));
  EXPECT_THAT(result.paths, SizeIs(100));
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kPaths);
  EXPECT_EQ(result.paths.back().edges.size(), 3u);
  // Hops tried in memory are bounded as well, and what was found by then is given.
  query.paths_max = 10'000;
  query.budget.edges_scanned_max = 1'000;
  ASSERT_OK_AND_ASSIGN(result, FindPaths(graph, query));
  EXPECT_EQ(result.outcome, PathOutcome::kFound);
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kEdgesScanned);
  EXPECT_THAT(result.paths, testing::Not(IsEmpty()));
}

TEST_F(FindPathsTest, BranchesThatLeadOnlyBackAreTriedOnce) {
  // The target hangs on node 2, and 2 is in a clique: every branch into the clique is in vain.
  MemoryEdgeSource graph = Companies(42);
  Link(graph, 1, 2);
  Link(graph, 2, 3);
  for (uint64_t a = 4; a <= 42; ++a) {
    Link(graph, 2, a);
    for (uint64_t b = a + 1; b <= 42; ++b) Link(graph, a, b);
  }
  PathQuery query = Query(1, 3, PathMode::kAllSimple, 100);
  query.budget.edges_scanned_max = 20'000;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindPaths(graph, query));
  EXPECT_THAT(Show(result), ElementsAre("1-2-3"));
  EXPECT_FALSE(result.end.truncation.has_value());
  query.mode = PathMode::kKShortest;
  ASSERT_OK_AND_ASSIGN(result, FindPaths(graph, query));
  EXPECT_THAT(Show(result), ElementsAre("1-2-3"));
  EXPECT_FALSE(result.end.truncation.has_value());
}

TEST_F(FindPathsTest, CutSearchesSayWhatTheyKnow) {
  // 1 - 2 is there; a hub hides whether there is more.
  MemoryEdgeSource graph = Companies(4);
  Link(graph, 1, 2);
  Link(graph, 1, 3);
  Link(graph, 3, 4);
  Link(graph, 4, 2);
  for (int i = 0; i < 50; ++i) {
    Link(graph, 3, ToInt(graph.AddNode(NodeKind::kCompany)));
    Link(graph, 4, graph.node_count());
  }
  PathQuery query = Query(1, 2, PathMode::kKShortest, 4);
  query.budget.skip_degree = 10;
  ASSERT_OK_AND_ASSIGN(PathResult result, FindPaths(graph, query));
  EXPECT_EQ(result.outcome, PathOutcome::kFound);
  EXPECT_THAT(Show(result), ElementsAre("1-2"));
  ASSERT_TRUE(result.end.truncation.has_value());
  EXPECT_EQ(result.end.truncation->reason, TruncationReason::kSkipDegree);
  query.paths_max = 1;
  ASSERT_OK_AND_ASSIGN(result, FindPaths(graph, query));
  EXPECT_FALSE(result.end.truncation.has_value());
}

TEST_F(FindPathsTest, HubsAtBothEndsLeaveAllModesUndecided) {
  // 1 - 3 (hub) - 5 - 4 (hub) - 2.
  MemoryEdgeSource graph = Companies(5);
  for (auto [a, b] : {std::pair(1, 3), {3, 5}, {5, 4}, {4, 2}}) Link(graph, a, b);
  for (int i = 0; i < 50; ++i) {
    Link(graph, 3, ToInt(graph.AddNode(NodeKind::kCompany)));
    Link(graph, 4, ToInt(graph.AddNode(NodeKind::kCompany)));
  }
  for (PathMode mode : {PathMode::kKShortest, PathMode::kAllSimple, PathMode::kWeighted}) {
    PathQuery query = Query(1, 2, mode, 4);
    query.budget.skip_degree = 10;
    ASSERT_OK_AND_ASSIGN(PathResult result, FindPaths(graph, query));
    EXPECT_EQ(result.outcome, PathOutcome::kNotDecided);
    EXPECT_THAT(result.paths, IsEmpty());
    ASSERT_TRUE(result.end.truncation.has_value());
    EXPECT_EQ(result.end.truncation->reason, TruncationReason::kSkipDegree);
    query.budget.skip_degree = 0;
    ASSERT_OK_AND_ASSIGN(result, FindPaths(graph, query));
    EXPECT_THAT(Show(result), ElementsAre("1-3-5-4-2"));
  }
}

// What was certain before the time was over stays in the answer: more time never finds less.
TEST_F(FindPathsTest, WeightedKeepsWhatIsCertainAtADeadline) {
  MemoryEdgeSource graph = Companies(900);
  Link(graph, 1, 2, 0.95f);
  for (uint64_t i = 3; i <= 600; ++i) {
    Link(graph, 1, i, 0.9f);
    Link(graph, i, i + 300, 0.9f);
    Link(graph, 2, i + 300, i == 3 ? 0.9f : 0.5f);
  }
  PathQuery query = Query(1, 2, PathMode::kWeighted, 3);
  query.length_max = 3;
  uint64_t questions = 0, last = UINT64_MAX;
  query.budget.should_stop = [&]() -> std::optional<Budget::Stop> {
    return ++questions >= last ? std::optional(Budget::Stop::kDeadline) : std::nullopt;
  };
  ASSERT_OK_AND_ASSIGN(const PathResult whole, FindPaths(graph, query));
  ASSERT_THAT(whole.paths, SizeIs(3));
  const uint64_t of_all = questions;
  ASSERT_GT(of_all, 10u);
  size_t found = 0;
  uint64_t cut_with_paths = 0;
  for (last = 1; last <= of_all; ++last) {
    questions = 0;
    ASSERT_OK_AND_ASSIGN(const PathResult result, FindPaths(graph, query));
    EXPECT_GE(result.paths.size(), found) << last;
    found = result.paths.size();
    if (found > 0 && result.end.truncation.has_value()) ++cut_with_paths;
    const std::vector<std::string> shown = Show(result), all = Show(whole);
    EXPECT_TRUE(std::equal(shown.begin(), shown.end(), all.begin())) << last;
  }
  EXPECT_GT(cut_with_paths, 0u);
}

TEST_F(FindPathsTest, UnreachableIsProvenAndUnknownNodesAreRefused) {
  MemoryEdgeSource graph = Companies(3);
  Link(graph, 1, 3);
  Link(graph, 3, 3);
  for (PathMode mode : {PathMode::kKShortest, PathMode::kAllSimple, PathMode::kWeighted}) {
    ASSERT_OK_AND_ASSIGN(const PathResult result, FindPaths(graph, Query(1, 2, mode, 3)));
    EXPECT_EQ(result.outcome, PathOutcome::kNone);
    EXPECT_FALSE(result.end.truncation.has_value());
    EXPECT_THAT(FindPaths(graph, Query(1, 99, mode, 3)), StatusIs(absl::StatusCode::kNotFound, _));
  }
}

TEST_F(FindPathsTest, CancellationEndsWorkInMemoryWithinAFewHundredSteps) {
  MemoryEdgeSource graph = Companies(40);
  for (uint64_t a = 1; a <= 40; ++a) {
    for (uint64_t b = a + 1; b <= 40; ++b) Link(graph, a, b, 0.5f);
  }
  for (PathMode mode : {PathMode::kKShortest, PathMode::kAllSimple, PathMode::kWeighted}) {
    PathQuery query = Query(1, 2, mode, 10'000);
    query.budget.edges_scanned_max = 10'000'000;
    uint64_t calls = 0;
    bool cancelled = false;
    uint64_t calls_after = 0;
    query.budget.should_stop = [&]() -> std::optional<Budget::Stop> {
      if (cancelled) ++calls_after;
      cancelled = ++calls > 100;
      return cancelled ? std::optional(Budget::Stop::kCancelled) : std::nullopt;
    };
    EXPECT_THAT(FindPaths(graph, query), StatusIs(absl::StatusCode::kCancelled, _));
    EXPECT_EQ(calls_after, 0u);
  }
}

}  // namespace
}  // namespace partnergraph
