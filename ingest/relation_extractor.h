// Binary relations between the entities of an article.
#pragma once

#include "ingest/models.h"
#include "ingest/stage.h"

namespace partnergraph {

// Fills Document::relations: EMPLOYED_BY, FOUNDED, DEVELOPS, USES and PART_OF, one per type, source
// and target, with the evidence of every statement (at most kRelationEvidenceMax), best first.
// Boilerplate sentences yield no USES, and no title without its company. Confidence is that of the
// surest rule, plus kRepeatedBonus for each further statement, at most 0.99: rules side by side in
// the text
// ("A副总裁X") 0.85-0.95, verbs with subject and object 0.7-0.8, references that were resolved
// (公司, its) 0.45-0.65.
//
// With the model `relations` the rules only propose: it decides over them and over further pairs
// of names (relation_classifier.h), and confidence is its probability.
class RelationExtractor : public Stage {
 public:
  // A model's thresholds above `threshold_max` are lowered to it: more facts, less sure ones.
  explicit RelationExtractor(const ExtractionModels& models = {}, float threshold_max = 1)
      : models_(models), threshold_max_(threshold_max) {}
  const char* name() const override { return "relate"; }
  absl::Status Process(Document& document) const override;

 private:
  ExtractionModels models_;
  float threshold_max_;
};

inline constexpr size_t kRelationEvidenceMax = 4;
inline constexpr float kRepeatedBonus = 0.02f;

}  // namespace partnergraph
