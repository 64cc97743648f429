// Trains a linear classifier: multinomial logistic regression by stochastic gradient descent with
// AdaGrad steps (Duchi, Hazan, Singer: Adaptive Subgradient Methods, JMLR 2011), L2 decay and the
// average of the last epochs' weights.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/linear_model.h"

namespace partnergraph {

struct TrainingExample {
  std::vector<Feature> features;
  uint8_t label = 0;
  float weight = 1;  // How much the example counts.
  // Of the domain that the model is for. Each feature has, beside the weight that it has in all
  // examples, one that only those of the domain share; the model holds the sum (Daume III:
  // Frustratingly Easy Domain Adaptation, ACL 2007). So that examples of other domains teach where
  // those of the domain are silent, and do not overrule them.
  bool of_domain = true;
};

struct ClassifierOptions {
  int epochs = 12;
  float learning_rate = 0.2f;
  float l2 = 1e-5f;  // Decay per step of the weights that the step touches.
  // What the sum of squared gradients, which shortens the steps, begins with: the larger it is, the
  // less a feature of few examples can learn.
  float first_square = 1e-6f;
  float weight_min = 0.01f;  // Smaller weights are left out of the model.
  // A feature that fewer examples have is left out.
  int count_min = 1;
  uint64_t seed = 1;
  // The version of the templates that made the features, for the model to say: ModelTemplates.
  uint32_t templates = 1;
};

// The bytes of a LinearModel. Deterministic for a seed. INVALID_ARGUMENT for a label without a
// name.
absl::StatusOr<std::string> TrainClassifier(const std::vector<std::string>& labels,
                                            std::span<const TrainingExample> examples,
                                            const ClassifierOptions& options);

}  // namespace partnergraph
