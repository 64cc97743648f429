#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "graph/answer_size.h"
#include "graph/block_vector.h"
#include "graph/cut_list.h"
#include "graph/hop.h"
#include "graph/node_set.h"
#include "graph/sharded_hash.h"
#include "graph/status_macros.h"
#include "graph/traversal.h"

namespace partnergraph {
namespace {

constexpr uint32_t kNoState = UINT32_MAX;

// A place in the pattern: at a node, with `repeat` edges of step `step` taken.
struct State {
  NodeId node{};
  uint32_t step = 0;
  uint32_t repeat = 0;
  uint32_t parent = kNoState;
  AdjacentEdge edge;  // From the parent's node; unset when there is no parent.
};

// A node that the pattern ends at, and the last edge of the walk to it.
struct End {
  NodeId node{};
  uint32_t parent = kNoState;
  AdjacentEdge edge;
};

class StepWalk {
 public:
  StepWalk(EdgeSource& source, const TraverseQuery& query,
           absl::FunctionRef<bool(std::vector<Walk>)> emit)
      : source_(source),
        query_(query),
        emit_(emit),
        expander_(source, query.budget, cuts_),
        bytes_ahead_(0) {
    for (const TraverseStep& step : query.steps) {
      const bool once = step.min_repeat == 0 && step.max_repeat == 0;
      steps_.push_back({.kind = MakeStepHopKind(step),
                        .min = once ? 1 : step.min_repeat,
                        .max = once ? 1 : step.max_repeat,
                        .node_kinds = step.node_kinds});
      steps_.back().kind.step = static_cast<uint32_t>(steps_.size()) - 1;
      steps_.back().kind.deal_group = static_cast<uint32_t>(steps_.size());
    }
  }

  absl::StatusOr<QueryEnd> Run() {
    PG_RETURN_IF_ERROR(source_.Describe(query_.nodes).status());
    if (query_.exclude_starts) {
      for (const NodeId start : query_.nodes) excluded_.Insert(start);
    }
    for (NodeId start : query_.nodes) {
      const std::optional<TruncationReason> bound = Reach(start, 0, 0, kNoState, {});
      if (bound.has_value()) {
        cuts_.Add(start, 0, *bound);
        stopped_ = true;
        break;
      }
    }
    PG_RETURN_IF_ERROR(EmitEnds());
    // States are in the order of their walks' lengths: one round for each length.
    for (size_t begin = 0; begin < states_.size() && !stopped_;) {
      const size_t end = states_.size();
      for (uint32_t step = 0; step < steps_.size() && !stopped_; ++step) {
        PG_RETURN_IF_ERROR(TakeStep(step, begin, end));
      }
      begin = end;
      PG_RETURN_IF_ERROR(EmitEnds());
    }
    QueryEnd query_end;
    PG_ASSIGN_OR_RETURN(query_end.truncation, cuts_.Finish(source_));
    query_end.stats.edges_scanned = expander_.edges_scanned();
    query_end.end_count = ends_.size();
    return query_end;
  }

 private:
  struct Step {
    HopKind kind;
    uint32_t min = 1;
    uint32_t max = 1;
    std::vector<NodeKind> node_kinds;
  };

  // Expands the states of one step among those in [begin, end): each node once.
  absl::Status TakeStep(uint32_t step, size_t begin, size_t end) {
    std::vector<NodeId, HugeAllocator<NodeId>> frontier;
    // The states of each frontier node, as a list: the first one, the last one, and of each state
    // from `begin` on the one after it.
    std::vector<uint32_t, HugeAllocator<uint32_t>> first, last, next(end - begin, kNoState);
    ShardedMap<NodeId, size_t> index_of;
    for (size_t i = begin; i < end; ++i) {
      if (i % 256 == 0) {
        PG_ASSIGN_OR_RETURN(const bool late, expander_.DeadlinePassed());
        if (late) {
          cuts_.AddRest(frontier, TruncationReason::kDeadline, step);
          cuts_.Add(TruncationReason::kDeadline);
          stopped_ = true;
          return absl::OkStatus();
        }
      }
      const State& state = states_[i];
      if (state.step != step || state.repeat >= steps_[step].max) continue;
      const auto [index, inserted] = index_of.TryEmplace(state.node, frontier.size());
      if (inserted) {
        frontier.push_back(state.node);
        first.push_back(static_cast<uint32_t>(i));
        last.push_back(static_cast<uint32_t>(i));
      } else {
        next[last[index] - begin] = static_cast<uint32_t>(i);
        last[index] = static_cast<uint32_t>(i);
      }
    }
    if (frontier.empty()) return absl::OkStatus();
    PG_ASSIGN_OR_RETURN(
        const HopExpander::End hop,
        expander_.Expand(
            steps_[step].kind, frontier,
            [&](size_t index, const AdjacentEdge& edge) -> std::optional<TruncationReason> {
              if (!IsWanted(steps_[step], edge.other_kind)) return std::nullopt;
              size_t further = 0;
              for (uint32_t state = first[index]; state != last[index]; ++further) {
                state = next[state - begin];
              }
              if (!expander_.Charge(further)) return TruncationReason::kEdgesScanned;
              for (uint32_t state = first[index]; state != kNoState; state = next[state - begin]) {
                const std::optional<TruncationReason> bound =
                    Reach(edge.other, step, states_[state].repeat + 1, state, edge);
                if (bound.has_value()) return bound;
              }
              return std::nullopt;
            }));
    stopped_ = hop.stopped;
    return absl::OkStatus();
  }

  // Adds the places that the pattern is at after an edge: in the step, and, when the step has been
  // taken often enough, before the steps after it. Returns the bound that was met, if any.
  std::optional<TruncationReason> Reach(NodeId node, uint32_t step, uint32_t repeat,
                                        uint32_t parent, const AdjacentEdge& edge) {
    while (visited_.Insert({node, step, repeat})) {
      if (states_.size() == kNoState) return TruncationReason::kEdgesScanned;
      states_.push_back({node, step, repeat, parent, edge});
      if (repeat < steps_[step].min) return std::nullopt;
      ++step;
      repeat = 0;
      if (step < steps_.size()) continue;
      if (ends_.Contains(node) || excluded_.Contains(node)) return std::nullopt;
      if (ends_.size() >= query_.budget.nodes_max) return TruncationReason::kNodes;
      if (query_.detail != AnswerDetail::kCounts) {
        const bool has_edge = parent != kNoState && query_.detail == AnswerDetail::kFull;
        bytes_ahead_ += kNodeBytesMin + (has_edge ? kEdgeBytesMin : 0);
      }
      if (bytes_ahead_ > query_.budget.bytes_max) return TruncationReason::kBytes;
      ends_.Insert(node);
      pending_.push_back({node, parent, edge});
      return std::nullopt;
    }
    return std::nullopt;
  }

  static bool IsWanted(const Step& step, NodeKind kind) {
    return step.node_kinds.empty() ||
           std::find(step.node_kinds.begin(), step.node_kinds.end(), kind) != step.node_kinds.end();
  }

  // The edges of the walk to an end, from its start.
  std::vector<AdjacentEdge> EdgesTo(const End& end) const {
    std::vector<AdjacentEdge> edges;
    if (end.parent == kNoState) return edges;
    edges.push_back(end.edge);
    for (uint32_t state = end.parent; states_[state].parent != kNoState;) {
      edges.push_back(states_[state].edge);
      state = states_[state].parent;
    }
    std::reverse(edges.begin(), edges.end());
    return edges;
  }

  absl::Status EmitEnds() {
    const BlockVector<End> ends = std::exchange(pending_, {});
    if (query_.detail == AnswerDetail::kCounts) return absl::OkStatus();
    for (size_t begin = 0; begin < ends.size(); begin += kPartMax) {
      const size_t end_of_part = begin + std::min(kPartMax, ends.size() - begin);
      PG_ASSIGN_OR_RETURN(const bool late, expander_.DeadlinePassed());
      if (late) return CutEnds(ends, begin, TruncationReason::kDeadline);
      std::vector<NodeId> nodes;
      std::vector<AdjacentEdge> edges;
      std::vector<size_t> lengths;
      for (size_t i = begin; i < end_of_part; ++i) {
        const End& end = ends[i];
        nodes.push_back(end.node);
        std::vector<AdjacentEdge> walk;
        if (query_.detail == AnswerDetail::kFull) walk = EdgesTo(end);
        edges.insert(edges.end(), walk.begin(), walk.end());
        lengths.push_back(walk.size());
      }
      PG_ASSIGN_OR_RETURN(std::vector<RingNode> described, DescribeReached(source_, nodes));
      PG_ASSIGN_OR_RETURN(std::vector<Edge> full, source_.Materialize(edges));
      std::vector<Walk> walks;
      auto edge = full.begin();
      for (size_t i = 0; i < lengths.size(); ++i) {
        Walk walk{.end = std::move(described[i].node)};
        bytes_ += ByteSize(walk.end);
        for (size_t j = 0; j < lengths[i]; ++j, ++edge) {
          bytes_ += ByteSize(*edge);
          walk.edges.push_back(std::move(*edge));
        }
        if (bytes_ > query_.budget.bytes_max) {
          PG_RETURN_IF_ERROR(Emit(std::move(walks)));
          return CutEnds(ends, begin + i, TruncationReason::kBytes);
        }
        walks.push_back(std::move(walk));
      }
      PG_RETURN_IF_ERROR(Emit(std::move(walks)));
    }
    bytes_ahead_ = bytes_;
    return absl::OkStatus();
  }

  // Ends the query without the ends from `begin` on; the nodes before them are cut.
  absl::Status CutEnds(const BlockVector<End>& ends, size_t begin, TruncationReason reason) {
    for (size_t i = begin; i < ends.size(); ++i) {
      const End& end = ends[i];
      if (end.parent == kNoState) {
        cuts_.Add(end.node, 0, reason);
      } else {
        cuts_.Add(states_[end.parent].node, 0, reason, states_[end.parent].step);
      }
    }
    stopped_ = true;
    return absl::OkStatus();
  }

  absl::Status Emit(std::vector<Walk> walks) {
    if (walks.empty() || emit_(std::move(walks))) return absl::OkStatus();
    return absl::CancelledError("the receiver ended the query");
  }

  EdgeSource& source_;
  const TraverseQuery& query_;
  absl::FunctionRef<bool(std::vector<Walk>)> emit_;
  CutList cuts_;
  HopExpander expander_;
  std::vector<Step> steps_;
  BlockVector<State> states_;
  ShardedSet<std::tuple<NodeId, uint32_t, uint32_t>> visited_;
  ShardedSet<NodeId> ends_;
  NodeSet excluded_;
  BlockVector<End> pending_;  // Ends that are not emitted yet.
  uint64_t bytes_ = 0;
  uint64_t bytes_ahead_;
  bool stopped_ = false;
};

}  // namespace

absl::StatusOr<QueryEnd> WalkSteps(EdgeSource& source, const TraverseQuery& query,
                                   absl::FunctionRef<bool(std::vector<Walk>)> emit) {
  return StepWalk(source, query, emit).Run();
}

}  // namespace partnergraph
