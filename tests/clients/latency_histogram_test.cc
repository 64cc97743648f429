#include "clients/bench/latency_histogram.h"

#include "gtest/gtest.h"

namespace partnergraph::load {
namespace {

TEST(LatencyHistogramTest, EmptyHasNoPercentile) {
  EXPECT_EQ(LatencyHistogram().PercentileMicros(0.5), 0);
}

TEST(LatencyHistogramTest, PercentilesAreWithinTwoPercent) {
  LatencyHistogram histogram;
  for (int i = 1; i <= 100'000; ++i) {
    histogram.Record(absl::Microseconds(i));
  }
  EXPECT_EQ(histogram.count(), 100'000);
  EXPECT_NEAR(histogram.PercentileMicros(0.5), 50'000, 1'000);
  EXPECT_NEAR(histogram.PercentileMicros(0.99), 99'000, 2'000);
  EXPECT_NEAR(histogram.PercentileMicros(1), 100'000, 2'000);
}

TEST(LatencyHistogramTest, ShortTimesAreExact) {
  LatencyHistogram histogram;
  for (const int micros : {3, 63, 64}) {
    histogram.Record(absl::Microseconds(micros));
  }
  EXPECT_EQ(histogram.PercentileMicros(0.3), 3);
  EXPECT_EQ(histogram.PercentileMicros(0.6), 63);
  EXPECT_EQ(histogram.PercentileMicros(1), 64);
}

TEST(LatencyHistogramTest, OutOfRangeTimesAreKept) {
  LatencyHistogram histogram;
  histogram.Record(absl::Hours(24));
  histogram.Record(absl::Seconds(-1));
  EXPECT_EQ(histogram.count(), 2);
  EXPECT_EQ(histogram.PercentileMicros(0.5), 0);
  EXPECT_GT(histogram.PercentileMicros(1), absl::ToDoubleMicroseconds(absl::Hours(1)));
}

TEST(LatencyHistogramTest, MergeAddsCounts) {
  LatencyHistogram a;
  LatencyHistogram b;
  a.Record(absl::Microseconds(10));
  b.Record(absl::Microseconds(20));
  a.Merge(b);
  EXPECT_EQ(a.count(), 2);
  EXPECT_EQ(a.PercentileMicros(1), 20);
}

}  // namespace
}  // namespace partnergraph::load
