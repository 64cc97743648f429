#include "ingest/name_variants.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnergraph {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::Not;

std::vector<std::u32string> Company(std::u32string_view name) {
  return NameVariants(MentionType::kCompany, name);
}

TEST(NameVariantsTest, EnglishCompaniesByTheirFirstWordsAndInitials) {
  EXPECT_THAT(Company(U"Orvella North America"), Contains(std::u32string(U"orvella")));
  EXPECT_THAT(Company(U"OrvellaNewsWire"), Contains(std::u32string(U"onw")));
  EXPECT_THAT(Company(U"U.S. Orvella Partners"), Contains(std::u32string(U"usorvellapartners")));
}

TEST(NameVariantsTest, PeopleByFirstOrLastName) {
  const auto variants = NameVariants(MentionType::kPerson, U"Jane Mary Hale");
  EXPECT_THAT(variants, Contains(std::u32string(U"jane")));
  EXPECT_THAT(variants, Contains(std::u32string(U"hale")));
  EXPECT_THAT(NameVariants(MentionType::kPerson, U"马里奥·贝西"),
              Contains(std::u32string(U"贝西")));
}

TEST(NameVariantsTest, ProductsWithoutTheirMakerOrHead) {
  EXPECT_THAT(NameVariants(MentionType::kProduct, U"云岭飞鹭"), Contains(std::u32string(U"飞鹭")));
  EXPECT_THAT(NameVariants(MentionType::kProduct, U"Green Ford Copper Project"),
              Contains(std::u32string(U"greenproject")));
}

TEST(NameVariantsTest, PublicBodiesWithoutTheirPlace) {
  EXPECT_THAT(Company(U"浙江省财政局"), Contains(std::u32string(U"财政局")));
}

TEST(NameVariantsTest, JointNamesAreNotTheirSecondHalf) {
  EXPECT_THAT(Company(U"东风日产"), Not(Contains(std::u32string(U"日产"))));
}

TEST(NameVariantsTest, LongNamesHaveNone) {
  EXPECT_THAT(Company(std::u32string(kVariantCharsMax + 1, U'云')), IsEmpty());
}

TEST(NameVariantsTest, ContractionsLeaveCharactersOut) {
  EXPECT_TRUE(IsContraction(U"西岭联交所", U"西岭联合产权交易所"));
  EXPECT_FALSE(IsContraction(U"云岭公司", U"云岭北京公司"));  // A branch.
  EXPECT_FALSE(IsContraction(U"中国银行", U"中国工商银行"));
  EXPECT_FALSE(IsContraction(U"西岭联交所", U"西岭联合会"));
}

}  // namespace
}  // namespace partnergraph
