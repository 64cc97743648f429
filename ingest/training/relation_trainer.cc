#include "ingest/training/relation_trainer.h"

namespace partnergraph {

absl::StatusOr<std::string> TrainRelations(std::span<const TrainingDocument> documents) {
  return std::string();
}

}  // namespace partnergraph
