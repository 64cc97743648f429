// The command `partnergraph-ingest eval`: how well extraction reads what people have annotated.
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace partnergraph {

struct EvalArguments {
  std::vector<std::string> files;  // Articles, with `gold`.
  std::string gold;
  std::string set;  // A public set by name ("cluener", "finre", ...), with `file` or its dev split.
  std::string file;
  std::string data = "../shared/data";         // The public sets.
  std::string annotations = "../shared/eval";  // Folders with articles.jsonl and gold.jsonl.
  std::optional<float> confidence_min;
  bool errors = false;
  bool traditional = false;
  int threads = 2;
};

// Prints the tables that the arguments ask for: of `gold`; of one public set; of everything there
// is when neither is given. INVALID_ARGUMENT, NOT_FOUND name the file; CANCELLED when `cancelled`
// was set.
absl::Status RunEval(const EvalArguments& arguments, const std::atomic<bool>& cancelled);

}  // namespace partnergraph
