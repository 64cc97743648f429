// Finds the names of organizations, people, products and places, and job titles.
#pragma once

#include <optional>

#include "ingest/models.h"
#include "ingest/sequence_tagger.h"
#include "ingest/stage.h"

namespace partnergraph {

// Fills Document::mentions from Document::sentences: by rules over the lexicon, and, with the model
// `names`, by what it has learned of the names that rules, lists and the tagger propose.
class MentionFinder : public Stage {
 public:
  // Copies the models; their bytes must outlive it.
  explicit MentionFinder(const ExtractionModels& models = {});
  const char* name() const override { return "recognize"; }
  absl::Status Process(Document& document) const override;

 private:
  ExtractionModels models_;
  std::optional<SequenceTagger> tagger_;
};

}  // namespace partnergraph
