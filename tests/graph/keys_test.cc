#include "graph/keys.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "graph/fact_aggregate.h"
#include "graph/utf8.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;

AdjRow MakeRow() {
  AdjRow row;
  row.edge = {.node = NodeId{7},
              .other = NodeId{0x0102030405060708},
              .other_kind = NodeKind::kPerson,
              .type = kEmployedBy,
              .direction = Direction::kIn,
              .fact = FactId{9},
              .packed_date = PackDate({2018, 11, 26}),
              .status = FactStatus::kActive,
              .confidence = 0.625f,
              .source_count = 3,
              .title = "工程师"};
  row.since = Sequence{42};
  return row;
}

TEST(KeysTest, AdjRowComesBackAsItWas) {
  const AdjRow row = MakeRow();
  const std::string key = EncodeAdjKey(kDefaultNamespace, row.edge), value = EncodeAdjValue(row);
  EXPECT_EQ(key.size(), kAdjKeyBytes);
  ASSERT_OK_AND_ASSIGN(const AdjRow decoded, DecodeAdjRow(key, value));
  EXPECT_EQ(EncodeAdjKey(kDefaultNamespace, decoded.edge), key);
  EXPECT_EQ(EncodeAdjValue(decoded), value);
  EXPECT_EQ(decoded.edge.confidence, 0.625f);
  EXPECT_EQ(decoded.since, Sequence{42});
  EXPECT_EQ(decoded.edge.title, "工程师");
  EXPECT_EQ(decoded.edge.role, EdgeRole{});
}

// The bytes are stored: this test is not to be changed without a new format version.
TEST(KeysTest, AdjValueIsAsDrawn) {
  AdjRow row = MakeRow();
  row.edge.title = "CEO";
  EXPECT_EQ(EncodeAdjValue(row), std::string("\x04\x02\x3F\x20\0\0\0\0\0\x03"
                                             "\0\0\0\0\0\0\0\x2A\0CEO",
                                             22));
}

TEST(KeysTest, AdjRowsKeepEveryRole) {
  AdjRow row = MakeRow();
  row.edge.type = kPartyTo;
  row.edge.title = "";
  const std::string key = EncodeAdjKey(kDefaultNamespace, row.edge);
  size_t known = 0;
  for (int number = 0; number < 256; ++number) {
    row.edge.role = static_cast<EdgeRole>(number);
    const auto decoded = DecodeAdjRow(key, EncodeAdjValue(row));
    const auto name = EdgeRoleName(row.edge.role);
    ASSERT_EQ(decoded.ok(), name.has_value()) << number;
    if (!name.has_value()) continue;
    ++known;
    EXPECT_EQ(decoded->edge.role, row.edge.role);
    EXPECT_EQ(FindEdgeRole(*name), row.edge.role);
  }
  EXPECT_EQ(known, 1u + PartyRoles().size() + PersonRoles().size());
  EXPECT_EQ(FindEdgeRole("PARTY"), EdgeRole{1});
  EXPECT_EQ(FindEdgeRole("SIGNATORY"), EdgeRole{129});
  EXPECT_EQ(FindEdgeRole("NO_SUCH_ROLE"), EdgeRole{});
}

TEST(KeysTest, DamagedAdjRowsAreDataLoss) {
  const AdjRow row = MakeRow();
  const std::string key = EncodeAdjKey(kDefaultNamespace, row.edge), value = EncodeAdjValue(row);
  for (size_t size = 0; size < key.size(); ++size) {
    EXPECT_THAT(DecodeAdjRow(key.substr(0, size), value),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("bytes")));
  }
  for (size_t size = 0; size < 19; ++size) {
    EXPECT_THAT(DecodeAdjRow(key, value.substr(0, size)),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("bytes")));
  }
  EXPECT_THAT(DecodeAdjRow(key, value + std::string(512, 'x')),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("bytes")));
  AdjRow untitled = MakeRow();
  untitled.edge.type = kPartOf;
  EXPECT_THAT(DecodeAdjRow(EncodeAdjKey(kDefaultNamespace, untitled.edge), value),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("title")));
  for (const size_t offset : {0, 1}) {
    std::string damaged = value;
    damaged[offset] = '\x7F';
    EXPECT_THAT(DecodeAdjRow(key, damaged), StatusIs(absl::StatusCode::kDataLoss, testing::_));
  }
  for (const size_t offset : {12, 13}) {
    std::string damaged = key;
    damaged[offset] = '\x7F';
    EXPECT_THAT(DecodeAdjRow(damaged, value), StatusIs(absl::StatusCode::kDataLoss, testing::_));
  }
}

TEST(KeysTest, AdjOrderIsDirectionTypeNewestUndatedLast) {
  std::vector<std::string> keys;
  for (const Direction direction : {Direction::kOut, Direction::kIn}) {
    for (const EdgeType type : {kPartyTo, kPartOf}) {
      for (const Date& date : {Date{2020, 1, 2}, Date{2020, 1, 0}, Date{1999, 0, 0}, Date{}}) {
        AdjRow row = MakeRow();
        row.edge.direction = direction;
        row.edge.type = type;
        row.edge.packed_date = PackDate(date);
        keys.push_back(EncodeAdjKey(kDefaultNamespace, row.edge));
      }
    }
  }
  EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
}

TEST(KeysTest, AdjRangesHoldExactlyTheirRows) {
  const Keys keys(kDefaultNamespace);
  const auto holds = [](const KvRange& range, const std::string& key) {
    return range.begin <= key && key < range.end;
  };
  for (const uint64_t node : {6ul, 7ul, 8ul, ~0ul}) {
    for (const Direction direction : {Direction::kOut, Direction::kIn}) {
      for (const EdgeTypeInfo& type : EdgeTypes()) {
        AdjRow row = MakeRow();
        row.edge.node = NodeId{node};
        row.edge.direction = direction;
        row.edge.type = type.type;
        const std::string key = EncodeAdjKey(kDefaultNamespace, row.edge);
        EXPECT_EQ(holds(keys.Adj(NodeId{7}), key), node == 7);
        EXPECT_EQ(holds(keys.Adj(NodeId{7}, Direction::kIn), key),
                  node == 7 && direction == Direction::kIn);
        EXPECT_EQ(holds(keys.Adj(NodeId{7}, Direction::kIn, kUses), key),
                  node == 7 && direction == Direction::kIn && type.type == kUses);
      }
    }
  }
  // Both ends lie in the node's prefix, whatever the node.
  const KvRange last = keys.Adj(NodeId{~0ul});
  EXPECT_EQ(last.begin.substr(0, kNodePrefixBytes), last.end.substr(0, kNodePrefixBytes));
}

TEST(KeysTest, PrefixRangeCarriesOverFullBytes) {
  EXPECT_EQ(PrefixRange("a").end, "b");
  EXPECT_EQ(PrefixRange("a\xFF\xFF").end, "b");
  EXPECT_EQ(PrefixRange(std::string("\0\xFF", 2)).end, "\x01");
}

TEST(KeysTest, NumbersKeepTheirOrder) {
  const uint64_t ascending[] = {0, 1, 255, 256, 1ul << 32, ~0ul};
  for (size_t i = 0; i < std::size(ascending); ++i) {
    EXPECT_EQ(*DecodeU64(EncodeU64(ascending[i]), "number"), ascending[i]);
    if (i > 0) {
      EXPECT_LT(EncodeU64(ascending[i - 1]), EncodeU64(ascending[i]));
    }
  }
  EXPECT_THAT(DecodeU64("short", "number"),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("number has 5 bytes, want 8")));
  EXPECT_THAT(DecodeU64List("short", "list"), StatusIs(absl::StatusCode::kDataLoss, testing::_));
}

storage::EvidenceRecord MakeEvidence(uint64_t group, float confidence, const Date& published,
                                     FactStatus status, const Date& date) {
  storage::EvidenceRecord record;
  record.set_group(group);
  record.set_confidence(confidence);
  record.set_published(PackDate(published));
  record.set_status(static_cast<uint32_t>(status));
  record.set_date(PackDate(date));
  return record;
}

TEST(FactAggregateTest, FollowsItsRulesInAnyOrder) {
  const storage::EvidenceRecord a =
      MakeEvidence(1, 0.5f, {2018, 1, 1}, FactStatus::kPlanned, {2018, 0, 0});
  const storage::EvidenceRecord copy =
      MakeEvidence(1, 0.25f, {2018, 1, 2}, FactStatus::kPlanned, {2018, 0, 0});
  const storage::EvidenceRecord b =
      MakeEvidence(2, 0.5f, {2019, 1, 1}, FactStatus::kActive, {2018, 5, 1});
  std::vector<const storage::EvidenceRecord*> evidence = {&a, &copy, &b};
  std::sort(evidence.begin(), evidence.end());
  do {
    storage::FactRecord fact;
    AggregateEvidence(evidence, fact);
    EXPECT_EQ(fact.source_count(), 2u);
    EXPECT_FLOAT_EQ(fact.confidence(), 0.75f);
    EXPECT_EQ(fact.status(), static_cast<uint32_t>(FactStatus::kActive));
    EXPECT_EQ(fact.date(), PackDate({2018, 5, 1}));
  } while (std::next_permutation(evidence.begin(), evidence.end()));
}

TEST(FactAggregateTest, NoAmountOfEvidenceIsProof) {
  const storage::EvidenceRecord certain = MakeEvidence(1, 1.0f, {}, FactStatus::kActive, {});
  const storage::EvidenceRecord* evidence[] = {&certain};
  storage::FactRecord fact;
  AggregateEvidence(evidence, fact);
  EXPECT_FLOAT_EQ(fact.confidence(), 0.99f);
}

TEST(Utf8Test, FindsTheFirstBadByte) {
  EXPECT_EQ(FindInvalidUtf8("星河 abc"), std::nullopt);
  EXPECT_EQ(FindInvalidUtf8("ab\xFF"), 2u);
  EXPECT_EQ(FindInvalidUtf8("星\xE6\x98"), 3u);
  EXPECT_EQ(FindInvalidUtf8("\xED\xA0\x80"), 0u);  // A surrogate.
  EXPECT_TRUE(IsCharBoundary("星河", 3));
  EXPECT_TRUE(IsCharBoundary("星河", 6));
  EXPECT_FALSE(IsCharBoundary("星河", 4));
  EXPECT_FALSE(IsCharBoundary("星河", 7));
}

}  // namespace
}  // namespace partnergraph
