// The version of what is stored: refuses what a newer version wrote, brings what an older one wrote
// up to date.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "absl/status/status.h"
#include "graph/kv_store.h"

namespace partnergraph {

// Of keys.h and of the records in proto/partnergraph/storage. Raise it together with a step that
// migrates from the version before.
inline constexpr uint32_t kFormatVersion = 1;

// Brings a store from version `from` to the next: in commits that each leave a readable store, and
// such that it can be run again after an interruption.
struct MigrationStep {
  uint32_t from = 0;
  std::function<absl::Status(KvStore& store)> migrate;
};

// Writes the format version into an empty store. FAILED_PRECONDITION, naming the store, when it
// holds something else or a newer version; DATA_LOSS when there is no step from its version.
absl::Status PrepareFormat(KvStore& store);

// The same for any version and steps.
absl::Status PrepareFormat(KvStore& store, uint32_t version, std::span<const MigrationStep> steps);

}  // namespace partnergraph
