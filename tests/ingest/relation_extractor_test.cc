#include "ingest/relation_extractor.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/ingest/marked_document.h"

namespace partnergraph {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

std::vector<std::string> RelationsOf(std::string_view text) {
  return MarkedDocument("", text).Extract().Relations();
}

TEST(EmploymentTest, TitleBetweenCompanyAndPerson) {
  EXPECT_THAT(RelationsOf("{c1:曜石科技}副总裁兼营运总监{p1:李方远}致辞。"),
              ElementsAre("EMPLOYED_BY p1 c1 副总裁兼营运总监"));
  EXPECT_THAT(RelationsOf("{c1:藍灣銀行}(香港)執行董事{p1:陳樂文}致辭。"),
              ElementsAre("EMPLOYED_BY p1 c1 執行董事"));
}

TEST(EmploymentTest, DepartmentBelongsToTheTitle) {
  EXPECT_THAT(RelationsOf("{c1:曜石科技}智慧医疗首席科学家{p1:Ana Duarte}教授作报告。"),
              ElementsAre("EMPLOYED_BY p1 c1 智慧医疗首席科学家"));
}

TEST(EmploymentTest, GuestsShareTheOrganizationBeforeThem) {
  EXPECT_THAT(RelationsOf("{c1:蓝湾银行}副行长{p1:何明川}、副行长{p2:蔡一凡}出席。"),
              ElementsAre("EMPLOYED_BY p1 c1 副行长", "EMPLOYED_BY p2 c1 副行长"));
}

TEST(EmploymentTest, DepartmentOfAGuestOfTheSameOrganization) {
  EXPECT_THAT(RelationsOf("{c1:曜石科技}总裁{p1:张文}、战略投资部董事总经理{p2:王曼}出席。"),
              ElementsAre("EMPLOYED_BY p1 c1 总裁", "EMPLOYED_BY p2 c1 战略投资部董事总经理"));
}

TEST(EmploymentTest, PostElsewhereIsNoPartOfTheTitle) {
  EXPECT_THAT(RelationsOf("{p1:Ana Duarte}现为{u1:东湖大学}教授、海洋生物成像与建模研究中心主任。"),
              ElementsAre("EMPLOYED_BY p1 u1 教授"));
}

TEST(EmploymentTest, TwoPostsOfOnePerson) {
  EXPECT_THAT(RelationsOf("{g1:北湖区委}副书记、{g2:北湖区人民政府}区长{p1:曾立}见证签约。"),
              ElementsAre("EMPLOYED_BY p1 g1 副书记", "EMPLOYED_BY p1 g2 区长"));
}

TEST(EmploymentTest, WhoJoinsACompanyAsWhat) {
  EXPECT_THAT(RelationsOf("{p1:Jane Roe} has joined {c1:Brightwater Labs} as chief scientist."),
              ElementsAre("EMPLOYED_BY p1 c1 chief scientist"));
  EXPECT_THAT(RelationsOf("{p1:Jane Roe} has joined {c1:Brightwater Labs} for dinner."), IsEmpty());
}

TEST(EmploymentTest, DashBeforeTheTitle) {
  EXPECT_THAT(RelationsOf("{p1:Jane Roe} – CEO of {c1:Brightwater Labs} – spoke first."),
              ElementsAre("EMPLOYED_BY p1 c1 CEO"));
}

TEST(EmploymentTest, AppointedByTheCompanyOfTheText) {
  EXPECT_THAT(RelationsOf("{c1:曜石科技}公告，任命{p1:李方远}为首席执行官。"),
              ElementsAre("EMPLOYED_BY p1 c1 首席执行官"));
  EXPECT_THAT(RelationsOf("{c1:曜石科技}公告，{p1:李方远}将出任董事长。"),
              ElementsAre("EMPLOYED_BY p1 c1 董事长"));
  EXPECT_THAT(RelationsOf("{c1:曜石科技}公告，{p1:李方远}为客户服务。"), IsEmpty());
}

TEST(OrganizationTest, SeveralFoundersAfterTheVerb) {
  EXPECT_THAT(RelationsOf("{c1:Brightwater Labs} was founded by {p1:Jane Roe} and {p2:John Doe}."),
              ElementsAre("FOUNDED p1 c1", "FOUNDED p2 c1"));
}

TEST(OrganizationTest, CompanyOfAnOwner) {
  EXPECT_THAT(RelationsOf("{c1:Brightwater Labs}, a {c2:Norland} company, opened a plant."),
              ElementsAre("PART_OF c1 c2"));
  EXPECT_THAT(RelationsOf("{c2:Norland}-owned {c1:Brightwater Labs} opened a plant."),
              ElementsAre("PART_OF c1 c2"));
  EXPECT_THAT(RelationsOf("{c1:Brightwater Labs}, a {c2:Norland} customer, opened a plant."),
              IsEmpty());
}

TEST(EmploymentTest, PostsBehindThePerson) {
  EXPECT_THAT(RelationsOf("{p1:Ana Duarte}博士，现为{u1:东湖大学}计算机系教授。"),
              ElementsAre("EMPLOYED_BY p1 u1 计算机系教授"));
  EXPECT_THAT(RelationsOf("{c1:曜石科技}成立于2019年，法定代表人为{p1:李方远}。"),
              ElementsAre("EMPLOYED_BY p1 c1 法定代表人"));
}

TEST(EmploymentTest, EnglishOrders) {
  EXPECT_THAT(RelationsOf("{c1:Orbrook Systems} CEO {p1:Jane Hale} joined the panel."),
              ElementsAre("EMPLOYED_BY p1 c1 CEO"));
  EXPECT_THAT(
      RelationsOf("{p1:Jane Hale}, vice president of sales at {c1:Orbrook Systems}, agreed."),
      ElementsAre("EMPLOYED_BY p1 c1 vice president of sales"));
  EXPECT_THAT(RelationsOf("{c1:Orbrook} (NYSE: ORB) managing director {p1:Jane Hale} spoke."),
              ElementsAre("EMPLOYED_BY p1 c1 managing director"));
}

TEST(EmploymentTest, FounderAloneIsNoEmployee) {
  EXPECT_THAT(RelationsOf("{c1:曜石科技}创始人{p1:汤远}教授表示欢迎。"),
              ElementsAre("FOUNDED p1 c1"));
  EXPECT_THAT(RelationsOf("{p1:Jane Hale}, founder of {c1:Orbrook}, said so."),
              ElementsAre("FOUNDED p1 c1"));
  EXPECT_THAT(RelationsOf("{c1:曜石科技}创始人兼CEO{p1:汤远}表示欢迎。"),
              ElementsAre("EMPLOYED_BY p1 c1 创始人兼CEO", "FOUNDED p1 c1"));
}

TEST(EmploymentTest, AcademiciansAreNotEmployed) {
  EXPECT_THAT(RelationsOf("{c1:北方科学院}院士{p1:Nils Berg}教授到会。"), IsEmpty());
}

TEST(EmploymentTest, TitleOfAnUnrecognizedOrganizationIsNobodys) {
  EXPECT_THAT(RelationsOf("{c1:曜石科技}发布新品。东岸钢材网资深分析师{p1:秦晓}认为利好。"),
              IsEmpty());
}

TEST(OrganizationTest, Subsidiaries) {
  EXPECT_THAT(RelationsOf("{c1:曜石集团}旗下{c2:曜石科技}、{c3:曜石云}发布年报。"),
              ElementsAre("PART_OF c2 c1", "PART_OF c3 c1"));
  EXPECT_THAT(RelationsOf("{c2:蓝湾租赁}为{c1:蓝湾银行}的全资子公司。"),
              ElementsAre("PART_OF c2 c1"));
  EXPECT_THAT(RelationsOf("{c2:Hale Labs}, a wholly owned subsidiary of {c1:Orbrook}, grew."),
              ElementsAre("PART_OF c2 c1"));
}

TEST(OrganizationTest, PartnerOfASubsidiaryIsNoSubsidiary) {
  EXPECT_THAT(RelationsOf("{c1:曜石集团}控股子公司{c2:曜石云}与{c3:蓝湾银行}签署合作协议。"),
              ElementsAre("PART_OF c2 c1"));
}

TEST(OrganizationTest, UnitByName) {
  EXPECT_THAT(RelationsOf("{c1:北方银行}公告，{c2:北方银行西城支行}开业。"),
              ElementsAre("PART_OF c2 c1"));
  EXPECT_THAT(RelationsOf("{c1:曜石}公告，{c2:曜石投资有限公司}开业。"), IsEmpty());
}

TEST(OrganizationTest, SubsidiaryWithADescriptionBeforeTheWord) {
  EXPECT_THAT(RelationsOf("{c1:曜石科技}公告，公司设立在海外的控股子公司{c2:Hale Labs}盈利。"),
              ElementsAre("PART_OF c2 c1"));
}

TEST(OrganizationTest, PlannedVentureHasNoFounderYet) {
  EXPECT_THAT(RelationsOf("{c1:曜石科技}拟设立{c3:曜湖医光科技有限公司}。"), IsEmpty());
  EXPECT_THAT(RelationsOf("{c1:曜石科技}设立{c3:曜湖医光科技有限公司}。"),
              ElementsAre("FOUNDED c1 c3"));
}

TEST(OrganizationTest, FoundersOfAVenture) {
  EXPECT_THAT(RelationsOf("{c1:曜石科技}与{u1:东湖大学}共同成立{c3:曜湖联合实验室}。"),
              ElementsAre("FOUNDED c1 c3", "FOUNDED u1 c3"));
}

TEST(ProductTest, Developers) {
  EXPECT_THAT(RelationsOf("{c1:曜石科技}推出{x1:星图平台}。"), ElementsAre("DEVELOPS c1 x1"));
  EXPECT_THAT(RelationsOf("{c1:曜石科技}的{x1:星图}上线。"), ElementsAre("DEVELOPS c1 x1"));
  EXPECT_THAT(RelationsOf("{c1:曜石}发布了{x1:星图}、{x2:星河}和{x3:星海}。"),
              ElementsAre("DEVELOPS c1 x1", "DEVELOPS c1 x2", "DEVELOPS c1 x3"));
  EXPECT_THAT(RelationsOf("{c1:Orbrook}'s {x1:Lantern} platform grew."),
              ElementsAre("DEVELOPS c1 x1"));
}

TEST(ProductTest, BrandInTheName) {
  EXPECT_THAT(RelationsOf("{c1:极光}公告。市场上{x1:极光S6}热销。"), ElementsAre("DEVELOPS c1 x1"));
}

TEST(ProductTest, UsedProductIsNotDeveloped) {
  EXPECT_THAT(RelationsOf("{x1:星图}基于{x2:洛神引擎}打造。"), ElementsAre("USES x1 x2"));
  EXPECT_THAT(RelationsOf("{c1:Orbrook} is powered by {c2:Hale}."), ElementsAre("USES c1 c2"));
  EXPECT_THAT(RelationsOf("{c1:曜石科技}未采用{x1:洛神引擎}。"), Not(Contains(StartsWith("USES"))));
}

TEST(RelationExtractorTest, EvidenceAndConfidenceAreSet) {
  MarkedDocument marked("",
                        "{c1:曜石科技}总裁{p1:张文}致辞。会后，{c1:曜石科技}总裁{p1:张文}答问。");
  marked.Extract();
  ASSERT_EQ(marked.document.relations.size(), 1u);
  const Relation& relation = marked.document.relations[0];
  ASSERT_EQ(relation.evidence.size(), 2u);
  EXPECT_EQ(marked.document.Text(relation.evidence[0]), "曜石科技总裁张文");
  EXPECT_GT(relation.confidence, 0.9f);
  EXPECT_LE(relation.confidence, 1.0f);
}

}  // namespace
}  // namespace partnergraph
