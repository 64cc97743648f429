// StoreView: what the rows in memory answer.
#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "graph/answer_size.h"
#include "graph/hop.h"
#include "graph/keys.h"
#include "graph/path_answer.h"
#include "graph/row_filter.h"
#include "graph/status_macros.h"
#include "graph/store_view.h"
#include "graph/topology_walk.h"
#include "graph/traversal.h"

namespace partnergraph {
namespace {

// How many names ahead of the one that is written are fetched.
constexpr size_t kNamesAhead = 32;

uint32_t Index(NodeId node) { return static_cast<uint32_t>(ToInt(node)); }

// The rows of one page: those that the filter keeps, from a position on.
class PageReader {
 public:
  PageReader(const EdgeListQuery& query, const Topology& topology, uint32_t degree)
      : query_(query), topology_(topology), filter_(query.filter), degree_(degree) {
    kept.reserve(std::min(query.page_size, degree));
  }

  void Read(const std::optional<AdjacentEdge>& after) {
    topology_.ForEachSlice(Index(query_.node), [&](const RowSlice& slice) {
      uint32_t begin = 0;
      if (after.has_value()) {
        begin = FirstAfter(slice, *after);
        if (begin == slice.size) return true;
      }
      return ReadSlice(slice, begin);
    });
  }

  // The last row that was kept, or read when the budget ended the page; null when there is none.
  const AdjacentEdge* Last() const {
    if (last_.has_value()) return &*last_;
    return kept.empty() ? nullptr : &kept.back();
  }

  std::vector<AdjacentEdge> kept;  // Without the kinds of their other nodes.
  bool more = false;
  std::optional<Truncation> truncation;
  uint64_t scanned = 0;

 private:
  bool ReadSlice(const RowSlice& slice, uint32_t begin) {
    const RowFilter::SliceMatch match = filter_.Match(slice);
    if (match == RowFilter::SliceMatch::kNone) return true;
    for (uint32_t i = begin; i < slice.size; ++i) {
      if (scanned == query_.edges_scanned_max) {
        // A page that is full already is not cut: the next one begins behind it.
        if (kept.size() < query_.page_size) {
          truncation =
              Truncation{TruncationReason::kEdgesScanned, {{query_.node, degree_, kept.size()}}, 1};
        }
        more = true;
        return false;
      }
      ++scanned;
      const bool keeps = match == RowFilter::SliceMatch::kAll || filter_.KeepsRow(slice, i);
      if (kept.size() == query_.page_size) {
        more = keeps;
        if (keeps) return false;
        continue;
      }
      if (keeps) {
        kept.push_back(Topology::RowAt(query_.node, slice, i));
        topology_.PrefetchNode(Index(kept.back().other));
        last_.reset();
      } else if (scanned == query_.edges_scanned_max) {
        last_ = Topology::RowAt(query_.node, slice, i);
      }
    }
    return true;
  }

  // The first row of the slice that comes after `row` in stored order.
  static uint32_t FirstAfter(const RowSlice& slice, const AdjacentEdge& row) {
    if (std::pair(slice.direction, slice.type) != std::pair(row.direction, row.type)) {
      return std::pair(slice.direction, slice.type) < std::pair(row.direction, row.type)
                 ? slice.size
                 : 0;
    }
    const auto key = std::tuple(~row.packed_date, ToInt(row.other), ToInt(row.fact));
    uint32_t begin = 0, end = slice.size;
    while (begin < end) {
      const uint32_t middle = begin + (end - begin) / 2;
      const uint32_t at = slice.begin + middle;
      const RowColumns& columns = *slice.columns;
      if (std::tuple(~columns.dates[at], uint64_t{columns.others[at]},
                     uint64_t{columns.facts[at]}) <= key) {
        begin = middle + 1;
      } else {
        end = middle;
      }
    }
    return begin;
  }

  const EdgeListQuery& query_;
  const Topology& topology_;
  const RowFilter filter_;
  const uint32_t degree_;
  std::optional<AdjacentEdge> last_;  // Read after the last that was kept, when the budget ended.
};

}  // namespace

absl::StatusOr<EdgeList> StoreView::ReadPageInMemory(const EdgeListQuery& query,
                                                     std::vector<AdjacentEdge>& kept) const {
  std::optional<AdjacentEdge> after;
  if (!query.position.empty()) {
    const absl::StatusOr<AdjacentEdge> position =
        DecodeAdjKey(reader_.keys().Node(query.node) + query.position);
    const bool fits =
        position.ok() &&
        (query.filter.types.empty() ||
         std::ranges::find(query.filter.types, position->type) != query.filter.types.end()) &&
        (position->direction == Direction::kOut || position->direction == Direction::kIn) &&
        (query.filter.direction == DirectionFilter::kBoth ||
         static_cast<int>(query.filter.direction) == static_cast<int>(position->direction));
    if (!fits) {
      return absl::InvalidArgumentError("the position does not belong to this list of edges");
    }
    after = *position;
  }
  PageReader page(query, *topology_, topology_->Degree(Index(query.node)));
  page.Read(after);
  EdgeList list;
  list.truncation = std::move(page.truncation);
  list.stats.edges_scanned = page.scanned;
  if (page.more) {
    const AdjacentEdge* const last = page.Last();
    list.next_position = last != nullptr ? EdgePosition(*last) : query.position;
  }
  kept = std::move(page.kept);
  return list;
}

absl::StatusOr<EdgeList> StoreView::ListEdgesInMemory(const EdgeListQuery& query) {
  std::vector<AdjacentEdge> kept;
  PG_ASSIGN_OR_RETURN(EdgeList list, ReadPageInMemory(query, kept));
  PG_ASSIGN_OR_RETURN(list.edges, Materialize(kept));
  return FinishList(query, std::move(list));
}

absl::StatusOr<EdgeList> StoreView::VisitEdges(const EdgeListQuery& query, EdgeVisitor visit) {
  if (topology_ == nullptr) {
    PG_ASSIGN_OR_RETURN(EdgeList list, ListEdges(query));
    for (const Edge& edge : list.edges) visit(ToRow(edge));
    list.edges.clear();
    return list;
  }
  PG_RETURN_IF_ERROR(CheckNodes({&query.node, 1}));
  std::vector<AdjacentEdge> kept;
  PG_ASSIGN_OR_RETURN(EdgeList list, ReadPageInMemory(query, kept));
  // Where every name is at hand; a partnership that is named by its parties is not.
  const std::span<const std::string_view> kinds = PartnershipKinds();
  const auto knows_deal = [&](const TopologyNode& node, std::string_view& deal_kind) {
    if (node.kind != NodeKind::kPartnership) return true;
    if (node.deal_kind == 0) return false;
    deal_kind = kinds[node.deal_kind - 1];
    return true;
  };
  const auto node_row = [&](NodeId id, NodeRow& row, std::string_view& deal_kind) {
    const std::optional<TopologyNode> node = topology_->NodeAt(id);
    if (!node.has_value() || node->name.empty()) return false;
    row = {id, node->kind, node->name};
    return knows_deal(*node, deal_kind);
  };
  NodeRow own;
  std::string_view own_kind;
  bool own_known = false;
  if (query.asked_node_as_id) {  // Then its name need not be at hand.
    own = {.id = query.node};
    const std::optional<TopologyNode> node = topology_->NodeAt(query.node);
    own_known = node.has_value() && knows_deal(*node, own_kind);
  } else {
    own_known = node_row(query.node, own, own_kind);
  }
  const auto visit_edge = [&](const Edge& edge) {
    EdgeRow row = ToRow(edge);
    if (query.asked_node_as_id && row.source.id == query.node) row.source = own;
    if (query.asked_node_as_id && row.target.id == query.node) row.target = own;
    visit(row);
  };
  if (!own_known) {
    PG_ASSIGN_OR_RETURN(const std::vector<Edge> edges, Materialize(kept));
    for (const Edge& edge : edges) visit_edge(edge);
    return list;
  }
  for (size_t i = 0; i < std::min(kNamesAhead, kept.size()); ++i) {
    topology_->PrefetchName(Index(kept[i].other));
  }
  for (size_t i = 0; i < kept.size(); ++i) {
    const AdjacentEdge& edge = kept[i];
    if (i + kNamesAhead < kept.size()) {
      topology_->PrefetchName(Index(kept[i + kNamesAhead].other));
    }
    EdgeRow row;
    NodeRow other;
    std::string_view other_kind;
    if (edge.other == query.node) {
      other = own;
      other_kind = own_kind;
    } else if (!node_row(edge.other, other, other_kind)) {
      PG_ASSIGN_OR_RETURN(const std::vector<Edge> edges, Materialize({&edge, 1}));
      visit_edge(edges[0]);
      continue;
    }
    if (schema_->Find(edge.type) == nullptr) {
      return absl::DataLossError(absl::StrCat("fact ", ToInt(edge.fact), " has edge type ",
                                              ToInt(edge.type), ", which the schema lacks"));
    }
    const bool out = edge.direction == Direction::kOut;
    row.fact = edge.fact;
    row.type = edge.type;
    row.source = out ? own : other;
    row.target = out ? other : own;
    if (edge.role != EdgeRole{}) row.role = *EdgeRoleName(edge.role);
    row.title = edge.title;
    row.date = UnpackDate(edge.packed_date);
    row.status = edge.status;
    row.confidence = edge.confidence;
    row.source_count = edge.source_count;
    if (edge.type == kPartyTo) row.partnership_kind = out ? other_kind : own_kind;
    visit(row);
  }
  return list;
}

std::vector<EdgeCount> StoreView::CountEdgesInMemory(NodeId id, std::span<const EdgeType> types,
                                                     DirectionFilter direction) const {
  std::vector<EdgeCount> counts;
  topology_->ForEachSlice(Index(id), [&](const RowSlice& slice) {
    const bool asked = (types.empty() || std::ranges::find(types, slice.type) != types.end()) &&
                       (direction == DirectionFilter::kBoth ||
                        static_cast<int>(direction) == static_cast<int>(slice.direction));
    if (!asked) return true;
    if (counts.empty() || counts.back().type != slice.type ||
        counts.back().direction != slice.direction) {
      counts.push_back({.type = slice.type, .direction = slice.direction});
    }
    counts.back().count += slice.size;
    return true;
  });
  return counts;
}

absl::StatusOr<QueryEnd> StoreView::FindRingNodes(const NeighborhoodQuery& query,
                                                  absl::FunctionRef<bool(NeighborhoodPart)> emit) {
  PG_RETURN_IF_ERROR(CheckNodes(query.nodes));
  CutList cuts;
  PG_ASSIGN_OR_RETURN(const NodeRings rings, FindRings(*topology_, query, cuts));
  QueryEnd end;
  end.stats.edges_scanned = rings.edges_scanned;
  size_t begin = 0;
  for (const size_t ring_end : rings.ring_ends) {
    end.ring_sizes.push_back(ring_end - begin);
    begin = ring_end;
  }
  uint64_t bytes = 0;
  uint32_t ring = 0;
  for (begin = query.detail == AnswerDetail::kCounts ? rings.nodes.size() : 0;
       begin < rings.nodes.size();) {
    if (begin > 0) {  // What was found before the deadline is worth one part.
      PG_ASSIGN_OR_RETURN(const bool late, DeadlinePassed(query.budget));
      if (late) {
        cuts.Add(TruncationReason::kDeadline);
        cuts.ForgetKept();
        break;
      }
    }
    const size_t part_end = std::min(begin + kPartMax, rings.nodes.size());
    std::vector<NodeId> ids;
    for (size_t i = begin; i < part_end; ++i) ids.push_back(NodeId{rings.nodes[i]});
    PG_ASSIGN_OR_RETURN(NeighborhoodPart part, DescribePart(ids));
    for (size_t i = 0; i < part.nodes.size(); ++i) {
      while (begin + i >= rings.ring_ends[ring]) ++ring;
      part.nodes[i].ring = ring;
      bytes += ByteSize(part.nodes[i].node);
      if (bytes > query.budget.bytes_max) {
        cuts.Add(TruncationReason::kBytes);
        cuts.ForgetKept();
        part.nodes.resize(i);
        break;
      }
    }
    begin = bytes > query.budget.bytes_max ? rings.nodes.size() : part_end;
    if (!part.nodes.empty() && !emit(std::move(part))) {
      return absl::CancelledError("the receiver ended the query");
    }
  }
  PG_ASSIGN_OR_RETURN(end.truncation, cuts.Finish(*this));
  return end;
}

absl::StatusOr<NeighborhoodPart> StoreView::DescribePart(std::span<const NodeId> ids) {
  NeighborhoodPart part;
  PG_ASSIGN_OR_RETURN(part.nodes, DescribeReached(*this, ids));
  return part;
}

absl::StatusOr<QueryEnd> StoreView::FindEndNodes(const TraverseQuery& query,
                                                 absl::FunctionRef<bool(std::vector<Walk>)> emit) {
  PG_RETURN_IF_ERROR(CheckNodes(query.nodes));
  CutList cuts;
  PG_ASSIGN_OR_RETURN(const StepEnds ends, FindStepEnds(*topology_, query, cuts));
  QueryEnd end;
  end.stats.edges_scanned = ends.edges_scanned;
  end.end_count = ends.nodes.size();
  uint64_t bytes = 0;
  for (size_t begin = query.detail == AnswerDetail::kCounts ? ends.nodes.size() : 0;
       begin < ends.nodes.size();) {
    if (begin > 0) {  // What was found before the deadline is worth one part.
      PG_ASSIGN_OR_RETURN(const bool late, DeadlinePassed(query.budget));
      if (late) {
        cuts.Add(TruncationReason::kDeadline);
        cuts.ForgetKept();
        break;
      }
    }
    const size_t part_end = std::min(begin + kPartMax, ends.nodes.size());
    std::vector<NodeId> ids;
    for (size_t i = begin; i < part_end; ++i) ids.push_back(NodeId{ends.nodes[i]});
    PG_ASSIGN_OR_RETURN(std::vector<RingNode> described, DescribeReached(*this, ids));
    std::vector<Walk> walks;
    begin = part_end;
    for (RingNode& node : described) {
      bytes += ByteSize(node.node);
      if (bytes > query.budget.bytes_max) {
        cuts.Add(TruncationReason::kBytes);
        cuts.ForgetKept();
        begin = ends.nodes.size();
        break;
      }
      walks.push_back({.end = std::move(node.node)});
    }
    if (!walks.empty() && !emit(std::move(walks))) {
      return absl::CancelledError("the receiver ended the query");
    }
  }
  PG_ASSIGN_OR_RETURN(end.truncation, cuts.Finish(*this));
  return end;
}

std::optional<AdjacentEdge> StoreView::BestEdge(NodeId from, NodeId to,
                                                const FactFilter& filter) const {
  // Looked for at the end that has fewer rows.
  const bool turned = topology_->Degree(Index(to)) < topology_->Degree(Index(from));
  const NodeId node = turned ? to : from, other = turned ? from : to;
  const RowFilter rows(turned ? Reversed(filter) : filter);
  RowSlice best_slice;
  uint32_t best = 0;
  topology_->ForEachSlice(Index(node), [&](const RowSlice& slice) {
    const RowFilter::SliceMatch match = rows.Match(slice);
    if (match == RowFilter::SliceMatch::kNone) return true;
    const uint32_t* const others = slice.others();
    for (uint32_t i = 0; i < slice.size; ++i) {
      if (others[i] != Index(other)) continue;
      if (match == RowFilter::SliceMatch::kSome && !rows.KeepsRow(slice, i)) continue;
      if (best_slice.columns != nullptr &&
          best_slice.columns->confidences[best_slice.begin + best] >=
              slice.columns->confidences[slice.begin + i]) {
        continue;
      }
      best_slice = slice;
      best = i;
    }
    return true;
  });
  if (best_slice.columns == nullptr) return std::nullopt;
  return topology_->EdgeAt(node, best_slice, best);
}

absl::StatusOr<PathResult> StoreView::FindPathInMemory(const PathQuery& query) {
  const NodeId ends[] = {query.source, query.target};
  PG_RETURN_IF_ERROR(CheckNodes(ends));
  PG_ASSIGN_OR_RETURN(const NodePath found, FindNodePath(*topology_, query));
  PathResult result;
  result.end.stats.edges_scanned = found.edges_scanned;
  if (!found.decided) {
    // With what is left of the budget.
    PathQuery rest = query;
    rest.budget.edges_scanned_max -=
        std::min(found.edges_scanned, rest.budget.edges_scanned_max - 1);
    PG_ASSIGN_OR_RETURN(result, partnergraph::FindPaths(*this, rest));
    result.end.stats.edges_scanned += found.edges_scanned;
    return result;
  }
  if (found.nodes.empty()) {
    result.outcome = PathOutcome::kNone;
    return result;
  }
  result.outcome = PathOutcome::kFound;
  FactFilter filter = query.filter;
  filter.types = MakeHopKind(query.filter, query.expand_partnerships, {}).filter.types;
  std::vector<AdjacentEdge> edges;
  std::vector<NodeId> nodes;
  for (size_t i = 0; i < found.nodes.size(); ++i) {
    nodes.push_back(NodeId{found.nodes[i]});
    if (i == 0 || query.detail != AnswerDetail::kFull) continue;
    const std::optional<AdjacentEdge> edge = BestEdge(nodes[i - 1], nodes[i], filter);
    if (!edge.has_value()) return absl::InternalError("a path has a hop without an edge");
    edges.push_back(*edge);
  }
  PG_ASSIGN_OR_RETURN(std::vector<RingNode> described, DescribeReached(*this, nodes));
  Path path;
  for (RingNode& node : described) path.nodes.push_back(std::move(node.node));
  path.certainty = query.detail == AnswerDetail::kFull ? CertaintyOf(edges) : 0;
  PG_ASSIGN_OR_RETURN(path.edges, Materialize(edges));
  result.paths.push_back(std::move(path));
  return result;
}

}  // namespace partnergraph
