#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "ingest/pipeline.h"
#include "nlohmann/json.hpp"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using nlohmann::json;

// "甲与乙签约" with two companies, a person without names of its own, a relation and a deal.
Document MakeExample() {
  Article article;
  article.id = "a-1";
  article.title = "标题";
  article.text = "甲与乙签约，丙出席。公司";
  article.published = Date{2024, 5, 6};
  Document document = *MakeDocument(article);
  const auto add = [&](uint32_t begin, uint32_t end, MentionType type, bool local) {
    Mention mention;
    mention.span = {begin, end};
    mention.type = type;
    mention.local_name = local;
    mention.entity = static_cast<int>(document.entities.size());
    document.mentions.push_back(mention);
    Entity entity;
    entity.type = type;
    if (type == MentionType::kCompany) entity.org_type = "COMPANY";
    entity.canonical = document.Text({begin, end});
    entity.mentions = {static_cast<uint32_t>(document.mentions.size() - 1)};
    document.entities.push_back(entity);
  };
  add(3, 4, MentionType::kCompany, false);
  add(5, 6, MentionType::kCompany, false);
  add(9, 10, MentionType::kPerson, false);
  add(13, 15, MentionType::kCompany, true);
  Relation relation;
  relation.type = kEmployedBy;
  relation.source = 2;
  relation.target = 0;
  relation.title = "总裁";
  relation.evidence = {{3, 12}};
  document.relations.push_back(relation);
  relation.target = 3;
  document.relations.push_back(relation);
  Deal deal;
  deal.kind = "OTHER";
  deal.parties = {{0, "PARTY"}, {1, "PARTY"}};
  deal.people = {{2, "ATTENDEE"}};
  deal.date = Date{2024, 5};
  deal.evidence = {{3, 8}};
  document.deals.push_back(deal);
  deal.parties = {{0, "PARTY"}, {3, "PARTY"}};
  document.deals.push_back(deal);
  return document;
}

TEST(ExtractionJsonTest, HasTheShapeOfTheGuidelines) {
  const json object = json::parse(ToJson(MakeExample()));
  EXPECT_EQ(object["article_id"], "a-1");
  EXPECT_EQ(object["language"], "zh");
  EXPECT_EQ(object["published"], "2024-05-06");
  EXPECT_EQ(object["entities"][0]["canonical"], "甲");
  EXPECT_EQ(object["entities"][0]["org_type"], "COMPANY");
  EXPECT_FALSE(object["entities"][2].contains("org_type"));
  EXPECT_EQ(object["relations"][0]["type"], "EMPLOYED_BY");
  EXPECT_EQ(object["relations"][0]["source"], "e3");
  EXPECT_EQ(object["relations"][0]["title"], "总裁");
  EXPECT_EQ(object["partnerships"][0]["date"], "2024-05");
  EXPECT_EQ(object["partnerships"][0]["location"], nullptr);
  EXPECT_EQ(object["partnerships"][0]["evidence"][0], "甲与乙签约");
  EXPECT_EQ(object["partnerships"][0]["evidence_spans"][0], json::array({7, 22}));
}

TEST(GraphWriterTest, LeavesOutWhatHasOnlyLocalNames) {
  const ArticleFacts facts = ToArticleFacts(MakeExample());
  ASSERT_EQ(facts.nodes.size(), 3u);
  EXPECT_EQ(facts.nodes[2].kind, NodeKind::kPerson);
  ASSERT_EQ(facts.edges.size(), 1u);
  EXPECT_EQ(facts.edges[0].source, 2u);
  EXPECT_EQ(facts.edges[0].target, 0u);
  ASSERT_EQ(facts.partnerships.size(), 1u);
  EXPECT_EQ(facts.partnerships[0].parties.size(), 2u);
  EXPECT_EQ(facts.partnerships[0].evidence.spans[0], (ByteSpan{7, 22}));
  EXPECT_EQ(facts.extractor, kExtractorName);
}

}  // namespace
}  // namespace partnergraph
