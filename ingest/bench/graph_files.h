// The workloads of a generated graph with their right answers: files of tab-separated lines, which
// whoever generated the graph wrote beside its nodes.csv and edges.csv. clients/bench has the same
// reader for the runs against a server: the two share no layer.
//
//   w1.tsv  name, id            node by exact name
//   w2.tsv  id, rows            edges of a node, both directions, any type, at most 100
//   w3.tsv  id, count           distinct nodes two PARTNER_WITH hops away, the start left out
//   w4.tsv  id, count           distinct nodes within three hops, any type, the start left out
//   w5.tsv  source, target, length   shortest path of at most 6 hops; -1: there is none
//   w7.tsv  source, target, type, days, thousandths   PARTNER_WITH edges to write; the type is not
//                               read; days since 2000-01-01, the confidence in thousandths
//
// Ids count the lines of the nodes file from 0.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/date.h"

namespace partnergraph::bench {

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
    Date date;
    float confidence = 0;
  };
  std::vector<Name> names;                  // W1
  std::vector<Count> rows, pairs, triples;  // W2, W3, W4
  std::vector<Path> paths;                  // W5
  std::vector<Write> writes;                // W7, without edges from a node to itself
};

// INVALID_ARGUMENT naming file and line, or the file when it is empty; NOT_FOUND for a file that is
// missing.
absl::StatusOr<GraphFiles> ReadGraphFiles(const std::string& folder);

}  // namespace partnergraph::bench
