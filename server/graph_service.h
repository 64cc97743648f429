// partnergraph.v1.GraphService: translate, ask the graph, translate.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "partnergraph/v1/graph_service.pb.h"
#include "server/graph_reader.h"
#include "server/guarded_service.h"
#include "server/operation_registry.h"

namespace partnergraph {

class GraphService final : public GuardedService {
 public:
  // All must outlive the service.
  GraphService(const GraphReader& reader, OperationRegistry& operations, CallGuard& guard,
               WorkerPools& pools);

 private:
  absl::Status GetNode(const Call& call, const v1::GetNodeRequest& request,
                       v1::GetNodeResponse* response);
  absl::Status BatchGetNodes(const Call& call, const v1::BatchGetNodesRequest& request,
                             v1::BatchGetNodesResponse* response);
  absl::Status SearchNodes(const Call& call, const v1::SearchNodesRequest& request,
                           v1::SearchNodesResponse* response);
  // `edges` gets edges of the response as bytes, which go before the others.
  absl::Status ListEdges(const Call& call, const v1::ListEdgesRequest& request,
                         v1::ListEdgesResponse* response, std::string* edges);
  absl::Status CountEdges(const Call& call, const v1::CountEdgesRequest& request,
                          v1::CountEdgesResponse* response);
  absl::Status Neighborhood(const v1::NeighborhoodRequest& request, PartWriter& writer);
  absl::Status Traverse(const v1::TraverseRequest& request, PartWriter& writer);
  absl::Status FindPaths(const v1::FindPathsRequest& request, PartWriter& writer);
  absl::Status CountNeighborhood(const Call& call, const v1::CountNeighborhoodRequest& request,
                                 v1::CountNeighborhoodResponse* response);
  absl::Status CountTraversal(const Call& call, const v1::CountTraversalRequest& request,
                              v1::CountTraversalResponse* response);
  absl::Status FindShortestPath(const Call& call, const v1::FindShortestPathRequest& request,
                                v1::FindShortestPathResponse* response);
  absl::Status CommonNeighbors(const Call& call, const v1::CommonNeighborsRequest& request,
                               v1::CommonNeighborsResponse* response);
  absl::Status SimilarNodes(const Call& call, const v1::SimilarNodesRequest& request,
                            v1::SimilarNodesResponse* response);
  absl::Status FindCycles(const Call& call, const v1::FindCyclesRequest& request,
                          v1::FindCyclesResponse* response);
  absl::Status StartAnalysis(const v1::StartAnalysisRequest& request,
                             v1::StartAnalysisResponse* response);
  absl::Status RankNodes(const Call& call, const v1::RankNodesRequest& request,
                         v1::RankNodesResponse* response);
  absl::Status ListGroups(const Call& call, const v1::ListGroupsRequest& request,
                          v1::ListGroupsResponse* response);
  absl::Status ListGroupMembers(const Call& call, const v1::ListGroupMembersRequest& request,
                                v1::ListGroupMembersResponse* response);
  absl::Status GetGroupOfNode(const Call& call, const v1::GetGroupOfNodeRequest& request,
                              v1::GetGroupOfNodeResponse* response);
  absl::Status Query(const v1::QueryRequest& request, PartWriter& writer);
  absl::Status ExportSubgraph(const v1::ExportSubgraphRequest& request, PartWriter& writer);
  absl::Status ExplainFact(const Call& call, const v1::ExplainFactRequest& request,
                           v1::ExplainFactResponse* response);
  absl::Status GetArticle(const Call& call, const v1::GetArticleRequest& request,
                          v1::GetArticleResponse* response);
  absl::Status ListEdgeTypes(const Call& call, const v1::ListEdgeTypesRequest& request,
                             v1::ListEdgeTypesResponse* response);

  // The result of an operation that succeeded and is fresh enough. Groups when `kind` is nothing.
  absl::StatusOr<Operation> ResultOf(const std::string& operation_id,
                                     std::optional<AnalysisKind> kind,
                                     const v1::Consistency& consistency) const;

  const GraphReader& reader_;
  OperationRegistry& operations_;
};

}  // namespace partnergraph
