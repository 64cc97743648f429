// Conditions of a pattern query that the filter of an edge can keep. The filter is never stricter
// than the conditions, which are decided again on each edge: dates and confidences that it lets
// pass may fail them.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/pattern_query.h"
#include "graph/query.h"
#include "graph/schema.h"

namespace partnergraph {

struct PatternPushdown {
  FactFilter filter;                // Its direction is as seen from the left node.
  std::vector<std::string> pushed;  // "type PARTY_TO", "date from 2018-06"
  bool derives = false;             // The pattern names PARTNER_WITH.
  bool impossible = false;          // No edge can fulfil the conditions.
};

// INVALID_ARGUMENT, a PatternError, for a type that the schema does not have.
absl::StatusOr<PatternPushdown> PushDown(const PatternQuery& query, PatternEdgeIndex edge,
                                         const Schema& schema);

// The same error for words that an edge's type is compared with and that are no type.
absl::Status CheckTypeWords(const PatternQuery& query, const Schema& schema);

// The words of an expression, on one line.
std::string SourceText(const PatternQuery& query, PatternExpressionIndex expression);

}  // namespace partnergraph
