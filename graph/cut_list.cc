#include "graph/cut_list.h"

#include <utility>

#include "graph/status_macros.h"

namespace partnergraph {

void CutList::Add(NodeId node, uint64_t kept, TruncationReason reason, uint32_t step) {
  Add(node, kept, reason, step, [] { return std::string(); });
}

void CutList::Add(NodeId node, uint64_t kept, TruncationReason reason, uint32_t step,
                  Position position) {
  Add(reason);
  auto found = place_of_.find({node, step});
  if (found == place_of_.end()) {
    if (place_of_.size() >= kCutNodesKnownMax) {
      ++others_;
      return;
    }
    found = place_of_.emplace(std::pair(node, step), listed_.size()).first;
    if (found->second == kCutNodesMax) return;
    listed_.push_back({.node = node, .step = step});
  } else if (found->second == kCutNodesMax || listed_[found->second].kept <= kept) {
    return;
  }
  CutNode& cut = listed_[found->second];
  cut.kept = kept;
  cut.position = kept == 0 ? std::string() : position();
}

void CutList::ForgetKept() {
  for (CutNode& cut : listed_) {
    cut.kept = 0;
    cut.position.clear();
  }
}

NodeSet CutList::ListedWithKept(uint32_t step) const {
  NodeSet kept;
  for (const CutNode& cut : listed_) {
    if (cut.step == step && cut.kept > 0) kept.Insert(cut.node);
  }
  return kept;
}

void CutList::Add(TruncationReason reason) {
  if (!reason_.has_value()) reason_ = reason;
}

absl::StatusOr<std::optional<Truncation>> CutList::Finish(EdgeSource& source) const {
  if (empty()) return std::nullopt;
  Truncation truncation{
      .reason = *reason_, .nodes = listed_, .node_count = place_of_.size() + others_};
  std::vector<NodeId> ids;
  for (const CutNode& cut : listed_) ids.push_back(cut.node);
  if (ids.empty()) return truncation;
  PG_ASSIGN_OR_RETURN(const std::vector<RingNode> described, source.Describe(ids));
  for (size_t i = 0; i < ids.size(); ++i) truncation.nodes[i].degree = described[i].degree;
  return truncation;
}

}  // namespace partnergraph
