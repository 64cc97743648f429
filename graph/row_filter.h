// A FactFilter made ready for rows in columns: what a whole slice decides (type, direction, often
// the status) is decided once for it. Keeps the same rows as Keeps() in edge_source.h.
#pragma once

#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "graph/query.h"
#include "graph/row_columns.h"

namespace partnergraph {

class RowFilter {
 public:
  explicit RowFilter(const FactFilter& filter);

  // What is known of a slice's rows without looking at them.
  enum class SliceMatch : uint8_t { kNone, kAll, kSome };
  SliceMatch Match(const RowSlice& slice) const {
    if ((directions_ >> static_cast<unsigned>(slice.direction) & 1) == 0) return SliceMatch::kNone;
    if (has_types_ && !HasType(slice.type)) return SliceMatch::kNone;
    if ((slice.status_mask & statuses_) == 0) return SliceMatch::kNone;
    return needs_rows_ || (slice.status_mask & ~statuses_) != 0 ? SliceMatch::kSome
                                                                : SliceMatch::kAll;
  }

  // True when every row of a node whose statuses are in the mask is kept, whatever else it is.
  bool KeepsEverything(uint8_t status_mask) const {
    return !has_types_ && directions_ == kBothDirections && !needs_rows_ &&
           (status_mask & ~statuses_) == 0;
  }

  // Of a slice that matches in part.
  bool KeepsRow(const RowSlice& slice, uint32_t index) const {
    const RowColumns& columns = *slice.columns;
    const uint32_t row = slice.begin + index;
    if ((StatusBit(columns.statuses[row]) & statuses_) == 0) return false;
    if (!needs_rows_) return true;
    if (columns.confidences[row] < min_confidence_) return false;
    if (min_sources_ > 1 && columns.SourceCount(row) < min_sources_) return false;
    return !has_dates_ || KeepsDate(columns.dates[row]);
  }

 private:
  static constexpr uint8_t kBothDirections = 0b110;

  bool HasType(EdgeType type) const {
    for (const EdgeType t : types_) {
      if (t == type) return true;
    }
    return false;
  }
  bool KeepsDate(uint32_t packed) const;

  absl::InlinedVector<EdgeType, 8> types_;
  bool has_types_ = false;
  bool needs_rows_ = false;
  bool has_dates_ = false;
  uint8_t directions_ = kBothDirections;
  uint8_t statuses_ = 0;
  float min_confidence_ = 0;
  uint32_t min_sources_ = 0;
  int32_t first_day_ = INT32_MIN, last_day_ = INT32_MAX;  // Of the window.
  // The same as packed dates without their bound, for dates that are known to the day.
  uint32_t first_packed_ = 0, last_packed_ = UINT32_MAX;
};

}  // namespace partnergraph
