// Reads what a topology is made of from the records of one snapshot.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "graph/ids.h"
#include "graph/record_reader.h"
#include "graph/topology.h"
#include "graph/topology_builder.h"

namespace partnergraph {

// Hash of the log entry of a sequence: what tells a topology file of this history from one of
// another with the same number of writes. 0 for sequence 0. DATA_LOSS when there is no such entry.
absl::StatusOr<uint64_t> TopologyStateHash(RecordReader& reader, Sequence sequence);

// What a topology of the reader's snapshot will take, by its counters.
struct TopologySize {
  uint64_t node_end = 0;
  uint64_t row_count = 0;
  // Columns, runs and nodes with names of a usual length; what the memory given is compared with.
  uint64_t bytes = 0;
};
absl::StatusOr<TopologySize> MeasureTopology(RecordReader& reader);

// Reads the whole graph, nodes and rows, in ranges of nodes. `path` as in TopologyBuilderOptions.
// CANCELLED once `stop` is set; DATA_LOSS for records and rows that cannot be decoded or do not fit
// the totals; errors of TopologyBuilder.
absl::StatusOr<std::shared_ptr<const TopologyBase>> ReadTopology(RecordReader& reader,
                                                                 const std::string& path,
                                                                 const std::atomic<bool>& stop);

// The topology with what was written after it, up to the reader's snapshot: every node that the
// change log names since is read again. FAILED_PRECONDITION when the log does not say which nodes
// changed (a bulk import), or names more commits than `commits_max` or a million nodes and facts;
// DATA_LOSS as ReadTopology.
absl::StatusOr<std::shared_ptr<const Topology>> ReplayChanges(
    RecordReader& reader, std::shared_ptr<const Topology> topology, uint64_t commits_max,
    const std::atomic<bool>& stop);

}  // namespace partnergraph
