#include "server/grpc_server.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "grpc/health/v1/health.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server_builder.h"
#include "server/admin_service.h"
#include "server/graph_service.h"
#include "server/ingest_service.h"
#include "server/ingest_stream.h"
#include "server/logging.h"

namespace partnergraph {
namespace {

std::unique_ptr<WorkerPools> MakePools(const ServerConfig& config) {
  const size_t cores = std::max(1u, std::thread::hardware_concurrency());
  // A commit waits for the disk, so one thread more than cores keeps extraction going.
  const size_t ingest_threads =
      config.ingest_threads > 0 ? static_cast<size_t>(config.ingest_threads) : cores + 1;
  const CallLimits& calls = config.calls;
  // As many tasks may wait as the guard admits calls, so that a full pool is never the reason.
  const size_t writes_waiting_max = static_cast<size_t>(calls.writes_max) +
                                    static_cast<size_t>(calls.ingest_streams_max) * kUnansweredMax;
  return std::unique_ptr<WorkerPools>(new WorkerPools{
      .reads = {static_cast<size_t>(config.read_threads), static_cast<size_t>(calls.reads_max)},
      .streams = {static_cast<size_t>(calls.streams_max), static_cast<size_t>(calls.streams_max)},
      .writes = {ingest_threads, writes_waiting_max}});
}

void SetLimits(const GrpcLimits& limits, grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(limits.receive_bytes_max);
  builder.SetMaxSendMessageSize(limits.send_bytes_max);
  // gRPC shares a port silently and inflates messages before it checks their size, unless told not
  // to.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, limits.streams_per_connection_max);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, limits.metadata_bytes_max);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, limits.keepalive_ms);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, limits.keepalive_timeout_ms);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                             limits.ping_interval_ms_min);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS,
                             static_cast<int>(limits.connection_idle_ms_max));
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, limits.handshake_ms_max);
  grpc::ResourceQuota quota("partnergraph");
  quota.Resize(static_cast<size_t>(limits.memory_bytes_max)).SetMaxThreads(limits.threads_max);
  builder.SetResourceQuota(quota);
}

OperationLimits ToLimits(const ServerConfig& config) {
  const OperationSettings& operations = config.operations;
  return {.waiting_max = static_cast<size_t>(operations.waiting_max),
          .kept_max = static_cast<size_t>(operations.kept_max),
          .kept_for = std::chrono::milliseconds(operations.kept_ms_max),
          .results_bytes_max = static_cast<uint64_t>(operations.results_bytes_max),
          .analysis_bytes_max = static_cast<uint64_t>(config.analysis_memory)};
}

}  // namespace

GrpcServer::GrpcServer(const ServerConfig& config, GraphStore& graph, const Pipeline& pipeline,
                       const DatabaseSecret& secret, std::shared_ptr<spdlog::logger> logger)
    : config_(config),
      health_([this](bool writable) { SetWritable(writable); },
              std::chrono::milliseconds(config.calls.unwritable_ms)),
      reader_(graph, PageTokens(secret.cursor_key), ReadTokens(secret.database_id)),
      ingester_(graph, pipeline, health_),
      operations_(graph, ToLimits(config)),
      guard_(config.calls, std::move(logger)),
      pools_(MakePools(config)) {
  services_.push_back(std::make_unique<GraphService>(reader_, operations_, guard_, *pools_));
  services_.push_back(
      std::make_unique<IngestService>(ingester_, reader_.tokens(), guard_, *pools_));
  services_.push_back(std::make_unique<AdminService>(reader_, operations_, guard_, *pools_));
}

GrpcServer::~GrpcServer() { Stop(); }

absl::Status GrpcServer::Start(const std::string& socket_path) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  // Links health's descriptor, which gRPC's own health service lacks, so that reflection knows it.
  grpc::health::v1::HealthCheckRequest::descriptor();

  grpc::ServerBuilder builder;
  SetLimits(config_.grpc_limits, builder);
  int port = 0;
  builder.AddListeningPort(config_.grpc, grpc::InsecureServerCredentials(), &port);
  int socket_port = 1;
  if (!socket_path.empty()) {
    socket_port = 0;
    builder.AddListeningPort(absl::StrCat("unix:", socket_path), grpc::InsecureServerCredentials(),
                             &socket_port);
  }
  for (const auto& service : services_) {
    if (const std::string missing = service->MissingMethods(); !missing.empty()) {
      return absl::InternalError(absl::StrCat("no handler or no policy for ", missing));
    }
    builder.RegisterService(service.get());
  }
  server_ = builder.BuildAndStart();
  if (server_ == nullptr || port <= 0 || socket_port <= 0) {
    return absl::UnavailableError(
        absl::StrCat("cannot listen on ", config_.grpc,
                     socket_path.empty() ? "" : absl::StrCat(" and unix:", socket_path),
                     ": is the port in use?"));
  }
  if (!socket_path.empty() && chmod(socket_path.c_str(), 0600) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot protect the socket ", socket_path));
  }
  socket_path_ = socket_path;
  address_ = absl::StrCat(config_.grpc.substr(0, config_.grpc.rfind(':')), ":", port);
  auto* health = server_->GetHealthCheckService();
  health->SetServingStatus(true);
  for (const auto& service : services_) health->SetServingStatus(service->full_name(), true);
  serving_ = true;
  return absl::OkStatus();
}

void GrpcServer::Stop() {
  if (!serving_.exchange(false)) return;
  health_.Stop();
  server_->GetHealthCheckService()->Shutdown();  // NOT_SERVING for good.
  guard_.Drain();
  operations_.Stop();
  server_->Shutdown(std::chrono::system_clock::now() +
                    std::chrono::milliseconds(config_.stop_ms_max));
  pools_ = nullptr;
  if (!socket_path_.empty()) unlink(socket_path_.c_str());
}

std::shared_ptr<grpc::Channel> GrpcServer::NewChannel() const {
  return grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
}

void GrpcServer::SetWritable(bool writable) {
  if (!serving_.load(std::memory_order_relaxed)) return;
  const std::string& service = v1::IngestArticleRequest::descriptor()
                                   ->file()
                                   ->FindServiceByName("IngestService")
                                   ->full_name();
  server_->GetHealthCheckService()->SetServingStatus(service, writable);
}

}  // namespace partnergraph
