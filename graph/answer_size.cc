#include "graph/answer_size.h"

#include "graph/schema.h"

namespace partnergraph {

uint64_t ByteSize(const NodeSummary& node) { return kNodeBytesMin + node.name.size(); }

uint64_t ByteSize(const Edge& edge) {
  return kEdgeBytesMin + edge.source.name.size() + edge.target.name.size() + edge.role.size() +
         edge.title.size() + edge.partnership_kind.size();
}

}  // namespace partnergraph
