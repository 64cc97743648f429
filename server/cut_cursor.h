// Cursors of cut nodes: tokens of ListEdges, so that a caller goes on behind what a traversal kept
// of a node's edges.
#pragma once

#include "absl/functional/function_ref.h"
#include "graph/query.h"
#include "partnergraph/v1/graph.pb.h"
#include "server/page_token.h"

namespace partnergraph {

// Sets the cursors of the nodes of `out`, the translation of `truncation`. `filter_of` gives the
// filter as the request has it, of a step of a traversal its own; null when it has none.
void SealCutNodes(const Truncation& truncation, const PageTokens& cursors,
                  absl::FunctionRef<const v1::FactFilter*(uint32_t step)> filter_of,
                  v1::Truncation* out);

}  // namespace partnergraph
