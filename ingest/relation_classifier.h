// Decides which pairs of entities stand in which relation: multinomial logistic regression over
// the rules' proposals, the words between and around the names, and what the document says of both
// (relation_features.h).
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "ingest/models.h"
#include "ingest/relation_candidates.h"

namespace partnergraph {

// What `first` is to `second` in a RelationPair; the labels of the model, in this order.
enum class RelationLabel : uint8_t {
  kNone,
  kEmployedBy,
  kFounded,
  kFoundedAndEmployedBy,
  kDevelops,
  kUses,
  kPartOf,
};
inline constexpr std::array<std::string_view, 7> kRelationLabelNames = {
    "NONE", "EMPLOYED_BY", "FOUNDED", "FOUNDED+EMPLOYED_BY", "DEVELOPS", "USES", "PART_OF"};

// Relation::rule where no rule proposed what the model decided.
inline constexpr char kRelationModel[] = "relations/model";

// The most characters that the evidence of such a relation has around the names: longer sentences
// are cut.
inline constexpr uint32_t kModelEvidenceCharsMax = 300;

// Probability from which a relation is stated, by whether a rule proposes it. Chosen by
// cross-validation: of the points of like F1 of all facts the more precise one.
float RelationThreshold(EdgeType type, bool proposed);

// Scores all pairs of the document and returns the relations that reach the threshold, one per
// type, source and target, with the title and the evidence of the rules where they propose it, and
// else with the title next to the person and the sentence in which both stand. Confidence is the
// probability. A threshold above `threshold_max` is lowered to it. Of the models, `relations` has
// the labels above, and `pairs` may be empty where it was when the former was trained.
std::vector<Relation> ClassifyRelations(const ExtractionModels& models, const Document& document,
                                        const DocumentViews& views, const RuleReading& rules,
                                        float threshold_max = 1);

}  // namespace partnergraph
