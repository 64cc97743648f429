// A table of weights, feature by label: what every trained part of extraction is made of. Features
// are 64-bit hashes (feature_hash.h), so that no feature's text is stored.
//
// Format, little-endian, version 1: 8 bytes "PGLINEAR"; u32 version; u32 labels; u64 XXH3 of all
// that follows; u32 slots (a power of two); u32 bytes of rows; f32 scale; u32 bytes of names; the
// labels' names, each ended by '\n', then, unless it is 1, '\n' and "templates " with the version
// of the templates, padded with '\n' to 8 bytes; the slots, each u32 fingerprint and u32 offset of
// a row (0 is empty; linear probing from the hash's low bits, the fingerprint is its high 32 bits);
// the rows, each u8 count and count times u8 label and i16 weight, which counts in units of
// `scale`.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace partnergraph {

// A feature of an example and its value.
struct Feature {
  uint64_t hash = 0;
  float value = 1;
};

// Most labels of one model.
inline constexpr size_t kModelLabelsMax = 255;

// Immutable and thread-safe. Reads bytes that it does not own and that must outlive it; nothing is
// unpacked, so opening one costs a pass over its bytes.
class LinearModel {
 public:
  // Without labels: stands for a model that is not there.
  LinearModel() = default;

  // INVALID_ARGUMENT says what is wrong with the bytes: not a model, another version, truncated,
  // damaged, malformed. No bytes that it takes can make a look-up read outside them or not end.
  static absl::StatusOr<LinearModel> Open(std::string_view bytes);

  bool empty() const { return labels_.empty(); }
  const std::vector<std::string>& labels() const { return labels_; }
  // The version of the feature templates that the weights were learned for: what is to be looked up
  // in it. A new version makes other hashes of the same text.
  uint32_t templates() const { return templates_; }
  // The index of a label, or -1.
  int LabelIndex(std::string_view label) const;

  // Adds `feature.value` times the weights of the feature to scores[label]; scores has an entry per
  // label. Unknown features add nothing.
  void Add(Feature feature, std::span<float> scores) const {
    ForEach(feature.hash,
            [&](uint8_t label, float weight) { scores[label] += feature.value * weight; });
  }
  // The same for all of `features`, one after the other, and faster: see ForEachOf.
  void AddAll(std::span<const Feature> features, std::span<float> scores) const;

  // Calls visit(label, weight) for each weight of the feature.
  template <typename Visit>
  void ForEach(uint64_t hash, Visit visit) const {
    const char* row = slots_ != nullptr ? Row(hash) : nullptr;
    if (row != nullptr) ReadRow(row, visit);
  }

  // For 0 to count - 1, in this order: calls visit_of(i)(label, weight) for each weight of the
  // feature hash_of(i). Tables are larger than caches, and most of a look-up is waiting for memory:
  // what the next features need is asked for while those before are looked up.
  template <typename HashOf, typename VisitOf>
  void ForEachOf(size_t count, HashOf hash_of, VisitOf visit_of) const {
    if (slots_ == nullptr) return;
    const char* rows[kBatch];
    for (size_t i = 0; i < std::min(count, kBatch); ++i) Prefetch(hash_of(i));
    for (size_t first = 0; first < count; first += kBatch) {
      const size_t end = std::min(count, first + kBatch);
      for (size_t i = end; i < std::min(count, end + kBatch); ++i) Prefetch(hash_of(i));
      for (size_t i = first; i < end; ++i) {
        const char* const row = rows[i - first] = Row(hash_of(i));
        // Addresses alone, since they may lie beside null or behind the rows: nothing is read.
        const auto at = reinterpret_cast<uintptr_t>(row);
        __builtin_prefetch(reinterpret_cast<const void*>(at));
        __builtin_prefetch(reinterpret_cast<const void*>(at + kRowBytes));
      }
      for (size_t i = first; i < end; ++i) {
        if (rows[i - first] != nullptr) ReadRow(rows[i - first], visit_of(i));
      }
    }
  }

 private:
  // About what a row has: one in two ends in another line of the cache than it begins in.
  static constexpr size_t kRowBytes = 32;
  // Features that are looked up at a time.
  static constexpr size_t kBatch = 32;

  // The row of a feature, or null. Not of a model that is not there.
  const char* Row(uint64_t hash) const {
    const auto fingerprint = static_cast<uint32_t>(hash >> 32);
    for (uint32_t i = static_cast<uint32_t>(hash) & mask_;; i = (i + 1) & mask_) {
      uint32_t slot[2];  // Fingerprint, offset.
      __builtin_memcpy(slot, slots_ + size_t{i} * sizeof(slot), sizeof(slot));
      if (slot[1] == 0) return nullptr;
      if (slot[0] == fingerprint) return rows_ + slot[1];
    }
  }
  template <typename Visit>
  void ReadRow(const char* row, Visit visit) const {
    const auto count = static_cast<uint8_t>(*row++);
    const float scale = scale_;  // For all that `visit` writes it stays the same.
    for (unsigned i = 0; i < count; ++i, row += 3) {
      int16_t weight;
      __builtin_memcpy(&weight, row + 1, 2);
      visit(static_cast<uint8_t>(*row), scale * static_cast<float>(weight));
    }
  }
  void Prefetch(uint64_t hash) const {
    __builtin_prefetch(slots_ + size_t{static_cast<uint32_t>(hash) & mask_} * 8);
  }

  std::vector<std::string> labels_;
  uint32_t templates_ = 1;
  const char* slots_ = nullptr;
  const char* rows_ = nullptr;
  uint32_t mask_ = 0;
  float scale_ = 1;
};

// Makes the bytes of a model. Deterministic: the same weights give the same bytes, in whatever
// order they were set.
class LinearModelBuilder {
 public:
  explicit LinearModelBuilder(std::vector<std::string> labels, uint32_t templates = 1)
      : labels_(std::move(labels)), templates_(templates) {}
  // At most once for a feature and a label.
  void Set(uint64_t hash, uint8_t label, float weight);
  // Weights that round to nothing at `weight_min` (absolute) are left out. RESOURCE_EXHAUSTED over
  // kModelLabelsMax labels or 2^30 bytes.
  absl::StatusOr<std::string> Finish(float weight_min = 0) const;

 private:
  struct Weight {
    uint64_t hash;
    uint8_t label;
    float weight;
  };
  std::vector<std::string> labels_;
  uint32_t templates_;
  std::vector<Weight> weights_;
};

// The probabilities of the labels of an example: the softmax of the sums of its features' weights.
// `probabilities` has an entry per label.
void Classify(const LinearModel& model, std::span<const Feature> features,
              std::span<float> probabilities);

// Turns scores into probabilities in place: the softmax, computed stably.
void Softmax(std::span<float> scores);

}  // namespace partnergraph
