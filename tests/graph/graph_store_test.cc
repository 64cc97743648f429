#include "graph/graph_store.h"

#include <cmath>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/format_version.h"
#include "graph/integrity.h"
#include "graph/keys.h"
#include "gtest/gtest.h"
#include "partnergraph/storage/v1/record.pb.h"
#include "tests/graph/article_builder.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::_;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class GraphStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    auto kv = std::make_unique<MemoryKvStore>();
    kv_ = kv.get();
    ASSERT_OK_AND_ASSIGN(store_, GraphStore::Open(std::move(kv)));
  }

  void TearDown() override {
    ASSERT_OK_AND_ASSIGN(const IntegrityReport report, CheckIntegrity(*kv_));
    EXPECT_THAT(report.problems, IsEmpty());
  }

  PutResult Put(const ArticleFacts& facts) {
    auto result = store_->PutArticle(facts);
    EXPECT_THAT(result, IsOk());
    return result.ok() ? *std::move(result) : PutResult{};
  }
  std::unique_ptr<GraphView> View() {
    auto view = store_->View();
    EXPECT_THAT(view, IsOk());
    return *std::move(view);
  }
  NodeId Find(const std::string& name) {
    const auto result = View()->SearchNodes({.text = name});
    EXPECT_THAT(result, IsOk());
    if (!result.ok() || result->matches.empty()) return NodeId{0};
    return result->matches[0].node.id;
  }
  Node Get(const std::string& name) {
    const auto node = View()->GetNode(Find(name));
    EXPECT_THAT(node, IsOk());
    return node.ok() ? *node : Node{};
  }

  // Two companies that found a third, signed by a person.
  static ArticleFacts Venture(const std::string& id, const std::string& title = "Venture") {
    ArticleBuilder article(id, title, "星河智能与蓝港银行在上海成立合资公司。");
    const uint32_t xinghe = article.Company("星河智能科技有限公司", {"星河智能", "Xinghe AI"});
    const uint32_t bank = article.Company("蓝港银行", {"Blue Harbor Bank"}, "FINANCIAL");
    const uint32_t person = article.Person("林远航");
    const uint32_t product = article.Product("云图平台");
    PartnershipAssertion& deal = article.Deal("JOINT_VENTURE", {xinghe, bank}, "FOUNDER");
    deal.people = {{person, "SIGNATORY"}};
    deal.products = {product};
    deal.date = {2018, 11, 26};
    deal.location = "上海";
    article.Edge(kEmployedBy, person, xinghe, "总裁");
    return article.facts();
  }

  MemoryKvStore* kv_ = nullptr;
  std::unique_ptr<GraphStore> store_;
};

TEST_F(GraphStoreTest, StoresWhatAnArticleSays) {
  const PutResult result = Put(Venture("a1"));
  EXPECT_FALSE(result.unchanged);
  EXPECT_EQ(result.article_id, "a1");
  EXPECT_EQ(result.sequence, Sequence{1});
  EXPECT_EQ(result.diff.node_added_count, 5u);  // Two companies, person, product, deal.
  EXPECT_EQ(result.diff.fact_added_count, 6u);  // Deal, two parties, signatory, product, job.

  const Node company = Get("Xinghe AI");
  EXPECT_EQ(company.name, "星河智能科技有限公司");
  EXPECT_EQ(company.org_type, "COMPANY");
  EXPECT_EQ(company.article_count, 1u);
  EXPECT_EQ(company.degree, 2u);
  EXPECT_EQ(company.aliases.size(), 3u);

  ASSERT_OK_AND_ASSIGN(const EdgeList list,
                       View()->ListEdges({.node = company.id, .evidence_limit = 1}));
  ASSERT_EQ(list.edges.size(), 2u);
  const Edge& party = list.edges[0];
  EXPECT_EQ(party.type, kPartyTo);
  EXPECT_EQ(party.role, "FOUNDER");
  EXPECT_EQ(party.partnership_kind, "JOINT_VENTURE");
  EXPECT_EQ(party.target.name, "JOINT_VENTURE: 星河智能科技有限公司 · 蓝港银行");
  EXPECT_EQ(party.date, (Date{2018, 11, 26}));
  ASSERT_EQ(party.evidence.size(), 1u);
  EXPECT_EQ(party.evidence[0].quote, "Venture\n星河智能与蓝港银行在上海成立合资公司。");
  const Edge& job = list.edges[1];
  EXPECT_EQ(job.type, kEmployedBy);
  EXPECT_EQ(job.source.name, "林远航");
  EXPECT_EQ(job.title, "总裁");

  ASSERT_OK_AND_ASSIGN(const Node deal, View()->GetNode(party.target.id));
  ASSERT_TRUE(deal.partnership.has_value());
  EXPECT_EQ(deal.partnership->kind, "JOINT_VENTURE");
  EXPECT_EQ(deal.partnership->location, "上海");
  std::vector<std::string> participants;
  for (const Participant& participant : deal.partnership->participants) {
    participants.push_back(absl::StrCat(participant.node.name, "/", participant.role));
  }
  EXPECT_THAT(participants, ElementsAre("星河智能科技有限公司/FOUNDER", "蓝港银行/FOUNDER",
                                        "林远航/SIGNATORY", "云图平台/"));
  ASSERT_OK_AND_ASSIGN(const auto fact, View()->GetFact(deal.partnership->fact));
  ASSERT_TRUE(fact.partnership.has_value());
  EXPECT_EQ(fact.partnership->id, deal.id);
  ASSERT_OK_AND_ASSIGN(const auto edge_fact, View()->GetFact(job.fact));
  ASSERT_TRUE(edge_fact.edge.has_value());
  EXPECT_EQ(edge_fact.edge->target.id, company.id);
}

TEST_F(GraphStoreTest, SameContentIsStoredOnce) {
  Put(Venture("a1"));
  const auto before = kv_->Current();
  ArticleFacts copy = Venture("another-id");
  copy.article.language = "zh";
  const PutResult again = Put(copy);
  EXPECT_TRUE(again.unchanged);
  EXPECT_EQ(again.article_id, "a1");
  EXPECT_EQ(again.diff.fact_added_count, 0u);
  EXPECT_EQ(*kv_->Current(), *before);
  ASSERT_OK_AND_ASSIGN(const auto found, store_->FindByContent(copy.article));
  EXPECT_EQ(found, "a1");
  copy.article.url = "https://example.org/other";
  ASSERT_OK_AND_ASSIGN(const auto other, store_->FindByContent(copy.article));
  EXPECT_EQ(other, std::nullopt);
}

TEST_F(GraphStoreTest, RefusesAnIdWithOtherContent) {
  Put(Venture("a1"));
  EXPECT_THAT(store_->PutArticle(Venture("a1", "Another title")),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr("a1")));
}

TEST_F(GraphStoreTest, AddsToADerivedIdWithOtherContent) {
  Put(Venture("news-1"));
  ArticleFacts other = Venture("news-1", "Another title");
  other.article.id_is_derived = true;
  const PutResult result = Put(other);
  EXPECT_FALSE(result.unchanged);
  EXPECT_THAT(result.article_id, testing::MatchesRegex("news-1-[0-9a-f]{8}"));
  const PutResult again = Put(other);
  EXPECT_TRUE(again.unchanged);
  EXPECT_EQ(again.article_id, result.article_id);
  EXPECT_TRUE(Put(Venture("news-1")).unchanged);
  // A third article with the short hash's id is not in the way.
  ArticleFacts third = Venture("news-1", "A third title");
  third.article.id_is_derived = true;
  ASSERT_OK_AND_ASSIGN(const PutResult preview, store_->PreviewArticle(third));
  Put(Venture(preview.article_id, "A fourth title"));
  EXPECT_THAT(Put(third).article_id, testing::MatchesRegex("news-1-[0-9a-f]{32}"));
}

TEST_F(GraphStoreTest, MakesAnIdFromTheContent) {
  const PutResult result = Put(Venture(""));
  EXPECT_EQ(result.article_id.size(), 18u);
  EXPECT_TRUE(result.article_id.starts_with("a-"));
  EXPECT_TRUE(Put(Venture("")).unchanged);
}

TEST_F(GraphStoreTest, CopiesOfOneStoryAreOneSource) {
  Put(Venture("a1"));
  ArticleFacts copy = Venture("a2");
  copy.article.url = "https://example.org/copy";
  const PutResult result = Put(copy);
  EXPECT_EQ(result.diff.fact_added_count, 0u);
  EXPECT_EQ(result.diff.fact_updated_count, 6u);
  Put(Venture("a2b", "The same under another headline"));
  ArticleFacts other = Venture("a3", "Told differently");
  other.article.text += " In other words.";
  Put(other);
  ASSERT_OK_AND_ASSIGN(const EdgeList list, View()->ListEdges({.node = Find("Xinghe AI")}));
  EXPECT_EQ(list.edges[0].source_count, 2u);
  EXPECT_FLOAT_EQ(list.edges[0].confidence, 0.75f);
  ASSERT_OK_AND_ASSIGN(EvidenceList page, View()->ListEvidence(list.edges[0].fact, 2, ""));
  ASSERT_EQ(page.evidence.size(), 2u);
  ASSERT_OK_AND_ASSIGN(page, View()->ListEvidence(list.edges[0].fact, 2, page.next_position));
  EXPECT_EQ(page.evidence.size(), 2u);
  EXPECT_EQ(page.next_position, "");
  EXPECT_THAT(View()->ListEvidence(list.edges[0].fact, 2, "no position"),
              StatusIs(absl::StatusCode::kInvalidArgument, _));
}

TEST_F(GraphStoreTest, RetractionTakesBackWhatOnlyThisArticleSupported) {
  Put(Venture("a1"));
  ArticleBuilder other("a2", "Another", "星河智能发布新平台。");
  const uint32_t xinghe = other.Company("星河智能", {"XINGHE"});
  other.Edge(kDevelops, xinghe, other.Product("星图"));
  Put(other.facts());
  ASSERT_OK_AND_ASSIGN(const RetractResult result, store_->RetractArticle("a1"));
  EXPECT_EQ(result.diff.fact_removed_count, 6u);
  EXPECT_EQ(result.diff.node_removed_count, 4u);
  EXPECT_EQ(result.sequence, Sequence{3});
  EXPECT_EQ(Find("蓝港银行"), NodeId{0});
  const Node company = Get("星河智能");
  EXPECT_EQ(company.name, "星河智能");
  EXPECT_EQ(company.aliases.size(), 2u);
  EXPECT_EQ(company.degree, 1u);
  EXPECT_THAT(store_->RetractArticle("a1"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("a1")));
  EXPECT_THAT(View()->GetArticle("a1"), StatusIs(absl::StatusCode::kNotFound, _));
}

TEST_F(GraphStoreTest, IdsAreNotGivenOutTwice) {
  Put(Venture("a1"));
  const NodeId before = Find("蓝港银行");
  ASSERT_THAT(store_->RetractArticle("a1"), IsOk());
  Put(Venture("a1"));
  EXPECT_GT(Find("蓝港银行"), before);
}

TEST_F(GraphStoreTest, PreviewWritesNothing) {
  const auto before = kv_->Current();
  ASSERT_OK_AND_ASSIGN(const PutResult preview, store_->PreviewArticle(Venture("a1")));
  EXPECT_EQ(preview.diff.node_added_count, 5u);
  EXPECT_EQ(preview.diff.nodes_added[0].id, NodeId{0});
  EXPECT_EQ(preview.diff.nodes_added[0].name, "星河智能科技有限公司");
  EXPECT_EQ(preview.diff.facts_added[0].fact, FactId{0});
  EXPECT_EQ(preview.diff.facts_added[0].description,
            "JOINT_VENTURE: 星河智能科技有限公司 · 蓝港银行");
  EXPECT_EQ(preview.sequence, Sequence{0});
  EXPECT_EQ(*kv_->Current(), *before);
}

TEST_F(GraphStoreTest, ArticleComesBackAsItWas) {
  ArticleFacts facts = Venture("a1");
  facts.article.text = std::string(200'000, 'x') + facts.article.text;
  facts.article.url = "https://example.org/1";
  facts.article.source = "Example Daily";
  facts.article.published = {2018, 11, 27};
  facts.article.language = "zh";
  // A passage across the boundary of two stored pieces of text.
  facts.edges[0].evidence.spans = {{65530, 65545}};
  Put(facts);
  ASSERT_OK_AND_ASSIGN(const StoredArticle stored, View()->GetArticle("a1"));
  EXPECT_EQ(stored.article.title, facts.article.title);
  EXPECT_EQ(stored.article.text, facts.article.text);
  EXPECT_EQ(stored.article.url, facts.article.url);
  EXPECT_EQ(stored.article.source, facts.article.source);
  EXPECT_EQ(stored.article.published, facts.article.published);
  EXPECT_EQ(stored.article.language, facts.article.language);
  EXPECT_EQ(stored.facts.size(), 6u);
  EXPECT_EQ(stored.mentions.size(), 4u);
  for (const ArticleFact& fact : stored.facts) {
    if (fact.description != "林远航 EMPLOYED_BY 星河智能科技有限公司") continue;
    EXPECT_THAT(fact.spans, ElementsAre(ByteSpan{65530, 65545}));
    ASSERT_OK_AND_ASSIGN(const EvidenceList list, View()->ListEvidence(fact.fact, 10, ""));
    EXPECT_EQ(list.evidence[0].quote, std::string(15, 'x'));
    EXPECT_EQ(list.evidence[0].published, facts.article.published);
  }
}

TEST_F(GraphStoreTest, LongQuotesAreCutAtACharacter) {
  ArticleBuilder article(
      "a1", "T", std::string(3, 'x') + [] {
        std::string text;
        for (int i = 0; i < 2000; ++i) text += "星";
        return text;
      }());
  article.Edge(kPartOf, article.Company("甲公司"), article.Company("乙公司"));
  Put(article.facts());
  ASSERT_OK_AND_ASSIGN(const EvidenceList list, View()->ListEvidence(FactId{1}, 10, ""));
  const Evidence& evidence = list.evidence[0];
  EXPECT_LE(evidence.quote.size(), kQuoteBytesMax);
  EXPECT_GT(evidence.quote.size(), kQuoteBytesMax - 3);
  EXPECT_TRUE(evidence.quote.ends_with("星"));
  EXPECT_EQ(evidence.span.end - evidence.span.begin, evidence.quote.size());
}

TEST_F(GraphStoreTest, EdgesComeNewestFirstInPages) {
  ArticleBuilder article("a1", "Hub");
  const uint32_t hub = article.Company("枢纽集团");
  for (int i = 0; i < 30; ++i) {
    const uint32_t other = article.Company(absl::StrCat("公司", i));
    if (i % 3 != 0) {
      article.Edge(kPartOf, other, hub).date = {static_cast<int16_t>(2000 + (i * 7) % 30), 0, 0};
    } else {
      article.Edge(kPartOf, other, hub);  // Undated.
    }
    if (i < 5) article.Edge(kFounded, hub, other);
  }
  Put(article.facts());
  const NodeId id = Find("枢纽集团");
  std::vector<Edge> all;
  EdgeListQuery query{.node = id, .page_size = 4};
  do {
    ASSERT_OK_AND_ASSIGN(EdgeList page, View()->ListEdges(query));
    EXPECT_FALSE(page.truncation.has_value());
    ASSERT_FALSE(page.edges.empty());
    all.insert(all.end(), page.edges.begin(), page.edges.end());
    query.position = page.next_position;
  } while (!query.position.empty());
  ASSERT_EQ(all.size(), 35u);
  for (size_t i = 1; i < all.size(); ++i) {
    if (all[i].type != all[i - 1].type) continue;
    EXPECT_GE(PackDate(all[i - 1].date), PackDate(all[i].date));
  }
  EXPECT_EQ(all[0].type, kFounded);  // Out before in.
  EXPECT_TRUE(all.back().date.empty());

  ASSERT_OK_AND_ASSIGN(
      const EdgeList one_type,
      View()->ListEdges(
          {.node = id, .filter = {.types = {kPartOf, kUses}, .direction = DirectionFilter::kIn}}));
  EXPECT_EQ(one_type.edges.size(), 30u);
  EXPECT_EQ(one_type.next_position, "");
  ASSERT_OK_AND_ASSIGN(const auto counts, View()->CountEdges(id, {}, DirectionFilter::kBoth));
  ASSERT_EQ(counts.size(), 2u);
  EXPECT_EQ(counts[0].count, 5u);
  EXPECT_EQ(counts[1].count, 30u);
  const std::vector<EdgeType> types = {kPartOf};
  EXPECT_THAT(*View()->CountEdges(id, types, DirectionFilter::kOut), IsEmpty());
}

TEST_F(GraphStoreTest, ScanBudgetCutsAListAndSaysSo) {
  ArticleBuilder article("a1", "Hub");
  const uint32_t hub = article.Company("枢纽集团");
  for (int i = 0; i < 20; ++i) {
    article.Edge(kPartOf, article.Company(absl::StrCat("公司", i)), hub).evidence.confidence =
        i == 19 ? 0.9f : 0.1f;
  }
  Put(article.facts());
  EdgeListQuery query{
      .node = Find("枢纽集团"), .filter = {.min_confidence = 0.5f}, .edges_scanned_max = 6};
  int pages = 0;
  std::vector<Edge> all;
  do {
    ASSERT_OK_AND_ASSIGN(EdgeList page, View()->ListEdges(query));
    EXPECT_LE(page.stats.edges_scanned, 6u);
    EXPECT_EQ(page.truncation.has_value(), !page.next_position.empty());
    if (page.truncation.has_value()) {
      EXPECT_EQ(page.truncation->reason, TruncationReason::kEdgesScanned);
      EXPECT_EQ(page.truncation->nodes[0].degree, 20u);
    }
    all.insert(all.end(), page.edges.begin(), page.edges.end());
    query.position = page.next_position;
    ASSERT_LT(++pages, 10);
  } while (!query.position.empty());
  EXPECT_EQ(all.size(), 1u);
  EXPECT_EQ(pages, 4);
}

TEST_F(GraphStoreTest, PositionMustBelongToTheQuery) {
  ArticleBuilder article("a1", "Hub");
  const uint32_t hub = article.Company("枢纽集团");
  for (int i = 0; i < 3; ++i) article.Edge(kPartOf, article.Company(absl::StrCat("公司", i)), hub);
  Put(article.facts());
  const NodeId id = Find("枢纽集团");
  ASSERT_OK_AND_ASSIGN(const EdgeList page, View()->ListEdges({.node = id, .page_size = 1}));
  const auto list_from = [&](const std::string& position, EdgeType type) {
    EdgeListQuery query{.node = id, .position = position};
    query.filter.types = {type};
    return View()->ListEdges(query).status();
  };
  EXPECT_THAT(list_from(page.next_position, kPartOf), IsOk());
  EXPECT_THAT(list_from(page.next_position, kFounded),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("position")));
  EXPECT_THAT(list_from("short", kPartOf),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("position")));
}

TEST_F(GraphStoreTest, UnknownIdsAreNotFound) {
  const NodeId node{77};
  EXPECT_THAT(View()->GetNode(node), StatusIs(absl::StatusCode::kNotFound, HasSubstr("77")));
  EXPECT_THAT(*View()->GetNodes({&node, 1}), ElementsAre(testing::Eq(std::nullopt)));
  EXPECT_THAT(View()->ListEdges({.node = node}), StatusIs(absl::StatusCode::kNotFound, _));
  EXPECT_THAT(View()->CountEdges(node, {}, DirectionFilter::kBoth),
              StatusIs(absl::StatusCode::kNotFound, _));
  EXPECT_THAT(View()->GetFact(FactId{5}), StatusIs(absl::StatusCode::kNotFound, HasSubstr("5")));
  EXPECT_THAT(View()->ListEvidence(FactId{5}, 1, ""), StatusIs(absl::StatusCode::kNotFound, _));
}

TEST_F(GraphStoreTest, ViewDoesNotChange) {
  Put(Venture("a1"));
  const auto view = View();
  const NodeId company = Find("Xinghe AI");
  ASSERT_THAT(store_->RetractArticle("a1"), IsOk());
  EXPECT_EQ(view->sequence(), Sequence{1});
  EXPECT_THAT(view->GetNode(company), IsOk());
  EXPECT_THAT(View()->GetNode(company), StatusIs(absl::StatusCode::kNotFound, _));
}

TEST_F(GraphStoreTest, CountsWhatItHolds) {
  Put(Venture("a1"));
  ASSERT_OK_AND_ASSIGN(const GraphStats stats, View()->GetStats());
  EXPECT_EQ(stats.format_version, kFormatVersion);
  EXPECT_EQ(stats.article_count, 1u);
  EXPECT_EQ(stats.fact_count, 6u);
  EXPECT_EQ(stats.evidence_count, 6u);
  EXPECT_EQ(stats.last_sequence, Sequence{1});
  EXPECT_THAT(stats.node_counts, testing::Contains(std::pair(NodeKind::kPartnership, 1ul)));
  EXPECT_THAT(stats.edge_counts, testing::Contains(std::pair(kPartyTo, 2ul)));
}

TEST_F(GraphStoreTest, FactsThatJoinANodeToItselfAreLeftOut) {
  ArticleBuilder article("a1", "Same");
  const uint32_t one = article.Company("星河智能", {"Xinghe"}), same = article.Company("XINGHE");
  article.Edge(kPartOf, one, same);
  article.Deal("SUPPLY", {one, same});
  const PutResult result = Put(article.facts());
  EXPECT_EQ(result.diff.node_added_count, 1u);
  EXPECT_EQ(result.diff.fact_added_count, 0u);
}

TEST_F(GraphStoreTest, LogsEveryWrite) {
  Put(Venture("a1"));
  ASSERT_THAT(store_->RetractArticle("a1"), IsOk());
  const auto& log = (*kv_->Current())[static_cast<size_t>(ColumnFamily::kLog)];
  ASSERT_EQ(log.size(), 2u);
  storage::v1::ChangeRecord put, retract;
  ASSERT_TRUE(put.ParseFromString(log.begin()->second));
  ASSERT_TRUE(retract.ParseFromString(log.rbegin()->second));
  EXPECT_EQ(put.kind(), storage::v1::WRITE_KIND_PUT);
  EXPECT_EQ(put.article_id(), "a1");
  EXPECT_EQ(put.facts_added_size(), 6);
  EXPECT_EQ(retract.kind(), storage::v1::WRITE_KIND_RETRACT);
  EXPECT_EQ(retract.facts_removed_size(), 6);
  // The old versions stay.
  EXPECT_EQ((*kv_->Current())[static_cast<size_t>(ColumnFamily::kHist)].size(), 6u);
}

TEST_F(GraphStoreTest, TooLargeArticleIsRefusedAsAWhole) {
  ArticleBuilder article("a1", "Large");
  for (int i = 0; i < 2000; ++i) {
    article.Company(absl::StrCat("公司", i, std::string(400, 'x')));
  }
  const auto before = kv_->Current();
  EXPECT_THAT(store_->PutArticle(article.facts()),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("bytes")));
  EXPECT_EQ(*kv_->Current(), *before);
  article.Company("one more");
  EXPECT_THAT(store_->PutArticle(article.facts()),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("2001 nodes")));
}

TEST_F(GraphStoreTest, RefusesWhatBreaksTheSchema) {
  const auto refused = [&](const std::string& what, auto change) {
    ArticleFacts facts = Venture("a1");
    change(facts);
    EXPECT_THAT(store_->PutArticle(facts),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(what)));
    EXPECT_EQ(store_->LastSequence(), Sequence{0});
  };
  refused("article", [](ArticleFacts& f) { f.article.title = f.article.text = ""; });
  refused("article.id", [](ArticleFacts& f) { f.article.id = std::string(257, 'x'); });
  refused("article.text", [](ArticleFacts& f) { f.article.text = "abc\xFF"; });
  refused("at byte 3", [](ArticleFacts& f) { f.article.text = "abc\xFF"; });
  refused("article.published", [](ArticleFacts& f) { f.article.published = {2018, 13, 1}; });
  refused("nodes[1]: org_type", [](ArticleFacts& f) { f.nodes[1].kind = NodeKind::kPerson; });
  refused("nodes[0]: unknown org_type", [](ArticleFacts& f) { f.nodes[0].org_type = "CLUB"; });
  refused("nodes[0].canonical", [](ArticleFacts& f) { f.nodes[0].canonical = "  "; });
  refused("nodes[0].mentions[0]", [](ArticleFacts& f) { f.nodes[0].mentions = {{5, 5}}; });
  refused("inside a character", [](ArticleFacts& f) { f.nodes[0].mentions = {{9, 12}}; });
  refused("edges[0]: EMPLOYED_BY",
          [](ArticleFacts& f) { std::swap(f.edges[0].source, f.edges[0].target); });
  refused("edges[0]: node 9", [](ArticleFacts& f) { f.edges[0].target = 9; });
  refused("edges[0]: PARTNER_WITH", [](ArticleFacts& f) { f.edges[0].type = kPartnerWith; });
  refused("edges[0]: edge type 50", [](ArticleFacts& f) { f.edges[0].type = EdgeType{50}; });
  refused("confidence", [](ArticleFacts& f) { f.edges[0].evidence.confidence = NAN; });
  refused("edges[0]: has no evidence", [](ArticleFacts& f) { f.edges[0].evidence.spans = {}; });
  refused("partnerships[0]: unknown partnership kind",
          [](ArticleFacts& f) { f.partnerships[0].kind = "MARRIAGE"; });
  refused("partnerships[0]: has fewer",
          [](ArticleFacts& f) { f.partnerships[0].parties.pop_back(); });
  refused("partnerships[0].parties[0]: unknown role",
          [](ArticleFacts& f) { f.partnerships[0].parties[0].role = "SIGNATORY"; });
  refused("partnerships[0].people[0]: is not a PERSON",
          [](ArticleFacts& f) { f.partnerships[0].people[0].node = 0; });
}

// Gives other writers a turn before a commit.
class ContendedKvStore : public MemoryKvStore {
 public:
  absl::Status Commit(std::span<const KvWrite> writes, std::span<const KvExpectation> expectations,
                      std::string_view idempotency_key) override {
    if (!expectations.empty() && expectations[0].key.starts_with("counters/") && contenders > 0) {
      --contenders;
      storage::v1::CountersRecord counters;
      const auto stored = *Get(nullptr, ColumnFamily::kMeta, expectations[0].key);
      if (stored.has_value()) counters.ParseFromString(*stored);
      counters.set_next_node(counters.next_node() + 100);
      counters.set_last_sequence(counters.last_sequence() + 1);
      const KvWrite other{ColumnFamily::kMeta, expectations[0].key, counters.SerializeAsString()};
      if (absl::Status status = MemoryKvStore::Commit({&other, 1}, {}, ""); !status.ok()) {
        return status;
      }
    }
    return MemoryKvStore::Commit(writes, expectations, idempotency_key);
  }
  int contenders = 0;
};

TEST(GraphStoreContentionTest, PlansAgainWhenAnotherWriterWasFaster) {
  auto kv = std::make_unique<ContendedKvStore>();
  ContendedKvStore& contended = *kv;
  ASSERT_OK_AND_ASSIGN(const auto store, GraphStore::Open(std::move(kv)));
  ArticleBuilder first("a1", "First"), second("a2", "Second");
  first.Company("甲公司");
  second.Company("乙公司");
  ASSERT_THAT(store->PutArticle(first.facts()), IsOk());
  contended.contenders = 2;
  ASSERT_OK_AND_ASSIGN(const PutResult result, store->PutArticle(second.facts()));
  EXPECT_EQ(result.sequence, Sequence{4});
  EXPECT_EQ(result.diff.nodes_added[0].id, NodeId{202});
  contended.contenders = 100;
  EXPECT_THAT(store->RetractArticle("a1"), StatusIs(absl::StatusCode::kAborted, _));
}

TEST(FormatVersionTest, RefusesNewerAndForeignStores) {
  MemoryKvStore kv;
  ASSERT_THAT(PrepareFormat(kv, 3, {}), IsOk());
  EXPECT_THAT(PrepareFormat(kv, 3, {}), IsOk());
  EXPECT_THAT(PrepareFormat(kv), StatusIs(absl::StatusCode::kFailedPrecondition,
                                          testing::AllOf(HasSubstr("memory"), HasSubstr("3"))));
  MemoryKvStore foreign;
  const KvWrite write{ColumnFamily::kFact, "key", "value"};
  ASSERT_THAT(foreign.Commit({&write, 1}, {}, ""), IsOk());
  EXPECT_THAT(PrepareFormat(foreign),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("memory")));
}

TEST(FormatVersionTest, MigratesStepByStep) {
  MemoryKvStore kv;
  ASSERT_THAT(PrepareFormat(kv, 1, {}), IsOk());
  std::vector<int> steps;
  absl::Status second = absl::UnavailableError("interrupted");
  const std::vector<MigrationStep> migrations = {
      {2,
       [&](KvStore&) {
         steps.push_back(2);
         return second;
       }},
      {1,
       [&](KvStore&) {
         steps.push_back(1);
         return absl::OkStatus();
       }},
  };
  EXPECT_THAT(PrepareFormat(kv, 3, migrations), StatusIs(absl::StatusCode::kUnavailable, _));
  second = absl::OkStatus();
  EXPECT_THAT(PrepareFormat(kv, 3, migrations), IsOk());
  EXPECT_THAT(steps, ElementsAre(1, 2, 2));
  EXPECT_THAT(PrepareFormat(kv, 5, migrations), StatusIs(absl::StatusCode::kDataLoss, _));
}

}  // namespace
}  // namespace partnergraph
