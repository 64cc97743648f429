// Terms of deals in the store: whose they are, which come first, and that they go with their
// article.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/fact_aggregate.h"
#include "graph/graph_store.h"
#include "graph/integrity.h"
#include "graph/keys.h"
#include "graph/record_codec.h"
#include "gtest/gtest.h"
#include "tests/graph/article_builder.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

// "北岭集团以" is 15 bytes, and so on: the sums of the text by their place in the whole text.
constexpr char kTitle[] = "T";
constexpr char kText[] = "北岭集团以3亿元收购青禾科技51%股权。公司估值6亿元。";

ByteSpan Find(const std::string& words) {
  const std::string whole = std::string(kTitle) + "\n" + kText;
  const auto begin = static_cast<uint32_t>(whole.find(words));
  return {begin, begin + static_cast<uint32_t>(words.size())};
}

TermValue Money(const std::string& value, DealTermKind kind = DealTermKind::kAmount) {
  return {kind, value, "CNY", TermBound::kExact};
}

class GraphStoreTermsTest : public testing::Test {
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

  // An acquisition with these terms; articles of one `story` are copies of it.
  static ArticleFacts Acquisition(const std::string& id, const std::vector<TermValue>& values,
                                  const std::string& story = "") {
    ArticleBuilder article(id, kTitle, kText + (story.empty() ? id : story));
    PartnershipAssertion& deal =
        article.Deal("ACQUISITION", {article.Company("北岭集团"), article.Company("青禾科技")});
    for (const TermValue& value : values) {
      deal.terms.push_back({value, std::nullopt, Find("3亿元")});
    }
    return article.facts();
  }

  // "AMOUNT 300000000 x2" of the deal, in its order; nothing where there is no deal.
  std::vector<std::string> Terms() {
    std::vector<std::string> lines;
    for (const DealTerm& term : Deal().terms) {
      lines.push_back(absl::StrCat(std::string(DealTermKindName(term.value.kind)), " ",
                                   term.value.value, " x", term.source_count));
    }
    return lines;
  }

  Partnership Deal() {
    for (uint64_t id = 1; id < 10; ++id) {
      const auto node = (*store_->View())->GetNode(NodeId{id});
      if (node.ok() && node->partnership.has_value()) return *node->partnership;
    }
    return {};
  }

  MemoryKvStore* kv_ = nullptr;
  std::unique_ptr<GraphStore> store_;
};

TEST_F(GraphStoreTermsTest, BestSupportedComesFirstAndRetractionTakesBackWhatOnlyItsArticleSaid) {
  ASSERT_THAT(store_->PutArticle(Acquisition("a1", {Money("300000000")})), IsOk());
  EXPECT_THAT(Terms(), ElementsAre("AMOUNT 300000000 x1"));
  ASSERT_THAT(store_->PutArticle(Acquisition("a2", {Money("250000000")})), IsOk());
  ASSERT_THAT(store_->PutArticle(Acquisition(
                  "a3", {Money("300000000"), Money("600000000", DealTermKind::kValuation)})),
              IsOk());
  EXPECT_THAT(Terms(),
              ElementsAre("AMOUNT 300000000 x2", "AMOUNT 250000000 x1", "VALUATION 600000000 x1"));
  ASSERT_THAT(store_->RetractArticle("a3"), IsOk());
  EXPECT_THAT(Terms(), ElementsAre("AMOUNT 250000000 x1", "AMOUNT 300000000 x1"));
  ASSERT_THAT(store_->RetractArticle("a1"), IsOk());
  EXPECT_THAT(Terms(), ElementsAre("AMOUNT 250000000 x1"));
  ASSERT_THAT(store_->RetractArticle("a2"), IsOk());
  EXPECT_THAT(Terms(), IsEmpty());
}

TEST_F(GraphStoreTermsTest, CopiesOfOneStoryAreOneSource) {
  for (const char* id : {"a1", "a2", "a3"}) {
    ArticleFacts copy = Acquisition(id, {Money("300000000")}, "story");
    copy.article.url = absl::StrCat("https://example.org/", id);
    ASSERT_THAT(store_->PutArticle(copy), IsOk());
  }
  ASSERT_THAT(store_->PutArticle(Acquisition("a4", {Money("250000000")})), IsOk());
  ASSERT_THAT(store_->PutArticle(Acquisition("a5", {Money("250000000")})), IsOk());
  EXPECT_THAT(Terms(), ElementsAre("AMOUNT 250000000 x2", "AMOUNT 300000000 x1"));
}

TEST_F(GraphStoreTermsTest, EvidenceQuotesTheTermsThatStandInIt) {
  ArticleFacts facts = Acquisition("a1", {Money("300000000")});
  PartnershipAssertion& deal = facts.partnerships[0];
  deal.terms.push_back({{DealTermKind::kStake, "51", "", TermBound::kExact}, 0, Find("51%")});
  deal.terms.push_back({Money("600000000", DealTermKind::kValuation), std::nullopt, Find("6亿元")});
  deal.evidence.spans = {Find("北岭集团以3亿元收购青禾科技51%股权"), Find("公司估值6亿元")};
  ASSERT_THAT(store_->PutArticle(facts), IsOk());

  const Partnership stored = Deal();
  ASSERT_OK_AND_ASSIGN(const EvidenceList list,
                       (*store_->View())->ListEvidence(stored.fact, 10, ""));
  ASSERT_THAT(list.evidence, SizeIs(2));
  ASSERT_THAT(list.evidence[0].terms, SizeIs(2));
  EXPECT_EQ(list.evidence[0].terms[0].text, "3亿元");
  EXPECT_EQ(list.evidence[0].terms[0].span, Find("3亿元"));
  EXPECT_EQ(list.evidence[0].terms[1].text, "51%");
  ASSERT_THAT(list.evidence[1].terms, SizeIs(1));
  EXPECT_EQ(list.evidence[1].terms[0].value, Money("600000000", DealTermKind::kValuation));
  // The stake is the acquirer's: the party by its node.
  ASSERT_THAT(stored.terms, SizeIs(3));
  EXPECT_EQ(stored.terms[1].party, stored.participants[0].node.id);
  EXPECT_EQ(stored.participants[0].node.name, "北岭集团");
}

TEST_F(GraphStoreTermsTest, AreBounded) {
  std::vector<TermValue> values;
  for (size_t i = 0; i < kDealTermsMax + 3; ++i) values.push_back(Money(absl::StrCat(i + 1)));
  ASSERT_THAT(store_->PutArticle(Acquisition("a1", values)), IsOk());
  EXPECT_THAT(Terms(), SizeIs(kDealTermsMax));
  ASSERT_THAT(store_->PutArticle(Acquisition("a2", {Money("777")})), IsOk());
  ASSERT_THAT(store_->PutArticle(Acquisition("a3", {Money("777")})), IsOk());
  EXPECT_THAT(Terms(), SizeIs(kDealTermsMax));
  EXPECT_EQ(Terms()[0], "AMOUNT 777 x2") << "the best supported one is kept";
}

TEST_F(GraphStoreTermsTest, WrongOnesAreRefused) {
  const auto put = [&](auto change) {
    ArticleFacts facts = Acquisition("a1", {Money("300000000")});
    change(facts.partnerships[0].terms[0]);
    return store_->PutArticle(facts);
  };
  EXPECT_THAT(put([](DealTermAssertion& term) { term.value.value = "3亿"; }),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("partnerships[0].terms[0]")));
  EXPECT_THAT(put([](DealTermAssertion& term) { term.party = 7; }),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("no party of the deal")));
  EXPECT_THAT(put([](DealTermAssertion& term) {
                term.span = {5, 5};
              }),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("terms[0].span")));
  EXPECT_THAT(put([](DealTermAssertion& term) { term.span.end = 1 << 20; }),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("terms[0].span")));
}

// Bytes as they were written before there were terms: they have none, and stay the same.
TEST_F(GraphStoreTermsTest, OlderRecordsHaveNone) {
  const std::string evidence = absl::HexStringToBytes(
      "0a01041201281803250000003f28a5883f31efcdab896745230138a5883f4a06e4b88ae6b5b7");
  ASSERT_OK_AND_ASSIGN(const auto old_evidence,
                       DecodeRecord<storage::EvidenceRecord>(evidence, "evidence record"));
  EXPECT_EQ(old_evidence.terms_size(), 0);
  EXPECT_EQ(old_evidence.location(), "上海");
  EXPECT_EQ(EncodeRecord(old_evidence), evidence);
  const std::string fact = absl::HexStringToBytes(
      "320d4a4f494e545f56454e545552453a02010240e20f480450035d0000003f60a5883f7206e4b88ae6b5b7780180"
      "0101");
  ASSERT_OK_AND_ASSIGN(const auto old_fact, DecodeRecord<storage::FactRecord>(fact, "fact record"));
  EXPECT_EQ(old_fact.terms_size(), 0);
  EXPECT_EQ(old_fact.deal_kind(), "JOINT_VENTURE");
  EXPECT_EQ(EncodeRecord(old_fact), fact);
  ASSERT_THAT(store_->PutArticle(Acquisition("a1", {})), IsOk());
  EXPECT_THAT(Terms(), IsEmpty());
}

TEST_F(GraphStoreTermsTest, DamagedOnesAreReported) {
  storage::EvidenceRecord evidence;
  evidence.add_span_begins(0);
  evidence.add_span_sizes(3);
  evidence.set_status(3);
  storage::DealTermRecord* term = evidence.add_terms();
  StoreTermValue(Money("5"), *term);
  const auto decode = [&] {
    return DecodeRecord<storage::EvidenceRecord>(EncodeRecord(evidence), "evidence").status();
  };
  EXPECT_THAT(decode(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("span")));
  term->set_size(3);
  EXPECT_THAT(decode(), IsOk());
  term->set_kind(9);
  EXPECT_THAT(decode(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("kind 9")));
  storage::FactRecord fact;
  fact.set_status(3);
  *fact.add_terms() = *term;
  EXPECT_THAT(DecodeRecord<storage::FactRecord>(EncodeRecord(fact), "fact").status(),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("kind 9")));
}

}  // namespace
}  // namespace partnergraph
