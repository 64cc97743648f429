// The one guard that every RPC of ours passes: admission, deadline, cancellation, counts, times and
// the access log. GuardedService is the only way in, so no handler can go around it.
//
// Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/query.h"
#include "grpcpp/server_context.h"
#include "server/config.h"
#include "server/method_policy.h"

namespace spdlog {
class logger;
}

namespace partnergraph {

// What happened to the calls of one method since the start.
struct MethodCounts {
  std::string_view method;
  uint64_t started = 0;              // Refused ones included.
  uint64_t finished = 0;             // The difference is in flight.
  uint64_t micros = 0;               // Sum over finished calls.
  std::array<uint64_t, 17> codes{};  // Finished calls by status code.
};

class CallGuard;

// How long a call may stay on the thread that brought it, where its policy says so.
inline constexpr std::chrono::microseconds kInlineFirstMax{500};

// One admitted call. Destroyed when the call is over; frees its place. Thread-safe.
class Call {
 public:
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Why work for this call must stop now, or nullopt. Cheap: meant to be asked every few hundred
  // steps.
  std::optional<Budget::Stop> ShouldStop() const;
  // Whether reads must end now, with whatever error: as ShouldStop, save that an answer that its
  // time cuts (see MethodPolicy) may read on until its deadline, because its query stops by
  // ShouldStop and says what it has.
  bool MustStopReading() const;
  // OK, CANCELLED or DEADLINE_EXCEEDED, by ShouldStop.
  absl::Status StopStatus() const;

  // Until LiftTimeLimit the call is to stop after `time`, as if it had been cancelled: then
  // WasCutShort says so. For one thread, before work begins and after it has ended.
  void LimitTime(std::chrono::steady_clock::duration time);
  void LiftTimeLimit() { work_until_ = std::chrono::steady_clock::time_point::max(); }
  // For work that is not short: CANCELLED while the time is limited, so that it begins again where
  // it may take its time.
  absl::Status LeaveShortWork() const;
  bool WasCutShort() const { return cut_short_.load(std::memory_order_relaxed); }

  // Notes that the peer has gone or gave up.
  void Cancel() { cancelled_.store(true, std::memory_order_relaxed); }

  // Until when the call may run: the caller's deadline or the server's cap, the earlier.
  std::chrono::steady_clock::time_point deadline() const { return deadline_; }
  // When a query must come to its end, so that a cut answer still reaches the caller.
  std::chrono::steady_clock::time_point query_deadline() const { return query_deadline_; }

  const CallLimits& limits() const;

  // Microseconds since the call was admitted.
  uint64_t ElapsedMicros() const;

  // Records how the call ended: counts, access log. The first call counts. A call that is destroyed
  // without it is recorded as CANCELLED.
  void Finish(const absl::Status& status);

 private:
  friend class CallGuard;
  Call(CallGuard& guard, size_t method, std::string peer);

  CallGuard& guard_;
  const size_t method_;  // Index into MethodPolicies().
  const std::string peer_;
  const std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point deadline_;
  std::chrono::steady_clock::time_point query_deadline_;
  std::chrono::steady_clock::time_point work_until_ = std::chrono::steady_clock::time_point::max();
  mutable std::atomic<bool> cut_short_{false};
  std::atomic<bool> cancelled_{false};
  std::atomic<bool> finished_{false};
};

class CallGuard {
 public:
  // `logger` gets one line for each call: debug when it went well or the caller was at fault,
  // warning when the server was, info when it was slower than limits.slow_call_ms.
  CallGuard(const CallLimits& limits, std::shared_ptr<spdlog::logger> logger);

  // Takes a place for a call. RESOURCE_EXHAUSTED with RetryInfo when its class is full, UNAVAILABLE
  // once Drain was called, DEADLINE_EXCEEDED when its time is over already. Refusals are counted
  // and logged. `policy` is a row of MethodPolicies().
  absl::StatusOr<std::unique_ptr<Call>> Admit(const MethodPolicy& policy,
                                              const grpc::CallbackServerContext& context);

  // Refuses calls from now on. Those in flight go on.
  void Drain() { draining_.store(true); }
  bool draining() const { return draining_.load(std::memory_order_relaxed); }

  std::vector<MethodCounts> Counts() const;
  // Calls of a class that hold a place now.
  int InFlight(CallClass call_class) const;
  const CallLimits& limits() const { return limits_; }

 private:
  friend class Call;
  struct Counters {
    std::atomic<uint64_t> started{0}, finished{0}, micros{0};
    std::array<std::atomic<uint64_t>, 17> codes{};
  };

  int InFlightMax(CallClass call_class) const;
  std::chrono::milliseconds TimeMax(CallClass call_class) const;
  void Record(size_t method, const absl::Status& status, uint64_t micros, const std::string& peer);

  const CallLimits limits_;
  const std::shared_ptr<spdlog::logger> logger_;
  std::atomic<bool> draining_{false};
  std::array<std::atomic<int>, kCallClassCount> in_flight_{};
  std::vector<Counters> counters_;  // In the order of MethodPolicies().
};

}  // namespace partnergraph
