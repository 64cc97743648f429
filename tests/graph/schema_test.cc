#include "graph/schema.h"

#include <set>
#include <string>
#include <vector>

#include "graph/schema_record.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

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

TEST(SchemaTest, DeclaredTypesAreNumberedInTheirOrder) {
  const std::vector<EdgeTypeDeclaration> declarations = {
      {"SUPPLIES", "SUPPLIED_BY", false, KindBit(NodeKind::kCompany), KindBit(NodeKind::kCompany)},
      {"COMPETES_WITH", "", true}};
  ASSERT_OK_AND_ASSIGN(const auto schema, Schema::BuiltIn()->With(declarations));
  ASSERT_EQ(schema->types().size(), EdgeTypes().size() + 2);
  const EdgeTypeInfo* const supplies = schema->Find("SUPPLIES");
  ASSERT_NE(supplies, nullptr);
  EXPECT_EQ(supplies->type, EdgeType{256});
  EXPECT_EQ(supplies->inverse_name, "SUPPLIED_BY");
  EXPECT_TRUE(Allows(*supplies, NodeKind::kCompany, NodeKind::kCompany));
  EXPECT_FALSE(Allows(*supplies, NodeKind::kPerson, NodeKind::kCompany));
  EXPECT_EQ(schema->Find(EdgeType{257})->name, "COMPETES_WITH");
  EXPECT_EQ(schema->Find(EdgeType{257})->inverse_name, "COMPETES_WITH");
  EXPECT_EQ(schema->Find(EdgeType{258}), nullptr);
  EXPECT_EQ(schema->Find(EdgeType{10}), nullptr);
  EXPECT_EQ(schema->Find("SUPPLIED_BY"), nullptr) << "an inverse is no type of its own";
  EXPECT_EQ(Schema::BuiltIn()->Find("SUPPLIES"), nullptr);
  // What says the same adds nothing.
  ASSERT_OK_AND_ASSIGN(const auto again, schema->With(declarations));
  EXPECT_EQ(again->types().size(), schema->types().size());
  ASSERT_OK_AND_ASSIGN(const auto restored, ToSchema(ToSchemaRecord(*schema)));
  EXPECT_EQ(ToSchemaRecord(*restored).SerializeAsString(),
            ToSchemaRecord(*schema).SerializeAsString());
}

TEST(SchemaTest, RefusesDeclarationsThatContradict) {
  ASSERT_OK_AND_ASSIGN(const auto schema,
                       Schema::BuiltIn()->With({{EdgeTypeDeclaration{"SUPPLIES", "SUPPLIED_BY"}}}));
  const auto refused = [&](const EdgeTypeDeclaration& declaration) {
    return schema->With({&declaration, 1}).status();
  };
  const auto invalid = StatusIs(absl::StatusCode::kInvalidArgument, testing::_);
  EXPECT_THAT(refused({"supplies"}), invalid);
  EXPECT_THAT(refused({""}), invalid);
  EXPECT_THAT(refused({"1ST"}), invalid);
  EXPECT_THAT(refused({std::string(65, 'A')}), invalid);
  EXPECT_THAT(refused({"OWNS", "owned"}), invalid);
  EXPECT_THAT(refused({"OWNS", "OWNS", false}), invalid);
  EXPECT_THAT(refused({"OWNS", "OWNED_BY", true}), invalid);
  EXPECT_THAT(refused({"OWNS", "", false, 0}), invalid);
  EXPECT_THAT(refused({"OWNS", "", false, 1}), invalid);
  EXPECT_THAT(refused({"SUPPLIES", "DELIVERED_BY"}), invalid);
  EXPECT_THAT(refused({"SUPPLIED_BY", "SUPPLIES"}), invalid);
  EXPECT_THAT(refused({"DELIVERS", "SUPPLIED_BY"}), invalid);
  EXPECT_THAT(refused({"USES", "USED_BY"}), invalid) << "a built-in type, of other kinds";
  EXPECT_THAT(refused({std::string(64, 'A')}), IsOk());
}

TEST(SchemaTest, BoundsTheNumberOfImportedTypes) {
  std::vector<EdgeTypeDeclaration> declarations(kImportedEdgeTypesMax);
  for (size_t i = 0; i < declarations.size(); ++i) declarations[i].name = "T" + std::to_string(i);
  ASSERT_OK_AND_ASSIGN(const auto schema, Schema::BuiltIn()->With(declarations));
  EXPECT_TRUE(IsEdgeTypeNumber(static_cast<uint32_t>(schema->types().back().type)));
  const EdgeTypeDeclaration one_more{"ONE_MORE"};
  EXPECT_THAT(schema->With({&one_more, 1}).status(),
              StatusIs(absl::StatusCode::kResourceExhausted, testing::_));
}

TEST(SchemaTest, RecordsThatNoSchemaMakesAreRefused) {
  storage::SchemaRecord record;
  storage::EdgeTypeRecord* type = record.add_edge_types();
  type->set_name("SUPPLIES");
  type->set_source_kinds(kAllKinds);
  type->set_target_kinds(kAllKinds);
  EXPECT_THAT(ToSchema(record).status(), IsOk());
  *record.add_edge_types() = record.edge_types(0);
  EXPECT_THAT(ToSchema(record).status(), StatusIs(absl::StatusCode::kDataLoss, testing::_));
  record.mutable_edge_types()->RemoveLast();
  record.mutable_edge_types(0)->set_source_kinds(0);
  EXPECT_THAT(ToSchema(record).status(), StatusIs(absl::StatusCode::kDataLoss, testing::_));
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
