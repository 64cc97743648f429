#include "ingest/bench/timed_run.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <memory>
#include <thread>
#include <vector>

#include "absl/time/clock.h"

namespace partnergraph::bench {

void LatencyCounts::Record(absl::Duration latency) {
  const auto nanos = static_cast<uint64_t>(std::max<int64_t>(0, absl::ToInt64Nanoseconds(latency)));
  // Octave 0 holds [0, 64) in steps of 1; octave n >= 1 holds [64 << (n - 1), 64 << n).
  uint64_t index = nanos;
  if (nanos >= kStepsPerOctave) {
    const auto octave =
        static_cast<uint64_t>(std::bit_width(nanos) - std::bit_width(kStepsPerOctave)) + 1;
    const uint64_t base = kStepsPerOctave << (octave - 1);
    index = octave * kStepsPerOctave + ((nanos - base) * kStepsPerOctave) / base;
  }
  ++buckets_[std::min<uint64_t>(index, buckets_.size() - 1)];
  ++count_;
  nanos_ += static_cast<double>(nanos);
}

void LatencyCounts::Merge(const LatencyCounts& other) {
  for (size_t i = 0; i < buckets_.size(); ++i) buckets_[i] += other.buckets_[i];
  count_ += other.count_;
  nanos_ += other.nanos_;
}

double LatencyCounts::PercentileMicros(double fraction) const {
  const auto wanted = static_cast<uint64_t>(std::ceil(fraction * static_cast<double>(count_)));
  uint64_t seen = 0;
  for (size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen < wanted || seen == 0) continue;
    if (i < kStepsPerOctave) return static_cast<double>(i) / 1000;
    const double base = std::ldexp(kStepsPerOctave, static_cast<int>(i / kStepsPerOctave) - 1);
    return (base + base * static_cast<double>(i % kStepsPerOctave) / kStepsPerOctave) / 1000;
  }
  return 0;
}

double LatencyCounts::MeanMicros() const {
  return count_ == 0 ? 0 : nanos_ / 1000 / static_cast<double>(count_);
}

double RunResult::Rate() const {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  return seconds > 0 ? static_cast<double>(count()) / seconds : 0;
}

RunResult RunTimed(const GraphWorkload& workload, int threads, absl::Duration duration,
                   bool every_line, const std::atomic<bool>& interrupted) {
  const absl::Time start = absl::Now();
  const auto work = [&](int thread, RunResult& result) {
    const auto step = static_cast<uint64_t>(threads);
    // Of the line, in the order of the file; a thread asks those that are its own.
    for (auto next = static_cast<uint64_t>(thread); !interrupted; next += step) {
      const absl::Time asked = absl::Now();
      const bool all_asked = next >= workload.lines || !every_line;
      if (all_asked && asked - start >= duration) return;
      absl::StatusOr<Answer> answer = workload.ask(next % workload.lines);
      const absl::Duration latency = absl::Now() - asked;
      if (!answer.ok()) {
        if (interrupted) return;
        answer = Answer{.wrong = std::string(answer.status().message())};
      }
      (answer->is_write ? result.writes : result.reads).Record(latency);
      if (!answer->wrong.empty() && ++result.bad == 1) result.first_wrong = answer->wrong;
    }
  };
  std::vector<std::unique_ptr<RunResult>> results;
  results.reserve(static_cast<size_t>(threads));
  std::vector<std::thread> others;
  for (int i = 0; i < threads; ++i) results.push_back(std::make_unique<RunResult>());
  for (int i = 1; i < threads; ++i) others.emplace_back(work, i, std::ref(*results[i]));
  work(0, *results[0]);
  for (std::thread& other : others) other.join();
  RunResult total;
  total.elapsed = absl::Now() - start;
  for (const auto& result : results) {
    total.reads.Merge(result->reads);
    total.writes.Merge(result->writes);
    total.bad += result->bad;
    if (total.first_wrong.empty()) total.first_wrong = result->first_wrong;
  }
  return total;
}

}  // namespace partnergraph::bench
