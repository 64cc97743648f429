// What tests of traversals share: a small graph, and edges as text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/traversal.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_edge_source.h"

namespace partnergraph {

// "1-2" for an edge 1 -> 2, "1-2@3" for a passage through deal 3.
inline std::string Show(const Edge& edge) {
  std::string text = absl::StrCat(ToInt(edge.source.id), "-", ToInt(edge.target.id));
  if (edge.partnership != NodeId{}) absl::StrAppend(&text, "@", ToInt(edge.partnership));
  return text;
}

inline std::vector<std::string> Show(const std::vector<Edge>& edges) {
  std::vector<std::string> texts;
  for (const Edge& edge : edges) texts.push_back(Show(edge));
  return texts;
}

// A star: company 1 with `leaves` persons, numbered from 2.
inline MemoryEdgeSource Star(uint64_t leaves) {
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

  MemoryEdgeSource graph_;
};

}  // namespace partnergraph
