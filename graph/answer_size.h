// Sizes that Budget::bytes_max counts: what a part of an answer takes on the wire, about.
#pragma once

#include <cstdint>

#include "graph/query.h"
#include "graph/records.h"

namespace partnergraph {

// No node or edge of an answer counts for less; bounds what a query holds before names are read.
inline constexpr uint64_t kNodeBytesMin = 16;
inline constexpr uint64_t kEdgeBytesMin = 64;

uint64_t ByteSize(const NodeSummary& node);
uint64_t ByteSize(const Edge& edge);

}  // namespace partnergraph
