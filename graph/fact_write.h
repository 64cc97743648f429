// From a batch of facts to the edit that stores it: what GraphStore::WriteFacts commits. The facts
// become the same base under the articles' evidence that a bulk import makes.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/article_write.h"
#include "graph/fact_batch.h"
#include "graph/ids.h"
#include "graph/record_reader.h"
#include "graph/schema.h"

namespace partnergraph {

struct PlannedFacts {
  PlannedWrite write;
  std::vector<NodeId> nodes;
  std::vector<FactId> facts;
  std::shared_ptr<const Schema> schema;  // With the batch's edge types.
};

// What the store remembers a batch with an idempotency key by.
std::string FactWriteKey(const FactBatch& batch);

// INVALID_ARGUMENT names the entry ("edges[3].target ...") that breaks a rule, refers to a node
// that does not exist, joins kinds that its type does not, or a node with itself; NOT_FOUND for a
// stored node that does not exist; FAILED_PRECONDITION names the precondition that does not hold;
// RESOURCE_EXHAUSTED over the limits above; DATA_LOSS, UNAVAILABLE from the store.
absl::StatusOr<PlannedFacts> PlanFacts(RecordReader& reader,
                                       const std::shared_ptr<const Schema>& schema,
                                       const FactBatch& batch);

}  // namespace partnergraph
