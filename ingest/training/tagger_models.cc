#include "ingest/training/tagger_models.h"

#include "graph/status_macros.h"

namespace partnergraph {
namespace {

// With it all models together stay below kModelBytesMax (models.h).
constexpr float kWeightMin = 0.13f;

}  // namespace

TaggerOptions TaggerBaseOptions() {
  TaggerOptions options;
  options.epochs = 6;
  options.count_min = 3;
  options.dropout = 0.3f;
  return options;
}

TaggerOptions TaggerGoldOptions() {
  TaggerOptions options;
  options.epochs = 15;
  options.dropout = 0.3f;
  return options;
}

absl::StatusOr<TaggerWeights> TrainTaggerBase(const std::vector<TaggerText>& corpora,
                                              const TaggerOptions& options) {
  TaggerTrainer trainer(ShippedTags());
  for (const TaggerText& text : corpora) AddText(text, trainer);
  return trainer.Train(options);
}

absl::StatusOr<std::string> TrainTagger(std::span<const GoldArticle* const> gold,
                                        const TaggerWeights* base, const TaggerOptions& options) {
  TaggerTrainer trainer(ShippedTags());
  for (const GoldArticle* article : gold) {
    PG_ASSIGN_OR_RETURN(const TaggerText text, ReadGoldText(*article));
    AddText(text, trainer);
  }
  TaggerOptions with_base = options;
  with_base.start = base;
  PG_ASSIGN_OR_RETURN(const TaggerWeights weights, trainer.Train(with_base));
  return weights.ToModel(kWeightMin);
}

}  // namespace partnergraph
