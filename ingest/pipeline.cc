#include "ingest/pipeline.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "ingest/entity_resolver.h"
#include "ingest/mention_finder.h"
#include "ingest/partnership_extractor.h"
#include "ingest/relation_extractor.h"
#include "ingest/sentence_splitter.h"
#include "ingest/time_expression.h"

namespace partnergraph {

Pipeline::Pipeline(std::vector<std::unique_ptr<Stage>> stages) : stages_(std::move(stages)) {}

std::unique_ptr<Pipeline> Pipeline::Create(const ExtractionModels& models) {
  std::vector<std::unique_ptr<Stage>> stages;
  stages.push_back(std::make_unique<SentenceSplitter>());
  stages.push_back(std::make_unique<MentionFinder>(models));
  stages.push_back(std::make_unique<EntityResolver>());
  stages.push_back(std::make_unique<TimeExpressionFinder>());
  stages.push_back(std::make_unique<RelationExtractor>(models));
  stages.push_back(std::make_unique<PartnershipExtractor>(models));
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
