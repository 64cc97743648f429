#include "ingest/training/classifier_trainer.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace partnergraph {
namespace {

// Examples with the features as rows of the weight table.
struct Row {
  uint32_t row;
  float value;
};

struct Table {
  std::vector<uint64_t> hashes;  // By row.
  std::vector<uint32_t> shared;  // By row: the row of the weight that all domains share.
  std::vector<std::vector<Row>> examples;
};

Table Number(std::span<const TrainingExample> examples, int count_min) {
  absl::flat_hash_map<uint64_t, int> counts;
  for (const TrainingExample& example : examples) {
    for (const Feature feature : example.features) ++counts[feature.hash];
  }
  // Without other domains there is one weight for each feature.
  const bool adapts = std::any_of(examples.begin(), examples.end(),
                                  [](const TrainingExample& e) { return !e.of_domain; });
  Table table;
  absl::flat_hash_map<uint64_t, uint32_t> rows, own_rows;
  const auto row_of = [&](absl::flat_hash_map<uint64_t, uint32_t>& known, uint64_t hash) {
    const auto [it, added] = known.try_emplace(hash, static_cast<uint32_t>(table.hashes.size()));
    if (added) {
      table.hashes.push_back(hash);
      table.shared.push_back(rows.at(hash));  // Of itself, or made just before.
    }
    return it->second;
  };
  table.examples.resize(examples.size());
  for (size_t i = 0; i < examples.size(); ++i) {
    for (const Feature feature : examples[i].features) {
      if (counts[feature.hash] < count_min) continue;
      table.examples[i].push_back({row_of(rows, feature.hash), feature.value});
      if (adapts && examples[i].of_domain) {
        table.examples[i].push_back({row_of(own_rows, feature.hash), feature.value});
      }
    }
  }
  return table;
}

// A permutation that does not depend on the standard library's choice of algorithm.
void Shuffle(std::vector<uint32_t>& order, std::mt19937_64& random) {
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
}

}  // namespace

absl::StatusOr<std::string> TrainClassifier(const std::vector<std::string>& labels,
                                            std::span<const TrainingExample> examples,
                                            const ClassifierOptions& options) {
  const size_t width = labels.size();
  for (const TrainingExample& example : examples) {
    if (example.label >= width) {
      return absl::InvalidArgumentError(
          absl::StrCat("label ", example.label, " of ", width, " labels"));
    }
  }
  const Table table = Number(examples, options.count_min);
  std::vector<float> weights(table.hashes.size() * width);
  std::vector<float> squares;
  squares.assign(weights.size(), options.first_square);
  std::vector<double> sums(weights.size());
  std::vector<uint32_t> order(examples.size());
  std::iota(order.begin(), order.end(), 0u);
  std::mt19937_64 random(options.seed);
  std::vector<float> gradient(width);
  int averaged = 0;
  for (int epoch = 0; epoch < options.epochs; ++epoch) {
    Shuffle(order, random);
    for (const uint32_t i : order) {
      const TrainingExample& example = examples[i];
      std::fill(gradient.begin(), gradient.end(), 0.0f);
      for (const Row row : table.examples[i]) {
        const float* w = &weights[row.row * width];
        for (size_t k = 0; k < width; ++k) gradient[k] += row.value * w[k];
      }
      Softmax(gradient);
      gradient[example.label] -= 1;
      for (float& g : gradient) g *= example.weight;
      for (const Row row : table.examples[i]) {
        float* w = &weights[row.row * width];
        float* s = &squares[row.row * width];
        for (size_t k = 0; k < width; ++k) {
          const float g = row.value * gradient[k] + options.l2 * w[k];
          if (g == 0) continue;
          s[k] += g * g;
          w[k] -= options.learning_rate * g / std::sqrt(s[k]);
        }
      }
    }
    if (epoch >= options.epochs / 2) {
      ++averaged;
      for (size_t k = 0; k < weights.size(); ++k) sums[k] += weights[k];
    }
  }
  for (size_t row = 0; row < table.hashes.size(); ++row) {
    if (table.shared[row] == row) continue;
    for (size_t k = 0; k < width; ++k) {
      sums[table.shared[row] * width + k] += sums[row * width + k];
      sums[row * width + k] = 0;
    }
  }
  LinearModelBuilder builder(labels, options.templates);
  for (size_t row = 0; row < table.hashes.size(); ++row) {
    for (size_t k = 0; k < width; ++k) {
      const double mean = sums[row * width + k] / std::max(1, averaged);
      if (mean != 0)
        builder.Set(table.hashes[row], static_cast<uint8_t>(k), static_cast<float>(mean));
    }
  }
  return builder.Finish(options.weight_min);
}

}  // namespace partnergraph
