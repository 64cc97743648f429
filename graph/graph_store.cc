#include "graph/graph_store.h"

#include <atomic>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "graph/article_write.h"
#include "graph/fact_write.h"
#include "graph/format_version.h"
#include "graph/keys.h"
#include "graph/read_caches.h"
#include "graph/record_reader.h"
#include "graph/status_macros.h"
#include "graph/store_view.h"

namespace partnergraph {
namespace {

// Tries of one write when other writers, of a store that several processes share, get in between.
constexpr int kCommitTriesMax = 5;

// The nodes whose records a batch writes or deletes.
std::vector<NodeId> NodesWritten(std::span<const KvWrite> writes) {
  std::vector<NodeId> nodes;
  for (const KvWrite& write : writes) {
    // Longer keys of the family are of aliases.
    if (write.cf == ColumnFamily::kNode && write.key.size() == kNodePrefixBytes) {
      nodes.push_back(NodeId{ReadU64(write.key, kNodePrefixBytes - 8)});
    }
  }
  return nodes;
}

class KvGraphStore : public GraphStore {
 public:
  KvGraphStore(std::unique_ptr<KvStore> store, const GraphStoreOptions& options,
               std::unique_ptr<TopologyKeeper> topology, Sequence last_sequence,
               std::shared_ptr<const Schema> schema)
      : store_(std::move(store)),
        caches_(options.node_cache_bytes),
        topology_(std::move(topology)),
        last_sequence_(ToInt(last_sequence)),
        schema_(std::move(schema)) {}

  absl::StatusOr<std::optional<std::string>> FindByContent(const Article& article) override {
    PG_ASSIGN_OR_RETURN(RecordReader reader, MakeReader());
    return FindStoredContent(reader, article);
  }

  absl::StatusOr<PutResult> PutArticle(const ArticleFacts& facts) override {
    PG_ASSIGN_OR_RETURN(PlannedWrite plan,
                        Write([&](RecordReader& reader) { return PlanPut(reader, facts); }));
    return std::move(plan.result);
  }

  absl::StatusOr<PutResult> PreviewArticle(const ArticleFacts& facts) override;

  absl::StatusOr<RetractResult> RetractArticle(std::string_view article_id) override {
    PG_ASSIGN_OR_RETURN(PlannedWrite plan, Write([&](RecordReader& reader) {
                          return PlanRetract(reader, article_id);
                        }));
    return RetractResult{std::move(plan.result.diff), plan.result.sequence};
  }

  absl::StatusOr<FactWriteResult> WriteFacts(const FactBatch& batch) override;

  absl::StatusOr<std::unique_ptr<GraphView>> View(KvReadOptions options) override {
    if (topology_ == nullptr) {
      PG_ASSIGN_OR_RETURN(RecordReader reader, MakeReader(std::move(options)));
      // Read after the snapshot was taken, so that no type of its state is missing.
      return MakeStoreView(std::move(reader), caches_, schema());
    }
    ReadState state = topology_->Current();
    RecordReader reader(*store_, std::move(state.snapshot), kDefaultNamespace, std::move(options));
    return MakeStoreView(std::move(reader), caches_, schema(), state.sequence,
                         std::move(state.topology));
  }

  Sequence LastSequence() const override { return Sequence{last_sequence_.load()}; }

  std::shared_ptr<const Schema> schema() const override {
    absl::MutexLock lock(&schema_mutex_);
    return schema_;
  }

  TopologyReport ReportTopology() const override {
    if (topology_ == nullptr) return {.absence = "no memory was given to the topology"};
    return topology_->Report();
  }

 private:
  absl::StatusOr<RecordReader> MakeReader(KvReadOptions options = {}) {
    PG_ASSIGN_OR_RETURN(std::shared_ptr<const KvSnapshot> snapshot, store_->Snapshot());
    return RecordReader(*store_, std::move(snapshot), kDefaultNamespace, std::move(options));
  }

  // Plans and commits; plans again when the state that was planned on has changed.
  absl::StatusOr<PlannedWrite> Write(
      absl::FunctionRef<absl::StatusOr<PlannedWrite>(RecordReader&)> plan_write);
  absl::Status Commit(const PlannedWrite& plan);

  void SetSchema(std::shared_ptr<const Schema> schema) {
    absl::MutexLock lock(&schema_mutex_);
    schema_ = std::move(schema);
  }

  const std::unique_ptr<KvStore> store_;
  ReadCaches caches_;
  const std::unique_ptr<TopologyKeeper> topology_;  // Null: views read the store.
  absl::Mutex write_mutex_;  // One write at a time: each plans on the state that the last one left.
  std::atomic<uint64_t> last_sequence_;
  mutable absl::Mutex schema_mutex_;
  std::shared_ptr<const Schema> schema_ ABSL_GUARDED_BY(schema_mutex_);
};

absl::StatusOr<PlannedWrite> KvGraphStore::Write(
    absl::FunctionRef<absl::StatusOr<PlannedWrite>(RecordReader&)> plan_write) {
  absl::MutexLock lock(&write_mutex_);
  absl::Status status;
  for (int attempt = 0; attempt < kCommitTriesMax; ++attempt) {
    PG_ASSIGN_OR_RETURN(RecordReader reader, MakeReader());
    PG_ASSIGN_OR_RETURN(PlannedWrite plan, plan_write(reader));
    if (plan.result.unchanged) return plan;
    status = Commit(plan);
    if (status.ok()) {
      if (topology_ != nullptr) {
        PG_RETURN_IF_ERROR(topology_->Apply(plan.writes, plan.result.sequence));
      }
      last_sequence_.store(ToInt(plan.result.sequence));
      return plan;
    }
    if (!absl::IsAborted(status)) return status;
  }
  return status;
}

absl::Status KvGraphStore::Commit(const PlannedWrite& plan) {
  // Every write changes the counters, so that they tell whether another writer came in between.
  KvExpectation counters{ColumnFamily::kMeta, Keys(kDefaultNamespace).Counters(), std::nullopt};
  if (!plan.counters_before.empty()) counters.value = plan.counters_before;
  caches_.nodes.Invalidate(NodesWritten(plan.writes), plan.result.sequence);
  caches_.names.Invalidate(NameCache::KeysWritten(plan.writes), plan.result.sequence);
  const absl::Status status = store_->Commit(plan.writes, {&counters, 1}, plan.idempotency_key);
  if (status.ok() || absl::IsAlreadyExists(status)) return absl::OkStatus();
  if (!absl::IsUnknown(status)) {
    caches_.nodes.Abandon(plan.result.sequence);
    caches_.names.Abandon(plan.result.sequence);
    return status;
  }
  PG_ASSIGN_OR_RETURN(const bool applied, store_->WasApplied(plan.idempotency_key));
  if (applied) return absl::OkStatus();
  return absl::UnavailableError(absl::StrCat("the write was not confirmed and may be repeated: ",
                                             ToAbsl(ToStd(status.message()))));
}

absl::StatusOr<FactWriteResult> KvGraphStore::WriteFacts(const FactBatch& batch) {
  std::shared_ptr<const Schema> before;
  PlannedFacts planned;
  absl::StatusOr<PlannedWrite> written =
      Write([&](RecordReader& reader) -> absl::StatusOr<PlannedWrite> {
        if (!batch.idempotency_key.empty()) {
          PG_ASSIGN_OR_RETURN(const bool applied, store_->WasApplied(FactWriteKey(batch)));
          if (applied) {
            PlannedWrite plan;
            plan.result.unchanged = true;
            PG_ASSIGN_OR_RETURN(const storage::CountersRecord counters, reader.Counters());
            plan.result.sequence = Sequence{counters.last_sequence()};
            return plan;
          }
        }
        // New types are published before their edges can be read.
        if (before == nullptr) before = schema();
        PG_ASSIGN_OR_RETURN(planned, PlanFacts(reader, before, batch));
        SetSchema(planned.schema);
        return std::move(planned.write);
      });
  if (!written.ok()) {
    if (before != nullptr) SetSchema(before);
    return written.status();
  }
  FactWriteResult result;
  result.unchanged = written->result.unchanged;
  result.sequence = written->result.sequence;
  result.diff = std::move(written->result.diff);
  result.nodes = std::move(planned.nodes);
  result.facts = std::move(planned.facts);
  return result;
}

absl::StatusOr<PutResult> KvGraphStore::PreviewArticle(const ArticleFacts& facts) {
  PG_ASSIGN_OR_RETURN(RecordReader reader, MakeReader());
  PG_ASSIGN_OR_RETURN(const storage::CountersRecord counters, reader.Counters());
  PG_ASSIGN_OR_RETURN(PlannedWrite plan, PlanPut(reader, facts));
  // Nothing is written, so the ids of what would be new are not theirs.
  for (NodeSummary& node : plan.result.diff.nodes_added) node.id = NodeId{0};
  for (FactSummary& fact : plan.result.diff.facts_added) fact.fact = FactId{0};
  plan.result.sequence = Sequence{counters.last_sequence()};
  return std::move(plan.result);
}

}  // namespace

absl::StatusOr<std::unique_ptr<GraphStore>> GraphStore::Open(std::unique_ptr<KvStore> store,
                                                             const GraphStoreOptions& options) {
  PG_RETURN_IF_ERROR(PrepareFormat(*store));
  RecordReader reader(*store, nullptr, kDefaultNamespace);
  PG_ASSIGN_OR_RETURN(const storage::CountersRecord counters, reader.Counters());
  PG_ASSIGN_OR_RETURN(std::shared_ptr<const Schema> schema, reader.ReadSchema());
  std::unique_ptr<TopologyKeeper> topology;
  if (options.topology.bytes_max > 0) {
    PG_ASSIGN_OR_RETURN(topology,
                        TopologyKeeper::Open(*store, kDefaultNamespace, options.topology));
  }
  return std::make_unique<KvGraphStore>(std::move(store), options, std::move(topology),
                                        Sequence{counters.last_sequence()}, std::move(schema));
}

}  // namespace partnergraph
