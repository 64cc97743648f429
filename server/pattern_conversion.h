// Pattern queries to and from the messages of query.proto.
#pragma once

#include "absl/status/statusor.h"
#include "graph/pattern_answer.h"
#include "graph/schema.h"
#include "partnergraph/v1/query.pb.h"
#include "server/call_guard.h"

namespace partnergraph {

// Checks what is not the text's: INVALID_ARGUMENT names the field.
absl::StatusOr<PatternRequest> ToPatternRequest(const v1::QueryRequest& request, const Call& call);

// Edges name their type as `schema` does.
void ToProto(PatternPart&& part, const Schema& schema, v1::QueryResponse* out);

}  // namespace partnergraph
