#include "server/request_conversion.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/graph_record.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "server/grpc_status.h"

namespace partnergraph {
namespace {

std::string Child(std::string_view field, std::string_view child) {
  return field.empty() ? std::string(child) : absl::StrCat(ToAbsl(field), ".", ToAbsl(child));
}

std::string Item(std::string_view field, int index) {
  return absl::StrCat(ToAbsl(field), "[", index, "]");
}

// "is 7, want 0 to 6"
std::string Range(uint64_t value, uint64_t min, uint64_t max) {
  return absl::StrCat("is ", value, ", want ", min, " to ", max);
}

// A value where 0 means the default, cut at the cap.
template <typename T>
T DefaultedAndCapped(T value, T default_value, T cap) {
  return value == 0 ? default_value : std::min(value, cap);
}

absl::Status CheckEntries(int count, std::string_view field) {
  if (count <= kFilterEntriesMax) return absl::OkStatus();
  return FieldError(field,
                    absl::StrCat("has ", count, " entries, want at most ", kFilterEntriesMax));
}

// Filters look through their lists for each edge.
template <typename T>
void AddOnce(T value, std::vector<T>& values) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(value);
}

absl::StatusOr<PathMode> ToPathMode(v1::PathMode mode) {
  switch (mode) {
    case v1::PATH_MODE_UNSPECIFIED:
    case v1::PATH_MODE_SHORTEST:
      return PathMode::kShortest;
    case v1::PATH_MODE_K_SHORTEST:
      return PathMode::kKShortest;
    case v1::PATH_MODE_ALL_SIMPLE:
      return PathMode::kAllSimple;
    case v1::PATH_MODE_WEIGHTED:
      return PathMode::kWeighted;
    default:
      return FieldError("mode", absl::StrCat(static_cast<int>(mode), " is no mode"));
  }
}

size_t CountCharacters(std::string_view utf8) {
  return static_cast<size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

}  // namespace

absl::StatusOr<std::vector<NodeKind>> ToNodeKinds(const google::protobuf::RepeatedField<int>& kinds,
                                                  std::string_view field) {
  PG_RETURN_IF_ERROR(CheckEntries(kinds.size(), field));
  std::vector<NodeKind> result;
  bool any_kind = false;
  for (int i = 0; i < kinds.size(); ++i) {
    if (kinds[i] < 0 || !v1::NodeKind_IsValid(kinds[i])) {
      return FieldError(Item(field, i), absl::StrCat(kinds[i], " is no kind of node"));
    }
    if (kinds[i] == v1::NODE_KIND_UNSPECIFIED) {
      any_kind = true;
    } else {
      AddOnce(static_cast<NodeKind>(kinds[i]), result);
    }
  }
  if (any_kind) {
    return std::vector<NodeKind>{NodeKind::kCompany, NodeKind::kPerson, NodeKind::kProduct,
                                 NodeKind::kPartnership};
  }
  return result;
}

absl::StatusOr<NodeId> ToNodeId(uint64_t id, std::string_view field) {
  if (id == 0) return FieldError(field, "is required");
  return NodeId{id};
}

absl::StatusOr<FactId> ToFactId(uint64_t id, std::string_view field) {
  if (id == 0) return FieldError(field, "is required");
  return FactId{id};
}

absl::Status CheckNodeReference(const v1::GetNodeRequest& request) {
  const std::string& external_id = request.external_id();
  if (external_id.empty()) return ToNodeId(request.node_id(), "node_id").status();
  if (request.node_id() != 0) return FieldError("external_id", "stands beside a node_id");
  if (external_id.size() > kRecordIdBytesMax || external_id.find('\0') != std::string::npos) {
    return FieldError("external_id", absl::StrCat("has ", external_id.size(), " bytes, want 1 to ",
                                                  kRecordIdBytesMax, ", none of them 0"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<NodeId>> ToNodeIds(const google::protobuf::RepeatedField<uint64_t>& ids,
                                              int count_max) {
  return ToNodeIds(ids, "node_ids", count_max);
}

absl::StatusOr<std::vector<NodeId>> ToNodeIds(const google::protobuf::RepeatedField<uint64_t>& ids,
                                              std::string_view field, int count_max) {
  if (ids.empty() || ids.size() > count_max) {
    return FieldError(field, absl::StrCat("has ", ids.size(), " ids, want 1 to ", count_max));
  }
  std::vector<NodeId> result;
  result.reserve(ids.size());
  for (int i = 0; i < ids.size(); ++i) {
    if (ids[i] == 0) return FieldError(Item(field, i), "is 0, which is never an id");
    result.push_back(NodeId{ids[i]});
  }
  return result;
}

absl::StatusOr<uint32_t> ToCount(uint32_t value, std::string_view field, uint32_t default_value,
                                 uint32_t max) {
  if (value > max) return FieldError(field, Range(value, 0, max));
  return value == 0 ? default_value : value;
}

absl::StatusOr<uint32_t> ToOffset(std::string_view position, uint32_t max) {
  uint32_t offset = 0;
  if (position.empty()) return offset;
  const char* end = position.data() + position.size();
  const auto [stop, error] = std::from_chars(position.data(), end, offset);
  if (error != std::errc() || stop != end || offset > max) {
    return FieldError("page.cursor", "has no place in this answer", "CURSOR_INVALID");
  }
  return offset;
}

absl::StatusOr<uint32_t> ToPageSize(const v1::Page& page) {
  if (page.size() < 0) {
    return FieldError("page.size", absl::StrCat("is ", page.size(), ", want 0 or more"));
  }
  return static_cast<uint32_t>(DefaultedAndCapped(page.size(), kPageSizeDefault, kPageSizeMax));
}

absl::StatusOr<Date> ToDate(const v1::Date& date, std::string_view field) {
  const std::string text = absl::StrCat(date.year(), "-", date.month(), "-", date.day());
  if (date.bound() != v1::DATE_BOUND_UNSPECIFIED && date.bound() != v1::DATE_BOUND_AT) {
    return FieldError(Child(field, "bound"), "must be DATE_BOUND_AT here");
  }
  if (date.year() < 1 || date.year() > 9999 || date.month() < 0 || date.month() > 12 ||
      date.day() < 0 || date.day() > 31) {
    return FieldError(field, absl::StrCat(text, " is no date"));
  }
  const Date result{.year = static_cast<int16_t>(date.year()),
                    .month = static_cast<uint8_t>(date.month()),
                    .day = static_cast<uint8_t>(date.day())};
  if (!IsValid(result)) return FieldError(field, absl::StrCat(text, " is no date"));
  return result;
}

absl::StatusOr<std::vector<EdgeType>> ToEdgeTypes(
    const google::protobuf::RepeatedPtrField<std::string>& types, std::string_view field,
    const Schema& schema) {
  PG_RETURN_IF_ERROR(CheckEntries(types.size(), field));
  std::vector<EdgeType> result;
  for (int i = 0; i < types.size(); ++i) {
    const EdgeTypeInfo* info = schema.Find(types[i]);
    if (info == nullptr) {
      return FieldError(Item(field, i), absl::StrCat(Quoted(types[i]), " is no edge type"));
    }
    AddOnce(info->type, result);
  }
  return result;
}

absl::StatusOr<DirectionFilter> ToDirection(v1::Direction direction, std::string_view field) {
  switch (direction) {
    case v1::DIRECTION_UNSPECIFIED:
    case v1::DIRECTION_BOTH:
      return DirectionFilter::kBoth;
    case v1::DIRECTION_OUT:
      return DirectionFilter::kOut;
    case v1::DIRECTION_IN:
      return DirectionFilter::kIn;
    default:
      return FieldError(field, absl::StrCat(static_cast<int>(direction), " is no direction"));
  }
}

absl::StatusOr<FactFilter> ToFilter(const v1::FactFilter& filter, std::string_view field,
                                    const Schema& schema) {
  FactFilter result;
  PG_ASSIGN_OR_RETURN(result.types, ToEdgeTypes(filter.types(), Child(field, "types"), schema));
  PG_ASSIGN_OR_RETURN(result.direction, ToDirection(filter.direction(), Child(field, "direction")));
  PG_RETURN_IF_ERROR(CheckEntries(filter.statuses_size(), Child(field, "statuses")));
  for (int i = 0; i < filter.statuses_size(); ++i) {
    const int status = filter.statuses(i);
    if (!v1::FactStatus_IsValid(status) || status == v1::FACT_STATUS_UNSPECIFIED) {
      return FieldError(Item(Child(field, "statuses"), i),
                        absl::StrCat(status, " is no status of a fact"));
    }
    AddOnce(static_cast<FactStatus>(status), result.statuses);
  }
  // Written so that not-a-number fails too.
  if (!(filter.min_confidence() >= 0 && filter.min_confidence() <= 1)) {
    return FieldError(Child(field, "min_confidence"),
                      absl::StrCat("is ", filter.min_confidence(), ", want 0 to 1"));
  }
  result.min_confidence = filter.min_confidence();
  result.min_sources = filter.min_sources();
  if (filter.has_date_from()) {
    PG_ASSIGN_OR_RETURN(result.date_from, ToDate(filter.date_from(), Child(field, "date_from")));
  }
  if (filter.has_date_until()) {
    PG_ASSIGN_OR_RETURN(result.date_until, ToDate(filter.date_until(), Child(field, "date_until")));
    if (ToDayRange(result.date_from).first > ToDayRange(result.date_until).last) {
      return FieldError(Child(field, "date_until"), "is before date_from");
    }
  }
  return result;
}

absl::StatusOr<Budget> ToBudget(const v1::Budget& budget, const Call& call) {
  Budget result;
  result.edges_scanned_max =
      DefaultedAndCapped<uint64_t>(budget.max_edges_scanned(), 100'000, 1'000'000'000);
  result.nodes_max = DefaultedAndCapped<uint64_t>(budget.max_nodes(), 10'000, 100'000'000);
  result.bytes_max = DefaultedAndCapped<uint64_t>(budget.max_bytes(), 8 << 20, 256 << 20);
  result.per_node_limit = DefaultedAndCapped<uint32_t>(budget.per_node_limit(), 1'000, 100'000'000);
  switch (budget.per_node_order()) {
    case v1::NODE_ORDER_UNSPECIFIED:
    case v1::NODE_ORDER_NEWEST:
      result.per_node_order = NodeOrder::kNewest;
      break;
    case v1::NODE_ORDER_CONFIDENCE:
      result.per_node_order = NodeOrder::kConfidence;
      break;
    default:
      return FieldError("budget.per_node_order",
                        absl::StrCat(static_cast<int>(budget.per_node_order()), " is no order"));
  }
  result.skip_degree = budget.skip_degree();
  result.should_stop = [&call] { return call.ShouldStop(); };
  return result;
}

absl::StatusOr<SearchQuery> ToQuery(const v1::SearchNodesRequest& request,
                                    std::string_view position) {
  SearchQuery query;
  const size_t characters = CountCharacters(request.query());
  if (characters < 1 || characters > kQueryCharactersMax) {
    return FieldError(
        "query", absl::StrCat("has ", characters, " characters, want 1 to ", kQueryCharactersMax));
  }
  query.text = request.query();
  query.exact = request.exact();
  query.summaries_only = request.summaries_only();
  PG_ASSIGN_OR_RETURN(query.kinds, ToNodeKinds(request.kinds(), "kinds"));
  PG_ASSIGN_OR_RETURN(query.page_size, ToPageSize(request.page()));
  PG_ASSIGN_OR_RETURN(query.offset, ToOffset(position, kSearchMatchesMax));
  query.page_size = std::min(query.page_size, kSearchMatchesMax - query.offset);
  return query;
}

absl::StatusOr<EdgeListQuery> ToQuery(const v1::ListEdgesRequest& request, std::string position,
                                      const Schema& schema) {
  EdgeListQuery query;
  PG_ASSIGN_OR_RETURN(query.node, ToNodeId(request.node_id(), "node_id"));
  PG_ASSIGN_OR_RETURN(query.filter, ToFilter(request.filter(), "filter", schema));
  if (request.evidence_limit() > kEvidenceLimitMax) {
    return FieldError("evidence_limit", Range(request.evidence_limit(), 0, kEvidenceLimitMax));
  }
  query.evidence_limit = request.evidence_limit();
  PG_ASSIGN_OR_RETURN(query.page_size, ToPageSize(request.page()));
  query.position = std::move(position);
  query.asked_node_as_id = request.asked_node_as_id();
  return query;
}

namespace {

// The two requests differ in what they want of the answer.
template <typename Request>
absl::StatusOr<NeighborhoodQuery> ToNeighborhoodQuery(const Request& request, const Call& call,
                                                      const Schema& schema) {
  NeighborhoodQuery query;
  PG_ASSIGN_OR_RETURN(query.nodes, ToNodeIds(request.node_ids(), kStartNodesMax));
  if (request.hops() > kHopsMax) return FieldError("hops", Range(request.hops(), 0, kHopsMax));
  query.hops = std::max<uint32_t>(request.hops(), 1);
  PG_ASSIGN_OR_RETURN(query.filter, ToFilter(request.filter(), "filter", schema));
  PG_ASSIGN_OR_RETURN(query.node_kinds, ToNodeKinds(request.node_kinds(), "node_kinds"));
  query.expand_partnerships = request.expand_partnerships();
  PG_ASSIGN_OR_RETURN(query.budget, ToBudget(request.budget(), call));
  return query;
}

}  // namespace

absl::StatusOr<NeighborhoodQuery> ToQuery(const v1::NeighborhoodRequest& request, const Call& call,
                                          const Schema& schema) {
  PG_ASSIGN_OR_RETURN(NeighborhoodQuery query, ToNeighborhoodQuery(request, call, schema));
  query.detail = request.nodes_only() ? AnswerDetail::kNodes : AnswerDetail::kFull;
  return query;
}

absl::StatusOr<NeighborhoodQuery> ToQuery(const v1::CountNeighborhoodRequest& request,
                                          const Call& call, const Schema& schema) {
  PG_ASSIGN_OR_RETURN(NeighborhoodQuery query, ToNeighborhoodQuery(request, call, schema));
  query.detail = AnswerDetail::kCounts;
  return query;
}

namespace {

template <typename Request>
absl::StatusOr<TraverseQuery> ToTraverseQuery(const Request& request, const Call& call,
                                              const Schema& schema) {
  TraverseQuery query;
  PG_ASSIGN_OR_RETURN(query.nodes, ToNodeIds(request.node_ids(), kStartNodesMax));
  if (request.steps().empty() || request.steps_size() > kStepsMax) {
    return FieldError("steps",
                      absl::StrCat("has ", request.steps_size(), " steps, want 1 to ", kStepsMax));
  }
  for (int i = 0; i < request.steps_size(); ++i) {
    const v1::TraverseStep& from = request.steps(i);
    const std::string field = Item("steps", i);
    TraverseStep step;
    PG_ASSIGN_OR_RETURN(step.filter, ToFilter(from.filter(), Child(field, "filter"), schema));
    PG_ASSIGN_OR_RETURN(step.node_kinds,
                        ToNodeKinds(from.node_kinds(), Child(field, "node_kinds")));
    if (from.min_repeat() != 0 || from.max_repeat() != 0) {
      if (from.max_repeat() < 1 || from.max_repeat() > kRepeatMax) {
        return FieldError(Child(field, "max_repeat"), Range(from.max_repeat(), 1, kRepeatMax));
      }
      if (from.min_repeat() > from.max_repeat()) {
        return FieldError(Child(field, "min_repeat"),
                          Range(from.min_repeat(), 0, from.max_repeat()));
      }
      step.min_repeat = from.min_repeat();
      step.max_repeat = from.max_repeat();
    }
    step.stored_edges_only = from.stored_edges_only();
    query.steps.push_back(std::move(step));
  }
  query.exclude_starts = request.exclude_starts();
  PG_ASSIGN_OR_RETURN(query.budget, ToBudget(request.budget(), call));
  return query;
}

}  // namespace

absl::StatusOr<TraverseQuery> ToQuery(const v1::TraverseRequest& request, const Call& call,
                                      const Schema& schema) {
  PG_ASSIGN_OR_RETURN(TraverseQuery query, ToTraverseQuery(request, call, schema));
  query.detail = request.nodes_only() ? AnswerDetail::kNodes : AnswerDetail::kFull;
  return query;
}

absl::StatusOr<TraverseQuery> ToQuery(const v1::CountTraversalRequest& request, const Call& call,
                                      const Schema& schema) {
  PG_ASSIGN_OR_RETURN(TraverseQuery query, ToTraverseQuery(request, call, schema));
  query.detail = AnswerDetail::kCounts;
  return query;
}

PathLimits LimitsOf(PathMode mode) {
  switch (mode) {
    case PathMode::kShortest:
      return {kHopsMax, kHopsMax, 1, 100};
    case PathMode::kKShortest:
      return {kHopsMax, kHopsMax, 10, 100};
    case PathMode::kAllSimple:
      return {4, kHopsMax, 100, 10'000};
    case PathMode::kWeighted:
      return {kHopsMax, 8, 1, 10};
  }
  return {};
}

absl::StatusOr<PathQuery> ToQuery(const v1::FindShortestPathRequest& request, const Call& call,
                                  const Schema& schema) {
  PathQuery query;
  PG_ASSIGN_OR_RETURN(query.source, ToNodeId(request.source_node_id(), "source_node_id"));
  PG_ASSIGN_OR_RETURN(query.target, ToNodeId(request.target_node_id(), "target_node_id"));
  if (query.source == query.target) {
    return FieldError("target_node_id", "is the same node as source_node_id");
  }
  if (request.max_length() > kHopsMax) {
    return FieldError("max_length", Range(request.max_length(), 0, kHopsMax));
  }
  query.length_max = DefaultedAndCapped(request.max_length(), kHopsMax, kHopsMax);
  query.paths_max = 1;
  PG_ASSIGN_OR_RETURN(query.filter, ToFilter(request.filter(), "filter", schema));
  query.expand_partnerships = request.expand_partnerships();
  if (request.nodes_only()) query.detail = AnswerDetail::kNodes;
  PG_ASSIGN_OR_RETURN(query.budget, ToBudget(request.budget(), call));
  return query;
}

absl::StatusOr<PathQuery> ToQuery(const v1::FindPathsRequest& request, const Call& call,
                                  const Schema& schema) {
  PathQuery query;
  PG_ASSIGN_OR_RETURN(query.source, ToNodeId(request.source_node_id(), "source_node_id"));
  PG_ASSIGN_OR_RETURN(query.target, ToNodeId(request.target_node_id(), "target_node_id"));
  if (query.source == query.target) {
    return FieldError("target_node_id", "is the same node as source_node_id");
  }
  PG_ASSIGN_OR_RETURN(query.mode, ToPathMode(request.mode()));
  query.time_ordered = request.time_ordered();
  if (query.time_ordered && query.mode == PathMode::kWeighted) {
    return FieldError("time_ordered", "is not for PATH_MODE_WEIGHTED");
  }
  const PathLimits limits = LimitsOf(query.mode);
  if (request.max_length() > limits.length_max) {
    return FieldError("max_length", Range(request.max_length(), 0, limits.length_max));
  }
  if (request.max_paths() > limits.paths_max) {
    return FieldError("max_paths", Range(request.max_paths(), 0, limits.paths_max));
  }
  query.length_max =
      DefaultedAndCapped(request.max_length(), limits.length_default, limits.length_max);
  query.paths_max = DefaultedAndCapped(request.max_paths(), limits.paths_default, limits.paths_max);
  PG_ASSIGN_OR_RETURN(query.filter, ToFilter(request.filter(), "filter", schema));
  query.expand_partnerships = request.expand_partnerships();
  PG_ASSIGN_OR_RETURN(query.budget, ToBudget(request.budget(), call));
  return query;
}

}  // namespace partnergraph
