#include "server/graph_service.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "server/analysis_conversion.h"
#include "server/edge_wire.h"
#include "server/grpc_status.h"
#include "server/message_bytes.h"
#include "server/proto_conversion.h"
#include "server/request_conversion.h"

namespace partnergraph {
namespace {

// Paths of one part: each has up to 9 nodes and 8 edges, so a part stays under 256 items.
constexpr size_t kPathsPerPart = 15;

// A position that our own cursor held but the query refuses is of an older form.
absl::Status PositionError(const absl::Status& status, bool has_position) {
  if (!has_position || !absl::IsInvalidArgument(status)) return status;
  return FieldError("page.cursor", "has no place in this answer", "CURSOR_INVALID");
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

absl::Status Delivered(bool written) {
  return written ? absl::OkStatus() : absl::CancelledError("the peer takes nothing more");
}

}  // namespace

GraphService::GraphService(const GraphReader& reader, CallGuard& guard, WorkerPools& pools)
    : GuardedService(*v1::GetNodeRequest::descriptor()->file()->FindServiceByName("GraphService"),
                     guard, pools),
      reader_(reader) {
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
  Unary<v1::NeighborhoodRequest, v1::CountNeighborhoodResponse>(
      "CountNeighborhood", [this](const Call& call, const auto& request, auto* response) {
        return CountNeighborhood(call, request, response);
      });
  Unary<v1::TraverseRequest, v1::CountTraversalResponse>(
      "CountTraversal", [this](const Call& call, const auto& request, auto* response) {
        return CountTraversal(call, request, response);
      });
  Unary<v1::FindPathsRequest, v1::FindPathsResponse>(
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
  return Delivered(
      writer.Write(LastPart<v1::TraverseResponse>(end, writer.call(), reader_.TokenOf(*view))));
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
                                             const v1::NeighborhoodRequest& request,
                                             v1::CountNeighborhoodResponse* response) {
  PG_ASSIGN_OR_RETURN(NeighborhoodQuery query, ToQuery(request, call, *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  query.detail = AnswerDetail::kCounts;
  PG_ASSIGN_OR_RETURN(const QueryEnd end,
                      view->Neighborhood(query, [](NeighborhoodPart) { return true; }));
  ToProto(end, response);
  FillLastPart(end, call, reader_.TokenOf(*view), response);
  return absl::OkStatus();
}

absl::Status GraphService::CountTraversal(const Call& call, const v1::TraverseRequest& request,
                                          v1::CountTraversalResponse* response) {
  PG_ASSIGN_OR_RETURN(TraverseQuery query, ToQuery(request, call, *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  if (!view->in_memory()) PG_RETURN_IF_ERROR(call.LeaveShortWork());
  query.detail = AnswerDetail::kCounts;
  PG_ASSIGN_OR_RETURN(const QueryEnd end,
                      view->Traverse(query, [](std::vector<Walk>) { return true; }));
  response->set_node_count(end.end_count);
  FillLastPart(end, call, reader_.TokenOf(*view), response);
  return absl::OkStatus();
}

absl::Status GraphService::FindShortestPath(const Call& call, const v1::FindPathsRequest& request,
                                            v1::FindPathsResponse* response) {
  if (request.max_paths() > 1) {
    return FieldError("max_paths", absl::StrCat("is ", request.max_paths(), ", want 0 or 1"));
  }
  if (request.mode() != v1::PATH_MODE_UNSPECIFIED && request.mode() != v1::PATH_MODE_SHORTEST) {
    return FieldError("mode", "is not for FindShortestPath, which finds one shortest path");
  }
  PG_ASSIGN_OR_RETURN(const PathQuery query, ToQuery(request, call, *reader_.schema()));
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View(request.consistency(), call));
  if (!view->in_memory()) PG_RETURN_IF_ERROR(call.LeaveShortWork());
  PG_ASSIGN_OR_RETURN(PathResult result, view->FindPaths(query));
  ToProto(std::span(result.paths), view->schema(), response);
  response->set_outcome(ToProto(result.outcome));
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
