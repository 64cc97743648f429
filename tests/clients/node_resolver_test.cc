#include "clients/cli/node_resolver.h"

#include "clients/cpp/channel.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/fake_server.h"
#include "tests/status_matchers.h"

namespace partnergraph::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class NodeResolverTest : public testing::Test {
 protected:
  NodeResolverTest() {
    server_.answers.search_nodes = [this](const v1::SearchNodesRequest& request,
                                          v1::SearchNodesResponse& response) {
      request_ = request;
      response = response_;
      return grpc::Status::OK;
    };
  }

  void AddMatch(uint64_t id, const std::string& name, const std::string& matched,
                v1::MatchKind how) {
    v1::NodeMatch& match = *response_.add_matches();
    match.mutable_node()->set_node_id(id);
    match.mutable_node()->set_name(name);
    match.mutable_node()->set_kind(v1::NODE_KIND_COMPANY);
    match.set_matched_name(matched);
    match.set_match_kind(how);
  }

  FakeServer server_;
  client::Client client_{client::OpenChannel({server_.address()})};
  v1::SearchNodesRequest request_;
  v1::SearchNodesResponse response_;
};

TEST_F(NodeResolverTest, DigitsAreAnIdAndNotLookedUp) {
  ASSERT_OK_AND_ASSIGN(const ResolvedNode node, ResolveNode(client_, "42"));
  EXPECT_EQ(node.node_id, 42);
  EXPECT_EQ(request_.query(), "");
  EXPECT_THAT(ResolveNode(client_, "99999999999999999999"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("99999999999999999999")));
  EXPECT_THAT(ResolveNode(client_, "id:x"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'x'")));
}

TEST_F(NodeResolverTest, NamePrefixLooksUpDigits) {
  AddMatch(3, "360", "360", v1::MATCH_KIND_EXACT);
  ASSERT_OK_AND_ASSIGN(const ResolvedNode node, ResolveNode(client_, "name:360"));
  EXPECT_EQ(node.node_id, 3);
  EXPECT_EQ(request_.query(), "360");
}

TEST_F(NodeResolverTest, KindPrefixRestrictsTheSearch) {
  AddMatch(3, "云桥", "云桥", v1::MATCH_KIND_EXACT);
  ASSERT_OK_AND_ASSIGN(const ResolvedNode node, ResolveNode(client_, "product:云桥"));
  EXPECT_EQ(node.node_id, 3);
  EXPECT_THAT(request_.kinds(), testing::ElementsAre(v1::NODE_KIND_PRODUCT));
}

TEST_F(NodeResolverTest, UniqueAliasIsTakenAndSaid) {
  AddMatch(5, "云桥科技", "YunBridge", v1::MATCH_KIND_EXACT);
  AddMatch(6, "YunBridge Labs", "YunBridge Labs", v1::MATCH_KIND_PREFIX);
  ASSERT_OK_AND_ASSIGN(const ResolvedNode node, ResolveNode(client_, "YunBridge"));
  EXPECT_EQ(node.node_id, 5);
  EXPECT_EQ(node.note, "YunBridge is 云桥科技 (COMPANY 5)");
}

TEST_F(NodeResolverTest, OwnNameBeatsAliasAndAliasBeatsCore) {
  AddMatch(7, "云桥（深圳）", "云桥（深圳）", v1::MATCH_KIND_CORE);
  AddMatch(5, "云桥科技", "云桥", v1::MATCH_KIND_EXACT);
  ASSERT_OK_AND_ASSIGN(const ResolvedNode alias, ResolveNode(client_, "云桥"));
  EXPECT_EQ(alias.node_id, 5);
  AddMatch(6, "云桥", "云桥", v1::MATCH_KIND_EXACT);
  ASSERT_OK_AND_ASSIGN(const ResolvedNode own, ResolveNode(client_, "云桥"));
  EXPECT_EQ(own.node_id, 6);
  EXPECT_EQ(own.note, "");
}

TEST_F(NodeResolverTest, EqualCandidatesAreListedWithIds) {
  AddMatch(5, "云桥科技", "云桥", v1::MATCH_KIND_EXACT);
  AddMatch(6, "云桥物流", "云桥", v1::MATCH_KIND_EXACT);
  AddMatch(7, "云桥人", "云桥人", v1::MATCH_KIND_PREFIX);
  EXPECT_THAT(ResolveNode(client_, "云桥"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("names 2 nodes"), HasSubstr("5 COMPANY 云桥科技"),
                             HasSubstr("6 COMPANY 云桥物流"), Not(HasSubstr("云桥人")))));
}

TEST_F(NodeResolverTest, NothingFoundSuggestsSimilarNames) {
  AddMatch(5, "云桥科技", "云桥科技", v1::MATCH_KIND_FUZZY);
  EXPECT_THAT(ResolveNode(client_, "云桥科记"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("did you mean: 5 COMPANY 云桥科技")));
  response_.Clear();
  EXPECT_THAT(ResolveNode(client_, "x"),
              StatusIs(absl::StatusCode::kNotFound, Not(HasSubstr("did you mean"))));
}

}  // namespace
}  // namespace partnergraph::cli
