// partnergraphd: settings -> storage, extraction, ports -> serve until a signal.
//
// Prints to stdout one line for each of "grpc HOST:PORT", "http HOST:PORT" (unless off) and "data
// DIR" once it serves; everything else goes to stderr. Exit status: 0 after a graceful stop, 1 when
// it cannot serve or a second signal forced it, 2 for bad settings.
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "graph/graph_store.h"
#include "graph/quoted.h"
#include "graph/rocks_kv_store.h"
#include "graph/status_macros.h"
#include "ingest/pipeline.h"
#include "server/config.h"
#include "server/database_secret.h"
#include "server/grpc_server.h"
#include "server/http_server.h"
#include "server/logging.h"

namespace partnergraph {
namespace {

constexpr int kFailed = 1;
constexpr int kBadSettings = 2;
// Longest path that a Unix socket address holds.
constexpr size_t kSocketPathBytesMax = 107;

int Report(const absl::Status& status, int exit_code) {
  std::fprintf(stderr, "partnergraphd: %s\n", std::string(status.message()).c_str());
  return exit_code;
}

// Signals that end the server, taken by WaitForSignal instead of interrupting some thread.
sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

// Waits for the first signal; a second one ends the process at once.
void WaitForSignal() {
  const sigset_t signals = StopSignals();
  int received = 0;
  sigwait(&signals, &received);
  struct sigaction force {};
  force.sa_handler = [](int) { _exit(kFailed); };
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &force, nullptr);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
}

// Where the HTTP port finds the gRPC port: in the database's folder, or in a folder of its own when
// that path is too long for a socket.
absl::StatusOr<std::string> MakeSocketPath(const std::string& data) {
  std::error_code error;
  const std::string path = std::filesystem::absolute(data, error).string() + "/grpc.sock";
  if (!error && path.size() <= kSocketPathBytesMax) return path;
  std::string folder = std::filesystem::temp_directory_path(error).string();
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("there is no folder for temporary files: ", error.message()));
  }
  folder += "/partnergraph-XXXXXX";
  if (mkdtemp(folder.data()) == nullptr) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot make a folder ", folder));
  }
  return folder + "/grpc.sock";
}

// What the server did, method by method.
void LogCounts(const CallGuard& guard, spdlog::logger& logger) {
  for (const MethodCounts& counts : guard.Counts()) {
    if (counts.started == 0) continue;
    LogEvent(logger, spdlog::level::info, "calls",
             {{"method", counts.method},
              {"started", counts.started},
              {"ok", counts.codes[0]},
              {"micros", counts.micros}});
  }
}

absl::Status Serve(const ServerConfig& config, const std::shared_ptr<spdlog::logger>& logger) {
  std::error_code error;
  std::filesystem::create_directories(config.data, error);
  if (error) {
    return absl::UnavailableError(
        absl::StrCat("cannot make the folder ", Quoted(config.data), ": ", error.message()));
  }
  PG_ASSIGN_OR_RETURN(
      std::unique_ptr<KvStore> store,
      OpenRocksKvStore(config.data,
                       {.block_cache_bytes = static_cast<size_t>(config.block_cache_bytes),
                        .write_buffer_bytes = static_cast<size_t>(config.write_buffer_bytes)}));
  PG_ASSIGN_OR_RETURN(
      const std::unique_ptr<GraphStore> graph,
      GraphStore::Open(std::move(store),
                       {.node_cache_bytes = static_cast<size_t>(config.node_cache_bytes),
                        .topology = {.bytes_max = static_cast<uint64_t>(config.topology_memory),
                                     .directory = config.data}}));
  PG_ASSIGN_OR_RETURN(const DatabaseSecret secret, LoadDatabaseSecret(config.data));
  PG_ASSIGN_OR_RETURN(const std::unique_ptr<Pipeline> pipeline, Pipeline::Create());

  PG_ASSIGN_OR_RETURN(const std::string socket_path, MakeSocketPath(config.data));
  const auto remove_folder = absl::MakeCleanup([&] {
    std::error_code ignored;
    if (!socket_path.starts_with(std::filesystem::absolute(config.data, ignored).string())) {
      rmdir(std::filesystem::path(socket_path).parent_path().c_str());
    }
  });
  GrpcServer grpc_server(config, *graph, *pipeline, secret, logger);
  PG_RETURN_IF_ERROR(grpc_server.Start(socket_path));

  std::unique_ptr<HttpServer> http_server;
  std::string http_address;
  if (config.http != "off") {
    http_server = std::make_unique<HttpServer>(
        HttpServerOptions{.address = config.http,
                          .grpc_target = "unix:" + socket_path,
                          .web_root = config.web_root.empty() ? DefaultWebRoot() : config.web_root,
                          .allowed_hosts = config.allowed_hosts,
                          .limits = config.http_limits,
                          .reply_bytes_max = config.grpc_limits.send_bytes_max,
                          .call_timeout_max = std::chrono::milliseconds(config.calls.call_ms_max)});
    PG_ASSIGN_OR_RETURN(const uint16_t port, http_server->Start());
    http_address = absl::StrCat(config.http.substr(0, config.http.rfind(':')), ":", port);
  }

  std::printf("grpc %s\n", grpc_server.address().c_str());
  if (http_server != nullptr) std::printf("http %s\n", http_address.c_str());
  std::printf("data %s\n", config.data.c_str());
  std::fflush(stdout);
  logger->info("serving");

  WaitForSignal();
  logger->info("stopping");
  // The HTTP port first: its calls are calls of the gRPC port.
  if (http_server != nullptr) http_server->Stop(std::chrono::milliseconds(config.stop_ms_max / 2));
  grpc_server.Stop();
  LogCounts(grpc_server.guard(), *logger);
  logger->info("stopped");
  return absl::OkStatus();
}

int Main(int argc, char** argv) {
  const absl::StatusOr<ParsedConfig> parsed =
      ParseConfig(std::vector<std::string>(argv + 1, argv + argc),
                  [](const char* name) -> const char* { return std::getenv(name); });
  if (!parsed.ok()) return Report(parsed.status(), kBadSettings);
  if (parsed->output.has_value()) {
    std::fputs(parsed->output->c_str(), stdout);
    return 0;
  }

  // Files and sockets are for this user only. Blocked here, so that every thread inherits it.
  umask(0077);
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  const auto logger = StartLogging(parsed->config.log_level);
  if (!logger.ok()) return Report(logger.status(), kBadSettings);
  RouteLibraryLogs(*logger);
  const absl::Status served = Serve(parsed->config, *logger);
  StopLogging();
  return served.ok() ? 0 : Report(served, kFailed);
}

}  // namespace
}  // namespace partnergraph

int main(int argc, char** argv) {
  // Abseil as Debian builds it looks for deadlocks at every lock, gRPC's included: some percent of
  // each call.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  return partnergraph::Main(argc, argv);
}
