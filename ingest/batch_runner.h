// Runs the records of article files through extraction on several threads, in batches, and hands
// the results over in the order of the files. Memory is bounded by one batch.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ingest/article_reader.h"
#include "ingest/document.h"
#include "ingest/pipeline.h"

namespace partnergraph {

// One record's result.
struct BatchItem {
  std::string file;
  uint64_t line = 0;
  std::string record;  // The bytes as they stand in the file; empty when it was too long to keep.
  absl::StatusOr<Document> document;  // Or why it was refused; the message names file and line.
};

struct BatchCounts {
  uint64_t done = 0;
  uint64_t refused = 0;
};

struct BatchOptions {
  int threads = 1;                               // 1 to 256.
  const std::atomic<bool>* cancelled = nullptr;  // Checked between records. May be null.
};

// Reads `files` one after the other. `sink` gets every record's item on the calling thread; an
// error that it returns ends the run. A file that cannot be read ends it too. CANCELLED when the
// flag was set.
absl::StatusOr<BatchCounts> RunBatches(const Pipeline& pipeline,
                                       const std::vector<std::string>& files,
                                       const BatchOptions& options,
                                       absl::FunctionRef<absl::Status(BatchItem)> sink);

}  // namespace partnergraph
