// Trains all models of extraction from annotated articles, and tests them on articles that they did
// not learn from.
//
// A stage learns from what the stages before it really hand over. So that it does not learn to
// trust models more than they deserve, the articles are split into folds, and each fold is read by
// models of the stages before that were trained on the other folds (stacked generalization:
// Wolpert, Neural Networks 5, 1992).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ingest/models.h"
#include "ingest/training/relation_corpora.h"
#include "ingest/training/tagger_trainer.h"
#include "ingest/training/training_set.h"

namespace partnergraph {

// Models and the bytes that they read.
class TrainedModels {
 public:
  // INVALID_ARGUMENT when the bytes are no model of that name; empty bytes stand for a model that
  // is not there.
  absl::Status Set(std::string_view name, std::string bytes);
  const ExtractionModels& models() const { return models_; }
  // By name, without those that are empty.
  const std::map<std::string, std::string>& bytes() const { return bytes_; }

 private:
  std::map<std::string, std::string> bytes_;
  ExtractionModels models_;
};

struct ExtractionTrainerOptions {
  size_t folds = 4;
  // Articles that are not learned from, to calibrate confidence by beside those of other origins
  // than the news, read by the folds that they were left out of; none leaves confidence as the
  // stages say it.
  std::span<const GoldArticle* const> calibration;
  int threads = 2;  // Folds that are trained at once. The models are the same for any number.
  // Told what is being done; may be empty.
  std::function<void(std::string_view)> progress;
};

// What does not depend on the annotated articles: learned from public sets once, and the ground on
// which every fold builds.
struct PublicKnowledge {
  std::optional<TaggerWeights> tagger;
  RelationCorpora relations;
};

// Learns from the sets below the folder of public data (tagger_corpora.h, relation_corpora.h).
// NOT_FOUND when one is missing.
absl::StatusOr<PublicKnowledge> LearnFromPublicSets(const std::string& data_folder);

// Nothing of `knowledge` is needed: without it, models learn from the articles alone.
absl::StatusOr<std::unique_ptr<TrainedModels>> TrainExtraction(
    std::span<const GoldArticle* const> gold, const PublicKnowledge& knowledge,
    const ExtractionTrainerOptions& options);

// Reads each of `folds` parts of the articles with models trained on the other parts and on
// `extra`. One JSON object per article in the order of the folds, in the shape that Evaluate reads.
absl::StatusOr<std::string> CrossValidate(std::span<const GoldArticle* const> gold,
                                          std::span<const GoldArticle* const> extra,
                                          const PublicKnowledge& knowledge, size_t folds,
                                          const ExtractionTrainerOptions& options);

}  // namespace partnergraph
