// A KvStore that fails one operation of another: counts all operations and fails the n-th. For
// tests that run a call once for every n until it passes without a fault.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "graph/kv_store.h"

namespace partnergraph {

class FaultyKvStore : public KvStore {
 public:
  // What a faulty commit does besides failing.
  enum class CommitFault {
    kRefused,      // UNAVAILABLE; nothing is written.
    kLostReply,    // UNKNOWN; the batch is applied.
    kLostRequest,  // UNKNOWN; nothing is written.
  };

  explicit FaultyKvStore(std::unique_ptr<KvStore> store) : store_(std::move(store)) {}

  // Fails the `operation`-th operation from now on, counted from 1; 0: none.
  void FailOperation(int operation, CommitFault commit_fault = CommitFault::kRefused) {
    fail_at_ = operation;
    operations_ = 0;
    commit_fault_ = commit_fault;
    failed_ = false;
  }
  bool failed() const { return failed_; }
  KvStore& underlying() { return *store_; }

  std::string Name() const override { return store_->Name(); }

  absl::StatusOr<std::shared_ptr<const KvSnapshot>> Snapshot() override {
    if (Fails()) return Fault();
    return store_->Snapshot();
  }
  absl::StatusOr<std::optional<std::string>> Get(const KvSnapshot* snapshot, ColumnFamily cf,
                                                 std::string_view key) override {
    if (Fails()) return Fault();
    return store_->Get(snapshot, cf, key);
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const KvSnapshot* snapshot, ColumnFamily cf, std::span<const std::string> keys) override {
    if (Fails()) return Fault();
    return store_->MultiGet(snapshot, cf, keys);
  }
  // A scan fails after its first entry: the caller has seen a part of the data.
  absl::StatusOr<std::vector<KvRangeEnd>> MultiScan(const KvSnapshot* snapshot, ColumnFamily cf,
                                                    std::span<const KvRange> ranges,
                                                    const KvReadOptions& options,
                                                    Sink sink) override {
    const bool fails = Fails();
    bool first = true;
    auto ends = store_->MultiScan(snapshot, cf, ranges, options,
                                  [&](size_t range, std::string_view key, std::string_view value) {
                                    if (fails && !std::exchange(first, false)) return false;
                                    return sink(range, key, value);
                                  });
    if (fails) return Fault();
    return ends;
  }
  absl::Status Commit(std::span<const KvWrite> writes, std::span<const KvExpectation> expectations,
                      std::string_view idempotency_key) override {
    if (!Fails()) return store_->Commit(writes, expectations, idempotency_key);
    switch (commit_fault_) {
      case CommitFault::kRefused:
        return Fault();
      case CommitFault::kLostReply:
        if (absl::Status status = store_->Commit(writes, expectations, idempotency_key);
            !status.ok()) {
          return status;
        }
        return absl::UnknownError("injected: the reply was lost");
      case CommitFault::kLostRequest:
        return absl::UnknownError("injected: the request was lost");
    }
    return absl::InternalError("no such fault");
  }
  absl::StatusOr<bool> WasApplied(std::string_view idempotency_key) override {
    if (Fails()) return Fault();
    return store_->WasApplied(idempotency_key);
  }
  absl::StatusOr<std::unique_ptr<KvBulkLoad>> StartBulkLoad() override {
    if (Fails()) return Fault();
    return store_->StartBulkLoad();
  }
  KvLimits Limits() const override { return store_->Limits(); }
  absl::StatusOr<uint64_t> DiskBytes() override {
    if (Fails()) return Fault();
    return store_->DiskBytes();
  }

 private:
  bool Fails() {
    if (++operations_ != fail_at_) return false;
    failed_ = true;
    return true;
  }
  static absl::Status Fault() { return absl::UnavailableError("injected fault"); }

  std::unique_ptr<KvStore> store_;
  int fail_at_ = 0;
  int operations_ = 0;
  CommitFault commit_fault_ = CommitFault::kRefused;
  bool failed_ = false;
};

}  // namespace partnergraph
