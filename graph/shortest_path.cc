// Breadth-first search from both ends, a whole level at a time.
//
// Each side knows the nodes within `known` hops of its end exactly: those levels were expanded in
// full. A path of at most known(source) + known(target) hops has a node that both sides know
// exactly, so both have met on it. Hence a meeting of length at most one more than that sum is a
// shortest path, whatever a budget cut further out; and when there is no meeting while the sum
// reaches length_max, there is no path. A side that was cut cannot learn more, so only the other
// one goes on.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "graph/cut_list.h"
#include "graph/hop.h"
#include "graph/path_answer.h"
#include "graph/status_macros.h"
#include "graph/traversal.h"

namespace partnergraph {
namespace {

constexpr uint32_t kFar = UINT32_MAX / 4;

// A way to a node from one that is one hop nearer to the side's end.
struct Parent {
  uint32_t reached = 0;  // Position in Side::reached.
  AdjacentEdge edge;     // As seen from the parent.
};

struct Reached {
  NodeId node{};
  uint32_t depth = 0;
  std::vector<Parent> parents;
};

// One of the two searches.
struct Side {
  HopKind kind;
  std::vector<Reached> reached;  // By depth.
  absl::flat_hash_map<NodeId, uint32_t> index_of;
  size_t frontier_begin = 0;  // The newest level is the rest of `reached`.
  uint32_t depth = 0;         // Of the newest level.
  uint32_t known = 0;         // Within so many hops everything was found.
  bool cut = false;

  size_t frontier_size() const { return reached.size() - frontier_begin; }
  void Add(NodeId node, uint32_t node_depth) {
    index_of.emplace(node, static_cast<uint32_t>(reached.size()));
    reached.push_back({.node = node, .depth = node_depth});
  }
};

// Nodes and edges from a side's end to a node, or the other way round.
struct Chain {
  std::vector<uint32_t> reached;    // From the meeting to the end.
  std::vector<AdjacentEdge> edges;  // One fewer.
};

// At most `limit` ways from a node to the side's end.
std::vector<Chain> ChainsFrom(const Side& side, uint32_t start, size_t limit) {
  std::vector<Chain> chains = {{.reached = {start}}};
  for (uint32_t depth = side.reached[start].depth; depth > 0; --depth) {
    std::vector<Chain> longer;
    for (const Chain& chain : chains) {
      for (const Parent& parent : side.reached[chain.reached.back()].parents) {
        if (longer.size() == limit) break;
        longer.push_back(chain);
        longer.back().reached.push_back(parent.reached);
        longer.back().edges.push_back(parent.edge);
      }
    }
    chains = std::move(longer);
  }
  return chains;
}

class PathSearch {
 public:
  PathSearch(EdgeSource& source, const PathQuery& query)
      : source_(source), query_(query), expander_(source, query.budget, cuts_) {}

  absl::StatusOr<PathResult> Run() {
    PG_RETURN_IF_ERROR(Start());
    while (!IsDecided() && !stopped_) {
      Side* side = ChooseSide();
      if (side == nullptr) break;
      PG_RETURN_IF_ERROR(TakeLevel(*side, side == &forward_ ? backward_ : forward_));
    }
    PathResult result;
    if (IsFound()) {
      result.outcome = PathOutcome::kFound;
      // Within what both sides know no path was missed, save by collecting them.
      const bool all_known = length_ <= forward_.known + backward_.known;
      if (all_known) cuts_ = {};
      PG_ASSIGN_OR_RETURN(std::vector<FoundPath> paths, CollectPaths());
      if (paths.size() > query_.paths_max) {
        paths.resize(query_.paths_max);
        cuts_.Add(TruncationReason::kPaths);
      }
      PG_RETURN_IF_ERROR(
          DescribePaths(source_, query_.budget, query_.detail, paths, cuts_, result.paths));
    } else if (IsDecided()) {
      result.outcome = PathOutcome::kNone;
      cuts_ = {};
    } else {
      result.outcome = PathOutcome::kNotDecided;
    }
    PG_ASSIGN_OR_RETURN(result.end.truncation, cuts_.Finish(source_));
    result.end.stats.edges_scanned = expander_.edges_scanned();
    return result;
  }

 private:
  absl::Status Start() {
    const NodeId ends[] = {query_.source, query_.target};
    PG_ASSIGN_OR_RETURN(const std::vector<RingNode> described, source_.Describe(ends));
    NodeSet deals;
    for (const RingNode& node : described) {
      if (node.node.kind == NodeKind::kPartnership) deals.Insert(node.node.id);
    }
    forward_.kind = MakeHopKind(query_.filter, query_.expand_partnerships, deals);
    backward_.kind = MakeHopKind(Reversed(query_.filter), query_.expand_partnerships, deals);
    forward_.Add(query_.source, 0);
    backward_.Add(query_.target, 0);
    if (query_.source == query_.target) length_ = 0;
    return absl::OkStatus();
  }

  bool IsFound() const {
    return length_ <= query_.length_max && length_ <= forward_.known + backward_.known + 1;
  }
  // Nothing that is still to be read can change the outcome.
  bool IsDecided() const {
    return IsFound() || forward_.known + backward_.known >= query_.length_max;
  }

  // The side to expand next: the one with the smaller newest level. A side that was cut has nothing
  // more to prove.
  Side* ChooseSide() {
    if (forward_.cut && backward_.cut) return nullptr;
    if (forward_.cut) return &backward_;
    if (backward_.cut) return &forward_;
    return forward_.frontier_size() <= backward_.frontier_size() ? &forward_ : &backward_;
  }

  absl::Status TakeLevel(Side& side, const Side& other) {
    const size_t begin = side.frontier_begin, end = side.reached.size();
    std::vector<NodeId> frontier;
    frontier.reserve(end - begin);
    for (size_t i = begin; i < end; ++i) frontier.push_back(side.reached[i].node);
    const uint32_t depth = side.depth + 1;
    PG_ASSIGN_OR_RETURN(
        const HopExpander::End hop,
        expander_.Expand(
            side.kind, frontier,
            [&](size_t index, const AdjacentEdge& edge) -> std::optional<TruncationReason> {
              auto found = side.index_of.find(edge.other);
              if (found == side.index_of.end()) {
                if (forward_.reached.size() + backward_.reached.size() >= query_.budget.nodes_max) {
                  return TruncationReason::kNodes;
                }
                side.Add(edge.other, depth);
                found = side.index_of.find(edge.other);
                const auto meeting = other.index_of.find(edge.other);
                if (meeting != other.index_of.end()) {
                  length_ = std::min(length_, depth + other.reached[meeting->second].depth);
                }
              }
              Reached& reached = side.reached[found->second];
              if (reached.depth == depth) {
                AddParent(reached, static_cast<uint32_t>(begin + index), edge);
              }
              return std::nullopt;
            }));
    side.frontier_begin = end;
    side.depth = depth;
    stopped_ = hop.stopped;
    if (!hop.complete) {
      side.cut = true;
    } else {
      // With nothing left to expand everything there is was found.
      side.known = side.frontier_size() == 0 ? kFar : depth;
    }
    return absl::OkStatus();
  }

  // Of parallel edges the most certain one stays. Edges come node by node, so that those of one
  // parent follow each other.
  static void AddParent(Reached& reached, uint32_t parent, const AdjacentEdge& edge) {
    if (!reached.parents.empty() && reached.parents.back().reached == parent) {
      if (edge.confidence > reached.parents.back().edge.confidence) {
        reached.parents.back().edge = edge;
      }
      return;
    }
    reached.parents.push_back({parent, edge});
  }

  FoundPath Join(const Chain& to_source, const Chain& to_target) const {
    FoundPath path;
    for (auto i = to_source.reached.rbegin(); i != to_source.reached.rend(); ++i) {
      path.nodes.push_back(forward_.reached[*i].node);
    }
    for (size_t i = 1; i < to_target.reached.size(); ++i) {
      path.nodes.push_back(backward_.reached[to_target.reached[i]].node);
    }
    path.edges.assign(to_source.edges.rbegin(), to_source.edges.rend());
    for (AdjacentEdge edge : to_target.edges) {
      // A passage has no direction of its own: show it the way the path goes.
      if (edge.partnership != NodeId{}) {
        std::swap(edge.node, edge.other);
        edge.other_kind = NodeKind::kCompany;
      }
      path.edges.push_back(edge);
    }
    return path;
  }

  // At most paths_max + 1 shortest paths, each once; who asks for one path asks for any, and gets
  // no second one. Where a side was cut, not every path has its meeting at the same depth. A
  // deadline ends the collecting once there is one.
  absl::StatusOr<std::vector<FoundPath>> CollectPaths() {
    const size_t limit = query_.paths_max == 1 ? 1 : size_t{query_.paths_max} + 1;
    std::vector<FoundPath> paths;
    std::set<std::vector<NodeId>> seen;
    uint64_t steps = 0;
    for (uint32_t depth = std::min(length_, forward_.depth) + 1; depth-- > 0;) {
      // Ascending by depth.
      for (auto level = std::ranges::lower_bound(forward_.reached, depth, {}, &Reached::depth);
           level != forward_.reached.end() && level->depth == depth; ++level) {
        const Reached& reached = *level;
        if (++steps % 256 == 0) {
          PG_ASSIGN_OR_RETURN(const bool late, expander_.DeadlinePassed());
          if (late && !paths.empty()) {
            cuts_.Add(TruncationReason::kDeadline);
            return paths;
          }
        }
        const auto meeting = backward_.index_of.find(reached.node);
        if (meeting == backward_.index_of.end() ||
            backward_.reached[meeting->second].depth != length_ - depth) {
          continue;
        }
        const auto position = static_cast<uint32_t>(&reached - forward_.reached.data());
        const std::vector<Chain> to_source = ChainsFrom(forward_, position, limit);
        const std::vector<Chain> to_target = ChainsFrom(backward_, meeting->second, limit);
        for (const Chain& head : to_source) {
          for (const Chain& tail : to_target) {
            FoundPath path = Join(head, tail);
            if (seen.insert(path.nodes).second) paths.push_back(std::move(path));
            if (paths.size() == limit) return paths;
          }
        }
      }
    }
    return paths;
  }

  EdgeSource& source_;
  const PathQuery& query_;
  CutList cuts_;
  HopExpander expander_;
  Side forward_, backward_;
  uint32_t length_ = kFar;  // Of the shortest meeting so far.
  bool stopped_ = false;
};

}  // namespace

absl::StatusOr<PathResult> FindShortestPaths(EdgeSource& source, const PathQuery& query) {
  return PathSearch(source, query).Run();
}

}  // namespace partnergraph
