#include "ingest/confidence_calibrator.h"

#include <string>
#include <vector>

#include "graph/schema.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

Document TwoFacts(float relation, float deal) {
  Document document;
  document.relations.resize(1);
  document.relations[0].type = kDevelops;
  document.relations[0].confidence = relation;
  document.deals.resize(1);
  document.deals[0].confidence = deal;
  return document;
}

// Of `count` facts of a group and confidence, `right` are right.
void AddFacts(FactGroup group, float confidence, int right, int count,
              std::vector<CheckedFact>& facts) {
  for (int i = 0; i < count; ++i) facts.push_back({group, confidence, i < right});
}

TEST(ConfidenceCalibratorTest, TakesOverconfidenceBackByGroup) {
  std::vector<CheckedFact> facts;
  AddFacts(FactGroup::kPartnership, 0.9f, 600, 1000, facts);
  AddFacts(FactGroup::kPartnership, 0.6f, 300, 1000, facts);
  ASSERT_OK_AND_ASSIGN(const std::string bytes, FitCalibration(facts));
  ASSERT_OK_AND_ASSIGN(const LinearModel model, LinearModel::Open(bytes));
  Document document = TwoFacts(0.7f, 0.9f);
  ASSERT_TRUE(ConfidenceCalibrator(model).Process(document).ok());
  EXPECT_NEAR(document.deals[0].confidence, 0.6f, 0.02f);
  // Nothing was seen of other relations: they keep what they have.
  EXPECT_NEAR(document.relations[0].confidence, 0.7f, 0.01f);
  document = TwoFacts(0.7f, 0.6f);
  ASSERT_TRUE(ConfidenceCalibrator(model).Process(document).ok());
  EXPECT_NEAR(document.deals[0].confidence, 0.3f, 0.02f);
}

TEST(ConfidenceCalibratorTest, KeepsTheOrderEvenOfNonsense) {
  std::vector<CheckedFact> facts;
  AddFacts(FactGroup::kPartnership, 0.9f, 0, 100, facts);
  AddFacts(FactGroup::kPartnership, 0.2f, 100, 100, facts);
  ASSERT_OK_AND_ASSIGN(const std::string bytes, FitCalibration(facts));
  ASSERT_OK_AND_ASSIGN(const LinearModel model, LinearModel::Open(bytes));
  Document sure = TwoFacts(0, 1.0f), unsure = TwoFacts(0, 0.0f);
  ASSERT_TRUE(ConfidenceCalibrator(model).Process(sure).ok());
  ASSERT_TRUE(ConfidenceCalibrator(model).Process(unsure).ok());
  EXPECT_GT(sure.deals[0].confidence, unsure.deals[0].confidence);
  EXPECT_LT(sure.deals[0].confidence, 1);
  EXPECT_GT(unsure.deals[0].confidence, 0);
}

TEST(ConfidenceCalibratorTest, WithoutAModelConfidenceStays) {
  Document document = TwoFacts(0.123f, 1.0f);
  ASSERT_TRUE(ConfidenceCalibrator(LinearModel()).Process(document).ok());
  EXPECT_EQ(document.relations[0].confidence, 0.123f);
  EXPECT_EQ(document.deals[0].confidence, 1.0f);
}

}  // namespace
}  // namespace partnergraph
