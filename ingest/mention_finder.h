// Finds the names of organizations, people, products and places, and job titles.
#pragma once

#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "ingest/models.h"
#include "ingest/sequence_tagger.h"
#include "ingest/stage.h"

namespace partnergraph {

// Fills Document::mentions from Document::sentences: by rules over the lexicon, and, with the model
// `names`, by what it has learned of the names that rules, lists and the tagger propose.
class MentionFinder : public Stage {
 public:
  // By rules alone.
  MentionFinder() = default;
  // With the models `names` and `tagger`, each of which may be empty. Copies them; their bytes must
  // outlive the finder. INVALID_ARGUMENT when CheckModel refuses one of them.
  static absl::StatusOr<std::unique_ptr<MentionFinder>> Create(const ExtractionModels& models);
  const char* name() const override { return "recognize"; }
  absl::Status Process(Document& document) const override;

 private:
  LinearModel names_;
  std::optional<SequenceTagger> tagger_;
};

}  // namespace partnergraph
