#include "server/edge_wire.h"

#include <random>
#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "partnergraph/v1/graph_service.pb.h"
#include "server/proto_conversion.h"

namespace partnergraph {
namespace {

TEST(EdgeWireTest, BytesAreThoseOfTheMessage) {
  std::mt19937_64 random(5);
  const auto below = [&](uint64_t bound) { return random() % bound; };
  const auto text = [&] {
    return below(3) == 0 ? std::string()
                         : std::string(below(300), static_cast<char>('a' + below(26)));
  };
  const auto number = [&] { return random() >> below(64); };
  const std::shared_ptr<const Schema> schema = Schema::BuiltIn();
  for (int round = 0; round < 500; ++round) {
    std::string bytes;
    v1::ListEdgesResponse want;
    for (uint64_t i = below(4); i > 0; --i) {
      Edge edge;
      edge.fact = FactId{number()};
      edge.type = EdgeType{static_cast<uint16_t>(1 + below(9))};
      edge.source = {NodeId{number()}, static_cast<NodeKind>(1 + below(4)), text()};
      edge.target = {NodeId{number()}, static_cast<NodeKind>(1 + below(4)), text()};
      edge.role = text();
      edge.title = text();
      if (below(2) == 0) {
        edge.date = {.year = static_cast<int16_t>(1 + below(9999)),
                     .month = static_cast<uint8_t>(below(13)),
                     .day = static_cast<uint8_t>(below(32)),
                     .bound = static_cast<DateBound>(below(3))};
      }
      edge.status = static_cast<FactStatus>(1 + below(6));
      edge.confidence = static_cast<float>(below(3)) / 2;
      edge.source_count = static_cast<uint32_t>(below(3));
      if (below(2) == 0) edge.partnership = NodeId{number()};
      edge.partnership_kind = text();
      AppendEdge(ToRow(edge), *schema, bytes);
      ToProto(std::move(edge), *schema, want.add_edges());
    }
    ASSERT_EQ(bytes, want.SerializeAsString());
    // What follows is merged.
    v1::ListEdgesResponse rest;
    rest.set_next_cursor("cursor");
    v1::ListEdgesResponse got;
    ASSERT_TRUE(got.ParseFromString(bytes + rest.SerializeAsString()));
    want.set_next_cursor("cursor");
    ASSERT_TRUE(google::protobuf::util::MessageDifferencer::Equals(got, want));
  }
}

}  // namespace
}  // namespace partnergraph
