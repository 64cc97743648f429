#include "graph/best_paths.h"

#include <algorithm>
#include <utility>

#include "graph/status_macros.h"

namespace partnergraph {
namespace {

bool Contains(const std::vector<uint32_t>& values, uint32_t value) {
  return std::ranges::find(values, value) != values.end();
}

}  // namespace

BestPaths::BestPaths(const PathGraph& graph, PathMeasure measure, uint32_t length_max,
                     WorkClock& clock)
    : graph_(graph),
      measure_(measure),
      length_max_(length_max),
      clock_(clock),
      all_(graph, measure, length_max),
      restricted_(graph, measure, length_max) {}

absl::StatusOr<std::optional<PathPositions>> BestPaths::Next() {
  if (!std::exchange(started_, true)) PG_RETURN_IF_ERROR(Start());
  while (!queue_.empty()) {
    PathClass best = std::move(queue_.extract(queue_.begin()).value());
    if (best.path.empty()) {
      PG_ASSIGN_OR_RETURN(std::optional<PathClass> solved, Solve(std::move(best)));
      if (solved.has_value()) queue_.insert(*std::move(solved));
      continue;
    }
    // What remains leaves the path at one of its nodes from the prefix's last one on.
    for (size_t end = best.prefix.size(); end < best.path.size(); ++end) {
      std::vector<uint32_t> excluded;
      if (end == best.prefix.size()) excluded = std::move(best.excluded);
      excluded.push_back(best.path[end]);
      PG_RETURN_IF_ERROR(
          Add(PathPositions(best.path.begin(), best.path.begin() + static_cast<ptrdiff_t>(end)),
              std::move(excluded)));
    }
    return std::optional<PathPositions>(std::move(best.path));
  }
  return std::optional<PathPositions>();
}

absl::Status BestPaths::Start() {
  PG_RETURN_IF_ERROR(all_.Fill({}, clock_));
  return Add({graph_.source}, {});
}

absl::Status BestPaths::Add(PathPositions prefix, std::vector<uint32_t> excluded) {
  PathClass paths{.prefix = std::move(prefix), .excluded = std::move(excluded)};
  PG_ASSIGN_OR_RETURN(const std::optional<Rank> bound, RankOf(paths, all_));
  if (!bound.has_value()) return absl::OkStatus();
  paths.rank = *bound;
  queue_.insert(std::move(paths));
  return absl::OkStatus();
}

absl::StatusOr<std::optional<BestPaths::PathClass>> BestPaths::Solve(PathClass paths) {
  PathPositions walk = Walk(paths, paths.rank.length, all_);
  const auto suffix = walk.begin() + static_cast<ptrdiff_t>(paths.prefix.size());
  const bool is_path =
      std::none_of(suffix, walk.end(), [&](uint32_t node) { return Contains(paths.prefix, node); });
  if (!is_path) {
    std::vector<bool> avoided(graph_.nodes.size());
    for (uint32_t node : paths.prefix) avoided[node] = true;
    PG_RETURN_IF_ERROR(restricted_.Fill(avoided, clock_));
    PG_ASSIGN_OR_RETURN(const std::optional<Rank> rank, RankOf(paths, restricted_));
    if (!rank.has_value()) return std::optional<PathClass>();
    paths.rank = *rank;
    walk = Walk(paths, rank->length, restricted_);
  }
  paths.path = std::move(walk);
  return std::optional<PathClass>(std::move(paths));
}

bool BestPaths::IsOpen(const PathClass& paths, uint32_t to) const {
  return !Contains(paths.excluded, to) && !Contains(paths.prefix, to);
}

double BestPaths::After(double value, const PathHop& hop) const {
  if (measure_ == PathMeasure::kCertainty) {
    return value * graph_.edges[hop.edges_begin].confidence;
  }
  const Followed followed = Follow(graph_, hop, static_cast<Arrival>(value));
  return followed.arrival == kNever ? SuffixTable::kNone : static_cast<double>(followed.arrival);
}

double BestPaths::ValueOf(const PathPositions& prefix) const {
  double value = measure_ == PathMeasure::kCertainty ? 1 : static_cast<double>(kAnyTime);
  for (size_t i = 1; i < prefix.size(); ++i) {
    value = After(value, *graph_.FindHop(prefix[i - 1], prefix[i]));
  }
  return value;
}

absl::StatusOr<std::optional<BestPaths::Rank>> BestPaths::RankOf(const PathClass& paths,
                                                                 const SuffixTable& table) {
  const auto used = static_cast<uint32_t>(paths.prefix.size()) - 1;
  const double value = ValueOf(paths.prefix);
  std::optional<Rank> best;
  for (uint32_t rest = 0; used + rest < length_max_; ++rest) {
    for (const PathHop& hop : graph_.HopsOf(paths.prefix.back())) {
      PG_RETURN_IF_ERROR(clock_.Step());
      const double beyond = table.At(rest, hop.to);
      if (beyond == SuffixTable::kNone || !IsOpen(paths, hop.to)) continue;
      const double after = After(value, hop);
      if (measure_ == PathMeasure::kCertainty) {
        const double cost = -(after * beyond);
        if (!best.has_value() || cost < best->cost) best = {cost, used + rest + 1};
      } else if (after != SuffixTable::kNone && after <= beyond) {
        return std::optional<Rank>({0, used + rest + 1});
      }
    }
  }
  return best;
}

PathPositions BestPaths::Walk(const PathClass& paths, uint32_t length,
                              const SuffixTable& table) const {
  PathPositions walk = paths.prefix;
  double value = ValueOf(walk);
  while (walk.size() <= length) {
    const auto rest = length - static_cast<uint32_t>(walk.size());
    const PathHop* chosen = nullptr;
    double chosen_value = SuffixTable::kNone;
    for (const PathHop& hop : graph_.HopsOf(walk.back())) {
      const double beyond = table.At(rest, hop.to);
      if (beyond == SuffixTable::kNone) continue;
      if (walk.size() == paths.prefix.size() && !IsOpen(paths, hop.to)) continue;
      const double after = After(value, hop);
      if (measure_ == PathMeasure::kCertainty) {
        // The same expression for every hop, so that equal walks compare equal.
        const double through = graph_.edges[hop.edges_begin].confidence * beyond;
        if (chosen != nullptr && through <= chosen_value) continue;
        chosen_value = through;
      } else if (after == SuffixTable::kNone || after > beyond) {
        continue;
      }
      chosen = &hop;
      if (measure_ == PathMeasure::kHops) break;
    }
    value = After(value, *chosen);
    walk.push_back(chosen->to);
  }
  return walk;
}

}  // namespace partnergraph
