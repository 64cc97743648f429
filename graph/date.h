// Calendar dates with their precision (year, month, day) and a bound (at, before, after).
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace partnergraph {

// Stored: never renumber.
enum class DateBound : uint8_t { kAt = 0, kBefore = 1, kAfter = 2 };

// A date whose month and day may be unknown (0). The empty date (year 0) means that nothing is
// known.
struct Date {
  int16_t year = 0;   // 1 to 9999, or 0 for the empty date.
  uint8_t month = 0;  // 1 to 12, or 0.
  uint8_t day = 0;    // 1 to 31, or 0.
  DateBound bound = DateBound::kAt;

  bool empty() const { return year == 0; }
  friend auto operator<=>(const Date&, const Date&) = default;
};

// True when the parts are in range and the day exists in its month.
bool IsValid(const Date& date);

// Parses "YYYY", "YYYY-MM" or "YYYY-MM-DD"; nullopt for anything else. The bound is kAt.
std::optional<Date> ParseDate(std::string_view text);

// "YYYY", "YYYY-MM" or "YYYY-MM-DD"; "" for the empty date. The bound is not part of it.
std::string FormatDate(const Date& date);

// Days since 1970-01-01 of the first and of the last day that the date can mean; {INT32_MIN,
// INT32_MAX} for the empty date, and open on one side for a bound before or after.
struct DayRange {
  int32_t first = INT32_MIN;
  int32_t last = INT32_MAX;
};
DayRange ToDayRange(const Date& date);

// The full date that is `days` after 1970-01-01.
Date FromDays(int32_t days);

// Packs into 25 bits so that later dates are greater, unknown parts sort before known ones, and the
// empty date is 0: bits 0-1 bound, 2-6 day, 7-10 month, 11-24 year. Stored: never change.
uint32_t PackDate(const Date& date);
Date UnpackDate(uint32_t packed);

}  // namespace partnergraph
