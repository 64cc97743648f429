// Reads node records of one state, from the cache where it knows them and from the store, in one
// round trip, where it does not; and the names to show that are made from them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "graph/ids.h"
#include "graph/node_cache.h"
#include "graph/record_reader.h"

namespace partnergraph {

class NodeReader {
 public:
  // `reader`, whose snapshot is the state of `sequence`, and `cache` outlive this.
  NodeReader(RecordReader& reader, NodeCache& cache, Sequence sequence)
      : reader_(reader), cache_(cache), sequence_(sequence) {}

  // In the order of the arguments; null where there is none. Errors as RecordReader's.
  absl::StatusOr<std::vector<NodeRecordPtr>> Nodes(std::span<const NodeId> ids);

  // Names to show, of partnerships too, of nodes that stored rows refer to: DATA_LOSS for one that
  // does not exist.
  absl::StatusOr<absl::flat_hash_map<NodeId, std::string>> Names(std::span<const NodeId> ids);
  // The same for records that have been read; null records have none.
  absl::StatusOr<std::vector<std::string>> NamesOf(
      std::span<const storage::NodeRecord* const> nodes);

 private:
  RecordReader& reader_;
  NodeCache& cache_;
  const Sequence sequence_;
};

}  // namespace partnergraph
