#include "server/connect_protocol.h"

#include <string>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(ConnectProtocolTest, NamesEveryCodeAsTheProtocolDoes) {
  EXPECT_EQ(ConnectCodeName(grpc::StatusCode::CANCELLED), "canceled");
  EXPECT_EQ(ConnectHttpStatus(grpc::StatusCode::CANCELLED), 499);
  EXPECT_EQ(ConnectCodeName(grpc::StatusCode::UNAUTHENTICATED), "unauthenticated");
  EXPECT_EQ(ConnectHttpStatus(grpc::StatusCode::UNAUTHENTICATED), 401);
  EXPECT_EQ(ConnectHttpStatus(grpc::StatusCode::RESOURCE_EXHAUSTED), 429);
  EXPECT_EQ(ConnectHttpStatus(grpc::StatusCode::UNIMPLEMENTED), 501);
  EXPECT_EQ(ConnectCodeName(static_cast<grpc::StatusCode>(30)), "unknown");
  EXPECT_EQ(ConnectCodeName(static_cast<grpc::StatusCode>(-1)), "unknown");
}

TEST(ConnectProtocolTest, FramesRoundTrip) {
  const std::string bytes = EncodeConnectFrame(0, "abc") + EncodeConnectFrame(2, "") +
                            EncodeConnectFrame(1, std::string(70'000, 'x'));
  const auto frames = DecodeConnectFrames(bytes, 3);
  ASSERT_THAT(frames, IsOk());
  ASSERT_EQ(frames->size(), 3u);
  EXPECT_EQ((*frames)[0].payload, "abc");
  EXPECT_EQ((*frames)[1].flags, 2);
  EXPECT_EQ((*frames)[2].payload.size(), 70'000u);
}

TEST(ConnectProtocolTest, NamesThePlaceOfACutFrame) {
  const std::string good = EncodeConnectFrame(0, "abc");
  EXPECT_THAT(DecodeConnectFrames(good + std::string(2, '\0'), 9),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at byte 8")));
  const std::string long_length(
      "\x00\xff\xff\xff\xff"
      "abc",
      8);
  EXPECT_THAT(
      DecodeConnectFrames(long_length, 9),
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("announces 4294967295 bytes")));
  EXPECT_THAT(DecodeConnectFrames(good + good, 1),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("more than 1")));
}

TEST(ConnectProtocolTest, ErrorJsonDecodesKnownDetails) {
  google::rpc::BadRequest bad_request;
  bad_request.add_field_violations()->set_field("node_ids[0]");
  google::rpc::Status rich;
  rich.add_details()->PackFrom(bad_request);
  auto* unknown = rich.add_details();
  unknown->set_type_url("type.googleapis.com/other.Type");
  unknown->set_value("\xff\xfe\xfd\xfc");
  const json error = json::parse(ConnectErrorJson(
      grpc::Status(grpc::StatusCode::INVALID_ARGUMENT, "bad", rich.SerializeAsString())));
  EXPECT_EQ(error.at("code"), "invalid_argument");
  EXPECT_EQ(error.at("details").at(0).at("debug").at("fieldViolations").at(0).at("field"),
            "node_ids[0]");
  EXPECT_EQ(error.at("details").at(1).at("type"), "other.Type");
  EXPECT_EQ(error.at("details").at(1).at("value"), "//79/A");
  EXPECT_EQ(error.at("details").at(1).count("debug"), 0u);
}

TEST(ConnectProtocolTest, ErrorJsonSurvivesBadBytes) {
  const json error = json::parse(ConnectErrorJson(grpc::Status(
      grpc::StatusCode::INTERNAL, "bad \xe5\x95 \x01 bytes", "\xff\xff not a status")));
  EXPECT_EQ(error.at("code"), "internal");
  EXPECT_THAT(error.at("message"), HasSubstr("bytes"));
  EXPECT_EQ(error.count("details"), 0u);
}

TEST(ConnectProtocolTest, EndOfStreamHoldsTheError) {
  const std::string good = ConnectEndStreamFrame(grpc::Status::OK);
  auto frames = DecodeConnectFrames(good, 1);
  EXPECT_EQ(frames->front().payload, "{}");
  const std::string bytes = ConnectEndStreamFrame(grpc::Status(grpc::StatusCode::ABORTED, "again"));
  frames = DecodeConnectFrames(bytes, 1);
  EXPECT_EQ(frames->front().flags, kConnectEndStream);
  EXPECT_EQ(json::parse(frames->front().payload).at("error").at("code"), "aborted");
}

TEST(ConnectProtocolTest, ReadsTimeouts) {
  EXPECT_EQ(ParseConnectTimeout("250")->count(), 250);
  EXPECT_EQ(ParseConnectTimeout("0000000001")->count(), 1);
  EXPECT_EQ(ParseConnectTimeout("9999999999")->count(), 9'999'999'999);
  for (const char* bad : {"", "-1", "1.5", "10000000000", "1s", " 1", "0", "000"}) {
    EXPECT_THAT(ParseConnectTimeout(bad),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("Connect-Timeout-Ms")));
  }
}

}  // namespace
}  // namespace partnergraph
