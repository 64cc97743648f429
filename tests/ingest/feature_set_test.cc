#include "ingest/feature_set.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/feature_hash.h"

namespace partnergraph {
namespace {

struct Same {
  bool operator()(const Feature& a, const Feature& b) const {
    return a.hash == b.hash && a.value == b.value;
  }
};

// What it is to do, done plainly.
std::vector<Feature> Expected(std::vector<Feature> features) {
  std::sort(features.begin(), features.end(), [](const Feature& a, const Feature& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.value > b.value;
  });
  std::vector<Feature> unique;
  for (const Feature& feature : features) {
    if (unique.empty() || unique.back().hash != feature.hash) unique.push_back(feature);
  }
  return unique;
}

void ExpectRight(const std::vector<Feature>& features) {
  std::vector<Feature> sorted = features;
  SortUnique(sorted);
  const std::vector<Feature> expected = Expected(features);
  EXPECT_TRUE(std::equal(sorted.begin(), sorted.end(), expected.begin(), expected.end(), Same()))
      << features.size() << " features";
}

TEST(FeatureSetTest, OrdersAndLeavesEachHashOnceWithItsLargestValue) {
  std::vector<Feature> features = {{5, 1}, {uint64_t{1} << 63, 2}, {5, 3}, {1, 1}, {5, 2}};
  SortUnique(features);
  ASSERT_EQ(features.size(), 3u);
  EXPECT_TRUE(Same()(features[0], {1, 1}));
  EXPECT_TRUE(Same()(features[1], {5, 3}));
  EXPECT_TRUE(Same()(features[2], {uint64_t{1} << 63, 2}));
}

TEST(FeatureSetTest, IsAsPlainSortingForAnyNumberOfFeatures) {
  std::mt19937_64 random(1);
  for (size_t count = 0; count < 700; count += count < 20 ? 1 : 37) {
    std::vector<Feature> features;
    for (size_t i = 0; i < count; ++i) {
      features.push_back(
          {FeatureHash("f").Add(random() % (count + 1)).value(), static_cast<float>(random() % 3)});
    }
    ExpectRight(features);
  }
}

TEST(FeatureSetTest, SortsHashesThatAreNotSpreadEvenly) {
  std::vector<Feature> alike, same;
  for (uint64_t i = 0; i < 300; ++i) {
    alike.push_back({i * 7 % 101, static_cast<float>(i)});
    same.push_back({42, static_cast<float>(i % 50)});
  }
  ExpectRight(alike);
  ExpectRight(same);
}

}  // namespace
}  // namespace partnergraph
