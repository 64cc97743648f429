// Documents whose names are those of the annotations: to learn from, and to measure, what the later
// stages do apart from the mistakes of the recognizer.
#pragma once

#include "absl/status/statusor.h"
#include "ingest/models.h"
#include "ingest/training/training_set.h"

namespace partnergraph {

// An article as the stages before "assemble" hand it over when every company, person and product is
// recognized as annotated: each surface form wherever it stands, longer forms first. Titles, places
// and dates are those that the recognizer finds. Entities are in the order of `gold.entities`;
// those that never stand in the text have no mentions and are left out.
absl::StatusOr<Document> ReadWithGoldEntities(const GoldArticle& gold,
                                              const ExtractionModels& models);

}  // namespace partnergraph
