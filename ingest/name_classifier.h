// Decides which surface forms of a document are names, and of which type: a document is read as a
// whole, since what a form is in one sentence, it is in all.
//
// Multinomial logistic regression over the features of name_features.h. A second pass that sees
// what the first thinks of the forms around (Cohen and Carvalho, Stacked Sequential Learning, IJCAI
// 2005) was tried and gained nothing: the rules' choices around a form are features already.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "ingest/linear_model.h"
#include "ingest/name_candidates.h"
#include "ingest/name_features.h"
#include "ingest/recognition.h"

namespace partnergraph {

// A form is a name from this probability on that it is one of any type, by its most probable type:
// where cross-validation on the annotated articles gives the best F1.
inline constexpr float kCompanyProbabilityMin = 0.5f;
inline constexpr float kPersonProbabilityMin = 0.5f;
inline constexpr float kProductProbabilityMin = 0.45f;

// What there is to decide about in one document.
struct NameReading {
  NameCandidates candidates;
  std::unique_ptr<NameFeatures> features;  // Refers to candidates.
};

// Proposes the candidates of a document whose rules have run, and looks at them. `tagger` may be
// null. Leaves in Document::mentions what the rules alone choose. The recognition must outlive the
// reading.
std::unique_ptr<NameReading> ReadNames(Recognition& recognition, const SequenceTagger* tagger);

// Probabilities of each candidate.
std::vector<NameProbability> ClassifyNames(const LinearModel& model,
                                           const NameCandidates& candidates,
                                           const NameFeatures& features);

// Chooses among occurrences that overlap and writes Document::mentions; job titles, places and
// dates stay as the rules have them.
void DecodeNames(Recognition& recognition, const NameCandidates& candidates,
                 std::span<const NameProbability> probabilities);

}  // namespace partnergraph
