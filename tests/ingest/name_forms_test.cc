#include "ingest/name_forms.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnergraph {
namespace {

using testing::Contains;
using testing::IsSupersetOf;
using testing::Not;

TEST(NameFormsTest, LegalFormsPlacesAndTradesFallAway) {
  EXPECT_THAT(OrganizationShortForms(U"北京云岭智算信息技术有限公司"),
              IsSupersetOf({std::u32string(U"云岭智算"), std::u32string(U"北京云岭智算"),
                            std::u32string(U"云岭智算信息技术有限公司")}));
  EXPECT_THAT(OrganizationShortForms(U"东屿银行(中国)有限公司"), Contains(U"东屿银行"));
}

TEST(NameFormsTest, PublicBodiesLoseOnlyTheirPlace) {
  EXPECT_THAT(OrganizationShortForms(U"深圳华侨城中学"), Contains(U"华侨城中学"));
  EXPECT_THAT(OrganizationShortForms(U"深圳华侨城中学"), Not(Contains(U"华侨城")));
  EXPECT_THAT(OrganizationShortForms(U"上海大学"), Not(Contains(U"大学")));
}

TEST(NameFormsTest, EnglishFormsAndInitials) {
  EXPECT_THAT(OrganizationShortForms(U"Orvella Robotics Technologies, Inc."),
              IsSupersetOf({std::u32string(U"Orvella Robotics Technologies"),
                            std::u32string(U"Orvella Robotics"), std::u32string(U"ORT")}));
  EXPECT_THAT(OrganizationShortForms(U"First National Group"), Not(Contains(U"First")));
}

TEST(NameFormsTest, KeysIgnoreCaseAndSpace) {
  EXPECT_EQ(NameKey(U"Social Face"), NameKey(U"SocialFace"));
  EXPECT_EQ(NameKey(U"SOCIAL FACE"), NameKey(U"Social face"));
}

}  // namespace
}  // namespace partnergraph
