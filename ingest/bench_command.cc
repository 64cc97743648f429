#include "ingest/bench_command.h"

#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/cleanup/cleanup.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fmt/format.h"
#include "graph/format_version.h"
#include "graph/graph_store.h"
#include "graph/rocks_kv_store.h"
#include "graph/status_macros.h"
#include "graph/topology_keeper.h"
#include "ingest/bench/graph_files.h"
#include "ingest/bench/graph_workload.h"
#include "ingest/bench/timed_run.h"
#include "ingest/graph_command.h"
#include "ingest/graph_import.h"
#include "nlohmann/json.hpp"

namespace partnergraph {
namespace {

using Json = nlohmann::json;

constexpr int kExitUsage = 2;
constexpr int kExitInterrupted = 130;
constexpr absl::Duration kWarmUp = absl::Milliseconds(200);
// The columns of the generated graph's files, and its types beside the built-in ones.
constexpr char kNodesHeader[] = "id:ID,:LABEL,name,country:IGNORE,year:IGNORE";
constexpr char kEdgesHeader[] = ":START_ID,:END_ID,:TYPE,date,confidence";
constexpr const char* kEdgeTypes[] = {"SUPPLIES",      "INVESTED_IN", "OWNS",
                                      "COMPETES_WITH", "WORKS_FOR",   "MAKES"};

double Rounded(double value, double steps_per_unit) {
  return std::round(value * steps_per_unit) / steps_per_unit;
}

constexpr double kMiB = 1 << 20;

// What the process has in memory; 0 when the system does not say.
double ResidentMiB() {
  std::ifstream in("/proc/self/statm");
  double total = 0, resident = 0;
  in >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / kMiB;
}

double SizeInMiB(const std::string& directory) {
  double bytes = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;  // The engine removes files as it goes.
    const uint64_t size = entry->file_size(gone);
    if (!gone) bytes += static_cast<double>(size);
  }
  return bytes / kMiB;
}

TopologyOptions RowsInMemory(const BenchArguments& arguments) {
  if (arguments.topology_memory >= 0) {
    return {.bytes_max = static_cast<uint64_t>(arguments.topology_memory),
            .directory = arguments.data};
  }
  const int64_t pages = sysconf(_SC_PHYS_PAGES), page_bytes = sysconf(_SC_PAGESIZE);
  return {.bytes_max = static_cast<uint64_t>(pages) * static_cast<uint64_t>(page_bytes) / 2,
          .directory = arguments.data};
}

class Bench {
 public:
  Bench(BenchArguments arguments, const std::atomic<bool>& interrupted)
      : arguments_(std::move(arguments)), interrupted_(interrupted) {}

  // How many answers were wrong.
  absl::StatusOr<uint64_t> Run() {
    PG_ASSIGN_OR_RETURN(const bench::GraphFiles files, bench::ReadGraphFiles(arguments_.workload));
    if (!arguments_.results.empty()) {
      results_.open(arguments_.results, std::ios::app);
      if (!results_) return absl::InvalidArgumentError(arguments_.results + " cannot be written");
    }
    if (arguments_.import) {
      PG_RETURN_IF_ERROR(Import(files));
    } else {
      std::error_code error;
      if (!std::filesystem::exists(arguments_.data, error)) {
        return absl::NotFoundError(arguments_.data + " does not exist");
      }
      PG_RETURN_IF_ERROR(Open());
      PG_ASSIGN_OR_RETURN(const auto view, store_->View());
      PG_ASSIGN_OR_RETURN(const GraphStats stats, view->GetStats());
      uint64_t nodes = 0;
      for (const auto& [kind, count] : stats.node_counts) nodes += count;
      if (nodes == 0) {
        return absl::FailedPreconditionError(arguments_.data +
                                             " has no nodes; --import fills an empty database");
      }
    }
    AwaitTopology();
    for (const bench::GraphWorkload& workload :
         bench::GraphWorkloads(*store_, files, arguments_.first_node_id, interrupted_)) {
      if (workload.writes && !arguments_.writes) continue;
      const std::vector<std::string>& only = arguments_.only;
      if (!only.empty() && std::ranges::find(only, workload.name) == only.end()) continue;
      PG_RETURN_IF_ERROR(Measure(workload));
    }
    const TopologyReport rows = store_->ReportTopology();
    Json line = {{"workload", "MEM"}, {"rss_mb", Rounded(ResidentMiB(), 1)}};
    if (rows.present && rows.stats.row_count > 0) {
      line["bytes_per_row"] = Rounded(
          static_cast<double>(rows.stats.row_bytes) / static_cast<double>(rows.stats.row_count),
          100);
    } else if (!rows.present) {
      line["note"] = "no rows in memory: " + rows.absence;
    }
    Print(std::move(line));
    return bad_;
  }

 private:
  absl::Status Open() {
    PG_ASSIGN_OR_RETURN(std::unique_ptr<KvStore> kv, OpenRocksKvStore(arguments_.data, {}));
    PG_ASSIGN_OR_RETURN(store_,
                        GraphStore::Open(std::move(kv), {.topology = RowsInMemory(arguments_)}));
    return absl::OkStatus();
  }

  // W6: from the files to the first answers of W1 to W5.
  absl::Status Import(const bench::GraphFiles& files) {
    std::error_code error;
    if (std::filesystem::exists(arguments_.data, error) &&
        !std::filesystem::is_empty(arguments_.data, error)) {
      return absl::FailedPreconditionError(
          arguments_.data + " is not empty: the import is measured into a new database");
    }
    const int threads = DefaultImportThreads();
    GraphImportOptions options;
    options.nodes = {{"", {arguments_.workload + "/nodes.csv"}}};
    options.edges = {{"", {arguments_.workload + "/edges.csv"}}};
    options.nodes_header = kNodesHeader;
    options.edges_header = kEdgesHeader;
    for (const char* type : kEdgeTypes) options.edge_types.push_back({.name = type});
    options.load.directory = arguments_.data;
    options.load.topology_path = fmt::format("{}/{}", arguments_.data, kTopologyFileName);
    options.load.threads = threads;
    options.load.date = {2024, 1, 1};
    options.cancelled = &interrupted_;

    const absl::Time start = absl::Now();
    PG_ASSIGN_OR_RETURN(std::unique_ptr<KvStore> kv, OpenRocksKvStore(arguments_.data, {}));
    PG_RETURN_IF_ERROR(PrepareFormat(*kv));
    std::string first_refusal;
    PG_ASSIGN_OR_RETURN(const GraphImportReport report, ImportGraph(
                                                            *kv, options,
                                                            [&](const RejectedRecord& record) {
                                                              if (first_refusal.empty()) {
                                                                first_refusal = fmt::format(
                                                                    "{}:{}: {}", record.file,
                                                                    record.line, record.reason);
                                                              }
                                                            },
                                                            [](const GraphImportProgress&) {}));
    const absl::Time imported = absl::Now();
    PG_ASSIGN_OR_RETURN(store_,
                        GraphStore::Open(std::move(kv), {.topology = RowsInMemory(arguments_)}));
    uint64_t bad = 0;
    for (const bench::GraphWorkload& workload :
         bench::GraphWorkloads(*store_, files, arguments_.first_node_id, interrupted_)) {
      if (workload.writes) continue;
      PG_ASSIGN_OR_RETURN(const bench::Answer answer, workload.ask(0));
      if (answer.wrong.empty()) continue;
      ++bad;
      fmt::print(stderr, "{} after the import: {}\n", workload.name, answer.wrong);
    }
    const absl::Time answered = absl::Now();
    if (!first_refusal.empty()) {
      fmt::print(stderr, "{} records were refused, the first: {}\n", report.rejected,
                 first_refusal);
    }
    bad_ += bad + report.rejected;
    const double seconds = absl::ToDoubleSeconds(answered - start);
    Print({{"workload", "W6"},
           {"clients", threads},
           {"n", report.load.edges},
           {"bad", bad + report.rejected},
           {"import_s", Rounded(seconds, 1000)},
           {"edges_per_s", Rounded(static_cast<double>(report.load.edges) / seconds, 1)},
           {"disk_mb", Rounded(SizeInMiB(arguments_.data), 1)},
           {"rss_mb", Rounded(ResidentMiB(), 1)},
           {"note", fmt::format("import {:.2f} s, open and first answers {:.2f} s; {} merged with "
                                "equal ones",
                                absl::ToDoubleSeconds(imported - start),
                                absl::ToDoubleSeconds(answered - imported), report.load.merged)}});
    return absl::OkStatus();
  }

  // The runs are of what the database is when it is warm.
  void AwaitTopology() const {
    while (store_->ReportTopology().building && !interrupted_) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

  absl::Status Measure(const bench::GraphWorkload& workload) {
    const absl::Duration duration = absl::Seconds(arguments_.seconds);
    bool first = true;
    for (const int threads : arguments_.threads) {
      if (!workload.writes) {
        bench::RunTimed(workload, threads, std::min(kWarmUp, duration), false, interrupted_);
      }
      // The first run asks every line; the others for as long as they may.
      const bench::RunResult result =
          bench::RunTimed(workload, threads, duration, std::exchange(first, false), interrupted_);
      if (interrupted_) return absl::CancelledError("interrupted");
      bad_ += result.bad;
      if (result.bad > 0) {
        fmt::print(stderr, "{}: {} answers are wrong, the first: {}\n", workload.name, result.bad,
                   result.first_wrong);
      }
      bench::LatencyCounts all = result.reads;
      all.Merge(result.writes);
      Json line = {{"workload", workload.name},
                   {"clients", threads},
                   {"n", result.count()},
                   {"bad", result.bad},
                   {"qps", Rounded(result.Rate(), 100)},
                   {"p50_us", Rounded(all.PercentileMicros(0.5), 100)},
                   {"p99_us", Rounded(all.PercentileMicros(0.99), 100)},
                   {"mean_us", Rounded(all.MeanMicros(), 100)},
                   {"secs", Rounded(absl::ToDoubleSeconds(result.elapsed), 100)}};
      if (workload.writes) {
        line["reads_p99_us"] = Rounded(result.reads.PercentileMicros(0.99), 100);
        line["writes_p50_us"] = Rounded(result.writes.PercentileMicros(0.5), 100);
        line["writes_p99_us"] = Rounded(result.writes.PercentileMicros(0.99), 100);
      }
      Print(std::move(line));
    }
    return absl::OkStatus();
  }

  // One line of JSON, as the benchmarks of other systems on the same graph print them.
  void Print(Json line) {
    line["t"] = Rounded(absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()), 100);
    line["system"] = "partnergraph-db";
    line["version"] = PARTNERGRAPH_VERSION;
    line["size"] = arguments_.size;
    const std::string text = line.dump();
    std::cout << text << std::endl;
    if (results_.is_open()) results_ << text << std::endl;
  }

  const BenchArguments arguments_;
  const std::atomic<bool>& interrupted_;
  std::ofstream results_;
  std::unique_ptr<GraphStore> store_;
  uint64_t bad_ = 0;
};

absl::StatusOr<std::string> MakeTemporaryDirectory() {
  std::error_code error;
  std::string path = std::filesystem::temp_directory_path(error).string() + "/partnergraph-XXXXXX";
  if (error || ::mkdtemp(path.data()) == nullptr) {
    return absl::UnavailableError("cannot make a temporary directory " + path);
  }
  return path;
}

absl::StatusOr<uint64_t> RunInDirectory(BenchArguments arguments,
                                        const std::atomic<bool>& interrupted) {
  std::string temporary;
  if (arguments.data.empty()) {
    PG_ASSIGN_OR_RETURN(temporary, MakeTemporaryDirectory());
    arguments.data = temporary + "/db";
  }
  const auto remove = absl::MakeCleanup([&temporary] {
    std::error_code ignored;
    if (!temporary.empty()) std::filesystem::remove_all(temporary, ignored);
  });
  return Bench(std::move(arguments), interrupted).Run();
}

}  // namespace

CLI::App* AddBenchCommand(CLI::App& app, BenchArguments& arguments) {
  CLI::App* const command = app.add_subcommand(
      "bench",
      "Run the workloads of a generated graph in process, compare every answer with the right one "
      "and print one line of JSON for each run");
  command
      ->add_option("--workload", arguments.workload,
                   "Folder with w1.tsv to w7.tsv and, for --import, nodes.csv and edges.csv")
      ->required()
      ->check(CLI::ExistingDirectory);
  command->add_option("--data", arguments.data,
                      "Database directory; with --import it must be empty or missing, and a "
                      "temporary one is used when none is named");
  command->add_flag("--import", arguments.import,
                    "Measure the import of nodes.csv and edges.csv first (W6)");
  command->add_flag("--writes", arguments.writes,
                    "Run W7 too, which writes edges into the database");
  command->add_option("--only", arguments.only, "Names of the workloads to run, such as W1,W5")
      ->delimiter(',')
      ->check(CLI::IsMember({"W1", "W2", "W3", "W4", "W5", "W7"}));
  command->add_option("--threads", arguments.threads, "Threads that ask: a run for each number")
      ->delimiter(',')
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--seconds", arguments.seconds, "Time for each run")
      ->check(CLI::Range(0.01, 3600.0))
      ->capture_default_str();
  command->add_option("--size", arguments.size, "What the result lines call the graph");
  command
      ->add_option("--first-node-id", arguments.first_node_id,
                   "Node id of the first line of the graph's nodes file")
      ->capture_default_str();
  command
      ->add_option("--topology-memory", arguments.topology_memory,
                   "Bytes for the graph's structure in memory; 0: none. Half of the machine's "
                   "memory by default")
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 40));
  command->add_option("--results", arguments.results, "File that result lines are appended to")
      ->envname("RESULTS");
  return command;
}

int RunBenchCommand(const BenchArguments& arguments, const std::atomic<bool>& interrupted) {
  if (arguments.data.empty() && !arguments.import) {
    fmt::print(stderr, "error: give --data, --import or both\n");
    return kExitUsage;
  }
  // As the server does: looking for deadlocks costs some percent of each question.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const absl::StatusOr<uint64_t> bad = RunInDirectory(arguments, interrupted);
  if (interrupted) {
    fmt::print(stderr, "interrupted\n");
    return kExitInterrupted;
  }
  if (!bad.ok()) {
    fmt::print(stderr, "error: {}\n", std::string(bad.status().message()));
    return absl::IsInvalidArgument(bad.status()) ? kExitUsage : 1;
  }
  return *bad > 0 ? 1 : 0;
}

}  // namespace partnergraph
