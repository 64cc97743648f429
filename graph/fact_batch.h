// Facts that a writer states, without an article: the argument and the result of
// GraphStore::WriteFacts.
#pragma once

#include <string>
#include <vector>

#include "graph/graph_record.h"
#include "graph/ids.h"
#include "graph/records.h"

namespace partnergraph {

// Nodes and edges of one batch together. The batch must also fit into KvLimits::batch_bytes_max: a
// new edge takes about 500 bytes, a new node about 2,000.
inline constexpr size_t kWrittenFactsMax = 1000;
inline constexpr size_t kPreconditionsMax = 100;
inline constexpr size_t kWriterNameBytesMax = 128;
inline constexpr size_t kWriteKeyBytesMax = 128;
// Edges that one precondition may look at.
inline constexpr uint32_t kPreconditionEdgesMax = 100'000;

// What must hold for a batch to be written: that the source has an edge of the kind described, or
// that it has none. Nodes are named as edges name theirs.
struct FactPrecondition {
  bool must_match = true;
  std::string source;
  std::string type;    // Empty: any.
  std::string target;  // Empty: any.
};

// A node is named by "#" and its number; or by the id of a node of the batch; or else by the
// external id of a stored node, of several the newest.
//
// A node of the batch is the stored one that it names with "#" and a number as its id, or the one
// that has its external id; without an external id, the one that shares the most of its names, as
// with articles; else it is new. An edge is the stored one of its type, ends, role, title and date,
// or new. What is stored and was written or imported before gets the new statement in place of the
// old one. A partnership's parties are the sources of the batch's PARTY_TO edges to it, when it is
// new and they are 2 to 256; others change nothing of its name and its identity.
struct FactBatch {
  std::string writer;  // Names the source; shown as evidence.
  std::vector<EdgeTypeDeclaration> edge_types;
  std::vector<GraphNodeRecord> nodes;
  std::vector<GraphEdgeRecord> edges;
  std::vector<FactPrecondition> preconditions;
  // A further batch with the same key writes nothing, for as long as the store remembers keys.
  std::string idempotency_key;
};

struct FactWriteResult {
  bool unchanged = false;     // A batch with this key was written before; there are no ids.
  std::vector<NodeId> nodes;  // Of FactBatch::nodes.
  std::vector<FactId> facts;  // Of FactBatch::edges.
  GraphDiff diff;
  Sequence sequence{};  // State that includes the write.
};

}  // namespace partnergraph
