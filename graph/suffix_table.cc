#include "graph/suffix_table.h"

#include <algorithm>

#include "graph/status_macros.h"

namespace partnergraph {

SuffixTable::SuffixTable(const PathGraph& graph, PathMeasure measure, uint32_t length_max)
    : graph_(graph),
      measure_(measure),
      length_max_(length_max),
      node_count_(graph.nodes.size()),
      values_((size_t{length_max} + 1) * graph.nodes.size()) {}

double SuffixTable::Before(const PathHop& hop, double rest) const {
  if (rest == kNone) return kNone;
  if (measure_ == PathMeasure::kCertainty) {
    return graph_.edges[hop.edges_begin].confidence * rest;
  }
  if (!graph_.dated()) return rest;
  double latest = kNone;
  for (uint32_t i = hop.edges_begin; i < hop.edges_end; ++i) {
    const DayRange& days = graph_.days[i];
    if (days.first <= rest) latest = std::max(latest, std::min<double>(days.last, rest));
  }
  return latest;
}

absl::Status SuffixTable::Fill(const std::vector<bool>& avoided, WorkClock& clock) {
  std::ranges::fill(values_, kNone);
  values_[graph_.target] = measure_ == PathMeasure::kCertainty ? 1 : static_cast<double>(kNever);
  for (uint32_t hops = 1; hops <= length_max_; ++hops) {
    const double* rest = values_.data() + (hops - 1) * node_count_;
    double* values = values_.data() + hops * node_count_;
    for (uint32_t node = 0; node < node_count_; ++node) {
      if (!avoided.empty() && avoided[node]) continue;
      for (const PathHop& hop : graph_.HopsOf(node)) {
        PG_RETURN_IF_ERROR(clock.Step());
        values[node] = std::max(values[node], Before(hop, rest[hop.to]));
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace partnergraph
