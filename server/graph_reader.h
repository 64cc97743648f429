// How services read the graph: a view of the newest state that is fresh enough for the request, and
// the tokens that name it. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "graph/graph_store.h"
#include "partnergraph/v1/graph.pb.h"
#include "server/page_token.h"
#include "server/read_token.h"

namespace partnergraph {

class GraphReader {
 public:
  // `graph` must outlive the reader.
  GraphReader(GraphStore& graph, const PageTokens& cursors, const ReadTokens& tokens)
      : graph_(graph), cursors_(cursors), tokens_(tokens) {}

  // INVALID_ARGUMENT or FAILED_PRECONDITION for a token that is none or not reached; else as
  // GraphStore::View.
  absl::StatusOr<std::unique_ptr<GraphView>> View(const v1::Consistency& consistency) const;

  std::string TokenOf(const GraphView& view) const { return tokens_.Encode(view.sequence()); }
  const PageTokens& cursors() const { return cursors_; }
  const ReadTokens& tokens() const { return tokens_; }
  GraphStore& graph() const { return graph_; }

 private:
  GraphStore& graph_;
  const PageTokens cursors_;
  const ReadTokens tokens_;
};

}  // namespace partnergraph
