// The simple paths of a PathGraph one after the other, best first.
//
// Yen's algorithm ("Finding the K Shortest Loopless Paths in a Network", 1971) with Lawler's
// partition (1972): after a path was given, the paths that remain fall into classes by the place
// where they leave it, each with a best path of its own. Two things spare most of the searches: a
// class waits in the queue under a bound, the value of its best walk, and its path is only looked
// for when that bound comes first; and where the walk is a path already, that is the path. Else one
// backward search (SuffixTable) finds it. So each path costs at most length_max such searches, each
// of length_max times the number of hops, and usually none.
//
// Order. kHops: fewer hops first, then the smaller list of ids. kCertainty: the larger product of
// confidences first, then fewer hops, then the smaller list of ids.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/path_graph.h"
#include "graph/suffix_table.h"

namespace partnergraph {

class BestPaths {
 public:
  // `graph`, which is not dated for kCertainty, and `clock` must outlive this.
  BestPaths(const PathGraph& graph, PathMeasure measure, uint32_t length_max, WorkClock& clock);

  // The next path; nullopt when there are no more. Errors of WorkClock, after which this is of no
  // more use: what was given before is right.
  absl::StatusOr<std::optional<PathPositions>> Next();

 private:
  // What a path is ordered by; smaller is better.
  struct Rank {
    double cost = 0;  // The negated certainty; 0 for kHops.
    uint32_t length = 0;
  };
  // The paths that begin with `prefix` and then go to none of `excluded`.
  struct PathClass {
    Rank rank;           // Of `path`, or a bound while that is empty.
    PathPositions path;  // The best one.
    PathPositions prefix;
    std::vector<uint32_t> excluded;
  };
  struct Order {
    bool operator()(const PathClass& a, const PathClass& b) const {
      // A bound comes before a path of its value: the path behind it may be the smaller list.
      const auto key = [](const PathClass& c) {
        return std::tuple(c.rank.cost, c.rank.length, !c.path.empty());
      };
      if (key(a) != key(b)) return key(a) < key(b);
      return a.path < b.path;
    }
  };

  absl::Status Start();
  // Adds a class, with its bound, unless it is empty.
  absl::Status Add(PathPositions prefix, std::vector<uint32_t> excluded);
  // Finds the class's path, or nothing when it has none.
  absl::StatusOr<std::optional<PathClass>> Solve(PathClass bound);
  // The best continuation of a prefix by the table's walks.
  absl::StatusOr<std::optional<Rank>> RankOf(const PathClass& paths, const SuffixTable& table);
  // That walk: `length` hops in all.
  PathPositions Walk(const PathClass& paths, uint32_t length, const SuffixTable& table) const;

  // The arrival, or the product of confidences, at the end of a prefix.
  double ValueOf(const PathPositions& prefix) const;
  // The same after one more hop; kNone when it cannot follow.
  double After(double value, const PathHop& hop) const;
  bool IsOpen(const PathClass& paths, uint32_t to) const;

  const PathGraph& graph_;
  const PathMeasure measure_;
  const uint32_t length_max_;
  WorkClock& clock_;
  SuffixTable all_;         // Over the whole graph.
  SuffixTable restricted_;  // Without the nodes of one prefix.
  std::multiset<PathClass, Order> queue_;
  bool started_ = false;
};

}  // namespace partnergraph
