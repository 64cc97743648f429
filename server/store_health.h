// Whether the store takes writes, by what the last write said. Thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "absl/status/status.h"

namespace partnergraph {

class StoreHealth {
 public:
  // `changed` is called with false when a write is refused because of the store; with true when one
  // succeeds after that, and when `retry_after` has passed without a refusal: who looks at health
  // sends no writes, so that somebody must try the next one. One call at a time.
  StoreHealth(std::function<void(bool writable)> changed, std::chrono::milliseconds retry_after);
  ~StoreHealth() { Stop(); }
  StoreHealth(const StoreHealth&) = delete;
  StoreHealth& operator=(const StoreHealth&) = delete;

  // Notes how a write ended. Errors of the caller say nothing about the store.
  void Record(const absl::Status& status) const;

  // After it `changed` is not called any more. Idempotent.
  void Stop() const;

 private:
  struct State;
  const std::chrono::milliseconds retry_after_;
  const std::shared_ptr<State> state_;  // Shared with timers that are being cancelled.
};

}  // namespace partnergraph
