#include "graph/stoppable_sort.h"

#include <algorithm>
#include <functional>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

TEST(StoppableSortTest, SortsAsStdSortDoes) {
  std::mt19937 random(3);
  for (const size_t size : {0, 1, 2, 255, 256, 257, 511, 513, 1024, 5000, 70'001}) {
    std::vector<uint32_t> values(size);
    for (uint32_t& value : values) value = random() % 1000;
    std::vector<uint32_t> want = values;
    std::ranges::sort(want, std::greater<>());
    ASSERT_THAT(StoppableSort(values, std::greater<uint32_t>(), [] { return absl::OkStatus(); }),
                IsOk());
    EXPECT_EQ(values, want) << size;
  }
}

TEST(StoppableSortTest, EndsAtTheFirstError) {
  std::vector<uint32_t> values(100'000);
  for (uint32_t i = 0; i < values.size(); ++i) values[i] = i * 7919 % 100'003;
  for (const uint64_t last : {1, 1000, 150'000, 800'000}) {
    std::vector<uint32_t> copy = values;
    uint64_t steps = 0;
    EXPECT_THAT(StoppableSort(copy, std::less<uint32_t>(),
                              [&]() -> absl::Status {
                                return ++steps == last ? absl::CancelledError("cancelled")
                                                       : absl::OkStatus();
                              }),
                StatusIs(absl::StatusCode::kCancelled, testing::_));
    EXPECT_EQ(steps, last);
  }
}

}  // namespace
}  // namespace partnergraph
