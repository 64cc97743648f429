#include "ingest/training/extraction_trainer.h"

#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "ingest/confidence_calibrator.h"
#include "ingest/evaluation.h"
#include "ingest/pipeline.h"
#include "ingest/training/deal_trainer.h"
#include "ingest/training/name_trainer.h"
#include "ingest/training/pair_trainer.h"
#include "ingest/training/relation_trainer.h"
#include "ingest/training/tagger_corpora.h"
#include "ingest/training/tagger_models.h"
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

// Runs `task` for 0 to count - 1 on several threads. The first error, by number.
absl::Status ForEach(size_t count, int threads, const std::function<absl::Status(size_t)>& task) {
  std::vector<absl::Status> statuses(count);
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < count; i = next++) statuses[i] = task(i);
  };
  std::vector<std::thread> further;
  for (int i = 1; i < threads; ++i) further.emplace_back(work);
  work();
  for (std::thread& thread : further) thread.join();
  for (const absl::Status& status : statuses) PG_RETURN_IF_ERROR(status);
  return absl::OkStatus();
}

// Runs the stages before `stage` over an article.
absl::Status ReadUpTo(std::string_view stage, TrainingDocument& training) {
  PG_ASSIGN_OR_RETURN(training.document, MakeDocument(training.gold->article));
  PG_ASSIGN_OR_RETURN(const std::unique_ptr<Pipeline> pipeline, Pipeline::Create(*training.models));
  for (const std::unique_ptr<Stage>& before : pipeline->stages()) {
    if (before->name() == stage) return absl::OkStatus();
    PG_RETURN_IF_ERROR(before->Process(training.document));
  }
  return absl::InternalError(absl::StrCat("no stage ", std::string(stage)));
}

// Trains models for all articles and for all but one fold.
class FoldTrainer {
 public:
  FoldTrainer(GoldSpan gold, const ExtractionTrainerOptions& options)
      : gold_(gold), options_(options), whole_(std::make_unique<TrainedModels>()) {
    for (size_t fold = 0; fold < options.folds; ++fold) {
      folds_.push_back(std::make_unique<TrainedModels>());
    }
  }

  // A model that learns from the annotations alone.
  using TrainByGold = std::function<absl::StatusOr<std::string>(GoldSpan gold)>;
  absl::Status Train(const char* name, const TrainByGold& train) {
    Report(options_, name);
    return ForEach(folds_.size() + 1, options_.threads, [&](size_t fold) -> absl::Status {
      const bool all = fold == folds_.size();
      PG_ASSIGN_OR_RETURN(std::string bytes,
                          all ? train(gold_) : train(WithoutFold(gold_, fold, folds_.size())));
      return (all ? whole_ : folds_[fold])->Set(name, std::move(bytes));
    });
  }

  // A model that learns from what the stages before `stage` hand over, each article read by the
  // models of its fold.
  using TrainByDocuments =
      std::function<absl::StatusOr<std::string>(std::span<const TrainingDocument> documents)>;
  absl::Status Train(const char* name, std::string_view stage, const TrainByDocuments& train) {
    Report(options_, name);
    std::vector<TrainingDocument> documents(gold_.size());
    PG_RETURN_IF_ERROR(ForEach(gold_.size(), options_.threads, [&](size_t i) {
      documents[i].gold = gold_[i];
      documents[i].models = &folds_[FoldOf(i, folds_.size())]->models();
      return ReadUpTo(stage, documents[i]);
    }));
    std::vector<std::string> trained(folds_.size() + 1);
    PG_RETURN_IF_ERROR(ForEach(trained.size(), options_.threads, [&](size_t fold) -> absl::Status {
      std::vector<TrainingDocument> others;
      for (size_t i = 0; i < documents.size(); ++i) {
        if (FoldOf(i, folds_.size()) != fold || fold == folds_.size())
          others.push_back(documents[i]);
      }
      PG_ASSIGN_OR_RETURN(trained[fold], train(others));
      return absl::OkStatus();
    }));
    for (size_t fold = 0; fold < folds_.size(); ++fold) {
      PG_RETURN_IF_ERROR(folds_[fold]->Set(name, std::move(trained[fold])));
    }
    return whole_->Set(name, std::move(trained.back()));
  }

  // What confidence means, by the articles of `held_out`, which no model has learned from, and
  // those of other origins than the news, each read by the models of its fold. The news would not
  // do: the rules were written beside them.
  absl::Status Calibrate(GoldSpan held_out) {
    Report(options_, "calibration");
    std::vector<std::pair<const GoldArticle*, const ExtractionModels*>> readings;
    for (const GoldArticle* article : held_out) readings.emplace_back(article, &whole_->models());
    for (size_t i = 0; i < gold_.size(); ++i) {
      if (gold_[i]->origin != ArticleOrigin::kNews) {
        readings.emplace_back(gold_[i], &folds_[FoldOf(i, folds_.size())]->models());
      }
    }
    std::vector<std::vector<StatedFact>> stated(readings.size());
    PG_RETURN_IF_ERROR(ForEach(readings.size(), options_.threads, [&](size_t i) -> absl::Status {
      const auto& [article, models] = readings[i];
      PG_ASSIGN_OR_RETURN(const std::unique_ptr<Pipeline> pipeline, Pipeline::Create(*models));
      PG_ASSIGN_OR_RETURN(const Document document, pipeline->Extract(article->article));
      PG_ASSIGN_OR_RETURN(Evaluation evaluation,
                          Evaluate(article->annotation, ToJson(document), false));
      stated[i] = std::move(evaluation.stated);
      return absl::OkStatus();
    }));
    std::vector<CheckedFact> facts;
    for (const std::vector<StatedFact>& of_article : stated) {
      for (const StatedFact& fact : of_article) {
        const FactGroup group = fact.type == "partnership"   ? FactGroup::kPartnership
                                : fact.type == "EMPLOYED_BY" ? FactGroup::kEmployment
                                                             : FactGroup::kRelation;
        facts.push_back({group, static_cast<float>(fact.confidence), fact.right});
      }
    }
    PG_ASSIGN_OR_RETURN(std::string bytes, FitCalibration(facts));
    return whole_->Set("calibration", std::move(bytes));
  }

  std::unique_ptr<TrainedModels> TakeWhole() { return std::move(whole_); }

 private:
  const GoldSpan gold_;
  const ExtractionTrainerOptions& options_;
  std::unique_ptr<TrainedModels> whole_;
  std::vector<std::unique_ptr<TrainedModels>> folds_;  // By the fold that they did not learn from.
};

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
  PG_ASSIGN_OR_RETURN(const LinearModel opened, LinearModel::Open(kept));
  PG_RETURN_IF_ERROR(CheckModel(name, opened));
  *model = opened;
  return absl::OkStatus();
}

absl::StatusOr<PublicKnowledge> LearnFromPublicSets(const std::string& data_folder) {
  PublicKnowledge knowledge;
  PG_ASSIGN_OR_RETURN(const std::vector<TaggerText> texts, ReadTaggerCorpora(data_folder));
  PG_ASSIGN_OR_RETURN(knowledge.tagger, TrainTaggerBase(texts));
  PG_ASSIGN_OR_RETURN(knowledge.relations, RelationCorpora::Read(data_folder));
  return knowledge;
}

absl::StatusOr<std::unique_ptr<TrainedModels>> TrainExtraction(
    GoldSpan gold, const PublicKnowledge& knowledge, const ExtractionTrainerOptions& options) {
  FoldTrainer trainer(gold, options);
  const TaggerWeights* const base = knowledge.tagger ? &*knowledge.tagger : nullptr;
  PG_RETURN_IF_ERROR(
      trainer.Train("tagger", [&](GoldSpan articles) { return TrainTagger(articles, base); }));
  PG_RETURN_IF_ERROR(trainer.Train("pairs", [&](GoldSpan articles) {
    return TrainPairs(articles, knowledge.relations, PairOptions());
  }));
  PG_RETURN_IF_ERROR(trainer.Train("names", "recognize", TrainNames));
  PG_RETURN_IF_ERROR(trainer.Train("relations", "relate", TrainRelations));
  PG_RETURN_IF_ERROR(trainer.Train("deals", "assemble", TrainDeals));
  if (!options.calibration.empty()) PG_RETURN_IF_ERROR(trainer.Calibrate(options.calibration));
  return trainer.TakeWhole();
}

absl::StatusOr<std::string> CrossValidate(GoldSpan gold, GoldSpan extra,
                                          const PublicKnowledge& knowledge, size_t folds,
                                          const ExtractionTrainerOptions& options) {
  std::string predicted;
  for (size_t fold = 0; fold < folds; ++fold) {
    Report(options, absl::StrCat("fold ", fold + 1, " of ", folds));
    std::vector<const GoldArticle*> learned = WithoutFold(gold, fold, folds);
    learned.insert(learned.end(), extra.begin(), extra.end());
    PG_ASSIGN_OR_RETURN(const std::unique_ptr<TrainedModels> trained,
                        TrainExtraction(learned, knowledge, options));
    PG_ASSIGN_OR_RETURN(const std::unique_ptr<Pipeline> pipeline,
                        Pipeline::Create(trained->models()));
    for (size_t i = fold; i < gold.size(); i += folds) {
      PG_ASSIGN_OR_RETURN(const Document document, pipeline->Extract(gold[i]->article));
      absl::StrAppend(&predicted, ToJson(document), "\n");
    }
  }
  return predicted;
}

}  // namespace partnergraph
