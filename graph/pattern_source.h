// What a pattern query reads: edges, names, nodes. The store implements it over one snapshot.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "graph/date.h"
#include "graph/edge_source.h"
#include "graph/ids.h"
#include "graph/records.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {

// What a query may ask of a node.
struct PatternNodeValues {
  NodeSummary node;
  uint64_t degree = 0;
  uint32_t article_count = 0;
  std::string org_type;
  // Of a partnership, `deal_kind` always, the others when they were asked for.
  std::string deal_kind;
  Date date;
  FactStatus status{};
  float confidence = 0;
  uint32_t source_count = 0;
  std::string location;
};

// What a read of nodes takes beyond their records.
struct PatternReads {
  bool names = false;  // Of partnerships, too, whose names are made from their parties.
  bool facts = false;  // Of partnerships: date and what follows.
};

// How many nodes and edges there are, for estimates.
struct PatternTotals {
  std::array<uint64_t, 5> nodes{};  // By NodeKind.
  absl::flat_hash_map<EdgeType, uint64_t> edges;
};

class PatternSource {
 public:
  virtual ~PatternSource() = default;

  virtual const Schema& schema() const = 0;
  virtual EdgeSource& edges() = 0;
  virtual absl::StatusOr<PatternTotals> Totals() = 0;

  // Nodes with a name that normalizes as `name` does, ascending, at most `limit`.
  virtual absl::StatusOr<std::vector<NodeId>> NodesNamed(std::string_view name, size_t limit) = 0;

  // In the order of `nodes`; nullopt where there is none. A fixed number of round trips.
  virtual absl::StatusOr<std::vector<std::optional<PatternNodeValues>>> ReadNodes(
      std::span<const NodeId> nodes, const PatternReads& reads) = 0;

  // The nodes after `after` in ascending order, until about `rows_max` stored rows were read.
  struct NodeSlice {
    std::vector<NodeSummary> nodes;  // Without names.
    uint64_t rows_read = 0;
    NodeId last{};  // Where to go on.
    bool more = false;
  };
  virtual absl::StatusOr<NodeSlice> ScanNodes(NodeId after, uint32_t rows_max) = 0;
};

}  // namespace partnergraph
