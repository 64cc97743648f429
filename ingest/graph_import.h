// Imports graph files into a database: CSV in the form of neo4j-admin, and JSON Lines. Nodes first,
// then edges, then everything at once; see bulk_load.h. Bad records are set aside and the run goes
// on.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/bulk_load.h"
#include "graph/kv_store.h"

namespace partnergraph {

// CSV files with one header: the first line of the first file.
struct CsvSource {
  std::string label;  // Or type: for records that have none.
  std::vector<std::string> files;
};

struct GraphImportOptions {
  std::vector<CsvSource> nodes;
  std::vector<CsvSource> edges;
  std::vector<std::string> records;  // JSON Lines, of nodes, edges and edge types.
  // In the place of the first line of each source. Empty: the line itself.
  std::string nodes_header;
  std::string edges_header;
  std::vector<EdgeTypeDeclaration> edge_types;
  char delimiter = ',';
  BulkLoadOptions load;                          // Without files and cancelled.
  const std::atomic<bool>* cancelled = nullptr;  // May be null.
};

struct RejectedRecord {
  std::string file;
  uint64_t line = 0;
  std::string record;  // The bytes as they stand in the file, cut at kRejectedBytesMax.
  std::string reason;
};
inline constexpr size_t kRejectedBytesMax = 64 << 10;

struct GraphImportProgress {
  const char* stage = "";
  uint64_t nodes = 0;  // Read so far; so are edges.
  uint64_t edges = 0;
  uint64_t rejected = 0;
  double done = 0;  // Of the stage, in [0, 1].
};

struct GraphImportReport {
  BulkLoadReport load;
  uint64_t rejected = 0;
};

// "SUPPLIES", "SUPPLIES:inverse=SUPPLIED_BY:source=company:target=company|product",
// "COMPETES_WITH:symmetric". INVALID_ARGUMENT names what cannot be read.
absl::StatusOr<EdgeTypeDeclaration> ParseEdgeTypeFlag(std::string_view flag);

// "nodes.csv", "header.csv,part1.csv,part2.csv", "Company=companies.csv".
CsvSource ParseSourceFlag(std::string_view flag);

// Imports everything or, on an error, nothing. `reject` is called on the calling thread, `progress`
// on another one, about five times a second. INVALID_ARGUMENT for headers and declarations that
// cannot be read, a file that is not what it should be; NOT_FOUND and the like for files; CANCELLED
// when the flag was set; further errors as BulkLoad's.
absl::StatusOr<GraphImportReport> ImportGraph(
    KvStore& store, const GraphImportOptions& options,
    absl::FunctionRef<void(const RejectedRecord&)> reject,
    const std::function<void(const GraphImportProgress&)>& progress);

}  // namespace partnergraph
