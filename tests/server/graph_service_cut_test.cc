// Answers that were cut: what they say, and how their cursors go on.
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/graph_service_fixture.h"

namespace partnergraph {
namespace {

using grpc::StatusCode;
using testing::SizeIs;

constexpr uint32_t kKept = 7;

class CutCursorTest : public GraphServiceTest {
 protected:
  // The facts of all pages from the cursor on.
  std::vector<uint64_t> FactsFrom(v1::ListEdgesRequest request, const std::string& cursor) {
    std::vector<uint64_t> facts;
    request.mutable_page()->set_cursor(cursor);
    do {
      const grpc::Status status = ListEdges(request);
      EXPECT_THAT(status, IsOkGrpc());
      if (!status.ok()) break;
      for (const v1::Edge& edge : edges.edges()) facts.push_back(edge.fact_id());
      request.mutable_page()->set_cursor(edges.next_cursor());
    } while (!edges.next_cursor().empty());
    return facts;
  }

  // That the cut goes on behind what was kept.
  void ExpectRest(const v1::Truncation& truncation, const v1::FactFilter& filter) {
    ASSERT_THAT(truncation.nodes(), SizeIs(2));
    const v1::CutNode& hub = truncation.nodes(0);
    EXPECT_EQ(hub.node_id(), 1u);
    EXPECT_EQ(hub.kept(), kKept);
    v1::ListEdgesRequest rest;
    rest.set_node_id(hub.node_id());
    *rest.mutable_filter() = filter;
    const std::vector<uint64_t> facts = FactsFrom(rest, hub.cursor());
    ASSERT_THAT(facts, SizeIs(kHubEdges - kKept));
    EXPECT_EQ(facts.front(), kKept + 1);
    EXPECT_EQ(facts.back(), kHubEdges);
    EXPECT_EQ(truncation.nodes(1).cursor(), "") << "nothing was kept: from the first edge on";
  }

  v1::FactFilter Since2010() {
    v1::FactFilter filter;
    filter.mutable_date_from()->set_year(2010);
    filter.add_types("PARTY_TO");
    return filter;
  }
};

TEST_F(CutCursorTest, NeighborhoodGoesOnInListEdges) {
  v1::NeighborhoodRequest request;
  request.add_node_ids(1);
  *request.mutable_filter() = Since2010();
  request.mutable_budget()->set_per_node_limit(kKept);
  ASSERT_THAT(Neighborhood(request), IsOkGrpc());
  ExpectRest(neighborhood.back().truncation(), Since2010());
}

TEST_F(CutCursorTest, CountsGoOnInListEdges) {
  v1::CountNeighborhoodRequest request;
  request.add_node_ids(1);
  *request.mutable_filter() = Since2010();
  request.mutable_budget()->set_per_node_limit(kKept);
  v1::CountNeighborhoodResponse response;
  ASSERT_THAT(Call(&v1::GraphService::Stub::CountNeighborhood, request, &response), IsOkGrpc());
  ExpectRest(response.truncation(), Since2010());
}

TEST_F(CutCursorTest, AFilterWithoutConditionsIsTheSameAsNone) {
  v1::NeighborhoodRequest request;
  request.add_node_ids(1);
  request.mutable_budget()->set_per_node_limit(kKept);
  ASSERT_THAT(Neighborhood(request), IsOkGrpc());
  ExpectRest(neighborhood.back().truncation(), {});
  neighborhood.clear();
  request.mutable_filter();
  ASSERT_THAT(Neighborhood(request), IsOkGrpc());
  v1::ListEdgesRequest rest;
  rest.set_node_id(1);
  EXPECT_THAT(FactsFrom(rest, neighborhood.back().truncation().nodes(0).cursor()),
              SizeIs(kHubEdges - kKept));
}

TEST_F(CutCursorTest, TraverseGoesOnByTheFilterOfTheStepThatWasCut) {
  v1::TraverseRequest request;
  request.add_node_ids(1);
  request.add_steps()->mutable_filter()->add_types("USES");
  *request.add_steps()->mutable_filter() = Since2010();
  request.mutable_budget()->set_per_node_limit(kKept);
  ASSERT_THAT(Traverse(request), IsOkGrpc());
  const v1::Truncation& truncation = walks.back().truncation();
  ASSERT_THAT(truncation.nodes(), SizeIs(2));
  EXPECT_EQ(truncation.nodes(0).step(), 1u);
  ExpectRest(truncation, Since2010());

  v1::CountTraversalRequest count;
  count.add_node_ids(1);
  *count.add_steps()->mutable_filter() = Since2010();
  *count.mutable_budget() = request.budget();
  v1::CountTraversalResponse response;
  ASSERT_THAT(Call(&v1::GraphService::Stub::CountTraversal, count, &response), IsOkGrpc());
  ExpectRest(response.truncation(), Since2010());
}

TEST_F(CutCursorTest, IsRefusedElsewhereAndWhenAltered) {
  v1::NeighborhoodRequest request;
  request.add_node_ids(1);
  *request.mutable_filter() = Since2010();
  request.mutable_budget()->set_per_node_limit(kKept);
  ASSERT_THAT(Neighborhood(request), IsOkGrpc());
  const std::string cursor = neighborhood.back().truncation().nodes(0).cursor();
  v1::ListEdgesRequest list;
  list.set_node_id(1);
  *list.mutable_filter() = Since2010();
  list.mutable_page()->set_cursor(cursor);
  ASSERT_THAT(ListEdges(list), IsOkGrpc());

  v1::ListEdgesRequest other = list;
  other.set_node_id(9);
  EXPECT_THAT(ListEdges(other), FailsWith(StatusCode::INVALID_ARGUMENT, "CURSOR_INVALID"));
  other = list;
  other.mutable_filter()->set_min_sources(2);
  EXPECT_THAT(ListEdges(other), IsFieldError("page.cursor"));
  other = list;
  other.set_evidence_limit(1);
  EXPECT_THAT(ListEdges(other), IsFieldError("page.cursor"));
  other = list;
  for (size_t i = 0; i < cursor.size(); ++i) {
    std::string altered = cursor;
    altered[i] = altered[i] == 'A' ? 'B' : 'A';
    other.mutable_page()->set_cursor(altered);
    EXPECT_THAT(ListEdges(other), IsFieldError("page.cursor")) << i;
  }
  v1::SearchNodesRequest search;
  search.set_query("many");
  search.mutable_page()->set_cursor(cursor);
  v1::SearchNodesResponse found;
  EXPECT_THAT(Call(&v1::GraphService::Stub::SearchNodes, search, &found),
              IsFieldError("page.cursor"));
  v1::ExportSubgraphRequest exported;
  exported.set_format(v1::EXPORT_FORMAT_CSV);
  exported.mutable_page()->set_cursor(cursor);
  v1::ExportSubgraphResponse part;
  const auto context = Context();
  const auto reader = graph_stub->ExportSubgraph(context.get(), exported);
  EXPECT_FALSE(reader->Read(&part));
  EXPECT_THAT(reader->Finish(), IsFieldError("page.cursor"));
}

// A deadline cuts every answer with a budget, in one message or in many, from memory or the store.
class DeadlineCutTest : public GraphServiceTest, public testing::WithParamInterface<bool> {
 protected:
  void SetUp() override {
    config.calls.call_ms_max = 2000;
    Start();
    graph.state.in_memory = GetParam();
  }

  template <typename Request, typename Response>
  Response Cut(grpc::Status (v1::GraphService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                              Response*),
               const Request& request) {
    Response response;
    EXPECT_THAT(Call(method, request, &response), IsOkGrpc());
    EXPECT_EQ(response.truncation().reason(), v1::TRUNCATION_REASON_DEADLINE);
    EXPECT_THAT(response.read_token(), testing::Not(testing::IsEmpty()));
    return response;
  }
};

TEST_P(DeadlineCutTest, CountsAndTheShortestPathSayWhatTheyHave) {
  const uint64_t endless = ToInt(kEndless);
  v1::CountNeighborhoodRequest rings;
  rings.add_node_ids(endless);
  Cut(&v1::GraphService::Stub::CountNeighborhood, rings);
  v1::CountTraversalRequest ends;
  ends.add_node_ids(endless);
  ends.add_steps();
  Cut(&v1::GraphService::Stub::CountTraversal, ends);
  v1::FindShortestPathRequest path;
  path.set_source_node_id(endless);
  path.set_target_node_id(9);
  EXPECT_EQ(Cut(&v1::GraphService::Stub::FindShortestPath, path).outcome(),
            v1::PATH_OUTCOME_NOT_DECIDED);
}

INSTANTIATE_TEST_SUITE_P(Sources, DeadlineCutTest, testing::Bool());

}  // namespace
}  // namespace partnergraph
