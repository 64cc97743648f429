// The workloads as calls of the graph store, with no server between.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/graph_store.h"
#include "ingest/bench/graph_files.h"

namespace partnergraph::bench {

// Rows that W2 asks for.
inline constexpr uint32_t kGraphRowsMax = 100;
// Of every so many questions of W7 one is a write.
inline constexpr uint64_t kWriteInterval = 20;

struct Answer {
  bool is_write = false;
  std::string wrong;  // What is wrong with it; "" when it is right.
};

struct GraphWorkload {
  std::string name;
  uint64_t lines = 0;   // Different questions: lines of its file.
  bool writes = false;  // It changes the database.
  // Asks the question of a line below `lines` and compares the answer with the right one.
  // Thread-safe. Errors of the store; CANCELLED when the run was interrupted.
  std::function<absl::StatusOr<Answer>(uint64_t line)> ask;
};

// W1 to W5 and W7: 19 questions of W2 to one that writes an edge, durable when it returns; of its
// reads, which may see more than the files say, the rows must be as many at least. Each question
// opens a view of the newest state, as a request to the server does. The node of line n of the
// nodes file has the id first_node_id + n. `store`, `files` and `interrupted` outlive them.
std::vector<GraphWorkload> GraphWorkloads(GraphStore& store, const GraphFiles& files,
                                          uint64_t first_node_id,
                                          const std::atomic<bool>& interrupted);

}  // namespace partnergraph::bench
