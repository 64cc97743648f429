#include "ingest/feature_set.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace partnergraph {
namespace {

constexpr int kBucketBitsMax = 9;
// Sorting by insertion within a bucket is cheap up to this size; in larger ones hashes are not
// spread evenly.
constexpr uint32_t kBucketMax = 24;

bool Before(const Feature& a, const Feature& b) {
  return a.hash != b.hash ? a.hash < b.hash : a.value > b.value;
}

// Sorts by the high bits of the hashes into buckets, about one feature each, then by insertion.
// Returns false and leaves `features` as they are where that would not be fast.
bool SortByBuckets(std::vector<Feature>& features) {
  const int bits = std::min(kBucketBitsMax, static_cast<int>(std::bit_width(features.size())));
  const int shift = 64 - bits;
  std::array<uint32_t, (1 << kBucketBitsMax) + 1> begin;
  std::fill_n(begin.begin(), (size_t{1} << bits) + 1, 0u);
  for (const Feature& feature : features) ++begin[(feature.hash >> shift) + 1];
  for (size_t i = 1; i <= size_t{1} << bits; ++i) {
    if (begin[i] > kBucketMax) return false;
    begin[i] += begin[i - 1];
  }
  thread_local std::vector<Feature> sorted;
  sorted.resize(features.size());
  for (const Feature& feature : features) {
    const uint32_t bucket = static_cast<uint32_t>(feature.hash >> shift);
    sorted[begin[bucket]++] = feature;
  }
  for (size_t i = 1; i < sorted.size(); ++i) {
    const Feature feature = sorted[i];
    size_t k = i;
    for (; k > 0 && Before(feature, sorted[k - 1]); --k) sorted[k] = sorted[k - 1];
    sorted[k] = feature;
  }
  std::copy(sorted.begin(), sorted.end(), features.begin());
  return true;
}

}  // namespace

void SortUnique(std::vector<Feature>& features) {
  if (features.empty()) return;
  if (!SortByBuckets(features)) std::sort(features.begin(), features.end(), Before);
  features.erase(std::unique(features.begin(), features.end(),
                             [](const Feature& a, const Feature& b) { return a.hash == b.hash; }),
                 features.end());
}

}  // namespace partnergraph
