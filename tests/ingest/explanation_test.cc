#include "ingest/explanation.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using ::testing::HasSubstr;

Article Signing() {
  Article article;
  article.id = "x-1";
  article.title = "云岭科技与东屿银行签署战略合作协议";
  article.text = "云岭科技有限公司总裁陈柏舟与东屿银行行长签署战略合作协议。";
  return article;
}

TEST(ExplanationTest, TellsWhatEachStageDidAndWhichRuleDidIt) {
  const std::unique_ptr<Pipeline> pipeline = *Pipeline::Create();
  ASSERT_OK_AND_ASSIGN(const std::string text, Explain(*pipeline, Signing()));
  size_t at = 0;
  for (const auto& stage : pipeline->stages()) {
    const size_t found = text.find(std::string("\n") + stage->name() + "\n", at);
    ASSERT_NE(found, text.npos) << stage->name();
    at = found;
  }
  EXPECT_THAT(text, HasSubstr("东屿银行 ["));
  EXPECT_THAT(text, HasSubstr("STRATEGIC_COOPERATION"));
  EXPECT_THAT(text, HasSubstr("“云岭科技与东屿银行签署战略合作协议”"));
}

TEST(ExplanationTest, TellsWhatTheModelsLeftOut) {
  Article article;
  article.id = "x-2";
  article.title = "云岭科技有望与东屿银行合作";
  article.text = "业内传云岭科技有限公司或将与东屿银行洽谈合作，云帆光效、物联网和黑科技成为焦点。";
  ASSERT_OK_AND_ASSIGN(const std::string text, Explain(**Pipeline::Create(), article));
  EXPECT_THAT(text, testing::AnyOf(HasSubstr("  - not taken: "), HasSubstr("  - no deal: "),
                                   HasSubstr("  - not stated: ")));
}

TEST(ExplanationTest, RefusesWhatExtractionRefuses) {
  EXPECT_THAT(Explain(**Pipeline::Create(), Article()),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::_));
}

TEST(ExtractionOptionsTest, LeavesOutWhatIsLessSureThanAskedFor) {
  ASSERT_OK_AND_ASSIGN(const Document all, (*Pipeline::Create())->Extract(Signing()));
  ASSERT_FALSE(all.deals.empty());
  ASSERT_FALSE(all.relations.empty());
  ASSERT_OK_AND_ASSIGN(
      const Document none,
      (*Pipeline::Create(ShippedModels(), {.confidence_min = 1.0f}))->Extract(Signing()));
  EXPECT_TRUE(none.deals.empty());
  EXPECT_TRUE(none.relations.empty());
  EXPECT_EQ(none.entities.size(), all.entities.size());
}

}  // namespace
}  // namespace partnergraph
