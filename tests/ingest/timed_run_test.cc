#include "ingest/bench/timed_run.h"

#include <atomic>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnergraph::bench {
namespace {

TEST(LatencyCountsTest, PercentilesAreWithinTwoPercent) {
  LatencyCounts counts;
  EXPECT_EQ(counts.PercentileMicros(0.5), 0);
  for (int i = 1; i <= 1000; ++i) counts.Record(absl::Nanoseconds(100 * i));
  EXPECT_EQ(counts.count(), 1000u);
  EXPECT_NEAR(counts.PercentileMicros(0.5), 50, 1);
  EXPECT_NEAR(counts.PercentileMicros(0.99), 99, 2);
  EXPECT_NEAR(counts.MeanMicros(), 50.05, 0.01);
  LatencyCounts other;
  other.Record(absl::Hours(1));
  other.Record(absl::Nanoseconds(7));
  counts.Merge(other);
  EXPECT_EQ(counts.count(), 1002u);
  EXPECT_NEAR(counts.PercentileMicros(1), 3.6e9, 0.07e9);
  EXPECT_EQ(counts.PercentileMicros(0.0001), 0.007);
}

// Counts how often each of 50 lines was asked; line 13 has a wrong answer, line 14 an error, line
// 15 is a write.
struct FakeWorkload {
  std::vector<std::atomic<int>> asked = std::vector<std::atomic<int>>(50);
  GraphWorkload workload{
      .name = "W0", .lines = 50, .ask = [this](uint64_t line) -> absl::StatusOr<Answer> {
        ++asked[line];
        if (line == 13) return Answer{.wrong = "13 is wrong"};
        if (line == 14) return absl::DataLossError("14 is gone");
        return Answer{.is_write = line == 15};
      }};
};

TEST(TimedRunTest, AsksEveryLineWhateverTheTime) {
  for (const int threads : {1, 3}) {
    FakeWorkload fake;
    const std::atomic<bool> interrupted = false;
    const RunResult result =
        RunTimed(fake.workload, threads, absl::ZeroDuration(), true, interrupted);
    for (const std::atomic<int>& count : fake.asked) EXPECT_EQ(count, 1);
    EXPECT_EQ(result.count(), 50u);
    EXPECT_EQ(result.writes.count(), 1u);
    EXPECT_EQ(result.bad, 2u);
    EXPECT_THAT(result.first_wrong, testing::AnyOf("13 is wrong", "14 is gone"));
    EXPECT_GT(result.Rate(), 0);
  }
}

TEST(TimedRunTest, GoesOnForTheTimeAndEndsWhenInterrupted) {
  FakeWorkload fake;
  std::atomic<bool> interrupted = false;
  const RunResult result =
      RunTimed(fake.workload, 2, absl::Milliseconds(50), /*every_line=*/false, interrupted);
  EXPECT_GE(result.elapsed, absl::Milliseconds(50));
  EXPECT_GT(fake.asked[0], 1);
  interrupted = true;
  EXPECT_EQ(RunTimed(fake.workload, 2, absl::Hours(1), true, interrupted).count(), 0u);
}

}  // namespace
}  // namespace partnergraph::bench
