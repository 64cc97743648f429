#include "server/analysis_conversion.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "server/grpc_status.h"
#include "server/proto_conversion.h"
#include "server/request_conversion.h"

namespace partnergraph {
namespace {

template <typename Response>
void SetEnd(const QueryEnd& end, Response* out) {
  if (end.truncation.has_value()) ToProto(*end.truncation, out->mutable_truncation());
  out->mutable_stats()->set_edges_scanned(end.stats.edges_scanned);
}

}  // namespace

absl::StatusOr<Budget> ToAnswerBudget(const v1::Budget& budget, const Call& call) {
  PG_ASSIGN_OR_RETURN(Budget result, ToBudget(budget, call));
  result.bytes_max = std::min(result.bytes_max, kAnswerBytesMax);
  return result;
}

absl::StatusOr<CommonNeighborsQuery> ToQuery(const v1::CommonNeighborsRequest& request,
                                             std::string_view position, const Call& call,
                                             const Schema& schema) {
  CommonNeighborsQuery query;
  PG_ASSIGN_OR_RETURN(query.nodes, ToNodeIds(request.node_ids(), kCommonNodesMax));
  const std::set<NodeId> distinct(query.nodes.begin(), query.nodes.end());
  if (distinct.size() < 2 || distinct.size() < query.nodes.size()) {
    return FieldError(
        "node_ids", absl::StrCat("has ", distinct.size(), " different ids of ", query.nodes.size(),
                                 ", want 2 to ", kCommonNodesMax, " different ones"));
  }
  PG_ASSIGN_OR_RETURN(query.filter, ToFilter(request.filter(), "filter", schema));
  PG_ASSIGN_OR_RETURN(query.node_kinds, ToNodeKinds(request.node_kinds(), "node_kinds"));
  query.expand_partnerships = request.expand_partnerships();
  PG_ASSIGN_OR_RETURN(query.offset, ToOffset(position, kCommonNeighborsMax));
  PG_ASSIGN_OR_RETURN(query.page_size, ToPageSize(request.page()));
  query.page_size = std::min(query.page_size, kCommonNeighborsMax - query.offset);
  PG_ASSIGN_OR_RETURN(query.budget, ToAnswerBudget(request.budget(), call));
  return query;
}

absl::StatusOr<SimilarNodesQuery> ToQuery(const v1::SimilarNodesRequest& request, const Call& call,
                                          const Schema& schema) {
  SimilarNodesQuery query;
  PG_ASSIGN_OR_RETURN(query.node, ToNodeId(request.node_id(), "node_id"));
  switch (request.measure()) {
    case v1::SIMILARITY_MEASURE_UNSPECIFIED:
    case v1::SIMILARITY_MEASURE_JACCARD:
      query.measure = SimilarityMeasure::kJaccard;
      break;
    case v1::SIMILARITY_MEASURE_ADAMIC_ADAR:
      query.measure = SimilarityMeasure::kAdamicAdar;
      break;
    default:
      return FieldError("measure",
                        absl::StrCat(static_cast<int>(request.measure()), " is no measure"));
  }
  PG_ASSIGN_OR_RETURN(query.filter, ToFilter(request.filter(), "filter", schema));
  PG_ASSIGN_OR_RETURN(query.node_kinds, ToNodeKinds(request.node_kinds(), "node_kinds"));
  query.expand_partnerships = request.expand_partnerships();
  PG_ASSIGN_OR_RETURN(query.nodes_max,
                      ToCount(request.max_nodes(), "max_nodes", 10, kSimilarNodesMax));
  PG_ASSIGN_OR_RETURN(query.budget, ToAnswerBudget(request.budget(), call));
  return query;
}

absl::StatusOr<CycleQuery> ToQuery(const v1::FindCyclesRequest& request, const Call& call,
                                   const Schema& schema) {
  CycleQuery query;
  PG_ASSIGN_OR_RETURN(query.node, ToNodeId(request.node_id(), "node_id"));
  PG_ASSIGN_OR_RETURN(query.length_min,
                      ToCount(request.min_length(), "min_length", 3, kCycleLengthMax));
  PG_ASSIGN_OR_RETURN(query.length_max,
                      ToCount(request.max_length(), "max_length",
                              std::max<uint32_t>(query.length_min, 4), kCycleLengthMax));
  if (query.length_min < 2 || query.length_min > query.length_max) {
    return FieldError("min_length", absl::StrCat("is ", query.length_min, ", want 2 to ",
                                                 query.length_max, " (max_length)"));
  }
  PG_ASSIGN_OR_RETURN(query.cycles_max,
                      ToCount(request.max_cycles(), "max_cycles", 100, kCyclesMax));
  PG_ASSIGN_OR_RETURN(query.filter, ToFilter(request.filter(), "filter", schema));
  query.expand_partnerships = request.expand_partnerships();
  PG_ASSIGN_OR_RETURN(query.budget, ToAnswerBudget(request.budget(), call));
  return query;
}

void ToProto(CommonNeighborsResult&& result, const Schema& schema,
             v1::CommonNeighborsResponse* out) {
  for (CommonNeighbor& neighbor : result.neighbors) {
    auto* added = out->add_neighbors();
    ToProto(std::move(neighbor.node), added->mutable_node());
    added->set_weight(neighbor.weight);
    added->set_edge_count(neighbor.edge_count);
    for (Edge& edge : neighbor.edges) ToProto(std::move(edge), schema, added->add_edges());
  }
  out->set_total(result.total);
  SetEnd(result.end, out);
}

void ToProto(SimilarNodesResult&& result, v1::SimilarNodesResponse* out) {
  for (SimilarNode& node : result.nodes) {
    auto* added = out->add_nodes();
    ToProto(std::move(node.node), added->mutable_node());
    added->set_score(node.score);
    added->set_common_count(node.common_count);
  }
  out->set_neighbor_count(result.neighbor_count);
  SetEnd(result.end, out);
}

void ToProto(PathResult&& result, const Schema& schema, v1::FindCyclesResponse* out) {
  for (Path& path : result.paths) ToProto(std::move(path), schema, out->add_cycles());
  out->set_outcome(ToProto(result.outcome));
  SetEnd(result.end, out);
}

}  // namespace partnergraph
