// A server over the made-up graph, and its GraphService called by a client.
#pragma once

#include <memory>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/server_fixture.h"

namespace partnergraph {

class GraphServiceTest : public ServerTest {
 protected:
  void SetUp() override { Start(); }

  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (v1::GraphService::Stub::*method)(grpc::ClientContext*,
                                                                   const Request&, Response*),
                    const Request& request, Response* response) {
    return (graph_stub.get()->*method)(Context().get(), request, response);
  }

  grpc::Status ListEdges(const v1::ListEdgesRequest& request) {
    return Call(&v1::GraphService::Stub::ListEdges, request, &edges);
  }
  // Reads a stream to its end.
  template <typename Response>
  grpc::Status ReadAll(std::unique_ptr<grpc::ClientReader<Response>> reader,
                       std::vector<Response>& parts) {
    Response part;
    while (reader->Read(&part)) parts.push_back(part);
    return reader->Finish();
  }
  grpc::Status Neighborhood(const v1::NeighborhoodRequest& request) {
    const auto context = Context();
    return ReadAll(graph_stub->Neighborhood(context.get(), request), neighborhood);
  }
  grpc::Status Traverse(const v1::TraverseRequest& request) {
    const auto context = Context();
    return ReadAll(graph_stub->Traverse(context.get(), request), walks);
  }
  grpc::Status FindPaths(const v1::FindPathsRequest& request) {
    const auto context = Context();
    return ReadAll(graph_stub->FindPaths(context.get(), request), paths);
  }

  v1::ListEdgesResponse edges;
  std::vector<v1::NeighborhoodResponse> neighborhood;
  std::vector<v1::TraverseResponse> walks;
  std::vector<v1::FindPathsResponse> paths;
};

}  // namespace partnergraph
