// From matches to rows: counts and their groups, DISTINCT, ORDER BY, SKIP and LIMIT. Holds what it
// must (groups, rows to sort, keys of distinct ones) within the budget's nodes, of which a row
// counts as one, and bytes. Not thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/pattern_evaluation.h"
#include "graph/pattern_query.h"
#include "graph/query.h"

namespace partnergraph {

using PatternCells = std::vector<PatternCell>;

class PatternRows {
 public:
  // Both must outlive this.
  PatternRows(const PatternQuery& query, const Budget& budget);

  // True when further matches cannot change the answer: LIMIT is reached and nothing is sorted or
  // counted.
  bool enough() const { return enough_; }

  // Adds one match: a cell for each item, of a count that of what it counts (true for count(*)).
  // Returns the bound that it met, if any; the match is left out then, and the query must end.
  std::optional<TruncationReason> Add(PatternCells cells);

  // Rows that are ready and were not taken: all, when nothing is sorted or counted.
  std::vector<PatternCells> TakeReady();

  // The other rows. To be called once, after the last match. `step` is called after each step of
  // some nanoseconds to a microsecond; its error ends the work, and there are no rows.
  absl::StatusOr<std::vector<PatternCells>> Finish(absl::FunctionRef<absl::Status()> step);

  // True when rows that were to be sorted did not fit into the budget's nodes: the first rows of
  // the answer are right, later ones are missing.
  bool overflowed() const { return overflowed_; }

 private:
  struct Group {
    PatternCells cells;
    std::vector<int64_t> counts;  // By count item.
    std::vector<absl::flat_hash_set<std::string>> distinct;
  };
  struct Held {
    PatternCells cells;
    uint64_t order = 0;  // Of arrival: ties keep it.
  };

  std::optional<TruncationReason> AddToGroup(PatternCells cells);
  std::optional<TruncationReason> Hold(PatternCells cells);
  bool Before(const Held& a, const Held& b) const;
  bool IsCount(size_t item) const;
  // The cells that make the group, or that DISTINCT goes by.
  std::string KeyOf(const PatternCells& cells) const;
  std::optional<TruncationReason> Charge(uint64_t bytes);
  uint64_t HeldMax() const;

  const PatternQuery& query_;
  const Budget& budget_;
  bool enough_ = false;
  bool overflowed_ = false;
  uint64_t bytes_ = 0;
  uint64_t skipped_ = 0;
  uint64_t given_ = 0;
  std::vector<PatternCells> ready_;
  std::vector<Held> held_;  // A heap, the last row on top, when there is an order.
  absl::flat_hash_set<std::string> seen_;
  absl::flat_hash_map<std::string, size_t> group_of_;
  std::vector<Group> groups_;
};

}  // namespace partnergraph
