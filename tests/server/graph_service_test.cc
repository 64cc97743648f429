// Nodes, names, edges, facts and articles, one page at a time.
#include "server/graph_service.h"

#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/graph_service_fixture.h"

namespace partnergraph {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;
using testing::SizeIs;

TEST_F(GraphServiceTest, GetNodeReturnsTheNodeAndAToken) {
  v1::GetNodeRequest request;
  request.set_node_id(1);
  v1::GetNodeResponse response;
  ASSERT_THAT(Call(&v1::GraphService::Stub::GetNode, request, &response), IsOkGrpc());
  EXPECT_EQ(response.node().name(), "公司1");
  EXPECT_EQ(response.node().kind(), v1::NODE_KIND_COMPANY);
  EXPECT_THAT(response.node().aliases(), SizeIs(1));
  // The token can be given back.
  request.mutable_consistency()->set_at_least_as_fresh(response.read_token());
  EXPECT_THAT(Call(&v1::GraphService::Stub::GetNode, request, &response), IsOkGrpc());
}

TEST_F(GraphServiceTest, GetNodeNamesItsErrors) {
  v1::GetNodeRequest request;
  v1::GetNodeResponse response;
  EXPECT_THAT(Call(&v1::GraphService::Stub::GetNode, request, &response), IsFieldError("node_id"));
  request.set_node_id(1000);
  EXPECT_THAT(Call(&v1::GraphService::Stub::GetNode, request, &response),
              FailsWith(StatusCode::NOT_FOUND, "NOT_FOUND"));
  request.set_node_id(ToInt(kBroken));
  EXPECT_THAT(Call(&v1::GraphService::Stub::GetNode, request, &response),
              FailsWith(StatusCode::DATA_LOSS, "DATA_LOSS"));
}

TEST_F(GraphServiceTest, TokensOfOtherStatesAreRefused) {
  v1::GetNodeRequest request;
  request.set_node_id(1);
  v1::GetNodeResponse response;
  request.mutable_consistency()->set_at_least_as_fresh("garbage");
  EXPECT_THAT(Call(&v1::GraphService::Stub::GetNode, request, &response),
              IsFieldError("consistency.at_least_as_fresh"));
  graph.state.sequence = 9;
  request.clear_consistency();
  ASSERT_THAT(Call(&v1::GraphService::Stub::GetNode, request, &response), IsOkGrpc());
  graph.state.sequence = 8;
  request.mutable_consistency()->set_at_least_as_fresh(response.read_token());
  EXPECT_THAT(Call(&v1::GraphService::Stub::GetNode, request, &response),
              FailsWith(StatusCode::FAILED_PRECONDITION, "TOKEN_NOT_REACHED"));
}

TEST_F(GraphServiceTest, BatchGetNodesListsWhatIsMissing) {
  v1::BatchGetNodesRequest request;
  for (const uint64_t id : {1, 2000, 3}) request.add_node_ids(id);
  v1::BatchGetNodesResponse response;
  ASSERT_THAT(Call(&v1::GraphService::Stub::BatchGetNodes, request, &response), IsOkGrpc());
  ASSERT_THAT(response.nodes(), SizeIs(2));
  EXPECT_EQ(response.nodes(1).node_id(), 3u);
  ASSERT_THAT(response.missing_node_ids(), SizeIs(1));
  EXPECT_EQ(response.missing_node_ids(0), 2000u);
}

TEST_F(GraphServiceTest, BatchGetNodesBoundsItsIds) {
  v1::BatchGetNodesRequest request;
  v1::BatchGetNodesResponse response;
  EXPECT_THAT(Call(&v1::GraphService::Stub::BatchGetNodes, request, &response),
              IsFieldError("node_ids"));
  for (int i = 0; i < 1000; ++i) request.add_node_ids(1);
  EXPECT_THAT(Call(&v1::GraphService::Stub::BatchGetNodes, request, &response), IsOkGrpc());
  request.add_node_ids(1);
  EXPECT_THAT(Call(&v1::GraphService::Stub::BatchGetNodes, request, &response),
              IsFieldError("node_ids"));
  request.mutable_node_ids()->Truncate(2);
  request.set_node_ids(1, 0);
  EXPECT_THAT(Call(&v1::GraphService::Stub::BatchGetNodes, request, &response),
              IsFieldError("node_ids[1]"));
}

TEST_F(GraphServiceTest, SearchNodesPagesThroughAllMatchesOnce) {
  v1::SearchNodesRequest request;
  request.set_query("many");
  v1::SearchNodesResponse response;
  std::vector<uint64_t> ids;
  do {
    ASSERT_THAT(Call(&v1::GraphService::Stub::SearchNodes, request, &response), IsOkGrpc());
    for (const auto& match : response.matches()) ids.push_back(match.node().node_id());
    request.mutable_page()->set_cursor(response.next_cursor());
  } while (!response.next_cursor().empty());
  ASSERT_THAT(ids, SizeIs(kManyMatches));
  EXPECT_EQ(ids.front(), 1u);
  EXPECT_EQ(ids.back(), kManyMatches);
}

TEST_F(GraphServiceTest, SearchNodesGivesSummariesOnly) {
  v1::SearchNodesRequest request;
  request.set_query("many");
  request.mutable_page()->set_size(7);
  do {
    v1::SearchNodesResponse want, got;
    request.set_summaries_only(false);
    ASSERT_THAT(Call(&v1::GraphService::Stub::SearchNodes, request, &want), IsOkGrpc());
    request.set_summaries_only(true);
    ASSERT_THAT(Call(&v1::GraphService::Stub::SearchNodes, request, &got), IsOkGrpc());
    ASSERT_GT(want.matches_size(), 0);
    for (v1::NodeMatch& match : *want.mutable_matches()) {
      EXPECT_NE(match.node().degree(), 0u);
      v1::Node summary;
      summary.set_node_id(match.node().node_id());
      summary.set_kind(match.node().kind());
      summary.set_name(match.node().name());
      *match.mutable_node() = summary;
    }
    EXPECT_EQ(got.SerializeAsString(), want.SerializeAsString());
    // Also that of the other kind of answer.
    request.mutable_page()->set_cursor(want.next_cursor());
  } while (!request.page().cursor().empty());
}

TEST_F(GraphServiceTest, SearchNodesChecksQueryAndKinds) {
  v1::SearchNodesRequest request;
  v1::SearchNodesResponse response;
  EXPECT_THAT(Call(&v1::GraphService::Stub::SearchNodes, request, &response),
              IsFieldError("query"));
  std::string longest;
  for (int i = 0; i < 256; ++i) longest += "合";
  request.set_query(longest);
  EXPECT_THAT(Call(&v1::GraphService::Stub::SearchNodes, request, &response), IsOkGrpc());
  request.set_query(longest + "x");
  EXPECT_THAT(Call(&v1::GraphService::Stub::SearchNodes, request, &response),
              IsFieldError("query"));
  request.set_query("x");
  request.add_kinds(v1::NODE_KIND_COMPANY);
  request.add_kinds(static_cast<v1::NodeKind>(77));
  EXPECT_THAT(Call(&v1::GraphService::Stub::SearchNodes, request, &response),
              IsFieldError("kinds[1]"));
}

TEST_F(GraphServiceTest, ListEdgesPagesThroughAllEdgesOnce) {
  v1::ListEdgesRequest request;
  request.set_node_id(1);
  std::vector<uint64_t> facts;
  int pages = 0;
  do {
    ASSERT_THAT(ListEdges(request), IsOkGrpc());
    for (const auto& edge : edges.edges()) facts.push_back(edge.fact_id());
    request.mutable_page()->set_cursor(edges.next_cursor());
    ++pages;
  } while (!edges.next_cursor().empty());
  EXPECT_EQ(pages, 5);
  ASSERT_THAT(facts, SizeIs(kHubEdges));
  EXPECT_EQ(facts.back(), kHubEdges);
  EXPECT_EQ(edges.edges(0).type(), "PARTY_TO");
  EXPECT_EQ(edges.edges(0).date().year(), 2020);
}

// Without evidence edges are written as bytes, with it as messages.
TEST_F(GraphServiceTest, ListEdgesGivesTheAskedNodeAsItsId) {
  for (const uint32_t evidence : {0, 1}) {
    v1::ListEdgesRequest request;
    request.set_node_id(1);
    request.set_evidence_limit(evidence);
    ASSERT_THAT(ListEdges(request), IsOkGrpc());
    v1::ListEdgesResponse want = edges;
    ASSERT_THAT(want.edges(), SizeIs(50));
    for (v1::Edge& edge : *want.mutable_edges()) {
      EXPECT_EQ(edge.source().node_id(), 1u);
      EXPECT_NE(edge.source().name(), "");
      v1::NodeSummary id;
      id.set_node_id(1);
      *edge.mutable_source() = id;
      EXPECT_NE(edge.target().name(), "");
    }
    request.set_asked_node_as_id(true);
    ASSERT_THAT(ListEdges(request), IsOkGrpc());
    want.mutable_stats()->set_micros(edges.stats().micros());
    EXPECT_EQ(edges.SerializeAsString(), want.SerializeAsString());
    // Cursors serve both kinds of answer.
    request.set_asked_node_as_id(false);
    request.mutable_page()->set_cursor(edges.next_cursor());
    ASSERT_THAT(ListEdges(request), IsOkGrpc());
    EXPECT_EQ(edges.edges(0).fact_id(), 51u);
  }
}

TEST_F(GraphServiceTest, PageSizesAreDefaultedAndCapped) {
  v1::ListEdgesRequest request;
  request.set_node_id(1);
  request.mutable_page()->set_size(7);
  ASSERT_THAT(ListEdges(request), IsOkGrpc());
  EXPECT_THAT(edges.edges(), SizeIs(7));
  request.mutable_page()->set_size(100'000);
  ASSERT_THAT(ListEdges(request), IsOkGrpc());
  EXPECT_THAT(edges.edges(), SizeIs(kHubEdges));
  request.mutable_page()->set_size(-1);
  EXPECT_THAT(ListEdges(request), IsFieldError("page.size"));
}

TEST_F(GraphServiceTest, CursorsServeTheirOwnRequestOnly) {
  v1::ListEdgesRequest request;
  request.set_node_id(1);
  ASSERT_THAT(ListEdges(request), IsOkGrpc());
  const std::string cursor = edges.next_cursor();

  v1::ListEdgesRequest other = request;
  other.mutable_page()->set_cursor(cursor);
  other.set_node_id(6);
  EXPECT_THAT(ListEdges(other), IsFieldError("page.cursor"));
  other = request;
  other.mutable_page()->set_cursor(cursor);
  other.mutable_filter()->set_min_sources(2);
  EXPECT_THAT(ListEdges(other), FailsWith(StatusCode::INVALID_ARGUMENT, "CURSOR_INVALID"));

  v1::SearchNodesRequest search;
  search.set_query("many");
  search.mutable_page()->set_cursor(cursor);
  v1::SearchNodesResponse found;
  EXPECT_THAT(Call(&v1::GraphService::Stub::SearchNodes, search, &found),
              IsFieldError("page.cursor"));

  std::string altered = cursor;
  altered[3] = altered[3] == 'A' ? 'B' : 'A';
  request.mutable_page()->set_cursor(altered);
  EXPECT_THAT(ListEdges(request), IsFieldError("page.cursor"));
}

TEST_F(GraphServiceTest, CursorsOfAnotherDatabaseAreRefused) {
  v1::ListEdgesRequest request;
  request.set_node_id(1);
  ASSERT_THAT(ListEdges(request), IsOkGrpc());
  request.mutable_page()->set_cursor(edges.next_cursor());
  Start();  // A server with another secret.
  EXPECT_THAT(ListEdges(request), IsFieldError("page.cursor"));
}

TEST_F(GraphServiceTest, FiltersNameTheFieldThatIsWrong) {
  const auto with = [](const std::function<void(v1::FactFilter&)>& change) {
    v1::ListEdgesRequest request;
    request.set_node_id(1);
    change(*request.mutable_filter());
    return request;
  };
  EXPECT_THAT(ListEdges(with([](auto& f) { f.add_types("USES"), f.add_types("LIKES"); })),
              IsFieldError("filter.types[1]"));
  EXPECT_THAT(ListEdges(with([](auto& f) { f.set_direction(static_cast<v1::Direction>(9)); })),
              IsFieldError("filter.direction"));
  EXPECT_THAT(ListEdges(with([](auto& f) { f.add_statuses(v1::FACT_STATUS_UNSPECIFIED); })),
              IsFieldError("filter.statuses[0]"));
  for (const float confidence : {-0.1f, 1.1f, std::nanf("")}) {
    EXPECT_THAT(ListEdges(with([&](auto& f) { f.set_min_confidence(confidence); })),
                IsFieldError("filter.min_confidence"));
  }
  const auto date = [](v1::Date* date, int year, int month, int day) {
    date->set_year(year), date->set_month(month), date->set_day(day);
  };
  EXPECT_THAT(ListEdges(with([&](auto& f) { date(f.mutable_date_from(), 2023, 2, 29); })),
              IsFieldError("filter.date_from"));
  EXPECT_THAT(ListEdges(with([&](auto& f) { date(f.mutable_date_until(), 0, 0, 0); })),
              IsFieldError("filter.date_until"));
  EXPECT_THAT(ListEdges(with([&](auto& f) {
                date(f.mutable_date_from(), 2024, 1, 1);
                date(f.mutable_date_until(), 2023, 0, 0);
              })),
              IsFieldError("filter.date_until"));
}

TEST_F(GraphServiceTest, EvidenceLimitIsBounded) {
  v1::ListEdgesRequest request;
  request.set_node_id(1);
  request.set_evidence_limit(10);
  EXPECT_THAT(ListEdges(request), IsOkGrpc());
  request.set_evidence_limit(11);
  EXPECT_THAT(ListEdges(request), IsFieldError("evidence_limit"));
}

TEST_F(GraphServiceTest, CountEdgesLeavesZeroesOut) {
  v1::CountEdgesRequest request;
  request.set_node_id(1);
  v1::CountEdgesResponse response;
  ASSERT_THAT(Call(&v1::GraphService::Stub::CountEdges, request, &response), IsOkGrpc());
  ASSERT_THAT(response.counts(), SizeIs(1));
  EXPECT_EQ(response.counts(0).type(), "PARTY_TO");
  EXPECT_EQ(response.total(), kHubEdges);
  request.add_types("nothing");
  EXPECT_THAT(Call(&v1::GraphService::Stub::CountEdges, request, &response),
              IsFieldError("types[0]"));
}

TEST_F(GraphServiceTest, ExplainFactReturnsTheFactAndItsEvidence) {
  v1::ExplainFactRequest request;
  request.set_fact_id(5);
  v1::ExplainFactResponse response;
  ASSERT_THAT(Call(&v1::GraphService::Stub::ExplainFact, request, &response), IsOkGrpc());
  EXPECT_TRUE(response.has_edge());
  ASSERT_THAT(response.evidence(), SizeIs(1));
  EXPECT_EQ(response.evidence(0).quote(), "甲与乙合作");
  EXPECT_EQ(response.evidence(0).span().end(), 19u);
  request.set_fact_id(1000);
  EXPECT_THAT(Call(&v1::GraphService::Stub::ExplainFact, request, &response),
              FailsWith(StatusCode::NOT_FOUND, "NOT_FOUND"));
  request.set_fact_id(0);
  EXPECT_THAT(Call(&v1::GraphService::Stub::ExplainFact, request, &response),
              IsFieldError("fact_id"));
}

TEST_F(GraphServiceTest, GetArticleReturnsTextAndMentions) {
  v1::GetArticleRequest request;
  v1::GetArticleResponse response;
  EXPECT_THAT(Call(&v1::GraphService::Stub::GetArticle, request, &response),
              IsFieldError("article_id"));
  request.set_article_id("none");
  EXPECT_THAT(Call(&v1::GraphService::Stub::GetArticle, request, &response),
              FailsWith(StatusCode::NOT_FOUND, "NOT_FOUND"));
  request.set_article_id("a-1");
  ASSERT_THAT(Call(&v1::GraphService::Stub::GetArticle, request, &response), IsOkGrpc());
  EXPECT_EQ(response.text(), "甲与乙合作");
  EXPECT_THAT(response.mentions(), SizeIs(1));
  EXPECT_EQ(response.fact_count(), 1'001u) << "exact, also beyond the list";
  EXPECT_EQ(response.mention_count(), 2'001u);
}

TEST_F(GraphServiceTest, FiltersBoundTheirLists) {
  v1::ListEdgesRequest request;
  request.set_node_id(1);
  for (int i = 0; i < 64; ++i) {
    request.mutable_filter()->add_types("USES");
    request.mutable_filter()->add_statuses(v1::FACT_STATUS_ACTIVE);
  }
  EXPECT_THAT(ListEdges(request), IsOkGrpc());
  request.mutable_filter()->add_statuses(v1::FACT_STATUS_ACTIVE);
  EXPECT_THAT(ListEdges(request), IsFieldError("filter.statuses"));
  request.mutable_filter()->add_types("USES");
  EXPECT_THAT(ListEdges(request), IsFieldError("filter.types"));
  v1::SearchNodesRequest search;
  search.set_query("many");
  for (int i = 0; i < 65; ++i) search.add_kinds(v1::NODE_KIND_COMPANY);
  v1::SearchNodesResponse matches;
  EXPECT_THAT(Call(&v1::GraphService::Stub::SearchNodes, search, &matches), IsFieldError("kinds"));
  v1::NeighborhoodRequest around;
  around.add_node_ids(1);
  for (int i = 0; i < 65; ++i) around.add_node_kinds(v1::NODE_KIND_COMPANY);
  EXPECT_THAT(Neighborhood(around), IsFieldError("node_kinds"));
}

TEST_F(GraphServiceTest, FiltersNameTypesOfTheSchemaOnly) {
  v1::ListEdgesRequest list;
  list.set_node_id(1);
  list.mutable_filter()->add_types("USES");
  list.mutable_filter()->add_types("PARTNER_WITH");
  EXPECT_THAT(ListEdges(list), IsOkGrpc());
  list.mutable_filter()->add_types("MARRIED_TO");
  EXPECT_THAT(ListEdges(list), IsFieldError("filter.types[2]"));
  v1::CountEdgesRequest count;
  count.set_node_id(1);
  count.add_types("PARTNER_WITH");
  v1::CountEdgesResponse counts;
  EXPECT_THAT(Call(&v1::GraphService::Stub::CountEdges, count, &counts), IsOkGrpc());
  count.add_types("MARRIED_TO");
  EXPECT_THAT(Call(&v1::GraphService::Stub::CountEdges, count, &counts), IsFieldError("types[1]"));
}

TEST_F(GraphServiceTest, GetsANodeByItsExternalId) {
  v1::GetNodeRequest request;
  v1::GetNodeResponse response;
  request.set_external_id("c-9");
  ASSERT_THAT(Call(&v1::GraphService::Stub::GetNode, request, &response), IsOkGrpc());
  EXPECT_EQ(response.node().node_id(), 9u);
  request.set_external_id("c-8");
  EXPECT_THAT(Call(&v1::GraphService::Stub::GetNode, request, &response),
              FailsWith(StatusCode::NOT_FOUND, "NOT_FOUND"));
  request.set_node_id(9);
  EXPECT_THAT(Call(&v1::GraphService::Stub::GetNode, request, &response),
              IsFieldError("external_id"));
  request.set_node_id(0);
  request.set_external_id(std::string(257, 'x'));
  EXPECT_THAT(Call(&v1::GraphService::Stub::GetNode, request, &response),
              IsFieldError("external_id"));
}

TEST_F(GraphServiceTest, ListsEdgeTypesWithTheirCounts) {
  v1::ListEdgeTypesResponse response;
  ASSERT_THAT(Call(&v1::GraphService::Stub::ListEdgeTypes, v1::ListEdgeTypesRequest(), &response),
              IsOkGrpc());
  ASSERT_THAT(response.edge_types(), SizeIs(9));
  const v1::EdgeType& party = response.edge_types(0);
  EXPECT_EQ(party.name(), "PARTY_TO");
  EXPECT_EQ(party.inverse_name(), "HAS_PARTY");
  EXPECT_EQ(party.edge_count(), kHubEdges);
  EXPECT_FALSE(party.symmetric());
  EXPECT_FALSE(party.imported());
  EXPECT_THAT(party.source_kinds(), testing::ElementsAre(v1::NODE_KIND_COMPANY));
  EXPECT_THAT(party.target_kinds(), testing::ElementsAre(v1::NODE_KIND_PARTNERSHIP));
  EXPECT_TRUE(response.edge_types(8).symmetric());
  EXPECT_THAT(response.read_token(), testing::Not(testing::IsEmpty()));
}

// Reads that would never end by themselves end at the server's own bound.
class SlowReadTest : public GraphServiceTest {
 protected:
  void SetUp() override {
    config.calls.call_ms_max = 100;
    Start();
  }

  template <typename Request, typename Response>
  void ExpectEnds(grpc::Status (v1::GraphService::Stub::*method)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                  const Request& request) {
    Response response;
    const grpc::Status status = Call(method, request, &response);
    EXPECT_THAT(status, FailsWith(StatusCode::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"));
    EXPECT_THAT(status.error_message(), HasSubstr("time was over")) << "not the client's deadline";
  }
};

TEST_F(SlowReadTest, EveryUnaryReadEndsAtTheDeadline) {
  v1::GetNodeRequest get;
  get.set_node_id(ToInt(kSlow));
  ExpectEnds(&v1::GraphService::Stub::GetNode, get);
  v1::BatchGetNodesRequest batch;
  batch.add_node_ids(ToInt(kSlow));
  ExpectEnds(&v1::GraphService::Stub::BatchGetNodes, batch);
  v1::SearchNodesRequest search;
  search.set_query("slow");
  ExpectEnds(&v1::GraphService::Stub::SearchNodes, search);
  v1::ListEdgesRequest list;
  list.set_node_id(ToInt(kSlow));
  ExpectEnds(&v1::GraphService::Stub::ListEdges, list);
  v1::CountEdgesRequest count;
  count.set_node_id(ToInt(kSlow));
  ExpectEnds(&v1::GraphService::Stub::CountEdges, count);
  v1::ExplainFactRequest explain;
  explain.set_fact_id(ToInt(kSlow));
  ExpectEnds(&v1::GraphService::Stub::ExplainFact, explain);
  v1::GetArticleRequest article;
  article.set_article_id("slow");
  ExpectEnds(&v1::GraphService::Stub::GetArticle, article);
  graph.state.slow_stats = true;
  v1::GetStatsResponse stats;
  EXPECT_THAT(admin_stub->GetStats(Context().get(), {}, &stats),
              FailsWith(StatusCode::DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"));
}

TEST_F(GraphServiceTest, GetStatsReportsTheProcess) {
  v1::GetStatsResponse response;
  ASSERT_THAT(admin_stub->GetStats(Context().get(), {}, &response), IsOkGrpc());
  EXPECT_EQ(response.article_count(), 2u);
  EXPECT_GT(response.memory_bytes(), 1u << 20);
  EXPECT_EQ(response.version(), std::string(ServerVersion()));
  EXPECT_FALSE(response.extractor().empty());
}

}  // namespace
}  // namespace partnergraph
