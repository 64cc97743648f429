// A server in this process, on a free port, over a made-up graph, with real clients.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "partnergraph/v1/admin_service.grpc.pb.h"
#include "partnergraph/v1/graph_service.grpc.pb.h"
#include "partnergraph/v1/ingest_service.grpc.pb.h"
#include "server/grpc_server.h"
#include "server/logging.h"
#include "tests/server/fake_graph.h"
#include "tests/status_matchers.h"

namespace partnergraph {

// A stage that does what a test tells it.
class FakeStage final : public Stage {
 public:
  using Hook = std::function<absl::Status(Document&)>;
  explicit FakeStage(Hook hook) : hook_(std::move(hook)) {}
  const char* name() const override { return "fake"; }
  absl::Status Process(Document& document) const override { return hook_(document); }

 private:
  const Hook hook_;
};

inline std::unique_ptr<Pipeline> MakeFakePipeline(FakeStage::Hook hook) {
  std::vector<std::unique_ptr<Stage>> stages;
  stages.push_back(std::make_unique<FakeStage>(std::move(hook)));
  return std::make_unique<Pipeline>(std::move(stages));
}

class ServerTest : public testing::Test {
 protected:
  // Starts the server; a test may set `config` and `on_extract` first.
  void Start() {
    config.grpc = "127.0.0.1:0";
    pipeline = MakeFakePipeline([this](Document& document) {
      return on_extract ? on_extract(document) : absl::OkStatus();
    });
    const auto secret = MakeDatabaseSecret();
    ASSERT_THAT(secret, IsOk());
    server = std::make_unique<GrpcServer>(config, graph, *pipeline, *secret, QuietLogger());
    ASSERT_THAT(server->Start(""), IsOk());
    channel = server->NewChannel();
    graph_stub = v1::GraphService::NewStub(channel);
    ingest_stub = v1::IngestService::NewStub(channel);
    admin_stub = v1::AdminService::NewStub(channel);
  }

  // A context with a deadline that no test that passes reaches.
  static std::unique_ptr<grpc::ClientContext> Context(
      std::chrono::milliseconds deadline = std::chrono::seconds(20)) {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(std::chrono::system_clock::now() + deadline);
    return context;
  }

  FakeGraphStore graph;
  ServerConfig config;
  FakeStage::Hook on_extract;
  std::unique_ptr<Pipeline> pipeline;
  std::unique_ptr<GrpcServer> server;
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::GraphService::Stub> graph_stub;
  std::unique_ptr<v1::IngestService::Stub> ingest_stub;
  std::unique_ptr<v1::AdminService::Stub> admin_stub;
};

// What a status carries in grpc-status-details-bin.
template <typename Detail>
std::optional<Detail> DetailOf(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return std::nullopt;
  for (const auto& any : details.details()) {
    Detail detail;
    if (any.Is<Detail>() && any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

// EXPECT_THAT(status, FailsWith(grpc::StatusCode::NOT_FOUND, "NOT_FOUND"))
MATCHER_P2(FailsWith, code, reason, "") {
  const auto info = DetailOf<google::rpc::ErrorInfo>(arg);
  *result_listener << arg.error_code() << " " << arg.error_message()
                   << (info ? ", reason " + info->reason() : ", without ErrorInfo");
  return arg.error_code() == code && info.has_value() && info->reason() == reason &&
         info->domain() == "partnergraph";
}

// EXPECT_THAT(status, IsFieldError("filter.types[0]"))
MATCHER_P(IsFieldError, field, "") {
  const auto bad = DetailOf<google::rpc::BadRequest>(arg);
  *result_listener << arg.error_code() << " " << arg.error_message();
  return arg.error_code() == grpc::StatusCode::INVALID_ARGUMENT && bad.has_value() &&
         bad->field_violations_size() == 1 && bad->field_violations(0).field() == field;
}

MATCHER(IsOkGrpc, "") {
  *result_listener << arg.error_code() << " " << arg.error_message();
  return arg.ok();
}

}  // namespace partnergraph
