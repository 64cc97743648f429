#include "clients/cpp/client.h"

#include <atomic>
#include <thread>

#include "clients/cpp/channel.h"
#include "clients/cpp/pager.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/fake_server.h"
#include "tests/status_matchers.h"

namespace partnergraph::client {
namespace {

using testing::HasSubstr;

TEST(ClientTest, ReadsAreTriedAgainWhenTheServerIsUnavailable) {
  FakeServer server;
  std::atomic<int> calls{0};
  server.answers.get_node = [&](const v1::GetNodeRequest& request, v1::GetNodeResponse& response) {
    if (++calls < 3) {
      return grpc::Status(grpc::StatusCode::UNAVAILABLE, "starting");
    }
    response.mutable_node()->set_node_id(request.node_id());
    return grpc::Status::OK;
  };
  const Client client(OpenChannel({server.address()}));
  v1::GetNodeRequest request;
  request.set_node_id(7);
  ASSERT_OK_AND_ASSIGN(const v1::GetNodeResponse response, client.GetNode(request));
  EXPECT_EQ(response.node().node_id(), 7);
  EXPECT_EQ(calls, 3);
}

TEST(ClientTest, WritesAreNotTriedAgain) {
  FakeServer server;
  std::atomic<int> calls{0};
  server.answers.retract_article = [&](const v1::RetractArticleRequest&,
                                       v1::RetractArticleResponse&) {
    ++calls;
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "going down");
  };
  const Client client(OpenChannel({server.address()}));
  EXPECT_THAT(client.RetractArticle({}),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("going down")));
  EXPECT_EQ(calls, 1);
}

TEST(ClientTest, CallsEndAtTheirDeadline) {
  FakeServer server;
  server.answers.get_stats = [](const v1::GetStatsRequest&, v1::GetStatsResponse&) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    return grpc::Status::OK;
  };
  const Client client(OpenChannel({server.address()}), {absl::Milliseconds(50)});
  EXPECT_THAT(client.GetStats(), StatusIs(absl::StatusCode::kDeadlineExceeded, testing::_));
}

TEST(ClientTest, AStreamCanBeLeftEarly) {
  FakeServer server;
  server.answers.neighborhood = [](const v1::NeighborhoodRequest&,
                                   grpc::ServerWriter<v1::NeighborhoodResponse>& writer) {
    v1::NeighborhoodResponse part;
    while (writer.Write(part)) {
    }
    return grpc::Status::OK;
  };
  const Client client(OpenChannel({server.address()}));
  int parts = 0;
  EXPECT_THAT(client.Neighborhood({}, [&](const v1::NeighborhoodResponse&) { return ++parts < 3; }),
              IsOk());
  EXPECT_EQ(parts, 3);
}

TEST(ClientTest, AStreamReportsHowItEnded) {
  FakeServer server;
  server.answers.traverse = [](const v1::TraverseRequest&,
                               grpc::ServerWriter<v1::TraverseResponse>& writer) {
    writer.Write({});
    return grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "too much");
  };
  const Client client(OpenChannel({server.address()}));
  int parts = 0;
  EXPECT_THAT(client.Traverse({}, [&](const v1::TraverseResponse&) { return ++parts > 0; }),
              StatusIs(absl::StatusCode::kResourceExhausted, "too much"));
  EXPECT_EQ(parts, 1);
}

using SearchPager = Pager<v1::SearchNodesRequest, v1::SearchNodesResponse>;

TEST(PagerTest, FollowsCursorsToTheLastPage) {
  std::vector<std::string> cursors;
  SearchPager pager({}, [&](const v1::SearchNodesRequest& request) {
    cursors.push_back(request.page().cursor());
    v1::SearchNodesResponse response;
    response.set_next_cursor(cursors.size() < 3 ? "page-" + std::to_string(cursors.size()) : "");
    return absl::StatusOr<v1::SearchNodesResponse>(response);
  });
  for (int page = 0; page < 3; ++page) {
    ASSERT_OK_AND_ASSIGN(const auto response, pager.Next());
    EXPECT_TRUE(response.has_value());
  }
  ASSERT_OK_AND_ASSIGN(const auto end, pager.Next());
  EXPECT_FALSE(end.has_value());
  EXPECT_THAT(cursors, testing::ElementsAre("", "page-1", "page-2"));
}

TEST(PagerTest, RefusesACursorThatDoesNotMove) {
  SearchPager pager({}, [](const v1::SearchNodesRequest&) {
    v1::SearchNodesResponse response;
    response.set_next_cursor("same");
    return absl::StatusOr<v1::SearchNodesResponse>(response);
  });
  ASSERT_THAT(pager.Next(), IsOk());
  EXPECT_THAT(pager.Next(), StatusIs(absl::StatusCode::kInternal, HasSubstr("cursor")));
}

TEST(PagerTest, AsksForTheSamePageAfterAnError) {
  int calls = 0;
  SearchPager pager({}, [&](const v1::SearchNodesRequest&) {
    return ++calls == 1 ? absl::StatusOr<v1::SearchNodesResponse>(absl::UnavailableError("no"))
                        : absl::StatusOr<v1::SearchNodesResponse>(v1::SearchNodesResponse());
  });
  EXPECT_THAT(pager.Next(), StatusIs(absl::StatusCode::kUnavailable, "no"));
  EXPECT_THAT(pager.Next(), IsOk());
}

}  // namespace
}  // namespace partnergraph::client
