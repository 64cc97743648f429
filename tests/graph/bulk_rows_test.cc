// The rows that a bulk load writes by hand have the bytes that messages and keys.h make.
#include "graph/bulk_rows.h"

#include <random>
#include <string>

#include "graph/date.h"
#include "graph/fact_aggregate.h"
#include "graph/fact_identity.h"
#include "graph/imported_fact.h"
#include "graph/keys.h"
#include "graph/name_key.h"
#include "gtest/gtest.h"

namespace partnergraph {
namespace {

const BulkRowWriter::Context kContext{kDefaultNamespace, NodeId{1001}, FactId{5001}, Sequence{300},
                                      7};

class BulkRowsTest : public testing::Test {
 protected:
  uint32_t Below(uint32_t bound) { return std::uniform_int_distribution(0u, bound - 1)(random_); }

  // An edge with values of every size.
  void Next() {
    row_.node = Below(2) == 0 ? Below(100) : Below(UINT32_MAX);
    row_.other = Below(100'000);
    Date date;
    if (Below(4) != 0) {
      date.year = static_cast<int16_t>(1 + Below(9999));
      date.month = static_cast<uint8_t>(Below(13));
      if (date.month != 0) date.day = static_cast<uint8_t>(Below(29));
      date.bound = static_cast<DateBound>(Below(3));
    }
    row_.inverted_date = ~PackDate(date);
    static constexpr uint16_t kTypes[] = {1, 2, 3, 4, 7, 9, 256, 1255};
    row_.type = kTypes[Below(8)];
    row_.status = static_cast<uint8_t>(1 + Below(6));
    row_.role = 0;
    if (row_.type == 1) row_.role = static_cast<uint8_t>(FindEdgeRole("VENTURE"));
    if (row_.type == 2) row_.role = static_cast<uint8_t>(FindEdgeRole("SIGNATORY"));
    row_.confidence = Below(5) == 0 ? 0 : static_cast<float>(Below(1001)) / 1000;
    row_.last = MakePlace(Below(3) == 0 ? Below(1000) : 0, Below(1 << 30));
    extra_ = {};
    if (Below(2) == 0) extra_.source_count = 1 + Below(500);
    if (row_.type == 4 && Below(2) == 0) extra_.title = "首席执行官";
    fact_ = Below(1 << 20);
    deal_ = FactId{row_.type <= 3 ? 5001 + Below(10) : 0};
    later_ = Below(2) == 0;
  }

  std::string title_key() const { return NormalizeName(extra_.title); }

  storage::FactRecord Message() const {
    storage::FactRecord fact;
    fact.set_edge_type(row_.type);
    fact.set_source(1001 + uint64_t{row_.node});
    fact.set_target(1001 + uint64_t{row_.other});
    fact.set_role(std::string(*EdgeRoleName(EdgeRole{row_.role})));
    fact.set_title_key(title_key());
    fact.set_deal(ToInt(deal_));
    if (later_) fact.set_occurrence(OccurrenceOf(UnpackDate(~row_.inverted_date)));
    storage::ImportedFactRecord& imported = *fact.mutable_imported();
    imported.set_import(7);
    imported.set_file(static_cast<uint32_t>(row_.last >> kPlaceLineBits));
    imported.set_line(row_.last & kPlaceLineMax);
    imported.set_status(row_.status);
    imported.set_confidence(row_.confidence);
    imported.set_date(~row_.inverted_date);
    imported.set_source_count(extra_.source_count);
    imported.set_title(std::string(extra_.title));
    AggregateEvidence({}, fact);
    fact.set_sequence(300);
    return fact;
  }

  std::mt19937 random_{17};
  BulkEdgeRow row_;
  BulkEdgeExtra extra_;
  uint64_t fact_ = 0;
  FactId deal_{};
  bool later_ = false;
  BulkRowWriter writer_{kContext};
};

TEST_F(BulkRowsTest, FactsHaveTheBytesOfTheirMessages) {
  for (int i = 0; i < 2000; ++i) {
    Next();
    const BulkRowWriter::Row row =
        writer_.EdgeFact(row_, fact_, deal_, title_key(), extra_, later_);
    ASSERT_EQ(row.key, Keys(kDefaultNamespace).Fact(FactId{5001 + fact_}));
    ASSERT_EQ(row.value, EncodeRecord(Message())) << Message().ShortDebugString();
  }
}

TEST_F(BulkRowsTest, AdjacencyHasTheBytesOfKeys) {
  for (int i = 0; i < 2000; ++i) {
    Next();
    AdjRow want;
    want.edge.node = NodeId{1001 + uint64_t{row_.node}};
    want.edge.other = NodeId{1001 + uint64_t{row_.other}};
    want.edge.other_kind = NodeKind::kProduct;
    want.edge.type = EdgeType{row_.type};
    want.edge.direction = i % 2 == 0 ? Direction::kOut : Direction::kIn;
    want.edge.fact = FactId{5001 + fact_};
    want.edge.packed_date = ~row_.inverted_date;
    want.edge.status = static_cast<FactStatus>(row_.status);
    want.edge.confidence = row_.confidence;
    want.edge.source_count = extra_.source_count;
    want.edge.role = EdgeRole{row_.role};
    want.edge.title = extra_.title;
    want.since = Sequence{300};
    const BulkRowWriter::Row row =
        writer_.Adj(row_, want.edge.direction, fact_, NodeKind::kProduct, extra_);
    ASSERT_EQ(row.key, EncodeAdjKey(kDefaultNamespace, want.edge));
    ASSERT_EQ(row.value, EncodeAdjValue(want));
  }
}

TEST_F(BulkRowsTest, IdentitiesHaveTheHashOfWhatFactsSay) {
  for (int i = 0; i < 2000; ++i) {
    Next();
    const BulkIdentRow ident = writer_.Ident(row_, fact_, title_key(), later_);
    const BulkRowWriter::Row row = writer_.IdentRow(ident);
    ASSERT_EQ(row.key, Keys(kDefaultNamespace).Ident(Hash128(FactIdentity(Message()))));
    ASSERT_EQ(row.value, EncodeU64(5001 + fact_));
  }
}

TEST_F(BulkRowsTest, NodesAndAliasesHaveTheBytesOfTheirMessages) {
  const Keys keys(kDefaultNamespace);
  const std::string long_name(1000, 'n');
  for (const uint64_t degree : {uint64_t{0}, uint64_t{1}, uint64_t{1} << 40}) {
    for (const BulkNode& node : {BulkNode{NodeKind::kCompany, "星河科技", "COMPANY", "c-1", degree},
                                 BulkNode{NodeKind::kPerson, long_name, "", "", degree},
                                 BulkNode{NodeKind::kProduct, "p", "", long_name, degree}}) {
      storage::NodeRecord record;
      record.set_kind(static_cast<uint32_t>(node.kind));
      record.set_name(std::string(node.name));
      record.set_degree(degree);
      record.mutable_imported()->set_import(7);
      record.mutable_imported()->set_name(std::string(node.name));
      record.mutable_imported()->set_org_type(std::string(node.org_type));
      record.mutable_imported()->set_external_id(std::string(node.external_id));
      const BulkRowWriter::Row row = writer_.Node(6, node);
      ASSERT_EQ(row.key, keys.Node(NodeId{1007}));
      ASSERT_EQ(row.value, EncodeRecord(record));

      storage::AliasRecord alias;
      alias.set_name(std::string(node.name));
      alias.set_imported(true);
      const BulkRowWriter::Row alias_row = writer_.Alias(6, node.name);
      ASSERT_EQ(alias_row.key, keys.Alias(NodeId{1007}, node.name));
      ASSERT_EQ(alias_row.value, EncodeRecord(alias));
    }
  }
}

TEST_F(BulkRowsTest, GramsAndDegreesHaveTheBytesOfKeys) {
  const Keys keys(kDefaultNamespace);
  for (const char* gram : {"a", "ab", "abc", "星河", "𠮷𠮷𠮷"}) {
    EXPECT_EQ(writer_.GramRow(MakeGramRow(gram, 6)).key, keys.Gram(gram, NodeId{1007})) << gram;
  }
  const BulkRowWriter::Row row = writer_.Degree(6, Direction::kIn, 256, 70'000);
  EXPECT_EQ(row.key, keys.Degree(NodeId{1007}, Direction::kIn, EdgeType{256}));
  EXPECT_EQ(row.value, EncodeU64(70'000));
}

TEST_F(BulkRowsTest, RowsSortAsTheirKeysDo) {
  std::vector<BulkEdgeRow> rows;
  for (int i = 0; i < 300; ++i) {
    Next();
    row_.node = Below(3);
    row_.other = Below(3);
    row_.last = Below(1000);
    rows.push_back(row_);
  }
  const auto key = [&](const BulkEdgeRow& row) {
    return std::string(writer_.Adj(row, Direction::kIn, row.last, NodeKind::kCompany, {}).key);
  };
  for (const BulkEdgeRow& a : rows) {
    for (const BulkEdgeRow& b : rows) {
      ASSERT_EQ(a < b, key(a) < key(b));
      if (a.Prefix() < b.Prefix()) {
        ASSERT_TRUE(a < b);
      }
    }
  }
}

}  // namespace
}  // namespace partnergraph
