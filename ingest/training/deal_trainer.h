// Learns which companies of a document are parties to a partnership, of which kind.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/training/training_document.h"
#include "ingest/training/training_set.h"

namespace partnergraph {

// The deals of an article as they are learned from. The guidelines have one deal for each customer
// of a list ("customers include B and C"); invented articles have such a list in one object, a
// SUPPLY with one party on one side and several on the other: their deals are taken apart.
std::vector<GoldDeal> OneToEach(const GoldArticle& gold);

// The bytes of the model `deals`. The documents have been through the stages up to relations.
// Deterministic.
absl::StatusOr<std::string> TrainDeals(std::span<const TrainingDocument> documents);

}  // namespace partnergraph
