// Learns what a sentence says of two companies: the model `pairs`, from public sets of relations
// whose licences permit shipping (relation_corpora.h) and, on top of that, from annotated articles.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/pair_classifier.h"
#include "ingest/training/one_vs_rest_trainer.h"
#include "ingest/training/relation_corpora.h"
#include "ingest/training/training_set.h"

namespace partnergraph {

struct PairOptions {
  // How much an annotated pair counts in a sentence that is not among the annotated evidence.
  float unquoted_weight = 0.2f;
  float cost = 0.015f;
  float scale = 3;
  int count_min = 2;
  float weight_min = 0.02f;
  uint64_t seed = 1;
};

// A pair of names in a sentence of an annotated article.
struct GoldPair {
  MultiLabelExample example;  // With the features of the second layer; labels index PairLabel.
  size_t article = 0;         // Index into the articles given.
};

// The pairs of company names in the sentences of the articles, labelled by the annotations. What
// the articles say of no deal, part or name is NONE.
absl::StatusOr<std::vector<GoldPair>> ReadGoldPairs(std::span<const GoldArticle* const> gold,
                                                    const RelationCorpora& corpora,
                                                    const PairOptions& options);

// The bytes of the model `pairs`. Deterministic.
absl::StatusOr<std::string> TrainPairs(std::span<const GoldArticle* const> gold,
                                       const RelationCorpora& corpora, const PairOptions& options);

// How well models that have not seen an article find its pairs.
struct PairFigures {
  std::string label;
  size_t correct = 0, predicted = 0, gold = 0;
};

// Reads each of `folds` parts of the articles by models that were trained on the other parts and
// the corpora. One row per label but NONE, and a last one, "all".
absl::StatusOr<std::vector<PairFigures>> CrossValidatePairs(
    std::span<const GoldArticle* const> gold, const RelationCorpora& corpora,
    const PairOptions& options, size_t folds);

}  // namespace partnergraph
