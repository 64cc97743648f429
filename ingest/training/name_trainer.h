// Learns which names of a document are entities, and of which type.
#pragma once

#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "ingest/training/training_document.h"

namespace partnergraph {

// The bytes of the model `names`. The documents have been through the sentence splitter.
// Deterministic.
absl::StatusOr<std::string> TrainNames(std::span<const TrainingDocument> documents);

}  // namespace partnergraph
