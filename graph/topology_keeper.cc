#include "graph/topology_keeper.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/record_reader.h"
#include "graph/status_macros.h"
#include "graph/topology_reader.h"

namespace partnergraph {
namespace {

// Commits that are left to be taken in while writers wait.
constexpr size_t kFinalCommitsMax = 256;
// Times that a graph is read in a row because what is written meanwhile takes too much.
constexpr int kReadsMax = 3;
// Rows of the overlay from which a checkpoint at the end is worth its time.
constexpr uint64_t kCheckpointRowsMin = 1 << 14;
constexpr uint64_t kCheckpointDivisor = 64;
// The overlay's bytes are to stay below this, or below the base's divided by kPatchDivisor.
constexpr uint64_t kPatchBytesMin = 64 << 20;
constexpr uint64_t kPatchDivisor = 4;

// What a topology takes in of a commit.
std::vector<KvWrite> StructureOf(std::span<const KvWrite> writes) {
  std::vector<KvWrite> kept;
  for (const KvWrite& write : writes) {
    if (write.cf == ColumnFamily::kAdj ||
        (write.cf == ColumnFamily::kNode && write.key.size() == kNodePrefixBytes)) {
      kept.push_back(write);
    }
  }
  return kept;
}

}  // namespace

absl::StatusOr<std::unique_ptr<TopologyKeeper>> TopologyKeeper::Open(
    KvStore& store, NamespaceId ns, const TopologyOptions& options) {
  std::unique_ptr<TopologyKeeper> keeper(new TopologyKeeper(store, ns, options));
  PG_RETURN_IF_ERROR(keeper->Start());
  return keeper;
}

TopologyKeeper::~TopologyKeeper() {
  stop_ = true;
  if (background_.joinable()) background_.join();
  const ReadState state = Current();
  if (state.topology == nullptr || options_.directory.empty()) return;
  bool has_file = false;
  Sequence kept{};
  {
    absl::MutexLock lock(&mutex_);
    has_file = has_file_;
    kept = kept_sequence_;
  }
  const uint64_t rows = state.topology->Stats().patched_rows;
  const uint64_t rows_max =
      std::max(kCheckpointRowsMin, state.topology->base()->row_count() / kCheckpointDivisor);
  const uint64_t commits = ToInt(state.sequence) - ToInt(kept);
  if (has_file && rows < rows_max && commits < kReplayCommitsMax / 2) return;
  stop_ = false;
  // A checkpoint that cannot be written is made at the next start.
  MergeOverlay(state).status().IgnoreError();
}

std::string TopologyKeeper::FilePath() const {
  return options_.directory.empty()
             ? ""
             : absl::StrCat(options_.directory, "/", ToAbsl(kTopologyFileName));
}

absl::Status TopologyKeeper::Start() {
  PG_ASSIGN_OR_RETURN(std::shared_ptr<const KvSnapshot> snapshot, store_.Snapshot());
  RecordReader reader(store_, snapshot, ns_);
  PG_ASSIGN_OR_RETURN(const storage::CountersRecord counters, reader.Counters());
  const Sequence last{counters.last_sequence()};
  if (!FilePath().empty()) unlink((FilePath() + ".tmp").c_str());  // Of one that was not finished.
  absl::MutexLock lock(&mutex_);
  Publish(snapshot, nullptr, last);
  if (options_.bytes_max == 0) {
    absence_ = absl::FailedPreconditionError("no memory was given to the topology");
    return absl::OkStatus();
  }
  PG_ASSIGN_OR_RETURN(const TopologySize size, MeasureTopology(reader));
  if (size.bytes > options_.bytes_max) {
    absence_ = absl::ResourceExhaustedError(absl::StrCat(
        "the topology needs about ", size.bytes, " bytes and was given ", options_.bytes_max));
    return absl::OkStatus();
  }
  absl::StatusOr<std::shared_ptr<const Topology>> mapped = MapCheckpoint(reader, last);
  if (mapped.ok()) {
    const TopologyBase& base = *(*mapped)->base();
    absl::Status verified;
    const bool verify_now = base.bytes() <= options_.verify_at_open_bytes_max;
    if (verify_now) verified = base.Verify(stop_);
    if (verified.ok() && CheckFits(**mapped).ok()) {
      mapped_ = has_file_ = true;
      kept_sequence_ = base.sequence();
      replayed_ = ToInt(last) - ToInt(kept_sequence_);
      if (verify_now) {
        Publish(snapshot, *std::move(mapped), last);
      } else {
        absence_ = absl::UnavailableError("the file of the topology is being verified");
        StartBackground(Task::kVerify, *std::move(mapped));
      }
      return absl::OkStatus();
    }
  }
  absence_ = absl::UnavailableError("the graph is being read");
  if (size.row_count <= options_.read_at_open_rows_max) {
    const absl::StatusOr<std::shared_ptr<const TopologyBase>> base =
        ReadTopology(reader, "", stop_);
    if (!base.ok()) {
      absence_ = base.status();
      return absl::OkStatus();
    }
    auto topology = std::make_shared<const Topology>(*base);
    absence_ = CheckFits(*topology);
    if (absence_.ok()) Publish(snapshot, std::move(topology), last);
    return absl::OkStatus();
  }
  StartBackground(Task::kRead, nullptr);
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<const Topology>> TopologyKeeper::MapCheckpoint(RecordReader& reader,
                                                                              Sequence last) {
  if (options_.directory.empty()) return absl::NotFoundError("no file is kept");
  PG_ASSIGN_OR_RETURN(std::shared_ptr<const TopologyBase> base, TopologyBase::Open(FilePath()));
  if (base->sequence() > last) {
    return absl::FailedPreconditionError("the file is newer than the database");
  }
  PG_ASSIGN_OR_RETURN(const uint64_t state_hash, TopologyStateHash(reader, base->sequence()));
  if (state_hash != base->state_hash()) {
    return absl::FailedPreconditionError("the file is of another history");
  }
  return ReplayChanges(reader, std::make_shared<const Topology>(std::move(base)), kReplayCommitsMax,
                       stop_);
}

void TopologyKeeper::Publish(std::shared_ptr<const KvSnapshot> snapshot,
                             std::shared_ptr<const Topology> topology, Sequence sequence) {
  state_ = {std::move(snapshot), std::move(topology), sequence};
}

ReadState TopologyKeeper::Current() const {
  absl::MutexLock lock(&mutex_);
  return state_;
}

absl::Status TopologyKeeper::Apply(std::span<const KvWrite> writes, Sequence sequence) {
  absl::MutexLock writer_lock(&writer_mutex_);
  PG_ASSIGN_OR_RETURN(std::shared_ptr<const KvSnapshot> snapshot, store_.Snapshot());
  ReadState before = Current();  // Dies after the locks of readers are free.
  std::shared_ptr<const Topology> topology = before.topology;
  absl::Status failure;
  if (topology != nullptr) {
    absl::StatusOr<std::shared_ptr<const Topology>> next =
        ToInt(sequence) == ToInt(topology->sequence()) + 1
            ? topology->WithChanges(writes, sequence)
            : absl::InternalError(absl::StrCat("commit ", ToInt(sequence), " does not follow ",
                                               ToInt(topology->sequence())));
    failure = next.status();
    topology = next.ok() ? *std::move(next) : nullptr;
    if (topology != nullptr) {
      failure = CheckFits(*topology);
      if (!failure.ok()) topology = nullptr;
    }
  }
  absl::MutexLock lock(&mutex_);
  Publish(std::move(snapshot), std::move(topology), sequence);
  if (building_) {
    pending_writes_ += writes.size();
    if (pending_writes_ > kPendingWritesMax) {
      pending_lost_ = true;
      pending_.clear();
    } else {
      pending_.push_back({StructureOf(writes), sequence});
    }
  }
  if (!failure.ok()) {
    absence_ = failure;
    read_again_ = true;  // Without an overlay it may fit; that is measured first.
  }
  if (read_again_) {
    StartBackground(Task::kRead, nullptr);
  } else if (WantsMerge()) {
    StartBackground(Task::kMerge, nullptr);
  }
  return absl::OkStatus();
}

absl::Status TopologyKeeper::CheckFits(const Topology& topology) const {
  const TopologyStats stats = topology.Stats();
  const uint64_t bytes = stats.row_bytes + stats.node_bytes;
  if (bytes <= options_.bytes_max) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the topology grew to ", bytes, " bytes and was given ", options_.bytes_max));
}

bool TopologyKeeper::WantsMerge() const {
  if (building_ || state_.topology == nullptr) return false;
  const TopologyBase& base = *state_.topology->base();
  const TopologyStats stats = state_.topology->Stats();
  if (stats.patched_rows < merge_rows_next_) return false;
  return stats.patched_rows > std::max(options_.merge_rows_min, base.row_count() / kMergeDivisor) ||
         stats.row_bytes - base.RowBytes() > std::max(kPatchBytesMin, base.bytes() / kPatchDivisor);
}

void TopologyKeeper::StartBackground(Task task, std::shared_ptr<const Topology> topology) {
  if (building_) return;
  building_ = true;
  if (task == Task::kRead) read_again_ = false;
  pending_.clear();
  pending_writes_ = 0;
  pending_lost_ = false;
  if (background_.joinable()) background_.join();  // It is at its end: building_ was false.
  ReadState state = state_;
  if (topology != nullptr) state.topology = std::move(topology);
  background_ = std::thread(
      [this, task, state = std::move(state)]() mutable { RunBackground(task, std::move(state)); });
}

ReadState TopologyKeeper::BeginAgain() {
  absl::MutexLock lock(&mutex_);
  pending_.clear();
  pending_writes_ = 0;
  pending_lost_ = false;
  return state_;
}

void TopologyKeeper::RunBackground(Task task, ReadState state) {
  if (task == Task::kMerge) {
    absl::StatusOr<std::shared_ptr<const TopologyBase>> base = MergeOverlay(state);
    state = {};
    if (!base.ok()) return GiveUp(task, base.status());
    Adopt(std::make_shared<const Topology>(*std::move(base)), task);
    return;
  }
  if (task == Task::kVerify) {
    const absl::Status status = state.topology->base()->Verify(stop_);
    if (status.ok()) {
      if (Adopt(std::move(state.topology), task)) return;
    } else if (absl::IsDataLoss(status)) {
      absl::MutexLock lock(&mutex_);
      absence_ = status;
      has_file_ = mapped_ = false;
    } else {
      return GiveUp(task, status);
    }
    state = BeginAgain();
    task = Task::kRead;
  }
  for (int reads = 0; reads < kReadsMax; ++reads) {
    if (reads > 0) state = BeginAgain();
    RecordReader reader(store_, std::exchange(state, {}).snapshot, ns_);
    const absl::StatusOr<TopologySize> size = MeasureTopology(reader);
    if (!size.ok()) return GiveUp(task, size.status());
    if (size->bytes > options_.bytes_max) return GiveUp(task, TooLarge(*size));
    absl::StatusOr<std::shared_ptr<const TopologyBase>> base =
        ReadTopology(reader, FilePath(), stop_);
    if (!base.ok()) return GiveUp(task, base.status());
    auto topology = std::make_shared<const Topology>(*std::move(base));
    if (const absl::Status fits = CheckFits(*topology); !fits.ok()) return GiveUp(task, fits);
    if (Adopt(std::move(topology), task)) return;
  }
  // The next commit has it read again. Said first: the thread is at its end once it has given up.
  {
    absl::MutexLock lock(&mutex_);
    read_again_ = true;
  }
  GiveUp(task, absl::ResourceExhaustedError(
                   absl::StrCat("too much was written while the topology was read, for the ",
                                options_.bytes_max, " bytes it was given")));
}

absl::Status TopologyKeeper::TooLarge(const TopologySize& size) const {
  return absl::ResourceExhaustedError(absl::StrCat("the topology needs about ", size.bytes,
                                                   " bytes and was given ", options_.bytes_max));
}

void TopologyKeeper::GiveUp(Task task, const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  building_ = false;
  pending_.clear();
  failure_ = status;
  if (state_.topology == nullptr) {
    absence_ = status;
  } else {
    // What made it fail may last: not with every commit again.
    merge_rows_next_ = 2 * state_.topology->Stats().patched_rows;
  }
}

bool TopologyKeeper::Adopt(std::shared_ptr<const Topology> made, Task task) {
  const Sequence kept = made->base()->sequence();
  absl::StatusOr<std::shared_ptr<const Topology>> topology = std::move(made);
  const auto take_in = [&](const std::vector<Pending>& commits) {
    for (const Pending& commit : commits) {
      if (!topology.ok()) return;
      if (commit.sequence <= (*topology)->sequence()) continue;
      topology = (*topology)->WithChanges(commit.writes, commit.sequence);
    }
  };
  const auto take_pending = [&] {
    std::vector<Pending> commits;
    absl::MutexLock lock(&mutex_);
    commits.swap(pending_);
    if (pending_lost_) {
      topology = absl::ResourceExhaustedError("too much was written while the topology was made");
    }
    return commits;
  };
  // Most of what was written meanwhile is taken in while writers go on.
  for (size_t taken = SIZE_MAX; taken > kFinalCommitsMax;) {
    const std::vector<Pending> commits = take_pending();
    taken = commits.size();
    take_in(commits);
  }
  ReadState before;  // Dies after the locks.
  absl::MutexLock writer_lock(&writer_mutex_);
  take_in(take_pending());
  if (!topology.ok()) {
    // Too much to keep, too: read again, it need not be taken in.
    if (task != Task::kMerge && absl::IsResourceExhausted(topology.status())) return false;
    GiveUp(task, topology.status());
    return true;
  }
  // What was written meanwhile may be too much; a merge only makes it less than it was.
  if (task != Task::kMerge && !CheckFits(**topology).ok()) return false;
  absl::MutexLock lock(&mutex_);
  building_ = false;
  if (!FilePath().empty()) {
    has_file_ = true;
    kept_sequence_ = kept;
  }
  if (task == Task::kMerge) {
    ++merges_;
    // One that was found too large or out of step meanwhile is read again by the next commit.
    if (state_.topology == nullptr) return true;
  }
  failure_ = absence_ = absl::OkStatus();
  merge_rows_next_ = 0;
  before = state_;
  Publish(before.snapshot, *std::move(topology), before.sequence);
  return true;
}

absl::StatusOr<std::shared_ptr<const TopologyBase>> TopologyKeeper::MergeOverlay(
    const ReadState& state) {
  const Topology& topology = *state.topology;
  RecordReader reader(store_, state.snapshot, ns_);
  PG_ASSIGN_OR_RETURN(const uint64_t state_hash, TopologyStateHash(reader, topology.sequence()));
  PG_ASSIGN_OR_RETURN(std::unique_ptr<TopologyBuilder> builder,
                      TopologyBuilder::Create({.path = FilePath(),
                                               .node_end = topology.node_end(),
                                               .row_count_max = topology.row_count()}));
  for (uint32_t node = 0; node < topology.node_end(); ++node) {
    if (node % 4096 == 0 && stop_.load(std::memory_order_relaxed)) {
      return absl::CancelledError("stopped");
    }
    const std::optional<TopologyNode> info = topology.NodeAt(NodeId{node});
    if (!info.has_value()) continue;
    PG_RETURN_IF_ERROR(builder->BeginNode(NodeId{node}, *info));
    absl::Status status;
    topology.ForEachSlice(node, [&](const RowSlice& slice) {
      status = builder->AddSlice(slice);
      return status.ok();
    });
    PG_RETURN_IF_ERROR(status);
  }
  return builder->Finish(topology.sequence(), state_hash);
}

void TopologyKeeper::Merge() {
  absl::MutexLock lock(&mutex_);
  if (!building_ && state_.topology != nullptr) StartBackground(Task::kMerge, nullptr);
}

void TopologyKeeper::WaitForBackground() {
  absl::MutexLock lock(&mutex_);
  const auto is_idle = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !building_; };
  mutex_.Await(absl::Condition(&is_idle));
}

TopologyReport TopologyKeeper::Report() const {
  absl::MutexLock lock(&mutex_);
  TopologyReport report;
  report.present = state_.topology != nullptr;
  if (report.present) {
    report.stats = state_.topology->Stats();
  } else {
    report.absence = std::string(absence_.message());
  }
  report.failure = std::string(failure_.message());
  report.merges = merges_;
  report.replayed = replayed_;
  report.mapped = mapped_;
  report.building = building_;
  report.bytes_max = options_.bytes_max;
  return report;
}

}  // namespace partnergraph
