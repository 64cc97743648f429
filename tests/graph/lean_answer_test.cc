// Answers that leave out what their reader knows or does not want: in all else they are the full
// ones. Over random graphs, read from the store and from rows in memory, while the graph changes.
#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/fact_batch.h"
#include "graph/graph_store.h"
#include "gtest/gtest.h"
#include "tests/graph/faulty_kv_store.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/graph/two_views_fixture.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::Not;

// A text for each kind of match, and names of all that the tests write.
constexpr const char* kTexts[] = {
    "星河智能",   "星河智能有限公司", "星河",        "xinghezhineng", "xhzn",     "Blue",
    "蓝港银行",   "Blue Harbur",      "Blue Harbor", "Lin Yuanhang",  "青禾实验", "云图",
    "北岭大學",   "改名之后",         "改",          "长期合作计划",  "长期合作", "Qinghe Lab",
    "合作計劃甲", "无此公司"};

class LeanAnswerTest : public TwoViewsTest {
 protected:
  void ExpectLeanSearchesEqual() {
    const std::vector<NodeKind> kinds[] = {
        {},
        {NodeKind::kCompany, NodeKind::kPerson, NodeKind::kProduct, NodeKind::kPartnership},
        {NodeKind::kPartnership}};
    for (const auto& view : views_) {
      for (const char* text : kTexts) {
        for (const auto& wanted : kinds) {
          for (const bool exact : {false, true}) {
            for (const uint32_t offset : {0, 1}) {
              SearchQuery query{.text = text,
                                .kinds = wanted,
                                .exact = exact,
                                .offset = offset,
                                .page_size = offset == 0 ? 50u : 1u};
              ASSERT_OK_AND_ASSIGN(const SearchResult full, view->SearchNodes(query));
              query.summaries_only = true;
              ASSERT_OK_AND_ASSIGN(const SearchResult lean, view->SearchNodes(query));
              ExpectSummaries(lean, full, absl::StrCat(text, exact ? ", exact" : ""));
            }
          }
        }
      }
    }
  }

  void ExpectSummaries(const SearchResult& lean, const SearchResult& full,
                       const std::string& search) {
    SCOPED_TRACE(search);
    EXPECT_EQ(lean.more, full.more);
    ASSERT_EQ(lean.matches.size(), full.matches.size());
    for (size_t i = 0; i < lean.matches.size(); ++i) {
      const NodeMatch& got = lean.matches[i];
      const NodeMatch& want = full.matches[i];
      EXPECT_EQ(got.matched_name, want.matched_name);
      EXPECT_EQ(got.match_kind, want.match_kind);
      EXPECT_EQ(got.score, want.score);
      EXPECT_EQ(got.node.id, want.node.id);
      EXPECT_EQ(got.node.kind, want.node.kind);
      EXPECT_EQ(got.node.name, want.node.name);
      EXPECT_NE(got.node.name, "");
      EXPECT_EQ(got.node.org_type, "");
      EXPECT_EQ(got.node.external_id, "");
      EXPECT_EQ(got.node.article_count, 0u);
      EXPECT_EQ(got.node.degree, 0u);
      EXPECT_TRUE(got.node.aliases.empty());
      EXPECT_FALSE(got.node.partnership.has_value());
      kinds_seen_.insert(want.match_kind);
      names_seen_.insert(want.node.name);
      partnership_seen_ |= want.node.kind == NodeKind::kPartnership;
    }
  }

  void ExpectLeanEdgesEqual() {
    for (const auto& view : views_) {
      std::vector<NodeId> ids;
      for (uint64_t id = 1; id < 400; ++id) ids.push_back(NodeId{id});
      ASSERT_OK_AND_ASSIGN(const auto nodes, view->GetNodes(ids));
      for (const auto& node : nodes) {
        if (node.has_value()) ExpectLeanEdgesEqual(*view, *node);
      }
    }
  }

  void ExpectLeanEdgesEqual(GraphView& view, const Node& node) {
    EdgeListQuery query{.node = node.id, .page_size = 1 + Below(20)};
    if (Below(3) == 0) query.filter.types = {kPartyTo, kEmployedBy};
    if (Below(3) == 0) query.edges_scanned_max = 1 + Below(10);
    for (int page = 0; page < 50; ++page) {
      ExpectLeanPageEqual(view, node, query);
      if (HasFatalFailure() || query.position.empty()) return;
    }
  }

  // Leaves the query at the next page; without a position when there is none.
  void ExpectLeanPageEqual(GraphView& view, const Node& node, EdgeListQuery& asked) {
    EdgeListQuery query = asked;
    ASSERT_OK_AND_ASSIGN(const EdgeList full, view.ListEdges(query));
    asked.position = full.next_position;
    std::vector<Edge> want = full.edges;
    for (Edge& edge : want) {
      ASSERT_TRUE(edge.source.id == node.id || edge.target.id == node.id);
      NodeSummary& own = edge.source.id == node.id ? edge.source : edge.target;
      EXPECT_EQ(own.name, node.name);
      own = {.id = node.id};
      ++edges_seen_;
    }
    query.asked_node_as_id = true;
    std::vector<Edge> visited;
    ASSERT_OK_AND_ASSIGN(const EdgeList walked, view.VisitEdges(query, [&](const EdgeRow& row) {
      Edge& edge = visited.emplace_back();
      edge.fact = row.fact;
      edge.type = row.type;
      edge.source = {row.source.id, row.source.kind, std::string(row.source.name)};
      edge.target = {row.target.id, row.target.kind, std::string(row.target.name)};
      edge.role = row.role;
      edge.title = row.title;
      edge.date = row.date;
      edge.status = row.status;
      edge.confidence = row.confidence;
      edge.source_count = row.source_count;
      edge.partnership = row.partnership;
      edge.partnership_kind = row.partnership_kind;
    }));
    EXPECT_EQ(walked.next_position, full.next_position);
    ExpectEqual(visited, want);
    ASSERT_OK_AND_ASSIGN(const EdgeList listed, view.ListEdges(query));
    EXPECT_EQ(listed.next_position, full.next_position);
    ExpectEqual(listed.edges, want);
    query.evidence_limit = 2;
    ASSERT_OK_AND_ASSIGN(const EdgeList proven, view.ListEdges(query));
    ExpectEqual(proven.edges, want);
    for (const Edge& edge : proven.edges) EXPECT_FALSE(edge.evidence.empty());
  }

  static void ExpectEqual(const std::vector<Edge>& got, const std::vector<Edge>& want) {
    ASSERT_EQ(got.size(), want.size());
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i].fact, want[i].fact);
      EXPECT_EQ(got[i].type, want[i].type);
      for (const auto end : {&Edge::source, &Edge::target}) {
        EXPECT_EQ((got[i].*end).id, (want[i].*end).id);
        EXPECT_EQ((got[i].*end).kind, (want[i].*end).kind);
        EXPECT_EQ((got[i].*end).name, (want[i].*end).name);
      }
      EXPECT_EQ(got[i].role, want[i].role);
      EXPECT_EQ(got[i].title, want[i].title);
      EXPECT_EQ(got[i].date, want[i].date);
      EXPECT_EQ(got[i].status, want[i].status);
      EXPECT_EQ(got[i].confidence, want[i].confidence);
      EXPECT_EQ(got[i].source_count, want[i].source_count);
      EXPECT_EQ(got[i].partnership, want[i].partnership);
      EXPECT_EQ(got[i].partnership_kind, want[i].partnership_kind);
    }
  }

  void ExpectLeanAnswersEqual(const std::string& when) {
    SCOPED_TRACE(when);
    MakeViews();
    ExpectLeanSearchesEqual();
    ExpectLeanEdgesEqual();
  }

  FactWriteResult Write(const FactBatch& batch) {
    absl::StatusOr<FactWriteResult> result = store_->WriteFacts(batch);
    EXPECT_THAT(result, IsOk());
    return result.ok() ? *std::move(result) : FactWriteResult();
  }

  std::set<MatchKind> kinds_seen_;
  std::set<std::string> names_seen_;
  bool partnership_seen_ = false;
  int edges_seen_ = 0;
};

TEST_P(LeanAnswerTest, AreTheFullOnesButForWhatIsLeftOut) {
  ExpectLeanAnswersEqual("articles");

  FactBatch batch{.writer = "registry"};
  batch.nodes.push_back({.id = "a", .kind = NodeKind::kCompany, .name = "长期合作伙伴公司"});
  batch.nodes.back().external_id = "a";
  batch.nodes.push_back({.id = "b", .kind = NodeKind::kCompany, .name = "合作计划甲"});
  batch.nodes.push_back({.id = "p", .kind = NodeKind::kPartnership, .name = "长期合作计划"});
  batch.nodes.push_back({.id = "q", .kind = NodeKind::kPartnership});
  batch.nodes.back().partnership.kind = "JOINT_VENTURE";
  for (const char* deal : {"p", "q"}) {
    for (const char* party : {"a", "b"}) {
      batch.edges.push_back({.type = "PARTY_TO", .source = party, .target = deal, .role = "PARTY"});
    }
  }
  const FactWriteResult written = Write(batch);
  ExpectLeanAnswersEqual("facts written");
  EXPECT_TRUE(partnership_seen_);

  FactBatch renames{.writer = "registry"};
  renames.nodes.push_back({.id = absl::StrCat("#", ToInt(written.nodes[0])),
                           .kind = NodeKind::kCompany,
                           .name = "改名之后"});
  Write(renames);
  ExpectLeanAnswersEqual("renamed");
  EXPECT_TRUE(names_seen_.contains("改名之后"));

  for (int i = 0; i < 30; i += 2) {
    ASSERT_THAT(store_->RetractArticle(absl::StrCat("article-", i)), IsOk());
  }
  ExpectLeanAnswersEqual("half retracted");
  for (int i = 1; i < 30; i += 2) {
    ASSERT_THAT(store_->RetractArticle(absl::StrCat("article-", i)), IsOk());
  }
  ExpectLeanAnswersEqual("all retracted");

  EXPECT_EQ(kinds_seen_.size(), 5u);
  EXPECT_GT(edges_seen_, 100);
}

// A name that was asked for before is answered from memory: the record of a node, and what belongs
// to a partnership, is only read for those who want it.
TEST(ExactSummaryTest, ReadsNothingFromTheStore) {
  auto faulty = std::make_unique<FaultyKvStore>(std::make_unique<MemoryKvStore>());
  FaultyKvStore* const kv = faulty.get();
  ASSERT_OK_AND_ASSIGN(const auto store,
                       GraphStore::Open(std::move(faulty), {.topology = {.bytes_max = 1 << 30}}));
  FactBatch batch{.writer = "registry"};
  batch.nodes.push_back({.id = "a", .kind = NodeKind::kCompany, .name = "云桥科技"});
  batch.nodes.push_back({.id = "p", .kind = NodeKind::kPartnership, .name = "长期合作计划"});
  ASSERT_THAT(store->WriteFacts(batch), IsOk());
  for (const auto& node : batch.nodes) {
    SearchQuery query{.text = node.name, .kinds = {node.kind}, .exact = true};
    query.summaries_only = true;
    ASSERT_OK_AND_ASSIGN(auto view, store->View());
    ASSERT_TRUE(view->in_memory());
    ASSERT_OK_AND_ASSIGN(const SearchResult first, view->SearchNodes(query));
    ASSERT_OK_AND_ASSIGN(view, store->View());
    kv->FailOperation(1);
    ASSERT_OK_AND_ASSIGN(const SearchResult again, view->SearchNodes(query));
    EXPECT_FALSE(kv->failed());
    ASSERT_EQ(again.matches.size(), 1u);
    EXPECT_EQ(again.matches[0].node.name, node.name);
    query.summaries_only = false;
    EXPECT_THAT(view->SearchNodes(query), Not(IsOk()));
    EXPECT_TRUE(kv->failed());
    kv->FailOperation(0);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, LeanAnswerTest, testing::Range(0, 4));

}  // namespace
}  // namespace partnergraph
