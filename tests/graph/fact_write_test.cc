// WriteFacts: what writers state, under what articles say.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/graph_store.h"
#include "graph/integrity.h"
#include "gtest/gtest.h"
#include "tests/graph/article_builder.h"
#include "tests/graph/graph_model.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/graph/random_articles.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FactWriteTest : public testing::Test {
 protected:
  void SetUp() override {
    auto kv = std::make_unique<MemoryKvStore>();
    kv_ = kv.get();
    ASSERT_OK_AND_ASSIGN(store_, GraphStore::Open(std::move(kv)));
  }
  void TearDown() override { ExpectIntact(); }

  void ExpectIntact() {
    ASSERT_OK_AND_ASSIGN(const IntegrityReport report, CheckIntegrity(*kv_));
    EXPECT_THAT(report.problems, IsEmpty());
  }

  FactWriteResult Write(const FactBatch& batch) {
    absl::StatusOr<FactWriteResult> result = store_->WriteFacts(batch);
    EXPECT_THAT(result, IsOk());
    return result.ok() ? *std::move(result) : FactWriteResult();
  }
  void ExpectRefused(const FactBatch& batch, absl::StatusCode code, const std::string& message) {
    const auto before = kv_->Current();
    EXPECT_THAT(store_->WriteFacts(batch), StatusIs(code, HasSubstr(message)));
    EXPECT_EQ(*kv_->Current(), *before);
  }
  std::unique_ptr<GraphView> View() { return *store_->View(); }

  static GraphNodeRecord Company(const std::string& id, const std::string& name) {
    GraphNodeRecord node{.id = id, .kind = NodeKind::kCompany, .name = name};
    node.external_id = id;
    return node;
  }
  // Two companies, one of which supplies the other.
  static FactBatch Supply() {
    FactBatch batch{.writer = "registry"};
    batch.edge_types = {{"SUPPLIES", "SUPPLIED_BY", false, KindBit(NodeKind::kCompany),
                         KindBit(NodeKind::kCompany)}};
    batch.nodes = {Company("c-1", "云桥科技有限公司"), Company("c-2", "蓝港银行")};
    batch.nodes[0].names = {"云桥", "Yunqiao"};
    batch.nodes[0].org_type = "COMPANY";
    batch.edges = {{.type = "SUPPLIES", .source = "c-1", .target = "c-2"}};
    batch.edges[0].date = {.year = 2020, .month = 3};
    batch.edges[0].confidence = 0.7f;
    batch.edges[0].source_count = 3;
    return batch;
  }

  MemoryKvStore* kv_ = nullptr;
  std::unique_ptr<GraphStore> store_;
};

TEST_F(FactWriteTest, StoresNodesAndEdgesOfNewTypes) {
  const FactWriteResult result = Write(Supply());
  EXPECT_EQ(result.sequence, Sequence{1});
  EXPECT_EQ(result.diff.node_added_count, 2u);
  EXPECT_EQ(result.diff.fact_added_count, 1u);
  EXPECT_EQ(result.diff.facts_added[0].description, "云桥科技有限公司 SUPPLIES 蓝港银行");
  const auto view = View();
  ASSERT_NE(view->schema().Find("SUPPLIES"), nullptr);
  ASSERT_OK_AND_ASSIGN(const Node node, view->GetNode(result.nodes[0]));
  EXPECT_EQ(node.name, "云桥科技有限公司");
  EXPECT_EQ(node.org_type, "COMPANY");
  EXPECT_EQ(node.external_id, "c-1");
  EXPECT_EQ(node.aliases.size(), 3u);
  EXPECT_EQ(node.article_count, 0u);
  EXPECT_EQ(node.degree, 1u);
  ASSERT_OK_AND_ASSIGN(const NodeId found, view->FindExternalId("c-2"));
  EXPECT_EQ(found, result.nodes[1]);
  EXPECT_THAT(view->FindExternalId("c"), StatusIs(absl::StatusCode::kNotFound, testing::_));
  ASSERT_OK_AND_ASSIGN(const SearchResult search, view->SearchNodes({.text = "yunqiao"}));
  ASSERT_EQ(search.matches.size(), 1u);
  ASSERT_OK_AND_ASSIGN(const EdgeList list,
                       view->ListEdges({.node = result.nodes[1], .evidence_limit = 1}));
  ASSERT_EQ(list.edges.size(), 1u);
  EXPECT_EQ(list.edges[0].fact, result.facts[0]);
  EXPECT_EQ(list.edges[0].date, (Date{2020, 3}));
  EXPECT_EQ(list.edges[0].confidence, 0.7f);
  EXPECT_EQ(list.edges[0].source_count, 3u);
  ASSERT_EQ(list.edges[0].evidence.size(), 1u);
  EXPECT_EQ(list.edges[0].evidence[0].source, "registry");
  EXPECT_EQ(list.edges[0].evidence[0].article_id, "");
  ASSERT_OK_AND_ASSIGN(const auto counts, view->CountEdges(found, {}, DirectionFilter::kBoth));
  ASSERT_EQ(counts.size(), 1u);
  EXPECT_EQ(counts[0].type, EdgeType{256});
  ASSERT_OK_AND_ASSIGN(const GraphStats stats, view->GetStats());
  EXPECT_EQ(stats.fact_count, 1u);
}

TEST_F(FactWriteTest, TheSchemaOutlivesTheProcess) {
  Write(Supply());
  auto copy = std::make_unique<MemoryKvStore>(*kv_->Current());
  ASSERT_OK_AND_ASSIGN(const auto reopened, GraphStore::Open(std::move(copy)));
  EXPECT_NE(reopened->schema()->Find("SUPPLIES"), nullptr);
}

TEST_F(FactWriteTest, WritingAgainReplacesWhatWasWritten) {
  const FactWriteResult first = Write(Supply());
  FactBatch batch = Supply();
  batch.nodes[0].name = "云桥科技集团";
  batch.nodes[0].names = {};
  batch.edges[0].confidence = 0.9f;
  const FactWriteResult second = Write(batch);
  EXPECT_EQ(second.nodes, first.nodes);
  EXPECT_EQ(second.facts, first.facts);
  ASSERT_OK_AND_ASSIGN(const Node node, View()->GetNode(first.nodes[0]));
  EXPECT_EQ(node.name, "云桥科技集团");
  EXPECT_EQ(node.aliases.size(), 1u);
  // The same edge of another date is another fact; one without a date is too.
  batch.edges[0].date = {.year = 2021};
  const FactWriteResult third = Write(batch);
  EXPECT_NE(third.facts, first.facts);
  EXPECT_EQ(Write(batch).facts, third.facts);
  batch.edges[0].date = {};
  const FactWriteResult undated = Write(batch);
  EXPECT_NE(undated.facts, first.facts);
  EXPECT_NE(undated.facts, third.facts);
  EXPECT_EQ(Write(batch).facts, undated.facts);
  ASSERT_OK_AND_ASSIGN(const EdgeList list, View()->ListEdges({.node = first.nodes[0]}));
  EXPECT_EQ(list.edges.size(), 3u);
}

TEST_F(FactWriteTest, JoinsStoredNodesByNumber) {
  const FactWriteResult nodes = Write(Supply());
  FactBatch batch{.writer = "registry"};
  batch.edges = {{.type = "PARTNER_WITH",
                  .source = absl::StrCat("#", ToInt(nodes.nodes[1])),
                  .target = absl::StrCat("#", ToInt(nodes.nodes[0]))}};
  const FactWriteResult edge = Write(batch);
  EXPECT_EQ(edge.diff.fact_added_count, 1u);
  ASSERT_OK_AND_ASSIGN(
      const EdgeList list,
      View()->ListEdges({.node = nodes.nodes[0], .filter = {.types = {kPartnerWith}}}));
  ASSERT_EQ(list.edges.size(), 1u);
  EXPECT_EQ(list.edges[0].source.id, nodes.nodes[1]);
  batch.edges[0].target = "#99";
  ExpectRefused(batch, absl::StatusCode::kNotFound, "no node 99");
}

TEST_F(FactWriteTest, ArticlesAddToWhatIsWrittenAndTakeOnlyTheirsBack) {
  FactBatch batch{.writer = "registry"};
  batch.nodes = {Company("c-1", "星河智能科技有限公司"), Company("c-2", "蓝港银行")};
  batch.edges = {{.type = "PART_OF", .source = "c-1", .target = "c-2"}};
  batch.edges[0].confidence = 1;
  batch.edges[0].status = FactStatus::kRumoured;
  const FactWriteResult written = Write(batch);
  const auto before = kv_->Current();

  ArticleBuilder article("a1", "Story", "星河智能科技有限公司是蓝港银行的子公司。");
  const uint32_t child = article.Company("星河智能科技有限公司", {"星河智能"}, "FINANCIAL");
  const uint32_t parent = article.Company("蓝港银行");
  article.Edge(kPartOf, child, parent).date = {.year = 2019};
  ASSERT_OK_AND_ASSIGN(const PutResult put, store_->PutArticle(article.facts()));
  EXPECT_EQ(put.diff.node_added_count, 0u);
  EXPECT_EQ(put.diff.fact_added_count, 0u);
  EXPECT_EQ(put.diff.fact_updated_count, 1u);
  ExpectIntact();
  ASSERT_OK_AND_ASSIGN(const EdgeList list,
                       View()->ListEdges({.node = written.nodes[0], .evidence_limit = 5}));
  ASSERT_EQ(list.edges.size(), 1u);
  EXPECT_EQ(list.edges[0].date, (Date{2019}));
  EXPECT_EQ(list.edges[0].source_count, 2u);
  EXPECT_EQ(list.edges[0].confidence, 1.0f) << "never less than what is written";
  ASSERT_EQ(list.edges[0].evidence.size(), 2u);
  EXPECT_EQ(list.edges[0].evidence[0].source, "registry");
  EXPECT_EQ(list.edges[0].evidence[1].article_id, "a1");
  // Page by page, too.
  ASSERT_OK_AND_ASSIGN(const EvidenceList page, View()->ListEvidence(written.facts[0], 1, ""));
  ASSERT_FALSE(page.next_position.empty());
  ASSERT_OK_AND_ASSIGN(const EvidenceList rest,
                       View()->ListEvidence(written.facts[0], 5, page.next_position));
  ASSERT_EQ(rest.evidence.size(), 1u);
  EXPECT_EQ(rest.evidence[0].article_id, "a1");

  ASSERT_OK_AND_ASSIGN(const RetractResult retracted, store_->RetractArticle("a1"));
  EXPECT_EQ(retracted.diff.fact_removed_count, 0u);
  EXPECT_EQ(retracted.diff.node_removed_count, 0u);
  for (const ColumnFamily cf : {ColumnFamily::kNode, ColumnFamily::kName, ColumnFamily::kGram,
                                ColumnFamily::kIdent, ColumnFamily::kEvid, ColumnFamily::kArt}) {
    EXPECT_EQ((*kv_->Current())[static_cast<size_t>(cf)], (*before)[static_cast<size_t>(cf)])
        << ColumnFamilyName(cf);
  }
  ASSERT_OK_AND_ASSIGN(const EdgeList after, View()->ListEdges({.node = written.nodes[0]}));
  EXPECT_EQ(after.edges[0].status, FactStatus::kRumoured);
  EXPECT_TRUE(after.edges[0].date.empty());
}

TEST_F(FactWriteTest, WritesUnderArticlesWithoutIds) {
  ArticleBuilder article("a1", "Story", "云桥科技与蓝港银行合作。");
  const uint32_t first = article.Company("云桥科技");
  const uint32_t second = article.Company("蓝港银行");
  article.Deal("JOINT_VENTURE", {first, second}).date = {.year = 2020};
  ASSERT_THAT(store_->PutArticle(article.facts()), IsOk());
  FactBatch batch{.writer = "desk"};
  batch.nodes = {{.id = "a", .kind = NodeKind::kCompany, .name = "云桥科技"},
                 {.id = "b", .kind = NodeKind::kCompany, .name = "蓝港银行"},
                 {.id = "d", .kind = NodeKind::kPartnership}};
  batch.nodes[2].partnership.kind = "JOINT_VENTURE";
  batch.nodes[2].partnership.date = {.year = 2020, .month = 5};
  batch.nodes[2].partnership.location = "上海";
  batch.nodes[2].partnership.terms = {
      {{DealTermKind::kStake, "51", "", TermBound::kExact}, "a", 2}};
  batch.edges = {{.type = "PARTY_TO", .source = "a", .target = "d"},
                 {.type = "PARTY_TO", .source = "b", .target = "d"}};
  const FactWriteResult result = Write(batch);
  EXPECT_EQ(result.diff.node_added_count, 0u) << "all are the article's";
  EXPECT_EQ(result.diff.fact_added_count, 0u);
  ExpectIntact();
  ASSERT_THAT(store_->RetractArticle("a1"), IsOk());
  ASSERT_OK_AND_ASSIGN(const Node deal, View()->GetNode(result.nodes[2]));
  EXPECT_EQ(deal.name, "JOINT_VENTURE: 云桥科技 · 蓝港银行");
  ASSERT_TRUE(deal.partnership.has_value());
  EXPECT_EQ(deal.partnership->location, "上海");
  ASSERT_EQ(deal.partnership->terms.size(), 1u);
  EXPECT_EQ(deal.partnership->terms[0].party, result.nodes[0]);
  EXPECT_EQ(deal.partnership->terms[0].source_count, 2u);
  EXPECT_EQ(deal.partnership->participants.size(), 2u);
}

TEST_F(FactWriteTest, PartnershipsAreTheirOwnWithoutParties) {
  FactBatch batch{.writer = "desk"};
  for (int i = 0; i < 2; ++i) {
    GraphNodeRecord deal{.id = absl::StrCat("d-", i),
                         .kind = NodeKind::kPartnership,
                         .name = absl::StrCat("Vela Alliance ", i)};
    deal.external_id = deal.id;
    batch.nodes.push_back(deal);
  }
  const FactWriteResult result = Write(batch);
  EXPECT_NE(result.nodes[0], result.nodes[1]);
  ASSERT_OK_AND_ASSIGN(const Node deal, View()->GetNode(result.nodes[1]));
  EXPECT_EQ(deal.name, "Vela Alliance 1");
  ASSERT_OK_AND_ASSIGN(
      const SearchResult found,
      View()->SearchNodes({.text = "vela alliance 1", .kinds = {NodeKind::kPartnership}}));
  ASSERT_FALSE(found.matches.empty());
  EXPECT_EQ(found.matches[0].node.id, result.nodes[1]);
  EXPECT_EQ(Write(batch).nodes, result.nodes);
}

TEST_F(FactWriteTest, PreconditionsDecideWhetherABatchIsWritten) {
  FactBatch batch = Supply();
  batch.preconditions = {{.must_match = true, .source = "c-1", .type = "SUPPLIES"}};
  ExpectRefused(batch, absl::StatusCode::kFailedPrecondition, "preconditions[0]");
  batch.preconditions[0].must_match = false;
  Write(batch);
  ExpectRefused(batch, absl::StatusCode::kFailedPrecondition, "preconditions[0]");
  batch.preconditions[0] = {
      .must_match = true, .source = "c-1", .type = "SUPPLIES", .target = "c-2"};
  Write(batch);
  batch.preconditions[0].target = "c-1";
  ExpectRefused(batch, absl::StatusCode::kFailedPrecondition, "no such edge");
  batch.preconditions[0] = {.must_match = true, .source = "nobody"};
  ExpectRefused(batch, absl::StatusCode::kInvalidArgument, "preconditions[0].source");
  batch.preconditions[0] = {.must_match = true, .source = "c-1", .type = "HATES"};
  ExpectRefused(batch, absl::StatusCode::kInvalidArgument, "preconditions[0].type");
}

TEST_F(FactWriteTest, PreconditionsSeeTheStoredNodeThatANameStandsFor) {
  Write(Supply());
  FactBatch batch{.writer = "registry"};
  batch.nodes = {{.id = "a", .kind = NodeKind::kCompany, .name = "云桥科技有限公司"}};
  batch.preconditions = {{.must_match = false, .source = "a", .type = "SUPPLIES"}};
  ExpectRefused(batch, absl::StatusCode::kFailedPrecondition, "preconditions[0]");
  batch.preconditions[0].must_match = true;
  Write(batch);
}

TEST_F(FactWriteTest, NodesThatAreOneByTheirNamesAreRefused) {
  FactBatch batch{.writer = "registry"};
  batch.nodes = {{.id = "a", .kind = NodeKind::kCompany, .name = "Foo", .names = {"Bar"}},
                 {.id = "b", .kind = NodeKind::kCompany, .name = "foo", .names = {"Baz"}}};
  ExpectRefused(batch, absl::StatusCode::kInvalidArgument, "nodes[1]");
}

TEST_F(FactWriteTest, AKeyWritesOnce) {
  FactBatch batch = Supply();
  batch.idempotency_key = "k-1";
  const FactWriteResult first = Write(batch);
  EXPECT_FALSE(first.unchanged);
  const FactWriteResult again = Write(batch);
  EXPECT_TRUE(again.unchanged);
  EXPECT_EQ(again.sequence, first.sequence);
  batch.writer = "other";
  EXPECT_FALSE(Write(batch).unchanged) << "keys are the writer's own";
}

TEST_F(FactWriteTest, RefusesWhatBreaksARule) {
  const auto invalid = absl::StatusCode::kInvalidArgument;
  FactBatch batch = Supply();
  batch.writer = "";
  ExpectRefused(batch, invalid, "source has 0 bytes");
  batch = Supply();
  batch.edges[0].target = "c-1";
  ExpectRefused(batch, invalid, "edges[0] joins node \"c-1\" with itself");
  batch = Supply();
  batch.edges[0].target = "c-3";
  ExpectRefused(batch, invalid, "edges[0].target is \"c-3\", which names no node");
  batch = Supply();
  batch.edges[0].type = "EMPLOYED_BY";
  ExpectRefused(batch, invalid, "does not go from COMPANY to COMPANY");
  batch = Supply();
  batch.edges[0].type = "HATES";
  ExpectRefused(batch, invalid, "edges[0].type is \"HATES\"");
  batch = Supply();
  batch.nodes[1].id = "c-1";
  ExpectRefused(batch, invalid, "nodes[1].id");
  batch = Supply();
  batch.nodes[1].external_id = "c-1";
  Write(Supply());
  ExpectRefused(batch, invalid, "as another entry is");
  batch = Supply();
  batch.nodes[0].kind = NodeKind::kProduct;
  batch.nodes[0].org_type = "";
  ExpectRefused(batch, invalid, "nodes[0].kind is not that of the stored node");
  batch = Supply();
  batch.edge_types[0].symmetric = true;
  batch.edge_types[0].inverse_name = "";
  ExpectRefused(batch, invalid, "SUPPLIES");
  batch = Supply();
  batch.edges.resize(1000, batch.edges[0]);
  ExpectRefused(batch, absl::StatusCode::kResourceExhausted, "1002 nodes and edges");
}

TEST_F(FactWriteTest, AFailedWriteLeavesNoEdgeTypeBehind) {
  FactBatch batch = Supply();
  batch.edges[0].target = "c-3";
  ExpectRefused(batch, absl::StatusCode::kInvalidArgument, "c-3");
  EXPECT_EQ(store_->schema()->Find("SUPPLIES"), nullptr);
}

// In whatever order: what is written stays, what articles say goes with them.
TEST_F(FactWriteTest, AnyOrderOfWritesArticlesAndRetractions) {
  for (uint32_t seed = 1; seed <= 8; ++seed) {
    SetUp();
    RandomArticles random(seed);
    FactBatch batch{.writer = "registry"};
    batch.nodes = {{.id = "a", .kind = NodeKind::kCompany, .name = "星河智能科技有限公司"},
                   {.id = "b", .kind = NodeKind::kCompany, .name = "Blue Harbor Bank"},
                   {.id = "p", .kind = NodeKind::kPerson, .name = "林远航"}};
    batch.edges = {{.type = "PART_OF", .source = "a", .target = "b"},
                   {.type = "EMPLOYED_BY", .source = "p", .target = "a", .title = "总裁"}};
    std::vector<std::string> stored;
    const uint32_t written_at = random.Below(20);
    for (uint32_t step = 0; step < 20; ++step) {
      SCOPED_TRACE(absl::StrCat("seed ", seed, ", step ", step));
      if (step == written_at) Write(batch);
      if (random.Below(3) == 0 && !stored.empty()) {
        ASSERT_THAT(store_->RetractArticle(stored.back()), IsOk());
        stored.pop_back();
      } else {
        stored.push_back(absl::StrCat("article-", step));
        ASSERT_THAT(store_->PutArticle(random.Next(stored.back())), IsOk());
      }
      ExpectIntact();
      if (HasFailure()) return;
    }
    for (const std::string& id : stored) ASSERT_THAT(store_->RetractArticle(id), IsOk());
    ExpectIntact();
    ASSERT_OK_AND_ASSIGN(const GraphStats stats, View()->GetStats());
    EXPECT_EQ(stats.fact_count, 2u);
    EXPECT_EQ(stats.evidence_count, 0u);
    const FactWriteResult again = Write(batch);
    EXPECT_EQ(again.diff.node_added_count + again.diff.fact_added_count, 0u);
    for (const NodeId node : again.nodes) {
      ASSERT_OK_AND_ASSIGN(const Node left, View()->GetNode(node));
      EXPECT_EQ(left.aliases.size(), 1u);
      EXPECT_EQ(left.article_count, 0u);
    }
  }
}

}  // namespace
}  // namespace partnergraph
