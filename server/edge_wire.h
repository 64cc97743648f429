// Edges of a page straight to the bytes of the messages that stand for them: what
// ListEdgesResponse{edges: ...} serializes to, field by field in ascending order, without the
// message. A page of a hundred edges would be four hundred small objects and as many strings.
//
// The format is Protocol Buffers' (https://protobuf.dev/programming-guides/encoding); messages that
// are concatenated are merged, so that the rest of the response can follow as bytes of its own.
#pragma once

#include <string>

#include "graph/edge_row.h"
#include "graph/schema.h"

namespace partnergraph {

// Appends `edge` as one entry of ListEdgesResponse.edges. `schema` has its type.
void AppendEdge(const EdgeRow& edge, const Schema& schema, std::string& bytes);

}  // namespace partnergraph
