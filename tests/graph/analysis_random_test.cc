// Common neighbors, similar nodes, cycles and personal ranks on random small graphs against naive
// ones. Answers that are not cut must be equal; cut ones must be flagged and hold nothing wrong.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/common_neighbors.h"
#include "graph/cycles.h"
#include "graph/similar_nodes.h"
#include "gtest/gtest.h"
#include "tests/graph/random_graph.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using Nodes = std::vector<NodeId>;
using HopMap = std::map<NodeId, std::map<NodeId, std::vector<NaiveHop>>>;

class AnalysisRandomTest : public RandomGraphTest {
 protected:
  HopMap Hops(const FactFilter& filter, bool expand, const Nodes& named) {
    HopMap hops;
    for (const NaiveHop& hop : NaiveHops(filter, ModeOf(filter, expand, named))) {
      if (hop.from != hop.to) hops[hop.from][hop.to].push_back(hop);
    }
    return hops;
  }

  static void ExpectBounded(const QueryEnd& end, const Budget& budget, bool bounded) {
    EXPECT_LE(end.stats.edges_scanned, budget.edges_scanned_max);
    if (end.truncation.has_value()) {
      EXPECT_TRUE(bounded) << "cut without a bound";
    }
  }
};

TEST_P(AnalysisRandomTest, CommonNeighborsEqualNaiveOnes) {
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    CommonNeighborsQuery query;
    std::set<NodeId> named;
    for (int i = Below(3); i >= -1; --i) {
      if (const NodeId node = AnyNode(); named.insert(node).second) query.nodes.push_back(node);
    }
    query.filter = RandomFilter();
    query.node_kinds = RandomKinds();
    query.expand_partnerships = Below(2) == 0;
    query.offset = static_cast<uint32_t>(Below(3));
    query.page_size = 1 + static_cast<uint32_t>(Below(5));
    const bool bounded = round % 2 == 1;
    if (bounded) query.budget = RandomBudget();
    const HopMap hops = Hops(query.filter, query.expand_partnerships, query.nodes);

    struct Common {
      double weight = 0;
      uint64_t edges = 0;
      bool all = true;
    };
    std::map<NodeId, Common> naive;
    for (uint64_t id = 1; id <= graph_.node_count(); ++id) {
      const NodeId node{id};
      if (named.contains(node) || !Allows(query.node_kinds, graph_.kind(node))) continue;
      Common common;
      for (NodeId from : query.nodes) {
        const auto at = hops.find(from);
        if (at == hops.end() || !at->second.contains(node)) {
          common.all = false;
          break;
        }
        for (const NaiveHop& hop : at->second.at(node)) {
          common.weight += hop.confidence;
          ++common.edges;
        }
      }
      if (common.all) naive[node] = common;
    }
    std::vector<std::pair<NodeId, Common>> ranked(naive.begin(), naive.end());
    std::ranges::stable_sort(ranked, [](const auto& a, const auto& b) {
      return a.second.weight > b.second.weight + 1e-9;
    });

    ASSERT_OK_AND_ASSIGN(const CommonNeighborsResult result, FindCommonNeighbors(graph_, query));
    ExpectBounded(result.end, query.budget, bounded);
    for (const CommonNeighbor& neighbor : result.neighbors) {
      ASSERT_TRUE(naive.contains(neighbor.node.id));
      EXPECT_LE(neighbor.edge_count, naive[neighbor.node.id].edges);
      ASSERT_EQ(neighbor.edges.size(), query.nodes.size());
      for (size_t i = 0; i < query.nodes.size(); ++i) {
        std::set<EdgeName> names;
        for (const NaiveHop& hop : hops.at(query.nodes[i]).at(neighbor.node.id)) {
          names.insert(hop.name);
        }
        EXPECT_TRUE(names.contains(NameOf(neighbor.edges[i])));
      }
    }
    if (result.end.truncation.has_value()) continue;
    EXPECT_EQ(result.total, ranked.size());
    for (size_t i = 0; i < result.neighbors.size(); ++i) {
      const NodeId node = result.neighbors[i].node.id;
      EXPECT_NEAR(result.neighbors[i].weight, ranked[query.offset + i].second.weight, 1e-6);
      EXPECT_NEAR(result.neighbors[i].weight, naive[node].weight, 1e-6);
      EXPECT_EQ(result.neighbors[i].edge_count, naive[node].edges);
    }
    EXPECT_EQ(result.neighbors.size(),
              std::min<size_t>(query.page_size,
                               ranked.size() - std::min<size_t>(ranked.size(), query.offset)));
  }
}

TEST_P(AnalysisRandomTest, SimilarNodesEqualNaiveOnes) {
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    SimilarNodesQuery query;
    query.node = AnyNode();
    query.measure = Below(2) == 0 ? SimilarityMeasure::kJaccard : SimilarityMeasure::kAdamicAdar;
    query.filter = RandomFilter();
    query.node_kinds = RandomKinds();
    query.expand_partnerships = Below(2) == 0;
    query.nodes_max = 1 + static_cast<uint32_t>(Below(5));
    const bool bounded = round % 2 == 1;
    if (bounded) query.budget = RandomBudget();
    const NodeKind kind = graph_.kind(query.node);
    const HopMap hops =
        Hops(query.filter, query.expand_partnerships || kind == NodeKind::kPartnership, {});
    const auto neighbors = [&](NodeId node) {
      std::set<NodeId> reached;
      if (const auto at = hops.find(node); at != hops.end()) {
        for (const auto& [to, edges] : at->second) reached.insert(to);
      }
      return reached;
    };
    std::map<NodeId, uint64_t> reached_from;  // How many nodes have it as a neighbor.
    for (const auto& [from, to] : hops) {
      for (const auto& [node, edges] : to) ++reached_from[node];
    }
    const std::set<NodeId> own = neighbors(query.node);
    std::map<NodeId, double> naive;
    std::map<NodeId, uint64_t> commons;
    for (uint64_t id = 1; id <= graph_.node_count(); ++id) {
      const NodeId node{id};
      const std::vector<NodeKind> kinds =
          query.node_kinds.empty() ? std::vector<NodeKind>{kind} : query.node_kinds;
      if (node == query.node || !Allows(kinds, graph_.kind(node))) continue;
      const std::set<NodeId> other = neighbors(node);
      std::vector<NodeId> common;
      std::ranges::set_intersection(own, other, std::back_inserter(common));
      if (common.empty()) continue;
      double score = 0;
      if (query.measure == SimilarityMeasure::kJaccard) {
        score = static_cast<double>(common.size()) /
                static_cast<double>(own.size() + other.size() - common.size());
      } else {
        for (NodeId c : common) score += 1 / std::log(static_cast<double>(reached_from[c]));
      }
      naive[node] = score;
      commons[node] = common.size();
    }
    std::vector<double> scores;
    for (const auto& [node, score] : naive) scores.push_back(score);
    std::ranges::sort(scores, std::greater());

    ASSERT_OK_AND_ASSIGN(const SimilarNodesResult result, FindSimilarNodes(graph_, query));
    ExpectBounded(result.end, query.budget, bounded);
    EXPECT_LE(result.nodes.size(), query.nodes_max);
    for (const SimilarNode& node : result.nodes) {
      ASSERT_TRUE(naive.contains(node.node.id));
      EXPECT_LE(node.common_count, commons[node.node.id]);
    }
    if (result.end.truncation.has_value()) continue;
    EXPECT_EQ(result.neighbor_count, own.size());
    ASSERT_EQ(result.nodes.size(), std::min<size_t>(query.nodes_max, naive.size()));
    for (size_t i = 0; i < result.nodes.size(); ++i) {
      EXPECT_NEAR(result.nodes[i].score, scores[i], 1e-9);
      EXPECT_NEAR(result.nodes[i].score, naive[result.nodes[i].node.id], 1e-9);
      EXPECT_EQ(result.nodes[i].common_count, commons[result.nodes[i].node.id]);
    }
  }
}

// Whether edges can be chosen, one for each hop, none of them of the same fact or deal.
bool HasDistinctEdges(const HopMap& hops, const Nodes& nodes, size_t at, std::set<EdgeName>& used) {
  if (at + 1 == nodes.size()) return true;
  for (const NaiveHop& hop : hops.at(nodes[at]).at(nodes[at + 1])) {
    EdgeName use = hop.name;
    // Of a passage only the deal counts; numbers of deals and facts are told apart by the type.
    if (std::get<1>(use) == 1000) use = {std::get<0>(use), 1000, NodeId{}, NodeId{}};
    if (!used.insert(use).second) continue;
    const bool found = HasDistinctEdges(hops, nodes, at + 1, used);
    used.erase(use);
    if (found) return true;
  }
  return false;
}

void ExtendCycle(const HopMap& hops, const CycleQuery& query, Nodes& nodes,
                 std::vector<Nodes>& found) {
  const auto next = hops.find(nodes.back());
  if (next == hops.end()) return;
  for (const auto& [to, edges] : next->second) {
    if (to == query.node && nodes.size() >= query.length_min) {
      nodes.push_back(to);
      std::set<EdgeName> used;
      if (HasDistinctEdges(hops, nodes, 0, used)) found.push_back(nodes);
      nodes.pop_back();
    }
    if (std::ranges::find(nodes, to) != nodes.end() || nodes.size() >= query.length_max) continue;
    nodes.push_back(to);
    ExtendCycle(hops, query, nodes, found);
    nodes.pop_back();
  }
}

TEST_P(AnalysisRandomTest, CyclesEqualNaiveEnumeration) {
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    CycleQuery query;
    query.node = AnyNode();
    query.length_min = 2 + static_cast<uint32_t>(Below(2));
    query.length_max = query.length_min + static_cast<uint32_t>(Below(4));
    query.cycles_max = Below(2) == 0 ? 3 : 1'000'000;
    query.filter = RandomFilter();
    query.expand_partnerships = Below(2) == 0;
    const bool bounded = round % 2 == 1;
    if (bounded) query.budget = RandomBudget();
    query.budget.bytes_max = bounded ? query.budget.bytes_max : UINT64_MAX;
    query.budget.edges_scanned_max = bounded ? query.budget.edges_scanned_max : UINT64_MAX;
    const HopMap hops = Hops(query.filter, query.expand_partnerships, {query.node});
    std::vector<Nodes> naive;
    Nodes nodes = {query.node};
    ExtendCycle(hops, query, nodes, naive);
    std::ranges::sort(naive, [](const Nodes& a, const Nodes& b) {
      return std::pair(a.size(), a) < std::pair(b.size(), b);
    });
    const bool both = query.filter.direction == DirectionFilter::kBoth;
    if (both) std::erase_if(naive, [](const Nodes& c) { return c[1] > c[c.size() - 2]; });

    ASSERT_OK_AND_ASSIGN(const PathResult result, FindCycles(graph_, query));
    ExpectBounded(result.end, query.budget,
                  bounded || (result.end.truncation.has_value() &&
                              result.end.truncation->reason == TruncationReason::kPaths));
    std::set<Nodes> known(naive.begin(), naive.end()), seen;
    for (const Path& cycle : result.paths) {
      Nodes ids;
      for (const NodeSummary& node : cycle.nodes) ids.push_back(node.id);
      EXPECT_TRUE(known.contains(ids));
      EXPECT_TRUE(seen.insert(ids).second);
      std::set<EdgeName> uses;
      for (size_t i = 0; i < cycle.edges.size(); ++i) {
        EdgeName use = NameOf(cycle.edges[i]);
        std::set<EdgeName> names;
        for (const NaiveHop& hop : hops.at(ids[i]).at(ids[i + 1])) names.insert(hop.name);
        EXPECT_TRUE(names.contains(use));
        if (std::get<1>(use) == 1000) use = {std::get<0>(use), 1000, NodeId{}, NodeId{}};
        EXPECT_TRUE(uses.insert(use).second);
      }
    }
    if (result.outcome == PathOutcome::kNone) {
      EXPECT_TRUE(naive.empty());
    }
    if (!both) {
      // Ways round that consist of deals alone are given once.
      std::set<Nodes> reversed = seen;
      for (Nodes ids : seen) {
        std::ranges::reverse(ids);
        reversed.insert(ids);
      }
      if (!result.end.truncation.has_value()) {
        for (const Nodes& cycle : naive) EXPECT_TRUE(reversed.contains(cycle));
      }
      continue;
    }
    if (!result.end.truncation.has_value()) {
      EXPECT_EQ(seen, known);
    } else if (!bounded) {
      EXPECT_EQ(result.end.truncation->reason, TruncationReason::kPaths);
      EXPECT_EQ(result.paths.size(), query.cycles_max);
      EXPECT_GT(naive.size(), query.cycles_max);
      for (size_t i = 0; i < result.paths.size(); ++i) {
        EXPECT_EQ(result.paths[i].nodes.size(), naive[i].size());
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnalysisRandomTest, testing::Range(0, 500));

}  // namespace
}  // namespace partnergraph
