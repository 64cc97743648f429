#include "ingest/number_reader.h"

#include <algorithm>
#include <string_view>

#include "ingest/character.h"

namespace partnergraph {
namespace {

using std::u32string_view;

constexpr uint64_t kScale = 10'000;
constexpr int kScaleDigits = 4;
constexpr uint64_t kScaledMax = UINT64_C(9'000'000'000'000'000'000);
// Longest number that is read; what is longer is none.
constexpr uint32_t kNumberCharsMax = 40;
constexpr int kMantissaDigitsMax = 17;

// The value of a Chinese digit, -1 for others.
int DigitOf(char32_t c) {
  constexpr u32string_view kDigits = U"零一二三四五六七八九", kFormal = U"〇壹贰叁肆伍陆柒捌玖";
  if (c == U'两') return 2;
  for (const u32string_view digits : {kDigits, kFormal}) {
    const size_t position = digits.find(c);
    if (position != u32string_view::npos) return static_cast<int>(position);
  }
  return -1;
}

// The power of ten of 十, 百, 千; 0 for others.
int SmallPower(char32_t c) {
  switch (c) {
    case U'十':
    case U'拾':
      return 1;
    case U'百':
    case U'佰':
      return 2;
    case U'千':
    case U'仟':
      return 3;
    default:
      return 0;
  }
}

int LargePower(char32_t c) { return c == U'万' ? 4 : c == U'亿' ? 8 : 0; }

// value * 10^power, 0 when it is too large or not whole.
uint64_t Shift(uint64_t value, int power) {
  for (; power > 0; --power) {
    if (value > kScaledMax / 10) return 0;
    value *= 10;
  }
  for (; power < 0; ++power) {
    if (value % 10 != 0) return 0;
    value /= 10;
  }
  return value;
}

class Reader {
 public:
  Reader(const Document& document, uint32_t begin, uint32_t end)
      : document_(document), begin_(begin), end_(std::min(end, begin + kNumberCharsMax)) {}

  std::optional<Number> Read() {
    at_ = begin_;
    const char32_t first = At(at_);
    std::optional<Number> number;
    if (IsDigit(first)) {
      number = Arabic();
    } else if (first == U'数' || first == U'几' || first == U'上') {
      ++at_;
      number = Chinese();
      // 数千万, but not 数字 or 上一.
      if (!number.has_value() || !order_) return std::nullopt;
    } else if (IsNumeral(first)) {
      number = Chinese();
    } else {
      number = EnglishWord();
    }
    if (number.has_value()) number->span = {begin_, at_};
    return number;
  }

 private:
  char32_t At(uint32_t i) const { return i < end_ ? document_.chars[i] : U'\0'; }

  // 多 or 余 inside or after a number.
  bool SkipMore() {
    if (At(at_) != U'多' && At(at_) != U'余') return false;
    ++at_;
    return true;
  }

  std::optional<Number> Arabic() {
    uint64_t mantissa = 0;
    int digits = 0, fraction = 0;
    const auto take = [&] {
      mantissa = digits < kMantissaDigitsMax ? mantissa * 10 + (At(at_) - U'0') : 0;
      ++digits;
      ++at_;
    };
    while (IsDigit(At(at_))) take();
    // Groups of three. A full-width comma parts clauses.
    while (digits > 0 && At(at_) == U',' && document_.raw[at_] == U',' && IsDigit(At(at_ + 1)) &&
           IsDigit(At(at_ + 2)) && IsDigit(At(at_ + 3)) && !IsDigit(At(at_ + 4))) {
      ++at_;
      for (int i = 0; i < 3; ++i) take();
    }
    if (At(at_) == U'.' && IsDigit(At(at_ + 1))) {
      ++at_;
      for (; IsDigit(At(at_)); ++fraction) take();
    }
    if (digits >= kMantissaDigitsMax) mantissa = 0;
    Number number;
    if (SkipMore()) number.bound = TermBound::kAtLeast;
    const int power = Unit();
    number.unit = power > 0;
    number.scaled = Shift(mantissa, power + kScaleDigits - fraction);
    if (number.unit && SkipMore()) number.bound = TermBound::kAtLeast;
    // 1亿2000万, 3亿5千万.
    if (number.scaled > 0 && number.unit && At(at_ - 1) == U'亿' &&
        (IsDigit(At(at_)) || DigitOf(At(at_)) > 0)) {
      Reader rest(document_, at_, end_);
      const std::optional<Number> small = rest.Read();
      if (small.has_value() && small->unit && small->scaled < Shift(kScale, 8)) {
        number.scaled += small->scaled;
        at_ = small->span.end;
      }
    }
    return number;
  }

  // The power of ten of the unit at at_, which it passes; 0: none.
  int Unit() {
    const uint32_t before = at_;
    if (At(at_) == U' ' || At(at_) == U'-') ++at_;
    int power = 0;
    if (SmallPower(At(at_)) > 0) power += SmallPower(At(at_++));
    bool large = false;
    while (LargePower(At(at_)) > 0) {
      large = true;
      power += LargePower(At(at_++));
    }
    if (large || power >= 3) return power;  // 5千元; but not 5十.
    at_ = before;
    if (At(at_) == U' ' || At(at_) == U'-') ++at_;
    constexpr struct {
      u32string_view word;
      int power;
      bool attached;  // Only without a space before it.
    } kUnits[] = {{U"trillion", 12, false}, {U"billion", 9, false}, {U"million", 6, false},
                  {U"thousand", 3, false},  {U"bln", 9, false},     {U"bn", 9, false},
                  {U"mln", 6, false},       {U"mn", 6, false},      {U"tn", 12, true},
                  {U"b", 9, true},          {U"m", 6, true},        {U"k", 3, true}};
    for (const auto& unit : kUnits) {
      if ((unit.attached && at_ != before) || !HasWordAt(document_, at_, end_, unit.word)) continue;
      at_ += static_cast<uint32_t>(unit.word.size());
      return unit.power;
    }
    at_ = before;
    return 0;
  }

  std::optional<Number> Chinese() {
    uint64_t total = 0, section = 0;
    int digit = -1;
    bool any = false, unit = false;
    const uint32_t from = at_;
    for (;; ++at_) {
      const char32_t c = At(at_);
      if (const int value = DigitOf(c); value >= 0) {
        if (digit > 0) return std::nullopt;  // 二〇一八: a year or a code.
        digit = value;
      } else if (const int power = SmallPower(c); power > 0) {
        // 十亿 is a number, 千万 and 数十亿 are orders of magnitude.
        if (digit < 0) order_ |= !any && (power > 1 || from > begin_);
        section += Shift(digit < 0 ? 1 : static_cast<uint64_t>(digit), power);
        digit = -1;
      } else if (const int large = LargePower(c); large > 0) {
        uint64_t part = section + (digit > 0 ? static_cast<uint64_t>(digit) : 0);
        if (!any) {
          part = 1;
          order_ = true;
        }
        if (large == 8) part += total;
        total = (large == 8 ? 0 : total) + Shift(part, large);
        section = 0;
        digit = -1;
        unit = true;
      } else if (c == U'点' && digit >= 0 && section == 0 && total == 0) {
        return Decimal(static_cast<uint64_t>(digit));
      } else {
        break;
      }
      any = true;
    }
    if (!any) return std::nullopt;
    total += section + (digit > 0 ? static_cast<uint64_t>(digit) : 0);
    Number number;
    number.unit = unit;
    number.scaled = Shift(total, kScaleDigits);
    if (SkipMore()) {
      number.bound = TermBound::kAtLeast;
      // 三千多万元.
      if (const int power = Unit(); power > 0) {
        number.unit = true;
        number.scaled = Shift(number.scaled, power);
      }
    }
    if (order_) number.bound = TermBound::kAtLeast;
    return number;
  }

  // 三点五亿, at its point.
  std::optional<Number> Decimal(uint64_t mantissa) {
    int fraction = 0;
    for (++at_; DigitOf(At(at_)) >= 0 && fraction < kScaleDigits; ++at_, ++fraction) {
      mantissa = mantissa * 10 + static_cast<uint64_t>(DigitOf(At(at_)));
    }
    if (fraction == 0) return std::nullopt;
    Number number;
    const int power = Unit();
    number.unit = power > 0;
    number.scaled = Shift(mantissa, power + kScaleDigits - fraction);
    return number;
  }

  // "two billion".
  std::optional<Number> EnglishWord() {
    constexpr u32string_view kWords[] = {U"one", U"two",   U"three", U"four", U"five",
                                         U"six", U"seven", U"eight", U"nine", U"ten"};
    for (size_t i = 0; i < std::size(kWords); ++i) {
      if (!HasWordAt(document_, at_, end_, kWords[i])) continue;
      at_ += static_cast<uint32_t>(kWords[i].size());
      const int power = Unit();
      if (power < 6) return std::nullopt;
      Number number;
      number.unit = true;
      number.scaled = Shift((i + 1) * kScale, power);
      return number;
    }
    return std::nullopt;
  }

  const Document& document_;
  const uint32_t begin_;
  const uint32_t end_;
  uint32_t at_ = 0;
  bool order_ = false;  // A mere order of magnitude.
};

}  // namespace

bool IsNumeral(char32_t c) { return DigitOf(c) >= 0 || SmallPower(c) > 0 || LargePower(c) > 0; }

bool HasWordAt(const Document& document, uint32_t begin, uint32_t end, u32string_view word) {
  if (end < begin || end - begin < word.size()) return false;
  for (size_t i = 0; i < word.size(); ++i) {
    if (ToLower(document.chars[begin + i]) != ToLower(word[i])) return false;
  }
  const auto after = begin + static_cast<uint32_t>(word.size());
  return !IsLatin(word.back()) || after >= end || !IsAlphanumeric(document.chars[after]);
}

std::optional<Number> ReadNumber(const Document& document, uint32_t begin, uint32_t end) {
  return Reader(document, begin, end).Read();
}

std::string DecimalText(uint64_t scaled) {
  std::string text = std::to_string(scaled / kScale);
  std::string fraction = std::to_string(scaled % kScale + kScale).substr(1);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  return fraction.empty() ? text : text + "." + fraction;
}

}  // namespace partnergraph
