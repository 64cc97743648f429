// The graph's structure in memory: for each node its rows (edges as seen from it) in columns, in
// the order in which the store keeps them. A Topology is one state and never changes: a base of
// compressed sparse rows, which lies in one mapping (topology_base.h), and over it the nodes that
// were changed since, each with its rows as a list of slices that point into the base or into small
// blocks of their own. A new state shares everything with the one before it but what it changed, so
// that readers never wait for the writer.
//
//   node -> slices -> columns: others | facts | dates | confidences | source counts | ...
//
// All const methods are thread-safe. Limits: node ids, fact ids and rows fit 32 bits.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/edge_source.h"
#include "graph/ids.h"
#include "graph/kv_store.h"
#include "graph/persistent_array.h"
#include "graph/row_columns.h"
#include "graph/schema.h"
#include "graph/topology_base.h"
#include "graph/vocabulary.h"

namespace partnergraph {

// What is known of a node beside its rows. The name dies with the topology; it is empty for a
// partnership that is named by its parties.
struct TopologyNode {
  NodeKind kind{};
  std::string_view name;
  FactId fact{};          // Of a partnership.
  uint8_t deal_kind = 0;  // Of a partnership: 1 + its position among PartnershipKinds, or 0.
};

// A node that was changed since the base was made; also every node that the base does not have.
struct NodePatch {
  struct Piece {
    RowSlice slice;
    std::shared_ptr<const RowBlock> block;  // Null: the slice lies in the base.
  };
  NodeKind kind{};  // NodeKind{}: there is no such node.
  std::string name;
  FactId fact{};
  uint8_t deal_kind = 0;
  uint8_t status_mask = 0;
  uint32_t degree = 0;
  std::vector<Piece> pieces;  // In stored order; none is empty.
};

struct TopologyStats {
  uint64_t node_count_max = 0;  // Ids in use are below it.
  uint64_t row_count = 0;       // Two for each edge.
  uint64_t patched_nodes = 0;
  uint64_t patched_rows = 0;  // Rows put into blocks since the base was made.
  uint64_t row_bytes = 0;     // Columns, runs and slices of rows.
  uint64_t node_bytes = 0;    // Everything that is there for each node.
};

// A node with these rows, in stored order.
NodePatch MakeNodePatch(const TopologyNode& node, std::span<const AdjacentEdge> rows);

class Topology {
 public:
  // The state that a base holds.
  explicit Topology(std::shared_ptr<const TopologyBase> base);

  Sequence sequence() const { return sequence_; }
  // Ids of nodes are below it; what visited sets are sized by.
  uint32_t node_end() const { return node_end_; }
  uint64_t row_count() const { return row_count_; }

  // NodeKind{} when there is no such node.
  NodeKind KindOf(uint32_t node) const;
  // nullopt when there is none.
  std::optional<TopologyNode> NodeAt(NodeId node) const;
  // Fetch what is known of a node, and then its name, into the processor's cache: NodeAt of many
  // nodes would else wait for memory for each of them in turn.
  void PrefetchNode(uint32_t node) const {
    if (node < base_node_end_) base_->PrefetchNode(node);
  }
  void PrefetchName(uint32_t node) const {
    if (node < base_node_end_) base_->PrefetchName(node);
  }
  // Number of rows.
  uint32_t Degree(uint32_t node) const;

  // Calls `visit(const RowSlice&)` for the slices of a node, in stored order, until it returns
  // false. A node that does not exist has none.
  template <typename Visit>
  bool ForEachSlice(uint32_t node, Visit visit) const;

  // The rows of a node as one run of neighbours when they lie in one piece; nullopt otherwise, and
  // then ForEachSlice gives them. `status_mask` is that of all rows.
  struct Neighbors {
    const uint32_t* others = nullptr;
    uint32_t size = 0;
    uint8_t status_mask = 0;
  };
  std::optional<Neighbors> AllNeighbors(uint32_t node) const;

  // What a row says of its edge: all but the kind of the other node, which would have to be looked
  // up.
  static AdjacentEdge RowAt(NodeId node, const RowSlice& slice, uint32_t index);
  // The edge of a row.
  AdjacentEdge EdgeAt(NodeId node, const RowSlice& slice, uint32_t index) const;

  TopologyStats Stats() const;

  // A state with further changes, read from the writes of a commit: rows of the adj family and
  // records of nodes, all of one namespace. DATA_LOSS for rows that cannot be decoded,
  // RESOURCE_EXHAUSTED for ids that do not fit.
  absl::StatusOr<std::shared_ptr<const Topology>> WithChanges(std::span<const KvWrite> writes,
                                                              Sequence sequence) const;
  // A state in which one node is as the patch has it. For replays.
  std::shared_ptr<const Topology> WithNode(NodeId node, NodePatch patch, Sequence sequence) const;

  // The same state at a later sequence.
  std::shared_ptr<const Topology> WithSequence(Sequence sequence) const;

  const std::shared_ptr<const TopologyBase>& base() const { return base_; }

 private:
  // Bits of nodes that have a patch in some state of this base; shared by all of them. A set bit
  // may be of a later state, a clear one is certain.
  using PatchedBits = std::vector<std::atomic<uint64_t>>;

  const NodePatch* FindPatch(uint32_t node) const;
  NodePatch PatchOf(uint32_t node) const;
  void Put(uint32_t node, NodePatch patch);

  std::shared_ptr<const TopologyBase> base_;
  std::shared_ptr<PatchedBits> patched_;
  PersistentArray<NodePatch> patches_;
  Sequence sequence_{};
  uint32_t node_end_ = 0;
  uint32_t base_node_end_ = 0;
  uint64_t row_count_ = 0;
  uint64_t patched_rows_ = 0;
  uint64_t patched_nodes_ = 0;
  uint64_t patch_bytes_ = 0;
};

inline const NodePatch* Topology::FindPatch(uint32_t node) const {
  if (node < base_node_end_) {
    if (patched_nodes_ == 0) return nullptr;
    const uint64_t word = (*patched_)[node / 64].load(std::memory_order_relaxed);
    if ((word >> (node % 64) & 1) == 0) return nullptr;
  }
  return patches_.Find(node);
}

inline NodeKind Topology::KindOf(uint32_t node) const {
  if (const NodePatch* patch = FindPatch(node)) return patch->kind;
  return node < base_node_end_ ? static_cast<NodeKind>(base_->kinds()[node]) : NodeKind{};
}

inline uint32_t Topology::Degree(uint32_t node) const {
  if (const NodePatch* patch = FindPatch(node)) return patch->degree;
  return node < base_node_end_ ? base_->row_begins()[node + 1] - base_->row_begins()[node] : 0;
}

inline std::optional<Topology::Neighbors> Topology::AllNeighbors(uint32_t node) const {
  if (const NodePatch* patch = FindPatch(node)) {
    if (patch->pieces.size() > 1) return std::nullopt;
    if (patch->pieces.empty()) return Neighbors{};
    const RowSlice& slice = patch->pieces[0].slice;
    return Neighbors{slice.others(), slice.size, slice.status_mask};
  }
  if (node >= base_node_end_) return Neighbors{};
  const uint32_t begin = base_->row_begins()[node];
  return Neighbors{base_->columns().others + begin, base_->row_begins()[node + 1] - begin,
                   base_->status_masks()[node]};
}

template <typename Visit>
bool Topology::ForEachSlice(uint32_t node, Visit visit) const {
  if (const NodePatch* patch = FindPatch(node)) {
    for (const NodePatch::Piece& piece : patch->pieces) {
      if (!visit(piece.slice)) return false;
    }
    return true;
  }
  if (node >= base_node_end_) return true;
  RowSlice slice{.columns = &base_->columns(), .begin = base_->row_begins()[node]};
  const uint32_t run_end = base_->run_begins()[node + 1];
  for (uint32_t run = base_->run_begins()[node]; run < run_end; ++run) {
    const TopologyRun& row_run = base_->runs()[run];
    slice.size = row_run.size;
    slice.type = EdgeType{row_run.type};
    slice.direction = static_cast<Direction>(row_run.direction);
    slice.status_mask = row_run.status_mask;
    if (!visit(slice)) return false;
    slice.begin += slice.size;
  }
  return true;
}

}  // namespace partnergraph
