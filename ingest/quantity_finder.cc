#include "ingest/quantity_finder.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ingest/character.h"
#include "ingest/currency.h"
#include "ingest/number_reader.h"
#include "ingest/round_reader.h"
#include "ingest/word_match.h"

namespace partnergraph {
namespace {

using std::u32string_view;

struct BoundWord {
  u32string_view word;
  TermBound bound;
};

// Before the amount; of words with one ending the longer comes first.
constexpr BoundWord kBoundsBefore[] = {
    {U"不超过", TermBound::kAtMost},
    {U"不高于", TermBound::kAtMost},
    {U"不多于", TermBound::kAtMost},
    {U"不超", TermBound::kAtMost},
    {U"至多", TermBound::kAtMost},
    {U"最多", TermBound::kAtMost},
    {U"最高", TermBound::kAtMost},
    {U"不低于", TermBound::kAtLeast},
    {U"不少于", TermBound::kAtLeast},
    {U"不小于", TermBound::kAtLeast},
    {U"至少", TermBound::kAtLeast},
    {U"超过", TermBound::kAtLeast},
    {U"逾", TermBound::kAtLeast},
    {U"超", TermBound::kAtLeast},
    {U"高于", TermBound::kAtLeast},
    {U"约为", TermBound::kAbout},
    {U"约合", TermBound::kAbout},
    {U"大约", TermBound::kAbout},
    {U"大概", TermBound::kAbout},
    {U"将近", TermBound::kAbout},
    {U"接近", TermBound::kAbout},
    {U"约", TermBound::kAbout},
    {U"近", TermBound::kAbout},
    {U"up to", TermBound::kAtMost},
    {U"as much as", TermBound::kAtMost},
    {U"no more than", TermBound::kAtMost},
    {U"not exceeding", TermBound::kAtMost},
    {U"at most", TermBound::kAtMost},
    {U"more than", TermBound::kAtLeast},
    {U"over", TermBound::kAtLeast},
    {U"at least", TermBound::kAtLeast},
    {U"no less than", TermBound::kAtLeast},
    {U"in excess of", TermBound::kAtLeast},
    {U"exceeding", TermBound::kAtLeast},
    {U"upwards of", TermBound::kAtLeast},
    {U"approximately", TermBound::kAbout},
    {U"approx.", TermBound::kAbout},
    {U"about", TermBound::kAbout},
    {U"around", TermBound::kAbout},
    {U"roughly", TermBound::kAbout},
    {U"nearly", TermBound::kAbout},
    {U"almost", TermBound::kAbout},
    {U"close to", TermBound::kAbout},
    {U"some", TermBound::kAbout},
};
// Longer words that end like a bound: 签约, 最近.
constexpr u32string_view kNoBounds[] = {U"签约", U"合约", U"续约", U"契约", U"条约",
                                        U"特约", U"最近", U"附近", U"反超"};

constexpr BoundWord kBoundsAfter[] = {
    {U"左右", TermBound::kAbout},  {U"上下", TermBound::kAbout},  {U"以上", TermBound::kAtLeast},
    {U"多", TermBound::kAtLeast},  {U"余", TermBound::kAtLeast},  {U"级", TermBound::kAtLeast},
    {U"以内", TermBound::kAtMost}, {U"以下", TermBound::kAtMost},
};

// Without a currency, a number with 万 or 亿 is money only beside such words.
constexpr u32string_view kMoneyVerbsBefore[] = {
    U"融资", U"投资", U"注资", U"增资", U"出资", U"投入", U"作价", U"斥资",   U"耗资", U"豪掷",
    U"融得", U"获投", U"认购", U"对价", U"获",   U"募资", U"金额", U"金额达", U"以"};
constexpr u32string_view kMoneyVerbsAfter[] = {
    U"融资", U"投资", U"注资", U"增资",   U"入股", U"收购", U"并购", U"控股",   U"战略", U"天使",
    U"种子", U"现金", U"中标", U"的价格", U"拿下", U"买下", U"认购", U"的融资", U"Pre",  U"pre"};
constexpr uint32_t kVerbCharsMax = 4;

class Scanner {
 public:
  Scanner(const Document& document, Span span, Language language)
      : document_(document), span_(span), language_(language) {}

  std::vector<Quantity> Scan() {
    for (uint32_t at = span_.begin; at < span_.end && found_.size() < kQuantitiesPerSentenceMax;) {
      if (std::optional<RoundText> round = ReadRound(document_, span_, floor_, at)) {
        floor_ = at = round->span.end;
        found_.push_back(
            {QuantityType::kRound, std::move(round->name), "", TermBound::kExact, round->span});
        continue;
      }
      at = BeginsNumber(at) ? ReadQuantity(at) : at + 1;
    }
    return std::move(found_);
  }

 private:
  char32_t At(uint32_t i) const {
    return i >= span_.begin && i < span_.end ? document_.chars[i] : U'\0';
  }
  bool EndsWith(uint32_t end, u32string_view word) const {
    const auto size = static_cast<uint32_t>(word.size());
    if (end < floor_ + size) return false;
    for (uint32_t i = 0; i < size; ++i) {
      if (ToLower(At(end - size + i)) != word[i]) return false;
    }
    return !IsLatin(word[0]) || !IsAlphanumeric(At(end - size - 1));
  }
  uint32_t SkipSpaceBack(uint32_t end) const {
    return end > floor_ && At(end - 1) == U' ' ? end - 1 : end;
  }

  bool BeginsNumber(uint32_t at) const {
    const char32_t c = At(at), before = at > floor_ ? At(at - 1) : U'\0';
    if (IsDigit(c)) {
      if (IsDigit(before) || before == U'.') return false;
      if (!IsLatin(before) || CurrencyBefore(document_, floor_, at, language_).has_value()) {
        return true;
      }
      // 收购Acme51%股权; but A4 and B2B are names.
      const std::optional<Number> number = ReadNumber(document_, at, span_.end);
      return language_ != Language::kEnglish && number.has_value() && At(number->span.end) == U'%';
    }
    if (IsLatin(c)) return !IsAlphanumeric(before) && language_ == Language::kEnglish;
    if (before == U'第' || IsDigit(before) || IsNumeral(before)) return false;
    return IsNumeral(c) || c == U'数' || c == U'几' || (c == U'上' && IsNumeral(At(at + 1)));
  }

  // Adds what begins with the number at `at`, if anything; where to go on.
  uint32_t ReadQuantity(uint32_t at) {
    // 百分之三十.
    if (At(at) == U'百' && At(at + 1) == U'分' && At(at + 2) == U'之') {
      const std::optional<Number> number = ReadNumber(document_, at + 3, span_.end);
      if (!number.has_value()) return at + 3;
      Number exact = *number;
      exact.bound = TermBound::kExact;  // 百分之百.
      AddPercent(exact, {at, number->span.end}, number->span.end);
      return std::max(floor_, number->span.end);
    }
    const std::optional<Number> number = ReadNumber(document_, at, span_.end);
    if (!number.has_value()) return at + 1;
    uint32_t end = number->span.end;
    if (IsRangeTo(end)) return SkipRange(end);
    if (!number->unit) {
      const uint32_t sign = At(end) == U' ' ? end + 1 : end;
      for (const u32string_view word : {U"%", U"percent", U"per cent", U"pct"}) {
        if (!HasWordAt(document_, sign, span_.end, word)) continue;
        end = sign + static_cast<uint32_t>(word.size());
        if (IsRangeTo(end)) return SkipRange(end);
        AddPercent(*number, number->span, end);
        return std::max(floor_, end);
      }
    }
    return AddMoney(*number);
  }

  // Whether what ends at `end` is the lower end of a range.
  bool IsRangeTo(uint32_t end) const {
    if (At(end) == U' ') ++end;
    const bool dash = IsOneOf(document_.Chars({end, std::min(end + 1, span_.end)}),
                              {U"-", U"~", U"至", U"到", U"–", U"—", U"～"});
    if (!dash && !HasWordAt(document_, end, span_.end, U"to")) return false;
    end += dash ? 1 : 2;
    while (end < span_.end && (At(end) == U' ' || At(end) == U'$' || At(end) == U'€')) ++end;
    return IsDigit(At(end)) || (dash && IsNumeral(At(end)));
  }

  // Past the upper end of a range with its unit and sign.
  uint32_t SkipRange(uint32_t at) {
    while (at < span_.end && !IsDigit(At(at)) && !IsNumeral(At(at))) ++at;
    const std::optional<Number> number = ReadNumber(document_, at, span_.end);
    uint32_t end = number.has_value() ? number->span.end : at + 1;
    if (At(end) == U' ') ++end;
    if (At(end) == U'%') ++end;
    if (const auto currency = CurrencyAt(document_, end, span_.end, language_)) {
      end += currency->size;
    }
    floor_ = end;
    return end;
  }

  void AddPercent(const Number& number, Span words, uint32_t end) {
    if (number.scaled == 0) return;
    Quantity quantity;
    quantity.type = QuantityType::kPercent;
    quantity.bound = number.bound;
    quantity.value = DecimalText(number.scaled);
    quantity.span = {TakeBoundBefore(words.begin, quantity.bound), end};
    quantity.span.end = TakeBoundAfter(end, quantity.bound);
    Add(std::move(quantity));
  }

  uint32_t AddMoney(const Number& number) {
    Quantity quantity;
    quantity.bound = number.bound;
    uint32_t end = number.span.end, begin = number.span.begin;
    // 千万级美元, 5亿多元.
    end = TakeBoundAfter(end, quantity.bound);
    const uint32_t after = At(end) == U' ' || At(end) == U'-' ? end + 1 : end;
    auto suffix = CurrencyAt(document_, after, span_.end, language_);
    // "12月30日圆满完成".
    if (begin > floor_ && At(begin - 1) == U'月' && At(after) == U'日') suffix.reset();
    if (suffix.has_value()) end = after + suffix->size;
    if (IsRangeTo(end)) return SkipRange(end);
    end = TakeBoundAfter(end, quantity.bound);

    // 约人民币5亿元 and 人民币约5亿元.
    std::optional<CurrencyWord> prefix = TakeCurrencyBefore(begin);
    begin = TakeBoundBefore(begin, quantity.bound);
    if (!prefix.has_value()) prefix = TakeCurrencyBefore(begin);

    quantity.span = {begin, end};
    if (number.scaled == 0 || quantity.span.begin < floor_) return end;
    if (document_.Chars(number.span) == U"万") return end;  // 万元 alone is no amount.
    if (suffix.has_value() && prefix.has_value() && !suffix->plain_unit &&
        suffix->code != prefix->code) {
      return end;
    }
    if (prefix.has_value() && (!suffix.has_value() || suffix->plain_unit)) {
      quantity.currency = prefix->code;
    } else if (suffix.has_value()) {
      quantity.currency = suffix->code;
    } else if (!number.unit || number.span.size() < 2 || !IsMoneyByVerb(begin, end)) {
      return end;
    }
    quantity.value = DecimalText(number.scaled);
    if (!IsConversion(quantity)) Add(std::move(quantity));
    return end;
  }

  std::optional<CurrencyWord> TakeCurrencyBefore(uint32_t& begin) const {
    const uint32_t end = SkipSpaceBack(begin);
    std::optional<CurrencyWord> currency = CurrencyBefore(document_, floor_, end, language_);
    if (currency.has_value()) begin = end - currency->size;
    return currency;
  }

  uint32_t TakeBoundBefore(uint32_t begin, TermBound& bound) const {
    const uint32_t end = SkipSpaceBack(begin);
    for (const u32string_view word : kNoBounds) {
      if (EndsWith(end, word)) return begin;
    }
    for (const BoundWord& word : kBoundsBefore) {
      if (!EndsWith(end, word.word)) continue;
      bound = word.bound;
      return end - static_cast<uint32_t>(word.word.size());
    }
    return begin;
  }

  uint32_t TakeBoundAfter(uint32_t end, TermBound& bound) const {
    for (const BoundWord& word : kBoundsAfter) {
      if (!HasWordAt(document_, end, span_.end, word.word)) continue;
      const auto after = end + static_cast<uint32_t>(word.word.size());
      if (word.word == U"余" && At(after) == U'款') continue;  // 20亿美元余款.
      bound = word.bound;
      return after;
    }
    return end;
  }

  // A number with 万 or 亿 and no currency is money in 融资5000万 and 以3亿收购, not in 5000万用户.
  bool IsMoneyByVerb(uint32_t begin, uint32_t end) const {
    const u32string_view before =
        document_.Chars({std::max(floor_, begin - std::min(begin, kVerbCharsMax)), begin});
    const u32string_view after = document_.Chars({end, std::min(end + kVerbCharsMax, span_.end)});
    const bool round = !after.empty() && (ToLower(after[0]) >= U'a' && ToLower(after[0]) <= U'h') &&
                       after.find(U'轮') != u32string_view::npos;
    const bool closed = after.empty() || kEnds.find(after[0]) != u32string_view::npos;
    if (round || StartsWithAny(after, kMoneyVerbsAfter)) return true;
    return closed && EndsWithAny(before, kMoneyVerbsBefore);
  }

  // "1亿美元（约合6.8亿元人民币）": the same sum once more.
  bool IsConversion(const Quantity& quantity) const {
    constexpr uint32_t kGapMax = 24;
    const u32string_view gap = document_.Chars({floor_, quantity.span.begin});
    const bool near = !found_.empty() && found_.back().type == QuantityType::kMoney &&
                      found_.back().span.end == floor_ && gap.size() <= kGapMax &&
                      found_.back().currency != quantity.currency;
    if (!near) return false;
    return gap.find(U'(') != u32string_view::npos ||
           ContainsAny(gap, {U"折合", U"合", U"相当于", U"equivalent", U" or "}) ||
           document_.Chars(quantity.span).starts_with(U"约合");
  }

  void Add(Quantity quantity) {
    if (quantity.span.begin < floor_ || quantity.value.size() > kTermValueBytesMax) return;
    floor_ = quantity.span.end;
    found_.push_back(std::move(quantity));
  }

  static constexpr u32string_view kEnds = U",.;。!?)】」』”\"' ";

  const Document& document_;
  const Span span_;
  const Language language_;
  uint32_t floor_ = span_.begin;  // Nothing that begins before it is taken.
  std::vector<Quantity> found_;
};

}  // namespace

std::vector<Quantity> FindQuantities(const Document& document, Span span, Language language) {
  return Scanner(document, span, language).Scan();
}

}  // namespace partnergraph
