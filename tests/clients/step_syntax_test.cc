#include "clients/cli/step_syntax.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(StepSyntaxTest, TypeAloneIsBothWaysOnce) {
  ASSERT_OK_AND_ASSIGN(const v1::TraverseStep step, ParseStep("PARTY_TO"));
  EXPECT_THAT(step.filter().types(), ElementsAre("PARTY_TO"));
  EXPECT_EQ(step.filter().direction(), v1::DIRECTION_BOTH);
  EXPECT_THAT(step.node_kinds(), IsEmpty());
  EXPECT_EQ(step.max_repeat(), 0);
}

TEST(StepSyntaxTest, ReadsAllParts) {
  ASSERT_OK_AND_ASSIGN(const v1::TraverseStep step,
                       ParseStep("part_of,USES:in:COMPANY,product*0..3"));
  EXPECT_THAT(step.filter().types(), ElementsAre("PART_OF", "USES"));
  EXPECT_EQ(step.filter().direction(), v1::DIRECTION_IN);
  EXPECT_THAT(step.node_kinds(), ElementsAre(v1::NODE_KIND_COMPANY, v1::NODE_KIND_PRODUCT));
  EXPECT_EQ(step.min_repeat(), 0);
  EXPECT_EQ(step.max_repeat(), 3);
}

TEST(StepSyntaxTest, DirectionCanBeLeftOut) {
  ASSERT_OK_AND_ASSIGN(const v1::TraverseStep step, ParseStep("any:PERSON*2"));
  EXPECT_THAT(step.filter().types(), IsEmpty());
  EXPECT_EQ(step.filter().direction(), v1::DIRECTION_BOTH);
  EXPECT_THAT(step.node_kinds(), ElementsAre(v1::NODE_KIND_PERSON));
  EXPECT_EQ(step.min_repeat(), 2);
  EXPECT_EQ(step.max_repeat(), 2);
}

TEST(StepSyntaxTest, SaysWhatIsWrong) {
  const auto fails = [](const char* text, const char* problem) {
    EXPECT_THAT(ParseStep(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                          AllOf(HasSubstr(text), HasSubstr(problem))));
  };
  fails("", "'' is not an edge type");
  fails("A,:out", "'' is not an edge type");
  fails("A B", "'A B' is not an edge type");
  fails("A,any", "'any' stands alone");
  fails("A:sideways", "'sideways' is neither a direction nor a kind");
  fails("A:out:CITY", "'CITY' is neither");
  fails("A:out:COMPANY:in", "'in' is too much");
  fails("A*", "'' is not a number of times");
  fails("A*7", "'7' is not a number of times");
  fails("A*3..2", "'3..2'");
  fails("A*0", "'0'");
  fails("A*-1", "'-1'");
}

}  // namespace
}  // namespace partnergraph::cli
