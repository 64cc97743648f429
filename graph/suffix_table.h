// For each node of a PathGraph and each number of hops, the best that walks of exactly so many hops
// from there to the target can come to: dynamic programming backwards from the target
// (Bellman-Ford by length). Searches use it to enter no branch that cannot reach the target.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "graph/path_graph.h"
#include "graph/work_clock.h"

namespace partnergraph {

enum class PathMeasure : uint8_t {
  kHops,      // The value is the latest day on which one can start and still reach the target in
              // time; without dates it is the same for all that reach it.
  kCertainty  // The value is the largest product of confidences.
};

class SuffixTable {
 public:
  static constexpr double kNone = -std::numeric_limits<double>::infinity();

  // `graph` must outlive the table.
  SuffixTable(const PathGraph& graph, PathMeasure measure, uint32_t length_max);

  // Fills the table, with walks that avoid the nodes marked in `avoided` (empty: none). Takes
  // length_max times the number of hops. Errors of WorkClock.
  absl::Status Fill(const std::vector<bool>& avoided, WorkClock& clock);

  // kNone when there is no such walk. `hops` is at most length_max.
  double At(uint32_t hops, uint32_t node) const { return values_[hops * node_count_ + node]; }
  uint32_t length_max() const { return length_max_; }

 private:
  // The value of taking a hop before a walk of value `rest`.
  double Before(const PathHop& hop, double rest) const;

  const PathGraph& graph_;
  const PathMeasure measure_;
  const uint32_t length_max_;
  const size_t node_count_;
  std::vector<double> values_;  // By hops, then by node.
};

}  // namespace partnergraph
