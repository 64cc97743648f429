// Random small graphs, filters and budgets, and the hops that a naive reading of the stored edges
// gives: what tests of traversals compare with. Shares nothing with the traversals but the filter.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "graph/traversal.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_edge_source.h"

namespace partnergraph {

// An edge as an answer shows it: fact or deal, type, source, target; passages with their ends in
// order.
using EdgeName = std::tuple<uint64_t, uint16_t, NodeId, NodeId>;

inline EdgeName NameOf(const Edge& edge) {
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
  float confidence = 0;
  Date date;
};

struct NaiveMode {
  bool passages = false;
  bool deal_edges = false;
  std::set<NodeId> shown_deals;
};

class RandomGraphTest : public testing::TestWithParam<int> {
 protected:
  RandomGraphTest() : random_(static_cast<uint32_t>(GetParam()) * 7919 + 1) {
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
    // Of each deal its parties, each with the newest of its edges.
    std::map<NodeId, std::map<NodeId, AdjacentEdge>> parties;
    for (uint64_t node = 1; node <= graph_.node_count(); ++node) {
      for (const AdjacentEdge& row : graph_.rows(NodeId{node})) {
        if (row.type == kPartyTo && row.direction == Direction::kIn && Keeps(party, row)) {
          parties[row.node].emplace(row.other, row);
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
                         out ? row.node : row.other, out ? row.other : row.node},
                        row.confidence,
                        UnpackDate(row.packed_date)});
      }
    }
    if (!mode.passages) return hops;
    for (const auto& [deal, companies] : parties) {
      for (const auto& [a, into] : companies) {
        for (const auto& [b, party] : companies) {
          if (a == b) continue;
          hops.push_back({a,
                          b,
                          {ToInt(deal), 1000, std::min(a, b), std::max(a, b)},
                          std::min(into.confidence, party.confidence),
                          UnpackDate(std::max(into.packed_date, party.packed_date))});
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

}  // namespace partnergraph
