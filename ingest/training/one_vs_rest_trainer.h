// Trains a linear classifier whose examples may have several labels, or none: a support vector
// machine with squared hinge loss and L2 regularization for each label against all others, by dual
// coordinate descent (Hsieh, Chang, Lin, Keerthi, Sundararajan: A Dual Coordinate Descent Method
// for Large-scale Linear SVM, ICML 2008). Better than logistic regression where labels are noisy
// and features are many, and faster.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "ingest/linear_model.h"

namespace partnergraph {

struct MultiLabelExample {
  std::vector<Feature> features;
  std::vector<uint8_t> labels;
  float weight = 1;  // How much the example counts.
};

struct OneVsRestOptions {
  float cost = 0.02f;  // Of an example on the wrong side, for features of length 1 to 15.
  int epochs_max = 60;
  float tolerance = 0.1f;  // Of the projected gradient: where training ends.
  // What the margins are multiplied with in the model: the softmax of the products serves as
  // probabilities.
  float scale = 4;
  int count_min = 1;  // A feature that fewer examples have is left out.
  uint64_t seed = 1;
};

// Weights with their features, not yet packed.
class OneVsRestModel {
 public:
  // 0 for a model that nothing was learned for yet.
  size_t labels() const { return weights_.size(); }

  // Replaces `scores` by the margins of all labels times OneVsRestOptions::scale.
  void Score(std::span<const Feature> features, std::vector<float>& scores) const;

  // Makes weights below `weight_min` 0.
  void Prune(float weight_min);

  // Adds all weights that are not 0 to a model in which this one's labels begin at `first_label`.
  void AddTo(LinearModelBuilder& builder, uint8_t first_label) const;

 private:
  friend absl::StatusOr<OneVsRestModel> TrainOneVsRest(size_t, std::span<const MultiLabelExample>,
                                                       const OneVsRestOptions&);

  std::vector<uint64_t> hashes_;  // By column.
  absl::flat_hash_map<uint64_t, uint32_t> columns_;
  std::vector<std::vector<float>> weights_;  // By label, then column.
};

// Deterministic for a seed. INVALID_ARGUMENT for an example with a label that is not below
// `labels`.
absl::StatusOr<OneVsRestModel> TrainOneVsRest(size_t labels,
                                              std::span<const MultiLabelExample> examples,
                                              const OneVsRestOptions& options);

}  // namespace partnergraph
