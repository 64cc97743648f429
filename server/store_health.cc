#include "server/store_health.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <utility>

#include "grpcpp/alarm.h"

namespace partnergraph {

struct StoreHealth::State {
  explicit State(std::function<void(bool)> on_change) : changed(std::move(on_change)) {}

  // `mutex` is held.
  void Set(bool now_writable) {
    if (writable.exchange(now_writable) != now_writable && changed) changed(now_writable);
  }

  std::atomic<bool> writable{true};  // Written with `mutex` held.
  std::mutex mutex;
  std::function<void(bool)> changed;  // Empty once stopped.
  uint64_t refusals = 0;
  std::unique_ptr<grpc::Alarm> retry;
};

StoreHealth::StoreHealth(std::function<void(bool writable)> changed,
                         std::chrono::milliseconds retry_after)
    : retry_after_(retry_after), state_(std::make_shared<State>(std::move(changed))) {}

void StoreHealth::Stop() const {
  const std::lock_guard lock(state_->mutex);
  state_->changed = nullptr;
  state_->retry = nullptr;
}

void StoreHealth::Record(const absl::Status& status) const {
  if (status.ok()) {
    if (state_->writable.load(std::memory_order_relaxed)) return;
    const std::lock_guard lock(state_->mutex);
    state_->Set(true);
    return;
  }
  if (!absl::IsUnavailable(status) && !absl::IsDataLoss(status)) return;
  const std::lock_guard lock(state_->mutex);
  state_->Set(false);
  const uint64_t refusal = ++state_->refusals;
  state_->retry = std::make_unique<grpc::Alarm>();
  state_->retry->Set(std::chrono::system_clock::now() + retry_after_,
                     [state = state_, refusal](bool due) {
                       const std::lock_guard lock(state->mutex);
                       if (due && state->refusals == refusal) state->Set(true);
                     });
}

}  // namespace partnergraph
