#include "clients/cpp/rpc_error.h"

#include "clients/cpp/channel.h"
#include "clients/cpp/client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/fake_server.h"
#include "tests/status_matchers.h"

namespace partnergraph::client {
namespace {

TEST(RpcErrorTest, DetailsCrossTheWire) {
  FakeServer server;
  server.answers.get_node = [](const v1::GetNodeRequest&, v1::GetNodeResponse&) {
    return DetailedStatus(grpc::StatusCode::INVALID_ARGUMENT, "node_id must be set",
                          "FIELD_REQUIRED", "node_id");
  };
  const Client client(OpenChannel({server.address()}));
  const auto response = client.GetNode({});
  EXPECT_THAT(response, StatusIs(absl::StatusCode::kInvalidArgument, "node_id must be set"));
  const RpcErrorDetails details = DetailsOf(response.status());
  EXPECT_EQ(details.reason, "FIELD_REQUIRED");
  EXPECT_EQ(details.domain, "partnergraph");
  ASSERT_EQ(details.field_violations.size(), 1);
  EXPECT_EQ(details.field_violations[0].field, "node_id");
  EXPECT_EQ(details.field_violations[0].description, "node_id must be set");
}

TEST(RpcErrorTest, GarbageDetailsAreLeftOut) {
  const absl::Status status =
      ToStatus(grpc::Status(grpc::StatusCode::NOT_FOUND, "no node 7", "\xFF\xFF garbage"));
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kNotFound, "no node 7"));
  EXPECT_EQ(DetailsOf(status).reason, "");
  EXPECT_TRUE(DetailsOf(absl::OkStatus()).field_violations.empty());
}

TEST(RpcErrorTest, CodesKeepTheirNames) {
  EXPECT_EQ(CodeName(absl::StatusCode::kDeadlineExceeded), "DEADLINE_EXCEEDED");
}

}  // namespace
}  // namespace partnergraph::client
