// KvStore in memory, for tests: as plain as can be, so that it can serve as the model for the
// others. Snapshots are immutable copies.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "graph/kv_store.h"

namespace partnergraph {

class MemoryKvStore : public KvStore {
 public:
  using Family = std::map<std::string, std::string, std::less<>>;
  using State = std::array<Family, kColumnFamilyCount>;

  MemoryKvStore() = default;
  // With what another one holds, without its idempotency keys.
  explicit MemoryKvStore(const State& state) : state_(std::make_shared<State>(state)) {}

  std::string Name() const override { return "memory"; }

  absl::StatusOr<std::shared_ptr<const KvSnapshot>> Snapshot() override {
    auto snapshot = std::make_shared<MemorySnapshot>();
    snapshot->state = Current();
    return snapshot;
  }

  absl::StatusOr<std::optional<std::string>> Get(const KvSnapshot* snapshot, ColumnFamily cf,
                                                 std::string_view key) override {
    const std::shared_ptr<const State> state = At(snapshot);
    const Family& family = (*state)[static_cast<size_t>(cf)];
    const auto entry = family.find(key);
    if (entry == family.end()) return std::nullopt;
    return entry->second;
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const KvSnapshot* snapshot, ColumnFamily cf, std::span<const std::string> keys) override {
    std::vector<std::optional<std::string>> values;
    for (const std::string& key : keys) values.push_back(*Get(snapshot, cf, key));
    return values;
  }

  absl::StatusOr<std::vector<KvRangeEnd>> MultiScan(const KvSnapshot* snapshot, ColumnFamily cf,
                                                    std::span<const KvRange> ranges,
                                                    const KvReadOptions& options,
                                                    Sink sink) override {
    const std::shared_ptr<const State> state = At(snapshot);
    const Family& family = (*state)[static_cast<size_t>(cf)];
    std::vector<KvRangeEnd> ends(ranges.size());
    size_t entries = 0;
    for (size_t i = 0; i < ranges.size(); ++i) {
      uint32_t count = 0;
      for (auto entry = family.lower_bound(ranges[i].begin);
           entry != family.end() && entry->first < ranges[i].end; ++entry) {
        if (count == ranges[i].limit) {
          ends[i] = {false, entry->first};
          break;
        }
        if (entries++ % 256 == 0 && options.cancelled && options.cancelled()) {
          return absl::CancelledError("scan cancelled");
        }
        ++count;
        if (!sink(i, entry->first, entry->second)) {
          ends[i] = {false, entry->first + '\0'};
          break;
        }
      }
    }
    return ends;
  }

  absl::Status Commit(std::span<const KvWrite> writes, std::span<const KvExpectation> expectations,
                      std::string_view idempotency_key) override {
    if (absl::Status status = CheckLimits(writes, idempotency_key, Limits()); !status.ok()) {
      return status;
    }
    std::lock_guard lock(mutex_);
    if (Remembers(idempotency_key)) return absl::AlreadyExistsError("applied before");
    auto next = std::make_shared<State>(*state_);
    if (!Hold(expectations)) return absl::AbortedError("an expectation does not hold");
    for (const KvWrite& write : writes) {
      Family& family = (*next)[static_cast<size_t>(write.cf)];
      if (write.value.has_value()) {
        family[write.key] = *write.value;
      } else {
        family.erase(write.key);
      }
    }
    state_ = std::move(next);
    if (!idempotency_key.empty()) {
      applied_.emplace_back(idempotency_key);
      if (applied_.size() > kIdempotencyWindow) applied_.pop_front();
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> WasApplied(std::string_view idempotency_key) override {
    std::lock_guard lock(mutex_);
    return Remembers(idempotency_key);
  }

  absl::StatusOr<std::unique_ptr<KvBulkLoad>> StartBulkLoad() override {
    std::lock_guard lock(mutex_);
    if (loading_) return absl::FailedPreconditionError("there is another bulk load");
    loading_ = true;
    return std::make_unique<MemoryBulkLoad>(*this);
  }

  KvLimits Limits() const override { return {}; }

  absl::StatusOr<uint64_t> DiskBytes() override { return 0; }

  // Everything that is stored now.
  std::shared_ptr<const State> Current() {
    std::lock_guard lock(mutex_);
    return state_;
  }

 private:
  struct MemorySnapshot : KvSnapshot {
    std::shared_ptr<const State> state;
  };

  class MemoryBulkLoad : public KvBulkLoad {
   public:
    explicit MemoryBulkLoad(MemoryKvStore& store) : store_(store) {}
    ~MemoryBulkLoad() override {
      std::lock_guard lock(store_.mutex_);
      store_.loading_ = false;
    }
    absl::StatusOr<std::unique_ptr<KvBulkWriter>> NewWriter(ColumnFamily cf) override {
      return std::make_unique<MemoryBulkWriter>(*this, cf);
    }
    absl::Status Apply(std::span<const KvExpectation> expectations) override {
      std::lock_guard lock(store_.mutex_);
      if (!store_.Hold(expectations)) return absl::AbortedError("an expectation does not hold");
      auto next = std::make_shared<State>(*store_.state_);
      for (int i = 0; i < kColumnFamilyCount; ++i) {
        for (const auto& [key, value] : rows_[i]) (*next)[i][key] = value;
      }
      store_.state_ = std::move(next);
      return absl::OkStatus();
    }

   private:
    class MemoryBulkWriter : public KvBulkWriter {
     public:
      MemoryBulkWriter(MemoryBulkLoad& load, ColumnFamily cf) : load_(load), cf_(cf) {}
      absl::Status Put(std::string_view key, std::string_view value) override {
        if (!rows_.empty() && key <= rows_.rbegin()->first) {
          return absl::InternalError("keys do not ascend");
        }
        rows_.emplace(key, value);
        return absl::OkStatus();
      }
      absl::Status Finish() override {
        std::lock_guard lock(load_.mutex_);
        load_.rows_[static_cast<size_t>(cf_)].merge(rows_);
        return absl::OkStatus();
      }

     private:
      MemoryBulkLoad& load_;
      const ColumnFamily cf_;
      Family rows_;
    };

    MemoryKvStore& store_;
    std::mutex mutex_;
    State rows_;
  };

  bool Hold(std::span<const KvExpectation> expectations) const {
    for (const KvExpectation& expectation : expectations) {
      const Family& family = (*state_)[static_cast<size_t>(expectation.cf)];
      const auto entry = family.find(expectation.key);
      const bool holds = expectation.value.has_value()
                             ? entry != family.end() && entry->second == *expectation.value
                             : entry == family.end();
      if (!holds) return false;
    }
    return true;
  }

  std::shared_ptr<const State> At(const KvSnapshot* snapshot) {
    return snapshot == nullptr ? Current() : static_cast<const MemorySnapshot*>(snapshot)->state;
  }

  bool Remembers(std::string_view key) const {
    for (const std::string& applied : applied_) {
      if (applied == key) return true;
    }
    return false;
  }

  std::mutex mutex_;
  std::shared_ptr<const State> state_ = std::make_shared<State>();
  std::deque<std::string> applied_;
  bool loading_ = false;
};

}  // namespace partnergraph
