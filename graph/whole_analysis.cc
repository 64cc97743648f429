#include "graph/whole_analysis.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "graph/stoppable_sort.h"
#include "graph/union_find.h"

namespace partnergraph {
namespace {

// Ids that one scan covers: what the scan holds is bounded by it, and progress told after each.
constexpr uint64_t kIdsPerScan = 4096;
constexpr uint32_t kNoGroup = UINT32_MAX;

uint32_t PositionOf(NodeId node) { return static_cast<uint32_t>(ToInt(node) - 1); }
NodeId NodeAt(uint32_t position) { return NodeId{uint64_t{position} + 1}; }

class Reader {
 public:
  Reader(WholeGraph& graph, const AnalysisQuery& query, uint64_t bytes_max, JobMonitor& monitor)
      : graph_(graph),
        query_(query),
        bytes_max_(bytes_max),
        monitor_(monitor),
        steps_(monitor),
        filter_(query.filter) {
    const std::vector<EdgeType>& types = filter_.types;
    if (std::ranges::find(types, kPartnerWith) != types.end()) filter_.types.push_back(kPartyTo);
    filter_.direction = DirectionFilter::kBoth;
  }

  absl::StatusOr<AnalysisInput> Run() {
    PG_ASSIGN_OR_RETURN(const uint64_t node_end, graph_.NodeEnd());
    node_count_ = node_end - 1;  // The positions.
    PG_RETURN_IF_ERROR(CheckBytes());
    input_.kinds.assign(node_count_, 0);
    input_.degrees.assign(node_count_, 0);
    UnionFind components(
        query_.kind == AnalysisKind::kComponents ? static_cast<uint32_t>(node_count_) : 0);
    for (uint64_t begin = 1; begin < node_end; begin += kIdsPerScan) {
      monitor_.Set(JobPhase::kReading, static_cast<double>(begin) / static_cast<double>(node_end));
      PG_RETURN_IF_ERROR(monitor_.Check());
      const uint64_t end = std::min(begin + kIdsPerScan, node_end);
      PG_RETURN_IF_ERROR(graph_.Scan(
          NodeId{begin}, NodeId{end},
          [&](NodeId node, NodeKind kind, std::span<const AdjacentEdge> edges) -> absl::Status {
            return Take(node, kind, edges, components);
          }));
    }
    if (query_.kind == AnalysisKind::kComponents) {
      input_.labels.resize(node_count_);
      for (uint32_t i = 0; i < node_count_; ++i) {
        PG_RETURN_IF_ERROR(steps_.Step());
        input_.labels[i] = components.Find(i);
      }
    } else if (AnalysisEdgeBytes(query_.kind) > 0) {
      const bool both_ways = query_.kind == AnalysisKind::kCommunities ||
                             query_.filter.direction == DirectionFilter::kBoth;
      PG_ASSIGN_OR_RETURN(input_.lists, MakeNeighborLists(static_cast<uint32_t>(node_count_),
                                                          pairs_, both_ways, monitor_));
    }
    return std::move(input_);
  }

 private:
  absl::Status CheckBytes() const {
    const uint64_t bytes =
        node_count_ * kAnalysisNodeBytes + input_.edge_count * AnalysisEdgeBytes(query_.kind);
    if (bytes <= bytes_max_ && node_count_ < UINT32_MAX) return absl::OkStatus();
    return absl::ResourceExhaustedError(
        absl::StrCat("the analysis takes at least ", bytes, " bytes for ", node_count_,
                     " nodes and ", input_.edge_count, " edges, and may take ", bytes_max_));
  }

  absl::Status Take(NodeId node, NodeKind kind, std::span<const AdjacentEdge> edges,
                    UnionFind& components) {
    const uint32_t position = PositionOf(node);
    if (input_.kinds[position] == 0) ++input_.node_count;
    input_.kinds[position] = static_cast<uint8_t>(kind);
    for (const AdjacentEdge& edge : edges) {
      PG_RETURN_IF_ERROR(steps_.Step());
      if (!Keeps(filter_, edge)) continue;
      const bool out = edge.direction == Direction::kOut;
      const DirectionFilter direction = query_.filter.direction;
      if (direction == DirectionFilter::kBoth || (direction == DirectionFilter::kOut) == out) {
        ++input_.degrees[position];
      }
      if (!out) continue;  // Each edge once.
      if (edge.other == NodeId{} || ToInt(edge.other) > node_count_) {
        return absl::DataLossError(absl::StrCat("fact ", ToInt(edge.fact), " joins node ",
                                                ToInt(edge.other), ", which cannot be"));
      }
      ++input_.edge_count;
      const uint32_t other = PositionOf(edge.other);
      if (query_.kind == AnalysisKind::kComponents) {
        components.Unite(position, other);
      } else if (AnalysisEdgeBytes(query_.kind) > 0) {
        if (direction == DirectionFilter::kIn) {
          pairs_.Add(other, position);
        } else {
          pairs_.Add(position, other);
        }
        if (pairs_.size() % kIdsPerScan == 0) PG_RETURN_IF_ERROR(CheckBytes());
      }
    }
    return absl::OkStatus();
  }

  WholeGraph& graph_;
  const AnalysisQuery& query_;
  const uint64_t bytes_max_;
  JobMonitor& monitor_;
  JobSteps steps_;
  FactFilter filter_;  // Without the direction.
  uint64_t node_count_ = 0;
  AnalysisInput input_;
  EdgeBlocks pairs_;
};

}  // namespace

absl::StatusOr<AnalysisInput> ReadForAnalysis(WholeGraph& graph, const AnalysisQuery& query,
                                              uint64_t bytes_max, JobMonitor& monitor) {
  return Reader(graph, query, bytes_max, monitor).Run();
}

AnalysisResult::AnalysisResult(AnalysisKind kind, AnalysisInput input)
    : kind_(kind),
      node_count_(input.node_count),
      edge_count_(input.edge_count),
      kinds_(std::move(input.kinds)) {}

uint64_t AnalysisResult::Bytes() const {
  return sizeof(*this) + kinds_.capacity() + 8 * scores_.capacity() +
         4 * (order_.capacity() + group_of_.capacity() + group_begins_.capacity() +
              group_labels_.capacity());
}

bool AnalysisResult::IsWanted(std::span<const NodeKind> kinds, uint32_t position) const {
  return kinds.empty() ||
         std::ranges::find(kinds, static_cast<NodeKind>(kinds_[position])) != kinds.end();
}

absl::Status AnalysisResult::Rank(std::vector<double> scores, const JobMonitor& monitor) {
  JobSteps steps(monitor);
  scores_ = std::move(scores);
  order_.reserve(node_count_);
  for (uint32_t i = 0; i < kinds_.size(); ++i) {
    PG_RETURN_IF_ERROR(steps.Step());
    if (kinds_[i] != 0) order_.push_back(i);
  }
  return StoppableSort(
      order_,
      [&](uint32_t a, uint32_t b) {
        return std::tuple(-scores_[a], a) < std::tuple(-scores_[b], b);
      },
      [&] { return steps.Step(); });
}

absl::Status AnalysisResult::GroupBy(const std::vector<uint32_t>& labels,
                                     const std::vector<uint32_t>& degrees,
                                     const JobMonitor& monitor) {
  JobSteps steps(monitor);
  const auto step = [&] { return steps.Step(); };
  std::vector<uint32_t> sizes(kinds_.size(), 0);  // By label.
  for (uint32_t i = 0; i < kinds_.size(); ++i) {
    PG_RETURN_IF_ERROR(step());
    if (kinds_[i] != 0) ++sizes[labels[i]];
  }
  for (uint32_t i = 0; i < kinds_.size(); ++i) {
    PG_RETURN_IF_ERROR(step());
    if (sizes[i] > 0) group_labels_.push_back(i);
  }
  PG_RETURN_IF_ERROR(StoppableSort(
      group_labels_,
      [&](uint32_t a, uint32_t b) { return std::tuple(sizes[b], a) < std::tuple(sizes[a], b); },
      step));
  group_begins_.reserve(group_labels_.size() + 1);
  group_begins_.push_back(0);
  std::vector<uint32_t> number(kinds_.size(), kNoGroup);  // By label.
  for (uint32_t group = 0; group < group_labels_.size(); ++group) {
    PG_RETURN_IF_ERROR(step());
    number[group_labels_[group]] = group;
    group_begins_.push_back(group_begins_.back() + sizes[group_labels_[group]]);
  }
  group_of_.assign(kinds_.size(), kNoGroup);
  order_.resize(node_count_);
  std::vector<uint32_t> next(group_begins_.begin(), group_begins_.end() - 1);
  for (uint32_t i = 0; i < kinds_.size(); ++i) {
    PG_RETURN_IF_ERROR(step());
    if (kinds_[i] == 0) continue;
    group_of_[i] = number[labels[i]];
    order_[next[group_of_[i]]++] = i;
  }
  std::vector<uint32_t> members;
  for (size_t group = 0; group < group_labels_.size(); ++group) {
    PG_RETURN_IF_ERROR(step());
    if (group_begins_[group + 1] - group_begins_[group] == 1) continue;
    const auto begin = order_.begin() + group_begins_[group];
    members.assign(begin, order_.begin() + group_begins_[group + 1]);
    PG_RETURN_IF_ERROR(StoppableSort(
        members,
        [&](uint32_t a, uint32_t b) {
          return std::tuple(degrees[b], a) < std::tuple(degrees[a], b);
        },
        step));
    std::ranges::copy(members, begin);
  }
  return absl::OkStatus();
}

std::vector<AnalysisResult::Ranked> AnalysisResult::Ranks(std::span<const NodeKind> kinds,
                                                          uint64_t begin, uint32_t count,
                                                          std::optional<uint64_t>& next) const {
  std::vector<Ranked> ranks;
  next = std::nullopt;
  for (uint64_t i = begin; i < order_.size(); ++i) {
    if (!IsWanted(kinds, order_[i])) continue;
    if (ranks.size() == count) {
      next = i;
      break;
    }
    ranks.push_back({NodeAt(order_[i]), scores_[order_[i]]});
  }
  return ranks;
}

NodeGroup AnalysisResult::Group(uint64_t number) const {
  return {NodeAt(group_labels_[number]), group_begins_[number + 1] - group_begins_[number]};
}

std::optional<uint64_t> AnalysisResult::FindGroup(NodeId group) const {
  const std::optional<uint64_t> number = GroupOf(group);
  if (!number.has_value() || NodeAt(group_labels_[*number]) != group) return std::nullopt;
  return number;
}

std::optional<uint64_t> AnalysisResult::GroupOf(NodeId node) const {
  if (node == NodeId{} || ToInt(node) > group_of_.size()) return std::nullopt;
  const uint32_t group = group_of_[PositionOf(node)];
  if (group == kNoGroup) return std::nullopt;
  return group;
}

std::vector<NodeId> AnalysisResult::Members(uint64_t number, std::span<const NodeKind> kinds,
                                            uint64_t begin, uint32_t count,
                                            std::optional<uint64_t>& next) const {
  std::vector<NodeId> members;
  next = std::nullopt;
  const uint64_t size = Group(number).size;
  for (uint64_t i = begin; i < size; ++i) {
    const uint32_t position = order_[group_begins_[number] + i];
    if (!IsWanted(kinds, position)) continue;
    if (members.size() == count) {
      next = i;
      break;
    }
    members.push_back(NodeAt(position));
  }
  return members;
}

absl::StatusOr<std::unique_ptr<AnalysisResult>> Analyze(AnalysisInput input,
                                                        const AnalysisQuery& query,
                                                        JobMonitor& monitor) {
  monitor.Set(JobPhase::kComputing, 0);
  std::vector<double> scores;
  std::vector<uint32_t> labels = std::move(input.labels);
  const std::vector<uint32_t> degrees = std::move(input.degrees);
  PageRank page_rank;
  Communities communities;
  switch (query.kind) {
    case AnalysisKind::kDegree:
      scores.assign(degrees.begin(), degrees.end());
      break;
    case AnalysisKind::kPageRank: {
      std::vector<bool> exists(input.kinds.size());
      for (size_t i = 0; i < exists.size(); ++i) exists[i] = input.kinds[i] != 0;
      PG_ASSIGN_OR_RETURN(page_rank,
                          ComputePageRank(input.lists, exists, query.page_rank, monitor));
      scores = std::move(page_rank.ranks);
      break;
    }
    case AnalysisKind::kComponents:
      break;
    case AnalysisKind::kCommunities: {
      PG_ASSIGN_OR_RETURN(communities, FindCommunities(input.lists, query.louvain, monitor));
      labels = std::move(communities.labels);
      break;
    }
  }
  input.lists = {};
  PG_RETURN_IF_ERROR(monitor.Check());
  monitor.Set(JobPhase::kSorting, 0);
  auto result = std::make_unique<AnalysisResult>(query.kind, std::move(input));
  result->iterations =
      query.kind == AnalysisKind::kCommunities ? communities.levels : page_rank.iterations;
  result->converged = query.kind != AnalysisKind::kPageRank || page_rank.converged;
  result->modularity = communities.modularity;
  if (result->is_ranking()) {
    PG_RETURN_IF_ERROR(result->Rank(std::move(scores), monitor));
  } else {
    PG_RETURN_IF_ERROR(result->GroupBy(labels, degrees, monitor));
  }
  monitor.Set(JobPhase::kSorting, 1);
  return result;
}

}  // namespace partnergraph
