// Analyses of the whole graph against naive ones on random small graphs, and on graphs whose answer
// is known.
#include "graph/whole_analysis.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/personal_rank.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_whole_graph.h"
#include "tests/graph/random_graph.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::_;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

constexpr uint64_t kBytes = 64 << 20;

absl::StatusOr<std::unique_ptr<AnalysisResult>> RunAll(const MemoryEdgeSource& source,
                                                       const AnalysisQuery& query,
                                                       JobMonitor& monitor) {
  MemoryWholeGraph whole(source);
  absl::StatusOr<AnalysisInput> input = ReadForAnalysis(whole, query, kBytes, monitor);
  if (!input.ok()) return input.status();
  return Analyze(*std::move(input), query, monitor);
}

class WholeAnalysisRandomTest : public RandomGraphTest {
 protected:
  std::unique_ptr<AnalysisResult> RunOk(const AnalysisQuery& query) {
    JobMonitor monitor;
    auto result = RunAll(graph_, query, monitor);
    EXPECT_THAT(result.status(), IsOk());
    return result.ok() ? *std::move(result) : nullptr;
  }

  // Stored edges as (source, target), those that the filter keeps in any direction.
  std::vector<std::pair<NodeId, NodeId>> KeptEdges(FactFilter filter) {
    filter.direction = DirectionFilter::kBoth;
    if (Names(filter, kPartnerWith)) filter.types.push_back(kPartyTo);
    std::vector<std::pair<NodeId, NodeId>> edges;
    for (uint64_t id = 1; id <= graph_.node_count(); ++id) {
      for (const AdjacentEdge& row : graph_.rows(NodeId{id})) {
        if (row.direction == Direction::kOut && Keeps(filter, row)) {
          edges.emplace_back(row.node, row.other);
        }
      }
    }
    return edges;
  }

  // The walk's hops: from, to.
  std::vector<std::pair<size_t, size_t>> Hops(const FactFilter& filter) {
    std::vector<std::pair<size_t, size_t>> hops;
    for (const auto& [source, target] : KeptEdges(filter)) {
      const size_t from = ToInt(source) - 1, to = ToInt(target) - 1;
      if (filter.direction != DirectionFilter::kIn) hops.emplace_back(from, to);
      if (filter.direction != DirectionFilter::kOut) hops.emplace_back(to, from);
    }
    return hops;
  }

  // By the definition, iterated until nothing moves; the walker restarts as `restart` says.
  std::vector<double> NaiveRank(const FactFilter& filter, const std::vector<double>& restart,
                                double damping) {
    const auto hops = Hops(filter);
    std::vector<double> degrees(restart.size());
    for (const auto& [from, to] : hops) ++degrees[from];
    std::vector<double> rank = restart;
    for (int i = 0; i < 400; ++i) {
      std::vector<double> next(rank.size());
      double restarting = 1 - damping;
      for (size_t node = 0; node < rank.size(); ++node) {
        if (degrees[node] == 0) restarting += damping * rank[node];
      }
      for (const auto& [from, to] : hops) next[to] += damping * rank[from] / degrees[from];
      for (size_t node = 0; node < rank.size(); ++node) next[node] += restarting * restart[node];
      rank = next;
    }
    return rank;
  }
};

TEST_P(WholeAnalysisRandomTest, PageRankEqualsNaiveIteration) {
  AnalysisQuery query{.kind = AnalysisKind::kPageRank, .filter = RandomFilter()};
  query.page_rank = {.damping = 0.5 + 0.1 * Below(4), .iterations_max = 500, .tolerance = 1e-13};
  const auto result = RunOk(query);
  ASSERT_NE(result, nullptr);
  EXPECT_TRUE(result->converged);
  EXPECT_EQ(result->edge_count(), KeptEdges(query.filter).size());
  const std::vector<double> naive = NaiveRank(
      query.filter,
      std::vector<double>(graph_.node_count(), 1.0 / static_cast<double>(graph_.node_count())),
      query.page_rank.damping);
  std::optional<uint64_t> next;
  const auto ranks = result->Ranks({}, 0, 1000, next);
  ASSERT_EQ(ranks.size(), graph_.node_count());
  EXPECT_FALSE(next.has_value());
  double sum = 0;
  for (size_t i = 0; i < ranks.size(); ++i) {
    EXPECT_NEAR(ranks[i].score, naive[ToInt(ranks[i].node) - 1], 1e-9);
    if (i > 0) {
      EXPECT_GE(ranks[i - 1].score, ranks[i].score);
    }
    sum += ranks[i].score;
  }
  EXPECT_NEAR(sum, 1, 1e-9);
}

TEST_P(WholeAnalysisRandomTest, PersonalRankIsWithinWhatItSaysIsMissing) {
  for (int round = 0; round < 4; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    PersonalRankQuery query;
    std::set<NodeId> seeds;
    for (int i = Below(3); i >= 0; --i) seeds.insert(AnyNode());
    query.seeds.assign(seeds.begin(), seeds.end());
    query.filter = RandomFilter();
    query.damping = 0.5 + 0.1 * Below(4);
    query.tolerance = Below(2) == 0 ? 1e-8 : 1e-3;
    query.nodes_max = 1000;
    const bool bounded = round % 2 == 1;
    if (bounded) query.budget = RandomBudget();
    std::vector<double> restart(graph_.node_count());
    for (NodeId seed : seeds) restart[ToInt(seed) - 1] = 1.0 / static_cast<double>(seeds.size());
    const std::vector<double> naive = NaiveRank(query.filter, restart, query.damping);
    ASSERT_OK_AND_ASSIGN(const PersonalRankResult result, RankFromSeeds(graph_, query));
    EXPECT_LE(result.end.stats.edges_scanned, query.budget.edges_scanned_max);
    if (result.end.truncation.has_value()) {
      EXPECT_TRUE(bounded) << "cut without a bound";
      if (result.end.truncation->reason == TruncationReason::kPerNodeLimit) continue;
    }
    double sum = 0;
    for (const RankedNode& node : result.nodes) {
      const double exact = naive[ToInt(node.node.id) - 1];
      // Of a node that was read in part the walk is another one.
      if (!result.end.truncation.has_value()) {
        EXPECT_LE(node.score, exact + 1e-9);
        EXPECT_GE(node.score, exact - result.missing - 1e-9);
      }
      sum += node.score;
    }
    if (!result.end.truncation.has_value()) {
      EXPECT_NEAR(sum + result.missing, 1, 1e-9);
      EXPECT_LE(result.missing,
                query.tolerance * static_cast<double>(2 * graph_.edges().size() + 2 * seeds.size() +
                                                      graph_.node_count()));
    }
  }
}

TEST_P(WholeAnalysisRandomTest, DegreesAreCounted) {
  const AnalysisQuery query{.kind = AnalysisKind::kDegree, .filter = RandomFilter()};
  const auto result = RunOk(query);
  ASSERT_NE(result, nullptr);
  std::map<NodeId, double> naive;
  for (const auto& [from, to] : Hops(query.filter)) ++naive[NodeId{from + 1}];
  const std::vector<NodeKind> kinds = RandomKinds();
  // In pages.
  std::vector<AnalysisResult::Ranked> ranks;
  for (std::optional<uint64_t> place = 0; place.has_value();) {
    const auto page = result->Ranks(kinds, *place, 2, place);
    EXPECT_LE(page.size(), 2u);
    ranks.insert(ranks.end(), page.begin(), page.end());
  }
  size_t wanted = 0;
  for (uint64_t id = 1; id <= graph_.node_count(); ++id) {
    wanted += Allows(kinds, graph_.kind(NodeId{id})) ? 1 : 0;
  }
  EXPECT_EQ(ranks.size(), wanted);
  for (size_t i = 0; i < ranks.size(); ++i) {
    EXPECT_EQ(ranks[i].score, naive[ranks[i].node]);
    if (i > 0) {
      EXPECT_TRUE(std::pair(-ranks[i - 1].score, ranks[i - 1].node) <
                  std::pair(-ranks[i].score, ranks[i].node));
    }
  }
}

TEST_P(WholeAnalysisRandomTest, ComponentsEqualNaiveSpreading) {
  const AnalysisQuery query{.kind = AnalysisKind::kComponents, .filter = RandomFilter()};
  const auto result = RunOk(query);
  ASSERT_NE(result, nullptr);
  // The smallest id of each component, spread until nothing moves.
  std::map<NodeId, NodeId> naive;
  for (uint64_t id = 1; id <= graph_.node_count(); ++id) naive[NodeId{id}] = NodeId{id};
  const auto edges = KeptEdges(query.filter);
  for (bool moved = true; moved;) {
    moved = false;
    for (const auto& [a, b] : edges) {
      const NodeId least = std::min(naive[a], naive[b]);
      moved |= naive[a] != least || naive[b] != least;
      naive[a] = naive[b] = least;
    }
  }
  std::map<NodeId, std::set<NodeId>> groups;
  for (const auto& [node, group] : naive) groups[group].insert(node);
  ASSERT_EQ(result->group_count(), groups.size());
  for (uint64_t number = 0; number < result->group_count(); ++number) {
    const NodeGroup group = result->Group(number);
    EXPECT_EQ(group.size, groups[group.id].size());
    EXPECT_EQ(result->FindGroup(group.id), number);
    if (number > 0) {
      EXPECT_GE(result->Group(number - 1).size, group.size);
    }
    std::set<NodeId> members;
    for (std::optional<uint64_t> place = 0; place.has_value();) {
      for (NodeId member : result->Members(number, {}, *place, 2, place)) {
        EXPECT_TRUE(members.insert(member).second);
        EXPECT_EQ(result->GroupOf(member), number);
        if (member != group.id) {
          EXPECT_EQ(result->FindGroup(member), std::nullopt);
        }
      }
    }
    EXPECT_EQ(members, groups[group.id]);
  }
  EXPECT_EQ(result->GroupOf(NodeId{graph_.node_count() + 1}), std::nullopt);
  EXPECT_EQ(result->GroupOf(NodeId{}), std::nullopt);
}

TEST_P(WholeAnalysisRandomTest, CommunitiesAreJoinedPartsAndTheirModularityIsRight) {
  AnalysisQuery query{.kind = AnalysisKind::kCommunities, .filter = RandomFilter()};
  query.louvain.resolution = 0.5 + 0.5 * Below(3);
  const auto result = RunOk(query);
  const auto again = RunOk(query);
  ASSERT_NE(result, nullptr);
  const auto edges = KeptEdges(query.filter);
  double inside = 0;
  std::map<uint64_t, double> strengths;
  std::map<NodeId, std::set<NodeId>> joined;  // Within communities.
  for (const auto& [a, b] : edges) {
    const uint64_t group_a = *result->GroupOf(a), group_b = *result->GroupOf(b);
    ++strengths[group_a];
    ++strengths[group_b];
    if (group_a != group_b) continue;
    inside += 2;
    joined[a].insert(b);
    joined[b].insert(a);
  }
  const double total = 2 * static_cast<double>(edges.size());
  double modularity = edges.empty() ? 0 : inside / total;
  for (const auto& [group, strength] : strengths) {
    modularity -= query.louvain.resolution * (strength / total) * (strength / total);
  }
  EXPECT_NEAR(result->modularity, modularity, 1e-9);
  uint64_t nodes = 0;
  for (uint64_t number = 0; number < result->group_count(); ++number) {
    nodes += result->Group(number).size;
    std::set<NodeId> reached = {result->Group(number).id};
    for (std::vector<NodeId> stack(reached.begin(), reached.end()); !stack.empty();) {
      const NodeId node = stack.back();
      stack.pop_back();
      for (NodeId next : joined[node]) {
        if (reached.insert(next).second) stack.push_back(next);
      }
    }
    EXPECT_EQ(reached.size(), result->Group(number).size);
  }
  EXPECT_EQ(nodes, graph_.node_count());
  // Better than nothing, and the same every time.
  std::map<NodeId, double> alone;
  for (const auto& [a, b] : edges) {
    ++alone[a];
    ++alone[b];
  }
  double least = 0;
  for (const auto& [node, strength] : alone) {
    least -= query.louvain.resolution * (strength / total) * (strength / total);
  }
  EXPECT_GE(result->modularity, least - 1e-9);
  ASSERT_EQ(again->group_count(), result->group_count());
  for (uint64_t id = 1; id <= graph_.node_count(); ++id) {
    EXPECT_EQ(again->GroupOf(NodeId{id}), result->GroupOf(NodeId{id}));
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, WholeAnalysisRandomTest, testing::Range(0, 300));

// `count` cliques of `size` companies, each joined to the next by one edge, the last to the first.
MemoryEdgeSource Cliques(uint64_t count, uint64_t size) {
  MemoryEdgeSource graph;
  for (uint64_t i = 0; i < count * size; ++i) graph.AddNode(NodeKind::kCompany);
  const auto link = [&](uint64_t a, uint64_t b) {
    graph.AddEdge({.source = NodeId{a}, .target = NodeId{b}, .type = kPartOf});
  };
  for (uint64_t clique = 0; clique < count; ++clique) {
    const uint64_t first = clique * size + 1;
    for (uint64_t a = first; a < first + size; ++a) {
      for (uint64_t b = a + 1; b < first + size; ++b) link(a, b);
    }
    link(first, (clique + 1) % count * size + 2);
  }
  return graph;
}

TEST(WholeAnalysisTest, CommunitiesOfARingOfCliquesAreTheCliques) {
  const MemoryEdgeSource graph = Cliques(10, 6);
  JobMonitor monitor;
  ASSERT_OK_AND_ASSIGN(const auto result,
                       RunAll(graph, {.kind = AnalysisKind::kCommunities}, monitor));
  ASSERT_EQ(result->group_count(), 10u);
  for (uint64_t number = 0; number < 10; ++number) {
    EXPECT_EQ(result->Group(number).size, 6u);
    EXPECT_EQ(result->Group(number).id, NodeId{number * 6 + 1});
  }
  EXPECT_NEAR(result->modularity, 150.0 / 160 - 0.1, 1e-9);
  // With a low resolution neighbors join.
  AnalysisQuery coarse{.kind = AnalysisKind::kCommunities};
  coarse.louvain.resolution = 0.01;
  ASSERT_OK_AND_ASSIGN(const auto one, RunAll(graph, coarse, monitor));
  EXPECT_LT(one->group_count(), 10u);
}

TEST(WholeAnalysisTest, TooLittleMemoryAndCancellationAreErrors) {
  const MemoryEdgeSource graph = Cliques(10, 30);
  MemoryWholeGraph whole(graph);
  JobMonitor monitor;
  EXPECT_THAT(ReadForAnalysis(whole, {.kind = AnalysisKind::kPageRank}, 100, monitor),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("300 nodes")));
  for (AnalysisKind kind : {AnalysisKind::kPageRank, AnalysisKind::kCommunities}) {
    ASSERT_OK_AND_ASSIGN(AnalysisInput input,
                         ReadForAnalysis(whole, {.kind = kind}, kBytes, monitor));
    JobMonitor cancelled;
    cancelled.Cancel();
    EXPECT_THAT(ReadForAnalysis(whole, {.kind = kind}, kBytes, cancelled),
                StatusIs(absl::StatusCode::kCancelled, _));
    EXPECT_THAT(Analyze(std::move(input), {.kind = kind}, cancelled),
                StatusIs(absl::StatusCode::kCancelled, _));
  }
}

TEST(WholeAnalysisTest, EmptyGraphHasNoRanksAndNoGroups) {
  const MemoryEdgeSource graph;
  for (AnalysisKind kind : {AnalysisKind::kDegree, AnalysisKind::kPageRank,
                            AnalysisKind::kComponents, AnalysisKind::kCommunities}) {
    JobMonitor monitor;
    ASSERT_OK_AND_ASSIGN(const auto result, RunAll(graph, {.kind = kind}, monitor));
    std::optional<uint64_t> next;
    EXPECT_THAT(result->Ranks({}, 0, 10, next), SizeIs(0));
    EXPECT_EQ(result->group_count(), 0u);
  }
}

}  // namespace
}  // namespace partnergraph
