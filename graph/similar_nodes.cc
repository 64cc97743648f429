#include "graph/similar_nodes.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <span>
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

// Candidates whose neighbors are read in one call.
constexpr size_t kCandidatesPerCall = 64;

struct Candidate {
  NodeId node{};
  uint64_t common = 0;
  double score = 0;
};

class SimilarNodeSearch {
 public:
  SimilarNodeSearch(EdgeSource& source, const SimilarNodesQuery& query)
      : source_(source), query_(query), expander_(source, query.budget, cuts_), clock_(expander_) {}

  absl::StatusOr<SimilarNodesResult> Run() {
    PG_RETURN_IF_ERROR(Start());
    PG_RETURN_IF_ERROR(ReadNeighbors());
    if (!stopped_) PG_RETURN_IF_ERROR(ReadCandidates());
    PG_ASSIGN_OR_RETURN(std::vector<Candidate> best, query_.measure == SimilarityMeasure::kJaccard
                                                         ? RankByJaccard()
                                                         : RankByAdamicAdar());
    SimilarNodesResult result{.neighbor_count = neighbors_.size()};
    PG_RETURN_IF_ERROR(Describe(best, result));
    PG_ASSIGN_OR_RETURN(result.end.truncation, cuts_.Finish(source_));
    result.end.stats.edges_scanned = expander_.edges_scanned();
    return result;
  }

 private:
  absl::Status Start() {
    PG_ASSIGN_OR_RETURN(const std::vector<RingNode> described, source_.Describe({&query_.node, 1}));
    const NodeKind kind = described[0].node.kind;
    kinds_ = query_.node_kinds;
    if (kinds_.empty()) kinds_.push_back(kind);
    // Deals are similar by their parties: they must be nodes for that.
    const bool expand = query_.expand_partnerships || kind == NodeKind::kPartnership;
    there_ = MakeHopKind(query_.filter, expand, {});
    back_ = MakeHopKind(Reversed(query_.filter), expand, {});
    return absl::OkStatus();
  }

  absl::Status ReadNeighbors() {
    NodeSet seen;
    seen.Insert(query_.node);
    PG_ASSIGN_OR_RETURN(
        const HopExpander::End end,
        expander_.Expand(there_, {&query_.node, 1},
                         [&](size_t, const AdjacentEdge& edge) -> std::optional<TruncationReason> {
                           if (!seen.Insert(edge.other)) return std::nullopt;
                           if (neighbors_.size() == query_.budget.nodes_max)
                             return TruncationReason::kNodes;
                           neighbors_.push_back(edge.other);
                           return std::nullopt;
                         }));
    stopped_ = end.stopped;
    return absl::OkStatus();
  }

  absl::Status ReadCandidates() {
    size_t current = 0;
    NodeSet seen;                      // Of the current neighbor.
    std::vector<uint32_t> candidates;  // The same, as positions.
    const auto finish = [&] {
      // A neighbor that leads to a candidate has two at least, so that the logarithm is not 0.
      const double weight = 1 / std::log(static_cast<double>(std::max<size_t>(seen.size(), 2)));
      for (uint32_t candidate : candidates) {
        ++candidates_[candidate].common;
        candidates_[candidate].score += weight;
      }
      candidates.clear();
      seen = {};
    };
    PG_ASSIGN_OR_RETURN(
        const HopExpander::End end,
        expander_.Expand(
            back_, neighbors_,
            [&](size_t index, const AdjacentEdge& edge) -> std::optional<TruncationReason> {
              if (index != current) {
                finish();
                current = index;
              }
              if (edge.other == edge.node || !seen.Insert(edge.other)) return std::nullopt;
              if (edge.other == query_.node || !IsWanted(edge.other_kind)) return std::nullopt;
              const auto [entry, inserted] =
                  position_of_.try_emplace(edge.other, static_cast<uint32_t>(candidates_.size()));
              if (inserted) {
                if (candidates_.size() == query_.budget.nodes_max) {
                  position_of_.erase(entry);
                  return TruncationReason::kNodes;
                }
                candidates_.push_back({.node = edge.other});
              }
              candidates.push_back(entry->second);
              return std::nullopt;
            }));
    finish();
    stopped_ = end.stopped;
    return absl::OkStatus();
  }

  bool IsWanted(NodeKind kind) const { return std::ranges::find(kinds_, kind) != kinds_.end(); }

  absl::Status SortByScore(std::vector<Candidate>& candidates) {
    return StoppableSort(
        candidates,
        [](const Candidate& a, const Candidate& b) {
          return std::tuple(-a.score, a.node) < std::tuple(-b.score, b.node);
        },
        [&] { return clock_.StepOn(); });
  }

  absl::StatusOr<std::vector<Candidate>> RankByAdamicAdar() {
    std::vector<Candidate> best = candidates_;
    PG_RETURN_IF_ERROR(SortByScore(best));
    if (best.size() > query_.nodes_max) best.resize(query_.nodes_max);
    return best;
  }

  absl::StatusOr<std::vector<Candidate>> RankByJaccard() {
    PG_RETURN_IF_ERROR(StoppableSort(
        candidates_,
        [](const Candidate& a, const Candidate& b) {
          return std::tuple(b.common, a.node) < std::tuple(a.common, b.node);
        },
        [&] { return clock_.StepOn(); }));
    std::vector<Candidate> best;
    const auto neighbors = static_cast<double>(neighbors_.size());
    for (size_t begin = 0; begin < candidates_.size(); begin += kCandidatesPerCall) {
      // Whoever has as few in common has at least as few neighbors, so no higher score.
      const double highest = static_cast<double>(candidates_[begin].common) / neighbors;
      if (best.size() == query_.nodes_max && best.back().score > highest) break;
      const std::span<Candidate> part =
          std::span(candidates_)
              .subspan(begin, std::min(kCandidatesPerCall, candidates_.size() - begin));
      PG_ASSIGN_OR_RETURN(const std::vector<uint64_t> counts, CountNeighbors(part));
      for (size_t i = 0; i < part.size(); ++i) {
        const uint64_t either =
            neighbors_.size() + std::max(counts[i], part[i].common) - part[i].common;
        part[i].score = static_cast<double>(part[i].common) / static_cast<double>(either);
        best.push_back(part[i]);
      }
      PG_RETURN_IF_ERROR(SortByScore(best));
      if (best.size() > query_.nodes_max) best.resize(query_.nodes_max);
      if (stopped_) break;
    }
    return best;
  }

  // |N(x)| of each; of those not read in full, what was read.
  absl::StatusOr<std::vector<uint64_t>> CountNeighbors(std::span<const Candidate> part) {
    std::vector<NodeId> nodes;
    for (const Candidate& candidate : part) nodes.push_back(candidate.node);
    std::vector<uint64_t> counts(part.size());
    size_t current = 0;
    NodeSet seen;
    PG_ASSIGN_OR_RETURN(
        const HopExpander::End end,
        expander_.Expand(
            there_, nodes,
            [&](size_t index, const AdjacentEdge& edge) -> std::optional<TruncationReason> {
              if (std::exchange(current, index) != index) seen = {};
              if (edge.other != edge.node && seen.Insert(edge.other)) ++counts[index];
              return std::nullopt;
            }));
    stopped_ = end.stopped;
    return counts;
  }

  absl::Status Describe(const std::vector<Candidate>& best, SimilarNodesResult& result) {
    std::vector<NodeId> nodes;
    for (const Candidate& candidate : best) nodes.push_back(candidate.node);
    PG_ASSIGN_OR_RETURN(std::vector<RingNode> described, DescribeReached(source_, nodes));
    uint64_t bytes = 0;
    for (size_t i = 0; i < best.size(); ++i) {
      bytes += ByteSize(described[i].node);
      if (bytes > query_.budget.bytes_max && !result.nodes.empty()) {
        cuts_.Add(TruncationReason::kBytes);
        break;
      }
      result.nodes.push_back({.node = std::move(described[i].node),
                              .score = best[i].score,
                              .common_count = best[i].common});
    }
    return absl::OkStatus();
  }

  EdgeSource& source_;
  const SimilarNodesQuery& query_;
  CutList cuts_;
  HopExpander expander_;
  WorkClock clock_;
  HopKind there_, back_;
  std::vector<NodeKind> kinds_;
  std::vector<NodeId> neighbors_;  // N of the query's node.
  std::vector<Candidate> candidates_;
  absl::flat_hash_map<NodeId, uint32_t> position_of_;
  bool stopped_ = false;
};

}  // namespace

absl::StatusOr<SimilarNodesResult> FindSimilarNodes(EdgeSource& source,
                                                    const SimilarNodesQuery& query) {
  return SimilarNodeSearch(source, query).Run();
}

}  // namespace partnergraph
