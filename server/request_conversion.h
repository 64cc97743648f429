// Requests to queries: defaults, caps and checks. Every error is INVALID_ARGUMENT and names the
// field by its path in the request (see FieldError).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/repeated_field.h"
#include "graph/query.h"
#include "graph/schema.h"
#include "partnergraph/v1/graph.pb.h"
#include "partnergraph/v1/graph_service.pb.h"
#include "server/call_guard.h"

namespace partnergraph {

inline constexpr int kPageSizeDefault = 50;
inline constexpr int kPageSizeMax = 1000;
inline constexpr int kBatchNodesMax = 1000;
inline constexpr int kStartNodesMax = 100;
inline constexpr uint32_t kHopsMax = 6;
inline constexpr int kStepsMax = 10;
inline constexpr uint32_t kRepeatMax = 6;
// What FindPaths takes in each mode: 0 in the request means the default.
struct PathLimits {
  uint32_t length_default, length_max;
  uint32_t paths_default, paths_max;
};
PathLimits LimitsOf(PathMode mode);
inline constexpr uint32_t kEvidenceLimitMax = 10;
inline constexpr size_t kQueryCharactersMax = 256;
inline constexpr uint32_t kSearchMatchesMax = 1000;
// Entries of one list of a filter. Repeated ones are dropped.
inline constexpr int kFilterEntriesMax = 64;

absl::StatusOr<NodeId> ToNodeId(uint64_t id, std::string_view field);
absl::StatusOr<FactId> ToFactId(uint64_t id, std::string_view field);
// That a node is named, and in one way.
absl::Status CheckNodeReference(const v1::GetNodeRequest& request);
// `count_max` ids, at least one.
absl::StatusOr<std::vector<NodeId>> ToNodeIds(const google::protobuf::RepeatedField<uint64_t>& ids,
                                              int count_max);
// The same where the field's name is another.
absl::StatusOr<std::vector<NodeId>> ToNodeIds(const google::protobuf::RepeatedField<uint64_t>& ids,
                                              std::string_view field, int count_max);
// Empty: any kind. NODE_KIND_UNSPECIFIED in the list means all four.
absl::StatusOr<std::vector<NodeKind>> ToNodeKinds(const google::protobuf::RepeatedField<int>& kinds,
                                                  std::string_view field);
// INVALID_ARGUMENT for more than `max`; 0 is the default.
absl::StatusOr<uint32_t> ToCount(uint32_t value, std::string_view field, uint32_t default_value,
                                 uint32_t max);
// The number of items to skip that a cursor holds, at most `max`; "" is 0.
absl::StatusOr<uint32_t> ToOffset(std::string_view position, uint32_t max);
absl::StatusOr<uint32_t> ToPageSize(const v1::Page& page);
absl::StatusOr<Date> ToDate(const v1::Date& date, std::string_view field);
// Edge types are named as `schema` does.
absl::StatusOr<std::vector<EdgeType>> ToEdgeTypes(
    const google::protobuf::RepeatedPtrField<std::string>& types, std::string_view field,
    const Schema& schema);
absl::StatusOr<DirectionFilter> ToDirection(v1::Direction direction, std::string_view field);
absl::StatusOr<FactFilter> ToFilter(const v1::FactFilter& filter, std::string_view field,
                                    const Schema& schema);
// Defaults and caps as graph.proto says; stops when `call` must.
absl::StatusOr<Budget> ToBudget(const v1::Budget& budget, const Call& call);

// `position` is what the cursor holds.
absl::StatusOr<SearchQuery> ToQuery(const v1::SearchNodesRequest& request,
                                    std::string_view position);
absl::StatusOr<EdgeListQuery> ToQuery(const v1::ListEdgesRequest& request, std::string position,
                                      const Schema& schema);
absl::StatusOr<NeighborhoodQuery> ToQuery(const v1::NeighborhoodRequest& request, const Call& call,
                                          const Schema& schema);
absl::StatusOr<TraverseQuery> ToQuery(const v1::TraverseRequest& request, const Call& call,
                                      const Schema& schema);
absl::StatusOr<NeighborhoodQuery> ToQuery(const v1::CountNeighborhoodRequest& request,
                                          const Call& call, const Schema& schema);
absl::StatusOr<TraverseQuery> ToQuery(const v1::CountTraversalRequest& request, const Call& call,
                                      const Schema& schema);
absl::StatusOr<PathQuery> ToQuery(const v1::FindShortestPathRequest& request, const Call& call,
                                  const Schema& schema);
absl::StatusOr<PathQuery> ToQuery(const v1::FindPathsRequest& request, const Call& call,
                                  const Schema& schema);

}  // namespace partnergraph
