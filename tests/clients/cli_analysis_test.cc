// Analyses of the whole graph in the background: rank, groups, operations.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/cli_fixture.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;

class AnalysisCliTest : public CliTest {
 protected:
  AnalysisCliTest() {
    server_.answers.start_analysis = [this](const v1::StartAnalysisRequest& request,
                                            v1::StartAnalysisResponse& response) {
      started = request;
      response.mutable_operation()->set_operation_id("op-1");
      response.mutable_operation()->set_state(v1::OPERATION_STATE_WAITING);
      return grpc::Status::OK;
    };
    // Runs at the first look and has ended at the second.
    server_.answers.get_operation = [this](const v1::GetOperationRequest& request,
                                           v1::GetOperationResponse& response) {
      v1::Operation& operation = *response.mutable_operation();
      operation.set_operation_id(request.operation_id());
      operation.set_state(++looks == 1 ? v1::OPERATION_STATE_RUNNING : end_state);
      operation.set_error_code(8);
      operation.set_error_message("too large");
      operation.set_converged(true);
      operation.set_group_count(2);
      operation.set_node_count(5);
      return grpc::Status::OK;
    };
  }

  v1::StartAnalysisRequest started;
  int looks = 0;
  v1::OperationState end_state = v1::OPERATION_STATE_SUCCEEDED;
};

TEST_F(AnalysisCliTest, RankWaitsForTheAnalysisAndReadsIt) {
  v1::RankNodesRequest asked;
  server_.answers.rank_nodes = [&](const v1::RankNodesRequest& request,
                                   v1::RankNodesResponse& response) {
    asked = request;
    v1::RankedNode& node = *response.add_nodes();
    node.mutable_node()->set_name("云桥科技");
    node.set_score(0.25);
    return grpc::Status::OK;
  };
  const Finished rank = Run({"rank", "--damping", "0.5", "--kinds", "company"});
  EXPECT_EQ(rank.exit_code, 0) << rank.err;
  EXPECT_THAT(rank.out, HasSubstr("云桥科技"));
  EXPECT_THAT(rank.err, HasSubstr("op-1"));
  EXPECT_EQ(looks, 2);
  EXPECT_EQ(started.analysis(), v1::ANALYSIS_KIND_PAGE_RANK);
  EXPECT_EQ(started.damping(), 0.5);
  EXPECT_EQ(asked.operation_id(), "op-1");
  EXPECT_EQ(asked.metric(), v1::RANK_METRIC_PAGE_RANK);
  EXPECT_FALSE(asked.has_filter());
  // From seeds nothing is started.
  started.Clear();
  EXPECT_EQ(Run({"rank", "5", "6"}).exit_code, 0);
  EXPECT_EQ(asked.metric(), v1::RANK_METRIC_PERSONALIZED_PAGE_RANK);
  EXPECT_EQ(asked.seed_node_ids_size(), 2);
  EXPECT_EQ(started.analysis(), v1::ANALYSIS_KIND_UNSPECIFIED);
  EXPECT_EQ(Run({"rank", "--metric", "personalized"}).exit_code, 2);
  EXPECT_EQ(Run({"rank", "5", "--metric", "degree"}).exit_code, 2);
}

TEST_F(AnalysisCliTest, GroupsListsMembersAndFindsTheGroupOfANode) {
  server_.answers.list_groups = [](const v1::ListGroupsRequest&, v1::ListGroupsResponse& response) {
    v1::NodeGroup& group = *response.add_groups();
    group.set_group_id(3);
    group.set_size(4);
    group.add_members()->set_name("云桥科技");
    return grpc::Status::OK;
  };
  v1::ListGroupMembersRequest members;
  server_.answers.list_group_members = [&](const v1::ListGroupMembersRequest& request,
                                           v1::ListGroupMembersResponse& response) {
    members = request;
    response.add_nodes()->set_name("衡川银行");
    return grpc::Status::OK;
  };
  server_.answers.get_group_of_node = [](const v1::GetGroupOfNodeRequest& request,
                                         v1::GetGroupOfNodeResponse& response) {
    response.mutable_group()->set_group_id(request.node_id());
    response.mutable_group()->set_size(7);
    return grpc::Status::OK;
  };
  const Finished groups = Run({"groups", "communities", "--resolution", "2"});
  EXPECT_EQ(groups.out, "group 3  4 nodes  云桥科技 (0), ...\n");
  EXPECT_EQ(started.analysis(), v1::ANALYSIS_KIND_COMMUNITIES);
  EXPECT_EQ(started.resolution(), 2);
  started.Clear();
  EXPECT_THAT(Run({"groups", "--operation", "op-9", "--members", "3"}).out, HasSubstr("衡川银行"));
  EXPECT_EQ(members.operation_id(), "op-9");
  EXPECT_EQ(members.group_id(), 3u);
  EXPECT_EQ(started.analysis(), v1::ANALYSIS_KIND_UNSPECIFIED);
  EXPECT_THAT(Run({"groups", "--of", "5"}).out, HasSubstr("group 5  7 nodes"));
  EXPECT_EQ(Run({"groups", "--of", "5", "--members", "3"}).exit_code, 2);
}

TEST_F(AnalysisCliTest, FailedAndCancelledOperationsAreErrors) {
  end_state = v1::OPERATION_STATE_FAILED;
  const Finished failed = Run({"groups"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, HasSubstr("too large"));
  end_state = v1::OPERATION_STATE_CANCELLED;
  looks = 0;
  EXPECT_NE(Run({"rank"}).exit_code, 0);

  server_.answers.cancel_operation = [](const v1::CancelOperationRequest& request,
                                        v1::CancelOperationResponse& response) {
    response.mutable_operation()->set_operation_id(request.operation_id());
    response.mutable_operation()->set_state(v1::OPERATION_STATE_CANCELLED);
    return grpc::Status::OK;
  };
  server_.answers.list_operations = [](const v1::ListOperationsRequest&,
                                       v1::ListOperationsResponse& response) {
    response.add_operations()->set_operation_id("op-7");
    return grpc::Status::OK;
  };
  EXPECT_THAT(Run({"operations"}).out, HasSubstr("op-7"));
  EXPECT_THAT(Run({"operations", "--cancel", "op-8"}).out, HasSubstr("op-8"));
}

}  // namespace
}  // namespace partnergraph
