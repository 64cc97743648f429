#include "clients/cli/term_text.h"

#include <sstream>

#include "gtest/gtest.h"

namespace partnergraph::cli {
namespace {

Json Term(const std::string& kind, const std::string& value, const std::string& currency = "",
          const std::string& bound = "EXACT", uint64_t party = 0, uint32_t sources = 1) {
  return {{"kind", kind},   {"value", value},         {"currency", currency},
          {"bound", bound}, {"party_node_id", party}, {"source_count", sources}};
}

const Json kNobody = Json::array();

TEST(TermTextTest, MoneyIsNeverRounded) {
  EXPECT_EQ(TermText(Term("AMOUNT", "120000000", "CNY"), kNobody), "CNY 120 million");
  EXPECT_EQ(TermText(Term("AMOUNT", "1525000000", "USD"), kNobody), "USD 1.525 billion");
  EXPECT_EQ(TermText(Term("AMOUNT", "1500000000000", "CNY"), kNobody), "CNY 1.5 trillion");
  EXPECT_EQ(TermText(Term("AMOUNT", "10656800", "CNY"), kNobody), "CNY 10,656,800");
  EXPECT_EQ(TermText(Term("AMOUNT", "207062268.58", "CNY"), kNobody), "CNY 207,062,268.58");
  EXPECT_EQ(TermText(Term("AMOUNT", "5000", "CNY"), kNobody), "CNY 5,000");
  EXPECT_EQ(TermText(Term("AMOUNT", "500000000"), kNobody), "500 million (currency not said)");
}

TEST(TermTextTest, BoundsSharesAndRounds) {
  EXPECT_EQ(TermText(Term("AMOUNT", "5000000", "EUR", "ABOUT"), kNobody), "about EUR 5 million");
  EXPECT_EQ(TermText(Term("VALUATION", "5000000", "EUR", "AT_LEAST"), kNobody),
            "at least EUR 5 million");
  EXPECT_EQ(TermText(Term("STAKE", "33.4", "", "AT_MOST"), kNobody), "at most 33.4%");
  EXPECT_EQ(TermText(Term("ROUND", "PRE-A"), kNobody), "PRE-A");
}

TEST(TermTextTest, PartyByItsName) {
  const Json participants = {{{"node", {{"node_id", 7}, {"name", "云桥科技"}}}}};
  EXPECT_EQ(TermText(Term("STAKE", "51", "", "EXACT", 7), participants), "51% [云桥科技]");
  EXPECT_EQ(TermText(Term("STAKE", "51", "", "EXACT", 8), participants), "51% [node 8]");
}

TEST(TermTextTest, OneLineForAKind) {
  std::ostringstream out;
  WriteTerms({Term("AMOUNT", "120000000", "CNY", "EXACT", 0, 2),
              Term("AMOUNT", "118000000", "CNY", "ABOUT"), Term("ROUND", "B")},
             kNobody, {}, out);
  EXPECT_EQ(out.str(),
            "  amount          CNY 120 million (2 sources); about CNY 118 million (1 source)\n"
            "  round           B (1 source)\n");
}

}  // namespace
}  // namespace partnergraph::cli
