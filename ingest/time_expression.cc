#include "ingest/time_expression.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/character.h"

namespace partnergraph {
namespace {

using std::u32string_view;

// Years between which a number before 年 is one of the Republic of China calendar.
constexpr int kRocYearMin = 80;
constexpr int kRocYearMax = 150;
constexpr int kRocYearOffset = 1911;

// How an expression gets its missing parts.
enum class Reference : uint8_t {
  kAbsolute,  // Nothing is missing, or nothing can be known.
  kYear,      // Month and day, the year nearest to the anchor.
  kMonth,     // A day alone, the nearest one before the anchor.
  kRelative,  // `offset` units from the anchor.
  kVague,     // 近日: no date.
};
enum class Unit : uint8_t { kDay, kWeek, kMonth, kYear };
// Which of the days of a name is meant.
enum class WeekdayOf : uint8_t {
  kWeek,        // The one in the week that `offset` gives: 上周三.
  kOnOrBefore,  // "on Tuesday".
  kBefore,      // "last Tuesday".
};

struct Expression {
  Span span;
  Date date;  // The parts that the text gives.
  Reference reference = Reference::kAbsolute;
  Unit unit = Unit::kDay;
  int offset = 0;
  WeekdayOf weekday_of = WeekdayOf::kWeek;
  int weekday = 0;  // 1 Monday to 7 Sunday, with Unit::kWeek; 0: the week as such.
};

int Weekday(const Date& date) { return (ToDayRange(date).first % 7 + 10) % 7 + 1; }

Date AddMonths(const Date& date, int months) {
  const int index = date.year * 12 + (date.month - 1) + months;
  return {static_cast<int16_t>(index / 12), static_cast<uint8_t>(index % 12 + 1), 0};
}

struct Word {
  u32string_view text;
  Reference reference;
  Unit unit;
  int offset;
};

constexpr Word kHanWords[] = {
    {U"今日", Reference::kRelative, Unit::kDay, 0},
    {U"今天", Reference::kRelative, Unit::kDay, 0},
    {U"今早", Reference::kRelative, Unit::kDay, 0},
    {U"今晚", Reference::kRelative, Unit::kDay, 0},
    {U"昨日", Reference::kRelative, Unit::kDay, -1},
    {U"昨天", Reference::kRelative, Unit::kDay, -1},
    {U"昨晚", Reference::kRelative, Unit::kDay, -1},
    {U"前天", Reference::kRelative, Unit::kDay, -2},
    {U"明日", Reference::kRelative, Unit::kDay, 1},
    {U"明天", Reference::kRelative, Unit::kDay, 1},
    {U"本月", Reference::kRelative, Unit::kMonth, 0},
    {U"上个月", Reference::kRelative, Unit::kMonth, -1},
    {U"上月", Reference::kRelative, Unit::kMonth, -1},
    {U"下个月", Reference::kRelative, Unit::kMonth, 1},
    {U"下月", Reference::kRelative, Unit::kMonth, 1},
    {U"今年", Reference::kRelative, Unit::kYear, 0},
    {U"本年", Reference::kRelative, Unit::kYear, 0},
    {U"去年", Reference::kRelative, Unit::kYear, -1},
    {U"前年", Reference::kRelative, Unit::kYear, -2},
    {U"明年", Reference::kRelative, Unit::kYear, 1},
    {U"近日", Reference::kVague, Unit::kDay, 0},
    {U"日前", Reference::kVague, Unit::kDay, 0},
    {U"近期", Reference::kVague, Unit::kDay, 0},
    {U"最近", Reference::kVague, Unit::kDay, 0},
};

constexpr std::array<u32string_view, 12> kMonths = {
    U"january", U"february", U"march",     U"april",   U"may",      U"june",
    U"july",    U"august",   U"september", U"october", U"november", U"december"};
constexpr std::array<u32string_view, 7> kWeekdays = {
    U"monday", U"tuesday", U"wednesday", U"thursday", U"friday", U"saturday", U"sunday"};

class Scanner {
 public:
  Scanner(const Document& document, std::vector<Expression>& found)
      : chars_(document.chars),
        traditional_(document.language == Language::kTraditionalChinese),
        found_(found) {}

  void Scan() {
    while (position_ < chars_.size()) {
      const uint32_t begin = position_;
      const char32_t c = chars_[begin];
      std::optional<Expression> expression;
      if (IsDigit(c) || IsHanNumeral(c)) {
        expression = Numeric();
        if (!expression) {
          position_ = begin;
          while (position_ < chars_.size() &&
                 (IsDigit(chars_[position_]) || IsHanNumeral(chars_[position_]))) {
            ++position_;
          }
        }
      } else if (IsHan(c)) {
        expression = HanWord();
        if (!expression) position_ = begin + 1;
      } else if (IsLatin(c)) {
        expression = LatinWord();
        if (!expression) {
          position_ = begin;
          while (position_ < chars_.size() && IsAlphanumeric(chars_[position_])) ++position_;
        }
      } else {
        ++position_;
      }
      if (expression) {
        expression->span = {begin, position_};
        found_.push_back(*expression);
      }
    }
  }

 private:
  char32_t At(uint32_t position) const {
    return position < chars_.size() ? chars_[position] : U'\0';
  }
  bool Skip(u32string_view text) {
    if (!u32string_view(chars_).substr(position_).starts_with(text)) return false;
    position_ += static_cast<uint32_t>(text.size());
    return true;
  }
  void SkipSpaces() {
    while (At(position_) == U' ') ++position_;
  }

  // A number of at most four digits, in Arabic or Chinese numerals (十二, 二〇一八).
  std::optional<int> Number() {
    const uint32_t begin = position_;
    int value = 0;
    while (IsDigit(At(position_))) {
      if (position_ - begin >= 4) return std::nullopt;
      value = value * 10 + static_cast<int>(At(position_++) - U'0');
    }
    if (position_ > begin) return value;
    static constexpr u32string_view kDigits = U"〇一二三四五六七八九";
    int tens = -1;
    while (position_ - begin < 5) {
      const char32_t c = At(position_);
      const size_t digit = c == U'零' ? 0 : kDigits.find(c);
      if (c == U'十' && tens < 0 && value < 10) {
        tens = position_ == begin ? 1 : value;
        value = 0;
      } else if (digit != u32string_view::npos) {
        value = tens >= 0 ? static_cast<int>(digit) : value * 10 + static_cast<int>(digit);
      } else {
        break;
      }
      ++position_;
    }
    if (position_ == begin) return std::nullopt;
    return tens >= 0 ? tens * 10 + value : value;
  }

  // "10月18日", "十月" after an optional year. Leaves the position where it was when there is none.
  bool MonthAndDay(Date& date) {
    const uint32_t begin = position_;
    SkipSpaces();
    const std::optional<int> month = Number();
    SkipSpaces();
    if (!month || *month < 1 || *month > 12 || !Skip(U"月")) {
      position_ = begin;
      return false;
    }
    if (Skip(U"份")) {
      date.month = static_cast<uint8_t>(*month);
      return true;
    }
    date.month = static_cast<uint8_t>(*month);
    const uint32_t after_month = position_;
    SkipSpaces();
    const std::optional<int> day = Number();
    SkipSpaces();
    if (day && *day >= 1 && *day <= 31 && (Skip(U"日") || Skip(U"号"))) {
      date.day = static_cast<uint8_t>(*day);
    } else {
      position_ = after_month;
    }
    return true;
  }

  std::optional<Expression> Numeric() {
    if (position_ > 0 && (IsAlphanumeric(At(position_ - 1)) || At(position_ - 1) == U'.')) {
      return std::nullopt;
    }
    Expression expression;
    const uint32_t begin = position_;
    const std::optional<int> first = Number();
    if (!first) return std::nullopt;
    const uint32_t digits = position_ - begin;
    const bool spaced = At(position_) == U' ';
    SkipSpaces();
    if (Skip(U"年")) {
      int year = *first;
      const bool roc = year >= kRocYearMin && year <= kRocYearMax && IsDigit(At(begin)) &&
                       (traditional_ || (begin >= 2 && chars_.compare(begin - 2, 2, U"民国") == 0));
      if (roc) year += kRocYearOffset;
      if (year < 1900 || year > 2100) return std::nullopt;
      // A duration: 百年, "2000年来" do not reach here; "1年" fails above.
      expression.date.year = static_cast<int16_t>(year);
      MonthAndDay(expression.date);
      return expression;
    }
    if (digits == 4 && *first >= 1900 && *first <= 2100 && !spaced) {
      const char32_t separator = At(position_);
      if (separator == U'-' || separator == U'/' || separator == U'.') {
        ++position_;
        const std::optional<int> month = Number();
        if (month && *month >= 1 && *month <= 12 && At(position_) == separator) {
          ++position_;
          const std::optional<int> day = Number();
          if (day && *day >= 1 && *day <= 31 && !IsDigit(At(position_))) {
            expression.date = {static_cast<int16_t>(*first), static_cast<uint8_t>(*month),
                               static_cast<uint8_t>(*day)};
            return expression;
          }
        }
      }
      return std::nullopt;
    }
    position_ = begin;
    if (MonthAndDay(expression.date)) {
      expression.reference = Reference::kYear;
      return expression;
    }
    position_ = begin;
    const std::optional<int> day = Number();
    if (day && *day >= 1 && *day <= 31 && IsDigit(At(begin))) {
      if (Skip(U"日") &&
          u32string_view(U"内后间均元股本系").find(At(position_)) == u32string_view::npos) {
        expression.date.day = static_cast<uint8_t>(*day);
        expression.reference = Reference::kMonth;
        return expression;
      }
      // "5 November 2018", "5th of November".
      position_ = begin + digits;
      for (const u32string_view ordinal : {U"st", U"nd", U"rd", U"th"}) {
        if (Skip(ordinal)) break;
      }
      SkipSpaces();
      if (Skip(U"of ")) SkipSpaces();
      if (const int month = MonthName()) {
        expression.date.month = static_cast<uint8_t>(month);
        expression.date.day = static_cast<uint8_t>(*day);
        expression.reference = Reference::kYear;
        TrailingYear(expression);
        return expression;
      }
    }
    return std::nullopt;
  }

  std::optional<Expression> HanWord() {
    for (const Word& word : kHanWords) {
      if (!Skip(word.text)) continue;
      Expression expression;
      expression.reference = word.reference;
      expression.unit = word.unit;
      expression.offset = word.offset;
      if (word.unit == Unit::kYear) {
        SkipSpaces();
        MonthAndDay(expression.date);
      } else if (word.unit == Unit::kMonth) {
        const uint32_t begin = position_;
        const std::optional<int> day = Number();
        if (day && *day >= 1 && *day <= 31 && Skip(U"日")) {
          expression.date.day = static_cast<uint8_t>(*day);
        } else {
          position_ = begin;
        }
      }
      return expression;
    }
    // 上周三, 本周五, 下周, 周一.
    Expression expression;
    expression.reference = Reference::kRelative;
    expression.unit = Unit::kWeek;
    bool named = true;
    if (Skip(U"上")) {
      expression.offset = -1;
    } else if (Skip(U"下")) {
      expression.offset = 1;
    } else if (!Skip(U"本") && !Skip(U"这")) {
      named = false;
    }
    if (!Skip(U"周") && !Skip(U"星期")) return std::nullopt;
    const size_t weekday = u32string_view(U"一二三四五六日").find(At(position_));
    if (At(position_) == U'天' || weekday != u32string_view::npos) {
      expression.weekday = At(position_) == U'天' ? 7 : static_cast<int>(weekday) + 1;
      // 周一 to 周日 alone also begin names and words: 周一鸣, 周日报.
      if (!named && IsHan(At(position_ + 1)) &&
          u32string_view(U"上下晚早在,与的").find(At(position_ + 1)) == u32string_view::npos) {
        return std::nullopt;
      }
      ++position_;
      return expression;
    }
    if (!named) return std::nullopt;
    return expression;
  }

  // The word at the position in lower case, at most 10 letters; "" when longer.
  std::u32string LowerWord() const {
    std::u32string word;
    for (uint32_t i = position_; IsLatin(At(i)); ++i) {
      if (word.size() == 10) return {};
      word.push_back(ToLower(At(i)));
    }
    return word;
  }

  // Moves past a month's name, full or abbreviated with or without a period; 0 when there is none.
  int MonthName() {
    const std::u32string word = LowerWord();
    if (word.size() < 3 || !IsUpper(At(position_))) return 0;
    for (size_t i = 0; i < kMonths.size(); ++i) {
      const bool full = kMonths[i] == word;
      const bool abbreviated =
          word.size() <= 4 && kMonths[i].starts_with(word) &&
          (word.size() == 3 || word == U"sept" || word == U"june" || word == U"july");
      if (!full && !abbreviated) continue;
      position_ += static_cast<uint32_t>(word.size());
      if (!full || word.size() == 3) Skip(U".");
      return static_cast<int>(i) + 1;
    }
    return 0;
  }

  void TrailingYear(Expression& expression) {
    const uint32_t begin = position_;
    Skip(U",");
    SkipSpaces();
    const std::optional<int> year = Number();
    if (year && *year >= 1900 && *year <= 2100) {
      expression.date.year = static_cast<int16_t>(*year);
      expression.reference = Reference::kAbsolute;
    } else {
      position_ = begin;
    }
  }

  std::optional<Expression> LatinWord() {
    const uint32_t begin = position_;
    if (begin > 0 && IsAlphanumeric(At(begin - 1))) return std::nullopt;
    Expression expression;
    if (const int month = MonthName()) {
      expression.date.month = static_cast<uint8_t>(month);
      expression.reference = Reference::kYear;
      const uint32_t after_month = position_;
      SkipSpaces();
      const uint32_t digits = position_;
      const std::optional<int> day = IsDigit(At(position_)) ? Number() : std::nullopt;
      if (day && position_ - digits <= 2 && *day >= 1 && *day <= 31) {
        expression.date.day = static_cast<uint8_t>(*day);
        for (const u32string_view ordinal : {U"st", U"nd", U"rd", U"th"}) {
          if (Skip(ordinal)) break;
        }
      } else {
        position_ = after_month;
      }
      TrailingYear(expression);
      // "May" and "March" alone are verbs more often than months.
      if (expression.date.day == 0 && expression.date.year == 0 && (month == 5 || month == 3)) {
        return std::nullopt;
      }
      return expression;
    }
    expression.reference = Reference::kRelative;
    const std::u32string word = LowerWord();
    if (word == U"today" || word == U"yesterday" || word == U"tomorrow") {
      position_ += static_cast<uint32_t>(word.size());
      expression.offset = word == U"today" ? 0 : word == U"yesterday" ? -1 : 1;
      return expression;
    }
    const bool last = word == U"last", next = word == U"next", on = word == U"on";
    if (!last && !next && !on && word != U"this") return std::nullopt;
    position_ += static_cast<uint32_t>(word.size());
    SkipSpaces();
    const std::u32string unit = LowerWord();
    expression.offset = last ? -1 : next ? 1 : 0;
    position_ += static_cast<uint32_t>(unit.size());
    for (size_t i = 0; i < kWeekdays.size(); ++i) {
      if (kWeekdays[i] != unit) continue;
      expression.unit = Unit::kWeek;
      expression.weekday = static_cast<int>(i) + 1;
      if (on) expression.weekday_of = WeekdayOf::kOnOrBefore;
      if (last) expression.weekday_of = WeekdayOf::kBefore;
      return expression;
    }
    if (on) return std::nullopt;
    if (unit == U"week") {
      expression.unit = Unit::kWeek;
    } else if (unit == U"month") {
      expression.unit = Unit::kMonth;
    } else if (unit == U"year") {
      expression.unit = Unit::kYear;
    } else {
      return std::nullopt;
    }
    return expression;
  }

  const std::u32string& chars_;
  const bool traditional_;
  std::vector<Expression>& found_;
  uint32_t position_ = 0;
};

int64_t Distance(const Date& a, const Date& b) {
  return std::llabs(static_cast<int64_t>(ToDayRange(a).first) - ToDayRange(b).first);
}

Date Valid(const Date& date) { return IsValid(date) ? date : Date(); }

Date Resolve(const Expression& expression, const Date& anchor) {
  Date date = expression.date;
  const bool full_anchor = anchor.month != 0 && anchor.day != 0;
  switch (expression.reference) {
    case Reference::kAbsolute:
      return Valid(date);
    case Reference::kVague:
      return {};
    case Reference::kYear: {
      if (anchor.empty()) return {};
      if (anchor.month == 0) {
        date.year = anchor.year;
        return Valid(date);
      }
      Date best;
      for (int year = anchor.year - 1; year <= anchor.year + 1; ++year) {
        Date candidate = date;
        candidate.year = static_cast<int16_t>(year);
        if (!IsValid(candidate)) continue;
        if (best.empty() || Distance(candidate, anchor) < Distance(best, anchor)) best = candidate;
      }
      return best;
    }
    case Reference::kMonth: {
      if (!full_anchor) return {};
      Date candidate = anchor;
      candidate.day = date.day;
      // A day well ahead of the anchor's is of the month before.
      if (date.day > anchor.day + 7) {
        candidate = AddMonths(anchor, -1);
        candidate.day = date.day;
      }
      return Valid(candidate);
    }
    case Reference::kRelative:
      break;
  }
  if (anchor.empty()) return {};
  switch (expression.unit) {
    case Unit::kYear:
      date.year = static_cast<int16_t>(anchor.year + expression.offset);
      return Valid(date);
    case Unit::kMonth: {
      if (anchor.month == 0) return {};
      Date month = AddMonths(anchor, expression.offset);
      month.day = date.day;
      return Valid(month);
    }
    case Unit::kDay:
      return full_anchor ? FromDays(ToDayRange(anchor).first + expression.offset) : Date();
    case Unit::kWeek: {
      if (!full_anchor) return {};
      const int today = Weekday(anchor);
      const int32_t first = ToDayRange(anchor).first;
      if (expression.weekday == 0) {  // A week is no day: its month is what is known.
        Date date_in_week = FromDays(first + 7 * expression.offset);
        date_in_week.day = 0;
        return date_in_week;
      }
      int shift = expression.weekday - today + 7 * expression.offset;
      if (expression.weekday_of != WeekdayOf::kWeek) {
        shift = expression.weekday - today;
        const bool today_counts = expression.weekday_of == WeekdayOf::kOnOrBefore;
        if (shift > 0 || (shift == 0 && !today_counts)) shift -= 7;
      }
      return FromDays(first + shift);
    }
  }
  return {};
}

// Adds mentions in order and keeps the entities' indices right.
void Insert(Document& document, std::vector<Mention> dates) {
  std::vector<Mention> merged;
  merged.reserve(document.mentions.size() + dates.size());
  std::vector<uint32_t> moved(document.mentions.size());
  size_t date = 0;
  for (size_t i = 0; i < document.mentions.size(); ++i) {
    while (date < dates.size() && dates[date].span.begin < document.mentions[i].span.begin) {
      merged.push_back(std::move(dates[date++]));
    }
    moved[i] = static_cast<uint32_t>(merged.size());
    merged.push_back(std::move(document.mentions[i]));
  }
  for (; date < dates.size(); ++date) merged.push_back(std::move(dates[date]));
  document.mentions = std::move(merged);
  for (Entity& entity : document.entities) {
    for (uint32_t& mention : entity.mentions) mention = moved[mention];
  }
}

}  // namespace

absl::Status TimeExpressionFinder::Process(Document& document) const {
  std::vector<Expression> expressions;
  Scanner(document, expressions).Scan();
  Date anchor = document.article.published;
  if (anchor.empty()) {
    for (const Expression& expression : expressions) {
      if (expression.reference == Reference::kAbsolute && expression.date.day != 0 &&
          IsValid(expression.date)) {
        anchor = expression.date;
        break;
      }
    }
  }
  std::vector<Mention> dates;
  dates.reserve(expressions.size());
  size_t sentence = 0;
  int year_in_sentence = 0;
  for (const Expression& expression : expressions) {
    // A year given earlier in the sentence holds for the rest of it: "2020年9月签约，12月完成".
    while (sentence < document.sentences.size() &&
           document.sentences[sentence].span.end <= expression.span.begin) {
      ++sentence;
      year_in_sentence = 0;
    }
    Expression completed = expression;
    if (completed.reference == Reference::kYear && year_in_sentence != 0) {
      completed.date.year = static_cast<int16_t>(year_in_sentence);
      completed.reference = Reference::kAbsolute;
    }
    Mention mention;
    mention.span = expression.span;
    mention.type = MentionType::kDate;
    mention.date = Resolve(completed, anchor);
    mention.score = 1;
    mention.rule = "time expression";
    if (expression.date.year != 0) year_in_sentence = expression.date.year;
    dates.push_back(std::move(mention));
  }
  Insert(document, std::move(dates));
  return absl::OkStatus();
}

}  // namespace partnergraph
