// Blocking calls to a partnergraph server, one method per RPC. Thread-safe. Every call has a
// deadline; errors keep the server's code and details (rpc_error.h). Streams of articles:
// ingest_stream.h.
#pragma once

#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "partnergraph/v1/admin_service.grpc.pb.h"
#include "partnergraph/v1/graph_service.grpc.pb.h"
#include "partnergraph/v1/ingest_service.grpc.pb.h"

namespace partnergraph::client {

struct ClientOptions {
  // Longest time for one call.
  absl::Duration timeout = absl::Seconds(10);
};

class Client {
 public:
  explicit Client(std::shared_ptr<grpc::Channel> channel, ClientOptions options = {});

  absl::StatusOr<v1::GetNodeResponse> GetNode(const v1::GetNodeRequest& request) const;
  absl::StatusOr<v1::BatchGetNodesResponse> BatchGetNodes(
      const v1::BatchGetNodesRequest& request) const;
  absl::StatusOr<v1::SearchNodesResponse> SearchNodes(const v1::SearchNodesRequest& request) const;
  absl::StatusOr<v1::ListEdgesResponse> ListEdges(const v1::ListEdgesRequest& request) const;
  absl::StatusOr<v1::CountEdgesResponse> CountEdges(const v1::CountEdgesRequest& request) const;
  absl::StatusOr<v1::CommonNeighborsResponse> CommonNeighbors(
      const v1::CommonNeighborsRequest& request) const;
  absl::StatusOr<v1::SimilarNodesResponse> SimilarNodes(
      const v1::SimilarNodesRequest& request) const;
  absl::StatusOr<v1::FindCyclesResponse> FindCycles(const v1::FindCyclesRequest& request) const;
  absl::StatusOr<v1::StartAnalysisResponse> StartAnalysis(
      const v1::StartAnalysisRequest& request) const;
  absl::StatusOr<v1::RankNodesResponse> RankNodes(const v1::RankNodesRequest& request) const;
  absl::StatusOr<v1::ListGroupsResponse> ListGroups(const v1::ListGroupsRequest& request) const;
  absl::StatusOr<v1::ListGroupMembersResponse> ListGroupMembers(
      const v1::ListGroupMembersRequest& request) const;
  absl::StatusOr<v1::GetGroupOfNodeResponse> GetGroupOfNode(
      const v1::GetGroupOfNodeRequest& request) const;
  absl::StatusOr<v1::ExplainFactResponse> ExplainFact(const v1::ExplainFactRequest& request) const;
  absl::StatusOr<v1::GetArticleResponse> GetArticle(const v1::GetArticleRequest& request) const;
  absl::StatusOr<v1::ListEdgeTypesResponse> ListEdgeTypes(
      const v1::ListEdgeTypesRequest& request) const;
  absl::StatusOr<v1::GetStatsResponse> GetStats() const;
  absl::StatusOr<v1::GetOperationResponse> GetOperation(
      const v1::GetOperationRequest& request) const;
  absl::StatusOr<v1::ListOperationsResponse> ListOperations() const;
  absl::StatusOr<v1::CancelOperationResponse> CancelOperation(
      const v1::CancelOperationRequest& request) const;

  absl::StatusOr<v1::IngestArticleResponse> IngestArticle(
      const v1::IngestArticleRequest& request) const;
  absl::StatusOr<v1::PreviewArticleResponse> PreviewArticle(
      const v1::PreviewArticleRequest& request) const;
  absl::StatusOr<v1::RetractArticleResponse> RetractArticle(
      const v1::RetractArticleRequest& request) const;

  absl::StatusOr<v1::WriteFactsResponse> WriteFacts(const v1::WriteFactsRequest& request) const;

  // Streams: `visit` gets each part in order. When it returns false the call is cancelled and the
  // result is OK.
  absl::Status Neighborhood(const v1::NeighborhoodRequest& request,
                            absl::FunctionRef<bool(const v1::NeighborhoodResponse&)> visit) const;
  absl::Status Traverse(const v1::TraverseRequest& request,
                        absl::FunctionRef<bool(const v1::TraverseResponse&)> visit) const;
  absl::Status FindPaths(const v1::FindPathsRequest& request,
                         absl::FunctionRef<bool(const v1::FindPathsResponse&)> visit) const;
  absl::Status Query(const v1::QueryRequest& request,
                     absl::FunctionRef<bool(const v1::QueryResponse&)> visit) const;
  absl::Status ExportSubgraph(
      const v1::ExportSubgraphRequest& request,
      absl::FunctionRef<bool(const v1::ExportSubgraphResponse&)> visit) const;

 private:
  ClientOptions options_;
  std::unique_ptr<v1::GraphService::Stub> graph_;
  std::unique_ptr<v1::IngestService::Stub> ingest_;
  std::unique_ptr<v1::AdminService::Stub> admin_;
};

}  // namespace partnergraph::client
