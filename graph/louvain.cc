#include "graph/louvain.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>

#include "graph/status_macros.h"
#include "graph/union_find.h"

namespace partnergraph {
namespace {

constexpr uint32_t kLevelsMax = 32;
constexpr uint32_t kNoCommunity = UINT32_MAX;
// Gains that are not more than rounding.
constexpr double kGainMin = 1e-9;

// A graph of one level. An edge within what became one node stands as an entry of the node with
// itself, with its weight counted from both sides.
struct Level {
  NeighborLists own;  // Of the smaller graphs.
  const NeighborLists* lists = nullptr;
  std::vector<double> weights;  // Of the entries; empty: 1 each.

  double WeightOf(uint64_t entry) const { return weights.empty() ? 1 : weights[entry]; }
};

class LevelSearch {
 public:
  LevelSearch(const Level& level, const LouvainOptions& options, double total, JobMonitor& monitor)
      : level_(level),
        options_(options),
        total_(total),
        steps_(monitor),
        node_count_(level.lists->node_count()),
        community_of_(node_count_),
        strengths_(node_count_),
        totals_(node_count_),
        to_community_(node_count_, 0) {}

  // The community of each node, numbered from 0 by first members; nothing when no node moved.
  absl::StatusOr<bool> Run(uint32_t passes_max) {
    std::iota(community_of_.begin(), community_of_.end(), 0);
    for (uint32_t node = 0; node < node_count_; ++node) {
      for (uint64_t i = level_.lists->begins[node]; i < level_.lists->begins[node + 1]; ++i) {
        PG_RETURN_IF_ERROR(steps_.Step());
        strengths_[node] += level_.WeightOf(i);
      }
    }
    totals_ = strengths_;
    bool moved = false;
    for (uint32_t pass = 0; pass < passes_max; ++pass) {
      PG_ASSIGN_OR_RETURN(const uint64_t moves, Pass());
      if (moves == 0) break;
      moved = true;
    }
    return moved;
  }

  const std::vector<uint32_t>& community_of() const { return community_of_; }

  // The graph whose nodes are the communities; renumbers them from 0 by their first members.
  absl::StatusOr<Level> Aggregate() {
    std::vector<uint32_t> number(node_count_, kNoCommunity);
    uint32_t count = 0;
    for (uint32_t& community : community_of_) {
      PG_RETURN_IF_ERROR(steps_.Step());
      if (number[community] == kNoCommunity) number[community] = count++;
      community = number[community];
    }
    std::vector<uint32_t> begins(count + 1, 0), members(node_count_);
    for (uint32_t community : community_of_) {
      PG_RETURN_IF_ERROR(steps_.Step());
      ++begins[community + 1];
    }
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    std::vector<uint32_t> next(begins.begin(), begins.end() - 1);
    for (uint32_t node = 0; node < node_count_; ++node) {
      PG_RETURN_IF_ERROR(steps_.Step());
      members[next[community_of_[node]]++] = node;
    }
    Level smaller;
    smaller.own.begins.push_back(0);
    for (uint32_t community = 0; community < count; ++community) {
      for (uint32_t i = begins[community]; i < begins[community + 1]; ++i) {
        PG_RETURN_IF_ERROR(Gather(members[i], true));
      }
      std::ranges::sort(touched_);
      for (uint32_t other : touched_) {
        smaller.own.neighbors.push_back(other);
        smaller.weights.push_back(std::exchange(to_community_[other], 0));
      }
      touched_.clear();
      smaller.own.begins.push_back(smaller.own.neighbors.size());
    }
    return smaller;
  }

 private:
  // One move of each node that gains by it; returns their number.
  absl::StatusOr<uint64_t> Pass() {
    uint64_t moves = 0;
    for (uint32_t node = 0; node < node_count_; ++node) {
      PG_RETURN_IF_ERROR(steps_.Step());  // A node may have no edge.
      const uint32_t own = community_of_[node];
      PG_RETURN_IF_ERROR(Gather(node, false));
      const double strength = strengths_[node];
      totals_[own] -= strength;
      const auto gain_of = [&](uint32_t community) {
        return to_community_[community] -
               options_.resolution * strength * totals_[community] / total_;
      };
      uint32_t best = own;
      double best_gain = gain_of(own);
      for (uint32_t community : touched_) {
        const double gain = gain_of(community);
        if (gain > best_gain + kGainMin ||
            (best != own && gain > best_gain - kGainMin && community < best)) {
          best = community;
          best_gain = gain;
        }
      }
      for (uint32_t community : touched_) to_community_[community] = 0;
      touched_.clear();
      totals_[best] += strength;
      community_of_[node] = best;
      if (best != own) ++moves;
    }
    return moves;
  }

  // Adds the weights from a node to each community; its own entry only `with_itself`.
  absl::Status Gather(uint32_t node, bool with_itself) {
    const NeighborLists& lists = *level_.lists;
    for (uint64_t i = lists.begins[node]; i < lists.begins[node + 1]; ++i) {
      PG_RETURN_IF_ERROR(steps_.Step());
      const uint32_t other = lists.neighbors[i];
      if (other == node && !with_itself) continue;
      const uint32_t community = community_of_[other];
      if (to_community_[community] == 0) touched_.push_back(community);
      to_community_[community] += level_.WeightOf(i);
    }
    return absl::OkStatus();
  }

  const Level& level_;
  const LouvainOptions& options_;
  const double total_;  // Of all entries.
  JobSteps steps_;
  const uint32_t node_count_;
  std::vector<uint32_t> community_of_;
  std::vector<double> strengths_;     // Of each node: the sum of its entries.
  std::vector<double> totals_;        // Of each community: the sum of its nodes' strengths.
  std::vector<double> to_community_;  // 0 but while a node is looked at.
  std::vector<uint32_t> touched_;     // Where it is not 0.
};

// Splits communities into their connected parts and names each by its smallest member.
absl::Status SplitAndName(const NeighborLists& lists, std::vector<uint32_t>& labels,
                          JobMonitor& monitor) {
  UnionFind parts(lists.node_count());
  JobSteps steps(monitor);
  for (uint32_t node = 0; node < lists.node_count(); ++node) {
    for (uint32_t neighbor : lists.Of(node)) {
      PG_RETURN_IF_ERROR(steps.Step());
      if (labels[node] == labels[neighbor]) parts.Unite(node, neighbor);
    }
  }
  for (uint32_t node = 0; node < lists.node_count(); ++node) {
    PG_RETURN_IF_ERROR(steps.Step());
    labels[node] = parts.Find(node);
  }
  return absl::OkStatus();
}

absl::StatusOr<double> ModularityOf(const NeighborLists& lists, const std::vector<uint32_t>& labels,
                                    double resolution, JobMonitor& monitor) {
  const auto total = static_cast<double>(lists.neighbors.size());
  if (total == 0) return 0;
  JobSteps steps(monitor);
  std::vector<double> strengths(lists.node_count());
  double inside = 0;
  for (uint32_t node = 0; node < lists.node_count(); ++node) {
    strengths[labels[node]] += static_cast<double>(lists.Of(node).size());
    for (uint32_t neighbor : lists.Of(node)) {
      PG_RETURN_IF_ERROR(steps.Step());
      inside += labels[node] == labels[neighbor] ? 1 : 0;
    }
  }
  double expected = 0;
  for (double strength : strengths) {
    PG_RETURN_IF_ERROR(steps.Step());
    expected += (strength / total) * (strength / total);
  }
  return inside / total - resolution * expected;
}

}  // namespace

absl::StatusOr<Communities> FindCommunities(const NeighborLists& lists,
                                            const LouvainOptions& options, JobMonitor& monitor) {
  Communities result;
  result.labels.resize(lists.node_count());
  std::iota(result.labels.begin(), result.labels.end(), 0);
  const auto total = static_cast<double>(lists.neighbors.size());
  if (total > 0) {
    Level level;
    level.lists = &lists;
    for (; result.levels < kLevelsMax; ++result.levels) {
      // Most of the work is on the first level, whose graph is the largest.
      monitor.Set(JobPhase::kComputing, result.levels / (result.levels + 1.0));
      LevelSearch search(level, options, total, monitor);
      PG_ASSIGN_OR_RETURN(const bool moved, search.Run(options.passes_max));
      if (!moved) break;
      PG_ASSIGN_OR_RETURN(Level smaller, search.Aggregate());
      JobSteps steps(monitor);
      for (uint32_t& label : result.labels) {
        PG_RETURN_IF_ERROR(steps.Step());
        label = search.community_of()[label];
      }
      level = std::move(smaller);
      level.lists = &level.own;
    }
  }
  PG_RETURN_IF_ERROR(SplitAndName(lists, result.labels, monitor));
  PG_ASSIGN_OR_RETURN(result.modularity,
                      ModularityOf(lists, result.labels, options.resolution, monitor));
  return result;
}

}  // namespace partnergraph
