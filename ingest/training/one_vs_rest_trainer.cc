#include "ingest/training/one_vs_rest_trainer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace partnergraph {
namespace {

// Examples as rows of a sparse matrix; features are numbered as they come.
struct Matrix {
  std::vector<uint64_t> hashes;  // By column.
  std::vector<size_t> begin = {0};
  std::vector<uint32_t> columns;
  std::vector<float> values;
  std::vector<double> squares;  // By row: the squared length.

  size_t rows() const { return squares.size(); }
};

Matrix ToMatrix(std::span<const MultiLabelExample> examples, int count_min) {
  absl::flat_hash_map<uint64_t, int> counts;
  for (const MultiLabelExample& example : examples) {
    for (const Feature feature : example.features) ++counts[feature.hash];
  }
  Matrix matrix;
  absl::flat_hash_map<uint64_t, uint32_t> columns;
  for (const MultiLabelExample& example : examples) {
    double square = 0;
    for (const Feature feature : example.features) {
      if (counts[feature.hash] < count_min) continue;
      const auto [it, added] =
          columns.try_emplace(feature.hash, static_cast<uint32_t>(matrix.hashes.size()));
      if (added) matrix.hashes.push_back(feature.hash);
      matrix.columns.push_back(it->second);
      matrix.values.push_back(feature.value);
      square += static_cast<double>(feature.value) * feature.value;
    }
    matrix.squares.push_back(square);
    matrix.begin.push_back(matrix.columns.size());
  }
  return matrix;
}

bool Has(const std::vector<uint8_t>& labels, size_t label) {
  return std::find(labels.begin(), labels.end(), label) != labels.end();
}

// One label against the others. Rows that cost nothing take no part.
class Machine {
 public:
  Machine(const Matrix& matrix, const OneVsRestOptions& options, std::vector<float> costs,
          std::vector<float> signs, uint64_t seed)
      : matrix_(matrix),
        options_(options),
        costs_(std::move(costs)),
        signs_(std::move(signs)),
        random_(seed),
        weights_(matrix.hashes.size()),
        alphas_(matrix.rows()) {
    for (size_t row = 0; row < matrix.rows(); ++row) {
      if (costs_[row] > 0) order_.push_back(row);
    }
  }

  // Rows whose multiplier stays 0 are set aside, and looked at again before training ends.
  const std::vector<float>& Train() {
    constexpr double kNone = std::numeric_limits<double>::infinity();
    size_t active = order_.size();
    double bound = kNone;
    for (int epoch = 0; epoch < options_.epochs_max; ++epoch) {
      for (size_t i = active; i > 1; --i) std::swap(order_[i - 1], order_[random_() % i]);
      double highest = -kNone, lowest = kNone;
      for (size_t s = 0; s < active;) {
        const size_t row = order_[s];
        const double gradient = Gradient(row);
        if (alphas_[row] == 0 && gradient > bound) {
          std::swap(order_[s], order_[--active]);
          continue;
        }
        ++s;
        const double projected = alphas_[row] == 0 ? std::min(gradient, 0.0) : gradient;
        highest = std::max(highest, projected);
        lowest = std::min(lowest, projected);
        if (std::fabs(projected) > 1e-12) Step(row, gradient);
      }
      bound = highest > 0 ? highest : kNone;
      if (highest - lowest > options_.tolerance) continue;
      if (active == order_.size()) break;
      active = order_.size();
      bound = kNone;
    }
    return weights_;
  }

 private:
  double Diagonal(size_t row) const { return 0.5 / costs_[row]; }

  double Gradient(size_t row) const {
    double margin = 0;
    for (size_t k = matrix_.begin[row]; k < matrix_.begin[row + 1]; ++k) {
      margin += static_cast<double>(weights_[matrix_.columns[k]]) * matrix_.values[k];
    }
    return signs_[row] * margin - 1 + alphas_[row] * Diagonal(row);
  }

  void Step(size_t row, double gradient) {
    const double before = alphas_[row];
    alphas_[row] = std::max(0.0, before - gradient / (matrix_.squares[row] + Diagonal(row)));
    const auto step = static_cast<float>((alphas_[row] - before) * signs_[row]);
    for (size_t k = matrix_.begin[row]; k < matrix_.begin[row + 1]; ++k) {
      weights_[matrix_.columns[k]] += step * matrix_.values[k];
    }
  }

  const Matrix& matrix_;
  const OneVsRestOptions& options_;
  std::vector<float> costs_, signs_;
  std::mt19937_64 random_;
  std::vector<float> weights_;
  std::vector<double> alphas_;
  std::vector<size_t> order_;
};

}  // namespace

void OneVsRestModel::Score(std::span<const Feature> features, std::vector<float>& scores) const {
  scores.assign(weights_.size(), 0);
  for (const Feature feature : features) {
    const auto it = columns_.find(feature.hash);
    if (it == columns_.end()) continue;
    for (size_t label = 0; label < scores.size(); ++label) {
      scores[label] += feature.value * weights_[label][it->second];
    }
  }
}

void OneVsRestModel::Prune(float weight_min) {
  for (std::vector<float>& weights : weights_) {
    for (float& weight : weights) {
      if (std::fabs(weight) < weight_min) weight = 0;
    }
  }
}

void OneVsRestModel::AddTo(LinearModelBuilder& builder, uint8_t first_label) const {
  for (size_t label = 0; label < weights_.size(); ++label) {
    for (size_t i = 0; i < hashes_.size(); ++i) {
      if (weights_[label][i] == 0) continue;
      builder.Set(hashes_[i], static_cast<uint8_t>(first_label + label), weights_[label][i]);
    }
  }
}

absl::StatusOr<OneVsRestModel> TrainOneVsRest(size_t labels,
                                              std::span<const MultiLabelExample> examples,
                                              const OneVsRestOptions& options) {
  for (const MultiLabelExample& example : examples) {
    for (const uint8_t label : example.labels) {
      if (label < labels) continue;
      return absl::InvalidArgumentError(absl::StrCat("label ", label, " of ", labels, " labels"));
    }
  }
  Matrix matrix = ToMatrix(examples, options.count_min);
  OneVsRestModel model;
  for (size_t label = 0; label < labels; ++label) {
    std::vector<float> costs, signs;
    for (const MultiLabelExample& example : examples) {
      signs.push_back(Has(example.labels, label) ? 1.0f : -1.0f);
      costs.push_back(options.cost * example.weight);
    }
    Machine machine(matrix, options, std::move(costs), std::move(signs), options.seed + label);
    std::vector<float>& weights = model.weights_.emplace_back(machine.Train());
    for (float& weight : weights) weight *= options.scale;
  }
  for (size_t i = 0; i < matrix.hashes.size(); ++i) {
    model.columns_.emplace(matrix.hashes[i], static_cast<uint32_t>(i));
  }
  model.hashes_ = std::move(matrix.hashes);
  return model;
}

}  // namespace partnergraph
