// Arguments and answers of the queries that compare nodes or look for structure around one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "graph/ids.h"
#include "graph/query.h"
#include "graph/records.h"
#include "graph/vocabulary.h"

namespace partnergraph {

struct CommonNeighborsQuery {
  std::vector<NodeId> nodes;  // At least two.
  FactFilter filter;
  std::vector<NodeKind> node_kinds;  // Of the neighbors; empty: every kind.
  bool expand_partnerships = false;
  uint32_t offset = 0;  // Neighbors to skip.
  uint32_t page_size = 50;
  Budget budget;
};
struct CommonNeighbor {
  NodeSummary node;
  uint64_t edge_count = 0;  // That join it to the nodes of the query, passages included.
  double weight = 0;        // The sum of their confidences.
  std::vector<Edge> edges;  // The most certain one to each node of the query, in their order.
};
struct CommonNeighborsResult {
  std::vector<CommonNeighbor> neighbors;
  uint64_t total = 0;  // Before paging.
  QueryEnd end;
};

enum class SimilarityMeasure : uint8_t { kJaccard, kAdamicAdar };

struct SimilarNodesQuery {
  NodeId node{};
  SimilarityMeasure measure = SimilarityMeasure::kJaccard;
  FactFilter filter;
  std::vector<NodeKind> node_kinds;  // Of the similar nodes; empty: the kind of the node.
  bool expand_partnerships = false;
  uint32_t nodes_max = 10;  // Of the answer.
  Budget budget;
};
struct SimilarNode {
  NodeSummary node;
  double score = 0;
  uint64_t common_count = 0;  // Neighbors that both have.
};
struct SimilarNodesResult {
  std::vector<SimilarNode> nodes;  // Most similar first.
  uint64_t neighbor_count = 0;     // Of the node of the query.
  QueryEnd end;
};

struct CycleQuery {
  NodeId node{};
  uint32_t length_min = 3;
  uint32_t length_max = 4;
  uint32_t cycles_max = 100;
  FactFilter filter;
  bool expand_partnerships = false;
  Budget budget;
};

// Personalized PageRank.
struct PersonalRankQuery {
  std::vector<NodeId> seeds;
  FactFilter filter;
  std::vector<NodeKind> node_kinds;  // Of the ranked nodes; empty: every kind.
  double damping = 0.85;
  double tolerance = 1e-4;
  uint32_t nodes_max = 50;  // Of the answer.
  Budget budget;
};
struct RankedNode {
  NodeSummary node;
  double score = 0;
};
struct PersonalRankResult {
  std::vector<RankedNode> nodes;  // Highest first.
  double missing = 0;  // Rank that was not distributed: how much all scores lack at most.
  QueryEnd end;
};

}  // namespace partnergraph
