// One hop of a traversal: from a frontier along edges and, where asked for, through deals.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/cut_list.h"
#include "graph/edge_source.h"
#include "graph/ids.h"
#include "graph/node_set.h"
#include "graph/query.h"

namespace partnergraph {

// What a hop follows. See traversal.h on deals.
struct HopKind {
  FactFilter filter;
  bool passages = false;    // Follow company - deal - company as one PARTNER_WITH edge.
  bool deal_edges = false;  // Follow edges that end at any deal, not only at those of shown_deals.
  NodeSet shown_deals;
  // What is followed at a node stands in the order of the list of its edges by the filter that was
  // asked for, so that a cut has a place there.
  bool listed = false;
  uint32_t step = 0;  // Of a traversal: CutNode::step.
  // Kinds with the same number share what was read of deals: their filters differ at most in types
  // and direction.
  uint32_t deal_group = 0;
};

// Rings and paths: passages unless `expand_partnerships`.
HopKind MakeHopKind(const FactFilter& filter, bool expand_partnerships, NodeSet shown_deals);
// Steps: every stored edge, and passages when the filter names PARTNER_WITH and the step does not
// keep to stored edges.
HopKind MakeStepHopKind(const TraverseStep& step);

// The way into deals (kOut) and out of them (kIn): the conditions of the filter that are not about
// the edge's type and direction.
FactFilter PartyFilter(FactFilter filter, DirectionFilter direction);

// The filter with its direction turned around.
FactFilter Reversed(FactFilter filter);

// True when the deadline of a query has passed. CANCELLED when the query is to be given up.
absl::StatusOr<bool> DeadlinePassed(const Budget& budget);

// Edges that are held at once: a wide frontier is read in slices of nodes that have about as many.
// The slice's last node may bring Budget::per_node_limit edges more, or twice as many when the most
// certain ones are looked for.
inline constexpr size_t kSliceEdgesMax = 1 << 16;
// Parties of deals that are remembered from slice to slice.
inline constexpr size_t kPartiesHeldMax = 1 << 18;

// Expands frontiers within one query's budget. Remembers the parties of deals between hops. Not
// thread-safe; `source` and `cuts` must outlive it.
class HopExpander {
 public:
  HopExpander(EdgeSource& source, const Budget& budget, CutList& cuts);

  // How a hop ended.
  struct End {
    bool complete = true;  // Every edge of every frontier node was given to the sink.
    bool stopped = false;  // A bound on the whole query was met: it must end.
  };

  // Gives each edge from a frontier node to the sink, node by node in the order given, in stored
  // order or, when the budget says so, most certain first. A passage stands where the edge into its
  // deal stands. The sink returns the bound that it met, if any, which stops the query. All cuts
  // are noted. After a deadline nothing more is given. CANCELLED, DATA_LOSS, UNAVAILABLE.
  using Sink =
      absl::FunctionRef<std::optional<TruncationReason>(size_t index, const AdjacentEdge& edge)>;
  absl::StatusOr<End> Expand(const HopKind& kind, std::span<const NodeId> frontier, Sink sink);

  // Counts edges that were used again without being read. False when the budget has no such number
  // left; the cut is to be noted by the caller.
  bool Charge(uint64_t edges);

  absl::StatusOr<bool> DeadlinePassed() const { return partnergraph::DeadlinePassed(budget_); }

  uint64_t edges_scanned() const { return scan_.edges_scanned; }

  // Whether the sink got every edge of the node that it got edges of last. To be asked when the
  // first edge of another node comes, or after the hop.
  bool last_was_complete() const { return last_was_complete_; }

 private:
  // What was read at one node.
  struct Reading {
    std::vector<AdjacentEdge> edges;
    std::optional<TruncationReason> cut;
  };
  // The parties of a deal, each once.
  struct Deal {
    std::vector<AdjacentEdge> parties;
    bool complete = true;
    bool fresh = true;  // No node has passed yet: the reading counts for the first.
  };
  // The edges that a hop has at one node.
  struct Resolved {
    std::vector<AdjacentEdge> edges;
    std::optional<TruncationReason> cut;  // Why there may be more at the node itself.
    bool deals_complete = true;
  };

  // Appends the edges that the filter keeps of as many of the nodes as make a slice, and returns
  // their number, at least 1; nullopt when the deadline passed. There are at least as many readings
  // as nodes.
  absl::StatusOr<std::optional<size_t>> Read(const FactFilter& filter,
                                             std::span<const NodeId> nodes,
                                             std::span<Reading> readings);
  // Reads what a hop follows from the first slice of `nodes`, and the deals that it leads into; the
  // result as Read.
  absl::StatusOr<std::optional<size_t>> ReadSlice(const HopKind& kind,
                                                  std::span<const NodeId> nodes,
                                                  std::vector<Reading>& readings);
  // Reads the deals that the readings lead into and that are not known yet. False when the deadline
  // passed.
  absl::StatusOr<bool> ReadDeals(const HopKind& kind, std::span<const Reading> readings);
  // Remembers the parties of one deal.
  void KeepDeal(const HopKind& kind, NodeId node, Reading& parties);
  // Puts passages in the place of edges into deals.
  Resolved Resolve(const HopKind& kind, const Reading& reading);
  // Expand, without the nodes that skip_degree leaves out; `positions` are those of the nodes in
  // the frontier. As stored: each edge is given as it is read, and none is held.
  absl::StatusOr<End> ExpandAsStored(const HopKind& kind, std::span<const NodeId> nodes,
                                     std::span<const size_t> positions, Sink sink);
  // With passages, or the most certain edges first: what a slice of the nodes follows is held.
  absl::StatusOr<End> ExpandInSlices(const HopKind& kind, std::span<const NodeId> nodes,
                                     std::span<const size_t> positions, Sink sink);
  // CutNode::position of a node of whose edges, as `resolved` has them, `kept` were followed.
  std::string PositionBehind(const HopKind& kind, const Reading& reading, const Resolved& resolved,
                             uint64_t kept) const;
  // Appends the passages of one edge into a deal.
  void Pass(const HopKind& kind, const AdjacentEdge& into, Resolved& resolved);
  // Notes the nodes that skip_degree leaves out and returns the others' positions.
  absl::StatusOr<std::vector<size_t>> DropSkipped(std::span<const NodeId> nodes, uint32_t step);

  EdgeSource& source_;
  const Budget& budget_;
  CutList& cuts_;
  ScanBudget scan_;
  bool last_was_complete_ = true;
  size_t parties_held_ = 0;                                       // In deals_.
  absl::flat_hash_map<std::pair<uint32_t, NodeId>, Deal> deals_;  // By group and deal.
};

}  // namespace partnergraph
