#include "server/operation_conversion.h"

#include <chrono>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "server/analysis_conversion.h"
#include "server/grpc_status.h"
#include "server/proto_conversion.h"
#include "server/request_conversion.h"

namespace partnergraph {
namespace {

static_assert(static_cast<int>(AnalysisKind::kCommunities) + 1 == v1::ANALYSIS_KIND_COMMUNITIES);
static_assert(static_cast<int>(OperationState::kCancelled) + 1 == v1::OPERATION_STATE_CANCELLED);

// A fraction where 0 means the default.
absl::StatusOr<double> ToNumber(double value, std::string_view field, double default_value,
                                double min, double max) {
  if (value == 0) return default_value;
  // Written so that not-a-number fails too.
  if (value >= min && value <= max) return value;
  return FieldError(field, absl::StrCat("is ", value, ", want ", min, " to ", max));
}

std::string_view PhaseName(JobPhase phase) {
  switch (phase) {
    case JobPhase::kWaiting:
      return "WAITING";
    case JobPhase::kReading:
      return "READING";
    case JobPhase::kComputing:
      return "COMPUTING";
    case JobPhase::kSorting:
      return "SORTING";
  }
  return "";
}

int64_t UnixMillis(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

absl::StatusOr<AnalysisQuery> ToQuery(const v1::StartAnalysisRequest& request,
                                      const Schema& schema) {
  AnalysisQuery query;
  if (request.analysis() == v1::ANALYSIS_KIND_UNSPECIFIED ||
      !v1::AnalysisKind_IsValid(request.analysis())) {
    return FieldError("analysis",
                      absl::StrCat(static_cast<int>(request.analysis()), " is no analysis"));
  }
  query.kind = static_cast<AnalysisKind>(request.analysis() - 1);
  PG_ASSIGN_OR_RETURN(query.filter, ToFilter(request.filter(), "filter", schema));
  PG_ASSIGN_OR_RETURN(query.page_rank.damping,
                      ToNumber(request.damping(), "damping", 0.85, 0.01, 0.99));
  PG_ASSIGN_OR_RETURN(query.page_rank.iterations_max,
                      ToCount(request.max_iterations(), "max_iterations", 100, 1'000));
  PG_ASSIGN_OR_RETURN(query.page_rank.tolerance,
                      ToNumber(request.tolerance(), "tolerance", 1e-9, 1e-15, 0.1));
  PG_ASSIGN_OR_RETURN(query.louvain.resolution,
                      ToNumber(request.resolution(), "resolution", 1, 0.001, 1'000));
  return query;
}

absl::StatusOr<std::optional<AnalysisKind>> ToRankedAnalysis(const v1::RankNodesRequest& request) {
  std::optional<AnalysisKind> kind;
  switch (request.metric()) {
    case v1::RANK_METRIC_DEGREE:
      kind = AnalysisKind::kDegree;
      break;
    case v1::RANK_METRIC_PAGE_RANK:
      kind = AnalysisKind::kPageRank;
      break;
    case v1::RANK_METRIC_PERSONALIZED_PAGE_RANK:
      if (!request.operation_id().empty()) {
        return FieldError("operation_id", "is not for RANK_METRIC_PERSONALIZED_PAGE_RANK");
      }
      return kind;
    default:
      return FieldError("metric",
                        absl::StrCat(static_cast<int>(request.metric()), " is no metric"));
  }
  for (const auto& [is_set, field] : {std::pair(request.seed_node_ids_size() > 0, "seed_node_ids"),
                                      {request.has_filter(), "filter"},
                                      {request.damping() != 0, "damping"},
                                      {request.tolerance() != 0, "tolerance"},
                                      {request.has_budget(), "budget"}}) {
    if (is_set) {
      return FieldError(field,
                        "is for RANK_METRIC_PERSONALIZED_PAGE_RANK only: of an analysis it "
                        "was fixed when that was started");
    }
  }
  return kind;
}

absl::StatusOr<PersonalRankQuery> ToPersonalQuery(const v1::RankNodesRequest& request,
                                                  const Call& call, const Schema& schema) {
  PersonalRankQuery query;
  PG_ASSIGN_OR_RETURN(query.seeds,
                      ToNodeIds(request.seed_node_ids(), "seed_node_ids", kStartNodesMax));
  PG_ASSIGN_OR_RETURN(query.filter, ToFilter(request.filter(), "filter", schema));
  PG_ASSIGN_OR_RETURN(query.node_kinds, ToNodeKinds(request.node_kinds(), "node_kinds"));
  PG_ASSIGN_OR_RETURN(query.damping, ToNumber(request.damping(), "damping", 0.85, 0.01, 0.99));
  PG_ASSIGN_OR_RETURN(query.tolerance, ToNumber(request.tolerance(), "tolerance", 1e-4, 1e-9, 0.1));
  PG_ASSIGN_OR_RETURN(query.nodes_max, ToPageSize(request.page()));
  if (!request.page().cursor().empty()) {
    return FieldError("page.cursor", "is not for a ranking of one page", "CURSOR_INVALID");
  }
  PG_ASSIGN_OR_RETURN(query.budget, ToAnswerBudget(request.budget(), call));
  return query;
}

void ToProto(const Operation& operation, const ReadTokens& tokens, v1::Operation* out) {
  out->set_operation_id(operation.id);
  out->set_analysis(static_cast<v1::AnalysisKind>(static_cast<int>(operation.kind) + 1));
  out->set_state(static_cast<v1::OperationState>(static_cast<int>(operation.state) + 1));
  if (operation.state == OperationState::kRunning) {
    out->set_phase(std::string(PhaseName(operation.phase)));
  }
  out->set_progress(operation.progress);
  out->set_create_unix_millis(UnixMillis(operation.created));
  if (operation.ended != std::chrono::system_clock::time_point{}) {
    out->set_end_unix_millis(UnixMillis(operation.ended));
  }
  out->set_error_code(static_cast<int>(operation.error.code()));
  out->set_error_message(std::string(operation.error.message()));
  if (operation.sequence != Sequence{} || operation.result != nullptr) {
    out->set_read_token(tokens.Encode(operation.sequence));
  }
  if (operation.result == nullptr) return;
  out->set_node_count(operation.result->node_count());
  out->set_edge_count(operation.result->edge_count());
  out->set_group_count(operation.result->group_count());
  out->set_iterations(operation.result->iterations);
  out->set_converged(operation.result->converged);
  out->set_modularity(operation.result->modularity);
}

void ToProto(PersonalRankResult&& result, v1::RankNodesResponse* out) {
  for (RankedNode& node : result.nodes) {
    auto* added = out->add_nodes();
    ToProto(std::move(node.node), added->mutable_node());
    added->set_score(node.score);
  }
  out->set_missing(result.missing);
  if (result.end.truncation.has_value()) ToProto(*result.end.truncation, out->mutable_truncation());
  out->mutable_stats()->set_edges_scanned(result.end.stats.edges_scanned);
}

void ToProto(const NodeGroup& group, v1::NodeGroup* out) {
  out->set_group_id(ToInt(group.id));
  out->set_size(group.size);
}

}  // namespace partnergraph
