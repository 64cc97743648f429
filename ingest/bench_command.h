// The command "bench" of partnergraph-ingest: the workloads of a generated graph in process,
// against a database, and its import. What `partnergraph bench --data` runs.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"

namespace partnergraph {

struct BenchArguments {
  std::string workload;  // Folder with w1.tsv to w7.tsv; to import, nodes.csv and edges.csv.
  std::string data;      // Database directory. Empty: a temporary one, which takes an import.
  bool import = false;   // Measure the import first.
  bool writes = false;   // Run the workload that writes too.
  std::vector<std::string> only;  // Names of the workloads to run; empty: all.
  std::string size;               // What the result lines call the graph.
  std::string results;            // A file that result lines are appended to.
  std::vector<int> threads = {1, 2, 4};
  double seconds = 3;
  uint64_t first_node_id = 1;
  int64_t topology_memory = -1;  // Bytes; 0 keeps no rows in memory, -1 half of the machine's.
};

// Adds the command; `arguments` outlives the parsing.
CLI::App* AddBenchCommand(CLI::App& app, BenchArguments& arguments);

// Runs it, until `interrupted` is set. Returns the exit code: 0 done, 1 failed or some answers were
// wrong, 2 bad usage, 130 interrupted.
int RunBenchCommand(const BenchArguments& arguments, const std::atomic<bool>& interrupted);

}  // namespace partnergraph
