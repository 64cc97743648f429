#include "server/graph_reader.h"

#include <utility>

#include "graph/status_macros.h"

namespace partnergraph {

absl::StatusOr<std::unique_ptr<GraphView>> GraphReader::View(const v1::Consistency& consistency,
                                                             const Call& call) const {
  KvReadOptions options;
  options.cancelled = [&call] { return call.MustStopReading(); };
  PG_ASSIGN_OR_RETURN(std::unique_ptr<GraphView> view, graph_.View(std::move(options)));
  PG_RETURN_IF_ERROR(tokens_.Check(consistency.at_least_as_fresh(), view->sequence(),
                                   "consistency.at_least_as_fresh"));
  return view;
}

}  // namespace partnergraph
