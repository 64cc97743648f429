// Analyses of the whole graph: who matters, and what belongs together. They take seconds to minutes
// and run as jobs: the graph is read in one pass, then worked on in memory, so that the state it is
// of is held no longer than the reading takes.
//
// Deals are nodes like any other here, each edge to or from one a step: a deal of n parties costs n
// edges and not n * (n - 1) passages. Naming PARTNER_WITH in the filter keeps PARTY_TO edges.
//
// Memory. Positions stand for ids: 1 less. While it runs an analysis takes kAnalysisNodeBytes for
// each id that was ever given out, and AnalysisEdgeBytes for each edge that the filter keeps; its
// result takes 13 bytes for each id (kind, score and rank, or kind, group and member).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/ids.h"
#include "graph/job_monitor.h"
#include "graph/louvain.h"
#include "graph/neighbor_lists.h"
#include "graph/page_rank.h"
#include "graph/query.h"
#include "graph/vocabulary.h"
#include "graph/whole_graph.h"

namespace partnergraph {

enum class AnalysisKind : uint8_t {
  kDegree,      // Ranks by the number of edges; the filter's direction counts.
  kPageRank,    // Ranks by PageRank; walkers follow the filter's direction.
  kComponents,  // Groups what is joined by edges, in either direction.
  kCommunities  // Groups what is joined more than by chance, in either direction: Louvain.
};

struct AnalysisQuery {
  AnalysisKind kind = AnalysisKind::kDegree;
  FactFilter filter;
  PageRankOptions page_rank;
  LouvainOptions louvain;
};

inline constexpr uint64_t kAnalysisNodeBytes = 64;
constexpr uint64_t AnalysisEdgeBytes(AnalysisKind kind) {
  switch (kind) {
    case AnalysisKind::kPageRank:
      return 16;
    case AnalysisKind::kCommunities:
      return 32;
    default:
      return 0;
  }
}

// What reading the graph gives.
struct AnalysisInput {
  std::vector<uint8_t> kinds;     // By position: a NodeKind, or 0 where there is no node.
  std::vector<uint32_t> degrees;  // Edges that the filter keeps, the direction included.
  NeighborLists lists;            // Of kPageRank and kCommunities.
  std::vector<uint32_t> labels;   // Of kComponents: the smallest position of the component.
  uint64_t node_count = 0;
  uint64_t edge_count = 0;  // Kept, each once.
};

// RESOURCE_EXHAUSTED, with the numbers, when the analysis would take more than bytes_max; DATA_LOSS
// for an edge to a node that cannot be; CANCELLED; errors of WholeGraph.
absl::StatusOr<AnalysisInput> ReadForAnalysis(WholeGraph& graph, const AnalysisQuery& query,
                                              uint64_t bytes_max, JobMonitor& monitor);

// A group of nodes. Groups are numbered from 0: the largest first, of equal ones the one with the
// smallest node first.
struct NodeGroup {
  NodeId id{};  // The smallest of its nodes names the group.
  uint64_t size = 0;
};

// Immutable, hence thread-safe.
class AnalysisResult {
 public:
  AnalysisResult(AnalysisKind kind, AnalysisInput input);

  AnalysisKind kind() const { return kind_; }
  bool is_ranking() const {
    return kind_ == AnalysisKind::kDegree || kind_ == AnalysisKind::kPageRank;
  }
  uint64_t node_count() const { return node_count_; }
  uint64_t edge_count() const { return edge_count_; }
  uint64_t Bytes() const;

  // Of rankings: nodes of the kinds (empty: every kind), the highest score first, of equal ones the
  // smaller id, from place `begin` on, at most `count`. `next` becomes the place to go on at, or
  // nothing at the end.
  struct Ranked {
    NodeId node{};
    double score = 0;
  };
  std::vector<Ranked> Ranks(std::span<const NodeKind> kinds, uint64_t begin, uint32_t count,
                            std::optional<uint64_t>& next) const;

  // Of groupings.
  uint64_t group_count() const { return group_begins_.empty() ? 0 : group_begins_.size() - 1; }
  NodeGroup Group(uint64_t number) const;
  // The number of the group that an id names; nothing when it names none.
  std::optional<uint64_t> FindGroup(NodeId group) const;
  // The group that a node is in; nothing when there was no such node.
  std::optional<uint64_t> GroupOf(NodeId node) const;
  // Nodes of a group by number, those with the most edges first; as Ranks.
  std::vector<NodeId> Members(uint64_t number, std::span<const NodeKind> kinds, uint64_t begin,
                              uint32_t count, std::optional<uint64_t>& next) const;

  // How the computation went.
  uint32_t iterations = 0;  // Of PageRank; levels of communities.
  bool converged = true;
  double modularity = 0;  // Of communities.

 private:
  friend absl::StatusOr<std::unique_ptr<AnalysisResult>> Analyze(AnalysisInput input,
                                                                 const AnalysisQuery& query,
                                                                 JobMonitor& monitor);
  absl::Status Rank(std::vector<double> scores, const JobMonitor& monitor);
  absl::Status GroupBy(const std::vector<uint32_t>& labels, const std::vector<uint32_t>& degrees,
                       const JobMonitor& monitor);
  bool IsWanted(std::span<const NodeKind> kinds, uint32_t position) const;

  const AnalysisKind kind_;
  const uint64_t node_count_;
  const uint64_t edge_count_;
  std::vector<uint8_t> kinds_;
  std::vector<double> scores_;
  std::vector<uint32_t> order_;         // Of nodes: by score, or by group and degree.
  std::vector<uint32_t> group_of_;      // By position.
  std::vector<uint32_t> group_begins_;  // In order_; one more than groups.
  std::vector<uint32_t> group_labels_;  // The smallest position of each group.
};

// Works on what was read. CANCELLED, within a few hundred steps, each of them one edge or one node.
// Not ended in the middle are single passes over an array by position that set, copy or add numbers
// (about a millisecond for each million ids), and the sort of the communities next to one
// community.
absl::StatusOr<std::unique_ptr<AnalysisResult>> Analyze(AnalysisInput input,
                                                        const AnalysisQuery& query,
                                                        JobMonitor& monitor);

}  // namespace partnergraph
