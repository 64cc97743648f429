#include "server/graph_service.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "server/analysis_conversion.h"
#include "server/cut_cursor.h"
#include "server/edge_wire.h"
#include "server/export_conversion.h"
#include "server/grpc_status.h"
#include "server/message_bytes.h"
#include "server/operation_conversion.h"
#include "server/pattern_conversion.h"
#include "server/proto_conversion.h"
#include "server/request_conversion.h"

namespace partnergraph {
namespace {

// Bytes of an edge in an answer, to reserve room: names are longer or shorter.
constexpr size_t kUsualEdgeBytes = 96;

// Paths of one part: each has up to 9 nodes and 8 edges, so a part stays under 256 items.
constexpr size_t kPathsPerPart = 15;

// A position that our own cursor held but the query refuses is of an older form.
absl::Status PositionError(const absl::Status& status, bool has_position) {
  if (!has_position || !absl::IsInvalidArgument(status)) return status;
  return FieldError("page.cursor", "has no place in this answer", "CURSOR_INVALID");
}

const v1::NeighborhoodRequest& HolderOfFilter(const v1::NeighborhoodRequest& request, uint32_t) {
  return request;
}
const v1::CountNeighborhoodRequest& HolderOfFilter(const v1::CountNeighborhoodRequest& request,
                                                   uint32_t) {
  return request;
}
const v1::TraverseStep& HolderOfFilter(const v1::TraverseRequest& request, uint32_t step) {
  return request.steps(static_cast<int>(step));
}
const v1::TraverseStep& HolderOfFilter(const v1::CountTraversalRequest& request, uint32_t step) {
  return request.steps(static_cast<int>(step));
}

// The last part of a streamed answer: what the query came to.
template <typename Response>
void FillLastPart(const QueryEnd& end, const Call& call, std::string read_token, Response* part) {
  if (end.truncation.has_value()) ToProto(*end.truncation, part->mutable_truncation());
  part->mutable_stats()->set_edges_scanned(end.stats.edges_scanned);
  part->mutable_stats()->set_micros(call.ElapsedMicros());
  part->set_read_token(std::move(read_token));
}
template <typename Response>
Response LastPart(const QueryEnd& end, const Call& call, std::string read_token) {
  Response part;
  FillLastPart(end, call, std::move(read_token), &part);
  return part;
}

// The cursors of what was cut, by the filter of the request, or by those of its steps.
template <typename Request, typename Response>
void SealCuts(const QueryEnd& end, const Request& request, const PageTokens& cursors,
              Response* part) {
  if (!end.truncation.has_value()) return;
  const auto filter_of = [&](uint32_t step) -> const v1::FactFilter* {
    const auto& holder = HolderOfFilter(request, step);
    return holder.has_filter() ? &holder.filter() : nullptr;
  };
  SealCutNodes(*end.truncation, cursors, filter_of, part->mutable_truncation());
}

// The nodes as they are now, in order; of those that are gone the id alone.
absl::StatusOr<std::vector<NodeSummary>> Summaries(GraphView& view, std::span<const NodeId> ids) {
  PG_ASSIGN_OR_RETURN(const std::vector<std::optional<Node>> nodes, view.GetNodes(ids));
  std::vector<NodeSummary> summaries;
  for (size_t i = 0; i < ids.size(); ++i) {
    summaries.push_back({.id = ids[i]});
    if (nodes[i].has_value()) summaries.back() = {ids[i], nodes[i]->kind, nodes[i]->name};
  }
  return summaries;
}

// Nodes that show what a group is: not deals, unless there is nothing else.
std::vector<NodeId> MembersToShow(const AnalysisResult& result, uint64_t group) {
  std::optional<uint64_t> next;
  constexpr NodeKind kShown[] = {NodeKind::kCompany, NodeKind::kPerson, NodeKind::kProduct};
  std::vector<NodeId> members = result.Members(group, kShown, 0, kGroupMembersShown, next);
  if (members.empty()) members = result.Members(group, {}, 0, kGroupMembersShown, next);
  return members;
}

absl::Status Delivered(bool written) {
  return written ? absl::OkStatus() : absl::CancelledError("the peer takes nothing more");
}

}  // namespace

GraphService::GraphService(const GraphReader& reader, OperationRegistry& operations,
                           CallGuard& guard, WorkerPools& pools)
    : GuardedService(*v1::GetNodeRequest::descriptor()->file()->FindServiceByName("GraphService"),
                     guard, pools),
      reader_(reader),
      operations_(operations) {
  Unary<v1::GetNodeRequest, v1::GetNodeResponse>(
      "GetNode", [this](const Call& call, const auto& request, auto* response) {
        return GetNode(call, request, response);
      });
  Unary<v1::BatchGetNodesRequest, v1::BatchGetNodesResponse>(
      "BatchGetNodes", [this](const Call& call, const auto& request, auto* response) {
        return BatchGetNodes(call, request, response);
      });
  Unary<v1::SearchNodesRequest, v1::SearchNodesResponse>(
      "SearchNodes", [this](const Call& call, const auto& request, auto* response) {
        return SearchNodes(call, request, response);
      });
  UnaryWithBytes<v1::ListEdgesRequest, v1::ListEdgesResponse>(
      "ListEdges", [this](const Call& call, const auto& request, auto* response, auto* edges) {
        return ListEdges(call, request, response, edges);
      });
  Unary<v1::CountEdgesRequest, v1::CountEdgesResponse>(
      "CountEdges", [this](const Call& call, const auto& request, auto* response) {
        return CountEdges(call, request, response);
      });
  ServerStream<v1::NeighborhoodRequest>(
      "Neighborhood",
      [this](const auto& request, PartWriter& writer) { return Neighborhood(request, writer); });
  ServerStream<v1::TraverseRequest>("Traverse", [this](const auto& request, PartWriter& writer) {
    return Traverse(request, writer);
  });
  ServerStream<v1::FindPathsRequest>("FindPaths", [this](const auto& request, PartWriter& writer) {
    return FindPaths(request, writer);
  });
  Unary<v1::CountNeighborhoodRequest, v1::CountNeighborhoodResponse>(
      "CountNeighborhood", [this](const Call& call, const auto& request, auto* response) {
        return CountNeighborhood(call, request, response);
      });
  Unary<v1::CountTraversalRequest, v1::CountTraversalResponse>(
      "CountTraversal", [this](const Call& call, const auto& request, auto* response) {
        return CountTraversal(call, request, response);
      });
  Unary<v1::FindShortestPathRequest, v1::FindShortestPathResponse>(
      "FindShortestPath", [this](const Call& call, const auto& request, auto* response) {
        return FindShortestPath(call, request, response);
      });
  Unary<v1::CommonNeighborsRequest, v1::CommonNeighborsResponse>(
      "CommonNeighbors", [this](const Call& call, const auto& request, auto* response) {
        return CommonNeighbors(call, request, response);
      });
  Unary<v1::SimilarNodesRequest, v1::SimilarNodesResponse>(
      "SimilarNodes", [this](const Call& call, const auto& request, auto* response) {
        return SimilarNodes(call, request, response);
      });
  Unary<v1::FindCyclesRequest, v1::FindCyclesResponse>(
      "FindCycles", [this](const Call& call, const auto& request, auto* response) {
        return FindCycles(call, request, response);
      });
  Unary<v1::StartAnalysisRequest, v1::StartAnalysisResponse>(
      "StartAnalysis", [this](const Call&, const auto& request, auto* response) {
        return StartAnalysis(request, response);
      });
  Unary<v1::RankNodesRequest, v1::RankNodesResponse>(
      "RankNodes", [this](const Call& call, const auto& request, auto* response) {
        return RankNodes(call, request, response);
      });
  Unary<v1::ListGroupsRequest, v1::ListGroupsResponse>(
      "ListGroups", [this](const Call& call, const auto& request, auto* response) {
        return ListGroups(call, request, response);
      });
  Unary<v1::ListGroupMembersRequest, v1::ListGroupMembersResponse>(
      "ListGroupMembers", [this](const Call& call, const auto& request, auto* response) {
        return ListGroupMembers(call, request, response);
      });
  Unary<v1::GetGroupOfNodeRequest, v1::GetGroupOfNodeResponse>(
      "GetGroupOfNode", [this](const Call& call, const auto& request, auto* response) {
        return GetGroupOfNode(call, request, response);
      });
  ServerStream<v1::ExportSubgraphRequest>(
      "ExportSubgraph",
      [this](const auto& request, PartWriter& writer) { return ExportSubgraph(request, writer); });
  ServerStream<v1::QueryRequest>(
      "Query", [this](const auto& request, PartWriter& writer) { return Query(request, writer); });
  Unary<v1::ExplainFactRequest, v1::ExplainFactResponse>(
      "ExplainFact", [this](const Call& call, const auto& request, auto* response) {
        return ExplainFact(call, request, response);
      });
  Unary<v1::GetArticleRequest, v1::GetArticleResponse>(
      "GetArticle", [this](const Call& call, const auto& request, auto* response) {
        return GetArticle(call, request, response);
      });
  Unary<v1::ListEdgeTypesRequest, v1::ListEdgeTypesResponse>(
      "ListEdgeTypes", [this](const Call& call, const auto& request, auto* response) {
        return ListEdgeTypes(call, request, response);
      });
}

absl::Status GraphService::GetNode(const Call& call, const v1::GetNodeRequest& request,
                                   v1::GetNodeResponse* response) {
  PG_RETURN_IF_ERROR(CheckNodeReference(request));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  NodeId id{request.node_id()};
  if (ToInt(id) == 0) {
    PG_ASSIGN_OR_RETURN(id, view->FindExternalId(request.external_id()));
  }
  PG_ASSIGN_OR_RETURN(const Node node, view->GetNode(id));
  ToProto(node, response->mutable_node());
  response->set_read_token(reader_.TokenOf(*view));
  return absl::OkStatus();
}

absl::Status GraphService::BatchGetNodes(const Call& call, const v1::BatchGetNodesRequest& request,
                                         v1::BatchGetNodesResponse* response) {
  PG_ASSIGN_OR_RETURN(const std::vector<NodeId> ids, ToNodeIds(request.node_ids(), kBatchNodesMax));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  PG_ASSIGN_OR_RETURN(const auto nodes, view->GetNodes(ids));
  ToProto(nodes, request, response);
  response->set_read_token(reader_.TokenOf(*view));
  return absl::OkStatus();
}

absl::Status GraphService::SearchNodes(const Call& call, const v1::SearchNodesRequest& request,
                                       v1::SearchNodesResponse* response) {
  PG_ASSIGN_OR_RETURN(const std::string position,
                      reader_.cursors().Open(request, request.page().cursor()));
  PG_ASSIGN_OR_RETURN(const SearchQuery query, ToQuery(request, position));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  if (!query.exact) PG_RETURN_IF_ERROR(call.LeaveShortWork());
  PG_ASSIGN_OR_RETURN(const SearchResult result, view->SearchNodes(query));
  ToProto(result, response);
  const size_t next = query.offset + result.matches.size();
  if (result.more && next < kSearchMatchesMax) {
    response->set_next_cursor(reader_.cursors().Seal(request, std::to_string(next)));
  }
  response->set_read_token(reader_.TokenOf(*view));
  return absl::OkStatus();
}

absl::Status GraphService::ListEdges(const Call& call, const v1::ListEdgesRequest& request,
                                     v1::ListEdgesResponse* response, std::string* edges) {
  PG_ASSIGN_OR_RETURN(std::string position,
                      reader_.cursors().Open(request, request.page().cursor()));
  PG_ASSIGN_OR_RETURN(const EdgeListQuery query,
                      ToQuery(request, std::move(position), *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  if (!view->in_memory() || query.evidence_limit > 0) {
    PG_RETURN_IF_ERROR(call.LeaveShortWork());
  }
  if (query.evidence_limit == 0) edges->reserve(query.page_size * kUsualEdgeBytes);
  absl::StatusOr<EdgeList> list = query.evidence_limit > 0
                                      ? view->ListEdges(query)
                                      : view->VisitEdges(query, [&](const EdgeRow& edge) {
                                          AppendEdge(edge, view->schema(), *edges);
                                        });
  if (!list.ok()) return PositionError(list.status(), !query.position.empty());
  if (!list->next_position.empty()) {
    response->set_next_cursor(reader_.cursors().Seal(request, list->next_position));
  }
  ToProto(*std::move(list), view->schema(), response);
  response->mutable_stats()->set_micros(call.ElapsedMicros());
  response->set_read_token(reader_.TokenOf(*view));
  return absl::OkStatus();
}

absl::Status GraphService::CountEdges(const Call& call, const v1::CountEdgesRequest& request,
                                      v1::CountEdgesResponse* response) {
  PG_ASSIGN_OR_RETURN(const NodeId id, ToNodeId(request.node_id(), "node_id"));
  PG_ASSIGN_OR_RETURN(const std::vector<EdgeType> types,
                      ToEdgeTypes(request.types(), "types", *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const DirectionFilter direction,
                      ToDirection(request.direction(), "direction"));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  PG_ASSIGN_OR_RETURN(const std::vector<EdgeCount> counts, view->CountEdges(id, types, direction));
  ToProto(counts, view->schema(), response);
  response->set_read_token(reader_.TokenOf(*view));
  return absl::OkStatus();
}

absl::Status GraphService::Neighborhood(const v1::NeighborhoodRequest& request,
                                        PartWriter& writer) {
  PG_ASSIGN_OR_RETURN(const NeighborhoodQuery query,
                      ToQuery(request, writer.call(), *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), writer.call()));
  // A single hop is over at once: its parts wait for each other and for the end, so that a small
  // answer is one message. Of several hops each part goes out when it is made.
  const bool gathers = query.hops == 1;
  NeighborhoodPart waiting;
  const auto write_waiting = [&] {
    if (waiting.nodes.empty() && waiting.edges.empty()) return true;
    google::protobuf::Arena arena(AnswerArena());
    auto* response = google::protobuf::Arena::CreateMessage<v1::NeighborhoodResponse>(&arena);
    ToProto(std::exchange(waiting, {}), view->schema(), response);
    return writer.Write(*response);
  };
  PG_ASSIGN_OR_RETURN(const QueryEnd end, view->Neighborhood(query, [&](NeighborhoodPart part) {
    const bool fits = waiting.nodes.size() + part.nodes.size() <= kPartMax &&
                      waiting.edges.size() + part.edges.size() <= kPartMax;
    if (!fits && !write_waiting()) return false;
    std::ranges::move(part.nodes, std::back_inserter(waiting.nodes));
    std::ranges::move(part.edges, std::back_inserter(waiting.edges));
    return gathers || write_waiting();
  }));
  google::protobuf::Arena arena(AnswerArena());
  auto* last = google::protobuf::Arena::CreateMessage<v1::NeighborhoodResponse>(&arena);
  ToProto(std::move(waiting), view->schema(), last);
  FillLastPart(end, writer.call(), reader_.TokenOf(*view), last);
  SealCuts(end, request, reader_.cursors(), last);
  return Delivered(writer.Write(*last));
}

absl::Status GraphService::Traverse(const v1::TraverseRequest& request, PartWriter& writer) {
  PG_ASSIGN_OR_RETURN(const TraverseQuery query,
                      ToQuery(request, writer.call(), *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), writer.call()));
  PG_ASSIGN_OR_RETURN(const QueryEnd end, view->Traverse(query, [&](std::vector<Walk> walks) {
    google::protobuf::Arena arena(AnswerArena());
    auto* response = google::protobuf::Arena::CreateMessage<v1::TraverseResponse>(&arena);
    ToProto(std::move(walks), view->schema(), response);
    return writer.Write(*response);
  }));
  auto last = LastPart<v1::TraverseResponse>(end, writer.call(), reader_.TokenOf(*view));
  SealCuts(end, request, reader_.cursors(), &last);
  return Delivered(writer.Write(last));
}

absl::Status GraphService::FindPaths(const v1::FindPathsRequest& request, PartWriter& writer) {
  PG_ASSIGN_OR_RETURN(const PathQuery query, ToQuery(request, writer.call(), *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), writer.call()));
  PG_ASSIGN_OR_RETURN(PathResult result, view->FindPaths(query));
  const std::span<Path> paths = result.paths;
  for (size_t begin = 0; begin < paths.size(); begin += kPathsPerPart) {
    v1::FindPathsResponse part;
    ToProto(paths.subspan(begin, std::min(kPathsPerPart, paths.size() - begin)), view->schema(),
            &part);
    if (!writer.Write(part)) return Delivered(false);
  }
  auto last = LastPart<v1::FindPathsResponse>(result.end, writer.call(), reader_.TokenOf(*view));
  last.set_outcome(ToProto(result.outcome));
  return Delivered(writer.Write(last));
}

absl::Status GraphService::CountNeighborhood(const Call& call,
                                             const v1::CountNeighborhoodRequest& request,
                                             v1::CountNeighborhoodResponse* response) {
  PG_ASSIGN_OR_RETURN(const NeighborhoodQuery query, ToQuery(request, call, *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  PG_ASSIGN_OR_RETURN(const QueryEnd end,
                      view->Neighborhood(query, [](NeighborhoodPart) { return true; }));
  ToProto(end, response);
  FillLastPart(end, call, reader_.TokenOf(*view), response);
  SealCuts(end, request, reader_.cursors(), response);
  return absl::OkStatus();
}

absl::Status GraphService::CountTraversal(const Call& call,
                                          const v1::CountTraversalRequest& request,
                                          v1::CountTraversalResponse* response) {
  PG_ASSIGN_OR_RETURN(const TraverseQuery query, ToQuery(request, call, *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  if (!view->in_memory()) PG_RETURN_IF_ERROR(call.LeaveShortWork());
  PG_ASSIGN_OR_RETURN(const QueryEnd end,
                      view->Traverse(query, [](std::vector<Walk>) { return true; }));
  response->set_node_count(end.end_count);
  FillLastPart(end, call, reader_.TokenOf(*view), response);
  SealCuts(end, request, reader_.cursors(), response);
  return absl::OkStatus();
}

absl::Status GraphService::FindShortestPath(const Call& call,
                                            const v1::FindShortestPathRequest& request,
                                            v1::FindShortestPathResponse* response) {
  PG_ASSIGN_OR_RETURN(const PathQuery query, ToQuery(request, call, *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  if (!view->in_memory()) PG_RETURN_IF_ERROR(call.LeaveShortWork());
  PG_ASSIGN_OR_RETURN(PathResult result, view->FindPaths(query));
  ToProto(std::span(result.paths), result.outcome, view->schema(), response);
  FillLastPart(result.end, call, reader_.TokenOf(*view), response);
  return absl::OkStatus();
}

absl::Status GraphService::CommonNeighbors(const Call& call,
                                           const v1::CommonNeighborsRequest& request,
                                           v1::CommonNeighborsResponse* response) {
  PG_ASSIGN_OR_RETURN(const std::string position,
                      reader_.cursors().Open(request, request.page().cursor()));
  PG_ASSIGN_OR_RETURN(const CommonNeighborsQuery query,
                      ToQuery(request, position, call, *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  PG_ASSIGN_OR_RETURN(CommonNeighborsResult result, view->CommonNeighbors(query));
  const size_t next = query.offset + result.neighbors.size();
  if (!result.neighbors.empty() && next < result.total && next < kCommonNeighborsMax) {
    response->set_next_cursor(reader_.cursors().Seal(request, std::to_string(next)));
  }
  ToProto(std::move(result), view->schema(), response);
  response->mutable_stats()->set_micros(call.ElapsedMicros());
  response->set_read_token(reader_.TokenOf(*view));
  return absl::OkStatus();
}

absl::Status GraphService::SimilarNodes(const Call& call, const v1::SimilarNodesRequest& request,
                                        v1::SimilarNodesResponse* response) {
  PG_ASSIGN_OR_RETURN(const SimilarNodesQuery query, ToQuery(request, call, *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  PG_ASSIGN_OR_RETURN(SimilarNodesResult result, view->SimilarNodes(query));
  ToProto(std::move(result), response);
  response->mutable_stats()->set_micros(call.ElapsedMicros());
  response->set_read_token(reader_.TokenOf(*view));
  return absl::OkStatus();
}

absl::Status GraphService::FindCycles(const Call& call, const v1::FindCyclesRequest& request,
                                      v1::FindCyclesResponse* response) {
  PG_ASSIGN_OR_RETURN(const CycleQuery query, ToQuery(request, call, *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  PG_ASSIGN_OR_RETURN(PathResult result, view->FindCycles(query));
  ToProto(std::move(result), view->schema(), response);
  response->mutable_stats()->set_micros(call.ElapsedMicros());
  response->set_read_token(reader_.TokenOf(*view));
  return absl::OkStatus();
}

absl::Status GraphService::StartAnalysis(const v1::StartAnalysisRequest& request,
                                         v1::StartAnalysisResponse* response) {
  PG_ASSIGN_OR_RETURN(const AnalysisQuery query, ToQuery(request, *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const Operation operation, operations_.Start(query));
  ToProto(operation, reader_.tokens(), response->mutable_operation());
  return absl::OkStatus();
}

absl::StatusOr<Operation> GraphService::ResultOf(const std::string& operation_id,
                                                 std::optional<AnalysisKind> kind,
                                                 const v1::Consistency& consistency) const {
  if (operation_id.empty() || operation_id.size() > kOperationIdBytesMax) {
    return FieldError("operation_id", absl::StrCat("has ", operation_id.size(),
                                                   " bytes, want 1 to ", kOperationIdBytesMax));
  }
  PG_ASSIGN_OR_RETURN(Operation operation, operations_.Get(operation_id));
  if (kind.has_value() ? operation.kind != *kind
                       : operation.kind != AnalysisKind::kComponents &&
                             operation.kind != AnalysisKind::kCommunities) {
    return absl::FailedPreconditionError(
        absl::StrCat("operation ", operation_id, " is another analysis"));
  }
  if (operation.result == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("operation ", operation_id, " has not succeeded"));
  }
  PG_RETURN_IF_ERROR(reader_.tokens().Check(consistency.at_least_as_fresh(), operation.sequence,
                                            "consistency.at_least_as_fresh"));
  return operation;
}

absl::Status GraphService::RankNodes(const Call& call, const v1::RankNodesRequest& request,
                                     v1::RankNodesResponse* response) {
  PG_ASSIGN_OR_RETURN(const std::optional<AnalysisKind> kind, ToRankedAnalysis(request));
  if (!kind.has_value()) {
    PG_ASSIGN_OR_RETURN(const PersonalRankQuery query,
                        ToPersonalQuery(request, call, *reader_.schema()));
    PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
    PG_ASSIGN_OR_RETURN(PersonalRankResult result, view->RankFromSeeds(query));
    ToProto(std::move(result), response);
    response->mutable_stats()->set_micros(call.ElapsedMicros());
    response->set_read_token(reader_.TokenOf(*view));
    return absl::OkStatus();
  }
  PG_ASSIGN_OR_RETURN(const std::vector<NodeKind> kinds,
                      ToNodeKinds(request.node_kinds(), "node_kinds"));
  PG_ASSIGN_OR_RETURN(const uint32_t page_size, ToPageSize(request.page()));
  PG_ASSIGN_OR_RETURN(const std::string position,
                      reader_.cursors().Open(request, request.page().cursor()));
  PG_ASSIGN_OR_RETURN(const uint32_t offset, ToOffset(position, UINT32_MAX));
  PG_ASSIGN_OR_RETURN(const Operation operation,
                      ResultOf(request.operation_id(), kind, request.consistency()));
  std::optional<uint64_t> next;
  const auto ranks = operation.result->Ranks(kinds, offset, page_size, next);
  std::vector<NodeId> ids;
  for (const AnalysisResult::Ranked& ranked : ranks) ids.push_back(ranked.node);
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View({}, call));
  PG_ASSIGN_OR_RETURN(std::vector<NodeSummary> nodes, Summaries(*view, ids));
  for (size_t i = 0; i < nodes.size(); ++i) {
    auto* added = response->add_nodes();
    ToProto(std::move(nodes[i]), added->mutable_node());
    added->set_score(ranks[i].score);
  }
  if (next.has_value()) {
    response->set_next_cursor(reader_.cursors().Seal(request, std::to_string(*next)));
  }
  response->mutable_stats()->set_micros(call.ElapsedMicros());
  response->set_read_token(reader_.tokens().Encode(operation.sequence));
  return absl::OkStatus();
}

absl::Status GraphService::ListGroups(const Call& call, const v1::ListGroupsRequest& request,
                                      v1::ListGroupsResponse* response) {
  PG_ASSIGN_OR_RETURN(const uint32_t page_size, ToPageSize(request.page()));
  PG_ASSIGN_OR_RETURN(const std::string position,
                      reader_.cursors().Open(request, request.page().cursor()));
  PG_ASSIGN_OR_RETURN(const uint32_t offset, ToOffset(position, UINT32_MAX));
  PG_ASSIGN_OR_RETURN(const Operation operation,
                      ResultOf(request.operation_id(), std::nullopt, request.consistency()));
  const AnalysisResult& result = *operation.result;
  const uint64_t min_size = request.min_size() == 0 ? 2 : request.min_size();
  std::vector<NodeId> ids;
  std::vector<size_t> shown;  // Of each group.
  uint64_t number = offset;
  for (; number < result.group_count() && shown.size() < page_size; ++number) {
    const NodeGroup group = result.Group(number);
    if (group.size < min_size) break;
    ToProto(group, response->add_groups());
    const std::vector<NodeId> members = MembersToShow(result, number);
    shown.push_back(members.size());
    ids.insert(ids.end(), members.begin(), members.end());
  }
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View({}, call));
  PG_ASSIGN_OR_RETURN(std::vector<NodeSummary> nodes, Summaries(*view, ids));
  auto node = nodes.begin();
  for (size_t i = 0; i < shown.size(); ++i) {
    for (size_t k = 0; k < shown[i]; ++k, ++node) {
      ToProto(std::move(*node), response->mutable_groups(static_cast<int>(i))->add_members());
    }
  }
  if (number < result.group_count() && result.Group(number).size >= min_size) {
    response->set_next_cursor(reader_.cursors().Seal(request, std::to_string(number)));
  }
  response->set_total(result.group_count());
  response->set_read_token(reader_.tokens().Encode(operation.sequence));
  return absl::OkStatus();
}

absl::Status GraphService::ListGroupMembers(const Call& call,
                                            const v1::ListGroupMembersRequest& request,
                                            v1::ListGroupMembersResponse* response) {
  PG_ASSIGN_OR_RETURN(const NodeId group, ToNodeId(request.group_id(), "group_id"));
  PG_ASSIGN_OR_RETURN(const std::vector<NodeKind> kinds,
                      ToNodeKinds(request.node_kinds(), "node_kinds"));
  PG_ASSIGN_OR_RETURN(const uint32_t page_size, ToPageSize(request.page()));
  PG_ASSIGN_OR_RETURN(const std::string position,
                      reader_.cursors().Open(request, request.page().cursor()));
  PG_ASSIGN_OR_RETURN(const uint32_t offset, ToOffset(position, UINT32_MAX));
  PG_ASSIGN_OR_RETURN(const Operation operation,
                      ResultOf(request.operation_id(), std::nullopt, request.consistency()));
  const std::optional<uint64_t> number = operation.result->FindGroup(group);
  if (!number.has_value()) {
    return absl::NotFoundError(
        absl::StrCat("operation ", operation.id, " has no group ", request.group_id()));
  }
  std::optional<uint64_t> next;
  const std::vector<NodeId> ids =
      operation.result->Members(*number, kinds, offset, page_size, next);
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View({}, call));
  PG_ASSIGN_OR_RETURN(std::vector<NodeSummary> nodes, Summaries(*view, ids));
  for (NodeSummary& node : nodes) ToProto(std::move(node), response->add_nodes());
  if (next.has_value()) {
    response->set_next_cursor(reader_.cursors().Seal(request, std::to_string(*next)));
  }
  response->set_size(operation.result->Group(*number).size);
  response->set_read_token(reader_.tokens().Encode(operation.sequence));
  return absl::OkStatus();
}

absl::Status GraphService::GetGroupOfNode(const Call& call,
                                          const v1::GetGroupOfNodeRequest& request,
                                          v1::GetGroupOfNodeResponse* response) {
  PG_ASSIGN_OR_RETURN(const NodeId node, ToNodeId(request.node_id(), "node_id"));
  PG_ASSIGN_OR_RETURN(const Operation operation,
                      ResultOf(request.operation_id(), std::nullopt, request.consistency()));
  const std::optional<uint64_t> number = operation.result->GroupOf(node);
  if (!number.has_value()) {
    return absl::NotFoundError(
        absl::StrCat("operation ", operation.id, " saw no node ", request.node_id()));
  }
  ToProto(operation.result->Group(*number), response->mutable_group());
  const std::vector<NodeId> ids = MembersToShow(*operation.result, *number);
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View({}, call));
  PG_ASSIGN_OR_RETURN(std::vector<NodeSummary> members, Summaries(*view, ids));
  for (NodeSummary& member : members) {
    ToProto(std::move(member), response->mutable_group()->add_members());
  }
  response->set_read_token(reader_.tokens().Encode(operation.sequence));
  return absl::OkStatus();
}

absl::Status GraphService::Query(const v1::QueryRequest& request, PartWriter& writer) {
  PG_ASSIGN_OR_RETURN(const PatternRequest query, ToPatternRequest(request, writer.call()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), writer.call()));
  absl::StatusOr<PatternEnd> end = view->QueryPattern(query, [&](PatternPart part) {
    google::protobuf::Arena arena(AnswerArena());
    auto* response = google::protobuf::Arena::CreateMessage<v1::QueryResponse>(&arena);
    ToProto(std::move(part), view->schema(), response);
    return writer.Write(*response);
  });
  if (absl::IsInvalidArgument(end.status())) {
    return FieldError("text", ToStd(end.status().message()));
  }
  PG_RETURN_IF_ERROR(end.status());
  auto last = LastPart<v1::QueryResponse>(end->end, writer.call(), reader_.TokenOf(*view));
  last.set_plan(std::move(end->plan));
  last.set_match_count(end->match_count);
  last.set_row_count(end->row_count);
  return Delivered(writer.Write(last));
}

absl::Status GraphService::ExportSubgraph(const v1::ExportSubgraphRequest& request,
                                          PartWriter& writer) {
  PG_ASSIGN_OR_RETURN(std::string position,
                      reader_.cursors().Open(request, request.page().cursor()));
  PG_ASSIGN_OR_RETURN(const ExportQuery query, ToExportQuery(request, std::move(position),
                                                             writer.call(), *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), writer.call()));
  const auto cursor_of = [&](const std::string& next) {
    return next.empty() ? "" : reader_.cursors().Seal(request, next);
  };
  absl::StatusOr<ExportEnd> end = view->ExportGraph(query, [&](ExportPart part) {
    v1::ExportSubgraphResponse response;
    response.set_next_cursor(cursor_of(part.next_position));
    ToProto(std::move(part), &response);
    return writer.Write(response);
  });
  if (!end.ok()) return PositionError(end.status(), !query.position.empty());
  v1::ExportSubgraphResponse last;
  ToProto(*end, &last);
  last.set_next_cursor(cursor_of(end->next_position));
  last.set_read_token(reader_.TokenOf(*view));
  return Delivered(writer.Write(last));
}

absl::Status GraphService::ExplainFact(const Call& call, const v1::ExplainFactRequest& request,
                                       v1::ExplainFactResponse* response) {
  PG_ASSIGN_OR_RETURN(const FactId id, ToFactId(request.fact_id(), "fact_id"));
  PG_ASSIGN_OR_RETURN(const uint32_t page_size, ToPageSize(request.page()));
  PG_ASSIGN_OR_RETURN(const std::string position,
                      reader_.cursors().Open(request, request.page().cursor()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  PG_ASSIGN_OR_RETURN(GraphView::FactRecord fact, view->GetFact(id));
  const absl::StatusOr<EvidenceList> list = view->ListEvidence(id, page_size, position);
  if (!list.ok()) return PositionError(list.status(), !position.empty());
  ToProto(std::move(fact), view->schema(), response);
  ToProto(*list, response);
  if (!list->next_position.empty()) {
    response->set_next_cursor(reader_.cursors().Seal(request, list->next_position));
  }
  response->set_read_token(reader_.TokenOf(*view));
  return absl::OkStatus();
}

absl::Status GraphService::GetArticle(const Call& call, const v1::GetArticleRequest& request,
                                      v1::GetArticleResponse* response) {
  if (request.article_id().empty() || request.article_id().size() > kArticleIdBytesMax) {
    return FieldError("article_id", absl::StrCat("has ", request.article_id().size(),
                                                 " bytes, want 1 to ", kArticleIdBytesMax));
  }
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  PG_ASSIGN_OR_RETURN(const StoredArticle article, view->GetArticle(request.article_id()));
  ToProto(article, response);
  response->set_read_token(reader_.TokenOf(*view));
  return absl::OkStatus();
}

absl::Status GraphService::ListEdgeTypes(const Call& call, const v1::ListEdgeTypesRequest& request,
                                         v1::ListEdgeTypesResponse* response) {
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  PG_ASSIGN_OR_RETURN(const GraphStats stats, view->GetStats());
  ToProto(view->schema(), stats, response);
  response->set_read_token(reader_.TokenOf(*view));
  return absl::OkStatus();
}

}  // namespace partnergraph
