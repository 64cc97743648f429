// A GraphService whose answers are made up, behind a real gRPC port on a Unix socket, and the HTTP
// server in front of it.
#pragma once

#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "gtest/gtest.h"
#include "partnergraph/v1/graph_service.grpc.pb.h"
#include "partnergraph/v1/ingest_service.grpc.pb.h"
#include "server/http_server.h"

namespace partnergraph {

// GetNode: node_id 404 is NOT_FOUND with details; 4 waits until it is cancelled; else a node with
// a Chinese name. Neighborhood: `hops` messages; with hops 6 it streams without end.
class FakeGraphService : public v1::GraphService::Service {
 public:
  grpc::Status GetNode(grpc::ServerContext* context, const v1::GetNodeRequest* request,
                       v1::GetNodeResponse* response) override {
    if (request->node_id() == 404) {
      google::rpc::ErrorInfo info;
      info.set_reason("NODE_NOT_FOUND");
      info.set_domain("partnergraph");
      google::rpc::Status rich;
      rich.set_code(grpc::StatusCode::NOT_FOUND);
      rich.add_details()->PackFrom(info);
      return {grpc::StatusCode::NOT_FOUND, "no node 404", rich.SerializeAsString()};
    }
    if (request->node_id() == 4) {
      ++waiting;
      while (!context->IsCancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(2));
      ++cancelled;
      return grpc::Status::CANCELLED;
    }
    response->mutable_node()->set_node_id(request->node_id());
    response->mutable_node()->set_kind(v1::NODE_KIND_COMPANY);
    response->mutable_node()->set_name("骥野汽车");
    const auto& metadata = context->client_metadata();
    const auto trace = metadata.find("traceparent");
    if (trace != metadata.end()) {
      response->set_read_token(std::string(trace->second.data(), trace->second.size()));
    }
    return grpc::Status::OK;
  }

  grpc::Status Neighborhood(grpc::ServerContext*, const v1::NeighborhoodRequest* request,
                            grpc::ServerWriter<v1::NeighborhoodResponse>* writer) override {
    if (request->node_ids_size() == 0) {
      return {grpc::StatusCode::INVALID_ARGUMENT, "node_ids is empty"};
    }
    v1::NeighborhoodResponse part;
    part.add_nodes()->mutable_node()->set_name(
        std::string(request->hops() == 6 ? 100'000 : 3, 'n'));
    for (uint32_t i = 0; i < request->hops() || request->hops() == 6; ++i) {
      part.mutable_nodes(0)->set_ring(i);
      if (!writer->Write(part)) {
        ++cancelled;
        break;
      }
      ++written;
    }
    return grpc::Status::OK;
  }

  std::atomic<int> waiting = 0;
  std::atomic<int> cancelled = 0;
  std::atomic<int> written = 0;
};

class FakeIngestService : public v1::IngestService::Service {
 public:
  grpc::Status IngestArticles(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<v1::IngestArticlesResponse, v1::IngestArticlesRequest>* stream)
      override {
    v1::IngestArticlesRequest request;
    while (stream->Read(&request)) {
      v1::IngestArticlesResponse response;
      response.set_sequence(request.sequence());
      stream->Write(response);
    }
    return grpc::Status::OK;
  }
};

class HttpServerFixture : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) /
              absl::StrCat("http_", ::getpid(), "_",
                           testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::create_directories(folder_ / "web" / "assets");
    std::ofstream(folder_ / "secret.txt") << "secret";
    std::ofstream(folder_ / "web" / "index.html") << "<!doctype html><title>图谱</title>";
    std::ofstream(folder_ / "web" / "assets" / "app-1a2b.js") << "export {};";
    const std::string target = absl::StrCat("unix:", (folder_ / "s").string());
    grpc::EnableDefaultHealthCheckService(true);
    grpc::ServerBuilder builder;
    builder.AddListeningPort(target, grpc::InsecureServerCredentials());
    builder.RegisterService(&graph_);
    builder.RegisterService(&ingest_);
    grpc_ = builder.BuildAndStart();
    ASSERT_NE(grpc_, nullptr);
    options_.address = "127.0.0.1:0";
    options_.grpc_target = target;
    options_.web_root = (folder_ / "web").string();
  }
  void TearDown() override {
    http_.reset();
    if (grpc_) grpc_->Shutdown(std::chrono::system_clock::now());
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  // Starts the HTTP server with options_ and returns its port.
  uint16_t StartHttp() {
    http_ = std::make_unique<HttpServer>(options_);
    const auto port = http_->Start();
    EXPECT_TRUE(port.ok()) << port.status();
    return port.value_or(0);
  }

  // Waits until `counter` reaches `value`, at most 20 s.
  static bool Reaches(const std::atomic<int>& counter, int value) {
    for (int i = 0; i < 10'000 && counter < value; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return counter >= value;
  }

  std::filesystem::path folder_;
  FakeGraphService graph_;
  FakeIngestService ingest_;
  std::unique_ptr<grpc::Server> grpc_;
  HttpServerOptions options_;
  std::unique_ptr<HttpServer> http_;
};

}  // namespace partnergraph
