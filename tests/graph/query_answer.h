// What a query answered, as text to be compared, and whether it was cut. Two answers of one query
// have the same text when they say the same.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "graph/analysis_query.h"
#include "graph/pattern_answer.h"
#include "graph/query.h"

namespace partnergraph {

struct QueryAnswer {
  std::string text;
  std::optional<Truncation> cut;
};

inline std::string ShowAnswer(const Edge& edge) {
  return absl::StrCat(ToInt(edge.source.id), "-", ToInt(edge.type), "-", ToInt(edge.target.id), "#",
                      ToInt(edge.fact), "@", ToInt(edge.partnership), " ");
}

// Of a stream: collects the parts.
class AnswerText {
 public:
  bool Add(const NeighborhoodPart& part) {
    for (const RingNode& node : part.nodes) {
      absl::StrAppend(&text_, ToInt(node.node.id), "/", node.ring, " ");
    }
    for (const Edge& edge : part.edges) text_ += ShowAnswer(edge);
    return true;
  }
  bool Add(const std::vector<Walk>& walks) {
    for (const Walk& walk : walks) {
      absl::StrAppend(&text_, ToInt(walk.end.id), ": ");
      for (const Edge& edge : walk.edges) text_ += ShowAnswer(edge);
    }
    return true;
  }
  bool Add(const PatternPart& part) {
    for (const auto& row : part.rows) {
      for (const PatternValue& value : row) {
        if (const auto* node = std::get_if<NodeSummary>(&value)) {
          absl::StrAppend(&text_, ToInt(node->id), " ");
        }
        if (const auto* number = std::get_if<int64_t>(&value))
          absl::StrAppend(&text_, *number, " ");
      }
      text_ += "| ";
    }
    return true;
  }

  absl::StatusOr<QueryAnswer> Finish(const absl::StatusOr<QueryEnd>& end) {
    if (!end.ok()) return end.status();
    for (const uint64_t size : end->ring_sizes) absl::StrAppend(&text_, " ring of ", size);
    absl::StrAppend(&text_, " ends ", end->end_count);
    return QueryAnswer{text_, end->truncation};
  }

 private:
  std::string text_;
};

inline void Append(const PathResult& result, std::string& text) {
  absl::StrAppend(&text, static_cast<int>(result.outcome), ": ");
  for (const Path& path : result.paths) {
    for (const NodeSummary& node : path.nodes) absl::StrAppend(&text, ToInt(node.id), " ");
    for (const Edge& edge : path.edges) text += ShowAnswer(edge);
    text += "| ";
  }
}
inline void Append(const CommonNeighborsResult& result, std::string& text) {
  absl::StrAppend(&text, result.total, ": ");
  for (const CommonNeighbor& neighbor : result.neighbors) {
    absl::StrAppend(&text, ToInt(neighbor.node.id), "x", neighbor.edge_count, " ");
  }
}
inline void Append(const SimilarNodesResult& result, std::string& text) {
  absl::StrAppend(&text, result.neighbor_count, ": ");
  for (const SimilarNode& node : result.nodes) {
    absl::StrAppend(&text, ToInt(node.node.id), " ", node.score, " ", node.common_count, " ");
  }
}
inline void Append(const PersonalRankResult& result, std::string& text) {
  for (const RankedNode& node : result.nodes) {
    absl::StrAppend(&text, ToInt(node.node.id), " ", node.score, " ");
  }
}

template <typename Result>
absl::StatusOr<QueryAnswer> AnswerOf(const absl::StatusOr<Result>& result) {
  if (!result.ok()) return result.status();
  QueryAnswer answer{.cut = result->end.truncation};
  Append(*result, answer.text);
  return answer;
}

}  // namespace partnergraph
