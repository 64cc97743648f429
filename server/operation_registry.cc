#include "server/operation_registry.h"

#include <algorithm>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

using std::chrono::steady_clock;
using std::chrono::system_clock;

// Tells ids of one run from those of another.
std::string MakePrefix() {
  std::random_device device;
  return absl::StrCat(absl::Hex(device(), absl::kZeroPad8), "-");
}

bool HasEnded(OperationState state) {
  return state != OperationState::kWaiting && state != OperationState::kRunning;
}

// Reading takes about as long as the rest.
double ProgressOf(JobPhase phase, double fraction) {
  switch (phase) {
    case JobPhase::kWaiting:
      return 0;
    case JobPhase::kReading:
      return 0.5 * fraction;
    case JobPhase::kComputing:
      return 0.5 + 0.4 * fraction;
    case JobPhase::kSorting:
      return 0.9 + 0.1 * fraction;
  }
  return 0;
}

}  // namespace

OperationRegistry::OperationRegistry(GraphStore& graph, const OperationLimits& limits)
    : graph_(graph), limits_(limits), prefix_(MakePrefix()), thread_([this] { Run(); }) {}

OperationRegistry::~OperationRegistry() { Stop(); }

void OperationRegistry::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const auto& entry : entries_) entry->monitor.Cancel();
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

absl::StatusOr<Operation> OperationRegistry::Start(const AnalysisQuery& query) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return absl::UnavailableError("the server is stopping");
  Forget();
  const auto waiting = static_cast<size_t>(std::ranges::count_if(entries_, [](const auto& entry) {
    return entry->operation.state == OperationState::kWaiting;
  }));
  if (waiting >= limits_.waiting_max) {
    return absl::ResourceExhaustedError(
        absl::StrCat(waiting, " operations wait already, which is the most"));
  }
  auto entry = std::make_unique<Entry>();
  entry->query = query;
  entry->operation.id = absl::StrCat(prefix_, ++last_number_);
  entry->operation.kind = query.kind;
  entry->operation.created = system_clock::now();
  entries_.push_back(std::move(entry));
  changed_.notify_all();
  return Snapshot(*entries_.back());
}

absl::StatusOr<Operation> OperationRegistry::Get(std::string_view id) {
  const std::lock_guard lock(mutex_);
  Forget();
  const Entry* entry = Find(id);
  if (entry == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("there is no operation ", Quoted(id),
                     ": results are kept for a while only, and not over a restart"));
  }
  return Snapshot(*entry);
}

std::vector<Operation> OperationRegistry::List() {
  const std::lock_guard lock(mutex_);
  Forget();
  std::vector<Operation> operations;
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    operations.push_back(Snapshot(**entry));
  }
  return operations;
}

absl::StatusOr<Operation> OperationRegistry::Cancel(std::string_view id) {
  {
    const std::lock_guard lock(mutex_);
    if (Entry* entry = Find(id); entry != nullptr) {
      entry->monitor.Cancel();
      if (entry->operation.state == OperationState::kWaiting) {
        End(*entry, absl::CancelledError("the operation was cancelled"));
      }
    }
  }
  return Get(id);
}

OperationRegistry::Entry* OperationRegistry::Find(std::string_view id) {
  const auto found =
      std::ranges::find_if(entries_, [&](const auto& entry) { return entry->operation.id == id; });
  return found == entries_.end() ? nullptr : found->get();
}

OperationRegistry::Entry* OperationRegistry::NextWaiting() {
  const auto found = std::ranges::find_if(entries_, [](const auto& entry) {
    return entry->operation.state == OperationState::kWaiting;
  });
  return found == entries_.end() ? nullptr : found->get();
}

Operation OperationRegistry::Snapshot(const Entry& entry) {
  Operation operation = entry.operation;
  operation.phase = entry.monitor.phase();
  operation.progress = operation.state == OperationState::kSucceeded
                           ? 1
                           : ProgressOf(operation.phase, entry.monitor.fraction());
  return operation;
}

void OperationRegistry::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    Entry* entry = NextWaiting();
    if (entry == nullptr) {
      Forget();
      changed_.wait_for(lock, limits_.kept_for);
      continue;
    }
    entry->operation.state = OperationState::kRunning;
    // Only this thread changes the list's running entry, and Forget leaves it alone.
    lock.unlock();
    absl::StatusOr<std::unique_ptr<AnalysisResult>> result = Execute(*entry);
    lock.lock();
    End(*entry, std::move(result));
    Forget();
  }
  for (const auto& entry : entries_) {
    if (!HasEnded(entry->operation.state)) {
      End(*entry, absl::CancelledError("the server is stopping"));
    }
  }
}

absl::StatusOr<std::unique_ptr<AnalysisResult>> OperationRegistry::Execute(Entry& entry) {
  JobMonitor& monitor = entry.monitor;
  PG_RETURN_IF_ERROR(monitor.Check());
  KvReadOptions options;
  options.cancelled = [&monitor] { return monitor.cancelled(); };
  PG_ASSIGN_OR_RETURN(std::unique_ptr<GraphView> view, graph_.View(std::move(options)));
  {
    const std::lock_guard lock(mutex_);
    entry.operation.sequence = view->sequence();
  }
  std::unique_ptr<WholeGraph> whole = view->Whole();
  view = nullptr;
  PG_ASSIGN_OR_RETURN(AnalysisInput input,
                      ReadForAnalysis(*whole, entry.query, limits_.analysis_bytes_max, monitor));
  whole = nullptr;  // Lets go of the state that was read.
  return Analyze(std::move(input), entry.query, monitor);
}

void OperationRegistry::End(Entry& entry, absl::StatusOr<std::unique_ptr<AnalysisResult>> result) {
  entry.operation.ended = system_clock::now();
  entry.forget_at = steady_clock::now() + limits_.kept_for;
  if (result.ok()) {
    entry.operation.state = OperationState::kSucceeded;
    entry.operation.result = *std::move(result);
  } else if (entry.monitor.cancelled()) {
    entry.operation.state = OperationState::kCancelled;
  } else {
    entry.operation.state = OperationState::kFailed;
    entry.operation.error = result.status();
  }
}

void OperationRegistry::Forget() {
  const steady_clock::time_point now = steady_clock::now();
  std::erase_if(entries_, [&](const auto& entry) {
    return HasEnded(entry->operation.state) && entry->forget_at <= now;
  });
  // From the newest on: what there is no room for goes, and everything older.
  size_t kept = 0;
  uint64_t bytes = 0;
  bool full = false;
  for (size_t i = entries_.size(); i-- > 0;) {
    const Operation& operation = entries_[i]->operation;
    if (!HasEnded(operation.state)) continue;
    ++kept;
    bytes += operation.result == nullptr ? 0 : operation.result->Bytes();
    full = full || kept > limits_.kept_max || (kept > 1 && bytes > limits_.results_bytes_max);
    if (full) entries_.erase(entries_.begin() + static_cast<ptrdiff_t>(i));
  }
}

}  // namespace partnergraph
