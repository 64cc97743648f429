#include "ingest/pair_classifier.h"

#include <string>
#include <vector>

#include "ingest/feature_hash.h"

namespace partnergraph {
namespace {

struct LabelRow {
  std::string_view name;
  PairLabel reverse;
};

// By PairLabel.
constexpr LabelRow kLabels[] = {
    {"NONE", PairLabel::kNone},
    {"COOPERATION", PairLabel::kCooperation},
    {"JOINT_VENTURE", PairLabel::kJointVenture},
    {"TOGETHER", PairLabel::kTogether},
    {"INVESTS_IN", PairLabel::kInvestedBy},
    {"INVESTED_BY", PairLabel::kInvestsIn},
    {"ACQUIRES", PairLabel::kAcquiredBy},
    {"ACQUIRED_BY", PairLabel::kAcquires},
    {"MERGER", PairLabel::kMerger},
    {"SUPPLIES_TO", PairLabel::kSuppliedBy},
    {"SUPPLIED_BY", PairLabel::kSuppliesTo},
    {"OWNS", PairLabel::kPartOf},
    {"PART_OF", PairLabel::kOwns},
    {"ALIAS", PairLabel::kAlias},
    {"DISPUTE", PairLabel::kDispute},
    {"TRADE", PairLabel::kTrade},
};
static_assert(std::size(kLabels) == kPairLabels);

// The features of the second layer count as much as some of the strongest others together.
constexpr float kSetFeatureValue = 3;

// Of labels that a model lacks: no probability.
constexpr float kNoScore = -100;

}  // namespace

std::string_view PairLabelName(PairLabel label) { return kLabels[static_cast<size_t>(label)].name; }

PairLabel ReversePairLabel(PairLabel label) { return kLabels[static_cast<size_t>(label)].reverse; }

std::vector<std::string> PairModelLabels(bool has_sets) {
  std::vector<std::string> names;
  for (size_t i = 0; i < kPairLabels; ++i) {
    names.emplace_back(PairLabelName(static_cast<PairLabel>(i)));
  }
  for (size_t i = 0; has_sets && i < kPairLabels; ++i) {
    names.push_back(std::string(kSetLabelPrefix).append(names[i]));
  }
  return names;
}

Feature SetFeature(size_t label, float probability) {
  static constexpr FeatureHash kSet("pf-set");
  return {FeatureHash(kSet).Add(uint64_t{label}).value(), kSetFeatureValue * probability};
}

PairClassifier::PairClassifier(const LinearModel& model) : model_(model) {
  for (size_t i = 0; i < kPairLabels; ++i) {
    label_of_[i] = model.LabelIndex(kLabels[i].name);
    set_label_of_[i] = model.LabelIndex(std::string(kSetLabelPrefix).append(kLabels[i].name));
  }
}

PairProbabilities PairClassifier::Classify(const PairSentence& sentence, Span a, Span b) const {
  PairProbabilities probabilities{};
  if (model_.empty()) {
    probabilities[static_cast<size_t>(PairLabel::kNone)] = 1;
    return probabilities;
  }
  thread_local std::vector<Feature> features;
  ExtractPairFeatures(sentence, a, b, PairFeatureSet::kGeneral, features);
  std::array<float, kModelLabelsMax> scores{};
  const std::span<float> used(scores.data(), model_.labels().size());
  model_.AddAll(features, used);
  if (set_label_of_[0] >= 0) {
    std::array<float, kPairLabels> set{};
    for (size_t i = 0; i < kPairLabels; ++i) {
      if (set_label_of_[i] >= 0) set[i] = scores[static_cast<size_t>(set_label_of_[i])];
    }
    Softmax(set);
    std::array<Feature, kPairLabels> of_set;
    for (size_t i = 0; i < kPairLabels; ++i) of_set[i] = SetFeature(i, set[i]);
    model_.AddAll(of_set, used);
  }
  // Models speak of the pair in the order of the text.
  const bool reversed = b < a;
  for (size_t i = 0; i < kPairLabels; ++i) {
    const auto label = static_cast<PairLabel>(i);
    const int index = label_of_[static_cast<size_t>(reversed ? ReversePairLabel(label) : label)];
    probabilities[i] = index >= 0 ? scores[static_cast<size_t>(index)] : kNoScore;
  }
  Softmax(probabilities);
  return probabilities;
}

PairProbabilities PairClassifier::Classify(const Document& document, const Sentence& sentence,
                                           Span a, Span b) const {
  return Classify(PairSentence(document, sentence, a, b), a, b);
}

}  // namespace partnergraph
