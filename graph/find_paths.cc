// The modes of FindPaths that need more than the shortest paths: they read what lies between the
// ends (path_region.h) and search in what was read, again after each level, until what they found
// is final.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "graph/best_paths.h"
#include "graph/path_answer.h"
#include "graph/path_region.h"
#include "graph/simple_paths.h"
#include "graph/status_macros.h"
#include "graph/traversal.h"

namespace partnergraph {
namespace {

FoundPath ToFound(const PathGraph& graph, const PathPositions& path) {
  FoundPath found{.edges = EdgesOf(graph, path)};
  for (uint32_t node : path) found.nodes.push_back(graph.nodes[node]);
  return found;
}

bool IsWanted(uint32_t) { return true; }

class RegionSearch {
 public:
  RegionSearch(EdgeSource& source, const PathQuery& query)
      : source_(source), query_(query), region_(source, query, {.dated = query.time_ordered}) {}

  absl::StatusOr<PathResult> Run() {
    PG_RETURN_IF_ERROR(region_.Start());
    if (query_.mode == PathMode::kWeighted) {
      PG_RETURN_IF_ERROR(SearchByCertainty());
    } else {
      PG_RETURN_IF_ERROR(SearchByLength());
    }
    PG_ASSIGN_OR_RETURN(PathResult result,
                        AnswerPaths(source_, query_.budget, std::move(found_), query_.paths_max,
                                    complete_, std::move(region_.cuts())));
    result.end.stats.edges_scanned = region_.expander().edges_scanned();
    return result;
  }

 private:
  bool IsStuck() const {
    return !region_.CanTake(PathEnd::kSource) && !region_.CanTake(PathEnd::kTarget);
  }

  absl::Status SearchByLength() {
    while (true) {
      const uint32_t sure = std::min(region_.known(), query_.length_max);
      const bool stuck = IsStuck();
      uint32_t length = sure;
      if (stuck && sure < query_.length_max) {
        // Paths that are one hop longer than all of which none is missing come next for certain.
        length = query_.mode == PathMode::kAllSimple ? query_.length_max : sure + 1;
      }
      if (length > 0) PG_RETURN_IF_ERROR(CollectByLength(length));
      const bool all_sure = sure == query_.length_max || (IsEnough() && LengthNeeded() <= sure);
      if (all_sure && !ended_early_) {
        complete_ = true;
        return absl::OkStatus();
      }
      if (stuck || ended_early_) return absl::OkStatus();
      PG_RETURN_IF_ERROR(region_.TakeLevel(region_.NextEnd(), IsWanted));
    }
  }

  // Whether longer paths than those found would change nothing.
  bool IsEnough() const {
    switch (query_.mode) {
      case PathMode::kShortest:
        return !found_.empty();
      case PathMode::kKShortest:
        return found_.size() >= query_.paths_max;
      default:
        return found_.size() > query_.paths_max;
    }
  }
  uint32_t LengthNeeded() const { return static_cast<uint32_t>(found_.back().edges.size()); }

  // Notes why a search in memory ended before its time, unless it is an error of the query.
  absl::Status EndedBy(const absl::Status& status) {
    PG_ASSIGN_OR_RETURN(ended_early_, EndedByBound(status, region_.cuts()));
    return absl::OkStatus();
  }

  absl::Status CollectByLength(uint32_t length_max) {
    WorkClock clock(region_.expander());
    const absl::StatusOr<PathGraph> built = region_.Build(length_max, clock);
    // What the last search found stays: it is right.
    if (!built.ok()) return EndedBy(built.status());
    const PathGraph& graph = *built;
    found_.clear();
    if (query_.mode != PathMode::kAllSimple) {
      // One path more than is asked for tells whether there are more; of kKShortest that is no cut.
      const size_t count_max = size_t{query_.paths_max} + (query_.mode == PathMode::kShortest);
      return CollectBest(graph, PathMeasure::kHops, length_max, count_max, clock);
    }
    const SimplePathOptions options{.length_max = length_max,
                                    .steps_max = query_.budget.edges_scanned_max};
    return EndedBy(EnumerateSimplePaths(
        graph, options, clock, [](std::span<const uint32_t>) { return true; },
        [&](std::span<const uint32_t> path) {
          found_.push_back(ToFound(graph, PathPositions(path.begin(), path.end())));
          return found_.size() <= query_.paths_max;
        }));
  }

  absl::Status CollectBest(const PathGraph& graph, PathMeasure measure, uint32_t length_max,
                           size_t count_max, WorkClock& clock) {
    BestPaths paths(graph, measure, length_max, clock);
    while (found_.size() < count_max) {
      absl::StatusOr<std::optional<PathPositions>> path = paths.Next();
      if (!path.ok()) return EndedBy(path.status());
      if (!path->has_value()) break;
      if (query_.mode == PathMode::kShortest && !found_.empty() &&
          (*path)->size() > found_[0].nodes.size()) {
        break;
      }
      found_.push_back(ToFound(graph, **path));
    }
    return absl::OkStatus();
  }

  // The most certain paths. What was not read can only be on paths through a node that an end
  // reached and whose edges were not all read from there; such a path is at most as certain as the
  // best way from the end to the node. Paths that are as certain as all of these are final.
  absl::Status SearchByCertainty() {
    std::vector<FoundPath> certain;  // Final ones of the last round.
    while (true) {
      found_.clear();
      WorkClock clock(region_.expander());
      const absl::StatusOr<PathGraph> graph = region_.Build(query_.length_max, clock);
      if (!graph.ok()) {
        found_ = std::move(certain);
        return EndedBy(graph.status());
      }
      PG_RETURN_IF_ERROR(
          CollectBest(*graph, PathMeasure::kCertainty, query_.length_max, query_.paths_max, clock));
      const bool all_read = region_.known() >= query_.length_max && !ended_early_;
      const bool full = found_.size() == query_.paths_max;
      std::vector<double> from_source, from_target;
      const absl::Status measured = [&]() -> absl::Status {
        PG_ASSIGN_OR_RETURN(from_source,
                            region_.CertaintyFrom(PathEnd::kSource, query_.length_max, clock));
        PG_ASSIGN_OR_RETURN(from_target,
                            region_.CertaintyFrom(PathEnd::kTarget, query_.length_max, clock));
        return absl::OkStatus();
      }();
      if (!measured.ok()) {
        found_ = std::move(certain);  // Of the others none is known to be final.
        return EndedBy(measured);
      }
      const double hidden =
          std::min(Best(from_source, PathEnd::kSource), Best(from_target, PathEnd::kTarget));
      size_t final = 0;
      while (final < found_.size() && CertaintyOf(found_[final].edges) >= hidden) ++final;
      if (all_read || (full && final == found_.size())) {
        complete_ = true;
        return absl::OkStatus();
      }
      if (IsStuck() || ended_early_) {
        found_.resize(final);
        if (final < certain.size()) found_ = std::move(certain);
        return absl::OkStatus();
      }
      // Only what can lead to a more certain path than those found is read.
      const double enough = full ? CertaintyOf(found_.back().edges) : -1;
      found_.resize(final);
      certain = std::move(found_);
      const PathEnd end = region_.NextEnd();
      const std::vector<double>& certainty = end == PathEnd::kSource ? from_source : from_target;
      PG_RETURN_IF_ERROR(
          region_.TakeLevel(end, [&](uint32_t position) { return certainty[position] > enough; }));
    }
  }

  // The largest certainty of a node that is not read in full from an end; -1 when there is none.
  double Best(const std::vector<double>& certainty, PathEnd end) const {
    double best = -1;
    for (uint32_t position : region_.Unread(end)) best = std::max(best, certainty[position]);
    return best;
  }

  EdgeSource& source_;
  const PathQuery& query_;
  PathRegion region_;
  std::vector<FoundPath> found_;
  bool complete_ = false;     // No path that belongs into the answer is missing.
  bool ended_early_ = false;  // The newest search in memory did not come to its end.
};

}  // namespace

absl::StatusOr<PathResult> FindPaths(EdgeSource& source, const PathQuery& query) {
  if (query.mode == PathMode::kShortest && !query.time_ordered) {
    return FindShortestPaths(source, query);
  }
  return RegionSearch(source, query).Run();
}

}  // namespace partnergraph
