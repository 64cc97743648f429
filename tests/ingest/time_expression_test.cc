#include "ingest/time_expression.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/ingest/marked_document.h"

namespace partnergraph {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> DatesOf(std::string_view text, Date published = {}) {
  MarkedDocument marked("", text, published);
  EXPECT_TRUE(TimeExpressionFinder().Process(marked.document).ok());
  return marked.Dates();
}

constexpr Date kTuesday{2024, 5, 14};  // A Tuesday.

TEST(TimeExpressionTest, FullDatesNeedNoAnchor) {
  EXPECT_THAT(
      DatesOf("2018年10月18日签约，2019-04-08公告，二〇二〇年三月生效。"),
      ElementsAre("2018年10月18日=2018-10-18", "2019-04-08=2019-04-08", "二〇二〇年三月=2020-03"));
}

TEST(TimeExpressionTest, DayAndMonthTakeTheNearestYear) {
  EXPECT_THAT(DatesOf("11月26日签约。", Date{2018, 11, 26}), ElementsAre("11月26日=2018-11-26"));
  EXPECT_THAT(DatesOf("12月29日签约。", Date{2022, 1, 3}), ElementsAre("12月29日=2021-12-29"));
  EXPECT_THAT(DatesOf("1月5日签约。", Date{2021, 12, 30}), ElementsAre("1月5日=2022-01-05"));
}

TEST(TimeExpressionTest, DayAndMonthWithoutAnyYearStayEmpty) {
  EXPECT_THAT(DatesOf("11月19日，双方签约。"), ElementsAre("11月19日="));
}

TEST(TimeExpressionTest, FirstFullDateOfTheTextAnchorsTheOthers) {
  EXPECT_THAT(DatesOf("2019-04-08 09:17 来源：晨报 昨日，双方签约。"),
              ElementsAre("2019-04-08=2019-04-08", "昨日=2019-04-07"));
}

TEST(TimeExpressionTest, RelativeChineseExpressions) {
  EXPECT_THAT(
      DatesOf("今年十月启动，去年3月立项，上月试点，本月15日上线，上周三签约，7日公告。", kTuesday),
      ElementsAre("今年十月=2024-10", "去年3月=2023-03", "上月=2024-04", "本月15日=2024-05-15",
                  "上周三=2024-05-08", "7日=2024-05-07"));
}

TEST(TimeExpressionTest, VagueExpressionsAreFoundButEmpty) {
  EXPECT_THAT(DatesOf("近日，双方签约，日前公告。", kTuesday), ElementsAre("近日=", "日前="));
}

TEST(TimeExpressionTest, YearsOfTheRepublicOfChina) {
  EXPECT_THAT(DatesOf("民國106年8月，雙方簽署備忘錄。"), ElementsAre("106年8月=2017-08"));
}

TEST(TimeExpressionTest, EnglishDates) {
  EXPECT_THAT(
      DatesOf("The deal of Nov. 5, 2018 follows one of 3 March 2017 and one in June 2016."),
      ElementsAre("Nov. 5, 2018=2018-11-05", "3 March 2017=2017-03-03", "June 2016=2016-06"));
}

TEST(TimeExpressionTest, RelativeEnglishExpressions) {
  EXPECT_THAT(
      DatesOf("Signed last Tuesday, announced on Monday and yesterday, due next month.", kTuesday),
      ElementsAre("last Tuesday=2024-05-07", "on Monday=2024-05-13", "yesterday=2024-05-13",
                  "next month=2024-06"));
}

TEST(TimeExpressionTest, DatesThatDoNotExistAreEmpty) {
  EXPECT_THAT(DatesOf("2023年2月30日签约。"), ElementsAre("2023年2月30日="));
}

TEST(TimeExpressionTest, NumbersAndWordsThatAreNoDates) {
  EXPECT_THAT(DatesOf("注册资本30日内缴足，经营100年，电话2024-88012345，型号A2024.05。"),
              IsEmpty());
  EXPECT_THAT(DatesOf("They may march on in 12 of 2024's cities."), IsEmpty());
}

TEST(TimeExpressionTest, KeepsTheIndicesOfEntitiesRight) {
  MarkedDocument marked("", "2018年5月，{c1:曜石科技}与{c2:蓝湾银行}签约。");
  ASSERT_TRUE(TimeExpressionFinder().Process(marked.document).ok());
  for (size_t e = 0; e < marked.document.entities.size(); ++e) {
    for (const uint32_t mention : marked.document.entities[e].mentions) {
      EXPECT_EQ(marked.document.mentions[mention].entity, static_cast<int>(e));
    }
  }
}

}  // namespace
}  // namespace partnergraph
