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

// How much an example of an invented article counts against one of the news: for names, and for
// what is said of them. In two of the five parts of cross-validation, facts stated from 0.2 on had
// an F1 of .581 with 0.5 and of .592 with 0.15; at higher points the two were alike.
inline constexpr float kInventedNameWeight = 0.5f;
inline constexpr float kInventedFactWeight = 0.15f;

// Marks the examples from `first` on as those of `gold`. News and press releases are what the
// models are for, and are learned from alike. Invented articles are of another domain
// (classifier_trainer.h), count less, and have one feature more, which no article has in use: it
// takes up how much denser in facts they are.
void MarkOrigin(const GoldArticle& gold, size_t first, float invented_weight,
                std::vector<TrainingExample>& examples);

}  // namespace partnergraph
