#include "ingest/training/classifier_trainer.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/feature_hash.h"
#include "ingest/linear_model.h"
#include "ingest/training/training_document.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

const std::vector<std::string> kLabels = {"NO", "YES"};

Feature Named(std::string_view name) { return {FeatureHash(name).value()}; }

TrainingExample Example(std::string_view feature, uint8_t label, bool of_domain) {
  return {.features = {Named("bias"), Named(feature)}, .label = label, .of_domain = of_domain};
}

// What a model says of a feature: the weight of YES against NO.
float Leaning(const std::string& bytes, std::string_view feature) {
  const absl::StatusOr<LinearModel> model = LinearModel::Open(bytes);
  EXPECT_THAT(model, IsOk());
  float leaning = 0;
  model->ForEach(Named(feature).hash,
                 [&](uint8_t label, float weight) { leaning += label == 1 ? weight : -weight; });
  return leaning;
}

TEST(ClassifierTrainerTest, OtherDomainsDoNotOverruleTheDomain) {
  std::vector<TrainingExample> examples;
  for (int i = 0; i < 10; ++i) examples.push_back(Example("contested", 1, true));
  for (int i = 0; i < 10; ++i) examples.push_back(Example("else", 0, true));
  for (int i = 0; i < 40; ++i) examples.push_back(Example("contested", 0, false));
  ASSERT_OK_AND_ASSIGN(const std::string adapted, TrainClassifier(kLabels, examples, {}));
  EXPECT_GT(Leaning(adapted, "contested") + Leaning(adapted, "bias"), 0);
  for (TrainingExample& example : examples) example.of_domain = true;
  ASSERT_OK_AND_ASSIGN(const std::string mixed, TrainClassifier(kLabels, examples, {}));
  EXPECT_LT(Leaning(mixed, "contested") + Leaning(mixed, "bias"), 0);
}

TEST(ClassifierTrainerTest, OtherDomainsTeachWhereTheDomainIsSilent) {
  std::vector<TrainingExample> examples;
  for (int i = 0; i < 10; ++i) examples.push_back(Example("known", 0, true));
  for (int i = 0; i < 10; ++i) examples.push_back(Example("lesson", 1, false));
  ASSERT_OK_AND_ASSIGN(const std::string model, TrainClassifier(kLabels, examples, {}));
  EXPECT_GT(Leaning(model, "lesson"), 0.5f);
}

TEST(ClassifierTrainerTest, TheSameExamplesMakeTheSameBytes) {
  const std::vector<TrainingExample> examples = {Example("a", 0, true), Example("b", 1, false),
                                                 Example("c", 1, true), Example("a", 1, false)};
  ASSERT_OK_AND_ASSIGN(const std::string once, TrainClassifier(kLabels, examples, {}));
  ASSERT_OK_AND_ASSIGN(const std::string again, TrainClassifier(kLabels, examples, {}));
  EXPECT_EQ(once, again);
}

TEST(ClassifierTrainerTest, RefusesALabelWithoutAName) {
  const std::vector<TrainingExample> examples = {Example("a", 2, true)};
  EXPECT_THAT(TrainClassifier(kLabels, examples, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("label 2 of 2")));
}

TEST(MarkOriginTest, OnlyInventedArticlesAreOfAnotherDomain) {
  for (const ArticleOrigin origin :
       {ArticleOrigin::kNews, ArticleOrigin::kRelease, ArticleOrigin::kInvented}) {
    const bool invented = origin == ArticleOrigin::kInvented;
    GoldArticle gold;
    gold.origin = origin;
    std::vector<TrainingExample> examples = {Example("before", 0, true), Example("of it", 1, true)};
    MarkOrigin(gold, 1, 0.25f, examples);
    EXPECT_TRUE(examples[0].of_domain);
    EXPECT_EQ(examples[0].weight, 1);
    EXPECT_EQ(examples[1].of_domain, !invented);
    EXPECT_EQ(examples[1].weight, invented ? 0.25f : 1.0f);
    EXPECT_EQ(examples[1].features.size(), invented ? 3u : 2u);
  }
}

}  // namespace
}  // namespace partnergraph
