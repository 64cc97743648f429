#include "clients/bench/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace partnergraph::load {

void LatencyHistogram::Record(absl::Duration latency) {
  const auto micros =
      static_cast<uint64_t>(std::max<int64_t>(0, absl::ToInt64Microseconds(latency)));
  // Octave 0 holds [0, 64) in steps of 1; octave n >= 1 holds [64 << (n - 1), 64 << n).
  size_t index = micros;
  if (micros >= kStepsPerOctave) {
    const int octave = std::bit_width(micros) - std::bit_width(uint64_t{kStepsPerOctave}) + 1;
    const uint64_t base = uint64_t{kStepsPerOctave} << (octave - 1);
    index =
        static_cast<size_t>(octave) * kStepsPerOctave + ((micros - base) * kStepsPerOctave) / base;
  }
  ++buckets_[std::min(index, buckets_.size() - 1)];
  ++count_;
}

void LatencyHistogram::Merge(const LatencyHistogram& other) {
  for (size_t i = 0; i < buckets_.size(); ++i) {
    buckets_[i] += other.buckets_[i];
  }
  count_ += other.count_;
}

double LatencyHistogram::PercentileMicros(double fraction) const {
  const auto wanted = static_cast<uint64_t>(std::ceil(fraction * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= wanted && seen > 0) {
      if (i < kStepsPerOctave) {
        return static_cast<double>(i);
      }
      const double base = std::ldexp(kStepsPerOctave, static_cast<int>(i / kStepsPerOctave) - 1);
      return base + base * static_cast<double>(i % kStepsPerOctave) / kStepsPerOctave;
    }
  }
  return 0;
}

}  // namespace partnergraph::load
