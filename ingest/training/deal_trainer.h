// Learns which companies of a document are parties to a partnership, of which kind.
#pragma once

#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "ingest/training/training_document.h"

namespace partnergraph {

// The bytes of the model `deals`. The documents have been through the stages up to relations.
// Deterministic.
absl::StatusOr<std::string> TrainDeals(std::span<const TrainingDocument> documents);

}  // namespace partnergraph
