// The contract of KvStore as tests: the same cases for every engine. Instantiate with a factory.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/kv_store.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph {

struct KvStoreBackend {
  std::string name;
  std::function<std::unique_ptr<KvStore>()> open;  // An empty store.
};
inline void PrintTo(const KvStoreBackend& backend, std::ostream* os) { *os << backend.name; }

class KvStoreContract : public testing::TestWithParam<KvStoreBackend> {
 protected:
  using Entries = std::vector<std::pair<std::string, std::string>>;

  void SetUp() override {
    store_ = GetParam().open();
    ASSERT_NE(store_, nullptr);
  }

  static KvWrite Put(std::string key, std::string value, ColumnFamily cf = ColumnFamily::kFact) {
    return {cf, std::move(key), std::move(value)};
  }
  static KvWrite Delete(std::string key, ColumnFamily cf = ColumnFamily::kFact) {
    return {cf, std::move(key), std::nullopt};
  }
  absl::Status Commit(std::vector<KvWrite> writes, std::vector<KvExpectation> expectations = {},
                      std::string idempotency_key = "") {
    return store_->Commit(writes, expectations, idempotency_key);
  }
  std::optional<std::string> Get(std::string_view key, const KvSnapshot* snapshot = nullptr,
                                 ColumnFamily cf = ColumnFamily::kFact) {
    const auto value = store_->Get(snapshot, cf, key);
    EXPECT_THAT(value, IsOk());
    return value.ok() ? *value : std::nullopt;
  }
  // What a scan of one range gives.
  Entries Scan(const KvRange& range, const KvSnapshot* snapshot = nullptr,
               ColumnFamily cf = ColumnFamily::kFact, KvRangeEnd* end = nullptr) {
    Entries entries;
    const auto ends = store_->MultiScan(snapshot, cf, {&range, 1}, {},
                                        [&](size_t, std::string_view key, std::string_view value) {
                                          entries.emplace_back(key, value);
                                          return true;
                                        });
    EXPECT_THAT(ends, IsOk());
    if (ends.ok() && end != nullptr) *end = ends->at(0);
    return entries;
  }

  std::unique_ptr<KvStore> store_;
};

TEST_P(KvStoreContract, ReadsWhatWasWritten) {
  ASSERT_THAT(Commit({Put("a", "1"), Put(std::string("b\0c", 3), std::string("\0\xFF", 2)),
                      Put("empty", "")}),
              IsOk());
  EXPECT_EQ(Get("a"), "1");
  EXPECT_EQ(Get(std::string("b\0c", 3)), std::string("\0\xFF", 2));
  EXPECT_EQ(Get("empty"), "");
  EXPECT_EQ(Get("b"), std::nullopt);
}

TEST_P(KvStoreContract, FamiliesAreSeparate) {
  for (int i = 0; i < kColumnFamilyCount; ++i) {
    const auto cf = static_cast<ColumnFamily>(i);
    ASSERT_THAT(Commit({Put("key-of-13-bytes", std::string(ColumnFamilyName(cf)), cf)}), IsOk());
  }
  for (int i = 0; i < kColumnFamilyCount; ++i) {
    const auto cf = static_cast<ColumnFamily>(i);
    EXPECT_EQ(Get("key-of-13-bytes", nullptr, cf), std::string(ColumnFamilyName(cf)));
    EXPECT_EQ(Scan({"", "z"}, nullptr, cf).size(), 1u);
  }
}

TEST_P(KvStoreContract, LaterWriteToOneKeyWins) {
  ASSERT_THAT(Commit({Put("a", "1"), Put("a", "2"), Put("b", "1"), Delete("b"), Delete("c"),
                      Put("c", "3")}),
              IsOk());
  EXPECT_EQ(Get("a"), "2");
  EXPECT_EQ(Get("b"), std::nullopt);
  EXPECT_EQ(Get("c"), "3");
}

TEST_P(KvStoreContract, MultiGetKeepsTheOrderOfKeys) {
  ASSERT_THAT(Commit({Put("a", "1"), Put("b", "2")}), IsOk());
  const std::vector<std::string> keys = {"b", "missing", "a", "b"};
  ASSERT_OK_AND_ASSIGN(const auto values, store_->MultiGet(nullptr, ColumnFamily::kFact, keys));
  EXPECT_THAT(values, testing::ElementsAre("2", std::nullopt, "1", "2"));
  EXPECT_THAT(*store_->MultiGet(nullptr, ColumnFamily::kFact, {}), testing::IsEmpty());
}

TEST_P(KvStoreContract, ScansInUnsignedByteOrder) {
  ASSERT_THAT(Commit({Put("\xFF", "4"), Put("\x7F", "2"), Put(std::string(1, '\0'), "0"),
                      Put("\x80", "3"), Put("\x01", "1")}),
              IsOk());
  const Entries entries = Scan({"", "\xFF\xFF"});
  ASSERT_EQ(entries.size(), 5u);
  for (size_t i = 0; i < entries.size(); ++i) EXPECT_EQ(entries[i].second, absl::StrCat(i));
}

TEST_P(KvStoreContract, RangesAreHalfOpen) {
  ASSERT_THAT(Commit({Put("a", ""), Put("b", ""), Put("b1", ""), Put("c", "")}), IsOk());
  EXPECT_THAT(Scan({"a", "b"}), testing::ElementsAre(testing::Pair("a", "")));
  EXPECT_THAT(Scan({"b", "c"}),
              testing::ElementsAre(testing::Pair("b", ""), testing::Pair("b1", "")));
  EXPECT_THAT(Scan({"c", "c"}), testing::IsEmpty());
  EXPECT_THAT(Scan({"d", "a"}), testing::IsEmpty());
}

TEST_P(KvStoreContract, RangeStopsAtItsLimitAndResumes) {
  ASSERT_THAT(Commit({Put("a", ""), Put("b", ""), Put("c", ""), Put("d", "")}), IsOk());
  KvRangeEnd end;
  EXPECT_EQ(Scan({"a", "d", 2}, nullptr, ColumnFamily::kFact, &end).size(), 2u);
  EXPECT_FALSE(end.complete);
  EXPECT_THAT(Scan({end.resume, "d"}, nullptr, ColumnFamily::kFact, &end),
              testing::ElementsAre(testing::Pair("c", "")));
  EXPECT_TRUE(end.complete);
  EXPECT_EQ(end.resume, "");
  // A limit that the range does not exceed is no cut.
  EXPECT_EQ(Scan({"a", "d", 3}, nullptr, ColumnFamily::kFact, &end).size(), 3u);
  EXPECT_TRUE(end.complete);
  EXPECT_TRUE(Scan({"a", "d", 0}, nullptr, ColumnFamily::kFact, &end).empty());
  EXPECT_FALSE(end.complete);
}

TEST_P(KvStoreContract, SinkEndsARangeButNotTheOthers) {
  ASSERT_THAT(Commit({Put("a1", ""), Put("a2", ""), Put("b1", ""), Put("b2", "")}), IsOk());
  const std::vector<KvRange> ranges = {{"b", "c"}, {"a", "b"}, {"x", "y"}, {"a", "c"}};
  std::vector<std::pair<size_t, std::string>> seen;
  ASSERT_OK_AND_ASSIGN(const std::vector<KvRangeEnd> ends,
                       store_->MultiScan(nullptr, ColumnFamily::kFact, ranges, {},
                                         [&](size_t range, std::string_view key, std::string_view) {
                                           seen.emplace_back(range, key);
                                           return range != 0 && key != "b1";
                                         }));
  EXPECT_THAT(seen, testing::ElementsAre(testing::Pair(0, "b1"), testing::Pair(1, "a1"),
                                         testing::Pair(1, "a2"), testing::Pair(3, "a1"),
                                         testing::Pair(3, "a2"), testing::Pair(3, "b1")));
  ASSERT_EQ(ends.size(), 4u);
  EXPECT_FALSE(ends[0].complete);
  EXPECT_THAT(Scan({ends[0].resume, "c"}), testing::ElementsAre(testing::Pair("b2", "")));
  EXPECT_TRUE(ends[1].complete);
  EXPECT_TRUE(ends[2].complete);
  EXPECT_FALSE(ends[3].complete);
}

TEST_P(KvStoreContract, ScanCanBeCancelled) {
  std::vector<KvWrite> writes;
  for (int i = 0; i < 2000; ++i) writes.push_back(Put(absl::StrCat("key", i), "v"));
  ASSERT_THAT(Commit(writes), IsOk());
  size_t seen = 0;
  KvReadOptions options;
  options.cancelled = [&] { return seen >= 300; };
  const KvRange range{"", "z"};
  EXPECT_THAT(store_
                  ->MultiScan(nullptr, ColumnFamily::kFact, {&range, 1}, options,
                              [&](size_t, std::string_view, std::string_view) {
                                ++seen;
                                return true;
                              })
                  .status(),
              StatusIs(absl::StatusCode::kCancelled, testing::_));
  EXPECT_LE(seen, 300u + 256u);
}

TEST_P(KvStoreContract, SnapshotDoesNotChange) {
  ASSERT_THAT(Commit({Put("a", "1"), Put("b", "1")}), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto snapshot, store_->Snapshot());
  ASSERT_THAT(Commit({Put("a", "2"), Delete("b"), Put("c", "2")}), IsOk());
  EXPECT_EQ(Get("a", snapshot.get()), "1");
  EXPECT_EQ(Get("b", snapshot.get()), "1");
  EXPECT_EQ(Get("c", snapshot.get()), std::nullopt);
  EXPECT_THAT(Scan({"", "z"}, snapshot.get()),
              testing::ElementsAre(testing::Pair("a", "1"), testing::Pair("b", "1")));
  const std::vector<std::string> keys = {"a", "c"};
  EXPECT_THAT(*store_->MultiGet(snapshot.get(), ColumnFamily::kFact, keys),
              testing::ElementsAre("1", std::nullopt));
  EXPECT_EQ(Get("a"), "2");
}

TEST_P(KvStoreContract, CommitOverFamiliesIsAtomic) {
  ASSERT_THAT(Commit({Put("a", "1")}), IsOk());
  const std::vector<KvExpectation> wrong = {{ColumnFamily::kFact, "a", "other"}};
  EXPECT_THAT(Commit({Put("x", "1"), Put("y", "1", ColumnFamily::kNode)}, wrong),
              StatusIs(absl::StatusCode::kAborted, testing::_));
  EXPECT_EQ(Get("x"), std::nullopt);
  EXPECT_EQ(Get("y", nullptr, ColumnFamily::kNode), std::nullopt);
}

TEST_P(KvStoreContract, ExpectationsAreExact) {
  ASSERT_THAT(Commit({Put("a", "1")}), IsOk());
  const auto expect = [](std::string key, std::optional<std::string> value) {
    return std::vector<KvExpectation>{{ColumnFamily::kFact, std::move(key), std::move(value)}};
  };
  EXPECT_THAT(Commit({Put("b", "1")}, expect("a", "1")), IsOk());
  EXPECT_THAT(Commit({Put("c", "1")}, expect("missing", std::nullopt)), IsOk());
  EXPECT_THAT(Commit({Put("d", "1")}, expect("a", std::nullopt)),
              StatusIs(absl::StatusCode::kAborted, testing::_));
  EXPECT_THAT(Commit({Put("d", "1")}, expect("missing", "")),
              StatusIs(absl::StatusCode::kAborted, testing::_));
  EXPECT_EQ(Get("d"), std::nullopt);
}

TEST_P(KvStoreContract, BatchWithAKnownKeyIsNotAppliedAgain) {
  ASSERT_THAT(Commit({Put("a", "1")}, {}, "write-1"), IsOk());
  EXPECT_THAT(*store_->WasApplied("write-1"), true);
  EXPECT_THAT(*store_->WasApplied("write-2"), false);
  EXPECT_THAT(Commit({Put("a", "2")}, {}, "write-1"),
              StatusIs(absl::StatusCode::kAlreadyExists, testing::_));
  EXPECT_EQ(Get("a"), "1");
  // A batch that was not applied leaves no key behind.
  EXPECT_THAT(Commit({}, {{{ColumnFamily::kFact, "a", "9"}}}, "write-2"),
              StatusIs(absl::StatusCode::kAborted, testing::_));
  EXPECT_THAT(*store_->WasApplied("write-2"), false);
}

TEST_P(KvStoreContract, RemembersAWindowOfKeys) {
  for (size_t i = 0; i < kIdempotencyWindow + 1; ++i) {
    ASSERT_THAT(Commit({}, {}, absl::StrCat("write-", i)), IsOk());
    ASSERT_THAT(Commit({}, {}, ""), IsOk());
  }
  EXPECT_THAT(*store_->WasApplied("write-0"), false);
  EXPECT_THAT(*store_->WasApplied("write-1"), true);
  EXPECT_THAT(*store_->WasApplied(absl::StrCat("write-", kIdempotencyWindow)), true);
  EXPECT_THAT(*store_->WasApplied(""), false);
}

TEST_P(KvStoreContract, RefusesWhatIsOverItsLimits) {
  const KvLimits limits = store_->Limits();
  const auto refused = [](const std::string& what) {
    return StatusIs(absl::StatusCode::kResourceExhausted, testing::HasSubstr(what));
  };
  EXPECT_THAT(Commit({Put("a", std::string(limits.value_bytes_max + 1, 'v'))}),
              refused(absl::StrCat(limits.value_bytes_max + 1)));
  EXPECT_THAT(Commit({Put(std::string(limits.key_bytes_max + 1, 'k'), "")}),
              refused(absl::StrCat(limits.key_bytes_max + 1)));
  EXPECT_THAT(Commit({}, {}, std::string(limits.key_bytes_max + 1, 'k')),
              refused(absl::StrCat(limits.key_bytes_max + 1)));
  const std::string value(limits.value_bytes_max, 'v');
  std::vector<KvWrite> writes;
  size_t bytes = 0;
  while (bytes <= limits.batch_bytes_max) {
    writes.push_back(Put(absl::StrCat("k", writes.size()), value));
    bytes = BatchBytes(writes);
  }
  EXPECT_THAT(Commit(writes), refused(absl::StrCat(bytes)));
  EXPECT_THAT(Scan({"", "z"}), testing::IsEmpty());
  writes.pop_back();
  EXPECT_THAT(Commit(writes), IsOk());
}

TEST_P(KvStoreContract, ScansOfOneNodeAndOfManyAgree) {
  // Keys as the adj family has them: all that share 12 bytes may be filtered by them.
  const auto key = [](int node, int edge) {
    return absl::StrCat("namespace-", node / 10, node % 10, "-edge-", edge);
  };
  std::vector<KvWrite> writes;
  for (int node = 0; node < 20; node += 2) {
    for (int edge = 0; edge < 5; ++edge) {
      writes.push_back(Put(key(node, edge), "", ColumnFamily::kAdj));
    }
  }
  ASSERT_THAT(Commit(writes), IsOk());
  EXPECT_EQ(Scan({"", "z"}, nullptr, ColumnFamily::kAdj).size(), 50u);
  EXPECT_EQ(Scan({key(3, 0), key(9, 0)}, nullptr, ColumnFamily::kAdj).size(), 15u);
  std::vector<KvRange> ranges;
  for (int node = 0; node < 20; ++node) ranges.push_back({key(node, 1), key(node, 4)});
  std::vector<int> counts(ranges.size());
  ASSERT_THAT(store_
                  ->MultiScan(nullptr, ColumnFamily::kAdj, ranges, {},
                              [&](size_t range, std::string_view, std::string_view) {
                                ++counts[range];
                                return true;
                              })
                  .status(),
              IsOk());
  for (int node = 0; node < 20; ++node) EXPECT_EQ(counts[node], node % 2 == 0 ? 3 : 0) << node;
}

TEST_P(KvStoreContract, BulkLoadsAppearAtOnce) {
  ASSERT_THAT(Commit({Put("a", "old"), Put("k5", "old")}), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto before, store_->Snapshot());
  ASSERT_OK_AND_ASSIGN(const auto load, store_->StartBulkLoad());
  // Two writers of one family, and one of another.
  ASSERT_OK_AND_ASSIGN(const auto high, load->NewWriter(ColumnFamily::kFact));
  ASSERT_OK_AND_ASSIGN(const auto low, load->NewWriter(ColumnFamily::kFact));
  ASSERT_OK_AND_ASSIGN(const auto other, load->NewWriter(ColumnFamily::kMeta));
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT((i < 5 ? low : high)->Put(absl::StrCat("k", i), absl::StrCat(i)), IsOk());
  }
  ASSERT_THAT(other->Put("counter", "2"), IsOk());
  for (const auto* writer : {&high, &low, &other}) ASSERT_THAT((*writer)->Finish(), IsOk());
  EXPECT_EQ(Get("k5"), "old");
  const KvExpectation expected{ColumnFamily::kFact, "a", "old"};
  ASSERT_THAT(load->Apply({&expected, 1}), IsOk());
  EXPECT_EQ(Get("k5"), "5") << "the row that was loaded replaces the stored one";
  EXPECT_EQ(Get("k0"), "0");
  EXPECT_EQ(Get("counter", nullptr, ColumnFamily::kMeta), "2");
  EXPECT_EQ(Scan({"", "z"}).size(), 11u);
  EXPECT_EQ(Get("k5", before.get()), "old") << "a snapshot does not change";
  EXPECT_EQ(Scan({"", "z"}, before.get()).size(), 2u);
  ASSERT_THAT(Commit({Put("k0", "newer"), Delete("k1")}), IsOk());
  EXPECT_EQ(Get("k0"), "newer");
  EXPECT_EQ(Get("k1"), std::nullopt);
}

TEST_P(KvStoreContract, BulkLoadsKeepTheirExpectations) {
  ASSERT_THAT(Commit({Put("a", "1")}), IsOk());
  const KvExpectation expected{ColumnFamily::kFact, "a", "2"};
  ASSERT_OK_AND_ASSIGN(const auto load, store_->StartBulkLoad());
  ASSERT_OK_AND_ASSIGN(const auto writer, load->NewWriter(ColumnFamily::kFact));
  ASSERT_THAT(writer->Put("b", ""), IsOk());
  ASSERT_THAT(writer->Finish(), IsOk());
  EXPECT_THAT(load->Apply({&expected, 1}), StatusIs(absl::StatusCode::kAborted, testing::_));
  EXPECT_EQ(Get("b"), std::nullopt);
}

TEST_P(KvStoreContract, BulkLoadsThatAreGivenUpLeaveNothing) {
  {
    ASSERT_OK_AND_ASSIGN(const auto load, store_->StartBulkLoad());
    EXPECT_THAT(store_->StartBulkLoad(),
                StatusIs(absl::StatusCode::kFailedPrecondition, testing::_));
    ASSERT_OK_AND_ASSIGN(const auto writer, load->NewWriter(ColumnFamily::kFact));
    ASSERT_THAT(writer->Put("b", "x"), IsOk());
    EXPECT_THAT(writer->Put("a", "x").ok(), false) << "keys ascend";
  }
  EXPECT_EQ(Get("b"), std::nullopt);
  ASSERT_OK_AND_ASSIGN(const auto again, store_->StartBulkLoad());
  ASSERT_THAT(again->Apply({}), IsOk());
  EXPECT_THAT(Scan({"", "z"}), testing::IsEmpty());
}

}  // namespace partnergraph
