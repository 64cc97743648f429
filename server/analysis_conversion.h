// Requests that compare nodes or look for cycles, and their answers; see request_conversion.h and
// proto_conversion.h.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "graph/analysis_query.h"
#include "graph/schema.h"
#include "partnergraph/v1/analysis.pb.h"
#include "partnergraph/v1/path.pb.h"
#include "server/call_guard.h"

namespace partnergraph {

inline constexpr int kCommonNodesMax = 10;
inline constexpr uint32_t kCommonNeighborsMax = 10'000;
inline constexpr uint32_t kSimilarNodesMax = 100;
inline constexpr uint32_t kCyclesMax = 1'000;
inline constexpr uint32_t kCycleLengthMax = 6;
// Of an answer in one message.
inline constexpr uint64_t kAnswerBytesMax = 8 << 20;

// ToBudget with max_bytes capped at kAnswerBytesMax.
absl::StatusOr<Budget> ToAnswerBudget(const v1::Budget& budget, const Call& call);

// `position` is what the cursor holds.
absl::StatusOr<CommonNeighborsQuery> ToQuery(const v1::CommonNeighborsRequest& request,
                                             std::string_view position, const Call& call,
                                             const Schema& schema);
absl::StatusOr<SimilarNodesQuery> ToQuery(const v1::SimilarNodesRequest& request, const Call& call,
                                          const Schema& schema);
absl::StatusOr<CycleQuery> ToQuery(const v1::FindCyclesRequest& request, const Call& call,
                                   const Schema& schema);

// All but cursor, micros and token.
void ToProto(CommonNeighborsResult&& result, const Schema& schema,
             v1::CommonNeighborsResponse* out);
void ToProto(SimilarNodesResult&& result, v1::SimilarNodesResponse* out);
void ToProto(PathResult&& result, const Schema& schema, v1::FindCyclesResponse* out);

}  // namespace partnergraph
