#include "ingest/training/name_trainer.h"

namespace partnergraph {

absl::StatusOr<std::string> TrainNames(std::span<const TrainingDocument> documents) {
  return std::string();
}

}  // namespace partnergraph
