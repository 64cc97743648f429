#include "graph/personal_rank.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "graph/answer_size.h"
#include "graph/cut_list.h"
#include "graph/hop.h"
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
    for (const Place& place : places_) result.missing += place.waiting;
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
    bool hidden = false;              // Not all of its edges could be read.
    std::vector<uint32_t> neighbors;  // Places; once for each edge.
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
    const auto [entry, inserted] = place_of_.emplace(node, static_cast<uint32_t>(places_.size()));
    if (inserted) places_.push_back({.node = node, .kind = kind});
    return entry->second;
  }

  // Whether enough waits at a place for a push; of one that was not read, whether it can be.
  bool IsDue(const Place& place) const {
    const size_t edges = place.read ? std::max<size_t>(place.neighbors.size(), 1) : 1;
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
      const std::vector<uint32_t>& to =
          places_[i].neighbors.empty() ? seeds_ : places_[i].neighbors;
      const double share = query_.damping * waiting / static_cast<double>(to.size());
      for (uint32_t neighbor : to) places_[neighbor].waiting += share;
      steps += 1 + to.size();
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
              if (!place_of_.contains(edge.other) && places_.size() >= query_.budget.nodes_max) {
                return TruncationReason::kNodes;
              }
              const uint32_t neighbor = PlaceOf(edge.other, edge.other_kind);
              places_[unread[index]].neighbors.push_back(neighbor);
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
    for (const Place& place : places_) {
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
  std::vector<Place> places_;
  absl::flat_hash_map<NodeId, uint32_t> place_of_;
  std::vector<uint32_t> seeds_;
  bool ended_ = false;
};

}  // namespace

absl::StatusOr<PersonalRankResult> RankFromSeeds(EdgeSource& source,
                                                 const PersonalRankQuery& query) {
  return PushSearch(source, query).Run();
}

}  // namespace partnergraph
