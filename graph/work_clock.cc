#include "graph/work_clock.h"

#include "absl/status/statusor.h"

namespace partnergraph {

absl::Status WorkClock::Ask() const {
  const absl::StatusOr<bool> late = expander_.DeadlinePassed();
  if (!late.ok()) return late.status();
  return *late ? absl::DeadlineExceededError("deadline exceeded") : absl::OkStatus();
}

}  // namespace partnergraph
