#include "server/graph_service.h"

#include <chrono>
#include <cmath>
#include <thread>

#include "gtest/gtest.h"
#include "tests/server/server_fixture.h"

namespace partnergraph {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;
using testing::SizeIs;

class GraphServiceTest : public ServerTest {
 protected:
  void SetUp() override { Start(); }

  template <typename Request, typename Response>
  grpc::Status Call(grpc::Status (v1::GraphService::Stub::*method)(grpc::ClientContext*,
                                                                   const Request&, Response*),
                    const Request& request, Response* response) {
    return (graph_stub.get()->*method)(Context().get(), request, response);
  }

  grpc::Status ListEdges(const v1::ListEdgesRequest& request) {
    return Call(&v1::GraphService::Stub::ListEdges, request, &edges);
  }
  // Reads a stream to its end.
  template <typename Response>
  grpc::Status ReadAll(std::unique_ptr<grpc::ClientReader<Response>> reader,
                       std::vector<Response>& parts) {
    Response part;
    while (reader->Read(&part)) parts.push_back(part);
    return reader->Finish();
  }
  grpc::Status Neighborhood(const v1::NeighborhoodRequest& request) {
    const auto context = Context();
    return ReadAll(graph_stub->Neighborhood(context.get(), request), neighborhood);
  }
  grpc::Status Traverse(const v1::TraverseRequest& request) {
    const auto context = Context();
    return ReadAll(graph_stub->Traverse(context.get(), request), walks);
  }
  grpc::Status FindPaths(const v1::FindPathsRequest& request) {
    const auto context = Context();
    return ReadAll(graph_stub->FindPaths(context.get(), request), paths);
  }

  v1::ListEdgesResponse edges;
  std::vector<v1::NeighborhoodResponse> neighborhood;
  std::vector<v1::TraverseResponse> walks;
  std::vector<v1::FindPathsResponse> paths;
};

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

TEST_F(GraphServiceTest, ExportGoesOnAtACursor) {
  const auto ask = [&](const v1::ExportSubgraphRequest& request,
                       std::vector<v1::ExportSubgraphResponse>& parts) {
    parts.clear();
    const auto context = Context();
    return ReadAll(graph_stub->ExportSubgraph(context.get(), request), parts);
  };
  v1::ExportSubgraphRequest request;
  request.set_format(v1::EXPORT_FORMAT_N_TRIPLES);
  std::vector<v1::ExportSubgraphResponse> parts;
  ASSERT_THAT(ask(request, parts), IsOkGrpc());
  ASSERT_THAT(parts, SizeIs(3));
  EXPECT_EQ(parts[0].file(), "graph.nt");
  EXPECT_EQ(parts[0].content(), "first\n");
  EXPECT_EQ(parts[1].edge_count(), 3u);
  EXPECT_TRUE(parts[1].next_cursor().empty());
  EXPECT_EQ(parts[2].edge_total(), 4u);
  EXPECT_FALSE(parts[2].read_token().empty());
  request.mutable_page()->set_cursor(parts[0].next_cursor());
  ASSERT_THAT(ask(request, parts), IsOkGrpc());
  ASSERT_THAT(parts, SizeIs(2));
  EXPECT_EQ(parts[0].content(), "second\n");
  // The cursor is this request's.
  request.set_format(v1::EXPORT_FORMAT_CSV);
  EXPECT_THAT(ask(request, parts), IsFieldError("page.cursor"));
}

TEST_F(GraphServiceTest, ExportNamesWhatIsWrong) {
  const auto ask = [&](const std::function<void(v1::ExportSubgraphRequest&)>& change) {
    v1::ExportSubgraphRequest request;
    request.set_format(v1::EXPORT_FORMAT_CSV);
    change(request);
    std::vector<v1::ExportSubgraphResponse> parts;
    const auto context = Context();
    return ReadAll(graph_stub->ExportSubgraph(context.get(), request), parts);
  };
  EXPECT_THAT(ask([](auto& r) { r.clear_format(); }), IsFieldError("format"));
  EXPECT_THAT(ask([](auto& r) { r.set_format(static_cast<v1::ExportFormat>(99)); }),
              IsFieldError("format"));
  EXPECT_THAT(ask([](auto& r) { r.set_hops(1); }), IsFieldError("hops"));
  EXPECT_THAT(ask([](auto& r) { r.add_node_ids(1), r.set_hops(7); }), IsFieldError("hops"));
  EXPECT_THAT(ask([](auto& r) { r.mutable_filter()->set_direction(v1::DIRECTION_OUT); }),
              IsFieldError("filter.direction"));
  EXPECT_THAT(ask([](auto& r) { r.add_node_ids(0); }), IsFieldError("node_ids[0]"));
  EXPECT_THAT(ask([](auto& r) { r.add_node_kinds(static_cast<v1::NodeKind>(77)); }),
              IsFieldError("node_kinds[0]"));
  EXPECT_THAT(ask([](auto& r) { r.add_node_ids(1), r.set_hops(6); }), IsOkGrpc());
}

TEST_F(GraphServiceTest, QueryStreamsTypedRows) {
  v1::QueryRequest request;
  request.set_text("MATCH (a) RETURN a");
  (*request.mutable_parameters())["n"].set_integer(1);
  std::vector<v1::QueryResponse> parts;
  const auto context = Context();
  ASSERT_THAT(ReadAll(graph_stub->Query(context.get(), request), parts), IsOkGrpc());
  ASSERT_THAT(parts, SizeIs(2));
  ASSERT_THAT(parts[0].columns(), SizeIs(9));
  ASSERT_THAT(parts[0].rows(), SizeIs(2));
  const auto& values = parts[0].rows(0).values();
  ASSERT_THAT(values, SizeIs(9));
  EXPECT_EQ(values[0].node().node_id(), 9u);
  EXPECT_EQ(values[1].edge().type(), "PARTY_TO");
  EXPECT_THAT(values[2].edges().edges(), SizeIs(1));
  EXPECT_EQ(values[3].date().month(), 6);
  EXPECT_EQ(values[4].text(), "1");
  EXPECT_EQ(values[5].integer(), -7);
  EXPECT_EQ(values[6].number(), 0.5);
  EXPECT_TRUE(values[7].truth());
  EXPECT_EQ(values[8].value_case(), v1::QueryValue::VALUE_NOT_SET);
  EXPECT_EQ(parts[1].match_count(), 3u);
  EXPECT_EQ(parts[1].row_count(), 2u);
  EXPECT_EQ(parts[1].stats().edges_scanned(), 5u);
  EXPECT_FALSE(parts[1].read_token().empty());
}

TEST_F(GraphServiceTest, QueryNamesWhatIsWrong) {
  const auto ask = [&](const v1::QueryRequest& request) {
    std::vector<v1::QueryResponse> parts;
    const auto context = Context();
    return ReadAll(graph_stub->Query(context.get(), request), parts);
  };
  v1::QueryRequest request;
  request.set_text("bad");
  const grpc::Status status = ask(request);
  EXPECT_THAT(status, IsFieldError("text"));
  EXPECT_THAT(status.error_message(), HasSubstr("line 1, column 7 (byte 6): expected MATCH"));
  request.set_text("MATCH (a) RETURN a");
  (*request.mutable_parameters())["n"].set_number(std::nan(""));
  EXPECT_THAT(ask(request), IsFieldError("parameters[\"n\"].number"));
  (*request.mutable_parameters())["n"].mutable_list()->add_values()->mutable_list();
  EXPECT_THAT(ask(request), IsFieldError("parameters[\"n\"].list.values[0].list"));
  request.clear_parameters();
  for (int i = 0; i < 65; ++i) (*request.mutable_parameters())[absl::StrCat(i)].set_integer(i);
  EXPECT_THAT(ask(request), IsFieldError("parameters"));
  request.clear_parameters();
  (*request.mutable_parameters())["n"].set_text(std::string(65 << 10, 'x'));
  EXPECT_THAT(ask(request), IsFieldError("parameters"));
}

TEST_F(GraphServiceTest, NeighborhoodStreamsPartsThenTheSummary) {
  v1::NeighborhoodRequest request;
  request.add_node_ids(1);
  request.set_hops(2);
  ASSERT_THAT(Neighborhood(request), IsOkGrpc());
  ASSERT_THAT(neighborhood, SizeIs(3));
  EXPECT_THAT(neighborhood[0].nodes(), SizeIs(256));
  EXPECT_TRUE(neighborhood[0].read_token().empty());
  EXPECT_FALSE(neighborhood[2].read_token().empty());
  EXPECT_TRUE(neighborhood[2].has_stats());
  const int second_part_nodes = neighborhood[1].nodes_size();
  // The parts of a single hop are gathered, the end with them.
  request.set_hops(1);
  neighborhood.clear();
  ASSERT_THAT(Neighborhood(request), IsOkGrpc());
  ASSERT_THAT(neighborhood, SizeIs(2));
  EXPECT_THAT(neighborhood[0].nodes(), SizeIs(256));
  EXPECT_TRUE(neighborhood[0].read_token().empty());
  EXPECT_EQ(neighborhood[1].nodes_size(), second_part_nodes);
  EXPECT_FALSE(neighborhood[1].read_token().empty());
  EXPECT_TRUE(neighborhood[1].has_stats());
}

TEST_F(GraphServiceTest, NeighborhoodNamesItsErrors) {
  v1::NeighborhoodRequest request;
  EXPECT_THAT(Neighborhood(request), IsFieldError("node_ids"));
  request.add_node_ids(1000);
  EXPECT_THAT(Neighborhood(request), FailsWith(StatusCode::NOT_FOUND, "NOT_FOUND"));
  request.set_hops(7);
  EXPECT_THAT(Neighborhood(request), IsFieldError("hops"));
  request.set_hops(6);
  request.mutable_budget()->set_per_node_order(static_cast<v1::NodeOrder>(5));
  EXPECT_THAT(Neighborhood(request), IsFieldError("budget.per_node_order"));
  request.clear_budget();
  for (int i = 0; i < 100; ++i) request.add_node_ids(1);
  EXPECT_THAT(Neighborhood(request), IsFieldError("node_ids"));
}

TEST_F(GraphServiceTest, TraverseReturnsWalks) {
  v1::TraverseRequest request;
  request.add_node_ids(1);
  request.add_steps()->mutable_filter()->add_types("PARTY_TO");
  ASSERT_THAT(Traverse(request), IsOkGrpc());
  ASSERT_THAT(walks, SizeIs(2));
  EXPECT_EQ(walks[0].walks(0).end().node_id(), 9u);
}

TEST_F(GraphServiceTest, TraverseNamesItsErrors) {
  v1::TraverseRequest request;
  request.add_node_ids(1);
  EXPECT_THAT(Traverse(request), IsFieldError("steps"));
  request.add_steps();
  request.add_steps()->mutable_filter()->add_types("LIKES");
  EXPECT_THAT(Traverse(request), IsFieldError("steps[1].filter.types[0]"));
  request.mutable_steps(1)->clear_filter();
  request.mutable_steps(1)->set_max_repeat(7);
  EXPECT_THAT(Traverse(request), IsFieldError("steps[1].max_repeat"));
  request.mutable_steps(1)->set_max_repeat(2);
  request.mutable_steps(1)->set_min_repeat(3);
  EXPECT_THAT(Traverse(request), IsFieldError("steps[1].min_repeat"));
  request.mutable_steps(1)->set_min_repeat(0);
  EXPECT_THAT(Traverse(request), IsOkGrpc());
  while (request.steps_size() < 11) request.add_steps();
  EXPECT_THAT(Traverse(request), IsFieldError("steps"));
}

TEST_F(GraphServiceTest, FindPathsSendsAllPathsAndTheOutcomeLast) {
  v1::FindPathsRequest request;
  request.set_source_node_id(1);
  request.set_target_node_id(2);
  request.set_max_paths(100);
  ASSERT_THAT(FindPaths(request), IsOkGrpc());
  int count = 0;
  for (const auto& part : paths) count += part.paths_size();
  EXPECT_EQ(count, 100);
  EXPECT_EQ(paths.front().outcome(), v1::PATH_OUTCOME_UNSPECIFIED);
  EXPECT_EQ(paths.back().outcome(), v1::PATH_OUTCOME_FOUND);
}

TEST_F(GraphServiceTest, FindPathsNamesItsErrors) {
  v1::FindPathsRequest request;
  EXPECT_THAT(FindPaths(request), IsFieldError("source_node_id"));
  request.set_source_node_id(1);
  EXPECT_THAT(FindPaths(request), IsFieldError("target_node_id"));
  request.set_target_node_id(1);
  EXPECT_THAT(FindPaths(request), IsFieldError("target_node_id"));
  request.set_target_node_id(2);
  request.set_max_length(7);
  EXPECT_THAT(FindPaths(request), IsFieldError("max_length"));
  request.set_max_length(6);
  request.set_max_paths(101);
  EXPECT_THAT(FindPaths(request), IsFieldError("max_paths"));
  request.set_mode(v1::PATH_MODE_ALL_SIMPLE);
  EXPECT_THAT(FindPaths(request), IsOkGrpc());
  request.set_max_paths(10'001);
  EXPECT_THAT(FindPaths(request), IsFieldError("max_paths"));
  request.set_mode(v1::PATH_MODE_WEIGHTED);
  request.set_max_paths(10);
  request.set_max_length(8);
  EXPECT_THAT(FindPaths(request), IsOkGrpc());
  request.set_max_length(9);
  EXPECT_THAT(FindPaths(request), IsFieldError("max_length"));
  request.set_max_length(8);
  request.set_time_ordered(true);
  EXPECT_THAT(FindPaths(request), IsFieldError("time_ordered"));
  request.set_mode(static_cast<v1::PathMode>(77));
  EXPECT_THAT(FindPaths(request), IsFieldError("mode"));
}

TEST_F(GraphServiceTest, FindPathsHasADefaultNumberOfPathsForEachMode) {
  for (const auto& [mode, count] : {std::pair(v1::PATH_MODE_UNSPECIFIED, 1),
                                    {v1::PATH_MODE_SHORTEST, 1},
                                    {v1::PATH_MODE_K_SHORTEST, 10},
                                    {v1::PATH_MODE_ALL_SIMPLE, 100},
                                    {v1::PATH_MODE_WEIGHTED, 1}}) {
    v1::FindPathsRequest request;
    request.set_source_node_id(1);
    request.set_target_node_id(2);
    request.set_mode(mode);
    paths.clear();
    ASSERT_THAT(FindPaths(request), IsOkGrpc());
    int found = 0;
    for (const auto& part : paths) found += part.paths_size();
    EXPECT_EQ(found, count);
    EXPECT_EQ(paths.front().paths(0).certainty(), 0.5);
  }
}

TEST_F(GraphServiceTest, CommonNeighborsPagesAndBindsTheCursor) {
  v1::CommonNeighborsRequest request;
  request.add_node_ids(1);
  request.add_node_ids(2);
  request.mutable_page()->set_size(100);
  v1::CommonNeighborsResponse response;
  ASSERT_THAT(Call(&v1::GraphService::Stub::CommonNeighbors, request, &response), IsOkGrpc());
  EXPECT_THAT(response.neighbors(), SizeIs(100));
  EXPECT_EQ(response.total(), kManyMatches);
  EXPECT_EQ(response.neighbors(0).weight(), 1.5);
  EXPECT_THAT(response.neighbors(0).edges(), SizeIs(1));
  request.mutable_page()->set_cursor(response.next_cursor());
  ASSERT_THAT(Call(&v1::GraphService::Stub::CommonNeighbors, request, &response), IsOkGrpc());
  EXPECT_THAT(response.neighbors(), SizeIs(kManyMatches - 100));
  EXPECT_EQ(response.next_cursor(), "");
  request.set_node_ids(1, 3);
  EXPECT_THAT(Call(&v1::GraphService::Stub::CommonNeighbors, request, &response),
              IsFieldError("page.cursor"));
  request.clear_page();
  request.set_node_ids(1, 1);
  EXPECT_THAT(Call(&v1::GraphService::Stub::CommonNeighbors, request, &response),
              IsFieldError("node_ids"));
  for (uint64_t id = 3; id < 12; ++id) request.add_node_ids(id);
  EXPECT_THAT(Call(&v1::GraphService::Stub::CommonNeighbors, request, &response),
              IsFieldError("node_ids"));
}

TEST_F(GraphServiceTest, SimilarNodesNamesItsErrors) {
  v1::SimilarNodesRequest request;
  v1::SimilarNodesResponse response;
  EXPECT_THAT(Call(&v1::GraphService::Stub::SimilarNodes, request, &response),
              IsFieldError("node_id"));
  request.set_node_id(1);
  ASSERT_THAT(Call(&v1::GraphService::Stub::SimilarNodes, request, &response), IsOkGrpc());
  EXPECT_THAT(response.nodes(), SizeIs(10));
  EXPECT_EQ(response.nodes(0).common_count(), 2u);
  EXPECT_EQ(response.neighbor_count(), 4u);
  request.set_max_nodes(101);
  EXPECT_THAT(Call(&v1::GraphService::Stub::SimilarNodes, request, &response),
              IsFieldError("max_nodes"));
  request.set_max_nodes(0);
  request.set_measure(static_cast<v1::SimilarityMeasure>(9));
  EXPECT_THAT(Call(&v1::GraphService::Stub::SimilarNodes, request, &response),
              IsFieldError("measure"));
}

TEST_F(GraphServiceTest, DeadlineOfAQueryInOneMessageCutsItsAnswer) {
  v1::SimilarNodesRequest request;
  request.set_node_id(ToInt(kEndless));
  v1::SimilarNodesResponse response;
  const auto context = Context();
  context->set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
  ASSERT_THAT(graph_stub->SimilarNodes(context.get(), request, &response), IsOkGrpc());
  EXPECT_EQ(response.truncation().reason(), v1::TRUNCATION_REASON_DEADLINE);
  EXPECT_THAT(response.nodes(), SizeIs(10));
}

TEST_F(GraphServiceTest, FindCyclesHasDefaultsAndNamesItsErrors) {
  v1::FindCyclesRequest request;
  v1::FindCyclesResponse response;
  const auto call = [&] { return Call(&v1::GraphService::Stub::FindCycles, request, &response); };
  EXPECT_THAT(call(), IsFieldError("node_id"));
  request.set_node_id(1);
  ASSERT_THAT(call(), IsOkGrpc());
  ASSERT_THAT(response.cycles(), SizeIs(1));
  EXPECT_EQ(response.cycles(0).edges(0).fact_id(), 5u);  // The fake's: max_length and 1.
  EXPECT_EQ(response.outcome(), v1::PATH_OUTCOME_FOUND);
  request.set_min_length(6);
  EXPECT_THAT(call(), IsOkGrpc());
  request.set_max_length(5);
  EXPECT_THAT(call(), IsFieldError("min_length"));
  request.set_min_length(1);
  EXPECT_THAT(call(), IsFieldError("min_length"));
  request.set_min_length(2);
  request.set_max_length(7);
  EXPECT_THAT(call(), IsFieldError("max_length"));
  request.set_max_length(6);
  request.set_max_cycles(1'001);
  EXPECT_THAT(call(), IsFieldError("max_cycles"));
}

class AnalysisServiceTest : public GraphServiceTest {
 protected:
  // Starts an analysis of the fake's ring of ten and ten lone nodes, and waits for its end.
  v1::Operation RunAnalysis(v1::AnalysisKind kind) {
    v1::StartAnalysisRequest request;
    request.set_analysis(kind);
    v1::StartAnalysisResponse started;
    EXPECT_THAT(Call(&v1::GraphService::Stub::StartAnalysis, request, &started), IsOkGrpc());
    return AwaitEnd(started.operation().operation_id());
  }

  v1::Operation AwaitEnd(const std::string& id) {
    v1::GetOperationRequest get;
    get.set_operation_id(id);
    v1::GetOperationResponse response;
    for (int i = 0; i < 10'000 && response.operation().end_unix_millis() == 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      EXPECT_THAT(admin_stub->GetOperation(Context().get(), get, &response), IsOkGrpc());
    }
    return response.operation();
  }
};

TEST_F(AnalysisServiceTest, RanksArePagedAndNameTheStateThatWasRead) {
  const v1::Operation operation = RunAnalysis(v1::ANALYSIS_KIND_DEGREE);
  ASSERT_EQ(operation.state(), v1::OPERATION_STATE_SUCCEEDED);
  EXPECT_EQ(operation.node_count(), 20u);
  EXPECT_EQ(operation.edge_count(), 10u);
  v1::RankNodesRequest request;
  request.set_metric(v1::RANK_METRIC_DEGREE);
  request.set_operation_id(operation.operation_id());
  request.mutable_page()->set_size(15);
  v1::RankNodesResponse response;
  ASSERT_THAT(Call(&v1::GraphService::Stub::RankNodes, request, &response), IsOkGrpc());
  ASSERT_THAT(response.nodes(), SizeIs(15));
  EXPECT_EQ(response.nodes(0).score(), 2);
  EXPECT_EQ(response.nodes(0).node().name(), "公司101");
  EXPECT_EQ(response.nodes(10).score(), 0);
  EXPECT_EQ(response.read_token(), operation.read_token());
  request.mutable_page()->set_cursor(response.next_cursor());
  ASSERT_THAT(Call(&v1::GraphService::Stub::RankNodes, request, &response), IsOkGrpc());
  EXPECT_THAT(response.nodes(), SizeIs(5));
  EXPECT_EQ(response.next_cursor(), "");
}

TEST_F(AnalysisServiceTest, GroupsTheirMembersAndTheGroupOfANode) {
  for (v1::AnalysisKind kind : {v1::ANALYSIS_KIND_COMPONENTS, v1::ANALYSIS_KIND_COMMUNITIES}) {
    const v1::Operation operation = RunAnalysis(kind);
    ASSERT_EQ(operation.state(), v1::OPERATION_STATE_SUCCEEDED);
    v1::ListGroupsRequest request;
    request.set_operation_id(operation.operation_id());
    v1::ListGroupsResponse response;
    ASSERT_THAT(Call(&v1::GraphService::Stub::ListGroups, request, &response), IsOkGrpc());
    EXPECT_EQ(response.total(), operation.group_count());
    uint64_t grouped = 0;
    for (const v1::NodeGroup& group : response.groups()) {
      grouped += group.size();
      EXPECT_GE(group.size(), 2u);
      EXPECT_THAT(group.members(), SizeIs(std::min<uint64_t>(group.size(), 3)));
    }
    EXPECT_EQ(grouped, 10u);
    const v1::NodeGroup first = response.groups(0);
    request.set_min_size(1);
    request.mutable_page()->set_size(6);
    ASSERT_THAT(Call(&v1::GraphService::Stub::ListGroups, request, &response), IsOkGrpc());
    EXPECT_THAT(response.groups(), SizeIs(6));
    EXPECT_NE(response.next_cursor(), "");

    v1::ListGroupMembersRequest list;
    list.set_operation_id(operation.operation_id());
    list.set_group_id(first.group_id());
    list.mutable_page()->set_size(2);
    v1::ListGroupMembersResponse members;
    ASSERT_THAT(Call(&v1::GraphService::Stub::ListGroupMembers, list, &members), IsOkGrpc());
    EXPECT_THAT(members.nodes(), SizeIs(2));
    EXPECT_EQ(members.size(), first.size());
    list.set_group_id(999);
    EXPECT_EQ(Call(&v1::GraphService::Stub::ListGroupMembers, list, &members).error_code(),
              StatusCode::NOT_FOUND);

    v1::GetGroupOfNodeRequest of;
    of.set_operation_id(operation.operation_id());
    of.set_node_id(first.group_id());
    v1::GetGroupOfNodeResponse group;
    ASSERT_THAT(Call(&v1::GraphService::Stub::GetGroupOfNode, of, &group), IsOkGrpc());
    EXPECT_EQ(group.group().group_id(), first.group_id());
    of.set_node_id(999);
    EXPECT_EQ(Call(&v1::GraphService::Stub::GetGroupOfNode, of, &group).error_code(),
              StatusCode::NOT_FOUND);
    // Ranks are another analysis.
    v1::RankNodesRequest rank;
    rank.set_metric(v1::RANK_METRIC_DEGREE);
    rank.set_operation_id(operation.operation_id());
    v1::RankNodesResponse ranks;
    EXPECT_EQ(Call(&v1::GraphService::Stub::RankNodes, rank, &ranks).error_code(),
              StatusCode::FAILED_PRECONDITION);
  }
}

TEST_F(AnalysisServiceTest, OperationsAreListedAndCancelled) {
  graph.state.slow_scan = true;
  v1::StartAnalysisRequest request;
  request.set_analysis(v1::ANALYSIS_KIND_PAGE_RANK);
  v1::StartAnalysisResponse started;
  ASSERT_THAT(Call(&v1::GraphService::Stub::StartAnalysis, request, &started), IsOkGrpc());
  const std::string id = started.operation().operation_id();
  v1::RankNodesRequest rank;
  rank.set_metric(v1::RANK_METRIC_PAGE_RANK);
  rank.set_operation_id(id);
  v1::RankNodesResponse ranks;
  EXPECT_EQ(Call(&v1::GraphService::Stub::RankNodes, rank, &ranks).error_code(),
            StatusCode::FAILED_PRECONDITION);
  v1::ListOperationsResponse list;
  ASSERT_THAT(admin_stub->ListOperations(Context().get(), {}, &list), IsOkGrpc());
  ASSERT_THAT(list.operations(), SizeIs(1));
  EXPECT_EQ(list.operations(0).operation_id(), id);
  v1::CancelOperationRequest cancel;
  cancel.set_operation_id(id);
  v1::CancelOperationResponse cancelled;
  ASSERT_THAT(admin_stub->CancelOperation(Context().get(), cancel, &cancelled), IsOkGrpc());
  EXPECT_EQ(AwaitEnd(id).state(), v1::OPERATION_STATE_CANCELLED);
  cancel.set_operation_id("other");
  EXPECT_EQ(admin_stub->CancelOperation(Context().get(), cancel, &cancelled).error_code(),
            StatusCode::NOT_FOUND);
}

TEST_F(AnalysisServiceTest, OnlySoManyOperationsWaitAndAreKeptAsTheSettingsSay) {
  server = nullptr;
  config.operations = {.waiting_max = 1, .kept_max = 1};
  Start();
  graph.state.slow_scan = true;
  v1::StartAnalysisRequest request;
  request.set_analysis(v1::ANALYSIS_KIND_DEGREE);
  v1::StartAnalysisResponse running, waiting, refused;
  ASSERT_THAT(Call(&v1::GraphService::Stub::StartAnalysis, request, &running), IsOkGrpc());
  // Once the first one runs, one may wait.
  grpc::Status second;
  for (int i = 0; i < 10'000; ++i) {
    second = Call(&v1::GraphService::Stub::StartAnalysis, request, &waiting);
    if (second.ok()) break;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  ASSERT_THAT(second, IsOkGrpc());
  EXPECT_EQ(Call(&v1::GraphService::Stub::StartAnalysis, request, &refused).error_code(),
            StatusCode::RESOURCE_EXHAUSTED);
  graph.state.slow_scan = false;
  EXPECT_EQ(AwaitEnd(waiting.operation().operation_id()).state(), v1::OPERATION_STATE_SUCCEEDED);
  v1::ListOperationsResponse list;
  ASSERT_THAT(admin_stub->ListOperations(Context().get(), {}, &list), IsOkGrpc());
  ASSERT_THAT(list.operations(), SizeIs(1));
  EXPECT_EQ(list.operations(0).operation_id(), waiting.operation().operation_id());
}

TEST_F(AnalysisServiceTest, RankNodesAndStartAnalysisNameTheirErrors) {
  v1::StartAnalysisRequest start;
  v1::StartAnalysisResponse started;
  const auto begin = [&] { return Call(&v1::GraphService::Stub::StartAnalysis, start, &started); };
  EXPECT_THAT(begin(), IsFieldError("analysis"));
  start.set_analysis(v1::ANALYSIS_KIND_PAGE_RANK);
  start.set_damping(1.5);
  EXPECT_THAT(begin(), IsFieldError("damping"));
  start.set_damping(0.5);
  start.set_max_iterations(1'001);
  EXPECT_THAT(begin(), IsFieldError("max_iterations"));
  start.set_max_iterations(10);
  start.set_tolerance(1);
  EXPECT_THAT(begin(), IsFieldError("tolerance"));
  start.set_tolerance(0);
  start.set_resolution(std::nan(""));
  EXPECT_THAT(begin(), IsFieldError("resolution"));

  v1::RankNodesRequest rank;
  v1::RankNodesResponse ranks;
  const auto ask = [&] { return Call(&v1::GraphService::Stub::RankNodes, rank, &ranks); };
  EXPECT_THAT(ask(), IsFieldError("metric"));
  rank.set_metric(v1::RANK_METRIC_DEGREE);
  EXPECT_THAT(ask(), IsFieldError("operation_id"));
  rank.set_operation_id("other");
  EXPECT_EQ(ask().error_code(), StatusCode::NOT_FOUND);
  rank.set_damping(0.5);
  EXPECT_THAT(ask(), IsFieldError("damping"));
  rank.set_metric(v1::RANK_METRIC_PERSONALIZED_PAGE_RANK);
  EXPECT_THAT(ask(), IsFieldError("operation_id"));
  rank.clear_operation_id();
  EXPECT_THAT(ask(), IsFieldError("seed_node_ids"));
  rank.add_seed_node_ids(7);
  ASSERT_THAT(ask(), IsOkGrpc());
  ASSERT_THAT(ranks.nodes(), SizeIs(1));
  EXPECT_EQ(ranks.nodes(0).score(), 0.5);
  EXPECT_EQ(ranks.missing(), 0.125);
  rank.mutable_page()->set_cursor("x");
  EXPECT_THAT(ask(), IsFieldError("page.cursor"));
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
