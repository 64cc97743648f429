#include "graph/pattern_evaluation.h"

#include <limits>

#include "gtest/gtest.h"

namespace partnergraph {
namespace {

using enum PatternComparison;

Date On(std::string_view text, DateBound bound = DateBound::kAt) {
  Date date = *ParseDate(text);
  date.bound = bound;
  return date;
}

// 't', 'f' or 'n' of date <, <=, =, >=, >, <> period.
std::string Compared(const Date& date, std::string_view period) {
  std::string result;
  for (const PatternComparison comparison :
       {kLess, kLessEqual, kEqual, kGreaterEqual, kGreater, kNotEqual}) {
    const auto truth = ComparePatternCells(date, comparison, On(period));
    result.push_back(!truth.has_value() ? 'n' : *truth ? 't' : 'f');
  }
  return result;
}

TEST(PatternEvaluationTest, DaysAreInsideOrOutsideOfAPeriod) {
  EXPECT_EQ(Compared(On("2018-05-31"), "2018-06"), "ttffft");
  EXPECT_EQ(Compared(On("2018-06-01"), "2018-06"), "ftttff");
  EXPECT_EQ(Compared(On("2018-06-30"), "2018-06"), "ftttff");
  EXPECT_EQ(Compared(On("2018-07-01"), "2018-06"), "fffttt");
  EXPECT_EQ(Compared(On("2018-06-15"), "2018-06-15"), "ftttff");
}

TEST(PatternEvaluationTest, DatesThatCanMeanSeveralDaysMayDecideNothing) {
  EXPECT_EQ(Compared(On("2018"), "2018-06"), "nnnnnn");
  EXPECT_EQ(Compared(On("2018-06"), "2018"), "ftttff");
  EXPECT_EQ(Compared(On("2017"), "2018-06"), "ttffft");
  EXPECT_EQ(Compared(On("2018-06"), "2018-06"), "ftttff");
  // Early enough to be before the period's end, maybe in it.
  EXPECT_EQ(Compared(On("2018-06"), "2018-06-30"), "ntnnfn");
  EXPECT_EQ(Compared(On("2018-06"), "2018-06-01"), "fnntnn");
}

TEST(PatternEvaluationTest, BoundsOpenADateOnOneSide) {
  EXPECT_EQ(Compared(On("2018", DateBound::kBefore), "2019"), "ttffft");
  EXPECT_EQ(Compared(On("2018", DateBound::kBefore), "2017"), "nnnnnn");
  EXPECT_EQ(Compared(On("2018", DateBound::kAfter), "2017"), "fffttt");
  EXPECT_EQ(Compared(On("2018", DateBound::kAfter), "2019"), "nnnnnn");
}

TEST(PatternEvaluationTest, NumbersAreComparedExactly) {
  const int64_t large = (int64_t{1} << 53) + 1;
  EXPECT_EQ(ComparePatternCells(large, kGreater, 9007199254740992.0), true);
  EXPECT_EQ(ComparePatternCells(int64_t{2}, kEqual, 2.0), true);
  EXPECT_EQ(ComparePatternCells(std::numeric_limits<int64_t>::min(), kLess, 0.5), true);
}

TEST(PatternEvaluationTest, NullAndOtherTypesDecideNothing) {
  EXPECT_EQ(ComparePatternCells(PatternCell(), kEqual, PatternCell()), std::nullopt);
  EXPECT_EQ(ComparePatternCells(int64_t{1}, kEqual, PatternCell(std::string("1"))), std::nullopt);
}

TEST(PatternEvaluationTest, NullsAreSortedLast) {
  EXPECT_LT(OrderPatternCells(int64_t{1}, PatternCell()), 0);
  EXPECT_GT(OrderPatternCells(PatternCell(), std::string("x")), 0);
  EXPECT_EQ(OrderPatternCells(PatternCell(), PatternCell()), 0);
  EXPECT_LT(OrderPatternCells(On("2018"), On("2018-01")), 0);
}

TEST(PatternEvaluationTest, KeysAreEqualForEqualValuesOnly) {
  const auto key = [](const std::vector<PatternCell>& cells) {
    std::string bytes;
    for (const PatternCell& cell : cells) AppendPatternKey(cell, bytes);
    return bytes;
  };
  EXPECT_NE(key({std::string("a"), std::string("bc")}), key({std::string("ab"), std::string("c")}));
  EXPECT_NE(key({int64_t{1}}), key({NodeId{1}}));
  EXPECT_NE(key({PatternCell()}), key({std::string()}));
  EXPECT_EQ(key({NodeId{7}}), key({NodeId{7}}));
  AdjacentEdge there{.node = NodeId{1}, .other = NodeId{2}, .fact = FactId{9}};
  AdjacentEdge back{.node = NodeId{2}, .other = NodeId{1}, .fact = FactId{9}};
  EXPECT_EQ(key({there}), key({back}));
  there.partnership = back.partnership = NodeId{5};
  back.fact = FactId{10};
  EXPECT_EQ(key({there}), key({back}));
  back.partnership = NodeId{6};
  EXPECT_NE(key({there}), key({back}));
}

}  // namespace
}  // namespace partnergraph
