#include "ingest/training/deal_trainer.h"

namespace partnergraph {

absl::StatusOr<std::string> TrainDeals(std::span<const TrainingDocument> documents) {
  return std::string();
}

}  // namespace partnergraph
