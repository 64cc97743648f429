#include "ingest/term_reading.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "ingest/word_match.h"

namespace partnergraph {
namespace {

using std::u32string_view;

// How far after a quantity a label still stands beside it.
constexpr uint32_t kBesideChinese = 3;
constexpr uint32_t kBesideEnglish = 14;
// How far after it one is looked for at all.
constexpr uint32_t kLabelAfterMax = 40;
// How far words that make a percentage a share stand from it.
constexpr uint32_t kShareCharsMax = 14;
constexpr uint32_t kShareCharsMaxEnglish = 40;

// Earlier deals told as background, and what may come later.
constexpr u32string_view kPast[] = {
    U"此前", U"之前", U"曾于", U"曾经", U"曾获",       U"曾以",    U"曾在",      U"去年", U"上一轮",
    U"上轮", U"早前", U"此后", U"未来", U"previously", U"earlier", U"last year", U"prior"};

class Reader {
 public:
  Reader(const TermContext& context, size_t index, const Deal& deal)
      : context_(context),
        index_(index),
        quantity_(context.quantities()[index]),
        words_(quantity_.span),
        clause_(context.Clause(words_)),
        deal_(deal),
        kind_(LabelOfKind(deal.kind)),
        english_(context.language() == Language::kEnglish) {}

  std::optional<TermReading> Read() {
    switch (quantity_.type) {
      case QuantityType::kMoney:
        return ReadMoney();
      case QuantityType::kPercent:
        return ReadStake();
      case QuantityType::kRound:
        return ReadRound();
    }
    return std::nullopt;
  }

 private:
  TermReading Make(DealTermKind kind) const {
    TermReading reading;
    reading.value = {kind, quantity_.value, quantity_.currency, quantity_.bound};
    reading.parties = {-1};
    return reading;
  }

  // Where the clause's part that belongs to this quantity begins: after the one of its type before
  // it.
  uint32_t WindowBegin() const {
    for (size_t i = index_; i > 0; --i) {
      const Quantity& before = context_.quantities()[i - 1];
      if (before.type != quantity_.type) continue;  // "A轮1亿元": of one piece.
      return std::max(clause_.begin, before.span.end);
    }
    return clause_.begin;
  }
  uint32_t WindowEnd() const {
    for (size_t i = index_ + 1; i < context_.quantities().size(); ++i) {
      const Quantity& after = context_.quantities()[i];
      if (after.type != quantity_.type) continue;
      return std::min(clause_.end, after.span.begin);
    }
    return clause_.end;
  }

  // A round right after or before the sum: its label.
  bool HasRoundBeside() const {
    const auto& quantities = context_.quantities();
    const auto beside = [&](size_t i, bool before) {
      if (quantities[i].type != QuantityType::kRound) return false;
      const Span round = quantities[i].span;
      const uint32_t gap = before ? words_.begin - round.end : round.begin - words_.end;
      return gap <= (english_ ? 4u : 3u) && clause_.Contains(round);
    };
    return (index_ > 0 && beside(index_ - 1, true)) ||
           (index_ + 1 < quantities.size() && beside(index_ + 1, false));
  }

  std::optional<LabelHit> Label() const {
    const std::vector<LabelHit> before = context_.LabelsIn({WindowBegin(), words_.begin});
    const uint32_t end = std::min(WindowEnd(), words_.end + kLabelAfterMax);
    const std::vector<LabelHit> after = context_.LabelsIn({words_.end, end});
    const uint32_t beside = english_ ? kBesideEnglish : kBesideChinese;
    if (!after.empty() && after.front().span.begin - words_.end <= beside) return after.front();
    // "耗资2亿元实施首次回购".
    const bool other = !after.empty() && (after.front().label & kLabelOther) != 0;
    if (other && after.front().span.begin - words_.end <= 2 * beside) return after.front();
    if (HasRoundBeside()) return LabelHit{words_, kLabelInvestment, false};
    if (!before.empty()) return before.back();
    if (!after.empty()) return after.front();
    if (ContinuesList()) return Reader(context_, index_ - 1, deal_).Label();
    return std::nullopt;
  }

  // The second of "分别出资5100万元、4900万元".
  bool ContinuesList() const {
    if (index_ == 0) return false;
    const Quantity& before = context_.quantities()[index_ - 1];
    return before.type == quantity_.type && clause_.Contains(before.span) &&
           IsOneOf(context_.Chars(before.span.end, words_.begin),
                   {U"、", U"和", U"及", U"与", U"以及", U" and "});
  }

  std::optional<TermReading> ReadMoney() const {
    const std::optional<LabelHit> label = Label();
    if (!label.has_value()) return std::nullopt;
    // "每股普通股16美元现金": the price of something else, whatever follows.
    if (ContainsAny(context_.Chars(WindowBegin(), words_.begin), {U"每股", U"单价", U"累计"})) {
      return std::nullopt;
    }
    const uint16_t bits = label->label;
    if ((bits & kLabelOther) != 0) return std::nullopt;
    if ((bits & kLabelCapital) != 0) {
      return kind_ == kLabelVenture ? std::optional(Make(DealTermKind::kCapital)) : std::nullopt;
    }
    const bool of_company =
        (bits & kLabelValuation) != 0 || ((bits & kLabelWorth) != 0 && kind_ == kLabelInvestment);
    if (of_company) {
      const bool fits = kind_ == kLabelInvestment || kind_ == kLabelAcquisition;
      return fits ? std::optional(Make(DealTermKind::kValuation)) : std::nullopt;
    }
    if ((bits & (kind_ | kLabelWorth)) == 0) return std::nullopt;
    if (IsPast()) return std::nullopt;
    TermReading reading = Make(DealTermKind::kAmount);
    reading.strength = label->total || IsTotal() ? 2 : (bits & kLabelPrice) != 0 ? 1 : 0;
    if (kind_ == kLabelVenture && !SetContributor(*label, reading)) return std::nullopt;
    return reading;
  }

  // A founder's own contribution is the founder's: "A出资5100万元".
  bool SetContributor(const LabelHit& label, TermReading& reading) const {
    const u32string_view word = context_.Chars(label.span.begin, label.span.end);
    if (!IsOneOf(word, {U"出资", U"认缴", U"contribute", U"contributed"})) return true;
    const u32string_view before = context_.Chars(clause_.begin, label.span.begin);
    return ContainsAny(before, {U"共同", U"双方", U"合计"}) || SetParties(reading);
  }

  // "合计作价29.69亿元".
  bool IsTotal() const {
    const std::vector<LabelHit> before = context_.LabelsIn({WindowBegin(), words_.begin});
    return std::any_of(before.begin(), before.end(), [](const LabelHit& hit) { return hit.total; });
  }

  bool IsPast() const { return ContainsAny(context_.document().Chars(clause_), kPast); }

  // Words that make a percentage one of the shares.
  bool IsShare() const {
    const uint32_t reach = english_ ? kShareCharsMaxEnglish : kShareCharsMax;
    u32string_view after = context_.Chars(words_.end, std::min(clause_.end, words_.end + reach));
    u32string_view before = context_.Chars(
        std::max(clause_.begin, words_.begin - std::min(words_.begin, reach)), words_.begin);
    if (index_ > 0) {
      const uint32_t end = context_.quantities()[index_ - 1].span.end;
      if (end > clause_.begin) before = context_.Chars(std::max(end, clause_.begin), words_.begin);
      if (before.size() > reach) before.remove_prefix(before.size() - reach);
    }
    if (after.starts_with(U"以上") || ContainsAny(before, kNotShares)) return false;
    if (ContinuesList()) return Reader(context_, index_ - 1, deal_).IsShare();
    if (english_) {
      if (after.starts_with(U" ")) after.remove_prefix(1);
      if (StartsWithAny(after, {U"stake", U"equity", U"interest", U"shareholding", U"ownership",
                                U"share", U"minority", U"majority", U"controlling"})) {
        return true;
      }
      if (after.starts_with(U"of ") && ContainsAny(after, {U"shares", U"equity", U"stock"})) {
        return true;
      }
      // "A holding 51% and B 49%".
      if (kind_ == kLabelVenture && WindowBegin() > clause_.begin &&
          context_.CompaniesIn({WindowBegin(), words_.begin}).size() == 1 &&
          context_.quantities()[index_ - 1].type == quantity_.type) {
        return Reader(context_, index_ - 1, deal_).IsShare();
      }
      return EndsWithAny(
          before, {U"stake of ", U"owning ", U"own ", U"owns ", U"hold ", U"holds ", U"holding "});
    }
    while (StartsWithAny(after, {U"的", U" "})) after.remove_prefix(1);
    if (StartsWithAny(after, {U"股权", U"股份", U"股本", U"权益", U"股票", U"股", U"已发行",
                              U"份额", U"控股权", U"出资", U"持股"})) {
      return true;
    }
    return ContainsAny(before, {U"持股", U"占股", U"控股", U"参股", U"股权", U"股份", U"股比",
                                U"总股本", U"出资比例"}) ||
           (kind_ == kLabelVenture && EndsWithAny(before, {U"占", U"占比", U"持有", U"各占"}));
  }

  // From one holding to another: neither is what the deal is about.
  bool IsChange() const {
    const u32string_view before = context_.Chars(WindowBegin(), words_.begin);
    const u32string_view after = context_.Chars(words_.end, WindowEnd());
    const bool has_before = index_ > 0 && WindowBegin() > clause_.begin;
    const bool has_after = WindowEnd() < clause_.end;
    constexpr u32string_view kChanges[] = {U"增至", U"增加", U"提升", U"提高", U"上升", U"降至",
                                           U"下降", U"减少", U"变为", U"稀释", U" to "};
    return (has_before && ContainsAny(before, kChanges)) ||
           (has_after && ContainsAny(after, kChanges));
  }

  std::optional<TermReading> ReadStake() const {
    if (kind_ == kLabelSupply || !IsShare() || IsChange()) return std::nullopt;
    TermReading reading = Make(DealTermKind::kStake);
    reading.value.currency.clear();
    if (TermFault(reading.value).has_value()) return std::nullopt;
    if (kind_ == kLabelVenture) {
      return SetParties(reading) ? std::optional(std::move(reading)) : std::nullopt;
    }
    const std::vector<LabelHit> labels = context_.LabelsIn(clause_);
    const bool deals = std::any_of(labels.begin(), labels.end(),
                                   [&](const LabelHit& hit) { return (hit.label & kind_) != 0; });
    const u32string_view clause = context_.document().Chars(clause_);
    const bool gets = ContainsAny(clause, {U"将持有", U"将持股", U"持股比例", U"取得", U"获得",
                                           U"增持", U"控股股东", U"完成后", U"占股", U"will hold",
                                           U"will own", U"take", U"took", U"gain", U"stake in"});
    if ((!deals && !gets) || IsPast()) return std::nullopt;
    return reading;
  }

  std::optional<TermReading> ReadRound() const {
    if (kind_ != kLabelInvestment || IsPast()) return std::nullopt;
    return Make(DealTermKind::kRound);
  }

  // The parties that a stake or a contribution of a venture is said of; false when the words do not
  // tell.
  bool SetParties(TermReading& reading) const {
    const u32string_view before = context_.Chars(clause_.begin, words_.begin);
    std::vector<CompanyPlace> companies = context_.CompaniesIn({clause_.begin, words_.begin});
    const bool list = ContainsAny(context_.document().Chars(clause_), {U"分别", U"respectively"});
    const bool each = ContainsAny(before, {U"各", U" each "}) ||
                      context_.Chars(words_.end, clause_.end).starts_with(U" each");
    if (list || each) {
      std::erase_if(companies, [&](const CompanyPlace& place) { return !IsFounder(place.entity); });
    }
    // "A、B、C共同持股，持股比例分别为50%、30%、20%".
    if (list && companies.empty()) companies = context_.CompaniesIn(context_.ClauseBefore(clause_));
    if (list) return SetFromList(companies, reading);
    if (each) {
      if (companies.size() < 2) return SetAllFounders(reading);
      SetAll(companies, reading);
      return true;
    }
    // "51%由A持有".
    const uint32_t end = WindowEnd();
    u32string_view after = context_.Chars(words_.end, end);
    if (ContainsAny(after.substr(0, 12), {U"由", U"held by", U"owned by"})) {
      companies = context_.CompaniesIn({words_.end, end});
      if (companies.empty()) return false;
      companies.erase(companies.begin() + 1, companies.end());
    } else {
      // The subject must stand in this quantity's own part: "A持股51%、B持股49%".
      companies = context_.CompaniesIn({WindowBegin(), words_.begin});
      if (companies.empty() && WindowBegin() > clause_.begin) return false;
    }
    if (companies.empty()) {
      // "A出资5100万元，占股51%".
      companies = context_.CompaniesIn(context_.ClauseBefore(clause_));
      if (companies.size() != 1) return false;
    }
    const uint32_t holder = companies.back().entity;
    if (!IsFounder(holder)) return false;
    reading.parties = {static_cast<int>(holder)};
    return true;
  }

  bool SetFromList(const std::vector<CompanyPlace>& companies, TermReading& reading) const {
    // Quantities of this type in the clause, in order.
    std::vector<size_t> members;
    for (size_t i = 0; i < context_.quantities().size(); ++i) {
      const Quantity& quantity = context_.quantities()[i];
      if (quantity.type == quantity_.type && clause_.Contains(quantity.span)) members.push_back(i);
    }
    if (members.size() != companies.size() || members.size() < 2) return false;
    const auto position = std::find(members.begin(), members.end(), index_) - members.begin();
    reading.parties = {static_cast<int>(companies[static_cast<size_t>(position)].entity)};
    return true;
  }

  static void SetAll(const std::vector<CompanyPlace>& companies, TermReading& reading) {
    reading.parties.clear();
    for (const CompanyPlace& place : companies) {
      reading.parties.push_back(static_cast<int>(place.entity));
    }
  }

  bool SetAllFounders(TermReading& reading) const {
    reading.parties.clear();
    for (const Participation& party : deal_.parties) {
      if (party.role != "VENTURE") reading.parties.push_back(static_cast<int>(party.entity));
    }
    return reading.parties.size() == 2;  // 双方各占50%.
  }

  bool IsFounder(uint32_t entity) const {
    return std::any_of(deal_.parties.begin(), deal_.parties.end(), [&](const Participation& party) {
      return party.entity == entity && party.role != "VENTURE";
    });
  }

  static constexpr u32string_view kNotShares[] = {
      U"质押", U"减持", U"冻结", U"增长",    U"溢价",     U"折价", U"上涨", U"下跌",
      U"股价", U"涨幅", U"跌幅", U"premium", U"discount", U"rose", U"fell"};

  const TermContext& context_;
  const size_t index_;
  const Quantity& quantity_;
  const Span words_;
  const Span clause_;
  const Deal& deal_;
  const uint16_t kind_;
  const bool english_;
};

}  // namespace

std::optional<TermReading> ReadTerm(const TermContext& context, size_t index, const Deal& deal) {
  return Reader(context, index, deal).Read();
}

}  // namespace partnergraph
