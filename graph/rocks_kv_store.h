// KvStore on RocksDB. This file pair is the only one that includes RocksDB.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "graph/kv_store.h"

namespace partnergraph {

struct RocksOptions {
  size_t block_cache_bytes = 256 << 20;
  size_t write_buffer_bytes = 64 << 20;        // All memtables together.
  int families_for_test = kColumnFamilyCount;  // Fewer: as a program of an older format has them.
};

// Opens the database in `directory`, creating it when the directory is missing or empty. Never
// repairs, never falls back. FAILED_PRECONDITION when the directory holds something else or another
// process has it open; DATA_LOSS when the database is damaged; PERMISSION_DENIED, UNAVAILABLE as
// the file system says. Messages name the directory.
absl::StatusOr<std::unique_ptr<KvStore>> OpenRocksKvStore(const std::string& directory,
                                                          const RocksOptions& options);

}  // namespace partnergraph
