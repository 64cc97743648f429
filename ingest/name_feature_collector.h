// Shared by the parts of NameFeatures.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ingest/feature_hash.h"
#include "ingest/feature_set.h"
#include "ingest/name_features.h"

namespace partnergraph {

// Occurrences whose surroundings are looked at: the first ones tell enough.
inline constexpr size_t kContextsMax = 8;

// How probable, in seven steps.
inline uint64_t Level(float p) {
  return p < 0.03f   ? 0
         : p < 0.1f  ? 1
         : p < 0.25f ? 2
         : p < 0.5f  ? 3
         : p < 0.75f ? 4
         : p < 0.9f  ? 5
                     : 6;
}
// Gathers the features of one candidate.
class NameFeatures::Collector {
 public:
  explicit Collector(std::vector<Feature>& features) : features_(features) {}
  void Add(const FeatureHash& hash, float value = 1) { features_.push_back({hash.value(), value}); }
  void Finish() { SortUnique(features_); }
  // Of the candidate; part of most features that have no words of their own.
  uint64_t script = 0;

 private:
  std::vector<Feature>& features_;
};

}  // namespace partnergraph
