// Lets long work in memory be ended within some hundred steps. Not thread-safe.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "graph/hop.h"

namespace partnergraph {

class WorkClock {
 public:
  // Steps between two questions whether to stop.
  static constexpr uint64_t kInterval = 256;

  // `expander` must outlive the clock.
  explicit WorkClock(const HopExpander& expander) : expander_(expander) {}
  // Counts one step: some nanoseconds of work. Asks every kInterval steps: DEADLINE_EXCEEDED,
  // CANCELLED.
  absl::Status Step() { return ++steps_ % kInterval == 0 ? Ask() : absl::OkStatus(); }
  // The same for the end of a query, which makes an answer of what was read: CANCELLED only.
  absl::Status StepOn() {
    const absl::Status status = Step();
    return absl::IsDeadlineExceeded(status) ? absl::OkStatus() : status;
  }
  uint64_t steps() const { return steps_; }

 private:
  absl::Status Ask() const;

  const HopExpander& expander_;
  uint64_t steps_ = 0;
};

}  // namespace partnergraph
