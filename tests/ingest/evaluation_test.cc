#include "ingest/evaluation.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr char kGold[] =
    R"({"article_id":"a","entities":[)"
    R"({"id":"e1","type":"COMPANY","org_type":"COMPANY","canonical":"曜锂能源","mentions":["曜锂能源","曜锂"]},)"
    R"({"id":"e2","type":"COMPANY","org_type":"FINANCIAL","canonical":"衡川银行","mentions":["衡川银行"]},)"
    R"({"id":"e3","type":"PERSON","canonical":"韦思齐","mentions":["韦思齐"]}],)"
    R"("partnerships":[{"id":"p1","kind":"SUPPLY","participants":[{"entity":"e1","role":"PROVIDER"},)"
    R"({"entity":"e2","role":"CUSTOMER"}],"date":"2025-03","evidence":["曜锂能源与衡川银行签约"]}],)"
    R"("relations":[{"type":"EMPLOYED_BY","source":"e3","target":"e1","title":"总裁","evidence":["总裁韦思齐"]}]})";

TEST(EvaluationTest, GoldAgainstItselfIsPerfect) {
  ASSERT_OK_AND_ASSIGN(const Evaluation evaluation, Evaluate(kGold, kGold, true));
  for (const auto& [name, score] : evaluation.figures) EXPECT_DOUBLE_EQ(score.f1(), 1) << name;
  for (const auto& [name, share] : evaluation.shares)
    EXPECT_DOUBLE_EQ(share.precision(), 1) << name;
  EXPECT_TRUE(evaluation.errors.empty());
}

TEST(EvaluationTest, EntitiesAlignByAnySharedNameAfterNormalization) {
  ASSERT_OK_AND_ASSIGN(
      const Evaluation evaluation,
      Evaluate(
          R"({"article_id":"a","entities":[{"id":"e1","type":"COMPANY","canonical":"ABC Corp"}]})",
          R"({"article_id":"a","entities":[{"id":"x","type":"COMPANY","canonical":"ＡＢＣ corp"}]})",
          false));
  EXPECT_DOUBLE_EQ(evaluation.figures.at("entities").f1(), 1);
}

TEST(EvaluationTest, AnotherTypeIsAMiss) {
  ASSERT_OK_AND_ASSIGN(
      const Evaluation evaluation,
      Evaluate(R"({"article_id":"a","entities":[{"id":"e1","type":"COMPANY","canonical":"ABC"}]})",
               R"({"article_id":"a","entities":[{"id":"x","type":"PRODUCT","canonical":"ABC"}]})",
               true));
  EXPECT_DOUBLE_EQ(evaluation.figures.at("entities").right, 0);
  EXPECT_THAT(evaluation.errors, Contains("a\tmissed\tCOMPANY\tABC"));
  EXPECT_THAT(evaluation.errors, Contains("a\tspurious\tPRODUCT\tABC"));
}

TEST(EvaluationTest, AMissingPartyCostsItsShareOfTheDeal) {
  constexpr char kPredicted[] =
      R"({"article_id":"a","entities":[{"id":"x","type":"COMPANY","canonical":"曜锂"}],)"
      R"("partnerships":[{"id":"q","kind":"SUPPLY","participants":[{"entity":"x","role":"PARTY"}]}]})";
  ASSERT_OK_AND_ASSIGN(const Evaluation evaluation, Evaluate(kGold, kPredicted, false));
  EXPECT_NEAR(evaluation.figures.at("partnerships+kind").right, 0.5, 1e-5);
  EXPECT_DOUBLE_EQ(evaluation.shares.at("role").precision(), 0);
}

TEST(EvaluationTest, AnotherKindKeepsTheOverlapButNotTheFact) {
  std::string predicted = kGold;
  predicted.replace(predicted.find("SUPPLY"), 6, "OTHER");
  ASSERT_OK_AND_ASSIGN(const Evaluation evaluation, Evaluate(kGold, predicted, false));
  EXPECT_DOUBLE_EQ(evaluation.figures.at("partnerships").right, 1);
  EXPECT_DOUBLE_EQ(evaluation.figures.at("partnerships+kind").right, 0);
  EXPECT_DOUBLE_EQ(evaluation.figures.at("facts").right, 1);
  EXPECT_DOUBLE_EQ(evaluation.figures.at("facts").gold, 2);
}

TEST(EvaluationTest, ArticlesWithoutAnAnswerCountAsMissed) {
  ASSERT_OK_AND_ASSIGN(const Evaluation evaluation, Evaluate(kGold, "", false));
  EXPECT_DOUBLE_EQ(evaluation.figures.at("entities").gold, 3);
  EXPECT_DOUBLE_EQ(evaluation.figures.at("entities").recall(), 0);
}

TEST(EvaluationTest, ALineThatIsNotAnArticleIsNamed) {
  EXPECT_THAT(Evaluate(std::string(kGold) + "\n{oops", "", false),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("gold line 2")));
}

TEST(EvaluationTest, CollectsHowSureFactsWereAndWhetherTheyAreRight) {
  constexpr char kPredicted[] =
      R"({"article_id":"a","entities":[{"id":"x","type":"COMPANY","canonical":"曜锂"},)"
      R"({"id":"y","type":"COMPANY","canonical":"衡川银行"},{"id":"z","type":"PERSON","canonical":"韦思齐"}],)"
      R"("partnerships":[{"id":"q","kind":"RESEARCH","confidence":0.7,"participants":)"
      R"([{"entity":"x","role":"PARTY"},{"entity":"y","role":"PARTY"}]}],)"
      R"("relations":[{"type":"EMPLOYED_BY","source":"z","target":"x","confidence":0.9}]})";
  ASSERT_OK_AND_ASSIGN(const Evaluation evaluation, Evaluate(kGold, kPredicted, false));
  ASSERT_EQ(evaluation.stated.size(), 2u);
  EXPECT_DOUBLE_EQ(evaluation.stated[0].confidence, 0.7);
  EXPECT_FALSE(evaluation.stated[0].right);  // Another kind.
  EXPECT_TRUE(evaluation.stated[1].right);
}

TEST(EvaluationTest, CalibrationErrorIsTheDistanceFromTheShareThatIsRight) {
  EXPECT_DOUBLE_EQ(ExpectedCalibrationError({}), 0);
  EXPECT_DOUBLE_EQ(ExpectedCalibrationError({{"", 0.75, true}, {"", 0.75, false}}), 0.25);
  // Both bins weigh the same: |0.95 - 1| and |0.05 - 0|.
  EXPECT_NEAR(ExpectedCalibrationError({{"", 0.95, true}, {"", 0.05, false}}), 0.05, 1e-12);
  EXPECT_DOUBLE_EQ(ExpectedCalibrationError({{"", 1.0, true}, {"", 0.0, false}}), 0);
}

TEST(EvaluationTest, CountsArticlesThatRightlyHaveNoPartnership) {
  ASSERT_OK_AND_ASSIGN(
      const Evaluation evaluation,
      Evaluate(
          "{\"article_id\":\"a\"}\n{\"article_id\":\"b\"}",
          R"({"article_id":"b","partnerships":[{"id":"p1","kind":"OTHER","participants":[]}]})",
          false));
  EXPECT_DOUBLE_EQ(evaluation.shares.at("no_partnership").precision(), 0.5);
}

TEST(EvaluationTest, TheTableListsErrorsByKindMostFrequentFirst) {
  Evaluation evaluation;
  evaluation.errors = {"a\tmissed\tPERSON\tX", "a\tspurious\tCOMPANY\tY",
                       "b\tspurious\tCOMPANY\tZ"};
  const std::string table = ToTable(evaluation);
  EXPECT_THAT(table, HasSubstr("2 spurious COMPANY\n  a\tspurious\tCOMPANY\tY\n"));
  EXPECT_LT(table.find("2 spurious COMPANY"), table.find("1 missed PERSON"));
}

TEST(EvaluationTest, TraditionalCopiesKeepNamesAsPartsOfTheirText) {
  EXPECT_EQ(TraditionalCopy("云岭科技与东屿银行签署协议"), "雲嶺科技與東嶼銀行簽署協議");
  EXPECT_EQ(TraditionalCopy(R"({"id":"e1"})"), R"({"id":"e1"})");
}

}  // namespace
}  // namespace partnergraph
