#include "clients/cli/date_text.h"

#include "gtest/gtest.h"

namespace partnergraph::cli {
namespace {

TEST(DateTextTest, ReadsThreePrecisions) {
  for (const char* text : {"2018", "2018-11", "2018-11-26", "2020-02-29"}) {
    const auto date = ParseDate(text);
    ASSERT_TRUE(date.has_value()) << text;
    EXPECT_EQ(DateText(*date), text);
  }
}

TEST(DateTextTest, RefusesWhatIsNoDate) {
  for (const char* text : {"", "18", "0000", "2018-13", "2018-00", "2018-02-29", "2018-11-31",
                           "2018/11", "2018-1-1", "2018-11-2x", "2018-11-26T00", "-018"}) {
    EXPECT_FALSE(ParseDate(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace partnergraph::cli
