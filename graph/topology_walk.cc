#include "graph/topology_walk.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "graph/hop.h"
#include "graph/keys.h"
#include "graph/node_buffer.h"
#include "graph/row_filter.h"
#include "graph/visited_set.h"

namespace partnergraph {
namespace {

// Rows between two questions whether to stop: some microseconds.
constexpr uint64_t kStopInterval = 4096;

// Counts what is read within one query's budget.
class ScanMeter {
 public:
  explicit ScanMeter(const Budget& budget) : budget_(budget) {}

  // Counts rows. False when they are more than the budget has left: then they are not counted.
  bool Take(uint64_t rows) {
    if (rows > budget_.edges_scanned_max - scanned_) return false;
    scanned_ += rows;
    return true;
  }

  // The same for rows that have been read: no more than what is left.
  void Charge(uint64_t rows) { scanned_ += std::min(rows, left()); }

  // Why the query must stop now, if it must. Cheap enough to be asked for every node.
  std::optional<Budget::Stop> ShouldStop() {
    if (scanned_ < next_question_ || !budget_.should_stop) return std::nullopt;
    next_question_ = scanned_ + kStopInterval;
    return budget_.should_stop();
  }

  uint64_t scanned() const { return scanned_; }
  uint64_t left() const { return budget_.edges_scanned_max - scanned_; }

 private:
  const Budget& budget_;
  uint64_t scanned_ = 0;
  uint64_t next_question_ = 0;
};

// Brings in what hops from the nodes of a frontier read, some nodes ahead of them: first where a
// node's rows are, then the rows.
class RowPrefetcher {
 public:
  RowPrefetcher(const Topology& topology, std::span<const uint32_t> nodes)
      : base_(*topology.base()), nodes_(nodes) {
    for (size_t i = 0; i < kPlacesAhead; ++i) FetchPlace(i);
    for (size_t i = 0; i < kRowsAhead; ++i) FetchRows(i);
  }

  // Before the hop from the node at position i.
  void Advance(size_t i) {
    FetchPlace(i + kPlacesAhead);
    FetchRows(i + kRowsAhead);
  }

 private:
  static constexpr size_t kPlacesAhead = 16, kRowsAhead = 8;

  void FetchPlace(size_t i) const {
    if (i >= nodes_.size() || nodes_[i] >= base_.node_end()) return;
    __builtin_prefetch(base_.row_begins() + nodes_[i]);
    __builtin_prefetch(base_.run_begins() + nodes_[i]);
  }
  void FetchRows(size_t i) const {
    if (i >= nodes_.size() || nodes_[i] >= base_.node_end()) return;
    __builtin_prefetch(base_.runs() + base_.run_begins()[nodes_[i]]);
    __builtin_prefetch(base_.columns().others + base_.row_begins()[nodes_[i]]);
  }

  const TopologyBase& base_;
  const std::span<const uint32_t> nodes_;
};

bool KeepsKind(const std::vector<NodeKind>& kinds, NodeKind kind) {
  return kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

// What a hop follows at one node.
struct HopShape {
  explicit HopShape(HopKind kind)
      : filter(kind.filter),
        passages(kind.passages),
        deal_edges(kind.deal_edges),
        listed(kind.listed),
        both_ways(kind.filter.direction == DirectionFilter::kBoth),
        step(kind.step),
        shown_deals(std::move(kind.shown_deals)) {
    if (!passages) return;
    into_deal.emplace(PartyFilter(kind.filter, DirectionFilter::kOut));
    out_of_deal.emplace(PartyFilter(kind.filter, DirectionFilter::kIn));
  }

  // Nothing but the filter decides what is followed.
  bool plain() const { return deal_edges && !passages; }

  RowFilter filter;
  bool passages, deal_edges, listed;
  bool both_ways;  // The filter has no direction.
  uint32_t step;
  NodeSet shown_deals;
  std::optional<RowFilter> into_deal, out_of_deal;  // Of passages.
};

// One hop from a frontier: gives the nodes that its edges lead to, and keeps the budget.
class Hopper {
 public:
  Hopper(const Topology& topology, const HopShape& shape, const Budget& budget, ScanMeter& meter,
         CutList& cuts)
      : topology_(topology), shape_(shape), budget_(budget), meter_(meter), cuts_(cuts) {}

  // How the expansion of one node ended. kStopped: `reach` ended it, the scan budget is used up, or
  // the query is to stop (see stop()).
  enum class Outcome : uint8_t { kDone, kCut, kStopped };

  // Calls `reach(other) -> bool` for the node at the other end of each edge that is followed at
  // `node`, until it returns false, which stops the hop.
  template <typename Reach>
  Outcome Expand(uint32_t node, Reach reach) {
    kept_ = 0;
    rows_ = 0;
    cut_.reset();
    if (budget_.skip_degree > 0 && topology_.Degree(node) > budget_.skip_degree) {
      cuts_.Add(NodeId{node}, 0, TruncationReason::kSkipDegree, shape_.step);
      return Outcome::kCut;
    }
    // The usual case: everything is followed, and lies in one piece.
    if (shape_.plain()) {
      const std::optional<Topology::Neighbors> all = topology_.AllNeighbors(node);
      if (all.has_value() &&
          all->size <= std::min<uint64_t>(budget_.per_node_limit, kStopInterval) &&
          shape_.filter.KeepsEverything(all->status_mask) && meter_.Take(all->size)) {
        const uint32_t* const end = all->others + all->size;
        for (const uint32_t* other = all->others; other != end; ++other) {
          ++kept_;
          if (reach(*other)) continue;
          rows_ = kept_ - 1;
          return Outcome::kStopped;
        }
        return Outcome::kDone;
      }
    }
    bool stopped = false;
    const auto follow = [&](uint32_t other) {
      if (kept_ == budget_.per_node_limit) {
        cut_ = TruncationReason::kPerNodeLimit;
        return false;
      }
      ++kept_;
      stopped = !reach(other);
      return !stopped;
    };
    topology_.ForEachSlice(node,
                           [&](const RowSlice& slice) { return ExpandSlice(node, slice, follow); });
    if (stopped || stop_.has_value()) return Outcome::kStopped;
    if (!cut_.has_value()) return Outcome::kDone;
    AddCut(node, kept_, *cut_);
    return *cut_ == TruncationReason::kEdgesScanned ? Outcome::kStopped : Outcome::kCut;
  }

  // Notes that the node expanded last, whose last edge `reach` refused, was cut there.
  void AddRefused(uint32_t node, TruncationReason reason) { AddCut(node, kept_ - 1, reason); }
  // Why the query must stop in the middle of a node, if it must.
  std::optional<Budget::Stop> stop() const { return stop_; }

 private:
  // Notes a cut of the node expanded last, with the place behind the rows that were followed.
  void AddCut(uint32_t node, uint64_t kept, TruncationReason reason) {
    cuts_.Add(NodeId{node}, kept, reason, shape_.step, [&] {
      std::string position;
      uint64_t left = shape_.listed ? rows_ : 0;
      topology_.ForEachSlice(node, [&](const RowSlice& slice) {
        if (left == 0) return false;
        if (!IsRead(slice)) return true;
        const auto rows = static_cast<uint32_t>(std::min<uint64_t>(left, slice.size));
        position = EdgePosition(topology_.EdgeAt(NodeId{node}, slice, rows - 1));
        left -= rows;
        return true;
      });
      return position;
    });
  }

  bool PassesFrom(const RowSlice& slice) const {
    return shape_.passages && slice.type == kPartyTo && slice.direction == Direction::kOut;
  }
  bool IsRead(const RowSlice& slice) const {
    using Match = RowFilter::SliceMatch;
    return shape_.filter.Match(slice) != Match::kNone ||
           (PassesFrom(slice) && shape_.into_deal->Match(slice) != Match::kNone);
  }

  // Reads the rows of a slice in steps, after each of which it is asked whether to stop, and
  // charges what was read. `row(index)` returns false to end the node. Returns how many rows were
  // followed in full: all, or the node has ended.
  template <typename Row>
  uint32_t ReadRows(const RowSlice& slice, Row row) {
    for (uint32_t begin = 0; begin < slice.size;) {
      const uint64_t step = std::min<uint64_t>({slice.size - begin, kStopInterval, meter_.left()});
      if (step == 0) {
        cut_ = TruncationReason::kEdgesScanned;
        return begin;
      }
      const uint32_t end = begin + static_cast<uint32_t>(step);
      uint32_t i = begin;
      bool go_on = true;
      while (i < end && go_on) go_on = row(i++);
      meter_.Charge(i - begin);
      if (!go_on) return i - 1;
      begin = end;
      if (begin < slice.size) {
        stop_ = meter_.ShouldStop();
        if (stop_.has_value()) return begin;
      }
    }
    return slice.size;
  }

  template <typename Follow>
  bool ExpandSlice(uint32_t node, const RowSlice& slice, Follow follow) {
    using Match = RowFilter::SliceMatch;
    const Match match = shape_.filter.Match(slice);
    const Match deal_match = PassesFrom(slice) ? shape_.into_deal->Match(slice) : Match::kNone;
    if (match == Match::kNone && deal_match == Match::kNone) return true;
    const uint32_t* const others = slice.others();
    if (shape_.plain() && match == Match::kAll) {
      const uint32_t rows = ReadRows(slice, [&](uint32_t i) { return follow(others[i]); });
      rows_ += rows;
      return rows == slice.size;
    }
    const uint32_t rows = ReadRows(slice, [&](uint32_t i) {
      if (match == Match::kAll || (match == Match::kSome && shape_.filter.KeepsRow(slice, i))) {
        if (IsShown(others[i]) && !follow(others[i])) return false;
      }
      if (deal_match == Match::kAll ||
          (deal_match == Match::kSome && shape_.into_deal->KeepsRow(slice, i))) {
        return topology_.KindOf(others[i]) != NodeKind::kPartnership ||
               Pass(node, others[i], follow);
      }
      return true;
    });
    rows_ += rows;
    return rows == slice.size;
  }

  bool IsShown(uint32_t other) const {
    return shape_.deal_edges || topology_.KindOf(other) != NodeKind::kPartnership ||
           shape_.shown_deals.Contains(NodeId{other});
  }

  // Follows the passages from `node` through a deal to its other parties.
  template <typename Follow>
  bool Pass(uint32_t node, uint32_t deal, Follow follow) {
    if (budget_.skip_degree > 0 && topology_.Degree(deal) > budget_.skip_degree) {
      cuts_.Add(NodeId{deal}, 0, TruncationReason::kSkipDegree, shape_.step);
      return true;
    }
    uint32_t parties = 0;
    bool go_on = true;  // With the node that passes.
    topology_.ForEachSlice(deal, [&](const RowSlice& slice) {
      const RowFilter::SliceMatch match = shape_.out_of_deal->Match(slice);
      if (match == RowFilter::SliceMatch::kNone) return true;
      bool all_parties = true;
      const uint32_t rows = ReadRows(slice, [&](uint32_t i) {
        if (match == RowFilter::SliceMatch::kSome && !shape_.out_of_deal->KeepsRow(slice, i)) {
          return true;
        }
        if (parties == budget_.per_node_limit) {
          cuts_.Add(NodeId{deal}, parties, TruncationReason::kPerNodeLimit, shape_.step, [&] {
            // A list by a filter with a direction does not have what leads out of the deal.
            const bool has_place = shape_.listed && shape_.both_ways && i > 0;
            return has_place ? EdgePosition(topology_.EdgeAt(NodeId{deal}, slice, i - 1))
                             : std::string();
          });
          all_parties = false;
          return false;
        }
        ++parties;
        const uint32_t party = slice.others()[i];
        return party == node || follow(party);
      });
      const bool read = rows == slice.size;
      if (!read && all_parties) go_on = false;
      return read;
    });
    return go_on;
  }

  const Topology& topology_;
  const HopShape& shape_;
  const Budget& budget_;
  ScanMeter& meter_;
  CutList& cuts_;
  uint64_t kept_ = 0;
  uint64_t rows_ = 0;  // Of the node expanded last, in slices that are read: followed in full.
  std::optional<TruncationReason> cut_;
  std::optional<Budget::Stop> stop_;
};

absl::Status Cancelled() { return absl::CancelledError("the query was cancelled"); }

}  // namespace

bool CanFindRings(const NeighborhoodQuery& query) {
  return query.budget.per_node_order == NodeOrder::kNewest;
}

absl::StatusOr<NodeRings> FindRings(const Topology& topology, const NeighborhoodQuery& query,
                                    CutList& cuts) {
  NodeRings rings;
  NodeBuffer& nodes = rings.nodes;
  VisitedSet visited(topology.node_end());
  NodeSet deals;
  const uint64_t nodes_max = query.budget.nodes_max;
  bool stopped = false;
  for (const NodeId start : query.nodes) {
    const auto node = static_cast<uint32_t>(ToInt(start));
    if (visited.Contains(node)) continue;
    if (nodes.size() == nodes_max) {
      cuts.Add(start, 0, TruncationReason::kNodes);
      stopped = true;
      continue;
    }
    visited.Insert(node);
    nodes.Add(node);
    if (topology.KindOf(node) == NodeKind::kPartnership) deals.Insert(start);
  }
  rings.ring_ends.push_back(nodes.size());
  const HopShape shape(MakeHopKind(query.filter, query.expand_partnerships, std::move(deals)));
  ScanMeter meter(query.budget);
  Hopper hopper(topology, shape, query.budget, meter, cuts);
  const bool any_kind = query.node_kinds.empty();
  absl::Status status;
  size_t begin = 0;
  for (uint32_t hop = 1; hop <= query.hops && !stopped && begin < nodes.size(); ++hop) {
    const size_t end = nodes.size();
    const auto cut_rest = [&](size_t from, TruncationReason reason) {
      cuts.AddRest(nodes.nodes().first(end).subspan(std::min(from, end)), reason);
      stopped = true;
    };
    for (size_t i = begin; i < end && !stopped; ++i) {
      const auto end_at = [&](Budget::Stop stop) {
        stopped = true;
        if (stop == Budget::Stop::kCancelled) {
          status = Cancelled();
        } else {
          cut_rest(i, TruncationReason::kDeadline);
        }
      };
      if (const auto stop = meter.ShouldStop()) {
        end_at(*stop);
        break;
      }
      const uint32_t node = nodes[i];
      size_t count = nodes.size();
      Hopper::Outcome outcome = Hopper::Outcome::kDone;
      bool full = false;
      if (any_kind && shape.plain() && count + topology.Degree(node) <= nodes_max) {
        uint32_t* const out = nodes.Reserve(size_t{topology.Degree(node)} + 1);
        outcome = hopper.Expand(node, [&](uint32_t other) {
          out[count] = other;
          count += visited.Insert(other) ? 1 : 0;
          return true;
        });
        nodes.SetSize(count);
      } else {
        outcome = hopper.Expand(node, [&](uint32_t other) {
          if (visited.Contains(other)) return true;
          if (!any_kind && !KeepsKind(query.node_kinds, topology.KindOf(other))) return true;
          full = nodes.size() >= nodes_max;
          if (full) return false;
          visited.Insert(other);
          nodes.Add(other);
          return true;
        });
      }
      if (outcome != Hopper::Outcome::kStopped) continue;
      if (hopper.stop().has_value()) {
        end_at(*hopper.stop());
        break;
      }
      if (full) hopper.AddRefused(node, TruncationReason::kNodes);
      cut_rest(i + 1, full ? TruncationReason::kNodes : TruncationReason::kEdgesScanned);
    }
    begin = end;
    rings.ring_ends.push_back(nodes.size());
  }
  visited.Release(nodes.nodes());
  rings.edges_scanned = meter.scanned();
  if (!status.ok()) return status;
  return rings;
}

bool CanFindStepEnds(const TraverseQuery& query) {
  return query.budget.per_node_order == NodeOrder::kNewest &&
         std::ranges::none_of(
             query.steps, [](const TraverseStep& step) { return MakeStepHopKind(step).passages; });
}

namespace {

// The places of a pattern, one step after the other: where it stands before a step, within its
// repeats and after it. Which walks lead to a place does not matter, so a place is a set of nodes.
class StepSearch {
 public:
  StepSearch(const Topology& topology, const TraverseQuery& query, CutList& cuts)
      : topology_(topology),
        query_(query),
        cuts_(cuts),
        meter_(query.budget),
        in_frontier_(topology.node_end()),
        in_after_(topology.node_end()) {}

  absl::StatusOr<StepEnds> Run() {
    for (const NodeId start : query_.nodes) {
      const auto node = static_cast<uint32_t>(ToInt(start));
      if (in_frontier_.Insert(node)) before_.Add(node);
    }
    in_frontier_.Clear(before_.nodes());
    for (size_t i = 0; i < query_.steps.size() && !stopped_; ++i) {
      step_ = static_cast<uint32_t>(i);
      TakeStep(query_.steps[i], i + 1 == query_.steps.size());
      // What a step that was cut has reached are no ends, but of the last one.
      if (stopped_ && i + 1 < query_.steps.size()) before_.Clear();
    }
    in_frontier_.Release({});
    in_after_.Release({});
    if (!status_.ok()) return status_;
    StepEnds ends;
    ends.edges_scanned = meter_.scanned();
    ends.nodes.Swap(before_);
    return ends;
  }

 private:
  // From before_ to what then is before the next step.
  void TakeStep(const TraverseStep& step, bool last) {
    const bool once = step.min_repeat == 0 && step.max_repeat == 0;
    const uint32_t min = once ? 1 : step.min_repeat, max = once ? 1 : step.max_repeat;
    HopKind kind = MakeStepHopKind(step);
    kind.step = step_;
    const HopShape shape(std::move(kind));
    Hopper hopper(topology_, shape, query_.budget, meter_, cuts_);
    after_max_ = last ? query_.budget.nodes_max : UINT64_MAX;
    after_.Clear();
    NodeBuffer excluded;
    if (last && query_.exclude_starts) {  // As if they had been found before.
      for (const NodeId start : query_.nodes) {
        excluded.Add(static_cast<uint32_t>(ToInt(start)));
        in_after_.Insert(static_cast<uint32_t>(ToInt(start)));
      }
    }
    if (min == 0) {
      for (const uint32_t node : before_.nodes()) {
        if (TakeAfter(node)) continue;
        cuts_.Add(NodeId{node}, 0, TruncationReason::kNodes, step_);
        stopped_ = true;
        break;
      }
    }
    frontier_.Swap(before_);
    for (uint32_t repeat = 1; repeat <= max && !frontier_.empty() && !stopped_; ++repeat) {
      reached_.Clear();
      TakeHop(hopper, step, repeat < max, repeat >= min);
      in_frontier_.Clear(reached_.nodes());
      frontier_.Swap(reached_);
    }
    in_after_.Clear(after_.nodes());
    in_after_.Clear(excluded.nodes());
    before_.Swap(after_);
  }

  // One hop from frontier_. What it reaches is expanded again when there are `more` repeats, and is
  // after the step when the repeats are enough (`ends`).
  void TakeHop(Hopper& hopper, const TraverseStep& step, bool more, bool ends) {
    const bool any_kind = step.node_kinds.empty();
    RowPrefetcher prefetcher(topology_, frontier_.nodes());
    for (size_t i = 0; i < frontier_.size(); ++i) {
      if (const auto stop = meter_.ShouldStop()) return EndAt(i, *stop);
      prefetcher.Advance(i);
      const uint32_t node = frontier_[i];
      const size_t degree = topology_.Degree(node);
      bool full = false;
      Hopper::Outcome outcome;
      if (any_kind && more != ends && (more || after_.size() + degree <= after_max_)) {
        NodeBuffer& list = more ? reached_ : after_;
        VisitedSet& in_list = more ? in_frontier_ : in_after_;
        uint32_t* const out = list.Reserve(degree + 1);
        size_t count = list.size();
        outcome = hopper.Expand(node, [&](uint32_t other) {
          out[count] = other;
          count += in_list.Insert(other) ? 1 : 0;
          return true;
        });
        list.SetSize(count);
      } else {
        outcome = hopper.Expand(node, [&](uint32_t other) {
          if (!any_kind && !KeepsKind(step.node_kinds, topology_.KindOf(other))) return true;
          if (more && in_frontier_.Insert(other)) reached_.Add(other);
          full = ends && !TakeAfter(other);
          return !full;
        });
      }
      if (outcome != Hopper::Outcome::kStopped) continue;
      if (hopper.stop().has_value()) return EndAt(i, *hopper.stop());
      if (full) hopper.AddRefused(node, TruncationReason::kNodes);
      cuts_.AddRest(frontier_.nodes().subspan(i + 1),
                    full ? TruncationReason::kNodes : TruncationReason::kEdgesScanned, step_);
      stopped_ = true;
      return;
    }
  }

  // Ends the search at a position of the frontier.
  void EndAt(size_t i, Budget::Stop stop) {
    stopped_ = true;
    if (stop == Budget::Stop::kCancelled) {
      status_ = Cancelled();
    } else {
      cuts_.AddRest(frontier_.nodes().subspan(i), TruncationReason::kDeadline, step_);
    }
  }

  // Adds a node to after_, once; false when there is no room.
  bool TakeAfter(uint32_t node) {
    if (in_after_.Contains(node)) return true;
    if (after_.size() >= after_max_) return false;
    in_after_.Insert(node);
    after_.Add(node);
    return true;
  }

  const Topology& topology_;
  const TraverseQuery& query_;
  CutList& cuts_;
  ScanMeter meter_;
  VisitedSet in_frontier_, in_after_;
  NodeBuffer before_, after_, frontier_, reached_;
  uint32_t step_ = 0;
  uint64_t after_max_ = 0;
  bool stopped_ = false;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<StepEnds> FindStepEnds(const Topology& topology, const TraverseQuery& query,
                                      CutList& cuts) {
  return StepSearch(topology, query, cuts).Run();
}

namespace {

// One of the two searches for a path.
struct Side {
  explicit Side(const Topology& topology, const HopKind& kind)
      : shape(kind), visited(topology.node_end()) {}

  void Add(uint32_t node, uint32_t parent) {
    nodes.push_back(node);
    parents.push_back(parent);
  }
  size_t frontier_size() const { return nodes.size() - begin; }

  HopShape shape;
  VisitedSet visited;
  std::vector<uint32_t> nodes, parents;  // By level; a parent is a position in `nodes`.
  size_t begin = 0;                      // Of the newest level.
  uint32_t depth = 0;
};

// From the node at a position back to the side's end.
std::vector<uint32_t> WayBack(const Side& side, uint32_t position) {
  std::vector<uint32_t> way;
  for (;; position = side.parents[position]) {
    way.push_back(side.nodes[position]);
    if (side.parents[position] == position) return way;
  }
}

}  // namespace

absl::StatusOr<NodePath> FindNodePath(const Topology& topology, const PathQuery& query) {
  const Budget& budget = query.budget;
  const auto source = static_cast<uint32_t>(ToInt(query.source));
  const auto target = static_cast<uint32_t>(ToInt(query.target));
  const HopKind forward_kind = MakeHopKind(query.filter, query.expand_partnerships, {});
  if (query.mode != PathMode::kShortest || query.time_ordered || query.paths_max != 1 ||
      source == target || forward_kind.passages || !forward_kind.deal_edges ||
      budget.per_node_order != NodeOrder::kNewest) {
    return NodePath{};
  }
  Side forward(topology, forward_kind);
  Side backward(topology, MakeHopKind(Reversed(query.filter), query.expand_partnerships, {}));
  forward.visited.Insert(source);
  forward.Add(source, 0);
  backward.visited.Insert(target);
  backward.Add(target, 0);
  ScanMeter meter(budget);
  NodePath path;
  CutList cuts;
  bool decided = true;
  absl::Status status;
  std::optional<uint32_t> meeting;
  bool met_by_forward = false;
  uint32_t met_parent = 0;
  while (decided && !meeting.has_value() && forward.depth + backward.depth < query.length_max) {
    const bool is_forward = forward.frontier_size() <= backward.frontier_size();
    Side& side = is_forward ? forward : backward;
    const Side& other = is_forward ? backward : forward;
    const size_t end = side.nodes.size();
    if (side.begin == end) break;  // Everything there is was found: there is no path.
    Hopper hopper(topology, side.shape, budget, meter, cuts);
    for (size_t i = side.begin; i < end && decided && !meeting.has_value(); ++i) {
      if (const auto stop = meter.ShouldStop()) {
        if (*stop == Budget::Stop::kCancelled) status = Cancelled();
        decided = false;
        break;
      }
      if (side.nodes.size() + other.nodes.size() + topology.Degree(side.nodes[i]) >
          budget.nodes_max) {
        decided = false;
        break;
      }
      const Hopper::Outcome outcome = hopper.Expand(side.nodes[i], [&](uint32_t node) {
        if (other.visited.Contains(node)) {
          meeting = node;
          met_parent = static_cast<uint32_t>(i);
          met_by_forward = is_forward;
          return false;
        }
        if (side.visited.Insert(node)) side.Add(node, static_cast<uint32_t>(i));
        return true;
      });
      if (hopper.stop() == Budget::Stop::kCancelled) status = Cancelled();
      if (outcome != Hopper::Outcome::kDone && !meeting.has_value()) decided = false;
    }
    side.begin = end;
    ++side.depth;
  }
  // A meeting is on a shortest path when each side knows its levels in full: every level but the
  // one that met was expanded to its end, or `decided` is false.
  if (decided && status.ok() && meeting.has_value()) {
    const Side& met = met_by_forward ? forward : backward;
    const Side& other = met_by_forward ? backward : forward;
    const auto position = static_cast<uint32_t>(
        std::find(other.nodes.begin(), other.nodes.end(), *meeting) - other.nodes.begin());
    std::vector<uint32_t> first = WayBack(met, met_parent), second = WayBack(other, position);
    if (!met_by_forward) first.swap(second);
    path.nodes.assign(first.rbegin(), first.rend());
    path.nodes.insert(path.nodes.end(), second.begin(), second.end());
  }
  forward.visited.Release(forward.nodes);
  backward.visited.Release(backward.nodes);
  path.edges_scanned = meter.scanned();
  if (!status.ok()) return status;
  path.decided = decided;
  return path;
}

}  // namespace partnergraph
