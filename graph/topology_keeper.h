// Keeps the topology of a store in step with it: opens the file of the last checkpoint and replays
// what was written since, or reads the whole graph; takes every commit in; merges the overlay into
// a new base in the background and keeps that as the next checkpoint. Readers get a state together
// with the snapshot that it is of, and never wait for any of this.
//
// The topology is never needed: while there is none (it is being read, the graph does not fit the
// memory it was given, or its file is damaged), readers get a null topology and read the store.
//
// Thread-safe, save that Apply is called by one writer at a time, in ascending sequence.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "graph/kv_store.h"
#include "graph/topology.h"
#include "graph/topology_builder.h"

namespace partnergraph {

class RecordReader;
struct TopologySize;

struct TopologyOptions {
  // Bytes that the topology may take. 0: none is kept.
  uint64_t bytes_max = 0;
  // Where its file is kept; must exist. Empty: nowhere, it is read again at each start.
  std::string directory;
  // Rows that the overlay holds before it is merged: at least so many, and at least the base's
  // rows divided by kMergeDivisor.
  uint64_t merge_rows_min = 1 << 17;
  // Graphs of at most so many rows are read while the store opens, larger ones in the background.
  uint64_t read_at_open_rows_max = 4'000'000;
  // Files of at most so many bytes are verified while the store opens, larger ones in the
  // background: until then readers read the store.
  uint64_t verify_at_open_bytes_max = 256 << 20;
};
inline constexpr uint64_t kMergeDivisor = 16;
// Commits that are replayed at a start; when the file is older, the graph is read.
inline constexpr uint64_t kReplayCommitsMax = 100'000;
// Writes that are kept for a topology that is being made. When more come it is not taken.
inline constexpr uint64_t kPendingWritesMax = 4'000'000;

inline constexpr std::string_view kTopologyFileName = "topology.rows";

// One state of the store, for readers.
struct ReadState {
  std::shared_ptr<const KvSnapshot> snapshot;
  std::shared_ptr<const Topology> topology;  // May be null.
  Sequence sequence{};
};

struct TopologyReport {
  bool present = false;
  std::string absence;  // Why there is none; empty when there is one.
  std::string failure;  // Why the last merge or checkpoint was not made; empty when it was.
  TopologyStats stats;
  uint64_t merges = 0;     // Since the start.
  uint64_t replayed = 0;   // Commits replayed at the start.
  bool mapped = false;     // The start found a file to map.
  bool building = false;   // Being read, verified or merged now.
  uint64_t bytes_max = 0;  // TopologyOptions::bytes_max.
};

class TopologyKeeper {
 public:
  // `store` outlives the keeper. Errors of reading counters only: a topology that cannot be had is
  // none.
  static absl::StatusOr<std::unique_ptr<TopologyKeeper>> Open(KvStore& store, NamespaceId ns,
                                                              const TopologyOptions& options);
  // Stops the background; writes a checkpoint when replaying what was written since the last one
  // would take long, or when there is none.
  ~TopologyKeeper();

  // The newest state.
  ReadState Current() const;

  // Takes in a commit that was applied: the next one after that of the call before. Readers see it
  // when this returns. UNAVAILABLE when the store gives no snapshot.
  absl::Status Apply(std::span<const KvWrite> writes, Sequence sequence);

  TopologyReport Report() const;

  // Waits until nothing is being read or merged. For tests and for imports.
  void WaitForBackground();
  // Merges now, in the background.
  void Merge();

 private:
  TopologyKeeper(KvStore& store, NamespaceId ns, TopologyOptions options)
      : store_(store), ns_(ns), options_(std::move(options)) {}

  enum class Task : uint8_t { kVerify, kRead, kMerge };

  absl::Status Start() ABSL_LOCKS_EXCLUDED(mutex_);
  std::string FilePath() const;
  // The file of the last checkpoint with what was written since; any error means that there is no
  // use for it.
  absl::StatusOr<std::shared_ptr<const Topology>> MapCheckpoint(RecordReader& reader,
                                                                Sequence last);
  void Publish(std::shared_ptr<const KvSnapshot> snapshot, std::shared_ptr<const Topology> topology,
               Sequence sequence) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool WantsMerge() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // With `topology`, or that of the newest state. Nothing when something runs already.
  void StartBackground(Task task, std::shared_ptr<const Topology> topology)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status TooLarge(const TopologySize& size) const;
  // RESOURCE_EXHAUSTED when it takes more than it was given.
  absl::Status CheckFits(const Topology& topology) const;
  // Reads again when what was written meanwhile made the result too large.
  void RunBackground(Task task, ReadState state);
  absl::StatusOr<std::shared_ptr<const TopologyBase>> MergeOverlay(const ReadState& state);
  // Takes the new topology for the old one, with what was written since it was begun. False when
  // that makes it too large: the task goes on.
  bool Adopt(std::shared_ptr<const Topology> topology, Task task);
  // The newest state, with nothing that was written after it.
  ReadState BeginAgain();
  // Ends a task that came to nothing.
  void GiveUp(Task task, const absl::Status& status);

  KvStore& store_;
  const NamespaceId ns_;
  const TopologyOptions options_;

  absl::Mutex writer_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);  // Of whoever makes the next state.
  mutable absl::Mutex mutex_;  // Held for moments: no row is read or written under it.
  ReadState state_ ABSL_GUARDED_BY(mutex_);
  absl::Status absence_ ABSL_GUARDED_BY(mutex_);
  // There is none, and nobody has measured whether it would fit when read anew.
  bool read_again_ ABSL_GUARDED_BY(mutex_) = false;
  bool building_ ABSL_GUARDED_BY(mutex_) = false;
  bool mapped_ ABSL_GUARDED_BY(mutex_) = false;
  bool has_file_ ABSL_GUARDED_BY(mutex_) = false;  // Of the state kept_sequence_.
  Sequence kept_sequence_ ABSL_GUARDED_BY(mutex_){};
  uint64_t merges_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t replayed_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status failure_ ABSL_GUARDED_BY(mutex_);
  uint64_t merge_rows_next_ ABSL_GUARDED_BY(mutex_) = 0;  // After a failure: not before so many.
  // Commits since the background began: what its result lacks.
  struct Pending {
    std::vector<KvWrite> writes;
    Sequence sequence{};
  };
  std::vector<Pending> pending_ ABSL_GUARDED_BY(mutex_);
  uint64_t pending_writes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool pending_lost_ ABSL_GUARDED_BY(mutex_) = false;  // There were too many to keep.
  std::atomic<bool> stop_{false};
  std::thread background_;
};

}  // namespace partnergraph
