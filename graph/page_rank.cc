#include "graph/page_rank.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "graph/status_macros.h"

namespace partnergraph {

absl::StatusOr<PageRank> ComputePageRank(const NeighborLists& lists,
                                         const std::vector<bool>& exists,
                                         const PageRankOptions& options, JobMonitor& monitor) {
  PageRank result;
  const uint32_t node_count = lists.node_count();
  JobSteps checks(monitor);
  uint64_t existing_count = 0;
  for (uint32_t node = 0; node < node_count; ++node) {
    PG_RETURN_IF_ERROR(checks.Step());
    existing_count += exists[node] ? 1 : 0;
  }
  const auto existing = static_cast<double>(existing_count);
  result.ranks.assign(node_count, 0);
  if (existing == 0) {
    result.converged = true;
    return result;
  }
  for (uint32_t node = 0; node < node_count; ++node) {
    PG_RETURN_IF_ERROR(checks.Step());
    if (exists[node]) result.ranks[node] = 1 / existing;
  }
  std::vector<double> next(node_count);  // All 0 before an iteration.
  while (result.iterations < options.iterations_max && !result.converged) {
    double restarting = 1 - options.damping;  // What starts anew.
    uint64_t steps = 0;
    for (uint32_t node = 0; node < node_count; ++node) {
      const auto neighbors = lists.Of(node);
      steps += 1 + neighbors.size();
      if (steps >= 256) {
        PG_RETURN_IF_ERROR(monitor.Check());
        steps = 0;
      }
      const double flow = options.damping * result.ranks[node];
      if (neighbors.empty()) {
        restarting += flow;
        continue;
      }
      const double share = flow / static_cast<double>(neighbors.size());
      for (uint32_t neighbor : neighbors) next[neighbor] += share;
    }
    double change = 0;
    for (uint32_t node = 0; node < node_count; ++node) {
      PG_RETURN_IF_ERROR(checks.Step());
      const double before = std::exchange(result.ranks[node], 0);
      if (!exists[node]) continue;
      next[node] += restarting / existing;
      change += std::abs(next[node] - before);
    }
    std::swap(result.ranks, next);
    ++result.iterations;
    result.converged = change <= options.tolerance;
    // The change shrinks by the damping in each iteration.
    const double left =
        result.converged ? 0 : std::log(change / options.tolerance) / -std::log(options.damping);
    monitor.Set(JobPhase::kComputing,
                std::max(result.iterations / (result.iterations + left),
                         static_cast<double>(result.iterations) / options.iterations_max));
  }
  return result;
}

}  // namespace partnergraph
