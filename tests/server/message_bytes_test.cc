#include "server/message_bytes.h"

#include <string>

#include "gmock/gmock.h"
#include "grpcpp/support/slice.h"
#include "gtest/gtest.h"
#include "partnergraph/v1/graph_service.pb.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;

std::string TextOf(const grpc::ByteBuffer& bytes) {
  grpc::Slice slice;
  EXPECT_TRUE(bytes.DumpToSingleSlice(&slice).ok());
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

grpc::ByteBuffer InTwo(const std::string& text, size_t at) {
  const grpc::Slice slices[] = {grpc::Slice(text.substr(0, at)), grpc::Slice(text.substr(at))};
  return grpc::ByteBuffer(slices, 2);
}

v1::SearchNodesRequest Request() {
  v1::SearchNodesRequest request;
  request.set_query("一个足够长而不在字符串对象里的名字");
  request.mutable_page()->set_size(10);
  request.add_kinds(v1::NODE_KIND_COMPANY);
  return request;
}

TEST(MessageBytesTest, ReadsMessagesInOnePieceAndInSeveral) {
  const v1::SearchNodesRequest want = Request();
  const grpc::ByteBuffer whole = ToBytes(want);
  const std::string text = TextOf(whole);
  EXPECT_EQ(text, want.SerializeAsString());
  v1::SearchNodesRequest got;
  ASSERT_THAT(FromBytes(whole, &got), IsOk());
  EXPECT_EQ(got.SerializeAsString(), text);
  for (size_t at = 0; at <= text.size(); ++at) {
    ASSERT_THAT(FromBytes(InTwo(text, at), &got), IsOk());
    EXPECT_EQ(got.SerializeAsString(), text);
  }
}

TEST(MessageBytesTest, RefusesWhatIsNoMessage) {
  std::string text = Request().SerializeAsString();
  text.pop_back();
  const auto refused =
      StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("partnergraph.v1.SearchNodesRequest"));
  v1::SearchNodesRequest got;
  const grpc::Slice slice(text);
  EXPECT_THAT(FromBytes(grpc::ByteBuffer(&slice, 1), &got), refused);
  EXPECT_THAT(FromBytes(InTwo(text, 5), &got), refused);
}

TEST(MessageBytesTest, AnEmptyMessageHasNoBytes) {
  v1::SearchNodesRequest got = Request();
  ASSERT_THAT(FromBytes(ToBytes(v1::SearchNodesRequest()), &got), IsOk());
  EXPECT_EQ(got.ByteSizeLong(), 0u);
}

TEST(MessageBytesTest, FieldsAsBytesAreMergedWithTheMessage) {
  v1::SearchNodesRequest rest;
  rest.set_exact(true);
  v1::SearchNodesRequest want = Request();
  want.set_exact(true);
  v1::SearchNodesRequest got;
  ASSERT_THAT(FromBytes(ToBytes(Request().SerializeAsString(), rest), &got), IsOk());
  EXPECT_EQ(got.SerializeAsString(), want.SerializeAsString());
}

TEST(CallArenaTest, HoldsMessagesThatAreLargerThanItsFirstBytes) {
  CallArena arena;
  auto* request = arena.New<v1::BatchGetNodesRequest>();
  auto* response = arena.New<v1::BatchGetNodesResponse>();
  for (uint64_t id = 1; id <= 1000; ++id) {
    request->add_node_ids(id);
    response->add_nodes()->set_node_id(id);
  }
  EXPECT_EQ(request->node_ids(999), 1000u);
  EXPECT_EQ(response->nodes(0).node_id(), 1u);
  EXPECT_EQ(response->nodes(999).node_id(), 1000u);
}

}  // namespace
}  // namespace partnergraph
