#include "server/config.h"

#include <arpa/inet.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <string_view>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

constexpr int64_t kHourMs = 3'600'000;
constexpr int64_t kMiB = 1 << 20;

// Calls `text(name, field, description)` for texts, lists and switches and `number(name, field,
// min, max, description)` for numbers, once for each setting: the one place that names them all.
template <typename Config, typename Text, typename Number>
void VisitSettings(Config& config, Text text, Number number) {
  text("data", config.data, "folder of the database; created when missing");
  text("grpc", config.grpc, "address of the gRPC port; port 0 takes a free one");
  text("http", config.http, "address of the HTTP port (dashboard, Connect, JSON), or off");
  text("web-root", config.web_root, "folder of the dashboard; empty: the one beside the program");
  text("allowed-hosts", config.allowed_hosts,
       "further host names, separated by commas, that HTTP requests may name");
  text("allow-remote", config.allow_remote,
       "permit addresses that are not loopback: whoever reaches them can read and write, in plain "
       "text and without a password");
  text("log-level", config.log_level, "trace, debug (every call), info, warning, error or off");
  number("block-cache-bytes", config.block_cache_bytes, kMiB, kMiB * kMiB,
         "cache of the storage engine");
  number(
      "node-cache-bytes", config.node_cache_bytes, 0, kMiB * kMiB,
      "records of nodes (names, kinds, degrees) and names that were asked for, kept in memory for "
      "reads; 0: none");
  number("topology-memory", config.topology_memory, 0, kMiB * kMiB,
         "bytes for the graph's structure in memory (about 24 for each edge and direction, and 60 "
         "for each node); a graph that needs more is read from the database, and 0 keeps none");
  number("analysis-memory", config.analysis_memory, kMiB, kMiB * kMiB,
         "memory that one analysis of the whole graph (ranks, components, communities) may take");
  number("write-buffer-bytes", config.write_buffer_bytes, kMiB, kMiB * 65'536,
         "writes that the storage engine keeps in memory before it sorts them into files");
  number("read-threads", config.read_threads, 1, 256, "threads for unary reads");
  number("ingest-threads", config.ingest_threads, 0, 256,
         "threads that extract and store; 0: one more than there are cores");
  number("stop-ms-max", config.stop_ms_max, 0, kHourMs,
         "a graceful stop cancels what still runs after this");

  auto& calls = config.calls;
  number("call-ms-max", calls.call_ms_max, 1, kHourMs,
         "longest a call or a streamed answer may take; a caller's earlier deadline holds");
  number("stall-ms-max", calls.stall_ms_max, 1, kHourMs,
         "a streamed answer ends when its reader takes nothing for this long");
  number("ingest-idle-ms-max", calls.ingest_idle_ms_max, 1, 24 * kHourMs,
         "a stream of articles ends when nothing comes or goes for this long");
  number("reads-max", calls.reads_max, 1, 100'000, "unary reads in flight");
  number("streams-max", calls.streams_max, 1, 1'000, "streamed answers in flight; a thread each");
  number("writes-max", calls.writes_max, 1, 100'000, "unary writes and previews in flight");
  number("ingest-streams-max", calls.ingest_streams_max, 1, 1'000, "streams of articles in flight");
  number("slow-call-ms", calls.slow_call_ms, 1, kHourMs, "slower calls are logged at level info");
  number("unwritable-ms", calls.unwritable_ms, 1, kHourMs,
         "health of IngestService is NOT_SERVING for this long after the store refused a write");

  auto& operations = config.operations;
  number("operations-waiting-max", operations.waiting_max, 1, 1'000,
         "analyses of the whole graph that wait while one runs");
  number("operations-kept-max", operations.kept_max, 1, 10'000,
         "ended analyses whose results are kept; the oldest go first");
  number("operations-kept-ms-max", operations.kept_ms_max, 1'000, 24 * kHourMs,
         "how long the result of an analysis is kept");
  number("operations-results-bytes-max", operations.results_bytes_max, kMiB, kMiB * kMiB,
         "memory that the results of all analyses take; the oldest go first, the newest stays");

  auto& grpc = config.grpc_limits;
  number("grpc-receive-bytes-max", grpc.receive_bytes_max, 1 << 16, 64 * kMiB,
         "largest message accepted");
  number("grpc-send-bytes-max", grpc.send_bytes_max, kMiB, 256 * kMiB, "largest message sent");
  number("grpc-metadata-bytes-max", grpc.metadata_bytes_max, 1 << 10, kMiB,
         "largest block of headers accepted");
  number("grpc-streams-per-connection-max", grpc.streams_per_connection_max, 1, 10'000,
         "calls in flight on one connection");
  number("grpc-memory-bytes-max", grpc.memory_bytes_max, 16 * kMiB, kMiB * kMiB,
         "what gRPC tries to keep its buffers under");
  number("grpc-threads-max", grpc.threads_max, 4, 1'000, "threads of gRPC's own");
  number("grpc-keepalive-ms", grpc.keepalive_ms, 1'000, kHourMs,
         "a quiet connection is probed after this");
  number("grpc-keepalive-timeout-ms", grpc.keepalive_timeout_ms, 1'000, kHourMs,
         "and closed when the probe is not answered in this");
  number("grpc-ping-interval-ms-min", grpc.ping_interval_ms_min, 1'000, kHourMs,
         "peers that probe more often are disconnected");
  number("grpc-connection-idle-ms-max", grpc.connection_idle_ms_max, 1'000, 24 * kHourMs,
         "connections without a call are closed after this");
  number("grpc-handshake-ms-max", grpc.handshake_ms_max, 100, kHourMs,
         "connections that do not speak HTTP/2 by then are closed");

  auto& http = config.http_limits;
  number("http-header-bytes-max", http.header_bytes_max, 1 << 10, kMiB,
         "largest header of a request");
  number("http-body-bytes-max", http.body_bytes_max, 1 << 10, 64 * kMiB,
         "largest body of a request");
  number("http-body-bytes-total-max", http.body_bytes_total_max, kMiB, kMiB * kMiB,
         "bodies of all requests that arrive or run");
  number("http-connections-max", http.connections_max, 1, 100'000, "open connections");
  number("http-connections-per-peer-max", http.connections_per_peer_max, 1, 100'000,
         "open connections of one address (IPv6: of one /64); raise it behind a proxy");
  number("http-header-ms-max", http.header_ms_max, 1, kHourMs,
         "longest a connection may take to send the header of its next request");
  number("http-body-ms-max", http.body_ms_max, 1, kHourMs, "longest it may take to send the body");
  number("http-write-ms-max", http.write_ms_max, 1, kHourMs,
         "longest it may take to read a reply or a part of a stream");
  number("http-ingest-ms-max", http.ingest_ms_max, 1, 24 * kHourMs,
         "longest a stream of articles in one request may take");
  number("http-threads", http.threads, 1, 256, "threads that serve HTTP");
}

// "block-cache-bytes" is PARTNERGRAPH_BLOCK_CACHE_BYTES.
std::string EnvironmentName(const std::string& setting) {
  return absl::StrCat("PARTNERGRAPH_",
                      absl::AsciiStrToUpper(absl::StrReplaceAll(setting, {{"-", "_"}})));
}

bool IsLoopback(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  if (host == "localhost") return true;
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool IsAddress(const std::string& host) {
  in_addr v4{};
  in6_addr v6{};
  return inet_pton(AF_INET, host.c_str(), &v4) == 1 || inet_pton(AF_INET6, host.c_str(), &v6) == 1;
}

absl::Status CheckAddress(const char* name, const std::string& address, bool allow_names,
                          bool allow_remote) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  if (colon == std::string::npos || colon == 0 ||
      !absl::SimpleAtoi(address.substr(colon + 1), &port) || port > 65'535) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " is ", Quoted(address), ", want HOST:PORT such as 127.0.0.1:50051"));
  }
  std::string host = address.substr(0, colon);
  const bool in_brackets = host.front() == '[' && host.back() == ']';
  if (in_brackets) host = host.substr(1, host.size() - 2);
  const bool has_colon = host.find(':') != std::string::npos;
  if (in_brackets != has_colon || (has_colon && !IsAddress(host))) {
    return absl::InvalidArgumentError(
        absl::StrCat(name, " is ", Quoted(address), ", want an IPv6 address as in [::1]:50051"));
  }
  if (!allow_names && host != "localhost" && !IsAddress(host)) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, " is ", Quoted(address), ", want an IP address before the port, or localhost"));
  }
  if (!allow_remote && !IsLoopback(host)) {
    return absl::InvalidArgumentError(absl::StrCat(
        name, " is ", Quoted(address),
        ", which others can reach: the ports are plain text and ask for no password. Give "
        "--allow-remote if that is meant"));
  }
  return absl::OkStatus();
}

absl::Status Check(const ServerConfig& config) {
  if (config.data.empty()) return absl::InvalidArgumentError("data is empty, want a folder");
  PG_RETURN_IF_ERROR(CheckAddress("grpc", config.grpc, /*allow_names=*/true, config.allow_remote));
  if (config.http != "off") {
    PG_RETURN_IF_ERROR(
        CheckAddress("http", config.http, /*allow_names=*/false, config.allow_remote));
  }
  for (const char* level : {"trace", "debug", "info", "warning", "error", "off"}) {
    if (config.log_level == level) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("log-level is ", Quoted(config.log_level),
                   ", want trace, debug, info, warning, error or off"));
}

// CLI11's options for the settings; lists are texts with commas until they are split.
struct Options {
  CLI::App app{"Serves a graph of company partnerships over gRPC and HTTP."};
  std::string allowed_hosts;
  bool print_config = false;

  explicit Options(ServerConfig& config) {
    app.name("partnergraphd");
    app.footer(
        "Every option is also a line NAME=VALUE of the file given with --config, and a variable\n"
        "such as PARTNERGRAPH_LOG_LEVEL. Options beat the environment, which beats the file.");
    app.set_version_flag("--version", absl::StrCat("partnergraphd ", ToAbsl(ServerVersion())));
    app.set_config("--config", "", "file of settings");
    app.allow_config_extras(CLI::config_extras_mode::error);
    app.add_flag("--print-config", print_config, "print the settings in force as a file, and end")
        ->configurable(false);
    VisitSettings(
        config, [this](const char* name, auto& field, const char* help) { Add(name, field, help); },
        [this](const char* name, auto& field, int64_t min, int64_t max, const char* help) {
          app.add_option(absl::StrCat("--", name), field, help)
              ->check(CLI::Range(min, max))
              ->capture_default_str()
              ->take_last();
        });
  }

  void Add(const char* name, std::string& field, const char* help) {
    app.add_option(absl::StrCat("--", name), field, help)->capture_default_str()->take_last();
  }
  void Add(const char* name, std::vector<std::string>&, const char* help) {
    app.add_option(absl::StrCat("--", name), allowed_hosts, help)->take_last();
  }
  void Add(const char* name, bool& field, const char* help) {
    app.add_flag(absl::StrCat("--", name), field, help)->take_last();
  }
};

// A file that cannot be read must be an error, and with its reason.
absl::Status CheckReadable(const std::string& file) {
  const std::ifstream stream(file);
  if (stream.good()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("cannot read the config file ", Quoted(file), ": ", strerror(errno)));
}

}  // namespace

int64_t DefaultTopologyMemory() {
  const int64_t pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
  return pages > 0 && page_bytes > 0 ? pages * page_bytes / 2 : int64_t{1} << 30;
}

absl::StatusOr<ParsedConfig> ParseConfig(const std::vector<std::string>& arguments,
                                         const char* (*environment)(const char* name)) {
  ParsedConfig parsed;
  Options options(parsed.config);
  // CLI11 lets a config file beat the environment. So variables become arguments before the real
  // ones, and the last one counts.
  std::vector<std::string> all;
  const auto add_variable = [&](const std::string& setting) {
    if (const char* value = environment(EnvironmentName(setting).c_str()); value != nullptr) {
      all.push_back(absl::StrCat("--", setting, "=", value));
    }
  };
  add_variable("config");
  VisitSettings(
      parsed.config, [&](const char* name, const auto&, const char*) { add_variable(name); },
      [&](const char* name, const auto&, int64_t, int64_t, const char*) { add_variable(name); });
  all.insert(all.end(), arguments.begin(), arguments.end());
  std::string file;
  for (size_t i = 0; i < all.size(); ++i) {
    if (absl::StartsWith(all[i], "--config=")) {
      file = all[i].substr(std::strlen("--config="));
    } else if (all[i] == "--config" && i + 1 < all.size()) {
      file = all[i + 1];
    } else {
      continue;
    }
    PG_RETURN_IF_ERROR(CheckReadable(file));
  }
  std::reverse(all.begin(), all.end());  // As CLI11 wants them.
  try {
    options.app.parse(all);
  } catch (const CLI::CallForHelp&) {
    parsed.output = options.app.help();
    return parsed;
  } catch (const CLI::CallForVersion& version) {
    parsed.output = absl::StrCat(version.what(), "\n");
    return parsed;
  } catch (const CLI::ConfigError& error) {
    return absl::InvalidArgumentError(
        absl::StrCat("config file ", Quoted(file), ": ", error.what()));
  } catch (const CLI::Error& error) {
    return absl::InvalidArgumentError(error.what());
  }
  parsed.config.allowed_hosts = absl::StrSplit(options.allowed_hosts, ',', absl::SkipWhitespace());
  PG_RETURN_IF_ERROR(Check(parsed.config));
  if (options.print_config) parsed.output = FormatConfig(parsed.config);
  return parsed;
}

std::string FormatConfig(const ServerConfig& config) {
  std::string text;
  const auto quoted = [](const std::string& value) { return absl::StrCat("\"", value, "\""); };
  const auto add = [&text](const char* name, const std::string& value, const char* help) {
    absl::StrAppend(&text, "# ", help, "\n", name, "=", value, "\n");
  };
  struct Format {
    std::string operator()(const std::string& value) const { return quote(value); }
    std::string operator()(const std::vector<std::string>& values) const {
      return quote(absl::StrJoin(values, ","));
    }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    decltype(quoted)& quote;
  };
  VisitSettings(
      config,
      [&](const char* name, const auto& field, const char* help) {
        add(name, Format{quoted}(field), help);
      },
      [&](const char* name, const auto& field, int64_t, int64_t, const char* help) {
        add(name, absl::StrCat(field), help);
      });
  return text;
}

std::string_view ServerVersion() { return PARTNERGRAPH_VERSION; }

}  // namespace partnergraph
