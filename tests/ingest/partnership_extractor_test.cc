#include "ingest/partnership_extractor.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/deal_candidate.h"
#include "tests/ingest/marked_document.h"

namespace partnergraph {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<std::string> DealsOf(std::string_view text, std::string_view title = "") {
  return MarkedDocument(title, text).Extract().Deals();
}

TEST(CooperationTest, WhoReportsIsNoParty) {
  MarkedDocument marked("", "{c3:东屿早报}讯 {c1:曜石科技}与{c2:蓝湾银行}签署战略合作协议。");
  EXPECT_THAT(marked.Extract().Deals(), ElementsAre("STRATEGIC_COOPERATION c1:PARTY c2:PARTY"));
}

TEST(CooperationTest, SignedByTwo) {
  EXPECT_THAT(DealsOf("近日，{c1:曜石科技}与{c2:蓝湾银行}在上海签署战略合作协议。"),
              ElementsAre("STRATEGIC_COOPERATION c1:PARTY c2:PARTY"));
  EXPECT_THAT(DealsOf("{c1:曜石科技}宣布，与全球领先的平台公司{c2:蓝湾}达成战略合作。"),
              ElementsAre("STRATEGIC_COOPERATION c1:PARTY c2:PARTY"));
}

TEST(CooperationTest, TraditionalCharacters) {
  EXPECT_THAT(DealsOf("{c1:霽海電子}與{c2:瀾山半導體}簽署策略合作備忘錄。"),
              ElementsAre("STRATEGIC_COOPERATION c1:PARTY c2:PARTY"));
}

TEST(CooperationTest, ThreePartiesAreOneDeal) {
  EXPECT_THAT(DealsOf("{c1:曜石}、{c2:蓝湾}与{c3:北辰}签署战略合作协议。"),
              ElementsAre("STRATEGIC_COOPERATION c1:PARTY c2:PARTY c3:PARTY"));
}

TEST(CooperationTest, SchoolMakesItEducation) {
  EXPECT_THAT(DealsOf("{c1:曜石科技}携手{s1:东湖中学}开设课程。", "{c1:曜石科技}牵手{s1:东湖中学}"),
              ElementsAre("EDUCATION c1:PARTY s1:PARTY"));
}

TEST(CooperationTest, EnglishVerbsAndNouns) {
  EXPECT_THAT(DealsOf("{c1:Orbrook} partners with {c2:Hale Robotics} on depots."),
              ElementsAre("STRATEGIC_COOPERATION c1:PARTY c2:PARTY"));
  EXPECT_THAT(DealsOf("{c1:Orbrook} today announced a strategic partnership with {c2:Hale}."),
              ElementsAre("STRATEGIC_COOPERATION c1:PARTY c2:PARTY"));
  EXPECT_THAT(DealsOf("{c1:Orbrook} and {c2:Hale} signed a cooperation agreement."),
              ElementsAre("STRATEGIC_COOPERATION c1:PARTY c2:PARTY"));
}

TEST(CooperationTest, EachOfSeveralPartnersIsADealOfItsOwn) {
  EXPECT_THAT(DealsOf("{c1:曜石}已与{c2:蓝湾}、{c3:北辰}等多家企业开展合作。"),
              UnorderedElementsAre("OTHER c1:PARTY c2:PARTY", "OTHER c1:PARTY c3:PARTY"));
}

TEST(CooperationTest, JointActIsOther) {
  EXPECT_THAT(DealsOf("{g1:北湖市发改委}与{g2:北湖市财政局}联合发布通知。"),
              ElementsAre("OTHER g1:PARTY g2:PARTY"));
}

TEST(FactualityTest, HopesAreNoDeals) {
  EXPECT_THAT(DealsOf("{c1:曜石科技}期待与{c2:蓝湾银行}开展战略合作。"), IsEmpty());
  EXPECT_THAT(DealsOf("{c1:曜石科技}希望与{c2:蓝湾银行}达成合作。"), IsEmpty());
  EXPECT_THAT(DealsOf("{c1:Orbrook} hopes to partner with {c2:Hale}."), IsEmpty());
}

TEST(FactualityTest, RumoursAreNoDeals) {
  EXPECT_THAT(DealsOf("据知情人士透露，{c1:曜石科技}将收购{c2:蓝湾}。"), IsEmpty());
  EXPECT_THAT(DealsOf("{c1:Orbrook} is reportedly acquiring {c2:Hale}."), IsEmpty());
}

TEST(FactualityTest, DenialsAndNegationsAreNoDeals) {
  EXPECT_THAT(DealsOf("{c1:曜石科技}否认收购{c2:蓝湾}。"), IsEmpty());
  EXPECT_THAT(DealsOf("{c1:曜石科技}尚未收购{c2:蓝湾}。"), IsEmpty());
  EXPECT_THAT(DealsOf("{c1:Orbrook} has not acquired {c2:Hale}."), IsEmpty());
}

TEST(FactualityTest, NegotiationsAreNoDeals) {
  EXPECT_THAT(DealsOf("{c1:曜石科技}正与{c2:蓝湾}洽谈战略合作。"), IsEmpty());
  EXPECT_THAT(DealsOf("{c1:Orbrook} is in talks to acquire {c2:Hale}."), IsEmpty());
}

TEST(FactualityTest, SettledPlansAreDealsWithoutADate) {
  MarkedDocument marked("", "{c1:曜石科技}将于2025年3月收购{c2:蓝湾}。");
  marked.Extract();
  EXPECT_THAT(marked.Deals(), ElementsAre("ACQUISITION c1:ACQUIRER c2:TARGET"));
  EXPECT_EQ(marked.document.deals[0].status, FactStatus::kPlanned);
  EXPECT_TRUE(marked.document.deals[0].date.empty());
}

TEST(FactualityTest, TerminatedDealsStayWithTheirStatus) {
  MarkedDocument marked("", "{c1:曜石科技}与{c2:蓝湾}终止战略合作协议。");
  marked.Extract();
  ASSERT_EQ(marked.document.deals.size(), 1u);
  EXPECT_EQ(marked.document.deals[0].status, FactStatus::kEnded);
}

TEST(FactualityTest, AnEndStatedElsewhereEndsTheDeal) {
  MarkedDocument marked(
      "",
      "{c1:曜石科技}与{c2:蓝湾银行}去年签署战略合作协议。{c1:曜石科技}昨日宣布终止上述合作协议。");
  marked.Extract();
  ASSERT_EQ(marked.document.deals.size(), 1u);
  EXPECT_EQ(marked.document.deals[0].status, FactStatus::kEnded);
  // What is not going to end goes on, and what ends otherwise says nothing of the deal.
  for (const char* const more :
       {"{c1:曜石科技}表示不会终止合作协议。", "{c1:曜石科技}昨日结束了展览。"}) {
    MarkedDocument going("",
                         std::string("{c1:曜石科技}与{c2:蓝湾银行}去年签署战略合作协议。") + more);
    going.Extract();
    ASSERT_EQ(going.document.deals.size(), 1u) << more;
    EXPECT_EQ(going.document.deals[0].status, FactStatus::kAnnounced) << more;
  }
}

TEST(TransactionTest, Acquisitions) {
  EXPECT_THAT(DealsOf("{c1:曜石集团}完成收购{c2:蓝湾科技}。"),
              ElementsAre("ACQUISITION c1:ACQUIRER c2:TARGET"));
  EXPECT_THAT(DealsOf("{c2:蓝湾科技}被{c1:曜石集团}收购。"),
              ElementsAre("ACQUISITION c1:ACQUIRER c2:TARGET"));
  EXPECT_THAT(DealsOf("{c1:曜石}收购{c3:北辰}持有的{c2:蓝湾}51%股权。"),
              ElementsAre("ACQUISITION c1:ACQUIRER c2:TARGET c3:PARTY"));
  EXPECT_THAT(DealsOf("{c1:Orbrook} acquires {c2:Hale} from {c3:Pell Holdings}."),
              ElementsAre("ACQUISITION c1:ACQUIRER c2:TARGET c3:PARTY"));
  EXPECT_THAT(DealsOf("{c2:Hale} was acquired by {c1:Orbrook}."),
              ElementsAre("ACQUISITION c1:ACQUIRER c2:TARGET"));
}

TEST(TransactionTest, AuthoritiesAcquireNothing) {
  EXPECT_THAT(DealsOf("{g1:北湖市商务局}收到收购申报材料，{c2:蓝湾}停牌。"), IsEmpty());
}

TEST(TransactionTest, ListOfStatementsIsNoListOfCompanies) {
  EXPECT_THAT(DealsOf("今年以来，{c1:曜石}收购{c2:蓝湾}、{c3:北辰}收购{c4:南屿}。"),
              UnorderedElementsAre("ACQUISITION c1:ACQUIRER c2:TARGET",
                                   "ACQUISITION c3:ACQUIRER c4:TARGET"));
}

TEST(TransactionTest, FundingRound) {
  EXPECT_THAT(
      DealsOf("{c1:蓝湾科技}完成A轮融资，由{c2:砺石资本}领投，{c3:北辰创投}、{c4:南屿基金}跟投。"),
      ElementsAre("INVESTMENT c1:INVESTEE c2:INVESTOR c3:INVESTOR c4:INVESTOR"));
}

TEST(TransactionTest, MinorityStakeIsAnInvestment) {
  EXPECT_THAT(DealsOf("{c1:Orbrook} has acquired a 15% stake in {c2:Hale}."),
              ElementsAre("INVESTMENT c1:INVESTOR c2:INVESTEE"));
}

TEST(VentureTest, FoundersAndVenture) {
  EXPECT_THAT(DealsOf("{c1:曜石}与{c2:蓝湾}共同出资成立{c3:曜湾科技}。"),
              ElementsAre("JOINT_VENTURE c1:FOUNDER c2:FOUNDER c3:VENTURE"));
  EXPECT_THAT(DealsOf("{c3:曜湾科技}由{c1:曜石}、{c2:蓝湾}共同出资设立。"),
              ElementsAre("JOINT_VENTURE c1:FOUNDER c2:FOUNDER c3:VENTURE"));
  EXPECT_THAT(DealsOf("{c1:Orbrook} and {c2:Hale} have formed a joint venture, {c3:Halebrook}."),
              ElementsAre("JOINT_VENTURE c1:FOUNDER c2:FOUNDER c3:VENTURE"));
}

TEST(SupplyTest, ProviderAndCustomer) {
  EXPECT_THAT(DealsOf("{c1:曜石}向{c2:蓝湾}供应电池。"),
              ElementsAre("SUPPLY c1:PROVIDER c2:CUSTOMER"));
  EXPECT_THAT(DealsOf("{c2:蓝湾}向{c1:曜石}采购设备。"),
              ElementsAre("SUPPLY c1:PROVIDER c2:CUSTOMER"));
  EXPECT_THAT(DealsOf("{c2:Hale} has selected {c1:Orbrook} for its depots."),
              ElementsAre("SUPPLY c1:PROVIDER c2:CUSTOMER"));
}

TEST(SupplyTest, DistributorAndTechnology) {
  EXPECT_THAT(DealsOf("{c1:Orbrook} has appointed {c2:Hale} as exclusive distributor."),
              ElementsAre("DISTRIBUTION c1:PROVIDER c2:CUSTOMER"));
  EXPECT_THAT(DealsOf("{c1:曜石}的风控引擎获{c2:蓝湾银行}采用。"),
              ElementsAre("TECHNOLOGY_INTEGRATION c1:PROVIDER c2:CUSTOMER"));
}

TEST(SupplyTest, GoodsNamedWithoutPreposition) {
  EXPECT_THAT(DealsOf("{c1:曜石科技}的传感器已批量供货{c2:蓝湾汽车}。"),
              ElementsAre("SUPPLY c1:PROVIDER c2:CUSTOMER"));
  EXPECT_THAT(DealsOf("{c1:曜石科技}首批电池交付给{c2:蓝湾汽车}。"),
              ElementsAre("SUPPLY c1:PROVIDER c2:CUSTOMER"));
  EXPECT_THAT(DealsOf("{c1:曜石科技}已进入{c2:蓝湾汽车}供应链。"),
              ElementsAre("SUPPLY c1:PROVIDER c2:CUSTOMER"));
}

TEST(SupplyTest, EachOfAListIsADealOfItsOwn) {
  EXPECT_THAT(
      DealsOf("{c1:曜石科技}的玻璃销往{c2:蓝湾汽车}、{c3:北辰光能}。"),
      UnorderedElementsAre("SUPPLY c1:PROVIDER c2:CUSTOMER", "SUPPLY c1:PROVIDER c3:CUSTOMER"));
  EXPECT_THAT(
      DealsOf("Clients of {c1:Orbrook} include {c2:Hale Robotics} and {c3:Marden}."),
      UnorderedElementsAre("SUPPLY c1:PROVIDER c2:CUSTOMER", "SUPPLY c1:PROVIDER c3:CUSTOMER"));
}

TEST(SupplyTest, ContractSaysTheKind) {
  EXPECT_THAT(DealsOf("{c1:曜石科技}与{c2:蓝湾汽车}签订供货合同。"),
              ElementsAre("SUPPLY c1:PROVIDER c2:CUSTOMER"));
  EXPECT_THAT(DealsOf("{c1:曜石科技}与{c2:蓝湾银行}签订贷款合同。"),
              ElementsAre("OTHER c1:PARTY c2:PARTY"));
}

TEST(SupplyTest, EnglishPassive) {
  EXPECT_THAT(DealsOf("{c1:Orbrook} uses turbines that will be provided by {c2:Hale Robotics}."),
              ElementsAre("SUPPLY c1:CUSTOMER c2:PROVIDER"));
  EXPECT_THAT(DealsOf("{c1:Orbrook} is powered by {c2:Hale Media}."), IsEmpty());
}

TEST(SupplyTest, SponsorsAndDonors) {
  EXPECT_THAT(DealsOf("{c1:曜石科技}赞助{c2:东湖俱乐部}。"),
              ElementsAre("OTHER c1:PROVIDER c2:CUSTOMER"));
  EXPECT_THAT(DealsOf("{c1:Orbrook} donated two robots to {c2:Hale College}."),
              ElementsAre("OTHER c1:PROVIDER c2:CUSTOMER"));
}

TEST(TransactionTest, ShareInARound) {
  EXPECT_THAT(DealsOf("{c1:曜石资本}参与{c2:蓝湾汽车}B轮融资。"),
              ElementsAre("INVESTMENT c1:INVESTOR c2:INVESTEE"));
  EXPECT_THAT(DealsOf("{c2:蓝湾汽车}获得{c1:曜石资本}800万美元融资。"),
              ElementsAre("INVESTMENT c1:INVESTOR c2:INVESTEE"));
  EXPECT_THAT(DealsOf("{c2:Orbrook} raised $9 million from {c1:Hale Capital}."),
              ElementsAre("INVESTMENT c1:INVESTOR c2:INVESTEE"));
}

TEST(AssemblyTest, SentencesOfOneDealAreMerged) {
  MarkedDocument marked("{c1:曜石}携手{c2:蓝湾}",
                        "11月26日，{c1:曜石}与{c2:蓝湾}在{l:上海}签署战略合作协议。{c3:晨报}报道。"
                        "双方将深化合作。",
                        Date{2018, 11, 27});
  marked.Extract();
  ASSERT_THAT(marked.Deals(), ElementsAre("STRATEGIC_COOPERATION c1:PARTY c2:PARTY"));
  const Deal& deal = marked.document.deals[0];
  EXPECT_EQ(deal.evidence.size(), 3u);
  EXPECT_EQ(FormatDate(deal.date), "2018-11-26");
  EXPECT_EQ(marked.document.Text(deal.location), "上海");
}

TEST(AssemblyTest, OtherPartiesAreAnotherDeal) {
  EXPECT_THAT(
      DealsOf("{c1:曜石}与{c2:蓝湾}签署战略合作协议。{c3:北辰}与{c4:南屿}签署战略合作协议。"),
      ElementsAre("STRATEGIC_COOPERATION c1:PARTY c2:PARTY",
                  "STRATEGIC_COOPERATION c3:PARTY c4:PARTY"));
}

TEST(AssemblyTest, HeadlineAddsConfidence) {
  MarkedDocument plain("", "{c1:曜石}与{c2:蓝湾}开展合作。");
  MarkedDocument headline("{c1:曜石}携手{c2:蓝湾}", "{c1:曜石}与{c2:蓝湾}开展合作。");
  EXPECT_GT(headline.Extract().document.deals.at(0).confidence,
            plain.Extract().document.deals.at(0).confidence);
}

TEST(AttributesTest, AnnouncementDatesAPlan) {
  MarkedDocument marked("", "2024年6月17日，{c1:曜石}公告称，将收购{c2:蓝湾}。");
  marked.Extract();
  ASSERT_EQ(marked.document.deals.size(), 1u);
  EXPECT_EQ(FormatDate(marked.document.deals[0].date), "2024-06-17");
}

// The date of the only deal of a text, "" for none.
std::string DealDate(std::string_view text, Date published = {}) {
  MarkedDocument marked("", text, published);
  marked.Extract();
  EXPECT_EQ(marked.document.deals.size(), 1u) << text;
  return marked.document.deals.empty() ? "" : FormatDate(marked.document.deals[0].date);
}

TEST(AttributesTest, ADateOfAnotherSentenceCountsWhereItSaysThatItWasSigned) {
  EXPECT_EQ(DealDate("{c1:曜石}与{c2:蓝湾}达成战略合作。2024年6月17日，{c1:曜石}与{c2:蓝湾}签约。"),
            "2024-06-17");
  EXPECT_EQ(DealDate("{c1:曜石}与{c2:蓝湾}达成战略合作。2024年6月17日，天气晴朗。"), "");
}

TEST(AttributesTest, EnglishDealsFallBackOnTheDatelineAndThenOnThePublication) {
  constexpr std::string_view kAnnounced =
      "{c1:Orbrook} announced a strategic partnership with {c2:Hale Bank}.";
  const Date published{2024, 6, 18};
  EXPECT_EQ(DealDate("LONDON, June 17, 2024. " + std::string(kAnnounced), published), "2024-06-17");
  EXPECT_EQ(DealDate(kAnnounced, published), "2024-06-18");
  EXPECT_EQ(DealDate(kAnnounced), "");
  // Nothing says that it was announced today.
  EXPECT_EQ(DealDate("{c1:Orbrook} has a strategic partnership with {c2:Hale Bank}.", published),
            "");
  // Nor does the publication date a Chinese deal.
  EXPECT_EQ(DealDate("{c1:曜石}宣布与{c2:蓝湾}达成战略合作。", published), "");
}

TEST(AttributesTest, ADateFarBehindTheBeginningIsNoDateline) {
  std::string filler;
  for (int i = 0; i < 12; ++i) filler += "The market was calm that week. ";
  const std::string deal = "{c1:Orbrook} has a strategic partnership with {c2:Hale Bank}. ";
  EXPECT_EQ(DealDate(deal + "June 17, 2024 was a calm day."), "2024-06-17");
  EXPECT_EQ(DealDate(deal + filler + "June 17, 2024 was a calm day."), "");
}

TEST(AttributesTest, PeriodsAreNoDates) {
  MarkedDocument marked("", "2021年以来，{c1:曜石}收购了{c2:蓝湾}。");
  marked.Extract();
  ASSERT_EQ(marked.document.deals.size(), 1u);
  EXPECT_TRUE(marked.document.deals[0].date.empty());
}

TEST(AttributesTest, SignatoriesRepresentativesAttendees) {
  MarkedDocument marked(
      "",
      "{c1:曜石科技}总裁{p1:张文}、{c2:蓝湾银行}行长{p2:林民}、副行长{p3:蔡凤}出席了签约仪式。"
      "{c1:曜石科技}与{c2:蓝湾银行}签署战略合作协议。"
      "{p1:张文}与{p2:林民}分别代表双方在协议上签字。");
  marked.Extract();
  ASSERT_EQ(marked.document.deals.size(), 1u);
  EXPECT_THAT(marked.People(marked.document.deals[0]),
              ElementsAre("p1:SIGNATORY", "p2:SIGNATORY", "p3:ATTENDEE"));
}

TEST(PartnershipExtractorTest, ListsAreBounded) {
  std::string text;
  for (int i = 0; i < 500; ++i) {
    text += "{c" + std::to_string(i) + ":公司" + std::to_string(i) + "}" + (i < 499 ? "、" : "");
  }
  MarkedDocument marked("", text + "签署战略合作协议。");
  marked.Extract();
  for (const Deal& deal : marked.document.deals) EXPECT_LE(deal.parties.size(), kGroupSizeMax + 1);
  EXPECT_LE(marked.document.deals.size(), kCandidatesPerArticleMax);
}

TEST(PartnershipExtractorTest, CandidatesPerSentenceAreBounded) {
  // Fewer than 1000 characters, so that it stays one sentence.
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += "{c" + std::to_string(2 * i) + ":甲" + std::to_string(i) + "}收购{c" +
            std::to_string(2 * i + 1) + ":乙" + std::to_string(i) + "}，";
  }
  MarkedDocument marked("", text + "完毕。");
  marked.Extract();
  EXPECT_EQ(marked.document.deals.size(), kCandidatesPerSentenceMax);
}

TEST(PartnershipExtractorTest, TextWithoutNamesHasNoDeals) {
  EXPECT_THAT(DealsOf("双方签署战略合作协议，携手共建联合实验室。"), IsEmpty());
}

}  // namespace
}  // namespace partnergraph
