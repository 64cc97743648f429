// An edge as a read gives it while it walks over what it read: nothing is copied. For answers that
// are written out at once.
#pragma once

#include <cstdint>
#include <string_view>

#include "graph/date.h"
#include "graph/ids.h"
#include "graph/records.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {

struct NodeRow {
  NodeId id{};
  NodeKind kind{};
  std::string_view name;
};

// As Edge in records.h, without evidence.
struct EdgeRow {
  FactId fact{};
  EdgeType type{};
  NodeRow source;
  NodeRow target;
  std::string_view role;
  std::string_view title;
  Date date;
  FactStatus status{};
  float confidence = 0;
  uint32_t source_count = 0;
  NodeId partnership{};
  std::string_view partnership_kind;
};

// The row of an edge; lives as long as the edge.
inline EdgeRow ToRow(const Edge& edge) {
  return {.fact = edge.fact,
          .type = edge.type,
          .source = {edge.source.id, edge.source.kind, edge.source.name},
          .target = {edge.target.id, edge.target.kind, edge.target.name},
          .role = edge.role,
          .title = edge.title,
          .date = edge.date,
          .status = edge.status,
          .confidence = edge.confidence,
          .source_count = edge.source_count,
          .partnership = edge.partnership,
          .partnership_kind = edge.partnership_kind};
}

}  // namespace partnergraph
