#include "graph/pattern_matcher.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

// Rows that a slice is meant to become, and that it may become at most, one node's edges excepted.
constexpr size_t kSliceResultsWanted = 4096;
constexpr size_t kSliceResultsMax = 1 << 16;
constexpr size_t kSliceRowsMax = 1024;
constexpr size_t kSliceRowsFirst = 4;
// Stored rows that a scan reads at once.
constexpr uint32_t kScanRows = 4096;
// Nodes whose values are read at once.
constexpr size_t kValuesMax = 1024;

}  // namespace

PatternMatcher::PatternMatcher(const PatternQuery& query, const PatternPlan& plan,
                               PatternSource& source, const Budget& budget, CutList& cuts)
    : query_(query),
      plan_(plan),
      source_(source),
      budget_(budget),
      cuts_(cuts),
      expander_(source.edges(), budget, cuts),
      evaluator_(query, plan, source.schema()),
      step_of_node_(query.nodes.size()),
      slice_max_(plan.steps.size() + 1, kSliceRowsFirst) {
  std::vector<bool> bound(query.nodes.size());
  for (uint32_t i = 0; i < plan.steps.size(); ++i) {
    const PatternNodeIndex node = plan.steps[i].node;
    if (bound[node]) continue;
    bound[node] = true;
    step_of_node_[node] = i;
  }
  slice_max_.back() = kPatternBatchMax;
  scratch_.nodes.resize(query.nodes.size());
  scratch_.edges.resize(query.edges.size());
}

absl::StatusOr<bool> PatternMatcher::DeadlinePassed() {
  if (late_) return true;
  PG_ASSIGN_OR_RETURN(late_, expander_.DeadlinePassed());
  if (late_) {
    cuts_.Add(TruncationReason::kDeadline);
    stopped_ = true;
  }
  return late_;
}

absl::Status PatternMatcher::Run(Sink sink) {
  const PatternStep& first = plan_.steps[0];
  if (first.kind == PatternStep::Kind::kNodes) {
    PG_RETURN_IF_ERROR(AddStarts(0, {}, first.starts));
    return Drain(sink);
  }
  NodeId after{};
  // The first reads are small: a LIMIT may end the scan.
  uint32_t rows_max = 64;
  for (bool more = true; more && !stopped_;) {
    PG_ASSIGN_OR_RETURN(const bool late, DeadlinePassed());
    if (late) break;
    PG_ASSIGN_OR_RETURN(PatternSource::NodeSlice slice, source_.ScanNodes(after, rows_max));
    if (!expander_.Charge(slice.rows_read)) {
      cuts_.Add(TruncationReason::kEdgesScanned);
      break;
    }
    after = slice.last;
    more = slice.more;
    rows_max = std::min(2 * rows_max, kScanRows);
    std::erase_if(slice.nodes, [&](const NodeSummary& node) {
      return (KindBit(node.kind) & query_.nodes[first.node].kinds) == 0;
    });
    PG_RETURN_IF_ERROR(AddStarts(0, {}, slice.nodes));
    PG_RETURN_IF_ERROR(Drain(sink));
  }
  return absl::OkStatus();
}

absl::Status PatternMatcher::Drain(Sink sink) {
  while (!frames_.empty()) {
    Frame& frame = frames_.back();
    const PatternStep& step = plan_.steps[frame.step];
    const bool expands = step.kind == PatternStep::Kind::kExpand;
    const uint32_t hops_max = expands ? query_.edges[step.edge].hops_max : 0;
    const uint32_t next_step = frame.further ? frame.step : frame.step + 1;
    const std::vector<const Partial*> rows = Slice(frame, SliceMax(next_step));
    if (rows.empty()) {
      if (!frame.further && frame.hop < hops_max) {
        frame.further = true;
        frame.next = 0;
      } else {
        frames_.pop_back();
      }
      continue;
    }
    if (frame.further) {
      PG_RETURN_IF_ERROR(Expand(frame.step, frame.hop + 1, rows));
    } else if (next_step < plan_.steps.size()) {
      PG_RETURN_IF_ERROR(Begin(next_step, rows));
    } else {
      PG_ASSIGN_OR_RETURN(const bool late, DeadlinePassed());
      bool goes_on = !late;
      if (goes_on) {
        PG_ASSIGN_OR_RETURN(goes_on, Give(rows, sink));
      }
      if (!goes_on) {
        stopped_ = true;
        frames_.clear();
      }
    }
  }
  return absl::OkStatus();
}

std::vector<const PatternMatcher::Partial*> PatternMatcher::Slice(Frame& frame, size_t rows_max) {
  std::vector<const Partial*> rows;
  for (; frame.next < frame.rows.size() && rows.size() < rows_max; ++frame.next) {
    const Partial& row = frame.rows[frame.next];
    if (frame.further || row.done) rows.push_back(&row);
  }
  return rows;
}

absl::StatusOr<bool> PatternMatcher::Give(std::span<const Partial* const> rows, Sink sink) {
  std::vector<PatternBinding> bindings(rows.size(), scratch_);
  for (size_t i = 0; i < rows.size(); ++i) Bind(*rows[i], bindings[i]);
  return sink(bindings);
}

absl::Status PatternMatcher::Begin(uint32_t step_index, std::span<const Partial* const> rows) {
  const PatternStep& step = plan_.steps[step_index];
  if (step.kind == PatternStep::Kind::kNodes) return AddStarts(step_index, rows, step.starts);
  if (query_.edges[step.edge].hops_min > 0) return Expand(step_index, 1, rows);
  // A trail of no edges ends where it begins.
  Frame frame{.step = step_index, .hop = 0};
  for (const Partial* parent : rows) {
    Partial row{.parent = parent, .step = step_index, .node = BoundNode(parent, step.from)};
    for (const Partial* at = parent; at != nullptr; at = at->parent) {
      if (at->node == row.node) row.kind = at->kind;
    }
    const NodeId target = step.closes ? BoundNode(parent, step.node) : NodeId{};
    row.done = EndsHere(step, row, target);
    frame.rows.push_back(row);
  }
  return Push(std::move(frame));
}

absl::Status PatternMatcher::AddStarts(uint32_t step_index, std::span<const Partial* const> rows,
                                       std::span<const NodeSummary> starts) {
  const PatternStep& step = plan_.steps[step_index];
  static constexpr const Partial* kNoParent[] = {nullptr};
  if (step_index == 0) rows = kNoParent;
  Frame frame{.step = step_index};
  for (const Partial* parent : rows) {
    for (const NodeSummary& start : starts) {
      if (step_index > 0 && !expander_.Charge(1)) {
        cuts_.Add(TruncationReason::kEdgesScanned);
        stopped_ = true;
        return Push(std::move(frame));
      }
      Partial row{.parent = parent, .step = step_index, .node = start.id, .kind = start.kind};
      row.done = EndsHere(step, row, NodeId{});
      if (row.done) frame.rows.push_back(row);
    }
  }
  Adapt(step_index, rows.size(), rows.size() * starts.size());
  return Push(std::move(frame));
}

absl::Status PatternMatcher::Expand(uint32_t step_index, uint32_t hop,
                                    std::span<const Partial* const> rows) {
  if (stopped_) return absl::OkStatus();
  const PatternStep& step = plan_.steps[step_index];
  const PatternEdge& edge_pattern = query_.edges[step.edge];
  const bool both_ways = step.hop.filter.direction == DirectionFilter::kBoth;

  std::vector<NodeId> frontier;
  std::vector<std::vector<size_t>> rows_at;  // Of each frontier node.
  std::vector<NodeId> targets(rows.size());
  absl::flat_hash_map<NodeId, size_t> position_of;
  for (size_t i = 0; i < rows.size(); ++i) {
    const NodeId node =
        hop == 1 && rows[i]->step != step_index ? BoundNode(rows[i], step.from) : rows[i]->node;
    const auto [entry, inserted] = position_of.try_emplace(node, frontier.size());
    if (inserted) {
      frontier.push_back(node);
      rows_at.emplace_back();
    }
    rows_at[entry->second].push_back(i);
    if (step.closes) targets[i] = BoundNode(rows[i], step.node);
  }

  Frame frame{.step = step_index, .hop = hop};
  PatternBinding edge_binding = scratch_;
  // Of each node the passages so far: a company that is party to a deal twice passes it once.
  absl::flat_hash_set<std::pair<size_t, std::pair<NodeId, NodeId>>> passed;
  PG_ASSIGN_OR_RETURN(
      const HopExpander::End end,
      expander_.Expand(
          step.hop, frontier,
          [&](size_t index, const AdjacentEdge& edge) -> std::optional<TruncationReason> {
            // An edge from a node to itself is at the node twice.
            if (both_ways && edge.node == edge.other && edge.direction == Direction::kIn) {
              return std::nullopt;
            }
            if (edge.partnership != NodeId{} &&
                !passed.insert({index, {edge.partnership, edge.other}}).second) {
              return std::nullopt;
            }
            edge_binding.edges[step.edge] = {&edge};
            for (const PatternExpressionIndex condition : step.on_edge) {
              if (!evaluator_.Holds(condition, edge_binding, no_values_)) return std::nullopt;
            }
            bool first = true;
            for (const size_t i : rows_at[index]) {
              if (!std::exchange(first, false) && !expander_.Charge(1)) {
                return TruncationReason::kEdgesScanned;
              }
              if (UsesEdge(rows[i], edge)) continue;
              Partial row{.parent = rows[i],
                          .step = step_index,
                          .has_edge = true,
                          .node = edge.other,
                          .kind = edge.other_kind,
                          .edge = edge};
              row.done = hop >= edge_pattern.hops_min && EndsHere(step, row, targets[i]);
              if (row.done || hop < edge_pattern.hops_max) frame.rows.push_back(row);
            }
            return std::nullopt;
          }));
  stopped_ = stopped_ || end.stopped;
  Adapt(step_index, rows.size(), frame.rows.size());
  return Push(std::move(frame));
}

absl::Status PatternMatcher::Push(Frame frame) {
  PG_RETURN_IF_ERROR(CheckValues(frame));
  if (!frame.rows.empty()) frames_.push_back(std::move(frame));
  return absl::OkStatus();
}

absl::Status PatternMatcher::CheckValues(Frame& frame) {
  const PatternStep& step = plan_.steps[frame.step];
  if (step.on_values.empty()) return absl::OkStatus();
  const bool goes_on =
      step.kind == PatternStep::Kind::kExpand && frame.hop < query_.edges[step.edge].hops_max;
  for (size_t begin = 0; begin < frame.rows.size();) {
    PG_ASSIGN_OR_RETURN(const bool late, DeadlinePassed());
    if (late) {
      frame.rows.clear();
      return absl::OkStatus();
    }
    // Rows that look at no more nodes than are read at once.
    std::vector<NodeId> nodes;
    PatternValues values;
    size_t end = begin;
    for (; end < frame.rows.size() && nodes.size() + step.value_nodes.size() <= kValuesMax; ++end) {
      if (!frame.rows[end].done) continue;
      for (const PatternNodeIndex node : step.value_nodes) {
        const NodeId id = BoundNode(&frame.rows[end], node);
        if (values.try_emplace(id).second) nodes.push_back(id);
      }
    }
    PG_ASSIGN_OR_RETURN(auto read, source_.ReadNodes(nodes, step.reads));
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (read[i].has_value()) {
        values[nodes[i]] = *std::move(read[i]);
      } else {
        values.erase(nodes[i]);
      }
    }
    for (; begin < end; ++begin) {
      Partial& row = frame.rows[begin];
      if (!row.done) continue;
      Bind(row, scratch_);
      row.done = std::ranges::all_of(step.on_values, [&](PatternExpressionIndex condition) {
        return evaluator_.Holds(condition, scratch_, values);
      });
    }
  }
  if (!goes_on) std::erase_if(frame.rows, [](const Partial& row) { return !row.done; });
  return absl::OkStatus();
}

bool PatternMatcher::EndsHere(const PatternStep& step, const Partial& row, NodeId target) {
  if ((KindBit(row.kind) & query_.nodes[step.node].kinds) == 0) return false;
  if (step.closes && row.node != target) return false;
  if (step.confined && !std::ranges::binary_search(step.only, row.node)) return false;
  if (step.on_match.empty()) return true;
  Bind(row, scratch_);
  return std::ranges::all_of(step.on_match, [&](PatternExpressionIndex condition) {
    return evaluator_.Holds(condition, scratch_, no_values_);
  });
}

bool PatternMatcher::UsesEdge(const Partial* row, const AdjacentEdge& edge) const {
  const PatternEdgeIdentity identity = IdentityOf(edge);
  for (; row != nullptr; row = row->parent) {
    if (row->has_edge && IdentityOf(row->edge) == identity) return true;
  }
  return false;
}

NodeId PatternMatcher::BoundNode(const Partial* row, PatternNodeIndex node) const {
  // The last hop of the step that bound it comes first.
  while (row != nullptr && row->step != step_of_node_[node]) row = row->parent;
  return row == nullptr ? NodeId{} : row->node;
}

void PatternMatcher::Bind(const Partial& last, PatternBinding& binding) const {
  for (auto& node : binding.nodes) node = {};
  for (auto& edges : binding.edges) edges.clear();
  for (const Partial* row = &last; row != nullptr; row = row->parent) {
    const PatternStep& step = plan_.steps[row->step];
    PatternBinding::BoundNode& node = binding.nodes[step.node];
    if (node.id == NodeId{} && row->step == step_of_node_[step.node]) node = {row->node, row->kind};
    if (row->has_edge) binding.edges[step.edge].push_back(&row->edge);
  }
  // Rows are met from the end of each trail: the left end, when it was followed from the right.
  for (const PatternStep& step : plan_.steps) {
    if (step.kind != PatternStep::Kind::kExpand || step.from != query_.edges[step.edge].left) {
      continue;
    }
    std::ranges::reverse(binding.edges[step.edge]);
  }
}

void PatternMatcher::Adapt(uint32_t step, size_t rows, size_t results) {
  const size_t each = results / std::max<size_t>(rows, 1) + 1;
  const size_t most =
      std::clamp<size_t>(kSliceResultsMax / budget_.per_node_limit, 1, kSliceRowsMax);
  slice_max_[step] =
      std::clamp<size_t>(kSliceResultsWanted / each, 1, std::min(most, 4 * slice_max_[step]));
}

}  // namespace partnergraph
