#include "graph/hop.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "graph/keys.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

bool Names(const FactFilter& filter, EdgeType type) {
  return std::find(filter.types.begin(), filter.types.end(), type) != filter.types.end();
}

void AddType(FactFilter& filter, EdgeType type) {
  if (!Names(filter, type)) filter.types.push_back(type);
}

bool IsIntoDeal(const AdjacentEdge& edge) {
  return edge.type == kPartyTo && edge.direction == Direction::kOut &&
         edge.other_kind == NodeKind::kPartnership;
}

// Whether an edge is one of the hop, and not only part of a passage.
bool IsShown(const HopKind& kind, const AdjacentEdge& edge) {
  return kind.deal_edges || edge.other_kind != NodeKind::kPartnership ||
         kind.shown_deals.Contains(edge.other);
}

// Most certain first, ties as stored.
void SortByConfidence(std::vector<AdjacentEdge>& edges) {
  std::stable_sort(edges.begin(), edges.end(), [](const AdjacentEdge& a, const AdjacentEdge& b) {
    return a.confidence > b.confidence;
  });
}

}  // namespace

HopKind MakeHopKind(const FactFilter& filter, bool expand_partnerships, NodeSet shown_deals) {
  HopKind kind{.filter = filter, .shown_deals = std::move(shown_deals)};
  // Naming PARTNER_WITH also reads PARTY_TO, and passages that go against the filter's direction
  // come before the edges that do not.
  kind.listed = !Names(filter, kPartnerWith);
  if (expand_partnerships) {
    kind.deal_edges = true;
    if (Names(filter, kPartnerWith)) AddType(kind.filter, kPartyTo);
  } else {
    kind.passages = filter.types.empty() || Names(filter, kPartnerWith);
    if (kind.passages && filter.direction == DirectionFilter::kIn) kind.listed = false;
  }
  return kind;
}

HopKind MakeStepHopKind(const TraverseStep& step) {
  const bool passages = !step.stored_edges_only && Names(step.filter, kPartnerWith);
  return {.filter = step.filter, .passages = passages, .deal_edges = true, .listed = !passages};
}

FactFilter PartyFilter(FactFilter filter, DirectionFilter direction) {
  filter.types = {kPartyTo};
  filter.direction = direction;
  return filter;
}

FactFilter Reversed(FactFilter filter) {
  if (filter.direction == DirectionFilter::kOut) {
    filter.direction = DirectionFilter::kIn;
  } else if (filter.direction == DirectionFilter::kIn) {
    filter.direction = DirectionFilter::kOut;
  }
  return filter;
}

absl::StatusOr<bool> DeadlinePassed(const Budget& budget) {
  if (!budget.should_stop) return false;
  const std::optional<Budget::Stop> stop = budget.should_stop();
  if (!stop.has_value()) return false;
  if (*stop == Budget::Stop::kCancelled) return absl::CancelledError("the query was cancelled");
  return true;
}

HopExpander::HopExpander(EdgeSource& source, const Budget& budget, CutList& cuts)
    : source_(source), budget_(budget), cuts_(cuts) {
  scan_.edges_left = budget.edges_scanned_max;
  scan_.should_stop = budget.should_stop;
}

bool HopExpander::Charge(uint64_t edges) {
  if (edges > scan_.edges_left) return false;
  scan_.edges_left -= edges;
  scan_.edges_scanned += edges;
  return true;
}

absl::StatusOr<std::vector<size_t>> HopExpander::DropSkipped(std::span<const NodeId> nodes,
                                                             uint32_t step) {
  std::vector<size_t> positions;
  positions.reserve(nodes.size());
  if (budget_.skip_degree == 0) {
    for (size_t i = 0; i < nodes.size(); ++i) positions.push_back(i);
    return positions;
  }
  for (size_t begin = 0; begin < nodes.size(); begin += kPartMax) {
    // The reading that follows a deadline is cut at once.
    PG_RETURN_IF_ERROR(DeadlinePassed().status());
    const auto part = nodes.subspan(begin, std::min(kPartMax, nodes.size() - begin));
    PG_ASSIGN_OR_RETURN(const std::vector<RingNode> described, DescribeReached(source_, part));
    for (size_t i = 0; i < part.size(); ++i) {
      if (described[i].degree > budget_.skip_degree) {
        cuts_.Add(part[i], 0, TruncationReason::kSkipDegree, step);
      } else {
        positions.push_back(begin + i);
      }
    }
  }
  return positions;
}

absl::StatusOr<std::optional<size_t>> HopExpander::Read(const FactFilter& filter,
                                                        std::span<const NodeId> nodes,
                                                        std::span<Reading> readings) {
  const bool by_confidence = budget_.per_node_order == NodeOrder::kConfidence;
  const size_t limit = budget_.per_node_limit;
  const auto trim = [&](Reading& reading) {
    if (!by_confidence || reading.edges.size() <= limit) return;
    SortByConfidence(reading.edges);
    reading.edges.resize(limit);
    reading.cut = TruncationReason::kPerNodeLimit;
  };
  size_t current = 0, held = 0;
  size_t end = nodes.size();  // Of the slice.
  const absl::StatusOr<std::vector<Expansion>> expansions =
      source_.Expand(nodes, filter, by_confidence ? UINT32_MAX : budget_.per_node_limit, scan_,
                     [&](size_t i, const AdjacentEdge& edge) {
                       if (i != current) {
                         trim(readings[current]);
                         held += readings[std::exchange(current, i)].edges.size();
                         if (held >= kSliceEdgesMax) {
                           end = i;
                           return false;
                         }
                       }
                       std::vector<AdjacentEdge>& edges = readings[i].edges;
                       edges.push_back(edge);
                       // Of a hub no more than twice the limit is held; sorted this rarely, it
                       // costs little.
                       if (by_confidence && edges.size() / 2 >= std::max(limit, size_t{128})) {
                         trim(readings[i]);
                       }
                       return true;
                     });
  if (absl::IsDeadlineExceeded(expansions.status())) return std::nullopt;
  PG_RETURN_IF_ERROR(expansions.status());
  if (current < end) trim(readings[current]);
  for (size_t i = 0; i < end; ++i) {
    const Expansion& expansion = (*expansions)[i];
    if (expansion.complete || readings[i].cut.has_value()) continue;
    readings[i].cut = !by_confidence && expansion.kept >= limit ? TruncationReason::kPerNodeLimit
                                                                : TruncationReason::kEdgesScanned;
  }
  return end;
}

absl::StatusOr<std::optional<size_t>> HopExpander::ReadSlice(const HopKind& kind,
                                                             std::span<const NodeId> nodes,
                                                             std::vector<Reading>& readings) {
  readings.assign(nodes.size(), {});
  std::optional<size_t> size = nodes.size();
  FactFilter filter = kind.filter;
  if (kind.passages && filter.direction == DirectionFilter::kIn) {
    // Passages go both ways, and their first edge goes out.
    PG_ASSIGN_OR_RETURN(size, Read(PartyFilter(filter, DirectionFilter::kOut), nodes, readings));
  } else if (kind.passages && !filter.types.empty()) {
    AddType(filter, kPartyTo);
  }
  if (size.has_value()) {
    PG_ASSIGN_OR_RETURN(size, Read(filter, nodes.first(*size), readings));
  }
  if (!size.has_value()) return size;
  readings.resize(*size);
  if (kind.passages) {
    PG_ASSIGN_OR_RETURN(const bool in_time, ReadDeals(kind, readings));
    if (!in_time) return std::nullopt;
  }
  return size;
}

absl::StatusOr<bool> HopExpander::ReadDeals(const HopKind& kind,
                                            std::span<const Reading> readings) {
  if (parties_held_ > kPartiesHeldMax) {
    deals_.clear();
    parties_held_ = 0;
  }
  std::vector<NodeId> deals;
  NodeSet seen;
  for (const Reading& reading : readings) {
    for (const AdjacentEdge& edge : reading.edges) {
      if (IsIntoDeal(edge) && !deals_.contains({kind.deal_group, edge.other}) &&
          seen.Insert(edge.other)) {
        deals.push_back(edge.other);
      }
    }
  }
  PG_ASSIGN_OR_RETURN(const std::vector<size_t> positions, DropSkipped(deals, kind.step));
  std::vector<NodeId> read;
  NodeSet not_skipped;
  for (size_t position : positions) {
    read.push_back(deals[position]);
    not_skipped.Insert(deals[position]);
  }
  for (NodeId deal : deals) {
    if (!not_skipped.Contains(deal)) deals_[{kind.deal_group, deal}] = {.complete = false};
  }
  if (read.empty()) return true;
  std::vector<Reading> parties(read.size());
  const FactFilter filter = PartyFilter(kind.filter, DirectionFilter::kIn);
  for (size_t begin = 0; begin < read.size();) {
    PG_ASSIGN_OR_RETURN(
        const std::optional<size_t> size,
        Read(filter, std::span(read).subspan(begin), std::span(parties).subspan(begin)));
    if (!size.has_value()) return false;
    for (size_t i = begin; i < begin + *size; ++i) KeepDeal(kind, read[i], parties[i]);
    begin += *size;
  }
  return true;
}

void HopExpander::KeepDeal(const HopKind& kind, NodeId node, Reading& parties) {
  if (parties.cut == TruncationReason::kEdgesScanned) return;  // Stays unknown.
  Deal deal{.complete = !parties.cut.has_value()};
  if (!deal.complete) {
    // Nothing has passed through it yet, and it may be that nothing will: so nothing counts as
    // kept, and there is no place to go on from but the beginning.
    cuts_.Add(node, 0, *parties.cut, kind.step);
  }
  NodeSet companies;
  for (const AdjacentEdge& party : parties.edges) {
    if (companies.Insert(party.other)) deal.parties.push_back(party);
  }
  parties = {};
  parties_held_ += deal.parties.size();
  deals_[{kind.deal_group, node}] = std::move(deal);
}

void HopExpander::Pass(const HopKind& kind, const AdjacentEdge& into, Resolved& resolved) {
  const auto found = deals_.find({kind.deal_group, into.other});
  if (found == deals_.end() || (!found->second.fresh && !Charge(found->second.parties.size()))) {
    resolved.cut = TruncationReason::kEdgesScanned;
    return;
  }
  Deal& deal = found->second;
  deal.fresh = false;
  if (!deal.complete) resolved.deals_complete = false;
  for (const AdjacentEdge& party : deal.parties) {
    if (party.other == into.node) continue;
    AdjacentEdge passage = party;
    passage.node = into.node;
    passage.type = kPartnerWith;
    passage.direction = Direction::kOut;
    passage.confidence = std::min(into.confidence, party.confidence);
    passage.source_count = std::min(into.source_count, party.source_count);
    passage.packed_date = std::max(into.packed_date, party.packed_date);
    passage.partnership = into.other;
    resolved.edges.push_back(passage);
  }
}

HopExpander::Resolved HopExpander::Resolve(const HopKind& kind, const Reading& reading) {
  Resolved resolved{.cut = reading.cut};
  NodeSet passed;
  for (const AdjacentEdge& edge : reading.edges) {
    // What was read only to find deals is not an edge of the hop.
    if (IsShown(kind, edge) && (!kind.passages || Keeps(kind.filter, edge))) {
      resolved.edges.push_back(edge);
    }
    if (kind.passages && IsIntoDeal(edge) && passed.Insert(edge.other)) Pass(kind, edge, resolved);
    if (budget_.per_node_order == NodeOrder::kNewest &&
        resolved.edges.size() > budget_.per_node_limit) {
      break;
    }
  }
  if (budget_.per_node_order == NodeOrder::kConfidence) SortByConfidence(resolved.edges);
  if (resolved.edges.size() > budget_.per_node_limit) {
    resolved.edges.resize(budget_.per_node_limit);
    if (!resolved.cut.has_value()) resolved.cut = TruncationReason::kPerNodeLimit;
  }
  return resolved;
}

std::string HopExpander::PositionBehind(const HopKind& kind, const Reading& reading,
                                        const Resolved& resolved, uint64_t kept) const {
  if (!kind.listed || budget_.per_node_order != NodeOrder::kNewest) return {};
  // Which deals had no budget left is not known any more.
  if (kind.passages && resolved.cut == TruncationReason::kEdgesScanned) return {};
  uint64_t given = 0;
  const AdjacentEdge* last = nullptr;  // Of the rows that were followed in full.
  NodeSet passed;
  for (const AdjacentEdge& edge : reading.edges) {
    if (IsShown(kind, edge) && (!kind.passages || Keeps(kind.filter, edge))) ++given;
    if (kind.passages && IsIntoDeal(edge) && passed.Insert(edge.other)) {
      const auto deal = deals_.find({kind.deal_group, edge.other});
      if (deal == deals_.end()) break;
      for (const AdjacentEdge& party : deal->second.parties) {
        if (party.other != edge.node) ++given;
      }
    }
    if (given > kept) break;
    last = &edge;
  }
  return last == nullptr ? std::string() : EdgePosition(*last);
}

absl::StatusOr<HopExpander::End> HopExpander::Expand(const HopKind& kind,
                                                     std::span<const NodeId> frontier, Sink sink) {
  PG_ASSIGN_OR_RETURN(const std::vector<size_t> positions, DropSkipped(frontier, kind.step));
  const bool all = positions.size() == frontier.size();
  if (positions.empty()) return End{.complete = all};
  std::vector<NodeId> nodes;
  nodes.reserve(positions.size());
  for (size_t position : positions) nodes.push_back(frontier[position]);
  End end;
  if (!kind.passages && budget_.per_node_order == NodeOrder::kNewest) {
    PG_ASSIGN_OR_RETURN(end, ExpandAsStored(kind, nodes, positions, sink));
  } else {
    PG_ASSIGN_OR_RETURN(end, ExpandInSlices(kind, nodes, positions, sink));
  }
  end.complete &= all;
  return end;
}

absl::StatusOr<HopExpander::End> HopExpander::ExpandAsStored(const HopKind& kind,
                                                             std::span<const NodeId> nodes,
                                                             std::span<const size_t> positions,
                                                             Sink sink) {
  const uint32_t limit = budget_.per_node_limit;
  // Of each node: edges that the filter keeps, and those of them that were given.
  std::vector<uint32_t> kept(nodes.size()), given(nodes.size());
  size_t current = 0;
  AdjacentEdge last;  // Of the current node.
  // The last edges of nodes at the limit, by position. Which of them have more is known in the end,
  // so that they are more than will be listed, and bounded as what is told apart.
  std::vector<std::pair<size_t, AdjacentEdge>> full;
  std::optional<TruncationReason> bound;
  const auto leave = [&] {
    if (given[current] > 0) last_was_complete_ = kept[current] < limit;
    if (kept[current] == limit && full.size() < kCutNodesKnownMax) full.emplace_back(current, last);
  };
  const absl::StatusOr<std::vector<Expansion>> expansions =
      source_.Expand(nodes, kind.filter, limit, scan_, [&](size_t i, const AdjacentEdge& edge) {
        if (i != current) {
          leave();
          current = i;
        }
        if (IsShown(kind, edge)) {
          bound = sink(positions[i], edge);
          if (bound.has_value()) return false;
          ++given[i];
        }
        ++kept[i];
        last = edge;
        return true;
      });
  const bool late = absl::IsDeadlineExceeded(expansions.status());
  if (!late) PG_RETURN_IF_ERROR(expansions.status());
  leave();

  // The first node that something else than its own limit cut.
  size_t cut_from = nodes.size();
  TruncationReason reason = TruncationReason::kDeadline;
  if (late || bound.has_value()) {
    cut_from = current;
    if (bound.has_value()) reason = *bound;
  } else {
    for (size_t i = 0; i < nodes.size() && cut_from == nodes.size(); ++i) {
      if ((*expansions)[i].complete || kept[i] == limit) continue;
      cut_from = i;
      reason = TruncationReason::kEdgesScanned;
    }
  }
  if (late) cuts_.Add(reason);  // Whether more than the limit was there is not known then.
  End end{.complete = cut_from == nodes.size(), .stopped = cut_from < nodes.size()};
  const auto add = [&](size_t i, TruncationReason why) {
    cuts_.Add(nodes[i], given[i], why, kind.step, [&] {
      if (!kind.listed) return std::string();
      if (i == current) return EdgePosition(last);
      const auto found =
          std::ranges::lower_bound(full, i, {}, &std::pair<size_t, AdjacentEdge>::first);
      return found == full.end() || found->first != i ? std::string() : EdgePosition(found->second);
    });
  };
  for (size_t i = 0; i < cut_from; ++i) {
    if (late ? kept[i] < limit : (*expansions)[i].complete) continue;
    add(i, TruncationReason::kPerNodeLimit);
    end.complete = false;
  }
  if (cut_from == nodes.size()) return end;
  add(cut_from, reason);
  cuts_.AddRest(nodes.subspan(cut_from + 1), reason, kind.step);
  return end;
}

absl::StatusOr<HopExpander::End> HopExpander::ExpandInSlices(const HopKind& kind,
                                                             std::span<const NodeId> nodes,
                                                             std::span<const size_t> positions,
                                                             Sink sink) {
  End end;
  // Cuts off every node from `begin` on.
  const auto stop = [&](size_t begin, TruncationReason reason) {
    cuts_.AddRest(nodes.subspan(begin), reason, kind.step);
    return End{.complete = false, .stopped = true};
  };
  std::vector<Reading> readings;
  uint64_t given = 0;
  for (size_t begin = 0; begin < nodes.size();) {
    PG_ASSIGN_OR_RETURN(const std::optional<size_t> size,
                        ReadSlice(kind, nodes.subspan(begin), readings));
    if (!size.has_value()) return stop(begin, TruncationReason::kDeadline);
    for (size_t i = begin; i < begin + *size; ++i) {
      const Reading& reading = readings[i - begin];
      const Resolved resolved = Resolve(kind, reading);
      uint64_t kept = 0;
      const auto cut = [&](TruncationReason reason) {
        cuts_.Add(nodes[i], kept, reason, kind.step,
                  [&] { return PositionBehind(kind, reading, resolved, kept); });
      };
      for (const AdjacentEdge& edge : resolved.edges) {
        std::optional<TruncationReason> bound;
        if (++given % 256 == 0) {
          PG_ASSIGN_OR_RETURN(const bool late, DeadlinePassed());
          if (late) bound = TruncationReason::kDeadline;
        }
        if (!bound.has_value()) bound = sink(positions[i], edge);
        if (bound.has_value()) {
          cut(*bound);
          return stop(i + 1, *bound);
        }
        ++kept;
      }
      if (resolved.cut.has_value()) {
        cut(*resolved.cut);
        if (*resolved.cut == TruncationReason::kEdgesScanned) end.stopped = true;
      }
      const bool complete = !resolved.cut.has_value() && resolved.deals_complete;
      if (kept > 0) last_was_complete_ = complete;
      if (!complete) end.complete = false;
      readings[i - begin] = {};
    }
    begin += *size;
    if (end.stopped && begin < nodes.size()) return stop(begin, TruncationReason::kEdgesScanned);
  }
  return end;
}

}  // namespace partnergraph
