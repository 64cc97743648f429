#include "graph/schema.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace partnergraph {
namespace {

TEST(SchemaTest, EdgeTypesAreFoundByNumberAndName) {
  std::set<std::string_view> names;
  for (const EdgeTypeInfo& type : EdgeTypes()) {
    EXPECT_EQ(&GetEdgeType(type.type), &type);
    EXPECT_EQ(FindEdgeType(type.name), &type);
    EXPECT_TRUE(names.insert(type.name).second);
    EXPECT_EQ(type.symmetric, type.name == type.inverse_name);
  }
  EXPECT_EQ(FindEdgeType("MARRIED_TO"), nullptr);
  EXPECT_EQ(FindEdgeType(""), nullptr);
}

TEST(SchemaTest, TypesJoinTheirKindsOnly) {
  EXPECT_TRUE(Allows(GetEdgeType(kEmployedBy), NodeKind::kPerson, NodeKind::kCompany));
  EXPECT_FALSE(Allows(GetEdgeType(kEmployedBy), NodeKind::kCompany, NodeKind::kPerson));
  EXPECT_TRUE(Allows(GetEdgeType(kUses), NodeKind::kProduct, NodeKind::kProduct));
  EXPECT_TRUE(Allows(GetEdgeType(kFounded), NodeKind::kCompany, NodeKind::kCompany));
  EXPECT_FALSE(Allows(GetEdgeType(kPartOf), NodeKind::kCompany, NodeKind::kProduct));
  EXPECT_TRUE(Allows(GetEdgeType(kConcerns), NodeKind::kPartnership, NodeKind::kProduct));
}

TEST(SchemaTest, ClosedLists) {
  EXPECT_EQ(PartnershipKinds().size(), 11u);
  EXPECT_EQ(PartyRoles().size(), 14u);
  EXPECT_EQ(OrgTypes().size(), 9u);
  EXPECT_TRUE(IsPartnershipKind("JOINT_VENTURE"));
  EXPECT_FALSE(IsPartnershipKind("joint_venture"));
  EXPECT_TRUE(IsPartyRole("INVESTEE"));
  EXPECT_FALSE(IsPartyRole("SIGNATORY"));
  EXPECT_TRUE(IsPersonRole("SIGNATORY"));
  EXPECT_FALSE(IsOrgType(""));
}

TEST(VocabularyTest, NamesGoBothWays) {
  for (int i = 1; i <= 4; ++i) {
    const auto kind = static_cast<NodeKind>(i);
    EXPECT_EQ(ParseNodeKind(NodeKindName(kind)), kind);
  }
  for (int i = 1; i <= 6; ++i) {
    const auto status = static_cast<FactStatus>(i);
    EXPECT_EQ(ParseFactStatus(FactStatusName(status)), status);
  }
  EXPECT_EQ(ParseNodeKind("company"), std::nullopt);
  EXPECT_EQ(ParseFactStatus(""), std::nullopt);
  EXPECT_EQ(FactStatusName(FactStatus{9}), "");
}

TEST(SchemaDeathTest, UnknownNumberIsABug) { EXPECT_DEATH(GetEdgeType(EdgeType{99}), ""); }

}  // namespace
}  // namespace partnergraph
