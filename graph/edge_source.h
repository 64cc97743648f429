// Where traversals get their edges from: a whole frontier in one call, filters decided on the
// stored row. The store implements it over the KvStore; rows in memory can take its place without a
// change above.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/ids.h"
#include "graph/query.h"
#include "graph/records.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {

// One edge as seen from a node: everything that filters need, nothing that needs another read.
struct AdjacentEdge {
  NodeId node{};
  NodeId other{};
  NodeKind other_kind{};
  EdgeType type{};
  Direction direction{};
  FactId fact{};
  uint32_t packed_date = 0;  // See PackDate.
  FactStatus status{};
  float confidence = 0;
  uint32_t source_count = 0;
  EdgeRole role{};  // Of an edge to or from a deal.
  // Of an EMPLOYED_BY edge; lives as long as the source of the edge.
  std::string_view title;
  // The deal's node on a PARTNER_WITH edge that a traversal derived from two PARTY_TO edges of one
  // deal: confidence and sources are the smaller ones of the two, the date is the later one; 0 on
  // every stored edge.
  NodeId partnership{};
};

// True when the filter keeps the edge. Types and direction are checked too. Dates honour precision
// and bound: a fact is kept when it can have happened in the window.
bool Keeps(const FactFilter& filter, const AdjacentEdge& edge);

// What an expansion may read, and what it has read.
struct ScanBudget {
  uint64_t edges_left = 0;     // Counted down by every stored edge that is read, kept or not.
  uint64_t edges_scanned = 0;  // Counted up by the same.
  std::function<std::optional<Budget::Stop>()>
      should_stop;  // May be empty. Asked at least every 256 edges.
};

// What one expansion did with one node of the frontier.
struct Expansion {
  uint64_t kept = 0;     // Edges given to the sink.
  bool complete = true;  // False: per_node_limit, the scan budget or the sink cut it, or may have.
};

class EdgeSource {
 public:
  virtual ~EdgeSource() = default;

  // Every id that the source knows is below it, so that sets of nodes can be bitmaps; 0 when the
  // source does not know, or when ids are too many for that.
  virtual uint32_t node_end() const { return 0; }

  // Gives the edges of each node of `frontier` that the filter keeps to `sink`, node by node in the
  // order given, in stored order (out before in, by type, newest first, undated last) and at most
  // `per_node_limit` for each. The sink returns false to end the expansion. Nodes whose turn did
  // not come have complete == false. CANCELLED or DEADLINE_EXCEEDED when should_stop says so;
  // DATA_LOSS, UNAVAILABLE from the store.
  using Sink = absl::FunctionRef<bool(size_t index, const AdjacentEdge& edge)>;
  virtual absl::StatusOr<std::vector<Expansion>> Expand(std::span<const NodeId> frontier,
                                                        const FactFilter& filter,
                                                        uint32_t per_node_limit, ScanBudget& budget,
                                                        Sink sink) = 0;

  // Name, kind and degree of each node, in order. NOT_FOUND names the first that does not exist;
  // of nodes that an edge led to, ask DescribeReached.
  virtual absl::StatusOr<std::vector<RingNode>> Describe(std::span<const NodeId> nodes) = 0;

  // The edges in full (names, role, title, deal's kind), in order. The source is `node` when the
  // direction is kOut, else `other`. A derived PARTNER_WITH edge (see AdjacentEdge::partnership)
  // gets the deal's fact, node and kind.
  virtual absl::StatusOr<std::vector<Edge>> Materialize(std::span<const AdjacentEdge> edges) = 0;
};

// Describes nodes that edges led to: one that does not exist is DATA_LOSS.
absl::StatusOr<std::vector<RingNode>> DescribeReached(EdgeSource& source,
                                                      std::span<const NodeId> nodes);

}  // namespace partnergraph
