#include "graph/rocks_kv_store.h"

#include <fcntl.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <map>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "graph/keys.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "graph/watermark.h"

namespace partnergraph {
namespace {

// How often a busy store replaces its watermark.
constexpr absl::Duration kWatermarkInterval = absl::Seconds(1);
constexpr uint64_t kCancellationInterval = 256;

// The engine's default family holds what the store keeps for itself:
//   "commits"             number of batches applied, 8 bytes
//   "applied/", slot 4    idempotency key of the batch whose number among those with a key is
//                         congruent to the slot: number 8, key
constexpr char kCommitsKey[] = "commits";
constexpr std::string_view kAppliedPrefix = "applied/";

std::string AppliedKey(uint64_t number) {
  std::string key(kAppliedPrefix);
  AppendU32(key, static_cast<uint32_t>(number % kIdempotencyWindow));
  return key;
}

// The one place where the engine's codes become ours.
absl::Status ToStatus(const rocksdb::Status& status, const std::string& directory) {
  if (status.ok()) return absl::OkStatus();
  const std::string message = absl::StrCat(directory, ": ", status.ToString());
  switch (status.code()) {
    case rocksdb::Status::kNotFound:
      return absl::NotFoundError(message);
    case rocksdb::Status::kCorruption:
      return absl::DataLossError(message);
    case rocksdb::Status::kAborted:
      return absl::AbortedError(message);
    case rocksdb::Status::kInvalidArgument:
    case rocksdb::Status::kNotSupported:
      return absl::InternalError(message);
    default:
      return absl::UnavailableError(message);
  }
}

rocksdb::Slice ToSlice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

class RocksSnapshot : public KvSnapshot {
 public:
  explicit RocksSnapshot(std::shared_ptr<rocksdb::DB> db)
      : db_(std::move(db)), snapshot_(db_->GetSnapshot()) {}
  ~RocksSnapshot() override { db_->ReleaseSnapshot(snapshot_); }
  const rocksdb::Snapshot* get() const { return snapshot_; }

 private:
  std::shared_ptr<rocksdb::DB> db_;  // A snapshot may outlive the store.
  const rocksdb::Snapshot* snapshot_;
};

// Every read of ours starts from these options.
rocksdb::ReadOptions ReadOptionsAt(const KvSnapshot* snapshot) {
  rocksdb::ReadOptions options;
  if (snapshot != nullptr) options.snapshot = static_cast<const RocksSnapshot*>(snapshot)->get();
  // RocksDB before 8.7 ends scans early with an OK status after a read error in a file whose range
  // deletions it cannot load. We never delete ranges.
  options.ignore_range_deletions = true;
  options.total_order_seek = true;
  return options;
}

// True when both ends of the range lie in the prefix of one node, so that filters on prefixes can
// be used without changing what is read.
bool WithinNodePrefix(const KvRange& range) {
  return range.begin.size() >= kNodePrefixBytes && range.end.size() >= kNodePrefixBytes &&
         std::string_view(range.begin).substr(0, kNodePrefixBytes) ==
             std::string_view(range.end).substr(0, kNodePrefixBytes);
}

class RocksBulkLoad;
class RocksBulkWriter;

class RocksKvStore : public KvStore {
 public:
  RocksKvStore(std::string directory, std::shared_ptr<rocksdb::DB> db,
               std::vector<rocksdb::ColumnFamilyHandle*> handles)
      : directory_(std::move(directory)), db_(std::move(db)), handles_(std::move(handles)) {}

  ~RocksKvStore() override {
    if (loaded_) SaveWatermark();
    for (rocksdb::ColumnFamilyHandle* handle : handles_) {
      db_->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
    }
  }

  // Reads what the store keeps for itself. `watermark` is what the database must at least have.
  absl::Status Load(const Watermark& watermark);

  std::string Name() const override { return directory_; }

  absl::StatusOr<std::shared_ptr<const KvSnapshot>> Snapshot() override {
    return std::make_shared<const RocksSnapshot>(db_);
  }

  absl::StatusOr<std::optional<std::string>> Get(const KvSnapshot* snapshot, ColumnFamily cf,
                                                 std::string_view key) override;
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const KvSnapshot* snapshot, ColumnFamily cf, std::span<const std::string> keys) override;
  absl::StatusOr<std::vector<KvRangeEnd>> MultiScan(const KvSnapshot* snapshot, ColumnFamily cf,
                                                    std::span<const KvRange> ranges,
                                                    const KvReadOptions& options,
                                                    Sink sink) override;
  absl::Status Commit(std::span<const KvWrite> writes, std::span<const KvExpectation> expectations,
                      std::string_view idempotency_key) override;
  absl::StatusOr<bool> WasApplied(std::string_view idempotency_key) override;
  absl::StatusOr<std::unique_ptr<KvBulkLoad>> StartBulkLoad() override;
  KvLimits Limits() const override { return {}; }
  absl::StatusOr<uint64_t> DiskBytes() override;

 private:
  friend class RocksBulkLoad;
  friend class RocksBulkWriter;

  rocksdb::ColumnFamilyHandle* Handle(ColumnFamily cf) const {
    return handles_[static_cast<size_t>(cf) + 1];  // The default family comes first.
  }
  absl::Status Check(std::span<const KvExpectation> expectations);
  void Remember(std::string_view idempotency_key) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void SaveWatermark();

  const std::string directory_;
  const std::shared_ptr<rocksdb::DB> db_;
  const std::vector<rocksdb::ColumnFamilyHandle*> handles_;

  std::atomic<bool> bulk_loading_ = false;

  bool loaded_ = false;  // Set by Load: a store that was refused must not touch its watermark.

  absl::Mutex watermark_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);
  absl::Mutex mutex_;  // Serializes commits, so that expectations hold when the batch is applied.
  uint64_t commits_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t keyed_commits_ ABSL_GUARDED_BY(mutex_) = 0;
  std::vector<std::string> applied_ ABSL_GUARDED_BY(mutex_);  // By slot; empty: free.
  std::unordered_set<std::string> applied_set_ ABSL_GUARDED_BY(mutex_);
  absl::Time watermark_saved_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

absl::Status RocksKvStore::Load(const Watermark& watermark) {
  absl::MutexLock lock(&mutex_);
  applied_.resize(kIdempotencyWindow);
  const rocksdb::ReadOptions options = ReadOptionsAt(nullptr);
  std::string value;
  const rocksdb::Status status = db_->Get(options, handles_[0], kCommitsKey, &value);
  if (status.ok()) {
    PG_ASSIGN_OR_RETURN(commits_, DecodeU64(value, "number of commits"));
  } else if (!status.IsNotFound()) {
    return ToStatus(status, directory_);
  }
  if (commits_ < watermark.commits || db_->GetLatestSequenceNumber() < watermark.sequence) {
    return absl::DataLossError(absl::StrCat(directory_, " has lost acknowledged writes: it holds ",
                                            commits_, " commits, and ", watermark.commits,
                                            " were durable; restore a backup"));
  }
  std::unique_ptr<rocksdb::Iterator> iterator(db_->NewIterator(options, handles_[0]));
  for (iterator->Seek(ToSlice(kAppliedPrefix));
       iterator->Valid() && ToView(iterator->key()).starts_with(kAppliedPrefix); iterator->Next()) {
    const std::string_view key = ToView(iterator->key()), entry = ToView(iterator->value());
    if (key.size() != kAppliedPrefix.size() + 4 || entry.size() < 8) {
      return absl::DataLossError(
          absl::StrCat(directory_, " holds an idempotency key that cannot be read"));
    }
    const uint64_t number = ReadU64(entry, 0);
    keyed_commits_ = std::max(keyed_commits_, number + 1);
    applied_[number % kIdempotencyWindow] = entry.substr(8);
    applied_set_.emplace(entry.substr(8));
  }
  PG_RETURN_IF_ERROR(ToStatus(iterator->status(), directory_));
  loaded_ = true;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> RocksKvStore::Get(const KvSnapshot* snapshot,
                                                             ColumnFamily cf,
                                                             std::string_view key) {
  std::string value;
  const rocksdb::Status status =
      db_->Get(ReadOptionsAt(snapshot), Handle(cf), ToSlice(key), &value);
  if (status.IsNotFound()) return std::nullopt;
  PG_RETURN_IF_ERROR(ToStatus(status, directory_));
  return value;
}

absl::StatusOr<std::vector<std::optional<std::string>>> RocksKvStore::MultiGet(
    const KvSnapshot* snapshot, ColumnFamily cf, std::span<const std::string> keys) {
  std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  db_->MultiGet(ReadOptionsAt(snapshot), Handle(cf), keys.size(), slices.data(), values.data(),
                statuses.data());
  std::vector<std::optional<std::string>> result(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].IsNotFound()) continue;
    PG_RETURN_IF_ERROR(ToStatus(statuses[i], directory_));
    result[i] = values[i].ToString();
  }
  return result;
}

absl::StatusOr<std::vector<KvRangeEnd>> RocksKvStore::MultiScan(const KvSnapshot* snapshot,
                                                                ColumnFamily cf,
                                                                std::span<const KvRange> ranges,
                                                                const KvReadOptions& options,
                                                                Sink sink) {
  rocksdb::ReadOptions read_options = ReadOptionsAt(snapshot);
  // All ranges share one iterator, so its mode has to suit every range. It gets one upper bound,
  // the last end, lest it walk all that was deleted behind; the end of each range is checked here.
  // A bound that changes between seeks is not safe: blocks remember what they were compared with.
  rocksdb::Slice upper_bound;
  for (const KvRange& range : ranges) {
    if (ToView(upper_bound) < range.end) upper_bound = range.end;
  }
  read_options.iterate_upper_bound = &upper_bound;
  if (cf == ColumnFamily::kAdj && std::ranges::all_of(ranges, WithinNodePrefix)) {
    read_options.total_order_seek = false;
    read_options.prefix_same_as_start = true;
  }
  std::unique_ptr<rocksdb::Iterator> iterator(db_->NewIterator(read_options, Handle(cf)));
  std::vector<KvRangeEnd> ends(ranges.size());
  uint64_t entries = 0;
  for (size_t i = 0; i < ranges.size(); ++i) {
    const KvRange& range = ranges[i];
    if (options.cancelled && options.cancelled()) return absl::CancelledError("scan cancelled");
    uint32_t count = 0;
    for (iterator->Seek(range.begin); iterator->Valid(); iterator->Next()) {
      const std::string_view key = ToView(iterator->key());
      if (key >= range.end) break;
      if (count == range.limit) {
        ends[i].complete = false;
        ends[i].resume = key;
        break;
      }
      if (++entries % kCancellationInterval == 0 && options.cancelled && options.cancelled()) {
        return absl::CancelledError("scan cancelled");
      }
      ++count;
      if (!sink(i, key, ToView(iterator->value()))) {
        ends[i].complete = false;
        ends[i].resume = std::string(key) + '\0';
        break;
      }
    }
    PG_RETURN_IF_ERROR(ToStatus(iterator->status(), directory_));
  }
  return ends;
}

absl::Status RocksKvStore::Check(std::span<const KvExpectation> expectations) {
  for (const KvExpectation& expectation : expectations) {
    PG_ASSIGN_OR_RETURN(const std::optional<std::string> value,
                        Get(nullptr, expectation.cf, expectation.key));
    if (value != expectation.value) {
      return absl::AbortedError(absl::StrCat("key ", Quoted(expectation.key), " of family ",
                                             ToAbsl(ColumnFamilyName(expectation.cf)),
                                             " was changed by another writer"));
    }
  }
  return absl::OkStatus();
}

absl::Status RocksKvStore::Commit(std::span<const KvWrite> writes,
                                  std::span<const KvExpectation> expectations,
                                  std::string_view idempotency_key) {
  PG_RETURN_IF_ERROR(CheckLimits(writes, idempotency_key, Limits()));
  bool save_watermark = false;
  {
    absl::MutexLock lock(&mutex_);
    if (applied_set_.contains(std::string(idempotency_key))) {
      return absl::AlreadyExistsError(
          absl::StrCat("batch ", Quoted(idempotency_key), " was applied before"));
    }
    PG_RETURN_IF_ERROR(Check(expectations));
    rocksdb::WriteBatch batch;
    for (const KvWrite& write : writes) {
      const rocksdb::Status status = write.value.has_value()
                                         ? batch.Put(Handle(write.cf), write.key, *write.value)
                                         : batch.Delete(Handle(write.cf), write.key);
      PG_RETURN_IF_ERROR(ToStatus(status, directory_));
    }
    PG_RETURN_IF_ERROR(
        ToStatus(batch.Put(handles_[0], kCommitsKey, EncodeU64(commits_ + 1)), directory_));
    if (!idempotency_key.empty()) {
      PG_RETURN_IF_ERROR(ToStatus(batch.Put(handles_[0], AppliedKey(keyed_commits_),
                                            EncodeU64(keyed_commits_).append(idempotency_key)),
                                  directory_));
    }
    rocksdb::WriteOptions options;
    options.sync = true;
    const rocksdb::Status status = db_->Write(options, &batch);
    if (status.IsIOError() && !status.IsNoSpace()) {
      // The log may hold the batch although syncing it failed: a restart decides.
      return absl::UnknownError(absl::StrCat(directory_, ": ", status.ToString()));
    }
    PG_RETURN_IF_ERROR(ToStatus(status, directory_));
    ++commits_;
    Remember(idempotency_key);
    const absl::Time now = absl::Now();
    save_watermark = now - watermark_saved_ >= kWatermarkInterval;
    if (save_watermark) watermark_saved_ = now;
  }
  if (save_watermark) SaveWatermark();
  return absl::OkStatus();
}

void RocksKvStore::Remember(std::string_view idempotency_key) {
  if (idempotency_key.empty()) return;
  std::string& slot = applied_[keyed_commits_++ % kIdempotencyWindow];
  applied_set_.erase(slot);
  slot = idempotency_key;
  applied_set_.insert(slot);
}

absl::StatusOr<bool> RocksKvStore::WasApplied(std::string_view idempotency_key) {
  absl::MutexLock lock(&mutex_);
  return !idempotency_key.empty() && applied_set_.contains(std::string(idempotency_key));
}

void RocksKvStore::SaveWatermark() {
  // One at a time: the newer numbers are written last, and nobody else writes the same file.
  absl::MutexLock saving(&watermark_mutex_);
  Watermark watermark;
  {
    absl::MutexLock lock(&mutex_);
    watermark.commits = commits_;
    watermark.sequence = db_->GetLatestSequenceNumber();
    watermark.families = static_cast<uint32_t>(handles_.size()) - 1;
  }
  // The watermark only guards against loss: what it says of earlier commits stays true when it
  // cannot be replaced, and the next commits try again.
  WriteWatermark(directory_, watermark).IgnoreError();
}

absl::StatusOr<uint64_t> RocksKvStore::DiskBytes() {
  uint64_t bytes = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory_, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;  // The engine deletes files at any time.
    const uint64_t size = entry->is_regular_file(gone) ? entry->file_size(gone) : 0;
    if (!gone) bytes += size;
  }
  if (error) return absl::UnavailableError(absl::StrCat(directory_, ": ", error.message()));
  return bytes;
}

// Where files of a bulk load are made. On the database's own file system, so that they can be
// moved.
std::string BulkDirectory(const std::string& directory) { return directory + "/bulk-load"; }

// Files are closed at this size, lest compactions have to rewrite one of many gigabytes.
constexpr uint64_t kBulkFileBytes = 256 << 20;
// Asking for the size of a file costs more than a row.
constexpr uint64_t kBulkRowsPerSizeCheck = 4096;

// Whether files in a directory can be written past the page cache.
bool CanWriteDirectly(const std::string& directory) {
  const std::string path = directory + "/direct";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_DIRECT | O_CLOEXEC, 0600);
  if (file < 0) return false;
  alignas(4096) static constexpr char kPage[4096] = {};  // Some only say so when it is written.
  const bool written = write(file, kPage, sizeof(kPage)) == sizeof(kPage);
  close(file);
  unlink(path.c_str());
  return written;
}

// One finished file with the checksum that the engine keeps of it.
struct BulkFile {
  std::string path;
  std::string checksum;
  std::string checksum_name;
};

class RocksBulkLoad : public KvBulkLoad {
 public:
  RocksBulkLoad(RocksKvStore& store, std::string directory)
      : store_(store), directory_(std::move(directory)) {}
  ~RocksBulkLoad() override {
    std::error_code ignored;  // What stays is cleaned up by the next load or opening.
    std::filesystem::remove_all(directory_, ignored);
    store_.bulk_loading_ = false;
  }

  // To be called once the directory exists.
  void ChooseWrites() { direct_writes_ = CanWriteDirectly(directory_); }

  absl::StatusOr<std::unique_ptr<KvBulkWriter>> NewWriter(ColumnFamily cf) override;
  absl::Status Apply(std::span<const KvExpectation> expectations) override;

  // Files are written past the page cache where the file system can: it would hold what nobody has
  // asked for, and making pages for it took a seventh of the time of ten million edges.
  rocksdb::EnvOptions FileEnvOptions(const rocksdb::Options& options) const {
    rocksdb::EnvOptions env(options);
    env.use_direct_writes = direct_writes_;
    return env;
  }
  // The family's options for files that are written once: what compaction would do to them is left
  // to compaction.
  rocksdb::Options FileOptions(rocksdb::ColumnFamilyHandle* handle) const {
    rocksdb::Options options = store_.db_->GetOptions(handle);
    // Hashes cannot be compressed.
    const bool hashes = handle == store_.Handle(ColumnFamily::kIdent);
    options.compression = hashes ? rocksdb::kNoCompression : rocksdb::kLZ4Compression;
    options.bottommost_compression = rocksdb::kDisableCompressionOption;
    options.compression_per_level.clear();
    return options;
  }
  std::string NextPath() { return absl::StrCat(directory_, "/", next_file_++, ".sst"); }
  void Add(int handle, std::vector<BulkFile> files) {
    absl::MutexLock lock(&mutex_);
    std::vector<BulkFile>& all = files_[handle];
    std::move(files.begin(), files.end(), std::back_inserter(all));
  }
  const RocksKvStore& store() const { return store_; }

 private:
  RocksKvStore& store_;
  const std::string directory_;
  bool direct_writes_ = false;
  std::atomic<uint64_t> next_file_ = 0;
  absl::Mutex mutex_;
  std::map<int, std::vector<BulkFile>> files_ ABSL_GUARDED_BY(mutex_);  // By position of handle.
};

class RocksBulkWriter : public KvBulkWriter {
 public:
  RocksBulkWriter(RocksBulkLoad& load, int handle)
      : load_(load),
        handle_(handle),
        options_(load.FileOptions(load.store().handles_[handle])),
        writer_(load.FileEnvOptions(options_), options_, load.store().handles_[handle],
                /*invalidate_page_cache=*/false) {}

  absl::Status Put(std::string_view key, std::string_view value) override {
    if (!open_) PG_RETURN_IF_ERROR(Open());
    PG_RETURN_IF_ERROR(Check(writer_.Put(ToSlice(key), ToSlice(value))));
    if (++rows_ % kBulkRowsPerSizeCheck == 0 && writer_.FileSize() >= kBulkFileBytes) {
      return Close();
    }
    return absl::OkStatus();
  }

  absl::Status Finish() override {
    if (open_) PG_RETURN_IF_ERROR(Close());
    load_.Add(handle_, std::move(files_));
    return absl::OkStatus();
  }

 private:
  absl::Status Check(const rocksdb::Status& status) const {
    return ToStatus(status, load_.store().directory_);
  }
  absl::Status Open() {
    files_.push_back({load_.NextPath(), "", ""});
    open_ = true;
    return Check(writer_.Open(files_.back().path));
  }
  absl::Status Close() {
    rocksdb::ExternalSstFileInfo info;
    open_ = false;
    PG_RETURN_IF_ERROR(Check(writer_.Finish(&info)));
    files_.back().checksum = info.file_checksum;
    files_.back().checksum_name = info.file_checksum_func_name;
    return absl::OkStatus();
  }

  RocksBulkLoad& load_;
  const int handle_;
  const rocksdb::Options options_;
  rocksdb::SstFileWriter writer_;
  std::vector<BulkFile> files_;
  bool open_ = false;
  uint64_t rows_ = 0;
};

absl::StatusOr<std::unique_ptr<KvBulkLoad>> RocksKvStore::StartBulkLoad() {
  if (bulk_loading_.exchange(true)) {
    return absl::FailedPreconditionError(
        absl::StrCat(directory_, " is being loaded in bulk already"));
  }
  auto load = std::make_unique<RocksBulkLoad>(*this, BulkDirectory(directory_));
  std::error_code error;
  std::filesystem::remove_all(BulkDirectory(directory_), error);
  std::filesystem::create_directory(BulkDirectory(directory_), error);
  if (error) {
    return absl::UnavailableError(absl::StrCat(BulkDirectory(directory_), ": ", error.message()));
  }
  load->ChooseWrites();
  return load;
}

absl::StatusOr<std::unique_ptr<KvBulkWriter>> RocksBulkLoad::NewWriter(ColumnFamily cf) {
  return std::make_unique<RocksBulkWriter>(*this, static_cast<int>(cf) + 1);
}

absl::Status RocksBulkLoad::Apply(std::span<const KvExpectation> expectations) {
  // As Commit: expectations hold until the rows are in.
  absl::MutexLock lock(&store_.mutex_);
  PG_RETURN_IF_ERROR(store_.Check(expectations));
  RocksBulkWriter commits(*this, 0);
  PG_RETURN_IF_ERROR(commits.Put(kCommitsKey, EncodeU64(store_.commits_ + 1)));
  PG_RETURN_IF_ERROR(commits.Finish());

  std::vector<rocksdb::IngestExternalFileArg> arguments;
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  absl::MutexLock files_lock(&mutex_);
  for (const auto& [handle, files] : files_) {
    if (files.empty()) continue;
    rocksdb::IngestExternalFileArg& argument = arguments.emplace_back();
    argument.column_family = store_.handles_[handle];
    argument.options.move_files = true;
    argument.options.write_global_seqno = false;
    argument.options.verify_file_checksum = false;  // It is of the bytes as they were written.
    for (const BulkFile& file : files) {
      argument.external_files.push_back(file.path);
      argument.files_checksums.push_back(file.checksum);
      argument.files_checksum_func_names.push_back(file.checksum_name);
    }
    families.push_back(argument.column_family);
  }
  // Files go below the memtables, so what these hold must go first.
  rocksdb::FlushOptions flush;
  PG_RETURN_IF_ERROR(ToStatus(store_.db_->Flush(flush, families), store_.directory_));
  const rocksdb::Status status = store_.db_->IngestExternalFiles(arguments);
  if (status.IsIOError() && !status.IsNoSpace()) {
    // The engine's log of files may hold the load although syncing it failed: a restart decides.
    return absl::UnknownError(absl::StrCat(store_.directory_, ": ", status.ToString()));
  }
  PG_RETURN_IF_ERROR(ToStatus(status, store_.directory_));
  ++store_.commits_;
  return absl::OkStatus();
}

// Checksums of whole files: XXH3, where the engine's own CRC32C has no help of the processor in the
// distribution's build, and took a tenth of making a file. Files that a database has of before keep
// the checksums they have.
class XxhFileChecksum : public rocksdb::FileChecksumGenerator {
 public:
  static constexpr char kName[] = "PartnergraphXXH3";

  XxhFileChecksum() : state_(XXH3_createState()) { XXH3_64bits_reset(state_.get()); }
  void Update(const char* data, size_t size) override {
    XXH3_64bits_update(state_.get(), data, size);
  }
  void Finalize() override { checksum_ = EncodeU64(XXH3_64bits_digest(state_.get())); }
  std::string GetChecksum() const override { return checksum_; }
  const char* Name() const override { return kName; }

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
  std::string checksum_;
};

class FileChecksums : public rocksdb::FileChecksumGenFactory {
 public:
  std::unique_ptr<rocksdb::FileChecksumGenerator> CreateFileChecksumGenerator(
      const rocksdb::FileChecksumGenContext& context) override {
    const std::string& name = context.requested_checksum_func_name;
    if (name.empty() || name == XxhFileChecksum::kName) return std::make_unique<XxhFileChecksum>();
    return nullptr;  // Nobody asks for checksums that files have of before.
  }
  const char* Name() const override { return "PartnergraphFileChecksums"; }
};

rocksdb::DBOptions MakeDbOptions(const RocksOptions& options,
                                 const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::DBOptions db;
  db.paranoid_checks = true;
  // The default drops everything after a damaged record without an error, acknowledged or not.
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  db.file_checksum_gen_factory = std::make_shared<FileChecksums>();
  // With 8 or more, retried flushes of 7.8 can misorder updates.
  db.max_background_jobs = 4;
  db.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(options.write_buffer_bytes, cache);
  db.max_total_wal_size = 4 * options.write_buffer_bytes;
  db.bytes_per_sync = 1 << 20;
  db.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db.keep_log_file_num = 4;
  db.max_log_file_size = 4 << 20;
  return db;
}

rocksdb::ColumnFamilyOptions MakeFamilyOptions(std::string_view name, const RocksOptions& options,
                                               const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  // Of rows that are only read in ranges a filter of whole keys is never asked.
  const bool scanned = name == ColumnFamilyName(ColumnFamily::kGram) ||
                       name == ColumnFamilyName(ColumnFamily::kName);
  table.block_cache = cache;
  table.block_size = 8 << 10;
  table.format_version = 5;
  if (!scanned) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;

  rocksdb::ColumnFamilyOptions family;
  family.write_buffer_size = std::max<size_t>(options.write_buffer_bytes / 4, 1 << 20);
  family.max_write_buffer_number = 2;
  family.compression = rocksdb::kLZ4Compression;
  family.bottommost_compression = rocksdb::kZSTD;
  family.level_compaction_dynamic_level_bytes = true;
  family.paranoid_file_checks = true;
  if (name == ColumnFamilyName(ColumnFamily::kAdj)) {
    // Stored: never change it for a database that exists.
    family.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(kNodePrefixBytes));
    family.memtable_prefix_bloom_size_ratio = 0.1;
    table.whole_key_filtering = false;
  } else {
    // Filters and indexes in blocks of a few kilobytes. A filter of ten million keys in one block
    // fits no part of the cache, and was read again for every key that was asked for. Adjacency has
    // a filter entry per node only.
    table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
    table.partition_filters = !scanned;
  }
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return family;
}

// Our marker, from a directory that may be opened. A missing or empty directory gets a new one.
absl::StatusOr<Watermark> PrepareDirectory(const std::string& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_status status = fs::status(directory, error);
  if (fs::exists(status) && !fs::is_directory(status)) {
    return absl::FailedPreconditionError(absl::StrCat(directory, " is not a directory"));
  }
  fs::create_directories(directory, error);
  if (error == std::errc::permission_denied) {
    return absl::PermissionDeniedError(absl::StrCat(directory, ": ", error.message()));
  }
  if (error) return absl::UnavailableError(absl::StrCat(directory, ": ", error.message()));

  PG_ASSIGN_OR_RETURN(const std::optional<Watermark> watermark, ReadWatermark(directory));
  if (watermark.has_value()) return *watermark;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename();
    // A new file system has the first; an interrupted creation leaves the second.
    if (name == "lost+found" || name == absl::StrCat(kWatermarkFile, ".new")) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(directory, " holds something other than a partnergraph database: ", name));
  }
  if (error == std::errc::permission_denied) {
    return absl::PermissionDeniedError(absl::StrCat(directory, ": ", error.message()));
  }
  if (error) return absl::UnavailableError(absl::StrCat(directory, ": ", error.message()));
  PG_RETURN_IF_ERROR(WriteWatermark(directory, {}));
  return Watermark{};
}

// The families that a directory has: no others but ours, and all that it ever had. One of an older
// program has fewer: it gets the others, and the format version decides about the rest. Empty when
// there is no database.
absl::StatusOr<std::vector<std::string>> FindFamilies(const rocksdb::DBOptions& options,
                                                      const std::string& directory,
                                                      const Watermark& watermark) {
  std::vector<std::string> families;
  if (!std::filesystem::exists(directory + "/CURRENT")) {
    if (watermark.commits == 0) return families;
    return absl::DataLossError(
        absl::StrCat(directory, " has lost its file CURRENT; restore a backup"));
  }
  PG_RETURN_IF_ERROR(
      ToStatus(rocksdb::DB::ListColumnFamilies(options, directory, &families), directory));
  for (const std::string& family : families) {
    bool ours = family == rocksdb::kDefaultColumnFamilyName;
    for (int i = 0; i < kColumnFamilyCount; ++i) {
      ours |= family == ColumnFamilyName(static_cast<ColumnFamily>(i));
    }
    if (!ours) {
      return absl::FailedPreconditionError(absl::StrCat("the database in ", directory,
                                                        " was written by a newer version: family ",
                                                        Quoted(family), " is unknown"));
    }
  }
  // Without a commit its creation was interrupted.
  if (watermark.commits == 0 || families.size() >= watermark.families + 1) return families;
  return absl::DataLossError(
      absl::StrCat(directory, " has lost column families; restore a backup"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<KvStore>> OpenRocksKvStore(const std::string& directory,
                                                          const RocksOptions& options) {
  PG_ASSIGN_OR_RETURN(const Watermark watermark, PrepareDirectory(directory));
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  rocksdb::DBOptions db_options = MakeDbOptions(options, cache);
  PG_ASSIGN_OR_RETURN(const std::vector<std::string> found,
                      FindFamilies(db_options, directory, watermark));
  db_options.create_if_missing = watermark.commits == 0;

  // In the order of their handles. Those that are missing are made together: opening would make one
  // after the other, and write and read again all options after each.
  std::vector<rocksdb::ColumnFamilyDescriptor> existing, missing;
  std::vector<bool> exists = {true};
  existing.emplace_back(rocksdb::kDefaultColumnFamilyName, MakeFamilyOptions("", options, cache));
  for (int i = 0; i < options.families_for_test; ++i) {
    const std::string_view name = ColumnFamilyName(static_cast<ColumnFamily>(i));
    exists.push_back(std::ranges::find(found, name) != found.end());
    (exists.back() ? existing : missing)
        .emplace_back(std::string(name), MakeFamilyOptions(name, options, cache));
  }
  std::vector<rocksdb::ColumnFamilyHandle*> opened, made;
  rocksdb::DB* db = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(db_options, directory, existing, &opened, &db);
  if (status.IsIOError() && status.ToString().find("LOCK") != std::string::npos) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the database in ", directory, " is open in another process: ", status.ToString()));
  }
  PG_RETURN_IF_ERROR(ToStatus(status, directory));
  if (!missing.empty()) status = db->CreateColumnFamilies(missing, &made);
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  auto next_opened = opened.begin(), next_made = made.begin();
  for (const bool was_there : exists) {
    if (was_there) {
      handles.push_back(*next_opened++);
    } else if (next_made != made.end()) {  // Or making failed.
      handles.push_back(*next_made++);
    }
  }
  auto store = std::make_unique<RocksKvStore>(directory, std::shared_ptr<rocksdb::DB>(db),
                                              std::move(handles));
  PG_RETURN_IF_ERROR(ToStatus(status, directory));
  // Nobody else has the database open, so what is there was left by a load that was killed.
  std::error_code ignored;
  std::filesystem::remove_all(BulkDirectory(directory), ignored);
  PG_RETURN_IF_ERROR(store->Load(watermark));
  return store;
}

}  // namespace partnergraph
