#include "graph/deal_term.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace partnergraph {
namespace {

constexpr std::array<std::string_view, 6> kKindNames = {"",      "AMOUNT",    "STAKE",
                                                        "ROUND", "VALUATION", "CAPITAL"};
constexpr std::array<std::string_view, 4> kBoundNames = {"EXACT", "ABOUT", "AT_LEAST", "AT_MOST"};
constexpr double kStakeMax = 100;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsCapital(char c) { return c >= 'A' && c <= 'Z'; }

bool IsMoney(DealTermKind kind) {
  return kind == DealTermKind::kAmount || kind == DealTermKind::kValuation ||
         kind == DealTermKind::kCapital;
}

}  // namespace

std::string_view DealTermKindName(DealTermKind kind) {
  const auto number = static_cast<size_t>(kind);
  return number < kKindNames.size() ? kKindNames[number] : std::string_view();
}

std::string_view TermBoundName(TermBound bound) {
  const auto number = static_cast<size_t>(bound);
  return number < kBoundNames.size() ? kBoundNames[number] : std::string_view();
}

bool IsDecimal(std::string_view text) {
  const size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (whole.empty() || (whole.size() > 1 && whole[0] == '0')) return false;
  if (!std::all_of(whole.begin(), whole.end(), IsDigit)) return false;
  if (point == std::string_view::npos) return whole != "0";
  const std::string_view fraction = text.substr(point + 1);
  return !fraction.empty() && fraction.back() != '0' &&
         std::all_of(fraction.begin(), fraction.end(), IsDigit);
}

bool IsRoundName(std::string_view text) {
  for (const std::string_view name :
       {"PRE-SEED", "SEED", "ANGEL", "ANGEL+", "STRATEGIC", "PRE-IPO", "IPO"}) {
    if (text == name) return true;
  }
  const bool before = text.starts_with("PRE-");
  if (before) text.remove_prefix(4);
  if (text.empty() || text[0] < 'A' || text[0] > 'H') return false;
  text.remove_prefix(1);
  if (text.empty() || text == "+") return true;
  return !before && (text == "++" || (text.size() == 1 && text[0] >= '1' && text[0] <= '9'));
}

std::optional<std::string> TermFault(const TermValue& term) {
  if (DealTermKindName(term.kind).empty()) return "kind does not exist";
  if (TermBoundName(term.bound).empty()) return "bound does not exist";
  if (term.value.size() > kTermValueBytesMax) return "value is too long";
  if (term.kind == DealTermKind::kRound) {
    if (!IsRoundName(term.value)) return "value is not a round";
    if (term.bound != TermBound::kExact) return "a round has no bound";
  } else if (!IsDecimal(term.value)) {
    return "value is not a decimal number";
  }
  if (term.kind == DealTermKind::kStake && std::strtod(term.value.c_str(), nullptr) > kStakeMax) {
    return "stake is over 100 percent";
  }
  if (term.currency.empty()) return std::nullopt;
  if (!IsMoney(term.kind)) return "currency is for money only";
  if (term.currency.size() != 3 ||
      !std::all_of(term.currency.begin(), term.currency.end(), IsCapital)) {
    return "currency is not an ISO 4217 code";
  }
  return std::nullopt;
}

}  // namespace partnergraph
