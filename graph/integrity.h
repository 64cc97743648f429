// Whether the rows of a database agree with each other: everything that the write path derives is
// derived again from the articles' votes and evidence, and compared. The tests of the store call it
// after every step; no request does, because it reads everything.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/kv_store.h"

namespace partnergraph {

struct IntegrityReport {
  uint64_t rows_checked = 0;
  uint64_t problem_count = 0;
  std::vector<std::string> problems;  // At most kProblemsMax.
};
inline constexpr size_t kProblemsMax = 100;

// Checks one snapshot:
//   adj     each fact that is an edge has exactly its two rows, and there are no others
//   stat    degrees and totals are the numbers of rows
//   evid    each piece is listed by its article, and the reverse; aggregates are those of the rows
//   node    each has an article or is a partnership with its fact; its names are those its articles
//           vote for; its name and gram rows are those of its names, and there are no others
//   ident   each fact is found by what it says, and there are no others
//   art     each article has its text, mentions and index entries, and there are no others
//   log     the newest entry is the last sequence
// Reads everything and holds ids and hashes of all rows in memory: for databases of some million
// rows. A problem is reported, not an error; errors are those of the store, DATA_LOSS for records
// that cannot be decoded among them.
absl::StatusOr<IntegrityReport> CheckIntegrity(KvStore& store);

}  // namespace partnergraph
