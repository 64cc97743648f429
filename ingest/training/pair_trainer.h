// Learns what a sentence says of two companies: the model `pairs`, from public sets of relations
// whose licences permit shipping (relation_corpora.h) and, on top of that, from annotated articles.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "ingest/training/relation_corpora.h"
#include "ingest/training/training_set.h"

namespace partnergraph {

struct PairOptions {
  // How much an annotated pair counts in a sentence that is not among the annotated evidence.
  float unquoted_weight = 0.2f;
  float cost = 0.015f;
  float scale = 3;
  int count_min = 2;
  float weight_min = 0.03f;
  uint64_t seed = 1;
};

// The bytes of the model `pairs`. Deterministic.
absl::StatusOr<std::string> TrainPairs(std::span<const GoldArticle* const> gold,
                                       const RelationCorpora& corpora, const PairOptions& options);

}  // namespace partnergraph
