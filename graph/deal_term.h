// Terms of a deal: the money, shares and rounds that its articles give. A term is evidence like any
// other: what an article says of it goes when the article goes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace partnergraph {

// Stored: never renumber. See DealTermKind in graph.proto.
enum class DealTermKind : uint8_t {
  kAmount = 1,     // Price, sum invested, value of a contract.
  kStake = 2,      // Percentage of the shares.
  kRound = 3,      // Financing round.
  kValuation = 4,  // What a company is said to be worth as a whole.
  kCapital = 5     // Registered capital of a venture.
};

// How a value bounds the true one. Stored: never renumber.
enum class TermBound : uint8_t {
  kExact = 0,
  kAbout = 1,    // 约, 近, about, nearly
  kAtLeast = 2,  // 逾, 超过, 不低于, 数千万, more than
  kAtMost = 3    // 不超过, up to
};

// A value, comparable between articles and languages.
struct TermValue {
  DealTermKind kind{};
  // Money: units of the currency; a stake: percent; both as a decimal ("120000000", "33.4"; see
  // IsDecimal). A round: one of RoundName's.
  std::string value;
  std::string currency;  // ISO 4217; empty where the text does not say which. Money only.
  TermBound bound = TermBound::kExact;
  friend auto operator<=>(const TermValue&, const TermValue&) = default;
};

inline constexpr size_t kTermValueBytesMax = 24;
// Terms that one article can give one deal, and that a deal shows of all its articles; further ones
// are left out.
inline constexpr size_t kDealTermsMax = 8;

// "AMOUNT", "STAKE", "ROUND", "VALUATION", "CAPITAL"; empty for a number that is none.
std::string_view DealTermKindName(DealTermKind kind);
// "EXACT", "ABOUT", "AT_LEAST", "AT_MOST"; empty for a number that is none.
std::string_view TermBoundName(TermBound bound);

// True for a number above 0 without sign, exponent, leading or trailing zeros: "1200", "0.25".
bool IsDecimal(std::string_view text);

// True for the names of rounds: PRE-SEED, SEED, ANGEL, STRATEGIC, PRE-IPO, IPO, and A to H with
// PRE- before, or "+", "++" or a digit after them: PRE-A, A+, B2. With a + also PRE-A+ and ANGEL+.
bool IsRoundName(std::string_view text);

// What is wrong with a term, or nullopt: its kind and bound exist, its value has the form that the
// kind asks for, a stake is at most 100, the currency is three capitals and stands with money only.
std::optional<std::string> TermFault(const TermValue& term);

}  // namespace partnergraph
