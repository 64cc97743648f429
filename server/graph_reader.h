// How services read the graph: a view of the newest state that is fresh enough for the request, and
// the tokens that name it. Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "graph/graph_store.h"
#include "partnergraph/v1/graph.pb.h"
#include "server/call_guard.h"
#include "server/page_token.h"
#include "server/read_token.h"

namespace partnergraph {

class GraphReader {
 public:
  // `graph` must outlive the reader.
  GraphReader(GraphStore& graph, const PageTokens& cursors, const ReadTokens& tokens)
      : graph_(graph), cursors_(cursors), tokens_(tokens) {}

  // A view whose reads end with CANCELLED when `call`, which must outlive it, is to stop: a call
  // at its query deadline; one whose answer is cut then, whose query minds that itself to send what
  // it found, at the call's. INVALID_ARGUMENT or FAILED_PRECONDITION for a token that is none or not
  // reached; else as GraphStore::View.
  absl::StatusOr<std::unique_ptr<GraphView>> View(const v1::Consistency& consistency,
                                                  const Call& call) const;

  // To read requests with; answers are written with the view's own.
  std::shared_ptr<const Schema> schema() const { return graph_.schema(); }

  std::string TokenOf(const GraphView& view) const { return tokens_.Encode(view.sequence()); }
  TopologyReport ReportTopology() const { return graph_.ReportTopology(); }
  const PageTokens& cursors() const { return cursors_; }
  const ReadTokens& tokens() const { return tokens_; }

 private:
  GraphStore& graph_;
  const PageTokens cursors_;
  const ReadTokens tokens_;
};

}  // namespace partnergraph
