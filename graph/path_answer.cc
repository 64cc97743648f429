#include "graph/path_answer.h"

#include <algorithm>
#include <span>
#include <utility>

#include "graph/answer_size.h"
#include "graph/status_macros.h"

namespace partnergraph {

double CertaintyOf(const std::vector<AdjacentEdge>& edges) {
  double certainty = 1;
  for (const AdjacentEdge& edge : edges) certainty *= edge.confidence;
  return certainty;
}

absl::Status DescribePaths(EdgeSource& source, const Budget& budget, AnswerDetail detail,
                           const std::vector<FoundPath>& found, CutList& cuts,
                           std::vector<Path>& paths) {
  const bool with_edges = detail == AnswerDetail::kFull;
  uint64_t bytes = 0;
  const std::span<const FoundPath> all = found;
  for (size_t begin = 0; begin < all.size(); begin += kPartMax) {
    const auto part = all.subspan(begin, std::min(kPartMax, all.size() - begin));
    std::vector<NodeId> nodes;
    std::vector<AdjacentEdge> edges;
    for (const FoundPath& path : part) {
      nodes.insert(nodes.end(), path.nodes.begin(), path.nodes.end());
      if (with_edges) edges.insert(edges.end(), path.edges.begin(), path.edges.end());
    }
    PG_ASSIGN_OR_RETURN(const std::vector<RingNode> described, DescribeReached(source, nodes));
    PG_ASSIGN_OR_RETURN(std::vector<Edge> full, source.Materialize(edges));
    auto node = described.begin();
    auto edge = full.begin();
    for (const FoundPath& one : part) {
      Path path{.certainty = with_edges ? CertaintyOf(one.edges) : 0};
      for (size_t i = 0; i < one.nodes.size(); ++i, ++node) {
        bytes += ByteSize(node->node);
        path.nodes.push_back(node->node);
      }
      for (size_t i = 0; with_edges && i < one.edges.size(); ++i, ++edge) {
        bytes += ByteSize(*edge);
        path.edges.push_back(std::move(*edge));
      }
      if (bytes > budget.bytes_max && !paths.empty()) {
        cuts.Add(TruncationReason::kBytes);
        return absl::OkStatus();
      }
      paths.push_back(std::move(path));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> EndedByBound(const absl::Status& status, CutList& cuts) {
  if (status.ok()) return false;
  if (absl::IsDeadlineExceeded(status)) {
    cuts.Add(TruncationReason::kDeadline);
  } else if (absl::IsResourceExhausted(status)) {
    cuts.Add(TruncationReason::kEdgesScanned);
  } else {
    return status;
  }
  return true;
}

absl::StatusOr<PathResult> AnswerPaths(EdgeSource& source, const Budget& budget,
                                       std::vector<FoundPath> found, uint32_t paths_max,
                                       bool complete, CutList cuts) {
  PathResult result;
  if (complete) cuts = CutList();
  if (found.size() > paths_max) {
    found.resize(paths_max);
    cuts.Add(TruncationReason::kPaths);
  }
  result.outcome = !found.empty() ? PathOutcome::kFound
                   : complete     ? PathOutcome::kNone
                                  : PathOutcome::kNotDecided;
  PG_RETURN_IF_ERROR(DescribePaths(source, budget, AnswerDetail::kFull, found, cuts, result.paths));
  PG_ASSIGN_OR_RETURN(result.end.truncation, cuts.Finish(source));
  return result;
}

}  // namespace partnergraph
