// The answer of a write, or of a preview of one: what changed in the graph.
#pragma once

#include "clients/cli/output.h"
#include "partnergraph/v1/ingest_service.pb.h"

namespace partnergraph::cli {

// One list "changes": {"change": "added", "removed" or "updated", "what": "node" or "fact"} and the
// fields of the node's or fact's summary. The answer's summary has DiffCounts() as "counts".
AnswerShape DiffShape();

// The records of "changes".
Json ChangesOf(const v1::GraphDiff& diff);

// Adds them to `output`.
void AddChanges(const v1::GraphDiff& diff, Output& output);

// The exact counts of `diff`.
Json DiffCounts(const v1::GraphDiff& diff);

}  // namespace partnergraph::cli
