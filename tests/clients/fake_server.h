// A server on a free loopback port whose answers a test sets. Calls without an answer are
// UNIMPLEMENTED. Set answers before calls are made.
#pragma once

#include <fcntl.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/server_posix.h"
#include "partnergraph/v1/admin_service.grpc.pb.h"
#include "partnergraph/v1/graph_service.grpc.pb.h"
#include "partnergraph/v1/ingest_service.grpc.pb.h"

namespace partnergraph {

template <typename Request, typename Response>
using UnaryAnswer = std::function<grpc::Status(const Request&, Response&)>;

struct FakeAnswers {
  UnaryAnswer<v1::GetNodeRequest, v1::GetNodeResponse> get_node;
  UnaryAnswer<v1::BatchGetNodesRequest, v1::BatchGetNodesResponse> batch_get_nodes;
  UnaryAnswer<v1::SearchNodesRequest, v1::SearchNodesResponse> search_nodes;
  UnaryAnswer<v1::ListEdgesRequest, v1::ListEdgesResponse> list_edges;
  UnaryAnswer<v1::CountEdgesRequest, v1::CountEdgesResponse> count_edges;
  UnaryAnswer<v1::CommonNeighborsRequest, v1::CommonNeighborsResponse> common_neighbors;
  UnaryAnswer<v1::SimilarNodesRequest, v1::SimilarNodesResponse> similar_nodes;
  UnaryAnswer<v1::FindCyclesRequest, v1::FindCyclesResponse> find_cycles;
  UnaryAnswer<v1::StartAnalysisRequest, v1::StartAnalysisResponse> start_analysis;
  UnaryAnswer<v1::RankNodesRequest, v1::RankNodesResponse> rank_nodes;
  UnaryAnswer<v1::ListGroupsRequest, v1::ListGroupsResponse> list_groups;
  UnaryAnswer<v1::ListGroupMembersRequest, v1::ListGroupMembersResponse> list_group_members;
  UnaryAnswer<v1::GetGroupOfNodeRequest, v1::GetGroupOfNodeResponse> get_group_of_node;
  UnaryAnswer<v1::GetOperationRequest, v1::GetOperationResponse> get_operation;
  UnaryAnswer<v1::ListOperationsRequest, v1::ListOperationsResponse> list_operations;
  UnaryAnswer<v1::CancelOperationRequest, v1::CancelOperationResponse> cancel_operation;
  UnaryAnswer<v1::ExplainFactRequest, v1::ExplainFactResponse> explain_fact;
  UnaryAnswer<v1::GetArticleRequest, v1::GetArticleResponse> get_article;
  UnaryAnswer<v1::ListEdgeTypesRequest, v1::ListEdgeTypesResponse> list_edge_types;
  UnaryAnswer<v1::GetStatsRequest, v1::GetStatsResponse> get_stats;
  UnaryAnswer<v1::RetractArticleRequest, v1::RetractArticleResponse> retract_article;
  UnaryAnswer<v1::PreviewArticleRequest, v1::PreviewArticleResponse> preview_article;
  UnaryAnswer<v1::WriteFactsRequest, v1::WriteFactsResponse> write_facts;
  std::function<grpc::Status(const v1::NeighborhoodRequest&,
                             grpc::ServerWriter<v1::NeighborhoodResponse>&)>
      neighborhood;
  std::function<grpc::Status(const v1::TraverseRequest&, grpc::ServerWriter<v1::TraverseResponse>&)>
      traverse;
  std::function<grpc::Status(const v1::FindPathsRequest&,
                             grpc::ServerWriter<v1::FindPathsResponse>&)>
      find_paths;
  std::function<grpc::Status(const v1::QueryRequest&, grpc::ServerWriter<v1::QueryResponse>&)>
      query;
  std::function<grpc::Status(const v1::ExportSubgraphRequest&,
                             grpc::ServerWriter<v1::ExportSubgraphResponse>&)>
      export_subgraph;
  std::function<grpc::Status(
      grpc::ServerContext&,
      grpc::ServerReaderWriter<v1::IngestArticlesResponse, v1::IngestArticlesRequest>&)>
      ingest_articles;
};

// A status with structured details, as the server sends it.
inline grpc::Status DetailedStatus(grpc::StatusCode code, const std::string& message,
                                   const std::string& reason, const std::string& field,
                                   int64_t retry_ms = 0) {
  google::rpc::Status details;
  details.set_code(code);
  details.set_message(message);
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.set_domain("partnergraph");
  details.add_details()->PackFrom(info);
  if (!field.empty()) {
    google::rpc::BadRequest bad;
    auto* violation = bad.add_field_violations();
    violation->set_field(field);
    violation->set_description(message);
    details.add_details()->PackFrom(bad);
  }
  if (retry_ms > 0) {
    google::rpc::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(retry_ms / 1000);
    retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(retry_ms % 1000) * 1'000'000);
    details.add_details()->PackFrom(retry);
  }
  return grpc::Status(code, message, details.SerializeAsString());
}

class FakeServer {
 public:
  FakeAnswers answers;

  FakeServer() : graph_(answers), ingest_(answers), admin_(answers) { Start("127.0.0.1:0"); }
  ~FakeServer() { Stop(); }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  void Stop() {
    if (server_ != nullptr) {
      server_->Shutdown(std::chrono::system_clock::now());
      server_->Wait();
      server_.reset();
    }
  }
  // On the same port.
  void Restart() { Start(address()); }
  // Serves a connection that was accepted elsewhere, and owns it.
  void Serve(int connection) {
    fcntl(connection, F_SETFL, fcntl(connection, F_GETFL) | O_NONBLOCK);
    grpc::AddInsecureChannelFromFd(server_.get(), connection);
  }

 private:
  void Start(const std::string& address) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&graph_);
    builder.RegisterService(&ingest_);
    builder.RegisterService(&admin_);
    server_ = builder.BuildAndStart();
  }

  template <typename Answer, typename Request, typename Response>
  static grpc::Status Give(const Answer& answer, Request& request, Response& response) {
    return answer ? answer(request, response)
                  : grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "no answer was set");
  }

  class Graph : public v1::GraphService::Service {
   public:
    explicit Graph(const FakeAnswers& answers) : answers_(answers) {}
    grpc::Status GetNode(grpc::ServerContext*, const v1::GetNodeRequest* request,
                         v1::GetNodeResponse* response) override {
      return Give(answers_.get_node, *request, *response);
    }
    grpc::Status ListEdgeTypes(grpc::ServerContext*, const v1::ListEdgeTypesRequest* request,
                               v1::ListEdgeTypesResponse* response) override {
      return Give(answers_.list_edge_types, *request, *response);
    }
    grpc::Status BatchGetNodes(grpc::ServerContext*, const v1::BatchGetNodesRequest* request,
                               v1::BatchGetNodesResponse* response) override {
      return Give(answers_.batch_get_nodes, *request, *response);
    }
    grpc::Status SearchNodes(grpc::ServerContext*, const v1::SearchNodesRequest* request,
                             v1::SearchNodesResponse* response) override {
      return Give(answers_.search_nodes, *request, *response);
    }
    grpc::Status ListEdges(grpc::ServerContext*, const v1::ListEdgesRequest* request,
                           v1::ListEdgesResponse* response) override {
      return Give(answers_.list_edges, *request, *response);
    }
    grpc::Status CountEdges(grpc::ServerContext*, const v1::CountEdgesRequest* request,
                            v1::CountEdgesResponse* response) override {
      return Give(answers_.count_edges, *request, *response);
    }
    grpc::Status CommonNeighbors(grpc::ServerContext*, const v1::CommonNeighborsRequest* request,
                                 v1::CommonNeighborsResponse* response) override {
      return Give(answers_.common_neighbors, *request, *response);
    }
    grpc::Status SimilarNodes(grpc::ServerContext*, const v1::SimilarNodesRequest* request,
                              v1::SimilarNodesResponse* response) override {
      return Give(answers_.similar_nodes, *request, *response);
    }
    grpc::Status FindCycles(grpc::ServerContext*, const v1::FindCyclesRequest* request,
                            v1::FindCyclesResponse* response) override {
      return Give(answers_.find_cycles, *request, *response);
    }
    grpc::Status StartAnalysis(grpc::ServerContext*, const v1::StartAnalysisRequest* request,
                               v1::StartAnalysisResponse* response) override {
      return Give(answers_.start_analysis, *request, *response);
    }
    grpc::Status RankNodes(grpc::ServerContext*, const v1::RankNodesRequest* request,
                           v1::RankNodesResponse* response) override {
      return Give(answers_.rank_nodes, *request, *response);
    }
    grpc::Status ListGroups(grpc::ServerContext*, const v1::ListGroupsRequest* request,
                            v1::ListGroupsResponse* response) override {
      return Give(answers_.list_groups, *request, *response);
    }
    grpc::Status ListGroupMembers(grpc::ServerContext*, const v1::ListGroupMembersRequest* request,
                                  v1::ListGroupMembersResponse* response) override {
      return Give(answers_.list_group_members, *request, *response);
    }
    grpc::Status GetGroupOfNode(grpc::ServerContext*, const v1::GetGroupOfNodeRequest* request,
                                v1::GetGroupOfNodeResponse* response) override {
      return Give(answers_.get_group_of_node, *request, *response);
    }
    grpc::Status ExplainFact(grpc::ServerContext*, const v1::ExplainFactRequest* request,
                             v1::ExplainFactResponse* response) override {
      return Give(answers_.explain_fact, *request, *response);
    }
    grpc::Status GetArticle(grpc::ServerContext*, const v1::GetArticleRequest* request,
                            v1::GetArticleResponse* response) override {
      return Give(answers_.get_article, *request, *response);
    }
    grpc::Status Neighborhood(grpc::ServerContext*, const v1::NeighborhoodRequest* request,
                              grpc::ServerWriter<v1::NeighborhoodResponse>* writer) override {
      return Give(answers_.neighborhood, *request, *writer);
    }
    grpc::Status Traverse(grpc::ServerContext*, const v1::TraverseRequest* request,
                          grpc::ServerWriter<v1::TraverseResponse>* writer) override {
      return Give(answers_.traverse, *request, *writer);
    }
    grpc::Status FindPaths(grpc::ServerContext*, const v1::FindPathsRequest* request,
                           grpc::ServerWriter<v1::FindPathsResponse>* writer) override {
      return Give(answers_.find_paths, *request, *writer);
    }
    grpc::Status Query(grpc::ServerContext*, const v1::QueryRequest* request,
                       grpc::ServerWriter<v1::QueryResponse>* writer) override {
      return Give(answers_.query, *request, *writer);
    }
    grpc::Status ExportSubgraph(grpc::ServerContext*, const v1::ExportSubgraphRequest* request,
                                grpc::ServerWriter<v1::ExportSubgraphResponse>* writer) override {
      return Give(answers_.export_subgraph, *request, *writer);
    }

   private:
    const FakeAnswers& answers_;
  };

  class Ingest : public v1::IngestService::Service {
   public:
    explicit Ingest(const FakeAnswers& answers) : answers_(answers) {}
    grpc::Status PreviewArticle(grpc::ServerContext*, const v1::PreviewArticleRequest* request,
                                v1::PreviewArticleResponse* response) override {
      return Give(answers_.preview_article, *request, *response);
    }
    grpc::Status WriteFacts(grpc::ServerContext*, const v1::WriteFactsRequest* request,
                            v1::WriteFactsResponse* response) override {
      return Give(answers_.write_facts, *request, *response);
    }
    grpc::Status RetractArticle(grpc::ServerContext*, const v1::RetractArticleRequest* request,
                                v1::RetractArticleResponse* response) override {
      return Give(answers_.retract_article, *request, *response);
    }
    grpc::Status IngestArticles(
        grpc::ServerContext* context,
        grpc::ServerReaderWriter<v1::IngestArticlesResponse, v1::IngestArticlesRequest>* stream)
        override {
      return Give(answers_.ingest_articles, *context, *stream);
    }

   private:
    const FakeAnswers& answers_;
  };

  class Admin : public v1::AdminService::Service {
   public:
    explicit Admin(const FakeAnswers& answers) : answers_(answers) {}
    grpc::Status GetOperation(grpc::ServerContext*, const v1::GetOperationRequest* request,
                              v1::GetOperationResponse* response) override {
      return Give(answers_.get_operation, *request, *response);
    }
    grpc::Status ListOperations(grpc::ServerContext*, const v1::ListOperationsRequest* request,
                                v1::ListOperationsResponse* response) override {
      return Give(answers_.list_operations, *request, *response);
    }
    grpc::Status CancelOperation(grpc::ServerContext*, const v1::CancelOperationRequest* request,
                                 v1::CancelOperationResponse* response) override {
      return Give(answers_.cancel_operation, *request, *response);
    }
    grpc::Status GetStats(grpc::ServerContext*, const v1::GetStatsRequest* request,
                          v1::GetStatsResponse* response) override {
      return Give(answers_.get_stats, *request, *response);
    }

   private:
    const FakeAnswers& answers_;
  };

  Graph graph_;
  Ingest ingest_;
  Admin admin_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace partnergraph
