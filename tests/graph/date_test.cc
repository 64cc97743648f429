#include "graph/date.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnergraph {
namespace {

TEST(DateTest, ParsesThreePrecisions) {
  EXPECT_EQ(ParseDate("2018"), (Date{2018, 0, 0}));
  EXPECT_EQ(ParseDate("2018-11"), (Date{2018, 11, 0}));
  EXPECT_EQ(ParseDate("2018-11-26"), (Date{2018, 11, 26}));
  EXPECT_EQ(ParseDate("2020-02-29"), (Date{2020, 2, 29}));
}

TEST(DateTest, RefusesWhatIsNoDate) {
  for (const char* text :
       {"", "18", "0000", "2018-", "2018-1", "2018-13", "2018-00", "2018-11-31", "2019-02-29",
        "1900-02-29", "2018/11/26", "2018-11-2x", "2018-11-26 ", "-018", "+018-11-26"}) {
    EXPECT_EQ(ParseDate(text), std::nullopt) << text;
  }
}

TEST(DateTest, FormatIsTheInverseOfParse) {
  for (const char* text : {"0007", "2018", "2018-01", "9999-12-31"}) {
    EXPECT_EQ(FormatDate(*ParseDate(text)), text);
  }
  EXPECT_EQ(FormatDate(Date{}), "");
}

TEST(DateTest, ValidityChecksEveryPart) {
  EXPECT_TRUE(IsValid(Date{}));
  EXPECT_FALSE(IsValid(Date{0, 1, 0}));
  EXPECT_FALSE(IsValid(Date{2018, 0, 5}));
  EXPECT_FALSE(IsValid(Date{10000, 1, 1}));
  EXPECT_FALSE(IsValid(Date{-1, 1, 1}));
  EXPECT_FALSE(IsValid(Date{0, 0, 0, DateBound::kAfter}));
}

TEST(DateTest, DaysCountFrom1970) {
  EXPECT_EQ(ToDayRange({1970, 1, 1}).first, 0);
  EXPECT_EQ(ToDayRange({1969, 12, 31}).last, -1);
  EXPECT_EQ(ToDayRange({2000, 3, 1}).first, 11017);
  for (int32_t days = -719162; days < 2932897; days += 97) {
    const Date date = FromDays(days);
    ASSERT_TRUE(IsValid(date)) << days;
    ASSERT_EQ(ToDayRange(date).first, days);
  }
}

TEST(DateTest, RangeHonoursPrecisionAndBound) {
  const DayRange year = ToDayRange({2019, 0, 0}), february = ToDayRange({2020, 2, 0});
  EXPECT_EQ(year.last - year.first, 364);
  EXPECT_EQ(february.last - february.first, 28);
  EXPECT_EQ(ToDayRange({2019, 0, 0, DateBound::kBefore}).first, INT32_MIN);
  EXPECT_EQ(ToDayRange({2019, 0, 0, DateBound::kBefore}).last, year.last);
  EXPECT_EQ(ToDayRange({2019, 0, 0, DateBound::kAfter}).last, INT32_MAX);
  EXPECT_EQ(ToDayRange({}).first, INT32_MIN);
  EXPECT_EQ(ToDayRange({}).last, INT32_MAX);
}

TEST(DateTest, PackedOrderIsTheOrderOfDates) {
  const Date ascending[] = {{},           {1, 0, 0},     {2018, 0, 0},   {2018, 1, 0},
                            {2018, 1, 1}, {2018, 1, 31}, {2018, 12, 31}, {9999, 12, 31}};
  for (size_t i = 0; i < std::size(ascending); ++i) {
    EXPECT_EQ(UnpackDate(PackDate(ascending[i])), ascending[i]);
    if (i > 0) {
      EXPECT_LT(PackDate(ascending[i - 1]), PackDate(ascending[i]));
    }
  }
  EXPECT_EQ(PackDate({}), 0u);
  EXPECT_LT(PackDate({9999, 12, 31, DateBound::kAfter}), 1u << 25);
}

}  // namespace
}  // namespace partnergraph
