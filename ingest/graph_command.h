// The command "graph" of partnergraph-ingest: loads a graph in bulk.
#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "CLI/App.hpp"
#include "CLI/Config.hpp"
#include "CLI/Formatter.hpp"

namespace partnergraph {

// One more than there are cores, as writing waits for the disk now and then; 2 to 64.
int DefaultImportThreads();

struct GraphArguments {
  std::string data;
  std::vector<std::string> nodes;
  std::vector<std::string> edges;
  std::vector<std::string> records;
  std::string nodes_header;
  std::string edges_header;
  std::vector<std::string> edge_types;
  std::string delimiter = ",";
  std::string rejects;
  uint64_t memory_bytes = uint64_t{2} << 30;
  int threads = DefaultImportThreads();
};

// Adds the command; `arguments` outlives the parsing.
CLI::App* AddGraphCommand(CLI::App& app, GraphArguments& arguments);

// Runs it, until `interrupted` is set. Returns the exit code: 0 done, 1 failed, 2 bad usage, 6 done
// but some records were refused, 130 interrupted; with 1, 2 and 130 the database is as before.
int RunGraphCommand(const GraphArguments& arguments, const std::atomic<bool>& interrupted);

}  // namespace partnergraph
