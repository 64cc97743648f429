// The two steps of the shipped tagger: weights learned once from the public sets, then annotated
// articles on top of them, which is quick enough for every fold of a cross-validation.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/training/tagger_data.h"
#include "ingest/training/tagger_trainer.h"
#include "ingest/training/training_set.h"

namespace partnergraph {

TaggerOptions TaggerBaseOptions();
TaggerOptions TaggerGoldOptions();

// Weights from public sets (tagger_corpora.h). Deterministic.
absl::StatusOr<TaggerWeights> TrainTaggerBase(const std::vector<TaggerText>& corpora,
                                              const TaggerOptions& options = TaggerBaseOptions());

// The bytes of the model `tagger`, from annotated articles and, when it is not null, what the
// public sets taught. Deterministic. Errors as those of MakeDocument.
absl::StatusOr<std::string> TrainTagger(std::span<const GoldArticle* const> gold,
                                        const TaggerWeights* base,
                                        const TaggerOptions& options = TaggerGoldOptions());

}  // namespace partnergraph
