// The modes of FindPaths on random small graphs against a naive enumeration of all paths. Answers
// that are not cut must be equal; cut ones must be flagged and hold nothing wrong.
#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/traversal.h"
#include "gtest/gtest.h"
#include "tests/graph/random_graph.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using Nodes = std::vector<NodeId>;

// Every edge between two nodes, in one direction.
using HopMap = std::map<NodeId, std::map<NodeId, std::vector<NaiveHop>>>;

struct NaivePath {
  Nodes nodes;
  double certainty = 1;
};

class FindPathsRandomTest : public RandomGraphTest {
 protected:
  PathQuery RandomQuery() {
    PathQuery query;
    query.source = AnyNode();
    do {
      query.target = AnyNode();
    } while (query.target == query.source);
    query.length_max = 1 + static_cast<uint32_t>(Below(5));
    query.paths_max = 1 + static_cast<uint32_t>(Below(8));
    query.filter = RandomFilter();
    query.expand_partnerships = Below(2) == 0;
    return query;
  }

  HopMap Hops(const PathQuery& query) {
    FactFilter filter = query.filter;
    if (query.time_ordered && filter.date_from.empty()) filter.date_from.year = 1;
    HopMap hops;
    for (const NaiveHop& hop : NaiveHops(
             filter, ModeOf(filter, query.expand_partnerships, {query.source, query.target}))) {
      if (hop.from != hop.to) hops[hop.from][hop.to].push_back(hop);
    }
    return hops;
  }

  // Whether days can be chosen, one of each hop's edges, that never decrease: tries every edge.
  static bool IsInTime(const HopMap& hops, const Nodes& nodes, size_t at, int64_t day) {
    if (at + 1 == nodes.size()) return true;
    for (const NaiveHop& hop : hops.at(nodes[at]).at(nodes[at + 1])) {
      const DayRange days = ToDayRange(hop.date);
      if (days.last >= day && IsInTime(hops, nodes, at + 1, std::max<int64_t>(day, days.first))) {
        return true;
      }
    }
    return false;
  }

  static void Extend(const HopMap& hops, const PathQuery& query, NaivePath& path,
                     std::vector<NaivePath>& found) {
    if (path.nodes.back() == query.target) {
      if (!query.time_ordered || IsInTime(hops, path.nodes, 0, INT64_MIN)) found.push_back(path);
      return;
    }
    if (path.nodes.size() > query.length_max) return;
    const auto next = hops.find(path.nodes.back());
    if (next == hops.end()) return;
    for (const auto& [to, edges] : next->second) {
      if (std::ranges::find(path.nodes, to) != path.nodes.end()) continue;
      float best = 0;
      for (const NaiveHop& edge : edges) best = std::max(best, edge.confidence);
      const double certainty = path.certainty;
      path.nodes.push_back(to);
      path.certainty *= best;
      Extend(hops, query, path, found);
      path.nodes.pop_back();
      path.certainty = certainty;
    }
  }

  // All paths, by length, then by ids.
  std::vector<NaivePath> AllPaths(const HopMap& hops, const PathQuery& query) {
    std::vector<NaivePath> found;
    NaivePath path{.nodes = {query.source}};
    Extend(hops, query, path, found);
    std::ranges::sort(found, [](const NaivePath& a, const NaivePath& b) {
      return std::pair(a.nodes.size(), a.nodes) < std::pair(b.nodes.size(), b.nodes);
    });
    return found;
  }

  static Nodes NodesOf(const Path& path) {
    Nodes nodes;
    for (const NodeSummary& node : path.nodes) nodes.push_back(node.id);
    return nodes;
  }

  // What holds for every answer: paths are paths of the graph, each once, and outcomes are true.
  void ExpectHonest(const PathResult& result, const HopMap& hops, const PathQuery& query,
                    const std::vector<NaivePath>& all, bool bounded) {
    std::set<Nodes> known, seen;
    for (const NaivePath& path : all) known.insert(path.nodes);
    for (const Path& path : result.paths) {
      const Nodes nodes = NodesOf(path);
      EXPECT_TRUE(known.contains(nodes));
      EXPECT_TRUE(seen.insert(nodes).second);
      ASSERT_EQ(path.edges.size() + 1, nodes.size());
      double certainty = 1;
      int64_t day = INT64_MIN;
      for (size_t i = 0; i < path.edges.size(); ++i) {
        std::set<EdgeName> names;
        for (const NaiveHop& hop : hops.at(nodes[i]).at(nodes[i + 1])) names.insert(hop.name);
        EXPECT_TRUE(names.contains(NameOf(path.edges[i])));
        certainty *= path.edges[i].confidence;
        if (query.time_ordered) {
          const DayRange days = ToDayRange(path.edges[i].date);
          EXPECT_GE(days.last, day);
          day = std::max<int64_t>(day, days.first);
        }
      }
      EXPECT_DOUBLE_EQ(path.certainty, certainty);
    }
    if (result.outcome == PathOutcome::kNone) {
      EXPECT_TRUE(all.empty());
      EXPECT_FALSE(result.end.truncation.has_value());
    }
    EXPECT_EQ(result.outcome == PathOutcome::kFound, !result.paths.empty());
    if (!bounded) {
      EXPECT_NE(result.outcome, PathOutcome::kNotDecided);
    }
    EXPECT_LE(result.paths.size(), query.paths_max);
    EXPECT_LE(result.end.stats.edges_scanned, query.budget.edges_scanned_max);
  }

  // The paths of the answer are the first of all.
  static void ExpectFirst(const PathResult& result, const std::vector<NaivePath>& all) {
    ASSERT_LE(result.paths.size(), all.size());
    for (size_t i = 0; i < result.paths.size(); ++i) {
      EXPECT_EQ(NodesOf(result.paths[i]), all[i].nodes);
    }
  }
};

TEST_P(FindPathsRandomTest, KShortestAreTheFirstOfAllPaths) {
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    PathQuery query = RandomQuery();
    query.mode = PathMode::kKShortest;
    query.time_ordered = Below(3) == 0;
    const bool bounded = round % 2 == 1;
    if (bounded) query.budget = RandomBudget();
    const HopMap hops = Hops(query);
    const std::vector<NaivePath> all = AllPaths(hops, query);
    ASSERT_OK_AND_ASSIGN(const PathResult result, FindPaths(graph_, query));
    ExpectHonest(result, hops, query, all, bounded);
    if (!result.end.truncation.has_value()) {
      ExpectFirst(result, all);
      EXPECT_EQ(result.paths.size(), std::min<size_t>(all.size(), query.paths_max));
    } else {
      EXPECT_TRUE(bounded) << "cut without a bound";
      // The lengths are right even where paths of the last length are missing.
      for (size_t i = 0; i < result.paths.size(); ++i) {
        EXPECT_EQ(result.paths[i].nodes.size(), all[i].nodes.size());
      }
    }
  }
}

TEST_P(FindPathsRandomTest, TimeOrderedShortestPathsAreTheFirstInTime) {
  for (int round = 0; round < 8; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    PathQuery query = RandomQuery();
    query.time_ordered = true;
    const bool bounded = round % 2 == 1;
    if (bounded) query.budget = RandomBudget();
    const HopMap hops = Hops(query);
    std::vector<NaivePath> all = AllPaths(hops, query);
    while (!all.empty() && all.back().nodes.size() > all.front().nodes.size()) all.pop_back();
    ASSERT_OK_AND_ASSIGN(const PathResult result, FindPaths(graph_, query));
    ExpectHonest(result, hops, query, all, bounded);
    if (!result.end.truncation.has_value()) {
      ExpectFirst(result, all);
      EXPECT_EQ(result.paths.size(), all.size());
    } else if (!bounded) {
      EXPECT_EQ(result.end.truncation->reason, TruncationReason::kPaths);
      EXPECT_EQ(result.paths.size(), query.paths_max);
      EXPECT_GT(all.size(), query.paths_max);
      ExpectFirst(result, all);
    }
  }
}

TEST_P(FindPathsRandomTest, AllSimplePathsEqualNaiveEnumeration) {
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    PathQuery query = RandomQuery();
    query.mode = PathMode::kAllSimple;
    query.paths_max = Below(2) == 0 ? query.paths_max : 1'000'000;
    query.time_ordered = Below(3) == 0;
    const bool bounded = round % 2 == 1;
    if (bounded) query.budget = RandomBudget();
    query.budget.bytes_max = bounded ? query.budget.bytes_max : UINT64_MAX;
    query.budget.edges_scanned_max =
        bounded ? query.budget.edges_scanned_max : UINT64_MAX;  // Also of hops tried.
    const HopMap hops = Hops(query);
    const std::vector<NaivePath> all = AllPaths(hops, query);
    ASSERT_OK_AND_ASSIGN(const PathResult result, FindPaths(graph_, query));
    ExpectHonest(result, hops, query, all, bounded);
    if (!result.end.truncation.has_value()) {
      ExpectFirst(result, all);
      EXPECT_EQ(result.paths.size(), all.size());
    } else if (!bounded) {
      EXPECT_EQ(result.end.truncation->reason, TruncationReason::kPaths);
      EXPECT_EQ(result.paths.size(), query.paths_max);
      EXPECT_GT(all.size(), query.paths_max);
      ExpectFirst(result, all);
    }
  }
}

TEST_P(FindPathsRandomTest, WeightedPathsAreTheMostCertain) {
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    PathQuery query = RandomQuery();
    query.mode = PathMode::kWeighted;
    const bool bounded = round % 2 == 1;
    if (bounded) query.budget = RandomBudget();
    const HopMap hops = Hops(query);
    std::vector<NaivePath> all = AllPaths(hops, query);
    std::ranges::stable_sort(
        all, [](const NaivePath& a, const NaivePath& b) { return a.certainty > b.certainty; });
    ASSERT_OK_AND_ASSIGN(const PathResult result, FindPaths(graph_, query));
    ExpectHonest(result, hops, query, all, bounded);
    ASSERT_LE(result.paths.size(), all.size());
    for (size_t i = 0; i < result.paths.size(); ++i) {
      EXPECT_NEAR(result.paths[i].certainty, all[i].certainty, 1e-12);
    }
    if (!result.end.truncation.has_value()) {
      EXPECT_EQ(result.paths.size(), std::min<size_t>(all.size(), query.paths_max));
    } else {
      EXPECT_TRUE(bounded) << "cut without a bound";
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, FindPathsRandomTest, testing::Range(0, 1000));

}  // namespace
}  // namespace partnergraph
