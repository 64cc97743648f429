// Pattern queries over stored articles, through a GraphView.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "graph/graph_store.h"
#include "gtest/gtest.h"
#include "tests/graph/article_builder.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;
using testing::UnorderedElementsAre;

std::string Text(const PatternValue& value) {
  if (const auto* node = std::get_if<NodeSummary>(&value)) return node->name;
  if (const auto* edge = std::get_if<Edge>(&value)) {
    return absl::StrCat(edge->source.name, ">", edge->target.name, ":", edge->title);
  }
  if (const auto* integer = std::get_if<int64_t>(&value)) return absl::StrCat(*integer);
  if (const auto* number = std::get_if<double>(&value)) return absl::StrCat(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* date = std::get_if<Date>(&value)) return FormatDate(*date);
  return "null";
}

class StorePatternTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(store_, GraphStore::Open(std::make_unique<MemoryKvStore>()));
    ArticleBuilder first("first", "First");
    const uint32_t bridge = first.Company("云桥科技有限公司", {"云桥", "Yunqiao"});
    const uint32_t bank = first.Company("衡川銀行", {}, "FINANCIAL");
    const uint32_t person = first.Person("林远航");
    first.Edge(kEmployedBy, person, bridge, "总裁");
    PartnershipAssertion& deal = first.Deal("JOINT_VENTURE", {bridge, bank}, "FOUNDER");
    deal.date = {.year = 2018, .month = 6};
    deal.location = "上海";
    deal.evidence.confidence = 0.9f;
    ASSERT_THAT(store_->PutArticle(first.facts()), IsOk());
    ArticleBuilder second("second", "Second");
    const uint32_t again = second.Company("云桥科技有限公司", {"云桥"});
    const uint32_t other = second.Company("Blue Harbor");
    second.Deal("SUPPLY", {again, other});
    ASSERT_THAT(store_->PutArticle(second.facts()), IsOk());
  }

  std::vector<std::string> Ask(const std::string& text) {
    std::vector<std::string> rows;
    auto view = store_->View();
    EXPECT_THAT(view, IsOk());
    if (!view.ok()) return rows;
    auto end = (*view)->QueryPattern({.text = text}, [&](PatternPart part) {
      for (const auto& row : part.rows) {
        std::vector<std::string> texts;
        for (const PatternValue& value : row) texts.push_back(Text(value));
        rows.push_back(absl::StrJoin(texts, " | "));
      }
      return true;
    });
    EXPECT_THAT(end, IsOk()) << text;
    if (end.ok()) end_ = *std::move(end);
    return rows;
  }

  std::unique_ptr<GraphStore> store_;
  PatternEnd end_;
};

TEST_F(StorePatternTest, FollowsDealsFromAName) {
  // Another script of an alias finds the node, too.
  for (const char* name : {"云桥", "雲橋", "yunqiao", "云桥科技有限公司"}) {
    EXPECT_THAT(Ask(absl::StrCat("MATCH (a:Company {name:'", name,
                                 "'})-[:PARTY_TO]-(p:Partnership)-[:PARTY_TO]-(b) "
                                 "WHERE p.date >= '2018-06' RETURN b, p.kind, p.date, p.location, "
                                 "p.confidence, p.status LIMIT 20")),
                ElementsAre("衡川銀行 | JOINT_VENTURE | 2018-06 | 上海 | 0.9 | ANNOUNCED"))
        << name;
  }
  EXPECT_THAT(Ask("MATCH ({name:'云桥'})-[:PARTNER_WITH]-(b) RETURN b"),
              UnorderedElementsAre("衡川銀行", "Blue Harbor"));
}

TEST_F(StorePatternTest, ReadsNodesAndEdges) {
  EXPECT_THAT(
      Ask("MATCH (p:Person)-[r:EMPLOYED_BY]->(c) WHERE r.title = '总裁' "
          "RETURN p, r, c.name, c.degree, c.article_count, c.org_type, c.kind"),
      ElementsAre("林远航 | 林远航>云桥科技有限公司:总裁 | 云桥科技有限公司 | 3 | 2 | COMPANY | "
                  "COMPANY"));
  EXPECT_THAT(Ask("MATCH (c:Company)-[r:PARTY_TO {role: 'FOUNDER'}]->(p) RETURN c.name "
                  "ORDER BY c.name"),
              ElementsAre("云桥科技有限公司", "衡川銀行"));
}

TEST_F(StorePatternTest, PartnershipsHaveNamesToShowButNotToFind) {
  const std::vector<std::string> names =
      Ask("MATCH (p:Partnership {kind: 'SUPPLY'}) RETURN p.name");
  ASSERT_THAT(names, SizeIs(1));
  EXPECT_THAT(Ask(absl::StrCat("MATCH (p {name: '", names[0], "'}) RETURN p")), IsEmpty());
}

TEST_F(StorePatternTest, AScanPassesOverAliases) {
  EXPECT_THAT(Ask("MATCH (n) RETURN count(*)"), ElementsAre("6"));
  // Six nodes, and six names of the four that have any.
  EXPECT_EQ(end_.end.stats.edges_scanned, 12u);
  EXPECT_THAT(Ask("MATCH (c:Company) RETURN c.org_type, count(*) AS n ORDER BY n DESC"),
              ElementsAre("COMPANY | 2", "FINANCIAL | 1"));
}

TEST_F(StorePatternTest, ExplainNamesTheStart) {
  Ask("EXPLAIN MATCH (b)--(a {name: '云桥'}) RETURN b");
  EXPECT_THAT(end_.plan, StartsWith("start at (a) where name: '云桥': 1 node (1) with 3 edges\n"));
}

}  // namespace
}  // namespace partnergraph
