// The workloads of a generated graph with their right answers: files of tab-separated lines, which
// whoever generated the graph wrote beside it.
//
//   w1.tsv  name, id            node by exact name
//   w2.tsv  id, rows            edges of a node, both directions, any type, at most 100
//   w3.tsv  id, count           distinct nodes two PARTNER_WITH hops away, the start left out
//   w4.tsv  id, count           distinct nodes within three hops, any type, the start left out
//   w5.tsv  source, target, length   shortest path of at most 6 hops; -1: there is none
//   w7.tsv  source, target, type, days, thousandths   edges to write
//
// Ids in the files count the lines of the nodes file from 0; the database gave node ids in that
// order, beginning at `first_node_id`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "clients/bench/workload.h"

namespace partnergraph::load {

// Rows that W2 asks for.
inline constexpr int kGraphRowsMax = 100;

struct GraphFiles {
  struct Name {
    std::string name;
    uint64_t id = 0;
  };
  struct Count {
    uint64_t id = 0;
    uint64_t count = 0;
  };
  struct Path {
    uint64_t source = 0;
    uint64_t target = 0;
    int length = 0;
  };
  struct Write {
    uint64_t source = 0;
    uint64_t target = 0;
    absl::CivilDay day;
    float confidence = 0;
  };
  std::vector<Name> names;                  // W1
  std::vector<Count> rows, pairs, triples;  // W2, W3, W4
  std::vector<Path> paths;                  // W5
  std::vector<Write> writes;                // W7
};

// INVALID_ARGUMENT naming file and line; NOT_FOUND for a file that is missing.
absl::StatusOr<GraphFiles> ReadGraphFiles(const std::string& folder);

// W1 to W5, and W7 when `with_writes`: 19 calls of W2 to one that writes an edge, which changes the
// database. Each answer is compared with the right one, and one that differs ends its call with
// DATA_LOSS; of W7's reads, which may see more, the rows must be as many at least. `files` outlives
// them.
std::vector<std::unique_ptr<Workload>> GraphWorkloads(const GraphFiles& files,
                                                      uint64_t first_node_id, bool with_writes);

}  // namespace partnergraph::load
