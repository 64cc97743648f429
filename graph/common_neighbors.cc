#include "graph/common_neighbors.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "graph/answer_size.h"
#include "graph/cut_list.h"
#include "graph/hop.h"
#include "graph/status_macros.h"
#include "graph/stoppable_sort.h"
#include "graph/work_clock.h"

namespace partnergraph {
namespace {

struct Candidate {
  // The most certain edge to each of the nodes read so far, in the order they were read.
  std::vector<AdjacentEdge> best;
  uint64_t edge_count = 0;
  double weight = 0;
};

class CommonNeighborSearch {
 public:
  CommonNeighborSearch(EdgeSource& source, const CommonNeighborsQuery& query)
      : source_(source), query_(query), expander_(source, query.budget, cuts_) {}

  absl::StatusOr<CommonNeighborsResult> Run() {
    PG_RETURN_IF_ERROR(Start());
    for (uint32_t i = 0; i < order_.size() && !stopped_; ++i) {
      PG_RETURN_IF_ERROR(ReadNode(i));
    }
    CommonNeighborsResult result;
    PG_RETURN_IF_ERROR(Describe(result));
    PG_ASSIGN_OR_RETURN(result.end.truncation, cuts_.Finish(source_));
    result.end.stats.edges_scanned = expander_.edges_scanned();
    return result;
  }

 private:
  absl::Status Start() {
    std::vector<NodeId> nodes;
    for (NodeId node : query_.nodes) {
      if (named_.Insert(node)) nodes.push_back(node);
    }
    PG_ASSIGN_OR_RETURN(const std::vector<RingNode> described, source_.Describe(nodes));
    NodeSet deals;
    std::vector<std::pair<uint64_t, uint32_t>> by_degree;
    for (uint32_t i = 0; i < described.size(); ++i) {
      if (described[i].node.kind == NodeKind::kPartnership) deals.Insert(nodes[i]);
      by_degree.emplace_back(described[i].degree, i);
    }
    std::ranges::sort(by_degree);
    for (const auto& [degree, i] : by_degree) {
      order_.push_back(nodes[i]);
      place_.push_back(i);
    }
    kind_ = MakeHopKind(query_.filter, query_.expand_partnerships, std::move(deals));
    return absl::OkStatus();
  }

  // Keeps of the candidates those that are neighbors of the node too.
  absl::Status ReadNode(uint32_t index) {
    PG_ASSIGN_OR_RETURN(
        const HopExpander::End end,
        expander_.Expand(kind_, {&order_[index], 1},
                         [&](size_t, const AdjacentEdge& edge) { return Visit(index, edge); }));
    stopped_ = end.stopped;
    uint64_t steps = 0;
    for (auto entry = candidates_.begin(); entry != candidates_.end();) {
      const auto candidate = entry++;
      if (++steps % 256 == 0) PG_RETURN_IF_ERROR(expander_.DeadlinePassed().status());
      if (candidate->second.best.size() <= index) candidates_.erase(candidate);
    }
    return absl::OkStatus();
  }

  std::optional<TruncationReason> Visit(uint32_t index, const AdjacentEdge& edge) {
    if (named_.Contains(edge.other) || !IsWanted(edge.other_kind)) return std::nullopt;
    auto found = candidates_.find(edge.other);
    if (found == candidates_.end()) {
      if (index > 0) return std::nullopt;
      if (candidates_.size() == query_.budget.nodes_max) return TruncationReason::kNodes;
      found = candidates_.try_emplace(edge.other).first;
    }
    Candidate& candidate = found->second;
    if (candidate.best.size() == index) {
      candidate.best.push_back(edge);
    } else if (edge.confidence > candidate.best.back().confidence) {
      candidate.best.back() = edge;
    }
    ++candidate.edge_count;
    candidate.weight += edge.confidence;
    return std::nullopt;
  }

  bool IsWanted(NodeKind kind) const {
    return query_.node_kinds.empty() ||
           std::ranges::find(query_.node_kinds, kind) != query_.node_kinds.end();
  }

  absl::Status Describe(CommonNeighborsResult& result) {
    std::vector<std::pair<NodeId, const Candidate*>> ranked;
    for (const auto& [node, candidate] : candidates_) {
      // When the reading was stopped some nodes were not looked at: then there are none.
      if (candidate.best.size() == order_.size()) ranked.emplace_back(node, &candidate);
    }
    WorkClock clock(expander_);
    const absl::Status sorted = StoppableSort(
        ranked,
        [](const auto& a, const auto& b) {
          return std::tuple(-a.second->weight, a.first) < std::tuple(-b.second->weight, b.first);
        },
        [&] { return clock.StepOn(); });
    PG_RETURN_IF_ERROR(sorted);
    result.total = ranked.size();
    const size_t begin = std::min<size_t>(query_.offset, ranked.size());
    const size_t end = std::min<size_t>(begin + query_.page_size, ranked.size());
    std::vector<NodeId> nodes;
    std::vector<AdjacentEdge> edges;
    for (size_t i = begin; i < end; ++i) {
      nodes.push_back(ranked[i].first);
      std::vector<AdjacentEdge> best(order_.size());
      for (size_t k = 0; k < order_.size(); ++k) best[place_[k]] = ranked[i].second->best[k];
      edges.insert(edges.end(), best.begin(), best.end());
    }
    PG_ASSIGN_OR_RETURN(std::vector<RingNode> described, DescribeReached(source_, nodes));
    PG_ASSIGN_OR_RETURN(std::vector<Edge> full, source_.Materialize(edges));
    uint64_t bytes = 0;
    auto edge = full.begin();
    for (size_t i = begin; i < end; ++i) {
      CommonNeighbor neighbor{.node = std::move(described[i - begin].node),
                              .edge_count = ranked[i].second->edge_count,
                              .weight = ranked[i].second->weight};
      bytes += ByteSize(neighbor.node);
      for (size_t k = 0; k < order_.size(); ++k, ++edge) {
        bytes += ByteSize(*edge);
        neighbor.edges.push_back(std::move(*edge));
      }
      if (bytes > query_.budget.bytes_max && !result.neighbors.empty()) {
        cuts_.Add(TruncationReason::kBytes);
        break;
      }
      result.neighbors.push_back(std::move(neighbor));
    }
    return absl::OkStatus();
  }

  EdgeSource& source_;
  const CommonNeighborsQuery& query_;
  CutList cuts_;
  HopExpander expander_;
  HopKind kind_;
  NodeSet named_;
  std::vector<NodeId> order_;    // The nodes of the query, those of the fewest edges first.
  std::vector<uint32_t> place_;  // Of each of them in the query, without repetitions.
  absl::flat_hash_map<NodeId, Candidate> candidates_;
  bool stopped_ = false;
};

}  // namespace

absl::StatusOr<CommonNeighborsResult> FindCommonNeighbors(EdgeSource& source,
                                                          const CommonNeighborsQuery& query) {
  return CommonNeighborSearch(source, query).Run();
}

}  // namespace partnergraph
