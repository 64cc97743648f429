#include "graph/deal_term.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;
using testing::Optional;

TEST(DealTermTest, DecimalsHaveOneForm) {
  for (const char* good : {"1", "10", "0.25", "120000000", "33.4"}) {
    EXPECT_TRUE(IsDecimal(good)) << good;
  }
  for (const char* bad : {"", "0", "01", "1.", ".5", "1.50", "-1", "1e6", "1,000", "٣"}) {
    EXPECT_FALSE(IsDecimal(bad)) << bad;
  }
}

TEST(DealTermTest, RoundsHaveNames) {
  for (const char* good : {"SEED", "PRE-SEED", "ANGEL", "ANGEL+", "PRE-A", "PRE-A+", "A", "A+",
                           "A++", "B2", "H", "STRATEGIC", "PRE-IPO", "IPO"}) {
    EXPECT_TRUE(IsRoundName(good)) << good;
  }
  for (const char* bad : {"", "a", "PRE-", "PRE-A2", "I", "A0", "A+1", "AB", "SEED+"}) {
    EXPECT_FALSE(IsRoundName(bad)) << bad;
  }
}

TEST(DealTermTest, FaultsAreNamed) {
  EXPECT_EQ(TermFault({DealTermKind::kAmount, "1", "CNY", TermBound::kAtMost}), std::nullopt);
  EXPECT_EQ(TermFault({DealTermKind::kValuation, "1", "", TermBound::kExact}), std::nullopt);
  EXPECT_EQ(TermFault({DealTermKind::kStake, "100", "", TermBound::kExact}), std::nullopt);
  EXPECT_EQ(TermFault({DealTermKind::kRound, "B", "", TermBound::kExact}), std::nullopt);
  const auto fault = [](TermValue term) { return TermFault(term); };
  EXPECT_THAT(fault({DealTermKind{0}, "1", "", TermBound::kExact}), Optional(HasSubstr("kind")));
  EXPECT_THAT(fault({DealTermKind::kAmount, "1", "", TermBound{9}}), Optional(HasSubstr("bound")));
  EXPECT_THAT(fault({DealTermKind::kAmount, "1 Mio", "", TermBound::kExact}),
              Optional(HasSubstr("decimal")));
  EXPECT_THAT(fault({DealTermKind::kAmount, std::string(kTermValueBytesMax + 1, '1'), "",
                     TermBound::kExact}),
              Optional(HasSubstr("long")));
  EXPECT_THAT(fault({DealTermKind::kStake, "100.1", "", TermBound::kExact}),
              Optional(HasSubstr("100 percent")));
  EXPECT_THAT(fault({DealTermKind::kStake, "10", "CNY", TermBound::kExact}),
              Optional(HasSubstr("money only")));
  EXPECT_THAT(fault({DealTermKind::kAmount, "10", "yuan", TermBound::kExact}),
              Optional(HasSubstr("ISO 4217")));
  EXPECT_THAT(fault({DealTermKind::kRound, "Z", "", TermBound::kExact}),
              Optional(HasSubstr("round")));
  EXPECT_THAT(fault({DealTermKind::kRound, "A", "", TermBound::kAbout}),
              Optional(HasSubstr("bound")));
}

}  // namespace
}  // namespace partnergraph
