// Runs a workload on some threads for some time and measures it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "ingest/bench/graph_workload.h"

namespace partnergraph::bench {

// Counts latencies in buckets of about 1.5 % width, from 1 ns to over an hour. Not thread-safe.
class LatencyCounts {
 public:
  void Record(absl::Duration latency);
  void Merge(const LatencyCounts& other);
  uint64_t count() const { return count_; }

  // The latency in microseconds that `fraction` of the questions did not exceed; 0 without any.
  double PercentileMicros(double fraction) const;
  double MeanMicros() const;

 private:
  // 64 buckets to each power of two, and one nanosecond apart below 64.
  static constexpr uint64_t kStepsPerOctave = 64;
  static constexpr uint64_t kOctaves = 38;
  std::array<uint64_t, kStepsPerOctave * kOctaves> buckets_{};
  uint64_t count_ = 0;
  double nanos_ = 0;  // Of all.
};

struct RunResult {
  LatencyCounts reads, writes;  // Of every answer, also the wrong ones.
  uint64_t bad = 0;             // Answers that are wrong, and errors.
  std::string first_wrong;      // "" when there is none.
  absl::Duration elapsed;

  uint64_t count() const { return reads.count() + writes.count(); }
  double Rate() const;  // Answers per second.
};

// Asks the workload's lines in turn, each thread (1 to 256) its share of them, for `duration`, and
// longer when `every_line` and some were not asked by then. Ends early when `interrupted`.
RunResult RunTimed(const GraphWorkload& workload, int threads, absl::Duration duration,
                   bool every_line, const std::atomic<bool>& interrupted);

}  // namespace partnergraph::bench
