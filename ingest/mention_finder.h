// Finds the names of organizations, people, products and places, and job titles.
#pragma once

#include "ingest/models.h"
#include "ingest/stage.h"

namespace partnergraph {

// Fills Document::mentions from Document::sentences, by rules over the lexicon.
class MentionFinder : public Stage {
 public:
  explicit MentionFinder(const ExtractionModels& models = {}) : models_(models) {}
  const char* name() const override { return "recognize"; }
  absl::Status Process(Document& document) const override;

 private:
  ExtractionModels models_;
};

}  // namespace partnergraph
