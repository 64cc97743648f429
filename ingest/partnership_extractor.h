// Deals between companies.
#pragma once

#include "ingest/models.h"
#include "ingest/stage.h"

namespace partnergraph {

// Fills Document::deals in three steps: candidates per sentence by cue rules (deal_candidate.h),
// assembly of what several sentences say of one deal (deal_assembly.h), attributes
// (deal_attributes.h). Adds FOUNDED to Document::relations for the founders of a venture. Sentences
// that are boilerplate yield no candidates. Needs RelationExtractor and TimeExpressionFinder before
// it. Linear in the text: candidates are bounded per sentence and per article.
class PartnershipExtractor : public Stage {
 public:
  // A model's thresholds above `threshold_max` are lowered to it: more facts, less sure ones.
  explicit PartnershipExtractor(const ExtractionModels& models = {}, float threshold_max = 1)
      : models_(models), threshold_max_(threshold_max) {}
  const char* name() const override { return "assemble"; }
  absl::Status Process(Document& document) const override;

 private:
  ExtractionModels models_;
  float threshold_max_;
};

}  // namespace partnergraph
