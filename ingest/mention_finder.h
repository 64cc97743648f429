// Finds the names of organizations, people, products and places, and job titles.
#pragma once

#include "ingest/stage.h"

namespace partnergraph {

// Fills Document::mentions from Document::sentences, by rules over the lexicon.
class MentionFinder : public Stage {
 public:
  const char* name() const override { return "recognize"; }
  absl::Status Process(Document& document) const override;
};

}  // namespace partnergraph
