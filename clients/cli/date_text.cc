#include "clients/cli/date_text.h"

#include <array>

#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

// `digits` as a number, or -1.
int ParseDigits(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') {
      return -1;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

int DaysOfMonth(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[month - 1];
}

}  // namespace

std::string DateText(const v1::Date& date) {
  if (date.year() == 0) {
    return "";
  }
  std::string text = fmt::format("{:04}", date.year());
  if (date.month() != 0) {
    text += fmt::format("-{:02}", date.month());
  }
  if (date.month() != 0 && date.day() != 0) {
    text += fmt::format("-{:02}", date.day());
  }
  switch (date.bound()) {
    case v1::DATE_BOUND_BEFORE:
      return "../" + text;
    case v1::DATE_BOUND_AFTER:
      return text + "/..";
    default:
      return text;
  }
}

std::optional<v1::Date> ParseDate(std::string_view text) {
  const bool has_month = text.size() >= 7 && text[4] == '-';
  const bool has_day = text.size() == 10 && text[7] == '-';
  if (text.size() != 4 && !(text.size() == 7 && has_month) && !(has_month && has_day)) {
    return std::nullopt;
  }
  v1::Date date;
  date.set_year(ParseDigits(text.substr(0, 4)));
  date.set_month(has_month ? ParseDigits(text.substr(5, 2)) : 0);
  date.set_day(has_day ? ParseDigits(text.substr(8, 2)) : 0);
  if (date.year() < 1 || (has_month && (date.month() < 1 || date.month() > 12)) ||
      (has_day && (date.day() < 1 || date.day() > DaysOfMonth(date.year(), date.month())))) {
    return std::nullopt;
  }
  return date;
}

}  // namespace partnergraph::cli
