// The one seam to a storage engine: ordered maps (column families) from byte strings to byte
// strings, read through snapshots and written in atomic batches. Everything above it is the same on
// an embedded and on a distributed engine, so callers stay within Limits(), read a whole frontier
// in ONE MultiScan, and give each commit an idempotency key.
//
// Keys are compared as unsigned bytes. All calls are thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace partnergraph {

// Column families. Stored by name (see ColumnFamilyName): append only. The keys are drawn in
// keys.h.
enum class ColumnFamily : uint8_t {
  kNode,   // Node records and their aliases.
  kAdj,    // One fixed-size row per edge and direction.
  kFact,   // Fact records.
  kIdent,  // Hash of what a fact says -> fact ids.
  kHist,   // Old fact records, newest first.
  kEvid,   // (fact, article) -> evidence.
  kArt,    // Articles: record, text, mentions, nodes, indexes by id and by content.
  kA2f,    // (article, fact): what to take back when the article goes.
  kName,   // Normalized name -> nodes.
  kGram,   // n-gram -> nodes: candidates for fuzzy search.
  kMerge,  // Reserved for redirects of merged nodes: nothing is written yet.
  kStat,   // Degrees and totals.
  kLog,    // Change events by sequence.
  kMeta,   // Format version and counters.
};
inline constexpr int kColumnFamilyCount = 14;
std::string_view ColumnFamilyName(ColumnFamily cf);

// A state of the store that does not change. Holds resources until it is destroyed; use it for
// seconds, not minutes.
class KvSnapshot {
 public:
  virtual ~KvSnapshot() = default;
};

// What bounds a read: checked at least every 256 entries. Default: no bound.
struct KvReadOptions {
  std::function<bool()>
      cancelled;  // Empty: never. When it returns true the read ends with CANCELLED.
};

// A half-open range [begin, end) of one family, read forwards, at most `limit` entries.
struct KvRange {
  std::string begin;
  std::string end;
  uint32_t limit = UINT32_MAX;
};

// How a range of a MultiScan ended.
struct KvRangeEnd {
  bool complete = true;  // False: the limit was reached and more may follow.
  std::string resume;    // Where to go on: the `begin` of a further range. Empty when complete.
};

// One write.
struct KvWrite {
  ColumnFamily cf;
  std::string key;
  std::optional<std::string> value;  // nullopt deletes the key.
};

// What must hold for a batch to be applied: the key has exactly this value, or (nullopt) does not
// exist.
struct KvExpectation {
  ColumnFamily cf;
  std::string key;
  std::optional<std::string> value;
};

// Bounds that callers keep, on every engine.
struct KvLimits {
  size_t batch_bytes_max = 1 << 20;
  size_t value_bytes_max = 100 << 10;
  size_t key_bytes_max = 1 << 10;
  std::chrono::milliseconds snapshot_age_max{5000};
};

// How many idempotency keys a store remembers. A key only has to last from a commit to the retry of
// the same commit, so the window bounds what they cost: older keys are forgotten.
inline constexpr size_t kIdempotencyWindow = 1024;

// What a batch counts against KvLimits::batch_bytes_max: keys and values of its writes.
size_t BatchBytes(std::span<const KvWrite> writes);

// RESOURCE_EXHAUSTED naming the size when a batch is over the limits.
absl::Status CheckLimits(std::span<const KvWrite> writes, std::string_view idempotency_key,
                         const KvLimits& limits);

// Rows of one family on their way into a bulk load. Not thread-safe; writers are independent of
// each other.
class KvBulkWriter {
 public:
  virtual ~KvBulkWriter() = default;

  // Adds a row. Keys ascend, each once: INTERNAL for one that does not. UNAVAILABLE when the engine
  // refused (disk full).
  virtual absl::Status Put(std::string_view key, std::string_view value) = 0;

  // To be called once after the last row.
  virtual absl::Status Finish() = 0;
};

// Many rows of many families, made ready beside the store and taken in at once: readers see none of
// them, then all. What is destroyed without Apply leaves nothing; so does what a crash interrupts.
class KvBulkLoad {
 public:
  virtual ~KvBulkLoad() = default;

  // A writer of rows of `cf`. The key ranges of two writers of one family must not overlap.
  // Thread-safe.
  virtual absl::StatusOr<std::unique_ptr<KvBulkWriter>> NewWriter(ColumnFamily cf) = 0;

  // Applies the rows of all finished writers or none, durably; where a key is stored already, the
  // row replaces it. To be called once. ABORTED when an expectation does not hold, UNAVAILABLE when
  // the engine refused: nothing was applied then. UNKNOWN when it cannot say.
  virtual absl::Status Apply(std::span<const KvExpectation> expectations) = 0;
};

class KvStore {
 public:
  virtual ~KvStore() = default;

  // Names the store in messages: the directory of one on disk.
  virtual std::string Name() const = 0;

  virtual absl::StatusOr<std::shared_ptr<const KvSnapshot>> Snapshot() = 0;

  // The value of a key, or nullopt. A null snapshot reads the newest state.
  // DATA_LOSS for bytes that fail their checksum, UNAVAILABLE for a read error.
  virtual absl::StatusOr<std::optional<std::string>> Get(const KvSnapshot* snapshot,
                                                         ColumnFamily cf, std::string_view key) = 0;

  // The values of many keys, in their order, in one round trip. Errors as Get; any error fails the
  // whole call.
  virtual absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      const KvSnapshot* snapshot, ColumnFamily cf, std::span<const std::string> keys) = 0;

  // Called for each entry: the position of the range, and views that die when it returns. Returning
  // false ends that range (complete = false, resume after this entry).
  using Sink = absl::FunctionRef<bool(size_t range, std::string_view key, std::string_view value)>;

  // Reads many ranges of one family in one round trip; ranges in the order given, entries
  // ascending. A non-OK result means that the scan is incomplete: DATA_LOSS, UNAVAILABLE,
  // CANCELLED. An empty range is OK.
  virtual absl::StatusOr<std::vector<KvRangeEnd>> MultiScan(const KvSnapshot* snapshot,
                                                            ColumnFamily cf,
                                                            std::span<const KvRange> ranges,
                                                            const KvReadOptions& options,
                                                            Sink sink) = 0;

  // Applies all writes or none, durably: on return the batch survives a power cut. The later write
  // to one key wins. ABORTED when an expectation does not hold (nothing was written; read again and
  // retry). ALREADY_EXISTS when a batch with this idempotency key was applied before, by one of the
  // last kIdempotencyWindow batches that had a key; with an empty key nothing is remembered.
  // UNAVAILABLE when the engine refused (disk full, read-only): nothing was written. UNKNOWN when
  // it cannot say: ask WasApplied. RESOURCE_EXHAUSTED for a batch over Limits(); the message names
  // the size.
  virtual absl::Status Commit(std::span<const KvWrite> writes,
                              std::span<const KvExpectation> expectations,
                              std::string_view idempotency_key) = 0;

  // True when one of the last kIdempotencyWindow batches with a key had this one. Survives a
  // restart.
  virtual absl::StatusOr<bool> WasApplied(std::string_view idempotency_key) = 0;

  // Begins a bulk load, for which KvLimits mean nothing. One at a time: FAILED_PRECONDITION while
  // there is another.
  virtual absl::StatusOr<std::unique_ptr<KvBulkLoad>> StartBulkLoad() = 0;

  virtual KvLimits Limits() const = 0;

  // Bytes of all files, for reports.
  virtual absl::StatusOr<uint64_t> DiskBytes() = 0;
};

}  // namespace partnergraph
