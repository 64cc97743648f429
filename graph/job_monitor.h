// What a long job tells of itself, and how it is told to end. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/status/status.h"

namespace partnergraph {

// What a job is at.
enum class JobPhase : uint8_t { kWaiting, kReading, kComputing, kSorting };

class JobMonitor {
 public:
  virtual ~JobMonitor() = default;

  // The job ends with CANCELLED at its next Check.
  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }
  // To be asked at least every few hundred steps. Virtual, so that a test can tell how often it is.
  virtual absl::Status Check() const {
    return cancelled() ? absl::CancelledError("the operation was cancelled") : absl::OkStatus();
  }

  // Notes that a part of a phase is done; `fraction` is in [0, 1].
  void Set(JobPhase phase, double fraction) {
    phase_.store(phase, std::memory_order_relaxed);
    fraction_.store(fraction, std::memory_order_relaxed);
  }
  JobPhase phase() const { return phase_.load(std::memory_order_relaxed); }
  double fraction() const { return fraction_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> cancelled_{false};
  std::atomic<JobPhase> phase_{JobPhase::kWaiting};
  std::atomic<double> fraction_{0};
};

// Asks a monitor every few hundred steps, so that a step may be some nanoseconds of work. Not
// thread-safe; the monitor must outlive it.
class JobSteps {
 public:
  static constexpr uint64_t kInterval = 256;

  explicit JobSteps(const JobMonitor& monitor) : monitor_(monitor) {}
  absl::Status Step() { return ++steps_ % kInterval == 0 ? monitor_.Check() : absl::OkStatus(); }

 private:
  const JobMonitor& monitor_;
  uint64_t steps_ = 0;
};

}  // namespace partnergraph
