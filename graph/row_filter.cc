#include "graph/row_filter.h"

#include "graph/date.h"

namespace partnergraph {
namespace {

constexpr uint8_t kEveryStatus = 0b1111110;

}  // namespace

RowFilter::RowFilter(const FactFilter& filter)
    : types_(filter.types.begin(), filter.types.end()),
      has_types_(!filter.types.empty()),
      min_confidence_(filter.min_confidence),
      min_sources_(filter.min_sources) {
  if (filter.direction == DirectionFilter::kOut) directions_ = 1u << 1;
  if (filter.direction == DirectionFilter::kIn) directions_ = 1u << 2;
  if (filter.statuses.empty()) {
    statuses_ = kEveryStatus & ~StatusBit(static_cast<uint8_t>(FactStatus::kDenied));
  }
  for (const FactStatus status : filter.statuses) {
    statuses_ |= StatusBit(static_cast<uint8_t>(status));
  }
  has_dates_ = !filter.date_from.empty() || !filter.date_until.empty();
  // A limit of a window is a time to its precision; a bound means nothing there.
  if (!filter.date_from.empty()) {
    Date from = filter.date_from;
    from.bound = DateBound::kAt;
    first_day_ = ToDayRange(from).first;
    first_packed_ = PackDate(FromDays(first_day_)) >> 2;
  }
  if (!filter.date_until.empty()) {
    Date until = filter.date_until;
    until.bound = DateBound::kAt;
    last_day_ = ToDayRange(until).last;
    last_packed_ = PackDate(FromDays(last_day_)) >> 2;
  }
  needs_rows_ = min_confidence_ > 0 || min_sources_ > 1 || has_dates_;
}

bool RowFilter::KeepsDate(uint32_t packed) const {
  if (packed == 0) return false;
  constexpr uint32_t kDayBits = 0x1F << 2, kBoundBits = 0x3;
  if ((packed & kBoundBits) == 0 && (packed & kDayBits) != 0) {
    return packed >> 2 >= first_packed_ && packed >> 2 <= last_packed_;
  }
  const DayRange days = ToDayRange(UnpackDate(packed));
  return days.last >= first_day_ && days.first <= last_day_;
}

}  // namespace partnergraph
