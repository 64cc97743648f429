#include <algorithm>
#include <cmath>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "clients/bench/graph_workloads.h"
#include "clients/bench/load_runner.h"
#include "clients/bench/target_sampler.h"
#include "clients/bench/workload.h"
#include "clients/cli/command.h"
#include "clients/cli/node_resolver.h"
#include "clients/cli/sibling_program.h"
#include "clients/cpp/rpc_error.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

// Workloads take turns so often: what else the machine does then hits all of them alike.
constexpr int kRounds = 3;
constexpr size_t kTargetsMax = 10'000;
constexpr uint64_t kSeed = 1;
constexpr absl::Duration kWarmUp = absl::Milliseconds(200);

struct BenchFlags {
  double seconds = 3;
  int outstanding = 64;
  int channels = 1;
  std::string hub;
  std::string workload;  // Folder of GraphFiles; empty: calls for what the database has.
  std::string size;      // What the results call the graph.
  uint64_t first_node_id = 1;
  bool writes = false;            // Run the workload that writes too.
  std::vector<std::string> only;  // Names of the workloads to run; empty: all.
  std::string results;            // A file that result lines are appended to.

  // In process, by partnergraph-ingest.
  std::string data;
  bool import = false;
  std::string threads;
  std::string topology_memory;

  bool in_process() const { return !data.empty() || import; }
};

// A failure is to be counted, not to be tried again.
std::shared_ptr<grpc::Channel> OpenLoadChannel(const std::string& server) {
  return client::OpenChannel({.address = server, .own_connection = true, .retries = false});
}

AnswerShape BenchShape() {
  AnswerShape shape;
  shape.lists = {{"results", "result"}};
  shape.rows = "results";
  for (const char* name :
       {"name", "rate", "p50_us", "p99_us", "ratio_to_empty", "errors", "outstanding"}) {
    shape.columns.push_back(
        {name, std::string("/") + name, name[0] == 'n' ? Align::kLeft : Align::kRight});
  }
  return shape;
}

double Rounded(double value, double steps_per_unit) {
  return std::round(value * steps_per_unit) / steps_per_unit;
}

absl::StatusOr<ExitCode> Bench(const BenchFlags& flags, CommandContext& context) {
  CLIENT_ASSIGN_OR_RETURN(load::Targets targets,
                          load::SampleTargets(context.client, kTargetsMax, kSeed));
  if (!flags.hub.empty()) {
    CLIENT_ASSIGN_OR_RETURN(const ResolvedNode hub, ResolveNode(context.client, flags.hub));
    targets.hub_id = hub.node_id;
  }
  v1::GetNodeRequest get;
  get.set_node_id(targets.hub_id);
  CLIENT_ASSIGN_OR_RETURN(const v1::GetNodeResponse hub, context.client.GetNode(get));
  context.talk.Note(
      fmt::format("{} nodes; list_edges and neighborhood ask for up to {} edges of "
                  "{} ({}), which has {}",
                  targets.node_ids.size(), load::kEdgesPerAnswerMax, hub.node().name(),
                  targets.hub_id, hub.node().degree()));

  std::vector<std::unique_ptr<load::Workload>> workloads = load::ReadWorkloads(targets);
  workloads.insert(workloads.begin(), load::EmptyWorkload());
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  channels.reserve(static_cast<size_t>(flags.channels));
  for (int i = 0; i < flags.channels; ++i) {
    channels.push_back(OpenLoadChannel(context.options.server));
  }
  std::vector<load::LoadResult> results(workloads.size());
  const absl::Duration timeout = absl::Seconds(context.options.timeout_seconds);
  const absl::Duration turn = absl::Seconds(flags.seconds) / kRounds;
  for (const auto& workload : workloads) {
    load::RunLoad(*workload, channels, flags.outstanding, std::min(kWarmUp, turn), timeout, kSeed);
  }
  for (int round = 0; round < kRounds; ++round) {
    for (size_t i = 0; i < workloads.size(); ++i) {
      results[i].Merge(load::RunLoad(*workloads[i], channels, flags.outstanding, turn, timeout,
                                     kSeed + static_cast<uint64_t>(round)));
    }
  }
  Output output(context.format, context.style, BenchShape(), context.out);
  const double empty_rate = results[0].Rate();
  uint64_t errors = 0;
  for (size_t i = 0; i < workloads.size(); ++i) {
    const load::LoadResult& result = results[i];
    const load::LatencyHistogram latencies = result.Latencies();
    errors += result.errors;
    if (result.errors > 0) {
      context.talk.Note(fmt::format("{}: {} calls failed, the first with {}: {}",
                                    workloads[i]->name(), result.errors,
                                    client::CodeName(client::ToStatus(result.first_error).code()),
                                    result.first_error.error_message()));
    }
    output.Add(
        "results",
        {{"name", workloads[i]->name()},
         {"rate", Rounded(result.Rate(), 10)},
         {"p50_us", Rounded(latencies.PercentileMicros(0.5), 1)},
         {"p99_us", Rounded(latencies.PercentileMicros(0.99), 1)},
         {"ratio_to_empty", empty_rate > 0 ? Rounded(result.Rate() / empty_rate, 1000) : 0.0},
         {"errors", result.errors},
         {"outstanding", std::min(flags.outstanding, workloads[i]->outstanding_max())}});
  }
  output.Finish({{"seconds", flags.seconds},
                 {"outstanding", flags.outstanding},
                 {"channels", flags.channels},
                 {"hub_id", targets.hub_id},
                 {"hub_degree", hub.node().degree()},
                 {"node_count", targets.node_ids.size()}});
  return errors > 0 ? ExitCode::kFailed : ExitCode::kOk;
}

// Calls under way in the runs of a generated graph's workloads.
constexpr int kOutstanding[] = {1, 4, 64};

// One line of JSON for each run, as the benchmarks of other systems on the same graph print them.
absl::StatusOr<ExitCode> BenchGraph(const BenchFlags& flags, CommandContext& context) {
  CLIENT_ASSIGN_OR_RETURN(const load::GraphFiles files, load::ReadGraphFiles(flags.workload));
  CLIENT_ASSIGN_OR_RETURN(const v1::GetStatsResponse stats, context.client.GetStats());
  std::ofstream results;
  if (!flags.results.empty()) {
    results.open(flags.results, std::ios::app);
    if (!results) return absl::InvalidArgumentError(flags.results + " cannot be written");
  }
  const auto print = [&](Json line) {
    line["t"] = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
    line["system"] = "partnergraph";
    line["version"] = stats.version();
    line["size"] = flags.size;
    const std::string text = line.dump();
    context.out << text << std::endl;
    if (results.is_open()) results << text << std::endl;
  };
  std::vector<std::unique_ptr<load::Workload>> workloads =
      load::GraphWorkloads(files, flags.first_node_id, flags.writes);
  workloads.insert(workloads.begin(), load::EmptyWorkload());
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  channels.reserve(static_cast<size_t>(flags.channels));
  for (int i = 0; i < flags.channels; ++i) {
    channels.push_back(OpenLoadChannel(context.options.server));
  }
  const absl::Duration timeout = absl::Seconds(context.options.timeout_seconds);
  const absl::Duration run_time = absl::Seconds(flags.seconds);
  uint64_t bad = 0;
  for (const auto& workload : workloads) {
    if (!flags.only.empty() && !absl::c_linear_search(flags.only, workload->name())) continue;
    for (const int outstanding : kOutstanding) {
      load::RunLoad(*workload, channels, outstanding, std::min(kWarmUp, run_time), timeout, kSeed);
      const load::LoadResult result =
          load::RunLoad(*workload, channels, outstanding, run_time, timeout, kSeed + 1);
      bad += result.errors;
      if (result.errors > 0) {
        context.talk.Note(fmt::format("{}: {} calls failed, the first: {}", workload->name(),
                                      result.errors, result.first_error.error_message()));
      }
      const load::LatencyHistogram latencies = result.Latencies();
      Json line = {{"workload", workload->name()},
                   {"clients", outstanding},
                   {"n", latencies.count()},
                   {"bad", result.errors},
                   {"qps", Rounded(result.Rate(), 100)},
                   {"p50_us", Rounded(latencies.PercentileMicros(0.5), 100)},
                   {"p99_us", Rounded(latencies.PercentileMicros(0.99), 100)},
                   {"secs", Rounded(absl::ToDoubleSeconds(result.elapsed), 100)}};
      if (result.writes.count() > 0) {
        line["reads_p99_us"] = Rounded(result.reads.PercentileMicros(0.99), 100);
        line["writes_p50_us"] = Rounded(result.writes.PercentileMicros(0.5), 100);
        line["writes_p99_us"] = Rounded(result.writes.PercentileMicros(0.99), 100);
      }
      print(std::move(line));
    }
  }
  CLIENT_ASSIGN_OR_RETURN(const v1::GetStatsResponse after, context.client.GetStats());
  print({{"workload", "MEM"},
         {"rss_mb", Rounded(static_cast<double>(after.memory_bytes()) / (1 << 20), 1)},
         {"bytes_per_row", Rounded(after.topology().bytes_per_row(), 100)}});
  return bad > 0 ? ExitCode::kFailed : ExitCode::kOk;
}

// The database is opened by the program that has the graph: this one speaks gRPC only.
absl::Status BenchInProcess(const BenchFlags& flags) {
  std::vector<std::string> arguments = {"bench",
                                        "--workload",
                                        flags.workload,
                                        "--seconds",
                                        fmt::format("{}", flags.seconds),
                                        "--first-node-id",
                                        fmt::format("{}", flags.first_node_id)};
  const auto add = [&arguments](const char* name, const std::string& value) {
    if (!value.empty()) arguments.insert(arguments.end(), {name, value});
  };
  add("--data", flags.data);
  add("--size", flags.size);
  add("--results", flags.results);
  add("--threads", flags.threads);
  add("--topology-memory", flags.topology_memory);
  add("--only", absl::StrJoin(flags.only, ","));
  if (flags.import) arguments.emplace_back("--import");
  if (flags.writes) arguments.emplace_back("--writes");
  return BecomeSibling("partnergraph-ingest", arguments);
}

}  // namespace

void AddBenchCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<BenchFlags>();
  CLI::App* command = app.add_subcommand(
      "bench",
      "Measure a server: calls per second and latencies, beside an empty call's. With "
      "--data or --import: a database in process, without a server");
  command->add_option("--seconds", flags->seconds, "Time for each kind of call")
      ->check(CLI::Range(0.03, 3600.0))
      ->capture_default_str();
  command->add_option("--outstanding", flags->outstanding, "Calls under way at a time")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  command->add_option("--channels", flags->channels, "Connections to spread them over")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command->add_option("--hub", flags->hub,
                      "Whose edges to ask for (default: the node with the most)");
  CLI::Option* const workload =
      command
          ->add_option(
              "--workload", flags->workload,
              "Folder with the workloads of a generated graph and their right answers (w1.tsv "
              "to w5.tsv): runs them with 1, 4 and 64 calls under way, compares every answer "
              "and prints one line of JSON for each run")
          ->check(CLI::ExistingDirectory);
  command->add_flag("--writes", flags->writes,
                    "Run W7 too, which writes edges into the database (w7.tsv)");
  command
      ->add_option("--only", flags->only,
                   "Names of the workloads to run, such as W1,W5 (default: all, and empty calls)")
      ->delimiter(',')
      ->check(CLI::IsMember({"empty", "W1", "W2", "W3", "W4", "W5", "W7"}));
  command->add_option("--size", flags->size, "What the result lines call the graph");
  command
      ->add_option("--first-node-id", flags->first_node_id,
                   "Node id of the first line of the graph's nodes file")
      ->capture_default_str();
  command->add_option("--results", flags->results, "File that result lines are appended to")
      ->envname("RESULTS");
  command
      ->add_option("--data", flags->data,
                   "Run the workloads in process against the database in this folder, which no "
                   "server has open")
      ->needs(workload);
  command
      ->add_flag("--import", flags->import,
                 "Import nodes.csv and edges.csv of the workload's folder in process first (W6): "
                 "into --data, which must be empty or missing, or into a temporary database")
      ->needs(workload);
  command->add_option("--threads", flags->threads,
                      "In process: threads that ask, a run for each number, such as 1,2,4");
  command->add_option("--topology-memory", flags->topology_memory,
                      "In process: bytes for the graph's structure in memory; 0: none");
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) -> absl::StatusOr<ExitCode> {
      if (!flags->only.empty() && flags->workload.empty()) {
        return absl::InvalidArgumentError("--only is of a --workload");
      }
      if (flags->in_process()) return BenchInProcess(*flags);
      if (!flags->threads.empty() || !flags->topology_memory.empty()) {
        return absl::InvalidArgumentError(
            "--threads and --topology-memory are of runs in process: give --data or --import");
      }
      return flags->workload.empty() ? Bench(*flags, context) : BenchGraph(*flags, context);
    };
  });
}

}  // namespace partnergraph::cli
