// Pattern queries and exports.
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/graph_service_fixture.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

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

}  // namespace
}  // namespace partnergraph
