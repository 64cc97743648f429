#include "graph/topology.h"

#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/keys.h"
#include "graph/record_codec.h"
#include "graph/status_macros.h"
#include "graph/topology_record.h"

namespace partnergraph {
namespace {

// Rows of one block: small enough to be copied for each new row, large enough that a busy node has
// few.
constexpr size_t kBlockRowsMax = 256;

// What orders the rows of a node.
using RowKey = std::tuple<Direction, EdgeType, uint32_t, uint32_t, uint32_t>;

RowKey KeyOf(const AdjacentEdge& row) {
  return {row.direction, row.type, ~row.packed_date, static_cast<uint32_t>(ToInt(row.other)),
          static_cast<uint32_t>(ToInt(row.fact))};
}
RowKey KeyOf(const RowSlice& slice, uint32_t index) {
  const uint32_t row = slice.begin + index;
  return {slice.direction, slice.type, ~slice.columns->dates[row], slice.columns->others[row],
          slice.columns->facts[row]};
}

AdjacentEdge MakeEdge(const RowSlice& slice, uint32_t index) {
  const RowColumns& columns = *slice.columns;
  const uint32_t row = slice.begin + index;
  AdjacentEdge edge;
  edge.other = NodeId{columns.others[row]};
  edge.type = slice.type;
  edge.direction = slice.direction;
  edge.fact = FactId{columns.facts[row]};
  edge.packed_date = columns.dates[row];
  edge.status = static_cast<FactStatus>(columns.statuses[row]);
  edge.confidence = columns.confidences[row];
  edge.source_count = columns.SourceCount(row);
  edge.role = static_cast<EdgeRole>(columns.roles[row]);
  edge.title = columns.Title(row);
  return edge;
}

// The first row of the slice that is not before `key`.
uint32_t LowerBound(const RowSlice& slice, const RowKey& key) {
  uint32_t begin = 0, end = slice.size;
  while (begin < end) {
    const uint32_t middle = begin + (end - begin) / 2;
    if (KeyOf(slice, middle) < key) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

RowSlice Part(const RowSlice& slice, uint32_t begin, uint32_t end) {
  RowSlice part = slice;
  part.begin += begin;
  part.size = end - begin;
  return part;
}

NodePatch::Piece MakePiece(std::span<const AdjacentEdge> rows) {
  auto block = std::make_shared<const RowBlock>(rows);
  return {block->slice(), block};
}

std::vector<AdjacentEdge> RowsOf(const RowSlice& slice) {
  std::vector<AdjacentEdge> rows;
  rows.reserve(slice.size + 1);
  for (uint32_t i = 0; i < slice.size; ++i) rows.push_back(MakeEdge(slice, i));
  return rows;
}

// The first piece whose last row is not before `key`.
size_t FindPiece(const NodePatch& patch, const RowKey& key) {
  return static_cast<size_t>(std::partition_point(patch.pieces.begin(), patch.pieces.end(),
                                                  [&](const NodePatch::Piece& piece) {
                                                    return KeyOf(piece.slice,
                                                                 piece.slice.size - 1) < key;
                                                  }) -
                             patch.pieces.begin());
}

bool SameRun(const RowSlice& slice, const AdjacentEdge& row) {
  return slice.type == row.type && slice.direction == row.direction;
}

// True when the piece is a block that has room for one more row of the run.
bool HasRoom(const NodePatch::Piece& piece, const AdjacentEdge& row) {
  return piece.block != nullptr && SameRun(piece.slice, row) && piece.slice.size < kBlockRowsMax;
}

void AddToPiece(NodePatch::Piece& piece, uint32_t position, const AdjacentEdge& row) {
  std::vector<AdjacentEdge> rows = RowsOf(piece.slice);
  rows.insert(rows.begin() + position, row);
  piece = MakePiece(rows);
}

// Takes the row out. False when it is not there.
bool RemoveRow(NodePatch& patch, const RowKey& key) {
  const size_t at = FindPiece(patch, key);
  if (at == patch.pieces.size()) return false;
  NodePatch::Piece& piece = patch.pieces[at];
  const uint32_t position = LowerBound(piece.slice, key);
  if (position == piece.slice.size || KeyOf(piece.slice, position) != key) return false;
  --patch.degree;
  if (piece.slice.size == 1) {
    patch.pieces.erase(patch.pieces.begin() + static_cast<ptrdiff_t>(at));
  } else if (position == 0) {
    piece.slice = Part(piece.slice, 1, piece.slice.size);
  } else if (position + 1 == piece.slice.size) {
    piece.slice = Part(piece.slice, 0, position);
  } else {
    NodePatch::Piece rest = piece;
    rest.slice = Part(piece.slice, position + 1, piece.slice.size);
    piece.slice = Part(piece.slice, 0, position);
    patch.pieces.insert(patch.pieces.begin() + static_cast<ptrdiff_t>(at) + 1, std::move(rest));
  }
  return true;
}

// Puts the row in; one with the same key must not be there.
void InsertRow(NodePatch& patch, const AdjacentEdge& row) {
  const RowKey key = KeyOf(row);
  const size_t at = FindPiece(patch, key);
  ++patch.degree;
  patch.status_mask |= StatusBit(static_cast<uint8_t>(row.status));
  const auto here = patch.pieces.begin() + static_cast<ptrdiff_t>(at);
  const uint32_t position = at < patch.pieces.size() ? LowerBound(patch.pieces[at].slice, key) : 0;
  if (at < patch.pieces.size() && HasRoom(patch.pieces[at], row)) {
    AddToPiece(patch.pieces[at], position, row);
  } else if (position == 0 && at > 0 && HasRoom(patch.pieces[at - 1], row)) {
    AddToPiece(patch.pieces[at - 1], patch.pieces[at - 1].slice.size, row);
  } else if (position == 0) {
    patch.pieces.insert(here, MakePiece({&row, 1}));
  } else {
    // In the middle of a long piece.
    NodePatch::Piece rest = patch.pieces[at];
    rest.slice = Part(rest.slice, position, rest.slice.size);
    patch.pieces[at].slice = Part(patch.pieces[at].slice, 0, position);
    const NodePatch::Piece pieces[] = {MakePiece({&row, 1}), std::move(rest)};
    patch.pieces.insert(here + 1, std::begin(pieces), std::end(pieces));
  }
}

size_t BytesOf(const NodePatch& patch) {
  size_t bytes = sizeof(NodePatch) + patch.name.size() + 8 * 16 * 16;  // With its path, about.
  for (const NodePatch::Piece& piece : patch.pieces) {
    bytes += sizeof(piece) + (piece.block == nullptr ? 0 : piece.block->bytes());
  }
  return bytes;
}

absl::Status CheckId(uint64_t id, std::string_view what) {
  if (id < UINT32_MAX) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrCat(absl::string_view(what.data(), what.size()), " ",
                                                   id, " does not fit the topology"));
}

}  // namespace

Topology::Topology(std::shared_ptr<const TopologyBase> base)
    : base_(std::move(base)),
      patched_(std::make_shared<PatchedBits>(base_->node_end() / 64 + 1)),
      sequence_(base_->sequence()),
      node_end_(base_->node_end()),
      base_node_end_(base_->node_end()),
      row_count_(base_->row_count()) {}

std::optional<TopologyNode> Topology::NodeAt(NodeId node) const {
  if (ToInt(node) >= node_end_) return std::nullopt;
  const auto index = static_cast<uint32_t>(ToInt(node));
  if (const NodePatch* patch = FindPatch(index)) {
    if (patch->kind == NodeKind{}) return std::nullopt;
    return TopologyNode{patch->kind, patch->name, patch->fact, patch->deal_kind};
  }
  if (index >= base_node_end_ || base_->kinds()[index] == 0) return std::nullopt;
  TopologyNode out{.kind = static_cast<NodeKind>(base_->kinds()[index]),
                   .name = base_->NameOf(index)};
  if (out.kind == NodeKind::kPartnership) {  // Only there is more to fetch from memory.
    out.fact = FactId{base_->DealFactOf(index)};
    out.deal_kind = base_->DealKindOf(index);
  }
  return out;
}

AdjacentEdge Topology::RowAt(NodeId node, const RowSlice& slice, uint32_t index) {
  AdjacentEdge edge = MakeEdge(slice, index);
  edge.node = node;
  return edge;
}

AdjacentEdge Topology::EdgeAt(NodeId node, const RowSlice& slice, uint32_t index) const {
  AdjacentEdge edge = RowAt(node, slice, index);
  edge.other_kind = KindOf(static_cast<uint32_t>(ToInt(edge.other)));
  return edge;
}

TopologyStats Topology::Stats() const {
  TopologyStats stats;
  stats.node_count_max = node_end_;
  stats.row_count = row_count_;
  stats.patched_nodes = patched_nodes_;
  stats.patched_rows = patched_rows_;
  stats.row_bytes = base_->RowBytes() + patch_bytes_;
  stats.node_bytes = base_->NodeBytes() + patched_->size() * sizeof(uint64_t);
  return stats;
}

NodePatch Topology::PatchOf(uint32_t node) const {
  if (const NodePatch* patch = FindPatch(node)) return *patch;
  NodePatch patch;
  if (node >= base_node_end_) return patch;
  patch.kind = static_cast<NodeKind>(base_->kinds()[node]);
  patch.name = std::string(base_->NameOf(node));
  patch.fact = FactId{base_->DealFactOf(node)};
  patch.deal_kind = base_->DealKindOf(node);
  patch.status_mask = base_->status_masks()[node];
  patch.degree = Degree(node);
  ForEachSlice(node, [&](const RowSlice& slice) {
    patch.pieces.push_back({slice, nullptr});
    return true;
  });
  return patch;
}

void Topology::Put(uint32_t node, NodePatch patch) {
  const NodePatch* const before = FindPatch(node);
  row_count_ = row_count_ - Degree(node) + patch.degree;
  if (before == nullptr) ++patched_nodes_;
  patch_bytes_ = patch_bytes_ - (before == nullptr ? 0 : BytesOf(*before)) + BytesOf(patch);
  if (node < base_node_end_) {
    (*patched_)[node / 64].fetch_or(uint64_t{1} << (node % 64), std::memory_order_relaxed);
  }
  node_end_ = std::max(node_end_, node + 1);
  patches_.Set(node, std::move(patch));
}

absl::StatusOr<std::shared_ptr<const Topology>> Topology::WithChanges(
    std::span<const KvWrite> writes, Sequence sequence) const {
  std::map<uint32_t, NodePatch> changed;
  const auto patch_of = [&](uint32_t node) -> NodePatch& {
    const auto found = changed.find(node);
    if (found != changed.end()) return found->second;
    return changed.emplace(node, PatchOf(node)).first->second;
  };
  auto next = std::make_shared<Topology>(*this);
  next->sequence_ = sequence;
  for (const KvWrite& write : writes) {
    if (write.cf == ColumnFamily::kAdj) {
      AdjRow row;
      if (write.value.has_value()) {
        PG_ASSIGN_OR_RETURN(row, DecodeAdjRow(write.key, *write.value));
      } else {
        PG_ASSIGN_OR_RETURN(row.edge, DecodeAdjKey(write.key));
      }
      PG_RETURN_IF_ERROR(CheckId(ToInt(row.edge.node), "node"));
      PG_RETURN_IF_ERROR(CheckId(ToInt(row.edge.other), "node"));
      PG_RETURN_IF_ERROR(CheckId(ToInt(row.edge.fact), "fact"));
      next->node_end_ = std::max(next->node_end_, static_cast<uint32_t>(ToInt(row.edge.other)) + 1);
      NodePatch& patch = patch_of(static_cast<uint32_t>(ToInt(row.edge.node)));
      RemoveRow(patch, KeyOf(row.edge));
      if (write.value.has_value()) {
        InsertRow(patch, row.edge);
        ++next->patched_rows_;
      }
    } else if (write.cf == ColumnFamily::kNode && write.key.size() == kNodePrefixBytes) {
      const uint64_t id = ReadU64(write.key, kNodePrefixBytes - 8);
      PG_RETURN_IF_ERROR(CheckId(id, "node"));
      NodePatch& patch = patch_of(static_cast<uint32_t>(id));
      if (!write.value.has_value()) {
        patch.kind = NodeKind{};
        patch.name.clear();
        patch.fact = FactId{};
        patch.deal_kind = 0;
        continue;
      }
      PG_ASSIGN_OR_RETURN(const auto record,
                          DecodeRecord<storage::NodeRecord>(*write.value, "node record"));
      PG_RETURN_IF_ERROR(CheckId(record.fact(), "fact"));
      const TopologyNode node = ToTopologyNode(record);
      patch.kind = node.kind;
      patch.name = std::string(node.name);
      patch.fact = node.fact;
      patch.deal_kind = node.deal_kind;
    }
  }
  for (auto& [node, patch] : changed) next->Put(node, std::move(patch));
  return next;
}

std::shared_ptr<const Topology> Topology::WithNode(NodeId node, NodePatch patch,
                                                   Sequence sequence) const {
  auto next = std::make_shared<Topology>(*this);
  next->sequence_ = sequence;
  next->patched_rows_ += patch.degree;
  next->Put(static_cast<uint32_t>(ToInt(node)), std::move(patch));
  return next;
}

std::shared_ptr<const Topology> Topology::WithSequence(Sequence sequence) const {
  auto next = std::make_shared<Topology>(*this);
  next->sequence_ = sequence;
  return next;
}

NodePatch MakeNodePatch(const TopologyNode& node, std::span<const AdjacentEdge> rows) {
  NodePatch patch;
  patch.kind = node.kind;
  patch.name = std::string(node.name);
  patch.fact = node.fact;
  patch.deal_kind = node.deal_kind;
  patch.degree = static_cast<uint32_t>(rows.size());
  for (size_t begin = 0; begin < rows.size();) {
    size_t end = begin;
    while (end < rows.size() && rows[end].type == rows[begin].type &&
           rows[end].direction == rows[begin].direction) {
      patch.status_mask |= StatusBit(static_cast<uint8_t>(rows[end].status));
      ++end;
    }
    patch.pieces.push_back(MakePiece(rows.subspan(begin, end - begin)));
    begin = end;
  }
  return patch;
}

TopologyNode ToTopologyNode(const storage::NodeRecord& record) {
  TopologyNode node;
  node.kind = static_cast<NodeKind>(record.kind());
  node.name = record.name();
  node.fact = FactId{record.fact()};
  const std::span<const std::string_view> kinds = PartnershipKinds();
  const auto kind = std::ranges::find(kinds, record.deal_kind());
  if (kind != kinds.end()) node.deal_kind = static_cast<uint8_t>(1 + (kind - kinds.begin()));
  return node;
}

}  // namespace partnergraph
