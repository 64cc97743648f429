#include "clients/bench/load_runner.h"

#include <algorithm>
#include <random>

#include "absl/synchronization/blocking_counter.h"
#include "absl/time/clock.h"

namespace partnergraph::load {
namespace {

// One call after the other. Touched by one thread at a time.
class Slot {
 public:
  Slot(std::unique_ptr<Call> call, uint64_t seed, absl::Time end, absl::Duration timeout,
       absl::BlockingCounter& running)
      : call_(std::move(call)), random_(seed), end_(end), timeout_(timeout), running_(running) {}

  void Next() {
    started_ = absl::Now();
    call_->Start(random_(), started_ + timeout_,
                 [this](const grpc::Status& status) { OnDone(status); });
  }

  const LatencyHistogram& reads() const { return reads_; }
  const LatencyHistogram& writes() const { return writes_; }
  uint64_t errors() const { return errors_; }
  const grpc::Status& first_error() const { return first_error_; }

 private:
  void OnDone(const grpc::Status& status) {
    const absl::Time now = absl::Now();
    if (status.ok()) {
      (call_->writes() ? writes_ : reads_).Record(now - started_);
    } else if (++errors_ == 1) {
      first_error_ = status;
    }
    if (now < end_) {
      Next();
    } else {
      running_.DecrementCount();
    }
  }

  std::unique_ptr<Call> call_;
  std::mt19937_64 random_;
  absl::Time end_;
  absl::Duration timeout_;
  absl::BlockingCounter& running_;
  absl::Time started_;
  LatencyHistogram reads_, writes_;
  uint64_t errors_ = 0;
  grpc::Status first_error_;
};

}  // namespace

void LoadResult::Merge(const LoadResult& other) {
  reads.Merge(other.reads);
  writes.Merge(other.writes);
  errors += other.errors;
  if (first_error.ok()) {
    first_error = other.first_error;
  }
  elapsed += other.elapsed;
}

LatencyHistogram LoadResult::Latencies() const {
  LatencyHistogram all = reads;
  all.Merge(writes);
  return all;
}

double LoadResult::Rate() const {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  return seconds > 0 ? static_cast<double>(reads.count() + writes.count()) / seconds : 0;
}

LoadResult RunLoad(const Workload& workload,
                   const std::vector<std::shared_ptr<grpc::Channel>>& channels, int outstanding,
                   absl::Duration duration, absl::Duration timeout, uint64_t seed) {
  outstanding = std::min(outstanding, workload.outstanding_max());
  absl::BlockingCounter running(outstanding);
  const absl::Time start = absl::Now();
  std::vector<std::unique_ptr<Slot>> slots;
  slots.reserve(static_cast<size_t>(outstanding));
  for (int i = 0; i < outstanding; ++i) {
    slots.push_back(std::make_unique<Slot>(workload.NewCall(channels[i % channels.size()]),
                                           seed + static_cast<uint64_t>(i), start + duration,
                                           timeout, running));
  }
  for (const auto& slot : slots) {
    slot->Next();
  }
  running.Wait();
  LoadResult result;
  result.elapsed = absl::Now() - start;
  for (const auto& slot : slots) {
    result.reads.Merge(slot->reads());
    result.writes.Merge(slot->writes());
    result.errors += slot->errors();
    if (result.first_error.ok()) {
      result.first_error = slot->first_error();
    }
  }
  return result;
}

}  // namespace partnergraph::load
