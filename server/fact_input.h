// Facts as they come in a request: in fields, or as lines of JSON.
#pragma once

#include "absl/status/statusor.h"
#include "graph/fact_batch.h"
#include "partnergraph/v1/write_facts.pb.h"

namespace partnergraph {

// Checks the form of every entry; what it refers to is checked when it is written. INVALID_ARGUMENT
// names the field.
absl::StatusOr<FactBatch> ToFactBatch(const v1::WriteFactsRequest& request);

}  // namespace partnergraph
