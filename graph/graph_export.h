// Writes a graph, or what lies around some nodes, for other programs: one snapshot, read in slices,
// handed on as bytes. Memory is bounded by a slice and, of a part of a graph, by its nodes' ids.
//
// A snapshot holds back the engine's clean-up for as long as it lives, and an engine may end it
// after KvLimits::snapshot_age_max. The embedded one keeps it; on one that does not, an export of a
// graph that takes longer fails, and has to be taken node by node.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/export_format.h"
#include "graph/ids.h"
#include "graph/query.h"
#include "graph/vocabulary.h"

namespace partnergraph {

struct ExportQuery {
  ExportFormat format{};
  // Empty: the whole graph. Else what lies within `hops` stored edges of these: a partner in a deal
  // is two hops away.
  std::vector<NodeId> nodes;
  uint32_t hops = 1;
  // Keeps edges; its direction is that in which hops are followed, and is kBoth for a whole graph.
  // No statuses: every one, DENIED too, so that nothing is lost.
  FactFilter filter;
  std::vector<NodeKind> node_kinds;  // Empty: every kind. Edges need both of their nodes.
  // ExportPart::next_position of the same query, or empty. FAILED_PRECONDITION when the graph has
  // changed since.
  std::string position;
  // should_stop holds for all of it; edges_scanned_max and nodes_max for finding what lies around
  // nodes, per_node_limit too.
  Budget budget;
};

// A part is sent when it has this many bytes; a record more, at most.
inline constexpr size_t kExportPartBytes = 128 << 10;

struct ExportPart {
  std::string file;   // Which file the bytes belong to, such as "nodes.csv"; files do not mix.
  std::string bytes;  // Whole records.
  // So far, parts before the position included.
  uint64_t node_count = 0;
  uint64_t edge_count = 0;
  // Where to go on behind these bytes. Empty: they are the last.
  std::string next_position;
};

struct ExportEnd {
  uint64_t node_count = 0;
  uint64_t edge_count = 0;
  // Of a whole graph how many there are, filters left aside; of a part of one its nodes.
  uint64_t node_total = 0;
  uint64_t edge_total = 0;  // 0: not known.
  std::string next_position;
  // kDeadline: go on at next_position. Others: what lies around the nodes is not all there.
  std::optional<Truncation> truncation;
};

}  // namespace partnergraph
