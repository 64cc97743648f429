#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "graph/answer_size.h"
#include "graph/cut_list.h"
#include "graph/hop.h"
#include "graph/huge_allocator.h"
#include "graph/keys.h"
#include "graph/node_marks.h"
#include "graph/node_set.h"
#include "graph/status_macros.h"
#include "graph/traversal.h"

namespace partnergraph {
namespace {

// What makes two sightings of an edge, from its two ends or along two ways, the same.
using EdgeIdentity = std::tuple<FactId, NodeId, NodeId, EdgeType, NodeId>;

EdgeIdentity IdentityOf(const AdjacentEdge& edge) {
  if (edge.partnership != NodeId{}) {
    return {FactId{}, std::min(edge.node, edge.other), std::max(edge.node, edge.other), edge.type,
            edge.partnership};
  }
  const bool out = edge.direction == Direction::kOut;
  return {edge.fact, out ? edge.node : edge.other, out ? edge.other : edge.node, edge.type,
          NodeId{}};
}

// Large pages: given back in no time when a query is cancelled.
using EdgeVector = std::vector<AdjacentEdge, HugeAllocator<AdjacentEdge>>;

class NeighborhoodWalk {
 public:
  NeighborhoodWalk(EdgeSource& source, const NeighborhoodQuery& query,
                   absl::FunctionRef<bool(NeighborhoodPart)> emit)
      : source_(source),
        query_(query),
        emit_(emit),
        expander_(source, query.budget, cuts_),
        reached_(source.node_end()),
        expanded_(source.node_end()) {}

  absl::StatusOr<QueryEnd> Run() {
    PG_RETURN_IF_ERROR(Start());
    for (uint32_t hop = 1; hop <= query_.hops && !ring_.empty() && !stopped_; ++hop) {
      PG_RETURN_IF_ERROR(TakeHop(hop));
    }
    QueryEnd end;
    PG_ASSIGN_OR_RETURN(end.truncation, cuts_.Finish(source_));
    end.stats.edges_scanned = expander_.edges_scanned();
    end.ring_sizes = std::move(ring_sizes_);
    return end;
  }

 private:
  // Ring 0.
  absl::Status Start() {
    std::vector<NodeId> starts;
    for (NodeId node : query_.nodes) {
      if (reached_.Contains(node)) continue;
      if (starts.size() == query_.budget.nodes_max) {
        cuts_.Add(node, 0, TruncationReason::kNodes);
        stopped_ = true;
        continue;
      }
      reached_.Insert(node);
      starts.push_back(node);
    }
    PG_ASSIGN_OR_RETURN(std::vector<RingNode> ring, source_.Describe(starts));
    NodeSet deals;
    for (const RingNode& node : ring) {
      if (node.node.kind == NodeKind::kPartnership) deals.Insert(node.node.id);
    }
    kind_ = MakeHopKind(query_.filter, query_.expand_partnerships, std::move(deals));
    ring_ = starts;
    ring_sizes_.push_back(ring_.size());
    if (query_.detail == AnswerDetail::kCounts) return absl::OkStatus();
    return Emit(std::move(ring), {});
  }

  absl::Status TakeHop(uint32_t hop) {
    std::vector<NodeId> next;
    EdgeVector edges;
    const auto visit = [&](size_t index, const AdjacentEdge& edge) {
      return query_.detail == AnswerDetail::kFull ? VisitEdge(ring_[index], edge, edges, next)
                                                  : VisitNode(edge, next);
    };
    // At the least what the answer will take, so that what is held before names are read is
    // bounded.
    bytes_ahead_ = bytes_;
    PG_ASSIGN_OR_RETURN(const HopExpander::End end, expander_.Expand(kind_, ring_, visit));
    Leave(edges);
    stopped_ = end.stopped;
    PG_ASSIGN_OR_RETURN(const bool late, expander_.DeadlinePassed());
    if (late) {
      if (query_.detail == AnswerDetail::kFull) {
        CutFrom(edges, 0, TruncationReason::kDeadline);
      } else {  // What the ring's nodes lead to is left out, and which edges did is not held.
        cuts_.AddRest(ring_, TruncationReason::kDeadline);
        stopped_ = true;
      }
      return absl::OkStatus();
    }
    ring_ = std::move(next);
    ring_sizes_.push_back(ring_.size());
    if (query_.detail == AnswerDetail::kCounts) return absl::OkStatus();
    return EmitRing(hop, edges);
  }

  // Whether a node that an edge leads to belongs into the answer; the bound that it met, if any.
  struct Arrival {
    bool known = false;
    bool wanted = false;
    std::optional<TruncationReason> bound;
  };
  Arrival Arrive(const AdjacentEdge& edge) const {
    Arrival arrival{.known = reached_.Contains(edge.other)};
    arrival.wanted = arrival.known || IsWanted(edge.other_kind);
    if (arrival.wanted && !arrival.known && reached_.size() >= query_.budget.nodes_max) {
      arrival.bound = TruncationReason::kNodes;
    }
    return arrival;
  }

  std::optional<TruncationReason> VisitNode(const AdjacentEdge& edge, std::vector<NodeId>& next) {
    const Arrival arrival = Arrive(edge);
    if (arrival.bound.has_value()) return arrival.bound;
    if (arrival.known || !arrival.wanted) return std::nullopt;
    if (query_.detail == AnswerDetail::kNodes) bytes_ahead_ += kNodeBytesMin;
    if (bytes_ahead_ > query_.budget.bytes_max) return TruncationReason::kBytes;
    reached_.Insert(edge.other);
    next.push_back(edge.other);
    return std::nullopt;
  }

  std::optional<TruncationReason> VisitEdge(NodeId node, const AdjacentEdge& edge,
                                            EdgeVector& edges, std::vector<NodeId>& next) {
    if (node != current_) {
      Leave(edges);
      current_ = node;
      current_begin_ = edges.size();
    }
    const Arrival arrival = Arrive(edge);
    if (arrival.bound.has_value()) return arrival.bound;
    if (!arrival.wanted || (arrival.known && WasTaken(edge))) return std::nullopt;
    bytes_ahead_ += kEdgeBytesMin + (arrival.known ? 0 : kNodeBytesMin);
    if (bytes_ahead_ > query_.budget.bytes_max) return TruncationReason::kBytes;
    edges.push_back(edge);
    if (!arrival.known) {
      reached_.Insert(edge.other);
      next.push_back(edge.other);
    }
    return std::nullopt;
  }

  // Whether the edge was taken from its other end, or its other way round. An edge is followed from
  // both of its ends when the filter has no direction, a passage always. So it was taken from the
  // other end when that was expanded in full before; when it was expanded in part, its edges are
  // looked up.
  bool WasTaken(const AdjacentEdge& edge) const {
    const bool both_ways =
        query_.filter.direction == DirectionFilter::kBoth || edge.partnership != NodeId{};
    if (!both_ways) return false;
    if (edge.other == edge.node) return edge.direction == Direction::kIn;  // Out comes first.
    if (!expanded_.Contains(edge.other)) return false;
    return !in_part_.Contains(edge.other) || taken_in_part_.contains(IdentityOf(edge));
  }

  // Notes that the current node, whose edges are the last ones, was expanded.
  void Leave(const EdgeVector& edges) {
    if (current_ == NodeId{}) return;
    expanded_.Insert(current_);
    if (!expander_.last_was_complete()) {
      in_part_.Insert(current_);
      for (size_t i = current_begin_; i < edges.size(); ++i) {
        taken_in_part_.insert(IdentityOf(edges[i]));
      }
    }
    current_ = NodeId{};
  }

  bool IsWanted(NodeKind kind) const {
    return query_.node_kinds.empty() ||
           std::find(query_.node_kinds.begin(), query_.node_kinds.end(), kind) !=
               query_.node_kinds.end();
  }

  // Emits ring_ and the edges to it: nodes first, so that edges join nodes that were sent.
  absl::Status EmitRing(uint32_t hop, const EdgeVector& edges) {
    const std::span<const NodeId> nodes = ring_;
    size_t node_begin = 0, edge_begin = 0;
    while (node_begin < nodes.size() || edge_begin < edges.size()) {
      PG_ASSIGN_OR_RETURN(const bool late, expander_.DeadlinePassed());
      if (late) {
        CutFrom(edges, edge_begin, TruncationReason::kDeadline);
        return absl::OkStatus();
      }
      std::vector<RingNode> described;
      std::vector<Edge> full;
      const size_t node_end = std::min(nodes.size(), node_begin + kPartMax);
      if (node_begin < node_end) {
        PG_ASSIGN_OR_RETURN(
            described, DescribeReached(source_, nodes.subspan(node_begin, node_end - node_begin)));
        for (RingNode& node : described) node.ring = hop;
      }
      size_t edge_end = edge_begin;
      if (node_end == nodes.size() && edge_begin < edges.size()) {
        edge_end = std::min(edges.size(), edge_begin + kPartMax);
        PG_ASSIGN_OR_RETURN(
            full, source_.Materialize(std::span(edges).subspan(edge_begin, edge_end - edge_begin)));
      }
      const bool room = TrimToBytes(described, full);
      if (!room) {
        CutFrom(edges, edge_begin + full.size(), TruncationReason::kBytes);
      }
      PG_RETURN_IF_ERROR(Emit(std::move(described), std::move(full)));
      if (!room) return absl::OkStatus();
      node_begin = node_end;
      edge_begin = edge_end;
    }
    return absl::OkStatus();
  }

  // Counts the part's bytes and drops what bytes_max leaves no room for; false when something was
  // dropped.
  bool TrimToBytes(std::vector<RingNode>& nodes, std::vector<Edge>& edges) {
    for (size_t i = 0; i < nodes.size(); ++i) {
      bytes_ += ByteSize(nodes[i].node);
      if (bytes_ > query_.budget.bytes_max) {
        nodes.resize(i);
        edges.clear();
        return false;
      }
    }
    for (size_t i = 0; i < edges.size(); ++i) {
      bytes_ += ByteSize(edges[i]);
      if (bytes_ > query_.budget.bytes_max) {
        edges.resize(i);
        return false;
      }
    }
    return true;
  }

  // Ends the query: the edges from `begin` on are not sent. Of a node whose edges are among them
  // those that were sent count as kept: what the other ends brought is not known here.
  void CutFrom(const EdgeVector& edges, size_t begin, TruncationReason reason) {
    struct Sent {
      uint64_t count = 0;
      const AdjacentEdge* last = nullptr;
    };
    absl::flat_hash_map<NodeId, Sent> sent;
    for (size_t i = 0; i < begin; ++i) {
      Sent& of_node = sent[edges[i].node];
      ++of_node.count;
      of_node.last = &edges[i];
    }
    for (size_t i = begin; i < edges.size(); ++i) {
      const Sent of_node = sent[edges[i].node];
      cuts_.Add(edges[i].node, of_node.count, reason, 0, [&] {
        // The row that a passage stands for is not known any more; and a row that leads into a deal
        // has not been followed before all of its passages are sent.
        const bool has_place = kind_.listed && of_node.last->partnership == NodeId{} &&
                               edges[i].partnership != of_node.last->other &&
                               query_.budget.per_node_order == NodeOrder::kNewest;
        return has_place ? EdgePosition(*of_node.last) : std::string();
      });
    }
    cuts_.Add(reason);
    if (query_.detail != AnswerDetail::kFull) cuts_.ForgetKept();
    stopped_ = true;
  }

  absl::Status Emit(std::vector<RingNode> nodes, std::vector<Edge> edges) {
    if (nodes.empty() && edges.empty()) return absl::OkStatus();
    if (emit_({.nodes = std::move(nodes), .edges = std::move(edges)})) return absl::OkStatus();
    return absl::CancelledError("the receiver ended the query");
  }

  EdgeSource& source_;
  const NeighborhoodQuery& query_;
  absl::FunctionRef<bool(NeighborhoodPart)> emit_;
  CutList cuts_;
  HopExpander expander_;
  HopKind kind_;
  NodeMarks reached_;
  std::vector<NodeId> ring_;  // The newest ring.
  // Nodes whose edges were followed, and those of them of which not all were, with the edges that
  // were taken there.
  NodeMarks expanded_;
  NodeSet in_part_;
  absl::flat_hash_set<EdgeIdentity> taken_in_part_;
  NodeId current_{};          // Whose edges are being followed; none between hops.
  size_t current_begin_ = 0;  // Of its edges in those of the hop.
  std::vector<uint64_t> ring_sizes_;
  uint64_t bytes_ = 0;
  uint64_t bytes_ahead_ = 0;
  bool stopped_ = false;
};

}  // namespace

absl::StatusOr<QueryEnd> WalkNeighborhood(EdgeSource& source, const NeighborhoodQuery& query,
                                          absl::FunctionRef<bool(NeighborhoodPart)> emit) {
  return NeighborhoodWalk(source, query, emit).Run();
}

}  // namespace partnergraph
