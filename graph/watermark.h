// The file PARTNERGRAPH in a database's directory: marks the directory as ours, and says how far
// the database has durably come. An engine that loses a file or the end of its log can open without
// an error; a database that is behind its watermark has lost acknowledged writes.
//
// The file is replaced now and then, not with each commit, so it is never ahead of the database.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace partnergraph {

struct Watermark {
  uint64_t commits = 0;   // Batches applied since the database was created.
  uint64_t sequence = 0;  // The engine's own sequence number.
  uint32_t families = 0;  // Column families that it has, the engine's default one excepted.
};

inline constexpr char kWatermarkFile[] = "PARTNERGRAPH";

// nullopt when the directory has no such file. DATA_LOSS when it is damaged, FAILED_PRECONDITION
// when it is of a newer format. Messages name the directory.
absl::StatusOr<std::optional<Watermark>> ReadWatermark(const std::string& directory);

// Replaces the file and makes it durable. UNAVAILABLE when the file system refuses.
absl::Status WriteWatermark(const std::string& directory, const Watermark& watermark);

}  // namespace partnergraph
