#include "graph/topology_keeper.h"

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
// Rows of the overlay from which a checkpoint at the end is worth its time.
constexpr uint64_t kCheckpointRowsMin = 1 << 14;

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
  bool is_kept = false;
  {
    absl::MutexLock lock(&mutex_);
    is_kept = kept_sequence_ == state.topology->base()->sequence() && has_file_;
  }
  const uint64_t rows = state.topology->Stats().patched_rows;
  if (is_kept && rows < kCheckpointRowsMin) return;
  stop_ = false;
  // A checkpoint that fails is made at the next start.
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
    mapped_ = has_file_ = true;
    kept_sequence_ = (*mapped)->base()->sequence();
    replayed_ = ToInt(last) - ToInt(kept_sequence_);
    Publish(snapshot, *std::move(mapped), last);
    StartBackground(Task::kVerify);
    return absl::OkStatus();
  }
  absence_ = absl::UnavailableError("the graph is being read");
  if (size.row_count <= options_.read_at_open_rows_max) {
    const absl::StatusOr<std::shared_ptr<const TopologyBase>> base =
        ReadTopology(reader, "", stop_);
    if (!base.ok()) {
      absence_ = base.status();
      return absl::OkStatus();
    }
    absence_ = absl::OkStatus();
    Publish(snapshot, std::make_shared<const Topology>(*base), last);
    return absl::OkStatus();
  }
  StartBackground(Task::kRead);
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
  std::shared_ptr<const Topology> topology = Current().topology;
  absl::Status failure;
  if (topology != nullptr) {
    absl::StatusOr<std::shared_ptr<const Topology>> next = topology->WithChanges(writes, sequence);
    failure = next.status();
    topology = next.ok() ? *std::move(next) : nullptr;
    if (topology != nullptr) {
      const TopologyStats stats = topology->Stats();
      if (stats.row_bytes + stats.node_bytes > options_.bytes_max) {
        failure = absl::ResourceExhaustedError(
            absl::StrCat("the topology grew over the ", options_.bytes_max, " bytes it was given"));
        topology = nullptr;
      }
    }
  }
  absl::MutexLock lock(&mutex_);
  if (!failure.ok()) absence_ = failure;
  if (building_ && failure.ok()) {
    pending_.push_back({StructureOf(writes), sequence});
  }
  Publish(std::move(snapshot), std::move(topology), sequence);
  if (WantsMerge()) StartBackground(Task::kMerge);
  return absl::OkStatus();
}

bool TopologyKeeper::WantsMerge() const {
  if (building_ || state_.topology == nullptr) return false;
  const uint64_t limit =
      std::max(options_.merge_rows_min, state_.topology->base()->row_count() / kMergeDivisor);
  return state_.topology->Stats().patched_rows > limit;
}

void TopologyKeeper::StartBackground(Task task) {
  if (building_) return;
  building_ = true;
  pending_.clear();
  if (background_.joinable()) background_.join();  // It has ended: building_ was false.
  background_ = std::thread([this, task, state = state_] { RunBackground(task, state); });
}

void TopologyKeeper::RunBackground(Task task, ReadState state) {
  absl::Status status;
  if (task == Task::kVerify) {
    status = state.topology->base()->Verify(stop_);
    if (absl::IsDataLoss(status)) {
      // What was answered so far may be wrong; nothing more is answered from it.
      absl::MutexLock writer_lock(&writer_mutex_);
      absl::MutexLock lock(&mutex_);
      Publish(state_.snapshot, nullptr, state_.sequence);
      absence_ = status;
      pending_.clear();
      state = state_;
      has_file_ = false;
      task = Task::kRead;
    }
  }
  if (task == Task::kVerify) {
    absl::MutexLock lock(&mutex_);
    building_ = false;
    pending_.clear();
    return;
  }
  absl::StatusOr<std::shared_ptr<const TopologyBase>> base = absl::InternalError("not read");
  if (task == Task::kRead) {
    RecordReader reader(store_, state.snapshot, ns_);
    base = ReadTopology(reader, FilePath(), stop_);
  } else {
    base = MergeOverlay(state);
  }
  state = {};
  if (base.ok()) {
    Adopt(*std::move(base), task);
    return;
  }
  absl::MutexLock lock(&mutex_);
  building_ = false;
  pending_.clear();
  // A merge that failed leaves what there was; a graph that could not be read has no topology.
  if (task == Task::kRead && state_.topology == nullptr) absence_ = base.status();
}

void TopologyKeeper::Adopt(std::shared_ptr<const TopologyBase> base, Task task) {
  const Sequence kept = base->sequence();
  absl::StatusOr<std::shared_ptr<const Topology>> topology =
      std::make_shared<const Topology>(std::move(base));
  const auto take_in = [&](const std::vector<Pending>& commits) {
    for (const Pending& commit : commits) {
      if (!topology.ok()) return;
      if (commit.sequence <= (*topology)->sequence()) continue;
      topology = (*topology)->WithChanges(commit.writes, commit.sequence);
    }
  };
  // Most of what was written meanwhile is taken in while writers go on.
  for (bool few = false; !few;) {
    std::vector<Pending> commits;
    {
      absl::MutexLock lock(&mutex_);
      few = pending_.size() <= kFinalCommitsMax;
      if (!few) commits.swap(pending_);
    }
    take_in(commits);
  }
  absl::MutexLock writer_lock(&writer_mutex_);
  absl::MutexLock lock(&mutex_);
  take_in(pending_);
  pending_.clear();
  building_ = false;
  if (!FilePath().empty()) {
    has_file_ = true;
    kept_sequence_ = kept;
  }
  if (task == Task::kMerge) ++merges_;
  // A topology that outgrew its memory meanwhile stays away.
  if (task == Task::kMerge && state_.topology == nullptr) return;
  absence_ = topology.status();
  Publish(state_.snapshot, topology.ok() ? *std::move(topology) : nullptr, state_.sequence);
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
  if (!building_ && state_.topology != nullptr) StartBackground(Task::kMerge);
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
  report.merges = merges_;
  report.replayed = replayed_;
  report.mapped = mapped_;
  report.building = building_;
  report.bytes_max = options_.bytes_max;
  return report;
}

}  // namespace partnergraph
