#include "graph/date.h"

#include "absl/strings/str_format.h"

namespace partnergraph {
namespace {

bool IsLeapYear(int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int DaysInMonth(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeapYear(year) ? 29 : kDays[month - 1];
}

// Days since 1970-01-01 of a day of the proleptic Gregorian calendar; years are counted from March,
// so that the leap day is the last of its year.
int32_t ToDays(int year, int month, int day) {
  if (month <= 2) --year;
  const int era = (year >= 0 ? year : year - 399) / 400;
  const int year_of_era = year - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}

// Reads exactly `digits` decimal digits at `pos`; -1 when they are not there.
int ReadDigits(std::string_view text, size_t pos, size_t digits) {
  if (text.size() < pos + digits) return -1;
  int value = 0;
  for (size_t i = pos; i < pos + digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

}  // namespace

bool IsValid(const Date& date) {
  if (date.bound > DateBound::kAfter) return false;
  if (date.empty()) return date.month == 0 && date.day == 0 && date.bound == DateBound::kAt;
  if (date.year < 1 || date.year > 9999 || date.month > 12) return false;
  if (date.month == 0) return date.day == 0;
  return date.day <= DaysInMonth(date.year, date.month);
}

std::optional<Date> ParseDate(std::string_view text) {
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return std::nullopt;
  Date date;
  const int year = ReadDigits(text, 0, 4);
  if (year < 1) return std::nullopt;
  date.year = static_cast<int16_t>(year);
  if (text.size() >= 7) {
    const int month = text[4] == '-' ? ReadDigits(text, 5, 2) : -1;
    if (month < 1) return std::nullopt;
    date.month = static_cast<uint8_t>(month);
  }
  if (text.size() == 10) {
    const int day = text[7] == '-' ? ReadDigits(text, 8, 2) : -1;
    if (day < 1) return std::nullopt;
    date.day = static_cast<uint8_t>(day);
  }
  if (!IsValid(date)) return std::nullopt;
  return date;
}

std::string FormatDate(const Date& date) {
  if (date.empty()) return "";
  if (date.month == 0) return absl::StrFormat("%04d", date.year);
  if (date.day == 0) return absl::StrFormat("%04d-%02d", date.year, date.month);
  return absl::StrFormat("%04d-%02d-%02d", date.year, date.month, date.day);
}

DayRange ToDayRange(const Date& date) {
  if (date.empty()) return {};
  const int first_month = date.month == 0 ? 1 : date.month;
  const int last_month = date.month == 0 ? 12 : date.month;
  const int first_day = date.day == 0 ? 1 : date.day;
  const int last_day = date.day == 0 ? DaysInMonth(date.year, last_month) : date.day;
  DayRange range{ToDays(date.year, first_month, first_day),
                 ToDays(date.year, last_month, last_day)};
  if (date.bound == DateBound::kBefore) range.first = INT32_MIN;
  if (date.bound == DateBound::kAfter) range.last = INT32_MAX;
  return range;
}

Date FromDays(int32_t days) {
  const int32_t shifted = days + 719468;
  const int32_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  const int32_t day_of_era = shifted - era * 146097;
  const int32_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const int32_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int32_t month_from_march = (5 * day_of_year + 2) / 153;
  const int32_t month = month_from_march + (month_from_march < 10 ? 3 : -9);
  Date date;
  date.year = static_cast<int16_t>(year_of_era + era * 400 + (month <= 2 ? 1 : 0));
  date.month = static_cast<uint8_t>(month);
  date.day = static_cast<uint8_t>(day_of_year - (153 * month_from_march + 2) / 5 + 1);
  return date;
}

uint32_t PackDate(const Date& date) {
  return static_cast<uint32_t>(date.year) << 11 | static_cast<uint32_t>(date.month) << 7 |
         static_cast<uint32_t>(date.day) << 2 | static_cast<uint32_t>(date.bound);
}

Date UnpackDate(uint32_t packed) {
  Date date;
  date.year = static_cast<int16_t>(packed >> 11 & 0x3FFF);
  date.month = static_cast<uint8_t>(packed >> 7 & 0xF);
  date.day = static_cast<uint8_t>(packed >> 2 & 0x1F);
  date.bound = static_cast<DateBound>(packed & 0x3);
  return date;
}

}  // namespace partnergraph
