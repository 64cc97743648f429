// Analyses of the whole graph as operations, and the lists of their results.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <string>
#include <thread>

#include "gtest/gtest.h"
#include "tests/server/graph_service_fixture.h"

namespace partnergraph {
namespace {

using grpc::StatusCode;
using testing::SizeIs;

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

}  // namespace
}  // namespace partnergraph
