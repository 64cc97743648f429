#include "graph/cycles.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "graph/path_answer.h"
#include "graph/path_region.h"
#include "graph/simple_paths.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

PathQuery ToPathQuery(const CycleQuery& query) {
  return {.source = query.node,
          .target = query.node,
          .mode = PathMode::kAllSimple,
          .length_max = query.length_max,
          .paths_max = query.cycles_max,
          .filter = query.filter,
          .expand_partnerships = query.expand_partnerships,
          .budget = query.budget};
}

// What an edge may be used for once: its deal, or its fact.
std::pair<NodeId, FactId> UseOf(const AdjacentEdge& edge) {
  return {edge.partnership, edge.partnership == NodeId{} ? edge.fact : FactId{}};
}

// Chooses an edge for each hop of a path, the most certain that is possible, so that none is used
// twice; nullopt when that cannot be. Backtracking over at most as many edges of each hop as there
// are hops: a hop with more always has one to spare, so those with the fewest choose first.
std::optional<std::vector<uint32_t>> ChooseEdges(const PathGraph& graph,
                                                 std::span<const uint32_t> path) {
  struct Choice {
    size_t place = 0;  // Of the hop in the path.
    uint32_t begin = 0, end = 0, next = 0;
  };
  const auto hops = static_cast<uint32_t>(path.size()) - 1;
  std::vector<Choice> choices;
  for (uint32_t i = 0; i < hops; ++i) {
    const PathHop& hop = *graph.FindHop(path[i], path[i + 1]);
    choices.push_back({.place = i,
                       .begin = hop.edges_begin,
                       .end = std::min(hop.edges_end, hop.edges_begin + hops),
                       .next = hop.edges_begin});
  }
  std::ranges::stable_sort(choices, {}, [](const Choice& c) { return c.end - c.begin; });
  std::vector<uint32_t> edges(hops);
  const auto is_free = [&](size_t taken, uint32_t edge) {
    return std::none_of(choices.begin(), choices.begin() + static_cast<ptrdiff_t>(taken),
                        [&](const Choice& c) {
                          return UseOf(graph.edges[edges[c.place]]) == UseOf(graph.edges[edge]);
                        });
  };
  size_t taken = 0;
  while (taken < choices.size()) {
    Choice& choice = choices[taken];
    while (choice.next < choice.end && !is_free(taken, choice.next)) ++choice.next;
    if (choice.next < choice.end) {
      edges[choice.place] = choice.next++;
      ++taken;
      continue;
    }
    if (taken == 0) return std::nullopt;
    choice.next = choice.begin;
    --taken;
  }
  return edges;
}

class CycleSearch {
 public:
  CycleSearch(EdgeSource& source, const CycleQuery& query)
      : source_(source),
        query_(query),
        paths_(ToPathQuery(query)),
        region_(source, paths_, {.keep_parallel = true}) {}

  absl::StatusOr<PathResult> Run() {
    PG_RETURN_IF_ERROR(region_.Start());
    PG_RETURN_IF_ERROR(Search());
    PG_ASSIGN_OR_RETURN(PathResult result,
                        AnswerPaths(source_, query_.budget, std::move(found_), query_.cycles_max,
                                    complete_, std::move(region_.cuts())));
    result.end.stats.edges_scanned = region_.expander().edges_scanned();
    return result;
  }

 private:
  absl::Status Search() {
    while (true) {
      const uint32_t sure = std::min(region_.known(), query_.length_max);
      const bool stuck = !region_.CanTake(PathEnd::kSource) && !region_.CanTake(PathEnd::kTarget);
      // Of what was read when nothing more can be, every cycle is one.
      const uint32_t length = stuck ? query_.length_max : sure;
      bool in_time = true;
      if (length >= query_.length_min) {
        PG_ASSIGN_OR_RETURN(in_time, Collect(length));
      }
      if (in_time && (sure == query_.length_max ||
                      (found_.size() > query_.cycles_max && found_.back().edges.size() <= sure))) {
        complete_ = true;
        return absl::OkStatus();
      }
      if (stuck || !in_time) return absl::OkStatus();
      PG_RETURN_IF_ERROR(region_.TakeLevel(region_.NextEnd(), [](uint32_t) { return true; }));
    }
  }

  // Finds the cycles in what was read. False when a bound ended the search; the cut is noted.
  absl::StatusOr<bool> Collect(uint32_t length_max) {
    WorkClock clock(region_.expander());
    const absl::StatusOr<PathGraph> graph = region_.Build(length_max, clock);
    if (!graph.ok()) return EndedBy(graph.status());  // What the last search found stays.
    found_.clear();
    return EndedBy(EnumerateSimplePaths(
        *graph,
        {.length_min = query_.length_min,
         .length_max = length_max,
         .steps_max = query_.budget.edges_scanned_max,
         .barriers = false},
        clock,
        [&](std::span<const uint32_t> path) { return ChooseEdges(*graph, path).has_value(); },
        [&](std::span<const uint32_t> path) {
          Keep(*graph, path);
          return found_.size() <= query_.cycles_max;
        }));
  }

  // Whether a search came to its end; the cut of one that a bound ended is noted.
  absl::StatusOr<bool> EndedBy(const absl::Status& status) {
    PG_ASSIGN_OR_RETURN(const bool ended, EndedByBound(status, region_.cuts()));
    return !ended;
  }

  void Keep(const PathGraph& graph, std::span<const uint32_t> path) {
    const std::optional<std::vector<uint32_t>> edges = ChooseEdges(graph, path);
    if (!edges.has_value()) return;
    FoundPath found;
    bool both_ways = true;
    for (uint32_t edge : *edges) {
      found.edges.push_back(graph.edges[edge]);
      both_ways &= query_.filter.direction == DirectionFilter::kBoth ||
                   graph.edges[edge].partnership != NodeId{};
    }
    // The same cycle the other way round begins with the node that this one ends with.
    if (both_ways && path[1] > path[path.size() - 2]) return;
    for (uint32_t node : path) found.nodes.push_back(graph.nodes[node]);
    found_.push_back(std::move(found));
  }

  EdgeSource& source_;
  const CycleQuery& query_;
  const PathQuery paths_;
  PathRegion region_;
  std::vector<FoundPath> found_;
  bool complete_ = false;  // No cycle is missing.
};

}  // namespace

absl::StatusOr<PathResult> FindCycles(EdgeSource& source, const CycleQuery& query) {
  return CycleSearch(source, query).Run();
}

}  // namespace partnergraph
