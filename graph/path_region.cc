#include "graph/path_region.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

#include "graph/status_macros.h"
#include "graph/stoppable_sort.h"

namespace partnergraph {
namespace {

constexpr uint32_t kFar = UINT32_MAX / 4;

// What tells two edges between the same nodes apart, whichever end they were read from.
std::tuple<NodeId, FactId, EdgeType> IdentityOf(const AdjacentEdge& edge) {
  return {edge.partnership, edge.partnership == NodeId{} ? edge.fact : FactId{}, edge.type};
}

FactFilter FilterOf(const PathQuery& query, bool dated) {
  FactFilter filter = query.filter;
  // A window that every dated edge is in keeps out the undated ones.
  if (dated && filter.date_from.empty() && filter.date_until.empty()) filter.date_from.year = 1;
  return filter;
}

}  // namespace

PathRegion::PathRegion(EdgeSource& source, const PathQuery& query, Options options)
    : source_(source),
      query_(query),
      options_(options),
      mirrored_(query.source == query.target && query.filter.direction == DirectionFilter::kBoth),
      expander_(source, query.budget, cuts_) {}

absl::Status PathRegion::Start() {
  const NodeId ends[] = {query_.source, query_.target};
  PG_ASSIGN_OR_RETURN(const std::vector<RingNode> described, source_.Describe(ends));
  NodeSet deals;
  for (const RingNode& node : described) {
    if (node.node.kind == NodeKind::kPartnership) deals.Insert(node.node.id);
  }
  const FactFilter filter = FilterOf(query_, options_.dated);
  forward_.kind = MakeHopKind(filter, query_.expand_partnerships, deals);
  backward_.kind = MakeHopKind(Reversed(filter), query_.expand_partnerships, deals);
  Reach(forward_, PositionOf(query_.source));
  Reach(backward_, PositionOf(query_.target));
  return absl::OkStatus();
}

uint32_t PathRegion::PositionOf(NodeId node) {
  const auto [entry, inserted] = position_of_.emplace(node, static_cast<uint32_t>(nodes_.size()));
  if (inserted) nodes_.push_back(node);
  return entry->second;
}

void PathRegion::Reach(Side& side, uint32_t position) {
  if (side.reached.size() <= position) side.reached.resize(nodes_.size());
  if (side.reached[position]) return;
  side.reached[position] = true;
  // Paths end at the other end: nothing that leads on from there is on one.
  const NodeId other_end = &side == &forward_ ? query_.target : query_.source;
  if (nodes_[position] == other_end && query_.source != query_.target) return;
  side.waiting.push_back(position);
}

uint32_t PathRegion::known() const {
  return forward_.known + (mirrored_ ? forward_.known : backward_.known);
}

bool PathRegion::CanTake(PathEnd end) const {
  const Side& side = SideOf(end);
  if (mirrored_ && end == PathEnd::kTarget) return false;
  return !stopped_ && !side.cut && !side.waiting.empty();
}

PathEnd PathRegion::NextEnd() const {
  if (!CanTake(PathEnd::kTarget)) return PathEnd::kSource;
  if (!CanTake(PathEnd::kSource)) return PathEnd::kTarget;
  return forward_.waiting.size() <= backward_.waiting.size() ? PathEnd::kSource : PathEnd::kTarget;
}

void PathRegion::Keep(uint32_t from, uint32_t to, const AdjacentEdge& edge, bool reversed) {
  reads_.push_back({from, to, edge});
  // A passage has no direction of its own: show it the way the paths go.
  AdjacentEdge& kept = reads_.back().edge;
  if (reversed && kept.partnership != NodeId{}) {
    std::swap(kept.node, kept.other);
    kept.other_kind = NodeKind::kCompany;
  }
}

absl::Status PathRegion::TakeLevel(PathEnd end, absl::FunctionRef<bool(uint32_t)> wanted) {
  Side& side = SideOf(end);
  std::vector<uint32_t> level, later;
  std::vector<NodeId> frontier;
  for (uint32_t position : side.waiting) {
    if (wanted(position)) {
      level.push_back(position);
      frontier.push_back(nodes_[position]);
    } else {
      later.push_back(position);
    }
  }
  side.waiting = std::move(later);
  PG_ASSIGN_OR_RETURN(
      const HopExpander::End hop,
      expander_.Expand(
          side.kind, frontier,
          [&](size_t index, const AdjacentEdge& edge) -> std::optional<TruncationReason> {
            if (edge.other == edge.node) return std::nullopt;
            if (!position_of_.contains(edge.other) && nodes_.size() >= query_.budget.nodes_max) {
              return TruncationReason::kNodes;
            }
            if (reads_.size() >= kRegionEdgesMax) return TruncationReason::kEdgesScanned;
            const uint32_t other = PositionOf(edge.other);
            if (end == PathEnd::kSource || mirrored_) Keep(level[index], other, edge, false);
            if (end == PathEnd::kTarget || mirrored_) Keep(other, level[index], edge, true);
            Reach(side, other);
            return std::nullopt;
          }));
  ++side.depth;
  stopped_ = hop.stopped;
  if (!hop.complete) {
    side.cut = true;
    side.cut_nodes.insert(side.cut_nodes.end(), level.begin(), level.end());
  } else {
    // With nothing left to expand everything there is was read.
    side.known = side.waiting.empty() ? kFar : side.depth;
  }
  return absl::OkStatus();
}

std::vector<uint32_t> PathRegion::Unread(PathEnd end) const {
  const Side& side = SideOf(end);
  std::vector<uint32_t> positions = side.waiting;
  positions.insert(positions.end(), side.cut_nodes.begin(), side.cut_nodes.end());
  return positions;
}

absl::StatusOr<std::vector<double>> PathRegion::CertaintyFrom(PathEnd end, uint32_t length_max,
                                                              WorkClock& clock) const {
  const bool forward = end == PathEnd::kSource;
  std::vector<double> best(nodes_.size(), -1);
  best[position_of_.at(forward ? query_.source : query_.target)] = 1;
  for (uint32_t length = 0; length < length_max; ++length) {
    std::vector<double> next = best;
    bool changed = false;
    for (const Read& read : reads_) {
      PG_RETURN_IF_ERROR(clock.Step());
      const double from = best[forward ? read.from : read.to];
      double& to = next[forward ? read.to : read.from];
      if (from < 0 || from * read.edge.confidence <= to) continue;
      to = from * read.edge.confidence;
      changed = true;
    }
    if (!changed) break;
    best = std::move(next);
  }
  return best;
}

absl::StatusOr<std::vector<uint32_t>> PathRegion::Ordered(WorkClock& clock) const {
  std::vector<uint32_t> order;
  order.reserve(reads_.size());
  const uint32_t source = position_of_.at(query_.source);
  const uint32_t target = position_of_.at(query_.target);
  for (uint32_t i = 0; i < reads_.size(); ++i) {
    const Read& read = reads_[i];
    const bool cycles = source == target;
    if (cycles || (read.to != source && read.from != target)) order.push_back(i);
  }
  const auto less = [&](uint32_t a, uint32_t b) {
    const Read &x = reads_[a], &y = reads_[b];
    // Nodes by id; the way back into the source of a cycle comes last, as the target does.
    const auto to = [&](const Read& read) {
      return std::pair(source == target && read.to == source, nodes_[read.to]);
    };
    return std::tuple(nodes_[x.from], to(x), -x.edge.confidence, IdentityOf(x.edge)) <
           std::tuple(nodes_[y.from], to(y), -y.edge.confidence, IdentityOf(y.edge));
  };
  PG_RETURN_IF_ERROR(StoppableSort(order, less, [&] { return clock.Step(); }));
  return order;
}

absl::StatusOr<PathGraph> PathRegion::Build(uint32_t length_max, WorkClock& clock) const {
  PG_ASSIGN_OR_RETURN(const std::vector<uint32_t> order, Ordered(clock));
  const uint32_t source = position_of_.at(query_.source);
  const bool cycles = query_.source == query_.target;
  // The target of a cycle is a node of its own, behind all others.
  const uint32_t target =
      cycles ? static_cast<uint32_t>(nodes_.size()) : position_of_.at(query_.target);
  const auto to_of = [&](const Read& read) {
    return cycles && read.to == source ? target : read.to;
  };
  // Distances over what was read.
  std::vector<uint32_t> from_source(nodes_.size() + 1, kFar), to_target(nodes_.size() + 1, kFar);
  from_source[source] = 0;
  to_target[target] = 0;
  for (uint32_t length = 0; length < length_max; ++length) {
    for (uint32_t i : order) {
      PG_RETURN_IF_ERROR(clock.Step());
      const uint32_t from = reads_[i].from, to = to_of(reads_[i]);
      if (from_source[from] == length && from_source[to] > length + 1) {
        from_source[to] = length + 1;
      }
      if (to_target[to] == length && to_target[from] > length + 1) to_target[from] = length + 1;
    }
  }
  const auto is_inside = [&](uint32_t position) {
    return from_source[position] + to_target[position] <= length_max;
  };
  std::vector<uint32_t> inside;
  for (uint32_t position = 0; position < nodes_.size(); ++position) {
    if (is_inside(position) || position == source || position == target) {
      inside.push_back(position);
    }
  }
  PG_RETURN_IF_ERROR(StoppableSort(
      inside, [&](uint32_t a, uint32_t b) { return nodes_[a] < nodes_[b]; },
      [&] { return clock.Step(); }));
  if (cycles) inside.push_back(target);

  PathGraph graph;
  std::vector<uint32_t> index_of(nodes_.size() + 1, kFar);
  for (uint32_t position : inside) {
    index_of[position] = static_cast<uint32_t>(graph.nodes.size());
    graph.nodes.push_back(position == nodes_.size() ? query_.source : nodes_[position]);
  }
  graph.source = index_of[source];
  graph.target = index_of[target];
  const bool keeps_all = options_.dated || options_.keep_parallel;
  uint32_t last_from = kFar;  // Of the newest hop.
  for (uint32_t i : order) {
    PG_RETURN_IF_ERROR(clock.Step());
    const Read& read = reads_[i];
    const uint32_t to = to_of(read);
    if (from_source[read.from] + 1 + to_target[to] > length_max) continue;
    const uint32_t from = index_of[read.from];
    const bool same_hop = from == last_from && graph.hops.back().to == index_of[to];
    if (same_hop) {
      // Edges that both ends saw follow each other.
      if (!keeps_all || IdentityOf(graph.edges.back()) == IdentityOf(read.edge)) continue;
    } else {
      while (graph.hops_begin.size() <= from) {
        graph.hops_begin.push_back(static_cast<uint32_t>(graph.hops.size()));
      }
      const auto edges = static_cast<uint32_t>(graph.edges.size());
      graph.hops.push_back({.to = index_of[to], .edges_begin = edges, .edges_end = edges});
      last_from = from;
    }
    graph.edges.push_back(read.edge);
    ++graph.hops.back().edges_end;
    if (options_.dated) {
      graph.days.push_back(ToDayRange(UnpackDate(read.edge.packed_date)));
    }
  }
  while (graph.hops_begin.size() <= graph.nodes.size()) {
    graph.hops_begin.push_back(static_cast<uint32_t>(graph.hops.size()));
  }
  return graph;
}

}  // namespace partnergraph
