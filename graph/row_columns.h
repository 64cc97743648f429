// Rows of the adjacency (edges as seen from a node) as columns in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/edge_source.h"
#include "graph/ids.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {

// What the columns have no room for: titles, and source counts of kSourceCountInExtra and more.
struct RowExtra {
  uint32_t row = 0;
  uint32_t title_begin = 0;  // Into RowColumns::titles.
  uint32_t title_size = 0;
  uint32_t source_count = 0;
};
inline constexpr uint16_t kSourceCountInExtra = UINT16_MAX;

// Parallel arrays, one entry of each for a row: 20 bytes.
struct RowColumns {
  const uint32_t* others = nullptr;  // Node ids.
  const uint32_t* facts = nullptr;
  const uint32_t* dates = nullptr;  // Packed.
  const float* confidences = nullptr;
  const uint16_t* source_counts = nullptr;
  const uint8_t* statuses = nullptr;
  const uint8_t* roles = nullptr;
  std::span<const RowExtra> extras;  // Ascending by row.
  const char* titles = nullptr;

  // The extra of a row, or nullptr.
  const RowExtra* FindExtra(uint32_t row) const;
  uint32_t SourceCount(uint32_t row) const {
    if (source_counts[row] != kSourceCountInExtra) return source_counts[row];
    return FindExtra(row)->source_count;
  }
  std::string_view Title(uint32_t row) const;
};
inline constexpr size_t kRowBytes = 4 * 4 + 2 + 1 + 1;

// The bit of a status in masks.
constexpr uint8_t StatusBit(uint8_t status) { return static_cast<uint8_t>(1u << (status & 7)); }

// Rows of one node, one direction and one type, in stored order: newest first, undated last.
struct RowSlice {
  const RowColumns* columns = nullptr;
  uint32_t begin = 0;
  uint32_t size = 0;
  EdgeType type{};
  Direction direction{};
  uint8_t status_mask = 0;  // Of all its rows, at least.

  const uint32_t* others() const { return columns->others + begin; }
};

// Rows that are in no base; what slices of changed nodes point into.
class RowBlock {
 public:
  // `rows` are of one node, direction and type, in stored order.
  explicit RowBlock(std::span<const AdjacentEdge> rows);
  RowBlock(const RowBlock&) = delete;
  RowBlock& operator=(const RowBlock&) = delete;

  RowSlice slice() const;
  size_t bytes() const;

 private:
  std::vector<uint32_t> others_, facts_, dates_;
  std::vector<float> confidences_;
  std::vector<uint16_t> source_counts_;
  std::vector<uint8_t> statuses_, roles_;
  std::vector<RowExtra> extras_;
  std::string titles_;
  RowColumns columns_;
  EdgeType type_{};
  Direction direction_{};
  uint8_t status_mask_ = 0;
};

}  // namespace partnergraph
