// Terms of deals in invented news, with the names and the deals given, so that finding those is not
// tested here.
#include "ingest/deal_terms.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/ingest/marked_document.h"

namespace partnergraph {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// Adds the deal "INVESTMENT c1:INVESTOR c2:INVESTEE"; all sentences are its evidence. Keys number
// entities in the order of their first mark.
void AddDeal(MarkedDocument& marked, const std::vector<std::string>& keys,
             const std::string& description, float confidence = 0.8f) {
  Document& document = marked.document;
  const std::vector<std::string> words = absl::StrSplit(description, ' ');
  Deal deal;
  deal.kind = words[0];
  deal.confidence = confidence;
  for (size_t i = 1; i < words.size(); ++i) {
    const std::vector<std::string> party = absl::StrSplit(words[i], ':');
    const auto key = std::find(keys.begin(), keys.end(), party[0]);
    ASSERT_NE(key, keys.end()) << party[0];
    deal.parties.push_back({static_cast<uint32_t>(key - keys.begin()), party[1]});
  }
  for (const Sentence& sentence : document.sentences) deal.evidence.push_back(sentence.span);
  document.deals.push_back(std::move(deal));
}

// The keys of "{c1:...}" in the order of their first mark, places excepted.
std::vector<std::string> KeysOf(std::string_view text) {
  std::vector<std::string> keys;
  for (size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    std::string key(text.substr(at + 1, text.find(':', at) - at - 1));
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  }
  return keys;
}

// "AMOUNT 120000000 CNY ABOUT c1", in the deal's order.
std::string Describe(const Term& term, const std::vector<std::string>& keys) {
  std::string line =
      absl::StrCat(std::string(DealTermKindName(term.value.kind)), " ", term.value.value);
  if (!term.value.currency.empty()) line += " " + term.value.currency;
  if (term.value.bound != TermBound::kExact)
    line += " " + std::string(TermBoundName(term.value.bound));
  if (term.party >= 0) line += " " + keys[static_cast<size_t>(term.party)];
  return line;
}

struct Case {
  const char* deal;
  const char* text;
  const char* terms;  // Joined by "; ".
};

std::string Extract(const Case& example) {
  const std::vector<std::string> keys = KeysOf(example.text);
  MarkedDocument marked("", example.text);
  AddDeal(marked, keys, example.deal);
  AttachTerms(marked.document);
  std::vector<std::string> lines;
  for (const Term& term : marked.document.deals[0].terms) {
    lines.push_back(Describe(term, keys));
    EXPECT_FALSE(TermFault(term.value).has_value()) << lines.back();
  }
  return absl::StrJoin(lines, "; ");
}

class DealTermsTest : public testing::TestWithParam<Case> {};

TEST_P(DealTermsTest, Sentence) {
  EXPECT_EQ(Extract(GetParam()), GetParam().terms) << GetParam().text;
}

constexpr char kInvest[] = "INVESTMENT c1:INVESTOR c2:INVESTEE";
constexpr char kAcquire[] = "ACQUISITION c1:ACQUIRER c2:TARGET";
constexpr char kVenture[] = "JOINT_VENTURE c1:FOUNDER c2:FOUNDER";
constexpr char kSupply[] = "SUPPLY c1:PROVIDER c2:CUSTOMER";

const Case kInvestments[] = {
    {kInvest, "{c2:云杉智能}宣布完成1.2亿元B轮融资，由{c1:远山资本}领投。",
     "AMOUNT 120000000 CNY; ROUND B"},
    {kInvest, "{c2:云杉智能}完成数千万元天使轮融资，投资方为{c1:远山资本}。",
     "AMOUNT 10000000 CNY AT_LEAST; ROUND ANGEL"},
    {kInvest, "{c1:远山资本}以5000万美元入股{c2:云杉智能}，占股10%。",
     "AMOUNT 50000000 USD; STAKE 10"},
    {kInvest, "{c2:云杉智能}获{c1:远山资本}近亿元Pre-A轮投资。",
     "AMOUNT 100000000 CNY ABOUT; ROUND PRE-A"},
    {kInvest, "{c2:云杉智能}完成A+轮融资，融资金额超过3亿元人民币，{c1:远山资本}独家投资。",
     "AMOUNT 300000000 CNY AT_LEAST; ROUND A+"},
    {kInvest, "{c1:远山资本}向{c2:云杉智能}增资一百二十万元。", "AMOUNT 1200000 CNY"},
    {kInvest, "{c2:云杉智能}获得{c1:远山资本}战略融资，本轮投后估值达10亿美元。",
     "ROUND STRATEGIC; VALUATION 1000000000 USD"},
    {kInvest, "{c1:远山资本}领投{c2:云杉智能}的C轮融资，公司估值约50亿元，去年营收8亿元。",
     "ROUND C; VALUATION 5000000000 CNY ABOUT"},
    {kInvest, "{c2:云杉智能}获5000万A轮融资，{c1:远山资本}领投", "AMOUNT 50000000; ROUND A"},
    {kInvest, "管理规模达200亿元的{c1:远山资本}投资了{c2:云杉智能}。", ""},
    {kInvest, "{c1:远山资本}投资{c2:云杉智能}，后者所在市场规模超过3000亿元。", ""},
    {kInvest, "{c2:云杉智能}宣布获得{c1:远山资本}投资，此前曾获千万元天使轮融资。", ""},
    {kInvest, "{c1:远山资本}投资{c2:云杉智能}，后者累计融资已达6亿元。", ""},
    {kInvest, "{c2:云杉智能}获{c1:远山资本}投资，拥有5000万用户，年产能300万台。", ""},
    {kInvest, "{c1:远山资本}认购{c2:云杉智能}新发行股份，认购金额2亿元，持股比例为5.5%。",
     "AMOUNT 200000000 CNY; STAKE 5.5"},
    {kInvest, "{c1:远山资本}投资{c2:云杉智能}1亿美元（约合6.8亿元人民币）。",
     "AMOUNT 100000000 USD"},
    {kInvest, "{c1:远山资本}计划投资3000万至5000万元于{c2:云杉智能}。", ""},
    {kInvest, "{c2:雲杉智能}完成新台幣3億元A輪募資，由{c1:遠山資本}領投。",
     "AMOUNT 300000000 TWD; ROUND A"},
    {kInvest, "{c2:雲杉智能}獲{c1:遠山資本}投資逾2億港元，估值不變。",
     "AMOUNT 200000000 HKD AT_LEAST"},
    {kInvest, "{c2:雲杉智能}獲得{c1:遠山資本}5億元投資。", "AMOUNT 500000000"},
    {kInvest,
     "{c2:Spruce Robotics} raised $50 million in a Series B round led by {c1:Farhill Capital}.",
     "AMOUNT 50000000 USD; ROUND B"},
    {kInvest, "{c1:Farhill Capital} has invested €12.5m in {c2:Spruce Robotics} for a 30% stake.",
     "AMOUNT 12500000 EUR; STAKE 30"},
    {kInvest,
     "{c2:Spruce Robotics} closed a seed round of about $3 million from {c1:Farhill Capital}, "
     "which "
     "values the startup at $20 million.",
     "AMOUNT 3000000 USD ABOUT; ROUND SEED; VALUATION 20000000 USD"},
    {kInvest,
     "{c1:Farhill Bank} has bought a 15% stake in {c2:Spruce Robotics} for HK$240 million.",
     "AMOUNT 240000000 HKD; STAKE 15"},
    {kInvest,
     "{c2:Spruce Robotics}, with annual revenue of $9 million, took funding from {c1:Farhill "
     "Capital}.",
     ""},
    {kInvest,
     "{c1:Farhill Capital} led the $40 million pre-IPO financing of {c2:Spruce Robotics}, bringing "
     "total funding to $120 million.",
     "AMOUNT 40000000 USD; ROUND PRE-IPO"},
};

const Case kAcquisitions[] = {
    {kAcquire, "{c1:北岭集团}拟以18.8亿元收购{c2:青禾科技}51%股权。",
     "AMOUNT 1880000000 CNY; STAKE 51"},
    {kAcquire, "{c1:北岭集团}收购{c2:青禾科技}80%的股权，交易价格为人民币2.31亿元。",
     "AMOUNT 231000000 CNY; STAKE 80"},
    {kAcquire, "{c1:北岭集团}全资收购{c2:青禾科技}，作价不超过46亿元。",
     "AMOUNT 4600000000 CNY AT_MOST"},
    {kAcquire, "{c1:北岭集团}以每股12.5元现金收购{c2:青禾科技}。", ""},
    {kAcquire, "{c1:北岭集团}以3亿元现金和2亿元股份收购{c2:青禾科技}。", ""},
    {kAcquire, "{c1:北岭集团}支付现金3亿元和股份2亿元，合计作价5亿元收购{c2:青禾科技}。",
     "AMOUNT 500000000 CNY"},
    {kAcquire, "{c1:北岭集团}收购{c2:青禾科技}，后者去年净利润1.2亿元，总资产30亿元。", ""},
    {kAcquire, "市值300亿元的{c1:北岭集团}宣布收购{c2:青禾科技}。", ""},
    {kAcquire, "{c1:北岭集团}将其对{c2:青禾科技}的持股比例由30%增至51%。", ""},
    {kAcquire, "{c1:北岭集团}收购{c2:青禾科技}后，股价上涨5%。", ""},
    {kAcquire, "{c1:北岭集团}出资7700万元受让{c2:青禾科技}百分之七十的股权。",
     "AMOUNT 77000000 CNY; STAKE 70"},
    {kAcquire, "{c1:北岭集团}收购{c2:青禾科技}，{c3:远帆物流}同日以9亿元购买一处物业。", ""},
    {kAcquire, "{c1:北岭集团}已于12月30日圆满完成对{c2:青禾科技}的收购。", ""},
    {kAcquire, "{c1:北岭集團}以約1.3億美元收購{c2:青禾科技}60%股權。",
     "AMOUNT 130000000 USD ABOUT; STAKE 60"},
    {kAcquire, "{c1:北嶺集團}斥資港幣3000萬元購入{c2:青禾科技}的股份。", "AMOUNT 30000000 HKD"},
    {kAcquire, "{c1:Northridge} will acquire {c2:Greenfield Labs} for up to $300 million in cash.",
     "AMOUNT 300000000 USD AT_MOST"},
    {kAcquire,
     "{c1:Northridge} bought a 51% stake in {c2:Greenfield Labs} for RMB 1.5 billion ($210 "
     "million).",
     "AMOUNT 1500000000 CNY; STAKE 51"},
    {kAcquire, "{c1:Northridge}, a $2 billion company, said it has acquired {c2:Greenfield Labs}.",
     ""},
    {kAcquire, "{c1:Northridge} agreed to buy {c2:Greenfield Labs} at $12.50 per share.", ""},
    {kAcquire,
     "{c1:Northridge} completed its acquisition of {c2:Greenfield Labs}, a deal valued at $1.2bn.",
     "AMOUNT 1200000000 USD"},
};

const Case kVentures[] = {
    {kVenture,
     "{c1:北岭集团}与{c2:青禾科技}成立合资公司，注册资本1亿元，{c1:北岭集团}持股51%，{c2:青禾科技}"
     "持股49%。",
     "STAKE 51 c1; STAKE 49 c2; CAPITAL 100000000 CNY"},
    {kVenture, "{c1:北岭集团}和{c2:青禾科技}分别持股60%、40%。", "STAKE 60 c1; STAKE 40 c2"},
    {kVenture, "合资公司由{c1:北岭集团}和{c2:青禾科技}共同设立，双方各占50%股份。",
     "STAKE 50 c1; STAKE 50 c2"},
    {kVenture, "{c1:北岭集团}出资5100万元，占股51%；{c2:青禾科技}出资4900万元，占股49%。",
     "AMOUNT 51000000 CNY c1; AMOUNT 49000000 CNY c2; STAKE 51 c1; STAKE 49 c2"},
    {kVenture, "{c1:北岭集团}与{c2:青禾科技}将共同出资2亿元设立合资公司。", "AMOUNT 200000000 CNY"},
    {kVenture, "{c1:北岭集团}与{c2:青禾科技}合建的工厂总投资约30亿元，年产值可达80亿元。",
     "AMOUNT 3000000000 CNY ABOUT"},
    {kVenture, "{c1:北岭集团}、{c2:青禾科技}共同持股，持股比例分别为70%、30%。",
     "STAKE 70 c1; STAKE 30 c2"},
    {kVenture, "{c1:北岭集团}与{c2:青禾科技}成立合资公司，预计市场将增长30%。", ""},
    {kVenture, "合資公司註冊資本為新台幣5億元，由{c1:北嶺集團}持股55%、{c2:青禾科技}持股45%。",
     "STAKE 55 c1; STAKE 45 c2; CAPITAL 500000000 TWD"},
    {kVenture,
     "{c1:Northridge} and {c2:Greenfield Labs} formed a joint venture, with {c1:Northridge} "
     "holding "
     "51% and {c2:Greenfield Labs} 49%.",
     "STAKE 51 c1; STAKE 49 c2"},
    {kVenture,
     "{c1:Northridge} and {c2:Greenfield Labs} will invest $200 million in their joint venture.",
     "AMOUNT 200000000 USD"},
};

const Case kSupplies[] = {
    {kSupply, "{c1:北岭电缆}中标{c2:华东电网}项目，中标金额6.7亿元。", "AMOUNT 670000000 CNY"},
    {kSupply,
     "{c2:华东电网}与{c1:北岭电缆}签订采购合同，合同总金额为6.07亿日元（约合人民币3370万元）。",
     "AMOUNT 607000000 JPY"},
    {kSupply, "{c1:北岭电缆}向{c2:华东电网}供货，占公司去年营业收入12亿元的8%。", ""},
    {kSupply, "{c1:北岭电缆}获得{c2:华东电网}逾亿元订单。", "AMOUNT 100000000 CNY AT_LEAST"},
    {kSupply, "{c1:北嶺電纜}取得{c2:華東電網}總值2.5億港元的訂單。", "AMOUNT 250000000 HKD"},
    {kSupply, "{c1:Northridge} won a contract worth more than $80 million from {c2:Eastgrid}.",
     "AMOUNT 80000000 USD AT_LEAST"},
    {kSupply, "{c2:Eastgrid} placed a $300-million order with {c1:Northridge}.",
     "AMOUNT 300000000 USD"},
    {kSupply, "{c1:Northridge} supplies {c2:Eastgrid}, which reported a profit of $5 million.", ""},
};

INSTANTIATE_TEST_SUITE_P(Investments, DealTermsTest, testing::ValuesIn(kInvestments));
INSTANTIATE_TEST_SUITE_P(Acquisitions, DealTermsTest, testing::ValuesIn(kAcquisitions));
INSTANTIATE_TEST_SUITE_P(Ventures, DealTermsTest, testing::ValuesIn(kVentures));
INSTANTIATE_TEST_SUITE_P(Supplies, DealTermsTest, testing::ValuesIn(kSupplies));

// The terms of several deals of one text, one line for each deal.
std::vector<std::string> ExtractAll(const std::vector<std::string>& deals, const std::string& text,
                                    const std::vector<float>& confidences = {}) {
  const std::vector<std::string> keys = KeysOf(text);
  MarkedDocument marked("", text);
  for (size_t i = 0; i < deals.size(); ++i) {
    AddDeal(marked, keys, deals[i], i < confidences.size() ? confidences[i] : 0.8f);
  }
  AttachTerms(marked.document);
  std::vector<std::string> lines;
  for (const Deal& deal : marked.document.deals) {
    std::vector<std::string> terms;
    for (const Term& term : deal.terms) terms.push_back(Describe(term, keys));
    lines.push_back(absl::StrJoin(terms, "; "));
  }
  return lines;
}

TEST(DealTermsOfSeveralDealsTest, EachGetsWhatStandsInItsClause) {
  EXPECT_THAT(ExtractAll({"ACQUISITION c1:ACQUIRER c2:TARGET", "ACQUISITION c1:ACQUIRER c3:TARGET"},
                         "{c1:北岭集团}以3亿元收购{c2:青禾科技}，以5亿元收购{c3:蓝港物流}。"),
              ElementsAre("AMOUNT 300000000 CNY", "AMOUNT 500000000 CNY"));
  EXPECT_THAT(
      ExtractAll({"INVESTMENT c1:INVESTOR c2:INVESTEE", "ACQUISITION c1:ACQUIRER c3:TARGET"},
                 "{c1:北岭集团}向{c2:青禾科技}投资2000万元，并收购{c3:蓝港物流}30%股权。"),
      ElementsAre("AMOUNT 20000000 CNY", "STAKE 30"));
}

TEST(DealTermsOfSeveralDealsTest, NothingWhereNothingDecides) {
  // The same parties twice: the surer deal; equally sure: neither.
  const std::vector<std::string> deals = {"ACQUISITION c1:ACQUIRER c2:TARGET",
                                          "ACQUISITION c2:ACQUIRER c1:PARTY"};
  const std::string text = "{c1:北岭集团}以3亿元收购{c2:青禾科技}。";
  EXPECT_THAT(ExtractAll(deals, text, {0.8f, 0.6f}), ElementsAre("AMOUNT 300000000 CNY", ""));
  EXPECT_THAT(ExtractAll(deals, text, {0.6f, 0.8f}), ElementsAre("", "AMOUNT 300000000 CNY"));
  EXPECT_THAT(ExtractAll(deals, text, {0.8f, 0.8f}), ElementsAre("", ""));
}

TEST(DealTermsOfSeveralDealsTest, OtherKindsHaveNone) {
  EXPECT_THAT(ExtractAll({"STRATEGIC_COOPERATION c1:PARTY c2:PARTY"},
                         "{c1:北岭集团}与{c2:青禾科技}签署合作协议，投资3亿元。"),
              ElementsAre(""));
}

TEST(DealTermsOfSentencesTest, WhatIsSaidMoreOftenWins) {
  EXPECT_THAT(
      ExtractAll(
          {"ACQUISITION c1:ACQUIRER c2:TARGET"},
          "{c1:北岭集团}以近10亿元收购{c2:青禾科技}。{c1:北岭集团}以9.8亿元收购{c2:青禾科技}。"
          "收购价格为9.8亿元。"),
      ElementsAre("AMOUNT 980000000 CNY"));
}

TEST(DealTermsOfSentencesTest, SentencesOfMoreDealsThanTheLimitGiveNone) {
  const std::string text = "{c1:北岭集团}以3亿元收购{c2:青禾科技}。";
  const std::vector<std::string> keys = KeysOf(text);
  MarkedDocument marked("", text);
  for (size_t i = 0; i < kTermDealsPerSentenceMax + 1; ++i) {
    AddDeal(marked, keys, "ACQUISITION c1:ACQUIRER c2:TARGET", 0.01f * static_cast<float>(i));
  }
  AttachTerms(marked.document);
  for (const Deal& deal : marked.document.deals) EXPECT_THAT(deal.terms, IsEmpty());
  marked.document.deals.pop_back();
  AttachTerms(marked.document);
  EXPECT_THAT(marked.document.deals.back().terms, SizeIs(1));
}

TEST(DealTermsOfSentencesTest, SentencesOfADealBehindTheLimitAreNotSearched) {
  const auto terms = [](size_t before) {
    std::string text;
    for (size_t i = 0; i < before; ++i) text += "{c1:北岭集团}看好{c2:青禾科技}。";
    text += "{c1:北岭集团}以3亿元收购{c2:青禾科技}。";
    return ExtractAll({kAcquire}, text)[0];
  };
  EXPECT_EQ(terms(kTermSentencesMax - 1), "AMOUNT 300000000 CNY");
  EXPECT_EQ(terms(kTermSentencesMax), "");
}

TEST(DealTermsOfSentencesTest, TermsOfADealAreBounded) {
  std::string text = "{c1:北岭}与{c2:青禾}设立公司", deal = "JOINT_VENTURE c1:FOUNDER c2:FOUNDER";
  for (int i = 3; i < 14; ++i) {
    absl::StrAppend(&text, "，{c", i, ":公司", i, "}持股", i, "%");
    absl::StrAppend(&deal, " c", i, ":FOUNDER");
  }
  const std::vector<std::string> terms = absl::StrSplit(ExtractAll({deal}, text + "。")[0], "; ");
  EXPECT_THAT(terms, SizeIs(kDealTermsMax));
}

// What extract prints and what the graph stores: wording, bytes, party.
TEST(DealTermsOfSentencesTest, AreHandedOn) {
  const std::string text = "{c1:北岭集团}出资约5100万元，占股51%；{c2:青禾科技}占股49%。";
  MarkedDocument marked("合资公司", text);
  AddDeal(marked, KeysOf(text), kVenture);
  AttachTerms(marked.document);
  const ArticleFacts facts = ToArticleFacts(marked.document);
  ASSERT_THAT(facts.partnerships, SizeIs(1));
  const std::vector<DealTermAssertion>& terms = facts.partnerships[0].terms;
  ASSERT_THAT(terms, SizeIs(3));
  EXPECT_EQ(terms[0].value,
            (TermValue{DealTermKind::kAmount, "51000000", "CNY", TermBound::kAbout}));
  const std::string whole = facts.article.WholeText();
  EXPECT_EQ(whole.substr(terms[0].span.begin, terms[0].span.end - terms[0].span.begin),
            "约5100万元");
  EXPECT_EQ(facts.nodes[terms[2].party.value()].canonical, "青禾科技");

  const auto json = nlohmann::json::parse(ToJson(marked.document));
  EXPECT_EQ(json["partnerships"][0]["terms"][0],
            nlohmann::json({{"kind", "AMOUNT"},
                            {"value", "51000000"},
                            {"currency", "CNY"},
                            {"bound", "ABOUT"},
                            {"party", "e1"},
                            {"text", "约5100万元"},
                            {"span", {terms[0].span.begin, terms[0].span.end}}}));
}

}  // namespace
}  // namespace partnergraph
