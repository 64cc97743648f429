#include "server/grpc_status.h"

#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "tests/server/server_fixture.h"

namespace partnergraph {
namespace {

TEST(GrpcStatusTest, OkIsOk) { EXPECT_TRUE(ToGrpcStatus(absl::OkStatus()).ok()); }

TEST(GrpcStatusTest, KeepsEveryCode) {
  for (int code = 1; code <= 16; ++code) {
    const grpc::Status status =
        ToGrpcStatus(absl::Status(static_cast<absl::StatusCode>(code), "message"));
    EXPECT_EQ(status.error_code(), code);
    EXPECT_EQ(status.error_message(), "message");
    // A reason always, the code's name at least.
    const auto info = DetailOf<google::rpc::ErrorInfo>(status);
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->reason(), absl::StatusCodeToString(static_cast<absl::StatusCode>(code)));
    EXPECT_EQ(info->domain(), "partnergraph");
  }
}

TEST(GrpcStatusTest, FieldErrorNamesTheField) {
  const grpc::Status status = ToGrpcStatus(FieldError("filter.types[2]", "is no edge type"));
  EXPECT_THAT(status, FailsWith(grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FIELD"));
  EXPECT_THAT(status, IsFieldError("filter.types[2]"));
  EXPECT_EQ(status.error_message(), "filter.types[2]: is no edge type");
}

TEST(GrpcStatusTest, CarriesTheRetryDelay) {
  const grpc::Status status = ToGrpcStatus(
      WithRetryDelay(absl::ResourceExhaustedError("busy"), std::chrono::milliseconds(1500)));
  const auto retry = DetailOf<google::rpc::RetryInfo>(status);
  ASSERT_TRUE(retry.has_value());
  EXPECT_EQ(retry->retry_delay().seconds(), 1);
  EXPECT_EQ(retry->retry_delay().nanos(), 500'000'000);
}

TEST(GrpcStatusTest, CutsLongMessagesBetweenCharacters) {
  std::string text;
  while (text.size() < 100'000) text += "合";
  const grpc::Status status = ToGrpcStatus(FieldError("field", text));
  EXPECT_LE(status.error_message().size(), 1100u);
  EXPECT_LE(status.error_details().size(), 4200u);
  EXPECT_THAT(status, FailsWith(grpc::StatusCode::INVALID_ARGUMENT, "INVALID_FIELD"));
  google::rpc::Status details;
  EXPECT_TRUE(details.ParseFromString(status.error_details()));  // Its message is UTF-8.
}

}  // namespace
}  // namespace partnergraph
