#include "graph/cut_list.h"

#include <algorithm>

#include "graph/status_macros.h"

namespace partnergraph {

void CutList::Add(NodeId node, uint64_t kept, TruncationReason reason) {
  Add(reason);
  if (nodes_.Insert(node)) {
    if (listed_.size() < kCutNodesMax) listed_.push_back({.node = node, .kept = kept});
    return;
  }
  for (CutNode& cut : listed_) {
    if (cut.node == node) cut.kept = std::min(cut.kept, kept);
  }
}

void CutList::Add(TruncationReason reason) {
  if (!reason_.has_value()) reason_ = reason;
}

absl::StatusOr<std::optional<Truncation>> CutList::Finish(EdgeSource& source) const {
  if (empty()) return std::nullopt;
  Truncation truncation{.reason = *reason_, .nodes = listed_, .node_count = nodes_.size()};
  std::vector<NodeId> ids;
  for (const CutNode& cut : listed_) ids.push_back(cut.node);
  if (ids.empty()) return truncation;
  PG_ASSIGN_OR_RETURN(const std::vector<RingNode> described, source.Describe(ids));
  for (size_t i = 0; i < ids.size(); ++i) truncation.nodes[i].degree = described[i].degree;
  return truncation;
}

}  // namespace partnergraph
