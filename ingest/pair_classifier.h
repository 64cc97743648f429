// What a sentence says of two companies, as probabilities: the model `pairs`. Other parts of
// extraction take them as features.
//
// The model has two layers in one table of weights (stacked generalization: Wolpert, Neural
// Networks 5, 1992): labels "set.NONE", ... are what public sets of relations taught; their
// probabilities are features of the labels "NONE", ..., which annotated articles taught. So the
// articles say how far the sets can be trusted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/document.h"
#include "ingest/linear_model.h"
#include "ingest/pair_features.h"

namespace partnergraph {

// What a sentence says of a company `a` and a company `b`. The names are part of the model's
// format.
enum class PairLabel : uint8_t {
  kNone,
  kCooperation,   // 合作, 签约, partnership.
  kJointVenture,  // They found something together; or one is what the other founds with others.
  kTogether,      // On one side of a deal with others: two investors, two customers.
  kInvestsIn,     // a holds or buys a stake in b.
  kInvestedBy,
  kAcquires,  // a buys b, or most of it.
  kAcquiredBy,
  kMerger,      // They become one, which of them remains.
  kSuppliesTo,  // a provides, b is the customer.
  kSuppliedBy,
  kOwns,  // b is a part, a subsidiary or a brand of a.
  kPartOf,
  kAlias,    // Two names of one company.
  kDispute,  // Competition, litigation.
  kTrade,    // They deal with each other otherwise: one sells something to the other.
  kCount,
};

inline constexpr size_t kPairLabels = static_cast<size_t>(PairLabel::kCount);

// "NONE", "INVESTS_IN", ... Static storage.
std::string_view PairLabelName(PairLabel label);

// What is said of (b, a) when the label is said of (a, b).
PairLabel ReversePairLabel(PairLabel label);

// What the labels of the first layer begin with.
inline constexpr std::string_view kSetLabelPrefix = "set.";

// The labels of a model: those of the second layer, then, when public sets taught a first one, its.
std::vector<std::string> PairModelLabels(bool has_sets);

// The feature of the second layer for the probability that the first gives the label of an index.
Feature SetFeature(size_t label, float probability);

using PairProbabilities = std::array<float, kPairLabels>;

// Immutable and thread-safe. Refers to the model, which must outlive it.
class PairClassifier {
 public:
  // An empty model makes a classifier that calls every pair NONE.
  explicit PairClassifier(const LinearModel& model);

  bool empty() const { return model_.empty(); }

  // The probabilities of all labels for (a, b), in the order of PairLabel: they sum to 1. `a` and
  // `b` are spans of names in the sentence, in either order. Prepare a PairSentence once for all
  // pairs of a sentence; then a pair costs the same however long the sentence is.
  PairProbabilities Classify(const PairSentence& sentence, Span a, Span b) const;
  // The same for a single pair.
  PairProbabilities Classify(const Document& document, const Sentence& sentence, Span a,
                             Span b) const;

 private:
  const LinearModel& model_;
  // The model's index of each label and of that label of the first layer, or -1.
  std::array<int, kPairLabels> label_of_{}, set_label_of_{};
};

}  // namespace partnergraph
