// Long work that goes on after the call that started it: analyses of the whole graph. One runs at a
// time, the others wait in order; results are kept in memory for a while, and are gone after a
// restart. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/graph_store.h"
#include "graph/job_monitor.h"
#include "graph/whole_analysis.h"

namespace partnergraph {

struct OperationLimits {
  size_t waiting_max = 4;  // Operations that wait. A further one is RESOURCE_EXHAUSTED.
  size_t kept_max = 16;    // Ended operations that are remembered; the oldest go first.
  std::chrono::milliseconds kept_for{3'600'000};  // How long an ended operation is remembered.
  uint64_t results_bytes_max = 512 << 20;  // Of all results; the oldest operations go first, the
                                           // newest stays whatever it takes.
  uint64_t analysis_bytes_max = 1 << 30;   // What an analysis may take while it runs.
};

enum class OperationState : uint8_t { kWaiting, kRunning, kSucceeded, kFailed, kCancelled };

// What is known of an operation at one moment.
struct Operation {
  std::string id;
  AnalysisKind kind{};
  OperationState state{};
  JobPhase phase{};
  double progress = 0;  // In [0, 1], of the whole operation; a guess where the work is not known.
  std::chrono::system_clock::time_point created, ended;  // `ended` only when it has.
  absl::Status error;                                    // Of a failed one.
  Sequence sequence{};                           // The state that was read; set when it runs.
  std::shared_ptr<const AnalysisResult> result;  // Of one that succeeded.
};

class OperationRegistry {
 public:
  // `graph` must outlive the registry.
  OperationRegistry(GraphStore& graph, const OperationLimits& limits);
  // As Stop.
  ~OperationRegistry();
  OperationRegistry(const OperationRegistry&) = delete;
  OperationRegistry& operator=(const OperationRegistry&) = delete;

  // Begins an analysis of the state that is the newest when its turn comes. RESOURCE_EXHAUSTED when
  // too many wait; UNAVAILABLE after Stop.
  absl::StatusOr<Operation> Start(const AnalysisQuery& query);

  // NOT_FOUND for an id that was never given out, or whose operation is forgotten.
  absl::StatusOr<Operation> Get(std::string_view id);
  // All that are known, the newest first.
  std::vector<Operation> List();
  // Tells an operation to end; it does so soon after. Without effect on one that has ended.
  // NOT_FOUND as Get.
  absl::StatusOr<Operation> Cancel(std::string_view id);

  // Cancels everything and waits until nothing runs. Idempotent.
  void Stop();

 private:
  struct Entry {
    Operation operation;
    AnalysisQuery query;
    JobMonitor monitor;
    std::chrono::steady_clock::time_point forget_at{};
  };

  // What the thread does: one operation after the other, and forgetting.
  void Run();
  absl::StatusOr<std::unique_ptr<AnalysisResult>> Execute(Entry& entry);
  // The rest requires mutex_.
  Entry* Find(std::string_view id);
  Entry* NextWaiting();
  void End(Entry& entry, absl::StatusOr<std::unique_ptr<AnalysisResult>> result);
  void Forget();
  static Operation Snapshot(const Entry& entry);

  GraphStore& graph_;
  const OperationLimits limits_;
  const std::string prefix_;  // Of the ids of this run of the program.
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t last_number_ = 0;                    // Guarded by mutex_.
  bool stopping_ = false;                       // Guarded by mutex_.
  std::deque<std::unique_ptr<Entry>> entries_;  // By age. Guarded by mutex_.
  std::thread thread_;
};

}  // namespace partnergraph
