#include "tests/graph/kv_store_contract.h"

#include "graph/rocks_kv_store.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/graph/temporary_directory.h"

namespace partnergraph {
namespace {

std::unique_ptr<KvStore> OpenMemory() { return std::make_unique<MemoryKvStore>(); }

// A store whose files go when it does.
class TemporaryRocks : public KvStore {
 public:
  TemporaryRocks() {
    auto store = OpenRocksKvStore(directory_ / "db", {});
    EXPECT_THAT(store, IsOk());
    store_ = *std::move(store);
  }
  std::string Name() const override { return store_->Name(); }
  absl::StatusOr<std::shared_ptr<const KvSnapshot>> Snapshot() override {
    return store_->Snapshot();
  }
  absl::StatusOr<std::optional<std::string>> Get(const KvSnapshot* snapshot, ColumnFamily cf,
                                                 std::string_view key) override {
    return store_->Get(snapshot, cf, key);
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const KvSnapshot* snapshot, ColumnFamily cf, std::span<const std::string> keys) override {
    return store_->MultiGet(snapshot, cf, keys);
  }
  absl::StatusOr<std::vector<KvRangeEnd>> MultiScan(const KvSnapshot* snapshot, ColumnFamily cf,
                                                    std::span<const KvRange> ranges,
                                                    const KvReadOptions& options,
                                                    Sink sink) override {
    return store_->MultiScan(snapshot, cf, ranges, options, sink);
  }
  absl::Status Commit(std::span<const KvWrite> writes, std::span<const KvExpectation> expectations,
                      std::string_view idempotency_key) override {
    return store_->Commit(writes, expectations, idempotency_key);
  }
  absl::StatusOr<bool> WasApplied(std::string_view idempotency_key) override {
    return store_->WasApplied(idempotency_key);
  }
  absl::StatusOr<std::unique_ptr<KvBulkLoad>> StartBulkLoad() override {
    return store_->StartBulkLoad();
  }
  KvLimits Limits() const override { return store_->Limits(); }
  absl::StatusOr<uint64_t> DiskBytes() override { return store_->DiskBytes(); }

 private:
  TemporaryDirectory directory_;
  std::unique_ptr<KvStore> store_;
};

std::unique_ptr<KvStore> OpenRocks() { return std::make_unique<TemporaryRocks>(); }

INSTANTIATE_TEST_SUITE_P(Backends, KvStoreContract,
                         testing::Values(KvStoreBackend{"memory", OpenMemory},
                                         KvStoreBackend{"rocks", OpenRocks}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace partnergraph
