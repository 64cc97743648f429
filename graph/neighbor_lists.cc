#include "graph/neighbor_lists.h"

#include <algorithm>

#include "graph/status_macros.h"

namespace partnergraph {
namespace {

// Entries that are given memory between two questions whether to end: below a millisecond.
constexpr uint64_t kEntriesAtOnce = 1 << 18;

}  // namespace

absl::StatusOr<NeighborLists> MakeNeighborLists(uint32_t node_count, const EdgeBlocks& edges,
                                                bool both_ways, const JobMonitor& monitor) {
  JobSteps steps(monitor);
  NeighborLists lists;
  lists.begins.assign(uint64_t{node_count} + 1, 0);
  for (const auto& block : edges.blocks()) {
    for (const auto& [from, to] : block) {
      PG_RETURN_IF_ERROR(steps.Step());
      ++lists.begins[from + 1];
      if (both_ways) ++lists.begins[to + 1];
    }
  }
  for (size_t i = 1; i < lists.begins.size(); ++i) {
    PG_RETURN_IF_ERROR(steps.Step());
    lists.begins[i] += lists.begins[i - 1];
  }
  const uint64_t entries = lists.begins.back();
  lists.neighbors.reserve(entries);
  while (lists.neighbors.size() < entries) {
    PG_RETURN_IF_ERROR(monitor.Check());
    lists.neighbors.resize(std::min(entries, lists.neighbors.size() + kEntriesAtOnce));
  }
  std::vector<uint64_t> next(lists.begins.begin(), lists.begins.end() - 1);
  for (const auto& block : edges.blocks()) {
    for (const auto& [from, to] : block) {
      PG_RETURN_IF_ERROR(steps.Step());
      lists.neighbors[next[from]++] = to;
      if (both_ways) lists.neighbors[next[to]++] = from;
    }
  }
  return lists;
}

}  // namespace partnergraph
