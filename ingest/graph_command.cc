#include "ingest/graph_command.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "fmt/format.h"
#include "graph/format_version.h"
#include "graph/rocks_kv_store.h"
#include "graph/status_macros.h"
#include "graph/topology_keeper.h"
#include "ingest/graph_import.h"
#include "nlohmann/json.hpp"

namespace partnergraph {
namespace {

constexpr int kExitUsage = 2;
constexpr int kExitRefused = 6;
constexpr int kExitInterrupted = 130;
// Refusals that are said on the terminal; all are in the reject file.
constexpr uint64_t kRefusalsShown = 20;

Date Today() {
  const absl::CivilDay day = absl::ToCivilDay(absl::Now(), absl::UTCTimeZone());
  return {.year = static_cast<int16_t>(day.year()),
          .month = static_cast<uint8_t>(day.month()),
          .day = static_cast<uint8_t>(day.day())};
}

// One line on a terminal that is rewritten.
class GraphProgress {
 public:
  void Show(const GraphImportProgress& progress) {
    if (!terminal_) return;
    fmt::print(stderr, "\r\033[Kgraph: {} {:.0f}%: {} nodes, {} edges, {} refused ", progress.stage,
               100 * progress.done, progress.nodes, progress.edges, progress.rejected);
    shown_ = true;
  }
  void Clear() {
    if (shown_) fmt::print(stderr, "\r\033[K");
    shown_ = false;
  }

 private:
  const bool terminal_ = isatty(STDERR_FILENO) != 0;
  std::atomic<bool> shown_ = false;
};

class RejectFile {
 public:
  absl::Status Open(const std::string& file) {
    if (file.empty()) return absl::OkStatus();
    out_.open(file, std::ios::binary | std::ios::trunc);
    return out_ ? absl::OkStatus() : absl::UnavailableError(fmt::format("cannot write {}", file));
  }

  void Add(const RejectedRecord& record) {
    ++count_;
    if (count_ <= kRefusalsShown) {
      fmt::print(stderr, "refused: {}:{}: {}\n", record.file, record.line, record.reason);
    } else if (count_ == kRefusalsShown + 1) {
      fmt::print(stderr, "further refusals are not shown{}\n",
                 out_.is_open() ? "" : "; --rejects writes them to a file");
    }
    if (!out_.is_open()) return;
    const nlohmann::json line = {{"file", record.file},
                                 {"line", record.line},
                                 {"reason", "INVALID_ARGUMENT"},
                                 {"message", record.reason},
                                 {"record", record.record}};
    out_ << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  }

  absl::Status Close() {
    if (!out_.is_open()) return absl::OkStatus();
    out_.close();
    return out_ ? absl::OkStatus() : absl::UnavailableError("cannot write the reject file");
  }

 private:
  std::ofstream out_;
  uint64_t count_ = 0;
};

absl::StatusOr<GraphImportOptions> MakeOptions(const GraphArguments& arguments) {
  GraphImportOptions options;
  for (const std::string& flag : arguments.nodes) options.nodes.push_back(ParseSourceFlag(flag));
  for (const std::string& flag : arguments.edges) options.edges.push_back(ParseSourceFlag(flag));
  for (const auto* sources : {&options.nodes, &options.edges}) {
    for (const CsvSource& source : *sources) {
      if (source.files.empty()) return absl::InvalidArgumentError("a source names no file");
    }
  }
  options.records = arguments.records;
  options.nodes_header = arguments.nodes_header;
  options.edges_header = arguments.edges_header;
  for (const std::string& flag : arguments.edge_types) {
    PG_ASSIGN_OR_RETURN(options.edge_types.emplace_back(), ParseEdgeTypeFlag(flag));
  }
  const std::string& delimiter = arguments.delimiter;
  if (delimiter == "TAB" || delimiter == "\\t") {
    options.delimiter = '\t';
  } else if (delimiter.size() == 1 && delimiter != "\"" && delimiter != "\n") {
    options.delimiter = delimiter[0];
  } else {
    return absl::InvalidArgumentError(
        fmt::format("--delimiter is {}, want one character or TAB", delimiter));
  }
  options.load.directory = arguments.data;
  options.load.topology_path = fmt::format("{}/{}", arguments.data, kTopologyFileName);
  options.load.memory_bytes = arguments.memory_bytes;
  options.load.threads = arguments.threads;
  options.load.date = Today();
  return options;
}

absl::StatusOr<GraphImportReport> Import(const GraphArguments& arguments,
                                         const std::atomic<bool>& interrupted,
                                         GraphProgress& progress, RejectFile& rejects) {
  PG_ASSIGN_OR_RETURN(GraphImportOptions options, MakeOptions(arguments));
  options.cancelled = &interrupted;
  PG_RETURN_IF_ERROR(rejects.Open(arguments.rejects));
  PG_ASSIGN_OR_RETURN(const std::unique_ptr<KvStore> store, OpenRocksKvStore(arguments.data, {}));
  PG_RETURN_IF_ERROR(PrepareFormat(*store));
  absl::StatusOr<GraphImportReport> report = ImportGraph(
      *store, options,
      [&](const RejectedRecord& record) {
        progress.Clear();
        rejects.Add(record);
      },
      [&](const GraphImportProgress& now) { progress.Show(now); });
  progress.Clear();
  const absl::Status closed = rejects.Close();
  if (!report.ok() || closed.ok()) return report;
  // The graph is in the database: whoever runs it again would have it twice.
  return absl::UnavailableError(
      absl::StrCat("the import was applied (", report->load.nodes, " nodes, ", report->load.edges,
                   " edges), but its refused records were not all written: ", closed.message()));
}

}  // namespace

int DefaultImportThreads() {
  return static_cast<int>(std::clamp(std::thread::hardware_concurrency() + 1, 2u, 64u));
}

CLI::App* AddGraphCommand(CLI::App& app, GraphArguments& arguments) {
  CLI::App* const command = app.add_subcommand(
      "graph",
      "Load a graph in bulk: CSV in the form of neo4j-admin, or JSON Lines as export writes them. "
      "The whole import becomes visible at once, or none of it");
  command->add_option("--data", arguments.data, "Database directory, created when missing")
      ->required();
  command->add_option("--nodes", arguments.nodes,
                      "[LABEL=]FILE[,FILE...]: nodes; the first line of the first file is the "
                      "header. May be given several times");
  command->add_option("--edges", arguments.edges, "[TYPE=]FILE[,FILE...]: edges, likewise");
  command->add_option("FILE", arguments.records, "JSON Lines of nodes, edges and edge types");
  command->add_option(
      "--nodes-header", arguments.nodes_header,
      "Header in the place of the first line, such as id:ID,:LABEL,name,year:IGNORE");
  command->add_option(
      "--edges-header", arguments.edges_header,
      "Header in the place of the first line, such as :START_ID,:END_ID,:TYPE,date");
  command->add_option("--edge-type", arguments.edge_types,
                      "NAME[:inverse=NAME][:symmetric][:source=KIND|KIND][:target=KIND]: a type "
                      "that the files have beside the built-in ones; at most 1,000 in a database");
  command->add_option("--delimiter", arguments.delimiter, "Between fields: one character or TAB")
      ->capture_default_str();
  command->add_option("--rejects,--reject-file", arguments.rejects,
                      "Write refused records with their reasons to this file");
  command
      ->add_option("--memory", arguments.memory_bytes,
                   "Bytes to sort in, at least 64 MiB; what is over goes through files in the "
                   "database directory. Units as in 512MiB")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
  command->add_option("--threads", arguments.threads, "Threads that read, sort and write")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  return command;
}

int RunGraphCommand(const GraphArguments& arguments, const std::atomic<bool>& interrupted) {
  if (arguments.nodes.empty() && arguments.records.empty()) {
    fmt::print(stderr, "error: give --nodes or a file of JSON Lines\n");
    return kExitUsage;
  }
  const auto start = std::chrono::steady_clock::now();
  GraphProgress progress;
  RejectFile rejects;
  const absl::StatusOr<GraphImportReport> report =
      Import(arguments, interrupted, progress, rejects);
  if (absl::IsCancelled(report.status())) {
    fmt::print(stderr, "interrupted: nothing was imported\n");
    return kExitInterrupted;
  }
  if (!report.ok()) {
    fmt::print(stderr, "error: {}\n", std::string(report.status().message()));
    return absl::IsInvalidArgument(report.status()) ? kExitUsage : 1;
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  fmt::print(stderr,
             "import {}: {} nodes, {} edges, {} merged with equal ones, {} refused in {:.1f} s\n",
             report->load.import, report->load.nodes, report->load.edges, report->load.merged,
             report->rejected, seconds);
  if (report->load.spilled_bytes > 0) {
    fmt::print(stderr, "{} MB were sorted through files: more --memory is faster\n",
               report->load.spilled_bytes / 1'000'000);
  }
  return report->rejected > 0 ? kExitRefused : 0;
}

}  // namespace partnergraph
