// Limits of articles and answers, at their bounds.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/graph_store.h"
#include "graph/integrity.h"
#include "graph/node_resolution.h"
#include "graph/utf8.h"
#include "gtest/gtest.h"
#include "tests/graph/article_builder.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::_;
using testing::HasSubstr;

constexpr uint32_t kHomonyms = kHomonymsMax + 4;

std::string Repeat(const std::string& text, size_t count) {
  std::string repeated;
  for (size_t i = 0; i < count; ++i) repeated += text;
  return repeated;
}

class GraphStoreLimitsTest : public testing::Test {
 protected:
  void SetUp() override {
    auto kv = std::make_unique<MemoryKvStore>();
    kv_ = kv.get();
    ASSERT_OK_AND_ASSIGN(store_, GraphStore::Open(std::move(kv)));
  }

  void TearDown() override {
    ASSERT_OK_AND_ASSIGN(const IntegrityReport report, CheckIntegrity(*kv_));
    EXPECT_THAT(report.problems, testing::IsEmpty());
  }

  std::unique_ptr<GraphView> View() { return *store_->View(); }

  // `count` employments of pairs of 40 people and 40 companies.
  static ArticleFacts Employments(const std::string& id, size_t count, const std::string& title,
                                  Date date) {
    ArticleBuilder article(id, "Staff by " + id);
    article.facts().article.published = date;
    std::vector<uint32_t> people, companies;
    for (int i = 0; i < 40; ++i) {
      people.push_back(article.Person(absl::StrCat("Person ", i)));
      companies.push_back(article.Company(absl::StrCat("Firm ", i)));
    }
    for (size_t i = 0; i < count; ++i) {
      article.Edge(kEmployedBy, people[i / 40], companies[i % 40], title).date = date;
    }
    return article.facts();
  }

  MemoryKvStore* kv_ = nullptr;
  std::unique_ptr<GraphStore> store_;
};

TEST_F(GraphStoreLimitsTest, QuoteCutAtTheEndOfAStoredPieceOfTextIsWhole) {
  // The passage begins 4 KiB, which is no multiple of a character, before the end of the first
  // piece of 64 KiB.
  constexpr uint32_t kBegin = (64 << 10) - kQuoteBytesMax;
  ArticleBuilder article("a1", "T", std::string(kBegin - 2, 'x') + Repeat("星", 2000));
  article.Edge(kPartOf, article.Company("甲公司"), article.Company("乙公司")).evidence.spans = {
      {kBegin, kBegin + 6000}};
  ASSERT_THAT(store_->PutArticle(article.facts()), IsOk());
  ASSERT_OK_AND_ASSIGN(const EvidenceList list, View()->ListEvidence(FactId{1}, 10, ""));
  EXPECT_EQ(list.evidence[0].quote, Repeat("星", kQuoteBytesMax / 3));
  EXPECT_EQ(list.evidence[0].span, (ByteSpan{kBegin, kBegin + kQuoteBytesMax / 3 * 3}));
}

TEST_F(GraphStoreLimitsTest, LongTitlesAndLocationsAreCutAtACharacter) {
  ArticleBuilder article("a1", "T");
  const uint32_t company = article.Company("甲公司"), other = article.Company("乙公司");
  article.Edge(kEmployedBy, article.Person("林远航"), company, Repeat("长", 170));
  article.Deal("SUPPLY", {company, other}).location = Repeat("海", 170);
  ASSERT_THAT(store_->PutArticle(article.facts()), IsOk());
  ASSERT_OK_AND_ASSIGN(const EdgeList edges,
                       View()->ListEdges({.node = NodeId{1}, .filter = {.types = {kEmployedBy}}}));
  EXPECT_EQ(edges.edges[0].title, Repeat("长", kFactTextBytesMax / 3));
  ASSERT_OK_AND_ASSIGN(const Node deal, View()->GetNode(NodeId{4}));
  ASSERT_TRUE(deal.partnership.has_value());
  EXPECT_EQ(deal.partnership->location, Repeat("海", kFactTextBytesMax / 3));
}

// An article that was stored can be retracted, also after others have added as much as they can to
// what it shares with them.
TEST_F(GraphStoreLimitsTest, LargestArticleCanBeRetractedWhateverOthersAdd) {
  const auto accepted = [&](size_t count) {
    return store_->PreviewArticle(Employments("a1", count, "ceo", {2018, 1, 1})).ok();
  };
  size_t low = 1, high = 1600;
  ASSERT_TRUE(accepted(low));
  ASSERT_FALSE(accepted(high));
  while (low + 1 < high) {
    const size_t middle = (low + high) / 2;
    (accepted(middle) ? low : high) = middle;
  }
  EXPECT_GT(low, 400u);
  EXPECT_THAT(store_->PutArticle(Employments("a1", high, "ceo", {2018, 1, 1})),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("to be retracted")));
  ASSERT_THAT(store_->PutArticle(Employments("a1", low, "ceo", {2018, 1, 1})), IsOk());

  // The same facts: spaces do not tell titles apart. Two sources, so that their wording is shown.
  const std::string title = "ceo" + std::string(kNodeNameBytesMax - 3, ' ');
  for (const char* id : {"a3", "a4"}) {
    ASSERT_THAT(store_->PutArticle(Employments(id, low, title, {2019, 2, 3})), IsOk());
  }
  EXPECT_EQ((*kv_->Current())[static_cast<size_t>(ColumnFamily::kFact)].size(), low);
  // Longer names, which more articles use.
  for (int i = 0; i < 40; ++i) {
    for (int vote = 0; vote < 4; ++vote) {
      ArticleBuilder names(absl::StrCat("names-", i, "-", vote), absl::StrCat(i, "/", vote));
      const auto fullest = [&](const std::string& name) {
        return name + " " + Repeat("very ", 99);
      };
      const std::string person = absl::StrCat("Person ", i), company = absl::StrCat("Firm ", i);
      names.Person(fullest(person), {person});
      names.Company(fullest(company), {company}, "FINANCIAL");
      ASSERT_THAT(store_->PutArticle(names.facts()), IsOk());
    }
  }
  EXPECT_THAT(store_->RetractArticle("a1"), IsOk());
  EXPECT_THAT(store_->RetractArticle("a3"), IsOk());
  EXPECT_THAT(store_->RetractArticle("a4"), IsOk());
}

TEST_F(GraphStoreLimitsTest, FieldsOfAnArticle) {
  const auto put = [&](auto set, size_t bytes) {
    ArticleBuilder article(absl::StrCat("a", bytes), absl::StrCat("T", bytes), "Text.");
    set(article.facts().article, std::string(bytes, 'x'));
    return store_->PutArticle(article.facts()).status();
  };
  const auto check = [&](const std::string& name, size_t bytes_max, auto set) {
    SCOPED_TRACE(name);
    EXPECT_THAT(put(set, bytes_max), IsOk());
    EXPECT_THAT(put(set, bytes_max + 1),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("article." + name)));
  };
  check("id", kArticleIdBytesMax, [](Article& a, std::string s) { a.id = s; });
  check("title", kArticleTitleBytesMax, [](Article& a, std::string s) { a.title = s; });
  check("text", kArticleTextBytesMax, [](Article& a, std::string s) { a.text = s; });
  check("url", kArticleUrlBytesMax, [](Article& a, std::string s) { a.url = s; });
  check("source", kArticleSourceBytesMax, [](Article& a, std::string s) { a.source = s; });
}

TEST_F(GraphStoreLimitsTest, NamesOfANode) {
  const auto put = [&](const std::string& id, std::vector<std::string> names) {
    ArticleBuilder article(id, id);
    article.Company(names[0], names);
    return store_->PutArticle(article.facts()).status();
  };
  const auto name = [](size_t i, size_t bytes) {
    std::string text = absl::StrCat("n", i);
    return text.append(bytes - text.size(), 'x');
  };
  EXPECT_THAT(put("a1", {name(1, kNodeNameBytesMax)}), IsOk());
  EXPECT_THAT(put("a2", {name(1, kNodeNameBytesMax + 1)}),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("513 bytes")));
  // The canonical name counts twice: as itself and in the list.
  std::vector<std::string> names;
  for (size_t i = 0; i < kNodeNamesBytesMax / 512; ++i) names.push_back(name(i, 512));
  EXPECT_THAT(put("a3", names),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("of names")));
  names.resize(names.size() - 2);
  EXPECT_THAT(put("a4", names), IsOk());
}

TEST_F(GraphStoreLimitsTest, FactsOfAnArticle) {
  ArticleBuilder article("a1", "T");
  const uint32_t one = article.Company("One"), two = article.Company("Two");
  for (size_t i = 0; i < kArticleFactsMax; ++i) article.Edge(kPartOf, one, two);
  // All say the same.
  ASSERT_OK_AND_ASSIGN(const PutResult result, store_->PreviewArticle(article.facts()));
  EXPECT_EQ(result.diff.fact_added_count, 1u);
  article.Edge(kPartOf, two, one);
  EXPECT_THAT(store_->PreviewArticle(article.facts()),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("5001 facts")));
}

TEST_F(GraphStoreLimitsTest, ListsOfADiffAreCutAndCounted) {
  ArticleBuilder article("a1", "T");
  std::vector<uint32_t> companies;
  for (int i = 0; i < 33; ++i) companies.push_back(article.Company(absl::StrCat("c", i)));
  for (const uint32_t a : companies) {
    for (const uint32_t b : companies) article.Edge(kPartOf, a, b);
  }
  ASSERT_OK_AND_ASSIGN(const PutResult result, store_->PutArticle(article.facts()));
  EXPECT_EQ(result.diff.fact_added_count, 33u * 32u);
  EXPECT_EQ(result.diff.facts_added.size(), kDiffListMax);
}

TEST_F(GraphStoreLimitsTest, ParticipantsOfADealAreCut) {
  ArticleBuilder article("a1", "T");
  std::vector<uint32_t> companies;
  for (size_t i = 0; i < kParticipantsMax + 1; ++i) {
    companies.push_back(article.Company(absl::StrCat("c", i)));
  }
  article.Deal("SUPPLY", companies);
  ASSERT_THAT(store_->PutArticle(article.facts()), IsOk());
  ASSERT_OK_AND_ASSIGN(const Node deal, View()->GetNode(NodeId{kParticipantsMax + 2}));
  ASSERT_TRUE(deal.partnership.has_value());
  EXPECT_EQ(deal.partnership->participants.size(), kParticipantsMax);
  EXPECT_EQ(deal.degree, kParticipantsMax + 1);
}

// Three assertions of which the last joins the first two: one node, in whatever order.
TEST_F(GraphStoreLimitsTest, OrderOfAssertionsDoesNotMatter) {
  std::vector<std::vector<std::string>> names = {{"甲公司"}, {"乙公司"}, {"甲公司", "乙公司"}};
  std::ranges::sort(names);
  int number = 0;
  do {
    SCOPED_TRACE(number);
    ArticleBuilder article(absl::StrCat("a", number), absl::StrCat("T", number));
    for (const auto& all : names) article.Company(all[0], all);
    article.Person("甲公司");  // Another kind: another node.
    ASSERT_OK_AND_ASSIGN(const PutResult result, store_->PreviewArticle(article.facts()));
    EXPECT_EQ(result.diff.node_added_count, 2u);
    ++number;
  } while (std::ranges::next_permutation(names).found);
  EXPECT_EQ(number, 6);
}

// More homonyms of one kind than are considered do not hide those of another.
TEST_F(GraphStoreLimitsTest, HomonymsOfAnotherKindAreNotInTheWay) {
  // Nodes of one name arise when articles that joined them to others are retracted.
  const auto put = [&](const std::string& id, NodeKind kind, std::vector<std::string> names) {
    ArticleBuilder article(id, id);
    if (kind == NodeKind::kPerson) {
      article.Person(names[0], names);
    } else {
      article.Company(names[0], names);
    }
    const auto result = store_->PutArticle(article.facts());
    EXPECT_THAT(result, IsOk());
    return result.ok() ? result->diff.node_added_count : 0;
  };
  // Each company is named alone, and takes on the common name in an article that shares more names
  // with it than with the others.
  for (uint32_t i = 0; i < kHomonyms; ++i) {
    const std::string first = absl::StrCat("first", i), second = absl::StrCat("second", i);
    ASSERT_EQ(put(absl::StrCat("a", i), NodeKind::kCompany, {first, second}), 1u);
    ASSERT_EQ(put(absl::StrCat("b", i), NodeKind::kCompany, {first, second, "Common"}), 0u);
  }
  ASSERT_EQ(put("p1", NodeKind::kPerson, {"Common"}), 1u);
  EXPECT_EQ(put("p2", NodeKind::kPerson, {"Common"}), 0u);
}

TEST_F(GraphStoreLimitsTest, PassagesOfOneArticleForOneFact) {
  ArticleBuilder article("a1", "T", std::string(1000, 'x'));
  const uint32_t one = article.Company("One"), two = article.Company("Two");
  for (uint32_t i = 0; i < 100; ++i) {
    EdgeAssertion& edge = article.Edge(kPartOf, one, two);
    edge.evidence.spans = {{i, i + 1}};
    edge.evidence.confidence = i == 50 ? -0.0f : 0.5f;
  }
  EdgeAssertion& other = article.Edge(kUses, two, one);
  other.evidence.spans.clear();
  for (uint32_t i = 0; i < 100; ++i) other.evidence.spans.push_back({i, i + 1});
  ASSERT_THAT(store_->PutArticle(article.facts()), IsOk());
  for (const uint64_t fact : {1, 2}) {
    ASSERT_OK_AND_ASSIGN(const EvidenceList list, View()->ListEvidence(FactId{fact}, 1000, ""));
    EXPECT_EQ(list.evidence.size(), kEvidenceSpansMax);
  }
}

TEST_F(GraphStoreLimitsTest, NegativeZeroIsTheLeastConfidence) {
  for (const float confidence : {-0.0f, 0.5f}) {
    ArticleBuilder article(absl::StrCat("a", confidence), absl::StrCat("T", confidence));
    article.Edge(kPartOf, article.Company("One"), article.Company("Two")).evidence.confidence =
        confidence;
    ASSERT_THAT(store_->PutArticle(article.facts()), IsOk());
  }
  ASSERT_OK_AND_ASSIGN(const EvidenceList list, View()->ListEvidence(FactId{1}, 10, ""));
  ASSERT_EQ(list.evidence.size(), 2u);
  EXPECT_EQ(list.evidence[0].confidence, 0.5f);
  EXPECT_FALSE(std::signbit(list.evidence[1].confidence));
}

// What an article names is resolved once, when it is stored: see GraphStore::RetractArticle.
TEST_F(GraphStoreLimitsTest, RetractionDoesNotSplitANodeThatOnlyItsArticleJoined) {
  const auto put = [&](const std::string& id, const std::string& canonical,
                       std::vector<std::string> names) {
    ArticleBuilder article(id, id);
    article.Company(canonical, std::move(names));
    ASSERT_THAT(store_->PutArticle(article.facts()), IsOk());
  };
  put("c", "甲公司", {"乙公司"});
  put("a", "甲公司", {});
  put("b", "乙公司", {});
  ASSERT_THAT(store_->RetractArticle("c"), IsOk());
  ASSERT_OK_AND_ASSIGN(const Node node, View()->GetNode(NodeId{1}));
  EXPECT_EQ(node.article_count, 2u);
  EXPECT_EQ(node.aliases.size(), 2u);
  EXPECT_THAT(View()->GetNode(NodeId{2}), StatusIs(absl::StatusCode::kNotFound, _));
}

TEST_F(GraphStoreLimitsTest, EveryReadOfACancelledViewEnds) {
  ArticleBuilder article("a1", "T");
  article.Edge(kPartOf, article.Company("甲公司"), article.Company("乙公司"));
  ASSERT_THAT(store_->PutArticle(article.facts()), IsOk());
  bool cancelled = false;
  ASSERT_OK_AND_ASSIGN(const auto view, store_->View({.cancelled = [&] { return cancelled; }}));
  ASSERT_THAT(view->ListEdges({.node = NodeId{1}}), IsOk());
  cancelled = true;
  const auto ends = StatusIs(absl::StatusCode::kCancelled, _);
  const NodeId node{1};
  EXPECT_THAT(view->GetNode(node), ends);
  EXPECT_THAT(view->GetNodes({&node, 1}), ends);
  EXPECT_THAT(view->SearchNodes({.text = "甲公司"}), ends);
  EXPECT_THAT(view->ListEdges({.node = node}), ends);
  EXPECT_THAT(view->CountEdges(node, {}, DirectionFilter::kBoth), ends);
  EXPECT_THAT(view->GetFact(FactId{1}), ends);
  EXPECT_THAT(view->ListEvidence(FactId{1}, 10, ""), ends);
  EXPECT_THAT(view->GetArticle("a1"), ends);
  EXPECT_THAT(view->Neighborhood({.nodes = {node}}, [](NeighborhoodPart) { return true; }), ends);
  EXPECT_THAT(
      view->Traverse({.nodes = {node}, .steps = {{}}}, [](std::vector<Walk>) { return true; }),
      ends);
  EXPECT_THAT(view->FindPaths({.source = node, .target = NodeId{2}}), ends);
}

}  // namespace
}  // namespace partnergraph
