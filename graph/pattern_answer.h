// Argument and answer of a pattern query. The language: pattern_parser.h.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "graph/pattern_query.h"
#include "graph/query.h"
#include "graph/records.h"

namespace partnergraph {

struct PatternRequest {
  std::string text;
  std::vector<PatternParameter> parameters;
  Budget budget;
};

// A value of an answer; the first is null.
using PatternValue = std::variant<std::monostate, bool, int64_t, double, std::string, Date,
                                  NodeSummary, Edge, std::vector<Edge>>;

// At most kPartMax rows, and one row over 1 MiB. The first part has the columns, and may have no
// rows.
struct PatternPart {
  std::vector<std::string> columns;
  std::vector<std::vector<PatternValue>> rows;
};

struct PatternEnd {
  QueryEnd end;
  uint64_t match_count = 0;  // Before DISTINCT, counts, SKIP and LIMIT.
  uint64_t row_count = 0;
  std::string plan;  // Of EXPLAIN, which runs nothing.
};

}  // namespace partnergraph
