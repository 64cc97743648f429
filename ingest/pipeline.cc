#include "ingest/pipeline.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "ingest/confidence_calibrator.h"
#include "ingest/entity_resolver.h"
#include "ingest/mention_finder.h"
#include "ingest/partnership_extractor.h"
#include "ingest/relation_extractor.h"
#include "ingest/sentence_splitter.h"
#include "ingest/time_expression.h"

namespace partnergraph {
namespace {

// Leaves out the facts that are less sure than asked for.
class ConfidenceFilter : public Stage {
 public:
  explicit ConfidenceFilter(float confidence_min) : confidence_min_(confidence_min) {}
  const char* name() const override { return "filter"; }
  absl::Status Process(Document& document) const override {
    std::erase_if(document.relations,
                  [&](const Relation& relation) { return relation.confidence < confidence_min_; });
    std::erase_if(document.deals,
                  [&](const Deal& deal) { return deal.confidence < confidence_min_; });
    return absl::OkStatus();
  }

 private:
  const float confidence_min_;
};

}  // namespace

Pipeline::Pipeline(std::vector<std::unique_ptr<Stage>> stages) : stages_(std::move(stages)) {}

absl::StatusOr<std::unique_ptr<Pipeline>> Pipeline::Create(const ExtractionModels& models,
                                                           const ExtractionOptions& options) {
  PG_RETURN_IF_ERROR(CheckModels(models));
  const float threshold_max = std::max(kThresholdMin, options.confidence_min.value_or(1.0f));
  std::vector<std::unique_ptr<Stage>> stages;
  stages.push_back(std::make_unique<SentenceSplitter>());
  PG_ASSIGN_OR_RETURN(std::unique_ptr<MentionFinder> mention_finder, MentionFinder::Create(models));
  stages.push_back(std::move(mention_finder));
  stages.push_back(std::make_unique<EntityResolver>());
  stages.push_back(std::make_unique<TimeExpressionFinder>());
  stages.push_back(std::make_unique<RelationExtractor>(models, threshold_max));
  stages.push_back(std::make_unique<PartnershipExtractor>(models, threshold_max));
  stages.push_back(std::make_unique<ConfidenceCalibrator>(models.calibration));
  if (options.confidence_min) {
    stages.push_back(std::make_unique<ConfidenceFilter>(*options.confidence_min));
  }
  return std::make_unique<Pipeline>(std::move(stages));
}

absl::StatusOr<Document> Pipeline::Extract(Article article) const {
  PG_ASSIGN_OR_RETURN(Document document, MakeDocument(std::move(article)));
  for (const std::unique_ptr<Stage>& stage : stages_) {
    PG_RETURN_IF_ERROR(stage->Process(document));
  }
  if (document.entities.size() > kArticleNodesMax) {
    return absl::ResourceExhaustedError(absl::StrCat("the article names ", document.entities.size(),
                                                     " entities, at most ", kArticleNodesMax,
                                                     " are allowed"));
  }
  const size_t facts = document.relations.size() + document.deals.size();
  if (facts > kArticleFactsMax) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "the article states ", facts, " facts, at most ", kArticleFactsMax, " are allowed"));
  }
  return document;
}

}  // namespace partnergraph
