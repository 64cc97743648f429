// Traversals of random small graphs against naive walks that share nothing with them but the
// filter. Answers that are not cut must be equal; cut ones must be flagged and hold nothing wrong.
#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/traversal.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_edge_source.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

// An edge as an answer shows it: fact or deal, type, source, target; passages with their ends in
// order.
using EdgeName = std::tuple<uint64_t, uint16_t, NodeId, NodeId>;

EdgeName NameOf(const Edge& edge) {
  const bool passage = edge.partnership != NodeId{};
  const NodeId a = edge.source.id, b = edge.target.id;
  if (passage) return {ToInt(edge.partnership), 1000, std::min(a, b), std::max(a, b)};
  return {ToInt(edge.fact), static_cast<uint16_t>(edge.type), a, b};
}

// One hop of the naive graph.
struct NaiveHop {
  NodeId from{};
  NodeId to{};
  EdgeName name;
};

struct NaiveMode {
  bool passages = false;
  bool deal_edges = false;
  std::set<NodeId> shown_deals;
};

class TraversalRandomTest : public testing::TestWithParam<int> {
 protected:
  TraversalRandomTest() : random_(static_cast<uint32_t>(GetParam()) * 7919 + 1) {
    static constexpr NodeKind kKinds[] = {NodeKind::kCompany, NodeKind::kCompany,
                                          NodeKind::kCompany, NodeKind::kPerson,
                                          NodeKind::kProduct, NodeKind::kPartnership};
    const int nodes = Below(24) + 2;
    for (int i = 0; i < nodes; ++i) graph_.AddNode(kKinds[Below(6)]);
    const int edges = Below(4) == 0 ? Below(200) : Below(2 * nodes);
    for (int i = 0; i < edges; ++i) AddRandomEdge();
  }

  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint32_t>(bound)); }
  NodeId AnyNode() { return NodeId{1 + random_() % graph_.node_count()}; }

  void AddRandomEdge() {
    MemoryEdge edge{.source = AnyNode(), .target = AnyNode()};
    const NodeKind source = graph_.kind(edge.source), target = graph_.kind(edge.target);
    if (source == NodeKind::kPartnership && target == NodeKind::kProduct) {
      edge.type = kConcerns;
    } else if (source == NodeKind::kPartnership) {
      return;
    } else if (target == NodeKind::kPartnership) {
      if (source == NodeKind::kProduct) return;
      edge.type = source == NodeKind::kCompany ? kPartyTo : kTookPartIn;
    } else {
      static constexpr EdgeType kTypes[] = {kEmployedBy, kFounded, kUses, kPartOf, kPartnerWith};
      edge.type = kTypes[Below(5)];
    }
    if (Below(3) > 0) edge.date.year = static_cast<int16_t>(2015 + Below(5));
    if (edge.date.year > 0 && Below(2) == 0) edge.date.month = static_cast<uint8_t>(1 + Below(12));
    edge.status = static_cast<FactStatus>(1 + Below(6));
    edge.confidence = static_cast<float>(Below(11)) / 10;
    edge.source_count = 1 + static_cast<uint32_t>(Below(3));
    graph_.AddEdge(edge);
  }

  FactFilter RandomFilter() {
    FactFilter filter;
    if (Below(3) == 0) {
      static constexpr EdgeType kTypes[] = {kPartyTo,    kTookPartIn,  kConcerns,
                                            kEmployedBy, kFounded,     kUses,
                                            kPartOf,     kPartnerWith, kPartnerWith};
      for (int i = Below(4); i >= 0; --i) filter.types.push_back(kTypes[Below(9)]);
    }
    if (Below(3) == 0) filter.direction = static_cast<DirectionFilter>(Below(3));
    if (Below(4) == 0) filter.statuses = {FactStatus::kActive, FactStatus::kAnnounced};
    if (Below(4) == 0) filter.min_confidence = 0.3f;
    if (Below(5) == 0) filter.min_sources = 2;
    if (Below(5) == 0) filter.date_from = {.year = 2017, .month = 3};
    if (Below(5) == 0) filter.date_until = {.year = 2018};
    return filter;
  }

  Budget RandomBudget() {
    Budget budget;
    switch (Below(6)) {
      case 0:
        budget.edges_scanned_max = 1 + static_cast<uint64_t>(Below(60));
        break;
      case 1:
        budget.nodes_max = 1 + static_cast<uint64_t>(Below(10));
        break;
      case 2:
        budget.bytes_max = 1 + static_cast<uint64_t>(Below(2000));
        break;
      case 3:
        budget.per_node_limit = 1 + static_cast<uint32_t>(Below(5));
        break;
      case 4:
        budget.skip_degree = 1 + static_cast<uint64_t>(Below(8));
        break;
      default: {
        const int calls = Below(6);
        budget.should_stop = [calls, n = 0]() mutable -> std::optional<Budget::Stop> {
          return n++ >= calls ? std::optional(Budget::Stop::kDeadline) : std::nullopt;
        };
      }
    }
    if (Below(3) == 0) budget.per_node_limit = 1 + static_cast<uint32_t>(Below(5));
    if (Below(2) == 0) budget.per_node_order = NodeOrder::kConfidence;
    return budget;
  }

  std::vector<NodeKind> RandomKinds() {
    std::vector<NodeKind> kinds;
    if (Below(3) == 0) {
      for (int i = Below(3); i >= 0; --i) kinds.push_back(static_cast<NodeKind>(1 + Below(4)));
    }
    return kinds;
  }

  static bool Allows(const std::vector<NodeKind>& kinds, NodeKind kind) {
    return kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  }
  static bool Names(const FactFilter& filter, EdgeType type) {
    return std::find(filter.types.begin(), filter.types.end(), type) != filter.types.end();
  }

  // Every hop of the graph under a filter, from the stored edges alone.
  std::vector<NaiveHop> NaiveHops(FactFilter filter, const NaiveMode& mode) {
    FactFilter party = filter;
    party.types = {};
    party.direction = DirectionFilter::kBoth;
    if (mode.deal_edges && !mode.passages && Names(filter, kPartnerWith)) {
      filter.types.push_back(kPartyTo);
    }
    std::vector<NaiveHop> hops;
    std::map<NodeId, std::set<NodeId>> parties;
    for (uint64_t node = 1; node <= graph_.node_count(); ++node) {
      for (const AdjacentEdge& row : graph_.rows(NodeId{node})) {
        if (row.type == kPartyTo && row.direction == Direction::kIn && Keeps(party, row)) {
          parties[row.node].insert(row.other);
        }
        if (!Keeps(filter, row)) continue;
        const auto hidden = [&](NodeId end) {
          return graph_.kind(end) == NodeKind::kPartnership && !mode.deal_edges &&
                 !mode.shown_deals.contains(end);
        };
        if (hidden(row.node) || hidden(row.other)) continue;
        const bool out = row.direction == Direction::kOut;
        hops.push_back({row.node,
                        row.other,
                        {ToInt(row.fact), static_cast<uint16_t>(row.type),
                         out ? row.node : row.other, out ? row.other : row.node}});
      }
    }
    if (!mode.passages) return hops;
    for (const auto& [deal, companies] : parties) {
      for (NodeId a : companies) {
        for (NodeId b : companies) {
          if (a != b) hops.push_back({a, b, {ToInt(deal), 1000, std::min(a, b), std::max(a, b)}});
        }
      }
    }
    return hops;
  }

  NaiveMode ModeOf(const FactFilter& filter, bool expand, const std::vector<NodeId>& named) {
    NaiveMode mode{.passages = !expand && (filter.types.empty() || Names(filter, kPartnerWith)),
                   .deal_edges = expand};
    for (NodeId node : named) {
      if (graph_.kind(node) == NodeKind::kPartnership) mode.shown_deals.insert(node);
    }
    return mode;
  }

  MemoryEdgeSource graph_;
  std::mt19937 random_;
};

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
      EXPECT_EQ(result.paths.size(), ways[query.target]);
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
