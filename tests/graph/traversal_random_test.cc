// Traversals of random small graphs against naive walks that share nothing with them but the
// filter. Answers that are not cut must be equal; cut ones must be flagged and hold nothing wrong.
#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/traversal.h"
#include "gtest/gtest.h"
#include "tests/graph/random_graph.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

class TraversalRandomTest : public RandomGraphTest {};

struct Answer {
  std::map<NodeId, uint32_t> rings;
  std::set<EdgeName> edges;
};

TEST_P(TraversalRandomTest, NeighborhoodEqualsNaiveWalk) {
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    NeighborhoodQuery query;
    for (int i = Below(3); i >= 0; --i) query.nodes.push_back(AnyNode());
    query.hops = 1 + static_cast<uint32_t>(Below(4));
    query.filter = RandomFilter();
    query.node_kinds = RandomKinds();
    query.expand_partnerships = Below(2) == 0;
    const bool bounded = round % 2 == 1;
    if (bounded) query.budget = RandomBudget();

    const std::vector<NaiveHop> hops =
        NaiveHops(query.filter, ModeOf(query.filter, query.expand_partnerships, query.nodes));
    Answer naive;
    for (NodeId node : query.nodes) naive.rings[node] = 0;
    for (uint32_t ring = 1; ring <= query.hops; ++ring) {
      std::map<NodeId, uint32_t> next;
      for (const NaiveHop& hop : hops) {
        const auto from = naive.rings.find(hop.from);
        if (from == naive.rings.end() || from->second != ring - 1) continue;
        if (!naive.rings.contains(hop.to)) {
          if (!Allows(query.node_kinds, graph_.kind(hop.to))) continue;
          next[hop.to] = ring;
        }
        naive.edges.insert(hop.name);
      }
      naive.rings.merge(next);
    }

    Answer answer;
    ASSERT_OK_AND_ASSIGN(const QueryEnd end,
                         WalkNeighborhood(graph_, query, [&](NeighborhoodPart part) {
                           for (const RingNode& node : part.nodes) {
                             EXPECT_TRUE(answer.rings.emplace(node.node.id, node.ring).second);
                             EXPECT_EQ(node.degree, graph_.rows(node.node.id).size());
                           }
                           for (const Edge& edge : part.edges) {
                             EXPECT_TRUE(answer.edges.insert(NameOf(edge)).second);
                             EXPECT_TRUE(answer.rings.contains(edge.source.id));
                             EXPECT_TRUE(answer.rings.contains(edge.target.id));
                           }
                           return true;
                         }));
    if (!end.truncation.has_value()) {
      EXPECT_EQ(answer.rings, naive.rings);
      EXPECT_EQ(answer.edges, naive.edges);
      continue;
    }
    EXPECT_TRUE(bounded) << "cut without a bound";
    EXPECT_GE(end.truncation->node_count, end.truncation->nodes.size());
    for (const CutNode& cut : end.truncation->nodes) {
      EXPECT_EQ(cut.degree, graph_.rows(cut.node).size());
    }
    for (const auto& [node, ring] : answer.rings) {
      ASSERT_TRUE(naive.rings.contains(node));
      EXPECT_GE(ring, naive.rings[node]);
    }
    // A longer way round can make a ring that an uncut answer does not have, but no other edges.
    std::set<EdgeName> all;
    for (const NaiveHop& hop : hops) all.insert(hop.name);
    EXPECT_TRUE(std::includes(all.begin(), all.end(), answer.edges.begin(), answer.edges.end()));
    EXPECT_LE(answer.rings.size(), query.budget.nodes_max);
    EXPECT_LE(end.stats.edges_scanned, query.budget.edges_scanned_max);
  }
}

TEST_P(TraversalRandomTest, PathsEqualNaiveSearch) {
  for (int round = 0; round < 16; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    PathQuery query;
    query.source = AnyNode();
    query.target = AnyNode();
    query.length_max = 1 + static_cast<uint32_t>(Below(6));
    query.paths_max = 1 + static_cast<uint32_t>(Below(6));
    query.filter = RandomFilter();
    query.expand_partnerships = Below(2) == 0;
    const bool bounded = round % 2 == 1;
    if (bounded) query.budget = RandomBudget();

    const std::vector<NaiveHop> hops =
        NaiveHops(query.filter,
                  ModeOf(query.filter, query.expand_partnerships, {query.source, query.target}));
    std::set<std::pair<NodeId, NodeId>> steps;
    std::set<EdgeName> names;
    for (const NaiveHop& hop : hops) {
      steps.insert({hop.from, hop.to});
      names.insert(hop.name);
    }
    // All shortest node sequences, by level.
    std::map<NodeId, uint64_t> ways = {{query.source, 1}};  // To the nodes of the newest level.
    std::set<NodeId> seen = {query.source};
    uint32_t length = 0;
    while (!ways.empty() && !ways.contains(query.target)) {
      std::map<NodeId, uint64_t> next;
      for (const auto& [from, to] : steps) {
        if (ways.contains(from) && !seen.contains(to)) next[to] += ways[from];
      }
      for (const auto& [node, count] : next) seen.insert(node);
      ways = std::move(next);
      ++length;
    }
    const bool exists = ways.contains(query.target) && length <= query.length_max;

    ASSERT_OK_AND_ASSIGN(const PathResult result, FindShortestPaths(graph_, query));
    if (!bounded) {
      EXPECT_EQ(result.outcome, exists ? PathOutcome::kFound : PathOutcome::kNone);
    }
    if (result.outcome == PathOutcome::kNone) {
      EXPECT_FALSE(exists);
      EXPECT_FALSE(result.end.truncation.has_value());
    }
    if (result.outcome != PathOutcome::kFound) {
      EXPECT_TRUE(result.paths.empty());
      continue;
    }
    ASSERT_TRUE(exists);
    std::set<std::vector<NodeId>> distinct;
    for (const Path& path : result.paths) {
      EXPECT_EQ(path.edges.size(), length);
      ASSERT_EQ(path.nodes.size(), path.edges.size() + 1);
      EXPECT_EQ(path.nodes.front().id, query.source);
      EXPECT_EQ(path.nodes.back().id, query.target);
      std::vector<NodeId> nodes = {query.source};
      for (size_t i = 0; i < path.edges.size(); ++i) {
        const NodeId from = path.nodes[i].id, to = path.nodes[i + 1].id;
        EXPECT_TRUE(steps.contains({from, to}));
        EXPECT_TRUE(names.contains(NameOf(path.edges[i])));
        const std::set<NodeId> ends = {path.edges[i].source.id, path.edges[i].target.id};
        EXPECT_EQ(ends, (std::set<NodeId>{from, to}));
        nodes.push_back(to);
      }
      EXPECT_TRUE(distinct.insert(nodes).second);
    }
    EXPECT_LE(result.paths.size(), query.paths_max);
    if (!result.end.truncation.has_value()) {
      // One path stands for all that are as short.
      EXPECT_EQ(result.paths.size(),
                query.paths_max == 1 ? std::min<size_t>(ways[query.target], 1) : ways[query.target]);
    } else if (!bounded) {
      EXPECT_EQ(result.end.truncation->reason, TruncationReason::kPaths);
      EXPECT_GT(ways[query.target], query.paths_max);
      EXPECT_EQ(result.paths.size(), query.paths_max);
    }
  }
}

TEST_P(TraversalRandomTest, StepsEqualNaiveEnumeration) {
  for (int round = 0; round < 12; ++round) {
    SCOPED_TRACE(absl::StrCat("seed ", GetParam(), " round ", round));
    TraverseQuery query;
    for (int i = Below(2); i >= 0; --i) query.nodes.push_back(AnyNode());
    std::vector<std::vector<NaiveHop>> hops;
    for (int i = Below(3); i >= 0; --i) {
      TraverseStep step;
      step.filter = RandomFilter();
      step.node_kinds = RandomKinds();
      step.min_repeat = static_cast<uint32_t>(Below(3));
      step.max_repeat = std::max(1u, step.min_repeat + static_cast<uint32_t>(Below(3)));
      hops.push_back(NaiveHops(step.filter,
                               {.passages = Names(step.filter, kPartnerWith), .deal_edges = true}));
      query.steps.push_back(step);
    }
    const bool bounded = round % 2 == 1;
    if (bounded) query.budget = RandomBudget();

    // Every way to choose the repeats, and the nodes that it ends at.
    std::map<NodeId, uint32_t> naive;  // End to the length of its shortest walk.
    const auto enumerate = [&](auto& self, size_t step, const std::set<NodeId>& at,
                               uint32_t length) -> void {
      if (step == query.steps.size()) {
        for (NodeId node : at) {
          const auto [entry, inserted] = naive.emplace(node, length);
          if (!inserted) entry->second = std::min(entry->second, length);
        }
        return;
      }
      std::set<NodeId> nodes = at;
      for (uint32_t repeat = 0; repeat <= query.steps[step].max_repeat; ++repeat) {
        if (repeat >= query.steps[step].min_repeat) self(self, step + 1, nodes, length + repeat);
        std::set<NodeId> next;
        for (const NaiveHop& hop : hops[step]) {
          if (nodes.contains(hop.from) &&
              Allows(query.steps[step].node_kinds, graph_.kind(hop.to))) {
            next.insert(hop.to);
          }
        }
        nodes = std::move(next);
      }
    };
    enumerate(enumerate, 0, std::set<NodeId>(query.nodes.begin(), query.nodes.end()), 0);

    std::map<NodeId, uint32_t> answer;
    ASSERT_OK_AND_ASSIGN(
        const QueryEnd end, WalkSteps(graph_, query, [&](std::vector<Walk> walks) {
          for (const Walk& walk : walks) {
            EXPECT_TRUE(
                answer.emplace(walk.end.id, static_cast<uint32_t>(walk.edges.size())).second);
            // The edges join up from a start to the end.
            std::set<NodeId> at(query.nodes.begin(), query.nodes.end());
            for (const Edge& edge : walk.edges) {
              std::set<NodeId> next;
              if (at.contains(edge.source.id)) next.insert(edge.target.id);
              if (at.contains(edge.target.id)) next.insert(edge.source.id);
              at = std::move(next);
            }
            EXPECT_TRUE(at.contains(walk.end.id));
          }
          return true;
        }));
    if (!end.truncation.has_value()) {
      EXPECT_EQ(answer, naive);
      continue;
    }
    EXPECT_TRUE(bounded) << "cut without a bound";
    for (const auto& [node, length] : answer) {
      ASSERT_TRUE(naive.contains(node));
      EXPECT_GE(length, naive[node]);
    }
    EXPECT_LE(answer.size(), query.budget.nodes_max);
    EXPECT_LE(end.stats.edges_scanned, query.budget.edges_scanned_max);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, TraversalRandomTest, testing::Range(0, 400));

}  // namespace
}  // namespace partnergraph
