// Analyses of the whole graph as requests, and what is known of them as messages; see
// request_conversion.h and proto_conversion.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/analysis_query.h"
#include "graph/schema.h"
#include "graph/whole_analysis.h"
#include "partnergraph/v1/analysis.pb.h"
#include "partnergraph/v1/operation.pb.h"
#include "server/call_guard.h"
#include "server/operation_registry.h"
#include "server/read_token.h"

namespace partnergraph {

inline constexpr size_t kOperationIdBytesMax = 64;
// Nodes that a group in a list shows.
inline constexpr uint32_t kGroupMembersShown = 3;

absl::StatusOr<AnalysisQuery> ToQuery(const v1::StartAnalysisRequest& request,
                                      const Schema& schema);
// Of RANK_METRIC_PERSONALIZED_PAGE_RANK.
absl::StatusOr<PersonalRankQuery> ToPersonalQuery(const v1::RankNodesRequest& request,
                                                  const Call& call, const Schema& schema);
// The analysis that a metric needs; nothing for the personalized PageRank, which needs none.
// Refuses what belongs to the other kind of ranking.
absl::StatusOr<std::optional<AnalysisKind>> ToRankedAnalysis(const v1::RankNodesRequest& request);

void ToProto(const Operation& operation, const ReadTokens& tokens, v1::Operation* out);
void ToProto(PersonalRankResult&& result, v1::RankNodesResponse* out);
// All but the members.
void ToProto(const NodeGroup& group, v1::NodeGroup* out);

}  // namespace partnergraph
