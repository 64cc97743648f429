// The gRPC port: the three services behind the guard, standard health and reflection.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "graph/graph_store.h"
#include "grpcpp/server.h"
#include "ingest/pipeline.h"
#include "server/article_ingester.h"
#include "server/call_guard.h"
#include "server/config.h"
#include "server/database_secret.h"
#include "server/graph_reader.h"
#include "server/guarded_service.h"
#include "server/operation_registry.h"
#include "server/store_health.h"

namespace partnergraph {

// Start, then Stop once; the rest is thread-safe.
class GrpcServer {
 public:
  // `graph` and `pipeline` must outlive the server. `logger` gets the access log.
  GrpcServer(const ServerConfig& config, GraphStore& graph, const Pipeline& pipeline,
             const DatabaseSecret& secret, std::shared_ptr<spdlog::logger> logger);
  // Stops when Stop was not called.
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  // Listens on config.grpc, and on the Unix socket `socket_path` (mode 0600) unless it is empty.
  // UNAVAILABLE when an address cannot be bound; INTERNAL when a method lacks a handler or a
  // policy.
  absl::Status Start(const std::string& socket_path);

  // Health says NOT_SERVING and new calls are refused; those in flight may end until stop_ms_max is
  // over and are cancelled then. Returns when all is quiet. Idempotent.
  void Stop();

  // "HOST:PORT" with the port in use. After Start.
  const std::string& address() const { return address_; }
  const CallGuard& guard() const { return guard_; }
  // A channel to the server within the process, over the port: for tests and benchmarks.
  std::shared_ptr<grpc::Channel> NewChannel() const;

 private:
  // Health of IngestService follows the store; reads go on when it refuses writes.
  void SetWritable(bool writable);

  const ServerConfig config_;
  const StoreHealth health_;
  const GraphReader reader_;
  const ArticleIngester ingester_;
  OperationRegistry operations_;
  CallGuard guard_;
  std::unique_ptr<WorkerPools> pools_;
  std::vector<std::unique_ptr<GuardedService>> services_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  std::string socket_path_;
  std::atomic<bool> serving_{false};
};

}  // namespace partnergraph
