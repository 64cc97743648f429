// What the trainers of the stages learn from: a document as far as the stages before have read it.
#pragma once

#include <cstddef>
#include <vector>

#include "ingest/document.h"
#include "ingest/models.h"
#include "ingest/training/classifier_trainer.h"
#include "ingest/training/training_set.h"

namespace partnergraph {

struct TrainingDocument {
  const GoldArticle* gold = nullptr;
  Document document;
  // What the stages before use for this article: models that did not learn from it, so that a
  // trainer sees the mistakes that it will have to live with.
  const ExtractionModels* models = nullptr;
};

// How much an example of an invented article counts against one of the news.
inline constexpr float kInventedWeight = 0.5f;

// Marks the examples from `first` on as those of `gold`. Those of an invented article count less
// and have one feature more, which no article has in use: it takes up how much denser in facts
// they are (the idea of Daume III: Frustratingly Easy Domain Adaptation, ACL 2007, for the bias
// alone).
void MarkOrigin(const GoldArticle& gold, size_t first, std::vector<TrainingExample>& examples);

}  // namespace partnergraph
