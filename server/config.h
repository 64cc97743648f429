// All settings of the server in one place, with their defaults. Read from flags, the environment
// and a file, in this order of precedence; see ParseConfig.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace partnergraph {

// Bounds on calls. Times in milliseconds.
struct CallLimits {
  int64_t call_ms_max = 30'000;   // A unary call or streamed answer ends after this long, or by
                                  // the caller's deadline.
  int64_t stall_ms_max = 10'000;  // A streamed answer ends when the peer takes nothing this long.
  int64_t ingest_idle_ms_max = 300'000;  // A stream of articles ends when nothing arrives and no
                                         // answer is taken for this long.
  int reads_max = 256;                   // Unary reads in flight. Beyond: RESOURCE_EXHAUSTED.
  int streams_max = 32;                  // Streamed answers in flight; each has a thread.
  int writes_max = 64;                   // Unary writes and previews in flight.
  int ingest_streams_max = 16;           // Streams of articles in flight.
  int64_t slow_call_ms = 1'000;          // Slower calls are logged at level info.
  int64_t unwritable_ms = 5'000;  // Health of IngestService says NOT_SERVING for this long after
                                  // the store refused a write.
};

// Settings of the gRPC port.
struct GrpcLimits {
  int receive_bytes_max = 4 << 20;       // Largest message accepted.
  int send_bytes_max = 16 << 20;         // Largest message sent.
  int metadata_bytes_max = 8 << 10;      // Largest header block accepted.
  int streams_per_connection_max = 100;  // HTTP/2 streams of one connection.
  int64_t memory_bytes_max = 256 << 20;  // What gRPC tries to keep its buffers under.
  int threads_max = 32;                  // Of gRPC's own threads.
  int keepalive_ms = 20'000;             // A quiet connection is probed after this long,
  int keepalive_timeout_ms = 10'000;     // and closed when the probe is not answered in this.
  int ping_interval_ms_min = 10'000;     // Peers that probe more often are disconnected.
  int connection_idle_ms_max = 300'000;  // Connections without a call are closed after this.
  int handshake_ms_max = 5'000;          // Connections that do not speak HTTP/2 by then close.
};

// Settings of the HTTP port. Beyond the first three bounds it answers 431, 413 and 503.
struct HttpLimits {
  int64_t header_bytes_max = 16 << 10;      // Header of one request.
  int64_t body_bytes_max = 4 << 20;         // Body of one request.
  int64_t body_bytes_total_max = 64 << 20;  // Bodies of all requests that arrive or run now.
  int64_t connections_max = 512;            // Open connections; a further one gets 503.
  int64_t connections_per_peer_max = 128;   // The same from one address (IPv6: one /64).
  int64_t header_ms_max = 30'000;   // From the end of one reply (or from connecting) to the end of
                                    // the next request's header.
  int64_t body_ms_max = 30'000;     // From there to the end of the body.
  int64_t write_ms_max = 30'000;    // For the peer to take one reply, or one part of a stream.
  int64_t ingest_ms_max = 600'000;  // A stream of articles in one request ends after this long.
  int threads = 2;                  // Threads that serve HTTP.
};

// Bounds on operations: long work in the background. One runs at a time; see OperationLimits.
struct OperationSettings {
  int waiting_max = 4;                    // Operations that wait. Beyond: RESOURCE_EXHAUSTED.
  int kept_max = 16;                      // Ended operations that are remembered.
  int64_t kept_ms_max = 3'600'000;        // How long an ended one is remembered.
  int64_t results_bytes_max = 512 << 20;  // Results of all of them.
};

// Half of the machine's memory.
int64_t DefaultTopologyMemory();

struct ServerConfig {
  std::string data = "partnergraph-data";  // Folder of the database; created when missing.
  std::string grpc = "127.0.0.1:50051";    // Address of the gRPC port; port 0 takes a free one.
  std::string http = "127.0.0.1:8080";     // Address of the HTTP port; "off" for none.
  std::string web_root;                    // Folder of the dashboard; empty: beside the program.
  std::vector<std::string> allowed_hosts;  // Further host names that HTTP requests may name.
  bool allow_remote = false;               // Permits addresses that are not loopback.
  std::string log_level = "info";          // trace, debug, info, warning, error, off.

  int64_t block_cache_bytes = 256 << 20;  // Cache of the storage engine.
  int64_t node_cache_bytes = 64 << 20;    // Node records in memory; see GraphStoreOptions.
  int64_t topology_memory = DefaultTopologyMemory();  // Bytes; see TopologyOptions::bytes_max.
  int64_t analysis_memory = 1 << 30;      // Bytes that one analysis of the whole graph may take.
  int64_t write_buffer_bytes = 64 << 20;  // Its buffers of unflushed writes, all together.
  int read_threads = 4;                   // Threads for unary reads that are not short.
  int ingest_threads = 0;                 // Threads that extract and commit; 0: cores plus one.
  int64_t stop_ms_max = 5'000;            // A graceful stop cancels what still runs after this.

  CallLimits calls;
  OperationSettings operations;
  GrpcLimits grpc_limits;
  HttpLimits http_limits;
};

// What the command line asks for.
struct ParsedConfig {
  ServerConfig config;
  // Set for --help, --version and --print-config: what to print on stdout instead of serving.
  std::optional<std::string> output;
};

// Reads the settings. Each is a flag --some-name, a variable PARTNERGRAPH_SOME_NAME and a line
// `some-name=value` of the file that --config or PARTNERGRAPH_CONFIG names; a flag beats the
// environment, which beats the file. INVALID_ARGUMENT, with the name, for an unknown flag or key, a
// value that is none or out of range, a file that cannot be read, and an address that is not
// loopback without --allow-remote. `environment` gives the value of a variable or nullptr.
absl::StatusOr<ParsedConfig> ParseConfig(const std::vector<std::string>& arguments,
                                         const char* (*environment)(const char* name));

// The settings as a file that --config reads, each with its description.
std::string FormatConfig(const ServerConfig& config);

// The version of this program.
std::string_view ServerVersion();

}  // namespace partnergraph
