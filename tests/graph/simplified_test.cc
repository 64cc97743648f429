#include "graph/simplified.h"

#include <string>

#include "gtest/gtest.h"

namespace partnergraph {
namespace {

std::u32string Simplify(std::u32string text) {
  for (char32_t& c : text) c = ToSimplified(c);
  return text;
}

TEST(SimplifiedTest, MapsTraditionalNames) {
  EXPECT_EQ(Simplify(U"商湯科技與東亞銀行"), U"商汤科技与东亚银行");
  EXPECT_EQ(Simplify(U"臺灣積體電路製造股份有限公司"), U"台湾积体电路制造股份有限公司");
  EXPECT_EQ(Simplify(U"鴻海 聯發科 華碩 廣達"), U"鸿海 联发科 华硕 广达");
}

TEST(SimplifiedTest, KeepsEverythingElse) {
  EXPECT_EQ(Simplify(U"商汤科技 SenseTime，「三」éП한かカ😀"),
            U"商汤科技 SenseTime，「三」éП한かカ😀");
  EXPECT_EQ(ToSimplified(0), char32_t{0});
  EXPECT_EQ(ToSimplified(0x33FF), char32_t{0x33FF});
  EXPECT_EQ(ToSimplified(0x9FFF), char32_t{0x9FFF});
  EXPECT_EQ(ToSimplified(0xA000), char32_t{0xA000});
  EXPECT_EQ(ToSimplified(0x10FFFF), char32_t{0x10FFFF});
}

TEST(SimplifiedTest, MappingTwiceChangesNothing) {
  int mapped = 0;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    const char32_t once = ToSimplified(c);
    mapped += once != c;
    ASSERT_EQ(ToSimplified(once), once) << "U+" << std::hex << static_cast<uint32_t>(c);
  }
  EXPECT_GT(mapped, 3000);
}

}  // namespace
}  // namespace partnergraph
