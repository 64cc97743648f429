#include "ingest/training/extraction_trainer.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "ingest/pipeline.h"
#include "ingest/training/deal_trainer.h"
#include "ingest/training/gold_document.h"
#include "ingest/training/name_trainer.h"
#include "ingest/training/relation_trainer.h"
#include "ingest/training/training_document.h"

namespace partnergraph {
namespace {

using GoldSpan = std::span<const GoldArticle* const>;

void Report(const ExtractionTrainerOptions& options, std::string_view what) {
  if (options.progress) options.progress(what);
}

std::vector<const GoldArticle*> WithoutFold(GoldSpan gold, size_t fold, size_t folds) {
  std::vector<const GoldArticle*> kept;
  for (size_t i = 0; i < gold.size(); ++i) {
    if (FoldOf(i, folds) != fold) kept.push_back(gold[i]);
  }
  return kept;
}

// Runs the stages before `stage` over an article.
absl::Status ReadUpTo(std::string_view stage, TrainingDocument& training) {
  PG_ASSIGN_OR_RETURN(training.document, MakeDocument(training.gold->article));
  const std::unique_ptr<Pipeline> pipeline = Pipeline::Create(*training.models);
  for (const std::unique_ptr<Stage>& before : pipeline->stages()) {
    if (before->name() == stage) return absl::OkStatus();
    PG_RETURN_IF_ERROR(before->Process(training.document));
  }
  return absl::InternalError(absl::StrCat("no stage ", std::string(stage)));
}

// The articles as the stages before `stage` hand them over, each read by the models of its fold.
absl::StatusOr<std::vector<TrainingDocument>> ReadAll(
    GoldSpan gold, std::string_view stage,
    const std::vector<std::unique_ptr<TrainedModels>>& models_of_fold) {
  std::vector<TrainingDocument> documents(gold.size());
  for (size_t i = 0; i < gold.size(); ++i) {
    documents[i].gold = gold[i];
    documents[i].models = &models_of_fold[FoldOf(i, models_of_fold.size())]->models();
    PG_RETURN_IF_ERROR(ReadUpTo(stage, documents[i]));
  }
  return documents;
}

// Trains one model by the documents, for each fold without that fold and for `whole` with all.
using TrainStep =
    std::function<absl::StatusOr<std::string>(std::span<const TrainingDocument> documents)>;
absl::Status TrainByDocuments(GoldSpan gold, const char* name, std::string_view stage,
                              const TrainStep& train,
                              std::vector<std::unique_ptr<TrainedModels>>& models_of_fold,
                              TrainedModels& whole) {
  PG_ASSIGN_OR_RETURN(std::vector<TrainingDocument> documents,
                      ReadAll(gold, stage, models_of_fold));
  PG_ASSIGN_OR_RETURN(std::string bytes, train(documents));
  PG_RETURN_IF_ERROR(whole.Set(name, std::move(bytes)));
  for (size_t fold = 0; fold < models_of_fold.size(); ++fold) {
    std::vector<TrainingDocument> others;
    for (size_t i = 0; i < documents.size(); ++i) {
      if (FoldOf(i, models_of_fold.size()) != fold) others.push_back(documents[i]);
    }
    PG_ASSIGN_OR_RETURN(bytes, train(others));
    PG_RETURN_IF_ERROR(models_of_fold[fold]->Set(name, std::move(bytes)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status TrainedModels::Set(std::string_view name, std::string bytes) {
  LinearModel* const model = FindModel(models_, name);
  if (model == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("no model is called ", std::string(name)));
  }
  *model = LinearModel();
  bytes_.erase(std::string(name));
  if (bytes.empty()) return absl::OkStatus();
  const std::string& kept = bytes_[std::string(name)] = std::move(bytes);
  PG_ASSIGN_OR_RETURN(*model, LinearModel::Open(kept));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<TrainedModels>> TrainExtraction(
    GoldSpan gold, const ExtractionTrainerOptions& options) {
  auto whole = std::make_unique<TrainedModels>();
  std::vector<std::unique_ptr<TrainedModels>> models_of_fold;
  for (size_t fold = 0; fold < options.folds; ++fold) {
    models_of_fold.push_back(std::make_unique<TrainedModels>());
  }
  Report(options, "names");
  PG_RETURN_IF_ERROR(
      TrainByDocuments(gold, "names", "recognize", TrainNames, models_of_fold, *whole));
  Report(options, "relations");
  PG_RETURN_IF_ERROR(
      TrainByDocuments(gold, "relations", "relate", TrainRelations, models_of_fold, *whole));
  Report(options, "deals");
  PG_RETURN_IF_ERROR(
      TrainByDocuments(gold, "deals", "assemble", TrainDeals, models_of_fold, *whole));
  return whole;
}

absl::StatusOr<std::string> CrossValidate(GoldSpan gold, GoldSpan extra, size_t folds,
                                          const ExtractionTrainerOptions& options) {
  std::string predicted;
  for (size_t fold = 0; fold < folds; ++fold) {
    Report(options, absl::StrCat("fold ", fold + 1, " of ", folds));
    std::vector<const GoldArticle*> learned = WithoutFold(gold, fold, folds);
    learned.insert(learned.end(), extra.begin(), extra.end());
    PG_ASSIGN_OR_RETURN(const std::unique_ptr<TrainedModels> trained,
                        TrainExtraction(learned, options));
    const std::unique_ptr<Pipeline> pipeline = Pipeline::Create(trained->models());
    for (size_t i = fold; i < gold.size(); i += folds) {
      Document document;
      if (options.gold_entities) {
        PG_ASSIGN_OR_RETURN(document, ReadWithGoldEntities(*gold[i], trained->models()));
        PG_RETURN_IF_ERROR(pipeline->stages().back()->Process(document));
      } else {
        PG_ASSIGN_OR_RETURN(document, pipeline->Extract(gold[i]->article));
      }
      absl::StrAppend(&predicted, ToJson(document), "\n");
    }
  }
  return predicted;
}

}  // namespace partnergraph
