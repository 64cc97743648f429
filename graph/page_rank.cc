#include "graph/page_rank.h"

#include <algorithm>
#include <cmath>

#include "graph/status_macros.h"

namespace partnergraph {

absl::StatusOr<PageRank> ComputePageRank(const NeighborLists& lists,
                                         const std::vector<bool>& exists,
                                         const PageRankOptions& options, JobMonitor& monitor) {
  PageRank result;
  const uint32_t node_count = lists.node_count();
  const auto existing = static_cast<double>(std::ranges::count(exists, true));
  result.ranks.assign(node_count, 0);
  if (existing == 0) {
    result.converged = true;
    return result;
  }
  for (uint32_t node = 0; node < node_count; ++node) {
    if (exists[node]) result.ranks[node] = 1 / existing;
  }
  std::vector<double> next(node_count);
  while (result.iterations < options.iterations_max && !result.converged) {
    std::ranges::fill(next, 0);
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
      if (!exists[node]) continue;
      next[node] += restarting / existing;
      change += std::abs(next[node] - result.ranks[node]);
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
