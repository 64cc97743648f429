#include "clients/cpp/client.h"

#include <utility>

#include "clients/cpp/rpc_error.h"
#include "grpcpp/client_context.h"

namespace partnergraph::client {
namespace {

// Runs one unary call of `stub` with a deadline.
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Call(Stub& stub,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Response*),
                              const Request& request, absl::Duration timeout) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) {
    return ToStatus(status);
  }
  return response;
}

// Reads one server stream to its end, or until `visit` has had enough.
template <typename Stub, typename Request, typename Response>
absl::Status ReadStream(Stub& stub,
                        std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(
                            grpc::ClientContext*, const Request&),
                        const Request& request, absl::Duration timeout,
                        absl::FunctionRef<bool(const Response&)> visit) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  const auto reader = (stub.*method)(&context, request);
  Response part;
  while (reader->Read(&part)) {
    if (!visit(part)) {
      context.TryCancel();
      while (reader->Read(&part)) {
      }
      (void)reader->Finish();
      return absl::OkStatus();
    }
  }
  return ToStatus(reader->Finish());
}

}  // namespace

Client::Client(std::shared_ptr<grpc::Channel> channel, ClientOptions options)
    : options_(options),
      graph_(v1::GraphService::NewStub(channel)),
      ingest_(v1::IngestService::NewStub(channel)),
      admin_(v1::AdminService::NewStub(channel)) {}

absl::StatusOr<v1::GetNodeResponse> Client::GetNode(const v1::GetNodeRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::GetNode, request, options_.timeout);
}

absl::StatusOr<v1::BatchGetNodesResponse> Client::BatchGetNodes(
    const v1::BatchGetNodesRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::BatchGetNodes, request, options_.timeout);
}

absl::StatusOr<v1::SearchNodesResponse> Client::SearchNodes(
    const v1::SearchNodesRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::SearchNodes, request, options_.timeout);
}

absl::StatusOr<v1::ListEdgesResponse> Client::ListEdges(const v1::ListEdgesRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::ListEdges, request, options_.timeout);
}

absl::StatusOr<v1::CountEdgesResponse> Client::CountEdges(
    const v1::CountEdgesRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::CountEdges, request, options_.timeout);
}

absl::StatusOr<v1::CommonNeighborsResponse> Client::CommonNeighbors(
    const v1::CommonNeighborsRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::CommonNeighbors, request, options_.timeout);
}

absl::StatusOr<v1::SimilarNodesResponse> Client::SimilarNodes(
    const v1::SimilarNodesRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::SimilarNodes, request, options_.timeout);
}

absl::StatusOr<v1::FindCyclesResponse> Client::FindCycles(
    const v1::FindCyclesRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::FindCycles, request, options_.timeout);
}

absl::StatusOr<v1::StartAnalysisResponse> Client::StartAnalysis(
    const v1::StartAnalysisRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::StartAnalysis, request, options_.timeout);
}

absl::StatusOr<v1::RankNodesResponse> Client::RankNodes(const v1::RankNodesRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::RankNodes, request, options_.timeout);
}

absl::StatusOr<v1::ListGroupsResponse> Client::ListGroups(
    const v1::ListGroupsRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::ListGroups, request, options_.timeout);
}

absl::StatusOr<v1::ListGroupMembersResponse> Client::ListGroupMembers(
    const v1::ListGroupMembersRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::ListGroupMembers, request, options_.timeout);
}

absl::StatusOr<v1::GetGroupOfNodeResponse> Client::GetGroupOfNode(
    const v1::GetGroupOfNodeRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::GetGroupOfNode, request, options_.timeout);
}

absl::StatusOr<v1::ExplainFactResponse> Client::ExplainFact(
    const v1::ExplainFactRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::ExplainFact, request, options_.timeout);
}

absl::StatusOr<v1::GetArticleResponse> Client::GetArticle(
    const v1::GetArticleRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::GetArticle, request, options_.timeout);
}

absl::StatusOr<v1::ListEdgeTypesResponse> Client::ListEdgeTypes(
    const v1::ListEdgeTypesRequest& request) const {
  return Call(*graph_, &v1::GraphService::Stub::ListEdgeTypes, request, options_.timeout);
}

absl::StatusOr<v1::GetStatsResponse> Client::GetStats() const {
  return Call(*admin_, &v1::AdminService::Stub::GetStats, v1::GetStatsRequest(), options_.timeout);
}

absl::StatusOr<v1::GetOperationResponse> Client::GetOperation(
    const v1::GetOperationRequest& request) const {
  return Call(*admin_, &v1::AdminService::Stub::GetOperation, request, options_.timeout);
}

absl::StatusOr<v1::CancelOperationResponse> Client::CancelOperation(
    const v1::CancelOperationRequest& request) const {
  return Call(*admin_, &v1::AdminService::Stub::CancelOperation, request, options_.timeout);
}

absl::StatusOr<v1::ListOperationsResponse> Client::ListOperations() const {
  return Call(*admin_, &v1::AdminService::Stub::ListOperations, v1::ListOperationsRequest(),
              options_.timeout);
}

absl::StatusOr<v1::IngestArticleResponse> Client::IngestArticle(
    const v1::IngestArticleRequest& request) const {
  return Call(*ingest_, &v1::IngestService::Stub::IngestArticle, request, options_.timeout);
}

absl::StatusOr<v1::PreviewArticleResponse> Client::PreviewArticle(
    const v1::PreviewArticleRequest& request) const {
  return Call(*ingest_, &v1::IngestService::Stub::PreviewArticle, request, options_.timeout);
}

absl::StatusOr<v1::WriteFactsResponse> Client::WriteFacts(
    const v1::WriteFactsRequest& request) const {
  return Call(*ingest_, &v1::IngestService::Stub::WriteFacts, request, options_.timeout);
}

absl::StatusOr<v1::RetractArticleResponse> Client::RetractArticle(
    const v1::RetractArticleRequest& request) const {
  return Call(*ingest_, &v1::IngestService::Stub::RetractArticle, request, options_.timeout);
}

absl::Status Client::Neighborhood(
    const v1::NeighborhoodRequest& request,
    absl::FunctionRef<bool(const v1::NeighborhoodResponse&)> visit) const {
  return ReadStream(*graph_, &v1::GraphService::Stub::Neighborhood, request, options_.timeout,
                    visit);
}

absl::Status Client::Traverse(const v1::TraverseRequest& request,
                              absl::FunctionRef<bool(const v1::TraverseResponse&)> visit) const {
  return ReadStream(*graph_, &v1::GraphService::Stub::Traverse, request, options_.timeout, visit);
}

absl::Status Client::FindPaths(const v1::FindPathsRequest& request,
                               absl::FunctionRef<bool(const v1::FindPathsResponse&)> visit) const {
  return ReadStream(*graph_, &v1::GraphService::Stub::FindPaths, request, options_.timeout, visit);
}

absl::Status Client::Query(const v1::QueryRequest& request,
                           absl::FunctionRef<bool(const v1::QueryResponse&)> visit) const {
  return ReadStream(*graph_, &v1::GraphService::Stub::Query, request, options_.timeout, visit);
}

absl::Status Client::ExportSubgraph(
    const v1::ExportSubgraphRequest& request,
    absl::FunctionRef<bool(const v1::ExportSubgraphResponse&)> visit) const {
  return ReadStream(*graph_, &v1::GraphService::Stub::ExportSubgraph, request, options_.timeout,
                    visit);
}

}  // namespace partnergraph::client
