// Counts latencies in buckets of about 1.5 % width, from 1 us to over an hour. Not thread-safe.
#pragma once

#include <array>
#include <cstdint>

#include "absl/time/time.h"

namespace partnergraph::load {

class LatencyHistogram {
 public:
  void Record(absl::Duration latency);
  void Merge(const LatencyHistogram& other);
  uint64_t count() const { return count_; }

  // The latency in microseconds that `fraction` of the calls did not exceed; 0 without calls.
  double PercentileMicros(double fraction) const;

 private:
  // 64 buckets to each power of two, and one microsecond apart below 64.
  static constexpr int kStepsPerOctave = 64;
  static constexpr int kOctaves = 27;
  std::array<uint64_t, kStepsPerOctave * kOctaves> buckets_{};
  uint64_t count_ = 0;
};

}  // namespace partnergraph::load
