#include "ingest/training/tagger_trainer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <random>

#include "absl/status/status.h"
#include "graph/status_macros.h"
#include "ingest/models.h"
#include "ingest/sequence_tagger.h"

namespace partnergraph {
namespace {

// A unit whose gradient is smaller moves nothing that matters.
constexpr float kGradientMin = 1e-3f;

// One step on a run of weights. In a function of its own so that it is vectorized.
void Step(const float* __restrict gradient, float* __restrict weights, float* __restrict squares,
          size_t count, float learning_rate, float l2) {
  for (size_t i = 0; i < count; ++i) {
    const float g = gradient[i] + l2 * weights[i];
    squares[i] += g * g;
    weights[i] -= learning_rate * g / std::sqrt(squares[i]);
  }
}

void AddTo(const float* __restrict weights, float* __restrict scores, size_t count) {
  for (size_t i = 0; i < count; ++i) scores[i] += weights[i];
}

}  // namespace

void TaggerTrainer::Add(std::span<const TagFeature> features, std::span<const uint64_t> allowed,
                        std::span<const uint8_t> cuts, float weight) {
  if (allowed.empty()) return;
  Sentence sentence = {};
  sentence.first_unit = static_cast<uint32_t>(allowed_.size());
  sentence.units = static_cast<uint32_t>(allowed.size());
  sentence.first_use = uses_.size();
  sentence.uses = features.size();
  sentence.weight = weight;
  sentence.partial = std::any_of(allowed.begin(), allowed.end(),
                                 [](uint64_t mask) { return std::popcount(mask) != 1; });
  allowed_.insert(allowed_.end(), allowed.begin(), allowed.end());
  cuts_.insert(cuts_.end(), cuts.begin(), cuts.end());
  for (const TagFeature& feature : features) {
    const auto [it, added] = row_of_.try_emplace(feature.hash, static_cast<uint32_t>(rows_.size()));
    if (added) rows_.push_back({feature.hash, feature.first, feature.last, 0});
    ++rows_[it->second].count;
    uses_.push_back({it->second, feature.unit});
    sentence_words_ |= feature.unit == TagFeature::kWholeSentence;
  }
  sentences_.push_back(sentence);
}

// The weights while they are learned.
class TaggerTraining {
 public:
  TaggerTraining(const TaggerTrainer& data, const TaggerOptions& options)
      : data_(data),
        options_(options),
        k_(data.tags_.size()),
        random_(options.seed),
        result_(data.tags_) {}

  absl::Status Start() {
    if (options_.start != nullptr) {
      if (options_.start->tags_.types() != data_.tags_.types()) {
        return absl::InvalidArgumentError("the weights to start from have other types");
      }
      result_ = *options_.start;
    }
    size_t size = result_.weights_.size();
    offsets_.reserve(data_.rows_.size());
    for (const TaggerTrainer::Row& row : data_.rows_) {
      const auto it = result_.row_of_.find(row.hash);
      if (it != result_.row_of_.end()) {
        offsets_.push_back(result_.rows_[it->second].offset);
      } else if (row.count >= static_cast<uint32_t>(options_.count_min)) {
        offsets_.push_back(size);
        result_.row_of_[row.hash] = static_cast<uint32_t>(result_.rows_.size());
        result_.rows_.push_back({row.hash, size, row.first, row.last});
        size += static_cast<size_t>(row.last - row.first + 1) * k_;
      } else {
        offsets_.push_back(0);
      }
    }
    result_.weights_.resize(size);
    result_.sentence_words_ |= data_.sentence_words_;
    squares_.assign(size, options_.square_start);
    return absl::OkStatus();
  }

  void Run() {
    std::vector<uint32_t> order(data_.sentences_.size());
    std::iota(order.begin(), order.end(), 0u);
    std::vector<float>& weights = result_.weights_;
    std::vector<float> sums(weights.size());
    int averaged = 0;
    for (int epoch = 0; epoch < options_.epochs; ++epoch) {
      for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random_() % i]);
      for (const uint32_t i : order) Learn(data_.sentences_[i]);
      if (epoch >= options_.epochs / 2) {
        ++averaged;
        for (size_t i = 0; i < weights.size(); ++i) sums[i] += weights[i];
      }
    }
    if (averaged == 0) return;
    for (size_t i = 0; i < weights.size(); ++i) {
      weights[i] = sums[i] / static_cast<float>(averaged);
    }
  }

  TaggerWeights Take() { return std::move(result_); }

 private:
  void Learn(const TaggerTrainer::Sentence& sentence) {
    const size_t n = sentence.units;
    const std::span<const TaggerTrainer::Use> uses(&data_.uses_[sentence.first_use], sentence.uses);
    scores_.assign((n + kRelativeCount) * k_, 0);
    context_.assign(k_, 0);
    kept_.clear();
    const auto drop = static_cast<uint32_t>(options_.dropout * 4294967295.0);
    for (const TaggerTrainer::Use& use : uses) {
      const size_t offset = offsets_[use.row];
      if (offset == 0) continue;
      if (drop != 0 && static_cast<uint32_t>(random_()) < drop) continue;
      const TaggerTrainer::Row& row = data_.rows_[use.row];
      const auto count = static_cast<uint32_t>(row.last - row.first + 1);
      if (use.unit == TagFeature::kWholeSentence) {
        kept_.push_back({offset, TagFeature::kWholeSentence, 1});
        AddTo(&result_.weights_[offset], context_.data(), k_);
        continue;
      }
      const uint32_t at = use.unit + static_cast<uint32_t>(row.first - kRelativeMin);
      kept_.push_back({offset, at, count});
      AddTo(&result_.weights_[offset], &scores_[at * k_], count * k_);
    }
    for (size_t i = 0; i < n; ++i) AddTo(context_.data(), &scores_[(i - kRelativeMin) * k_], k_);
    const std::span<const uint64_t> allowed(&data_.allowed_[sentence.first_unit], n);
    const TagScores scores = {data_.tags_, std::span(scores_).subspan(-kRelativeMin * k_, n * k_),
                              std::span(result_.weights_).subspan(0, k_ * k_),
                              std::span(&data_.cuts_[sentence.first_unit], n)};
    if (!free_.Compute(scores)) return;
    if (sentence.partial && !right_.Compute(scores, allowed)) return;
    Gradient(sentence, allowed);
    Step(transition_gradient_.data(), result_.weights_.data(), squares_.data(), k_ * k_,
         options_.learning_rate, 0);
    context_.assign(k_, 0);  // From here on: the sum of the gradients.
    for (size_t i = 0; i < n; ++i) AddTo(&gradient_[(i - kRelativeMin) * k_], context_.data(), k_);
    for (const Kept& kept : kept_) {
      if (kept.at == TagFeature::kWholeSentence) {
        Step(context_.data(), &result_.weights_[kept.offset], &squares_[kept.offset], k_,
             options_.learning_rate * options_.context_rate, options_.l2);
        continue;
      }
      bool moves = false;
      for (uint32_t i = kept.at; i < kept.at + kept.count; ++i) moves |= moves_[i];
      if (!moves) continue;
      Step(&gradient_[kept.at * k_], &result_.weights_[kept.offset], &squares_[kept.offset],
           kept.count * k_, options_.learning_rate, options_.l2);
    }
  }

  // Of the negative logarithm of the probability of what is right.
  void Gradient(const TaggerTrainer::Sentence& sentence, std::span<const uint64_t> allowed) {
    const size_t n = sentence.units;
    gradient_.assign(scores_.size(), 0);
    moves_.assign(n + kRelativeCount, 0);
    transition_gradient_.assign(k_ * k_, 0);
    for (size_t i = 0; i < n; ++i) {
      float* const gradient = &gradient_[(i - kRelativeMin) * k_];
      float largest = 0;
      for (size_t label = 0; label < k_; ++label) {
        const auto l = static_cast<uint8_t>(label);
        const float right =
            sentence.partial ? right_.Of(i, l) : static_cast<float>(allowed[i] >> label & 1);
        gradient[label] = sentence.weight * (free_.Of(i, l) - right);
        largest = std::max(largest, std::abs(gradient[label]));
      }
      moves_[i - kRelativeMin] = largest >= kGradientMin;
      if (i == 0) continue;
      const bool before_moves = moves_[i - 1 - kRelativeMin];
      if (!moves_[i - kRelativeMin] && !before_moves) continue;
      for (size_t from = 0; from < k_; ++from) {
        for (size_t to = 0; to < k_; ++to) {
          const auto f = static_cast<uint8_t>(from), t = static_cast<uint8_t>(to);
          if (!TagSet::Follows(f, t)) continue;
          if (data_.cuts_[sentence.first_unit + i] && !TagSet::Begins(t)) continue;
          const float right =
              sentence.partial
                  ? right_.Of(i, f, t)
                  : static_cast<float>((allowed[i - 1] >> from & 1) & (allowed[i] >> to & 1));
          transition_gradient_[from * k_ + to] += sentence.weight * (free_.Of(i, f, t) - right);
        }
      }
    }
  }

  struct Kept {
    size_t offset;
    uint32_t at, count;
  };

  const TaggerTrainer& data_;
  const TaggerOptions& options_;
  const size_t k_;
  std::mt19937_64 random_;
  TaggerWeights result_;
  std::vector<size_t> offsets_;  // By row; 0 for one that is left out.
  std::vector<float> squares_;
  std::vector<float> context_, scores_, gradient_, transition_gradient_;
  std::vector<uint8_t> moves_;
  std::vector<Kept> kept_;
  TagMarginals free_, right_;
};

absl::StatusOr<TaggerWeights> TaggerTrainer::Train(const TaggerOptions& options) const {
  TaggerTraining training(*this, options);
  PG_RETURN_IF_ERROR(training.Start());
  training.Run();
  return training.Take();
}

absl::StatusOr<std::string> TaggerWeights::ToModel(float weight_min) const {
  LinearModelBuilder builder(TaggerColumns(tags_), ModelTemplates("tagger"));
  const size_t k = tags_.size();
  const auto set = [&](uint64_t hash, size_t column, float weight) {
    if (std::abs(weight) >= weight_min) builder.Set(hash, static_cast<uint8_t>(column), weight);
  };
  for (size_t i = 0; i < k * k; ++i) set(TransitionHash(i / k), i % k, weights_[i]);
  if (sentence_words_) builder.Set(SentenceWordsHash(), 0, 1);
  for (const Row& row : rows_) {
    const size_t first = static_cast<size_t>(row.first - kRelativeMin) * k;
    const size_t count = static_cast<size_t>(row.last - row.first + 1) * k;
    for (size_t c = 0; c < count; ++c) set(row.hash, first + c, weights_[row.offset + c]);
  }
  return builder.Finish(weight_min);
}

}  // namespace partnergraph
