#include "graph/row_columns.h"

#include <algorithm>

namespace partnergraph {

const RowExtra* RowColumns::FindExtra(uint32_t row) const {
  const auto found = std::ranges::lower_bound(extras, row, {}, &RowExtra::row);
  return found != extras.end() && found->row == row ? &*found : nullptr;
}

std::string_view RowColumns::Title(uint32_t row) const {
  const RowExtra* extra = extras.empty() ? nullptr : FindExtra(row);
  if (extra == nullptr) return {};
  return {titles + extra->title_begin, extra->title_size};
}

RowBlock::RowBlock(std::span<const AdjacentEdge> rows) {
  const size_t size = rows.size();
  others_.reserve(size);
  facts_.reserve(size);
  dates_.reserve(size);
  confidences_.reserve(size);
  source_counts_.reserve(size);
  statuses_.reserve(size);
  roles_.reserve(size);
  for (const AdjacentEdge& row : rows) {
    if (!row.title.empty() || row.source_count >= kSourceCountInExtra) {
      extras_.push_back({static_cast<uint32_t>(others_.size()),
                         static_cast<uint32_t>(titles_.size()),
                         static_cast<uint32_t>(row.title.size()), row.source_count});
      titles_.append(row.title);
    }
    others_.push_back(static_cast<uint32_t>(ToInt(row.other)));
    facts_.push_back(static_cast<uint32_t>(ToInt(row.fact)));
    dates_.push_back(row.packed_date);
    confidences_.push_back(row.confidence);
    source_counts_.push_back(
        static_cast<uint16_t>(std::min<uint32_t>(row.source_count, kSourceCountInExtra)));
    statuses_.push_back(static_cast<uint8_t>(row.status));
    roles_.push_back(static_cast<uint8_t>(row.role));
    status_mask_ |= StatusBit(static_cast<uint8_t>(row.status));
  }
  if (!rows.empty()) {
    type_ = rows.front().type;
    direction_ = rows.front().direction;
  }
  columns_ = {.others = others_.data(),
              .facts = facts_.data(),
              .dates = dates_.data(),
              .confidences = confidences_.data(),
              .source_counts = source_counts_.data(),
              .statuses = statuses_.data(),
              .roles = roles_.data(),
              .extras = extras_,
              .titles = titles_.data()};
}

RowSlice RowBlock::slice() const {
  return {.columns = &columns_,
          .begin = 0,
          .size = static_cast<uint32_t>(others_.size()),
          .type = type_,
          .direction = direction_,
          .status_mask = status_mask_};
}

size_t RowBlock::bytes() const {
  return sizeof(RowBlock) + others_.size() * kRowBytes + extras_.size() * sizeof(RowExtra) +
         titles_.size();
}

}  // namespace partnergraph
