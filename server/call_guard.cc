#include "server/call_guard.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "server/grpc_status.h"
#include "server/logging.h"

namespace partnergraph {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kRetryDelay{200};
// Time kept back from a query's deadline for sending what it found.
constexpr std::chrono::milliseconds kSendReserveMax{200};

// True for errors that someone who runs the server should look at.
bool IsServerFault(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnavailable:
      return true;
    default:
      return false;
  }
}

steady_clock::duration TimeLeft(std::chrono::system_clock::time_point deadline,
                                steady_clock::duration cap) {
  const auto now = std::chrono::system_clock::now();
  // Compared before subtracting: "no deadline" is the largest time point.
  return deadline >= now + cap ? cap : deadline - now;
}

}  // namespace

Call::Call(CallGuard& guard, size_t method, std::string peer)
    : guard_(guard), method_(method), peer_(std::move(peer)), start_(steady_clock::now()) {}

Call::~Call() {
  Finish(absl::CancelledError("the call was dropped"));
  const auto call_class = static_cast<size_t>(MethodPolicies()[method_].call_class);
  guard_.in_flight_[call_class].fetch_sub(1);
}

std::optional<Budget::Stop> Call::ShouldStop() const {
  if (cancelled_.load(std::memory_order_relaxed)) return Budget::Stop::kCancelled;
  const auto now = steady_clock::now();
  if (now >= query_deadline_) return Budget::Stop::kDeadline;
  if (now < work_until_) return std::nullopt;
  cut_short_.store(true, std::memory_order_relaxed);
  return Budget::Stop::kCancelled;
}

bool Call::MustStopReading() const {
  if (cancelled_.load(std::memory_order_relaxed)) return true;
  const MethodPolicy& policy = MethodPolicies()[method_];
  const bool is_cut = policy.call_class == CallClass::kStream || policy.is_cut_in_time;
  const auto now = steady_clock::now();
  if (now >= work_until_) cut_short_.store(true, std::memory_order_relaxed);
  return now >= std::min(work_until_, is_cut ? deadline_ : query_deadline_);
}

absl::Status Call::StopStatus() const {
  if (steady_clock::now() >= query_deadline_) {
    return absl::DeadlineExceededError(
        absl::StrCat("the call's time was over after ", ElapsedMicros() / 1000, " ms"));
  }
  if (cancelled_.load(std::memory_order_relaxed)) {
    return absl::CancelledError("the caller cancelled the call");
  }
  return absl::OkStatus();
}

absl::Status Call::LeaveShortWork() const {
  if (work_until_ == steady_clock::time_point::max()) return absl::OkStatus();
  cut_short_.store(true, std::memory_order_relaxed);
  return absl::CancelledError("the work is not short");
}

void Call::LimitTime(steady_clock::duration time) { work_until_ = steady_clock::now() + time; }

const CallLimits& Call::limits() const { return guard_.limits(); }

uint64_t Call::ElapsedMicros() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(steady_clock::now() - start_)
      .count();
}

void Call::Finish(const absl::Status& status) {
  if (finished_.exchange(true)) return;
  guard_.Record(method_, status, ElapsedMicros(), peer_);
}

CallGuard::CallGuard(const CallLimits& limits, std::shared_ptr<spdlog::logger> logger)
    : limits_(limits), logger_(std::move(logger)), counters_(MethodPolicies().size()) {}

absl::StatusOr<std::unique_ptr<Call>> CallGuard::Admit(const MethodPolicy& policy,
                                                       const grpc::CallbackServerContext& context) {
  const size_t method = &policy - MethodPolicies().data();
  counters_[method].started.fetch_add(1, std::memory_order_relaxed);
  const auto refuse = [&](absl::Status status) {
    Record(method, status, 0, context.peer());
    return status;
  };
  if (draining()) {
    return refuse(
        WithReason(absl::UnavailableError("the server is shutting down"), "SERVER_STOPPING"));
  }
  std::atomic<int>& in_flight = in_flight_[static_cast<size_t>(policy.call_class)];
  const int in_flight_max = InFlightMax(policy.call_class);
  if (in_flight.fetch_add(1) >= in_flight_max) {
    in_flight.fetch_sub(1);
    return refuse(
        WithRetryDelay(WithReason(absl::ResourceExhaustedError(absl::StrCat(
                                      "the server has ", in_flight_max, " calls of class ",
                                      ToAbsl(CallClassName(policy.call_class)), " in flight")),
                                  "SERVER_BUSY"),
                       kRetryDelay));
  }
  // The peer's name costs a string for each call: only kept when it may be logged.
  std::unique_ptr<Call> call(new Call(
      *this, method, logger_->should_log(spdlog::level::info) ? context.peer() : std::string()));
  const auto left = TimeLeft(context.deadline(), TimeMax(policy.call_class));
  call->deadline_ = call->start_ + left;
  call->query_deadline_ =
      call->deadline_ -
      std::clamp<steady_clock::duration>(left / 10, steady_clock::duration(0), kSendReserveMax);
  if (left <= steady_clock::duration(0)) {
    absl::Status late = absl::DeadlineExceededError("the call's time was over when it arrived");
    call->Finish(late);
    return late;
  }
  return call;
}

std::vector<MethodCounts> CallGuard::Counts() const {
  std::vector<MethodCounts> all;
  for (size_t method = 0; method < counters_.size(); ++method) {
    const Counters& counters = counters_[method];
    MethodCounts counts{.method = MethodPolicies()[method].method,
                        .started = counters.started.load(),
                        .finished = counters.finished.load(),
                        .micros = counters.micros.load()};
    for (size_t code = 0; code < counts.codes.size(); ++code) {
      counts.codes[code] = counters.codes[code].load();
    }
    all.push_back(counts);
  }
  return all;
}

int CallGuard::InFlight(CallClass call_class) const {
  return in_flight_[static_cast<size_t>(call_class)].load();
}

int CallGuard::InFlightMax(CallClass call_class) const {
  switch (call_class) {
    case CallClass::kRead:
      return limits_.reads_max;
    case CallClass::kStream:
      return limits_.streams_max;
    case CallClass::kWrite:
      return limits_.writes_max;
    case CallClass::kIngestStream:
      return limits_.ingest_streams_max;
  }
  return 0;
}

std::chrono::milliseconds CallGuard::TimeMax(CallClass call_class) const {
  // A stream of articles that makes progress is not cut: its own bound is on being idle.
  if (call_class == CallClass::kIngestStream) return std::chrono::hours(24 * 365);
  return std::chrono::milliseconds(limits_.call_ms_max);
}

void CallGuard::Record(size_t method, const absl::Status& status, uint64_t micros,
                       const std::string& peer) {
  Counters& counters = counters_[method];
  counters.finished.fetch_add(1, std::memory_order_relaxed);
  counters.micros.fetch_add(micros, std::memory_order_relaxed);
  const auto code = static_cast<size_t>(status.raw_code());
  if (code < counters.codes.size()) counters.codes[code].fetch_add(1, std::memory_order_relaxed);

  const bool slow = micros >= static_cast<uint64_t>(limits_.slow_call_ms) * 1000;
  const auto level = IsServerFault(status.code()) ? spdlog::level::warn
                     : slow                       ? spdlog::level::info
                                                  : spdlog::level::debug;
  if (!logger_->should_log(level)) return;
  LogEvent(*logger_, level, "call",
           {{"method", MethodPolicies()[method].method},
            {"code", absl::StatusCodeToString(status.code())},
            {"micros", micros},
            {"peer", peer},
            {"error", ToStd(status.message())}});
}

}  // namespace partnergraph
