#include "graph/topology_expand.h"

#include <optional>

#include "graph/row_filter.h"

namespace partnergraph {
namespace {

// Rows between two questions whether to stop.
constexpr uint64_t kStopInterval = 256;

class Expander {
 public:
  Expander(const Topology& topology, const FactFilter& filter, uint32_t per_node_limit,
           ScanBudget& budget, EdgeSource::Sink sink)
      : topology_(topology),
        filter_(filter),
        per_node_limit_(per_node_limit),
        budget_(budget),
        sink_(sink) {}

  absl::StatusOr<std::vector<Expansion>> Run(std::span<const NodeId> frontier) {
    std::vector<Expansion> expansions(frontier.size());
    for (size_t i = 0; i < frontier.size(); ++i) {
      if (ShouldStop()) break;
      if (ToInt(frontier[i]) < topology_.node_end()) ExpandNode(i, frontier[i], expansions[i]);
      if (!ended_) continue;
      for (size_t rest = i; rest < frontier.size(); ++rest) expansions[rest].complete = false;
      break;
    }
    if (stop_ == Budget::Stop::kDeadline) return absl::DeadlineExceededError("deadline exceeded");
    if (stop_ == Budget::Stop::kCancelled) return absl::CancelledError("cancelled");
    return expansions;
  }

 private:
  bool ShouldStop() {
    if (budget_.should_stop && budget_.edges_scanned >= next_question_) {
      next_question_ = budget_.edges_scanned + kStopInterval;
      stop_ = budget_.should_stop();
    }
    return stop_.has_value();
  }

  void ExpandNode(size_t index, NodeId node, Expansion& expansion) {
    topology_.ForEachSlice(static_cast<uint32_t>(ToInt(node)), [&](const RowSlice& slice) {
      const RowFilter::SliceMatch match = filter_.Match(slice);
      if (match == RowFilter::SliceMatch::kNone) return true;
      for (uint32_t row = 0; row < slice.size; ++row) {
        if (budget_.edges_left == 0) {
          ended_ = true;
          return false;
        }
        if (ShouldStop()) return false;
        --budget_.edges_left;
        ++budget_.edges_scanned;
        if (match == RowFilter::SliceMatch::kSome && !filter_.KeepsRow(slice, row)) continue;
        if (expansion.kept == per_node_limit_) {
          expansion.complete = false;
          return false;
        }
        ++expansion.kept;
        if (!sink_(index, topology_.EdgeAt(node, slice, row))) {
          ended_ = true;
          return false;
        }
      }
      return true;
    });
  }

  const Topology& topology_;
  const RowFilter filter_;
  const uint32_t per_node_limit_;
  ScanBudget& budget_;
  EdgeSource::Sink sink_;
  bool ended_ = false;  // Nothing more is to be given.
  std::optional<Budget::Stop> stop_;
  uint64_t next_question_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<Expansion>> ExpandInMemory(const Topology& topology,
                                                      std::span<const NodeId> frontier,
                                                      const FactFilter& filter,
                                                      uint32_t per_node_limit, ScanBudget& budget,
                                                      EdgeSource::Sink sink) {
  return Expander(topology, filter, per_node_limit, budget, sink).Run(frontier);
}

}  // namespace partnergraph
