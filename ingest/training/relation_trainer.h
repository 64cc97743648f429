// Learns which entities of a document stand in a binary relation.
#pragma once

#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "ingest/training/training_document.h"

namespace partnergraph {

// The bytes of the model `relations`. The documents have been through the stages up to time
// expressions. Deterministic.
absl::StatusOr<std::string> TrainRelations(std::span<const TrainingDocument> documents);

}  // namespace partnergraph
