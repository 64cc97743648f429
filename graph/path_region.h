// Reads what lies between two nodes, level by level from both ends, and keeps every edge read:
// breadth-first search that remembers the graph and not only the way back.
//
// After `a` full levels from the source and `b` from the target every path of at most a + b hops is
// inside: the edge at place i of a path with i <= a leaves a node within a - 1 hops of the source,
// and one with i > a enters a node within b - 1 hops of the target. So whatever is found inside
// among paths of that length is final.
//
// With the same node as both ends the paths are cycles. When they follow edges both ways, what is
// read from a node is known the other way round too, so that one end stands for both.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/cut_list.h"
#include "graph/hop.h"
#include "graph/huge_allocator.h"
#include "graph/path_graph.h"
#include "graph/query.h"
#include "graph/work_clock.h"

namespace partnergraph {

// Edges that a region holds at most, about 100 bytes each; more are a cut by edges_scanned_max.
inline constexpr size_t kRegionEdgesMax = 1 << 20;

enum class PathEnd : uint8_t { kSource = 0, kTarget = 1 };

class PathRegion {
 public:
  struct Options {
    bool dated = false;          // Leave out undated edges, and keep parallel ones.
    bool keep_parallel = false;  // Keep every edge between two nodes, not the most certain alone.
  };
  // `source` and `query` must outlive the region.
  PathRegion(EdgeSource& source, const PathQuery& query, Options options);

  // Looks the ends up. NOT_FOUND when one does not exist.
  absl::Status Start();

  // Every path of at most so many hops is inside, save those through nodes that were not wanted.
  uint32_t known() const;

  // Whether a level from this end can be taken: nothing was cut there and something is left.
  bool CanTake(PathEnd end) const;
  // The end whose next level has the fewer nodes; requires that one can be taken.
  PathEnd NextEnd() const;

  // Reads the edges of the newest level from one end, of the nodes that are wanted (others wait and
  // are asked about again with the next level).
  absl::Status TakeLevel(PathEnd end, absl::FunctionRef<bool(uint32_t position)> wanted);

  // What lies on walks of at most length_max hops from the source to the target, as far as it was
  // read. Takes length_max times the number of edges read, and sorts them. Errors of WorkClock.
  absl::StatusOr<PathGraph> Build(uint32_t length_max, WorkClock& clock) const;

  // For each node, by position, the largest product of the confidences of a walk of at most
  // `length_max` read edges between it and the end; -1 when there is none. Errors of WorkClock.
  absl::StatusOr<std::vector<double>> CertaintyFrom(PathEnd end, uint32_t length_max,
                                                    WorkClock& clock) const;
  // Positions that an end reached and whose edges were not read in full from there.
  std::vector<uint32_t> Unread(PathEnd end) const;

  HopExpander& expander() { return expander_; }
  CutList& cuts() { return cuts_; }
  bool stopped() const { return stopped_; }  // A bound on the whole query was met.

 private:
  // One edge read, from one node to another in the direction of the paths.
  struct Read {
    uint32_t from = 0;
    uint32_t to = 0;
    AdjacentEdge edge;
  };
  struct Side {
    HopKind kind;
    std::vector<uint32_t> waiting;  // Reached and not expanded; ascending by when.
    std::vector<uint32_t> cut_nodes;
    std::vector<bool> reached;  // By position.
    uint32_t depth = 0;
    uint32_t known = 0;
    bool cut = false;
  };

  Side& SideOf(PathEnd end) { return end == PathEnd::kSource ? forward_ : backward_; }
  const Side& SideOf(PathEnd end) const { return end == PathEnd::kSource ? forward_ : backward_; }
  uint32_t PositionOf(NodeId node);
  void Reach(Side& side, uint32_t position);
  // Keeps an edge that was read at `from`, or at `to` when it is `reversed`.
  void Keep(uint32_t from, uint32_t to, const AdjacentEdge& edge, bool reversed);
  // Positions in `reads_` in the order of a PathGraph, without those that a graph has no hop for.
  absl::StatusOr<std::vector<uint32_t>> Ordered(WorkClock& clock) const;

  EdgeSource& source_;
  const PathQuery& query_;
  const Options options_;
  const bool mirrored_;  // One end stands for both.
  CutList cuts_;
  HopExpander expander_;
  Side forward_, backward_;
  std::vector<NodeId> nodes_;  // By position: the source, the target, then as they were reached.
  absl::flat_hash_map<NodeId, uint32_t> position_of_;
  std::vector<Read, HugeAllocator<Read>> reads_;  // Large pages: given back in no time.
  bool stopped_ = false;
};

}  // namespace partnergraph
