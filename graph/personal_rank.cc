#include "graph/personal_rank.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include "graph/answer_size.h"
#include "graph/block_vector.h"
#include "graph/cut_list.h"
#include "graph/hop.h"
#include "graph/sharded_hash.h"
#include "graph/status_macros.h"
#include "graph/stoppable_sort.h"
#include "graph/work_clock.h"

namespace partnergraph {
namespace {

class PushSearch {
 public:
  PushSearch(EdgeSource& source, const PersonalRankQuery& query)
      : source_(source), query_(query), expander_(source, query.budget, cuts_), clock_(expander_) {}

  absl::StatusOr<PersonalRankResult> Run() {
    PG_RETURN_IF_ERROR(Start());
    while (!ended_) {
      PG_ASSIGN_OR_RETURN(const bool pushed, PushRound());
      if (!pushed) break;
    }
    PersonalRankResult result;
    for (size_t i = 0; i < places_.size(); ++i) result.missing += places_[i].waiting;
    PG_RETURN_IF_ERROR(Describe(result));
    PG_ASSIGN_OR_RETURN(result.end.truncation, cuts_.Finish(source_));
    result.end.stats.edges_scanned = expander_.edges_scanned();
    return result;
  }

 private:
  struct Place {
    NodeId node{};
    NodeKind kind{};
    double rank = 0;
    double waiting = 0;
    bool read = false;
    bool hidden = false;  // Not all of its edges could be read.
    uint32_t degree = 0;  // Edges that were read: a list, in the order in which they came.
    uint32_t first = 0;   // Into edges_.
    uint32_t last = 0;
  };
  struct Link {
    uint32_t neighbor = 0;  // A place.
    uint32_t next = 0;      // Of the same place, while it is not the last.
  };

  absl::Status Start() {
    PG_ASSIGN_OR_RETURN(const std::vector<RingNode> described, source_.Describe(query_.seeds));
    for (const RingNode& seed : described) {
      const uint32_t place = PlaceOf(seed.node.id, seed.node.kind);
      if (std::ranges::find(seeds_, place) == seeds_.end()) seeds_.push_back(place);
    }
    for (uint32_t seed : seeds_) places_[seed].waiting = 1.0 / static_cast<double>(seeds_.size());
    kind_ = MakeHopKind(query_.filter, true, {});
    return absl::OkStatus();
  }

  uint32_t PlaceOf(NodeId node, NodeKind kind) {
    const auto [place, inserted] =
        place_of_.TryEmplace(node, static_cast<uint32_t>(places_.size()));
    if (inserted) places_.push_back({.node = node, .kind = kind});
    return place;
  }

  void AddNeighbor(Place& place, uint32_t neighbor) {
    const auto link = static_cast<uint32_t>(edges_.size());
    edges_.push_back({.neighbor = neighbor});
    if (place.degree++ == 0) {
      place.first = link;
    } else {
      edges_[place.last].next = link;
    }
    place.last = link;
  }

  // Whether enough waits at a place for a push; of one that was not read, whether it can be.
  bool IsDue(const Place& place) const {
    const size_t edges = place.read ? std::max<size_t>(place.degree, 1) : 1;
    return !place.hidden && place.waiting > query_.tolerance * static_cast<double>(edges);
  }

  // Pushes from every place that is due; the first time a place is, it is read. False when there is
  // none, or a bound was met.
  absl::StatusOr<bool> PushRound() {
    std::vector<uint32_t> due;
    for (uint32_t i = 0; i < places_.size(); ++i) {
      PG_RETURN_IF_ERROR(clock_.StepOn());
      if (IsDue(places_[i])) due.push_back(i);
    }
    if (due.empty()) return false;
    PG_RETURN_IF_ERROR(Read(due));
    if (ended_) return false;
    uint64_t steps = 0;
    for (uint32_t i : due) {
      if (!IsDue(places_[i])) continue;  // It has more edges than was to be seen before.
      const double waiting = std::exchange(places_[i].waiting, 0);
      places_[i].rank += (1 - query_.damping) * waiting;
      const size_t count = places_[i].degree > 0 ? places_[i].degree : seeds_.size();
      const double share = query_.damping * waiting / static_cast<double>(count);
      if (places_[i].degree == 0) {
        for (uint32_t seed : seeds_) places_[seed].waiting += share;
      }
      for (uint32_t edge = 0, link = places_[i].first; edge < places_[i].degree; ++edge) {
        places_[edges_[link].neighbor].waiting += share;
        link = edges_[link].next;
      }
      steps += 1 + count;
      if (steps < 256) continue;
      steps = 0;
      PG_ASSIGN_OR_RETURN(const bool late, expander_.DeadlinePassed());
      if (!late) continue;
      cuts_.Add(TruncationReason::kDeadline);
      ended_ = true;
      return false;
    }
    return true;
  }

  // Reads the edges of the places that were not read yet.
  absl::Status Read(const std::vector<uint32_t>& due) {
    std::vector<uint32_t> unread;
    std::vector<NodeId> nodes;
    for (uint32_t i : due) {
      if (places_[i].read) continue;
      unread.push_back(i);
      nodes.push_back(places_[i].node);
    }
    if (nodes.empty()) return absl::OkStatus();
    PG_RETURN_IF_ERROR(FindHubs(unread, nodes));
    PG_ASSIGN_OR_RETURN(
        const HopExpander::End end,
        expander_.Expand(
            kind_, nodes,
            [&](size_t index, const AdjacentEdge& edge) -> std::optional<TruncationReason> {
              if (!place_of_.Contains(edge.other) && places_.size() >= query_.budget.nodes_max) {
                return TruncationReason::kNodes;
              }
              if (edges_.size() == UINT32_MAX) return TruncationReason::kEdgesScanned;
              const uint32_t neighbor = PlaceOf(edge.other, edge.other_kind);
              AddNeighbor(places_[unread[index]], neighbor);
              return std::nullopt;
            }));
    for (uint32_t i : unread) places_[i].read = true;
    ended_ = end.stopped;
    return absl::OkStatus();
  }

  // What is over skip_degree keeps what waits there.
  absl::Status FindHubs(std::vector<uint32_t>& unread, std::vector<NodeId>& nodes) {
    if (query_.budget.skip_degree == 0) return absl::OkStatus();
    PG_ASSIGN_OR_RETURN(const std::vector<RingNode> described, DescribeReached(source_, nodes));
    std::vector<uint32_t> kept;
    nodes.clear();
    for (size_t i = 0; i < unread.size(); ++i) {
      Place& place = places_[unread[i]];
      if (described[i].degree > query_.budget.skip_degree) {
        cuts_.Add(place.node, 0, TruncationReason::kSkipDegree);
        place.hidden = true;
      } else {
        kept.push_back(unread[i]);
        nodes.push_back(place.node);
      }
    }
    unread = std::move(kept);
    return absl::OkStatus();
  }

  absl::Status Describe(PersonalRankResult& result) {
    std::vector<const Place*> ranked;
    for (size_t i = 0; i < places_.size(); ++i) {
      const Place& place = places_[i];
      PG_RETURN_IF_ERROR(clock_.StepOn());
      const bool wanted =
          query_.node_kinds.empty() ||
          std::ranges::find(query_.node_kinds, place.kind) != query_.node_kinds.end();
      if (wanted && place.rank > 0) ranked.push_back(&place);
    }
    PG_RETURN_IF_ERROR(StoppableSort(
        ranked,
        [](const Place* a, const Place* b) {
          return std::tuple(-a->rank, a->node) < std::tuple(-b->rank, b->node);
        },
        [&] { return clock_.StepOn(); }));
    if (ranked.size() > query_.nodes_max) ranked.resize(query_.nodes_max);
    std::vector<NodeId> nodes;
    for (const Place* place : ranked) nodes.push_back(place->node);
    PG_ASSIGN_OR_RETURN(std::vector<RingNode> described, DescribeReached(source_, nodes));
    uint64_t bytes = 0;
    for (size_t i = 0; i < ranked.size(); ++i) {
      bytes += ByteSize(described[i].node);
      if (bytes > query_.budget.bytes_max && !result.nodes.empty()) {
        cuts_.Add(TruncationReason::kBytes);
        break;
      }
      result.nodes.push_back({.node = std::move(described[i].node), .score = ranked[i]->rank});
    }
    return absl::OkStatus();
  }

  EdgeSource& source_;
  const PersonalRankQuery& query_;
  CutList cuts_;
  HopExpander expander_;
  WorkClock clock_;
  HopKind kind_;
  // There may be millions, which are to be given back soon after a cancel.
  BlockVector<Place> places_;
  BlockVector<Link> edges_;
  ShardedMap<NodeId, uint32_t> place_of_;
  std::vector<uint32_t> seeds_;
  bool ended_ = false;
};

}  // namespace

absl::StatusOr<PersonalRankResult> RankFromSeeds(EdgeSource& source,
                                                 const PersonalRankQuery& query) {
  return PushSearch(source, query).Run();
}

}  // namespace partnergraph
