// What the trainers of the stages learn from: a document as far as the stages before have read it.
#pragma once

#include "ingest/document.h"
#include "ingest/models.h"
#include "ingest/training/training_set.h"

namespace partnergraph {

struct TrainingDocument {
  const GoldArticle* gold = nullptr;
  Document document;
  // What the stages before use for this article: models that did not learn from it, so that a
  // trainer sees the mistakes that it will have to live with.
  const ExtractionModels* models = nullptr;
};

}  // namespace partnergraph
