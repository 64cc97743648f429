// Databases that have lost or damaged a row: every call reports what is missing, and none crashes.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/graph_store.h"
#include "graph/keys.h"
#include "graph/record_codec.h"
#include "gtest/gtest.h"
#include "tests/graph/article_builder.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::_;
using testing::HasSubstr;

class GraphStoreDamageTest : public testing::Test {
 protected:
  void SetUp() override {
    auto kv = std::make_unique<MemoryKvStore>();
    MemoryKvStore& memory = *kv;
    ASSERT_OK_AND_ASSIGN(const auto store, GraphStore::Open(std::move(kv)));
    ASSERT_THAT(store->PutArticle(Venture("a1", "Venture")), IsOk());
    ASSERT_THAT(store->PutArticle(Venture("a2", "Told again")), IsOk());
    state_ = *memory.Current();
  }

  static ArticleFacts Venture(const std::string& id, const std::string& title) {
    ArticleBuilder article(id, title, "星河智能与蓝港银行在上海成立合资公司。");
    const uint32_t xinghe = article.Company("星河智能科技有限公司", {"星河智能"});
    const uint32_t bank = article.Company("蓝港银行", {}, "FINANCIAL");
    const uint32_t person = article.Person("林远航");
    PartnershipAssertion& deal = article.Deal("JOINT_VENTURE", {xinghe, bank}, "FOUNDER");
    deal.people = {{person, "SIGNATORY"}};
    deal.location = "上海";
    article.Edge(kEmployedBy, person, xinghe, "总裁");
    return article.facts();
  }

  MemoryKvStore::Family& Rows(ColumnFamily cf) { return state_[static_cast<size_t>(cf)]; }

  // A graph in the state as it is now.
  std::unique_ptr<GraphStore> Open() {
    std::vector<KvWrite> writes;
    for (int family = 0; family < kColumnFamilyCount; ++family) {
      for (const auto& [key, value] : state_[static_cast<size_t>(family)]) {
        writes.push_back({static_cast<ColumnFamily>(family), key, value});
      }
    }
    auto kv = std::make_unique<MemoryKvStore>();
    EXPECT_THAT(kv->Commit(writes, {}, ""), IsOk());
    auto store = GraphStore::Open(std::move(kv));
    EXPECT_THAT(store, IsOk());
    return *std::move(store);
  }

  // The answers of every call, reads before writes.
  static std::vector<absl::Status> CallAll(GraphStore& store) {
    std::vector<absl::Status> answers;
    auto opened = store.View();
    if (!opened.ok()) return {opened.status()};
    GraphView& view = **opened;
    for (uint64_t id = 1; id <= 5; ++id) {
      answers.push_back(view.GetNode(NodeId{id}).status());
      answers.push_back(view.ListEdges({.node = NodeId{id}, .evidence_limit = 2}).status());
      answers.push_back(view.CountEdges(NodeId{id}, {}, DirectionFilter::kBoth).status());
      NeighborhoodQuery around{.nodes = {NodeId{id}}, .hops = 2};
      answers.push_back(view.Neighborhood(around, [](NeighborhoodPart) { return true; }).status());
      around.expand_partnerships = true;
      answers.push_back(view.Neighborhood(around, [](NeighborhoodPart) { return true; }).status());
      TraverseQuery steps{.nodes = {NodeId{id}}, .steps = {{}}};
      answers.push_back(view.Traverse(steps, [](std::vector<Walk>) { return true; }).status());
      answers.push_back(view.FindPaths({.source = NodeId{1}, .target = NodeId{id}}).status());
    }
    for (uint64_t id = 1; id <= 6; ++id) {
      answers.push_back(view.GetFact(FactId{id}).status());
      answers.push_back(view.ListEvidence(FactId{id}, 10, "").status());
    }
    for (const char* name : {"星河智能", "蓝港银行", "蓝港银", "linyuanhang"}) {
      answers.push_back(view.SearchNodes({.text = name}).status());
    }
    answers.push_back(view.GetArticle("a1").status());
    answers.push_back(view.GetStats().status());
    answers.push_back(store.PreviewArticle(Venture("a3", "A third time")).status());
    answers.push_back(store.RetractArticle("a1").status());
    answers.push_back(store.RetractArticle("a2").status());
    answers.push_back(store.PutArticle(Venture("a4", "After all")).status());
    return answers;
  }

  static bool Reports(const std::vector<absl::Status>& answers) {
    return std::ranges::any_of(answers, [](const auto& s) { return absl::IsDataLoss(s); });
  }

  MemoryKvStore::State state_;
};

TEST_F(GraphStoreDamageTest, AnyLostRowIsReportedOrHarmless) {
  const MemoryKvStore::State whole = state_;
  for (int family = 0; family < kColumnFamilyCount; ++family) {
    const auto cf = static_cast<ColumnFamily>(family);
    // Without its format a store is not opened; history and log are not read.
    if (cf == ColumnFamily::kMeta) continue;
    for (const auto& [key, value] : whole[static_cast<size_t>(family)]) {
      SCOPED_TRACE(absl::StrCat(std::string(ColumnFamilyName(cf)), " ", absl::CHexEscape(key)));
      state_ = whole;
      Rows(cf).erase(key);
      const std::vector<absl::Status> answers = CallAll(*Open());
      for (const absl::Status& status : answers) {
        EXPECT_TRUE(status.ok() || absl::IsDataLoss(status) || absl::IsNotFound(status)) << status;
      }
      if (cf == ColumnFamily::kNode || cf == ColumnFamily::kFact || cf == ColumnFamily::kEvid) {
        EXPECT_TRUE(Reports(answers));
      }
    }
  }
}

TEST_F(GraphStoreDamageTest, LostNodeIsNamed) {
  const Keys keys(kDefaultNamespace);
  // 1: a company; 4: the partnership.
  for (const uint64_t node : {1, 4}) {
    SCOPED_TRACE(absl::StrCat("node ", node));
    MemoryKvStore::State whole = state_;
    ASSERT_EQ(Rows(ColumnFamily::kNode).erase(keys.Node(NodeId{node})), 1u);
    const auto store = Open();
    const auto lost = StatusIs(absl::StatusCode::kDataLoss, HasSubstr(absl::StrCat(node)));
    EXPECT_THAT(store->RetractArticle("a1"), lost);
    EXPECT_THAT(store->PutArticle(Venture("a3", "A third time")), lost);
    ASSERT_OK_AND_ASSIGN(const auto view, store->View());
    EXPECT_THAT(view->GetArticle("a1"), lost);
    EXPECT_THAT(view->ListEdges({.node = NodeId{3}}), lost);
    EXPECT_THAT(view->GetNode(NodeId{node}), StatusIs(absl::StatusCode::kNotFound, _));
    state_ = std::move(whole);
  }
}

TEST_F(GraphStoreDamageTest, LostFactIsNamed) {
  const Keys keys(kDefaultNamespace);
  ASSERT_EQ(Rows(ColumnFamily::kFact).size(), 5u);
  for (uint64_t fact = 1; fact <= 5; ++fact) {
    SCOPED_TRACE(absl::StrCat("fact ", fact));
    MemoryKvStore::State whole = state_;
    ASSERT_EQ(Rows(ColumnFamily::kFact).erase(keys.Fact(FactId{fact})), 1u);
    const auto store = Open();
    const auto lost = StatusIs(absl::StatusCode::kDataLoss, HasSubstr(absl::StrCat("fact ", fact)));
    EXPECT_THAT(store->RetractArticle("a1"), lost);
    EXPECT_THAT(store->PutArticle(Venture("a3", "A third time")), lost);
    ASSERT_OK_AND_ASSIGN(const auto view, store->View());
    EXPECT_THAT(view->GetArticle("a1"), lost);
    state_ = std::move(whole);
  }
}

TEST_F(GraphStoreDamageTest, NumbersThatDoNotExistAreDataLoss) {
  for (auto& [key, value] : Rows(ColumnFamily::kFact)) {
    ASSERT_OK_AND_ASSIGN(auto fact, DecodeRecord<storage::FactRecord>(value, "fact record"));
    fact.set_edge_type(50);
    value = EncodeRecord(fact);
  }
  const auto store = Open();
  ASSERT_OK_AND_ASSIGN(const auto view, store->View());
  const auto damaged = StatusIs(absl::StatusCode::kDataLoss, HasSubstr("edge type 50"));
  EXPECT_THAT(view->GetFact(FactId{1}), damaged);
  EXPECT_THAT(view->GetArticle("a1"), damaged);
  EXPECT_THAT(store->RetractArticle("a1"), damaged);
  EXPECT_THAT(store->PutArticle(Venture("a3", "A third time")), damaged);

  storage::FactRecord fact;
  fact.set_status(7);
  EXPECT_THAT(DecodeRecord<storage::FactRecord>(EncodeRecord(fact), "fact record"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("status 7")));
  storage::NodeRecord node;
  node.set_kind(5);
  EXPECT_THAT(DecodeRecord<storage::NodeRecord>(EncodeRecord(node), "node record"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("kind 5")));
  storage::EvidenceRecord evidence;
  evidence.set_status(1);
  evidence.add_span_begins(7);
  EXPECT_THAT(DecodeRecord<storage::EvidenceRecord>(EncodeRecord(evidence), "evidence record"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("spans")));
}

}  // namespace
}  // namespace partnergraph
