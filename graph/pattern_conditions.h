// Makes the expressions of a pattern query, and checks that they mean something: that properties
// exist, that both sides of a comparison are of one type, that dates and words of the closed
// vocabulary are such. Errors are PatternErrors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/pattern_query.h"

namespace partnergraph {

// `property: value` in a map.
struct MapEntry {
  PatternWord property;
  PatternExpressionIndex value = 0;
};

class PatternConditions {
 public:
  // Adds to `query`, which must outlive this and have its text.
  explicit PatternConditions(PatternQuery& query) : query_(query) {}

  // Conditions of the pattern. That of an edge of variable length holds for each edge of it.
  absl::Status AddNodeEntry(PatternNodeIndex node, const MapEntry& entry);
  absl::Status AddEdgeEntry(PatternEdgeIndex edge, const MapEntry& entry);
  // The condition behind WHERE, each part of an AND for itself.
  absl::Status AddWhere(PatternExpressionIndex where);

  PatternExpressionIndex Literal(PatternScalar value, size_t begin, size_t end);
  PatternExpressionIndex Reference(bool of_edge, uint32_t index, size_t begin, size_t end);
  absl::StatusOr<PatternExpressionIndex> Property(bool of_edge, uint32_t index,
                                                  const PatternWord& name, size_t begin,
                                                  size_t end);
  // One operand is returned as it is.
  absl::StatusOr<PatternExpressionIndex> Join(bool is_or,
                                              std::vector<PatternExpressionIndex> operands);
  // After one NOT or several: checks that `predicate` is a condition.
  absl::StatusOr<PatternExpressionIndex> Negate(PatternExpressionIndex predicate, bool negated,
                                                size_t begin);
  absl::StatusOr<PatternExpressionIndex> Compare(PatternExpressionIndex left,
                                                 PatternComparison comparison,
                                                 PatternExpressionIndex right);
  absl::StatusOr<PatternExpressionIndex> In(PatternExpressionIndex left,
                                            std::span<const PatternExpressionIndex> list,
                                            size_t end);
  absl::StatusOr<PatternExpressionIndex> CompareTexts(PatternExpression::Kind kind,
                                                      PatternExpressionIndex left,
                                                      PatternExpressionIndex right);
  absl::StatusOr<PatternExpressionIndex> IsNull(PatternExpressionIndex operand, bool negated,
                                                size_t end);
  absl::StatusOr<PatternExpressionIndex> HasLabel(PatternExpressionIndex node, uint8_t kinds,
                                                  size_t end);
  absl::StatusOr<PatternExpressionIndex> Count(std::optional<PatternExpressionIndex> operand,
                                               bool distinct, size_t begin, size_t end);

  absl::StatusOr<Date> ToDate(std::string_view text, size_t offset) const;
  bool IsNode(PatternExpressionIndex expression) const;
  bool IsCount(PatternExpressionIndex expression) const;

 private:
  const PatternExpression& At(PatternExpressionIndex index) const {
    return query_.expressions[index];
  }
  PatternExpressionIndex Add(PatternExpression expression);
  // The same for what is true, false or null.
  absl::StatusOr<PatternExpressionIndex> AddCondition(PatternExpression expression);
  absl::Status Error(size_t offset, std::string_view message) const;
  absl::Status CheckCondition(PatternExpressionIndex expression) const;
  // Makes a literal behind a date into one, and checks types and words of an equality or an order.
  absl::Status Agree(const PatternExpression& left, PatternExpressionIndex right, bool ordered);
  absl::Status CheckWord(const PatternExpression& left, const PatternExpression& literal) const;

  PatternQuery& query_;
  size_t condition_count_ = 0;
};

}  // namespace partnergraph
