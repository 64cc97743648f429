// Exports to and from the messages of export.proto.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "graph/graph_export.h"
#include "graph/schema.h"
#include "partnergraph/v1/export.pb.h"
#include "server/call_guard.h"

namespace partnergraph {

// INVALID_ARGUMENT names the field. `position` is what the cursor holds.
absl::StatusOr<ExportQuery> ToExportQuery(const v1::ExportSubgraphRequest& request,
                                          std::string position, const Call& call,
                                          const Schema& schema);

// All but cursors and tokens.
void ToProto(ExportPart&& part, v1::ExportSubgraphResponse* out);
void ToProto(const ExportEnd& end, v1::ExportSubgraphResponse* out);

}  // namespace partnergraph
