// The HTTP port: the three services in the Connect protocol (JSON and binary), the dashboard's
// files, and /healthz. It holds no logic of its own: every call goes to the gRPC port.
//
// Paths:
//   POST /partnergraph.v1.SERVICE/METHOD   unary: application/json or application/proto;
//                                          streams: application/connect+json or +proto
//   GET  /partnergraph.v1.SERVICE/METHOD?connect=v1&encoding=json&message=...
//                                          unary methods without side effects
//   GET  /healthz                          200 when the gRPC port is serving, else 503
//   GET  anything else                     a file of the dashboard
//
// GET serves HEAD as well. Headers of a request are not passed on.
//
// Built for hostile peers: everything read is bounded, also in total (HttpLimits), every wait has a
// time limit, a request must name an allowed host (421) and come from the same origin or from no
// page at all (403), and no CORS header is ever sent.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/config.h"

namespace partnergraph {

struct HttpServerOptions {
  // IP address and port to listen on: "127.0.0.1:8080", "[::1]:8080". Port 0 takes a free one.
  std::string address = "127.0.0.1:8080";

  // Where the gRPC port is, in gRPC's own notation: "unix:/run/partnergraph.sock" (preferred) or
  // "127.0.0.1:50051". It may begin to serve later than this server.
  std::string grpc_target;

  // Folder of the built dashboard (index.html and its assets), read once at Start. Empty: no
  // dashboard, and GET / says so.
  std::string web_root;

  // Host names that requests may name besides localhost, any IP address and `address` itself.
  // A name that is not listed is refused, because a hostile page can point its own name at us.
  std::vector<std::string> allowed_hosts;

  // Services that may be called, by full name.
  std::vector<std::string> services = {"partnergraph.v1.GraphService",
                                       "partnergraph.v1.IngestService",
                                       "partnergraph.v1.AdminService"};

  // Bounds on what peers may send, hold and take.
  HttpLimits limits;

  // Largest message accepted from the gRPC port.
  int reply_bytes_max = 16 << 20;

  // Time a call may take: the caller's Connect-Timeout-Ms, but at most this, which is what the gRPC
  // port allows. Streams of articles have limits.ingest_ms_max instead.
  std::chrono::milliseconds call_timeout_max{30'000};
};

// Thread-safe.
class HttpServer {
 public:
  explicit HttpServer(HttpServerOptions options);
  // Stops at once when Stop was not called.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Reads the dashboard's files, listens, serves, and returns the port. Call it once.
  // INVALID_ARGUMENT for a bad address or an unknown service, NOT_FOUND when web_root has no
  // index.html, UNAVAILABLE when the address cannot be bound.
  absl::StatusOr<uint16_t> Start();

  // Accepts nothing more, closes idle connections, lets running calls finish for up to `grace`,
  // then cancels them and closes everything. Returns when all is quiet. Idempotent.
  void Stop(std::chrono::milliseconds grace);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// Returns the folder of the dashboard that belongs to the running program: "web" beside the folder
// of the executable, as the build lays it out (bin/partnergraphd, web/index.html). Empty when there
// is none.
std::string DefaultWebRoot();

}  // namespace partnergraph
