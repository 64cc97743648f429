#include "graph/external_sort.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/bulk_rows.h"
#include "graph/name_row_sorter.h"
#include "graph/node_id_map.h"
#include "gtest/gtest.h"
#include "tests/graph/temporary_directory.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

struct Pair {
  uint64_t key = 0;
  uint64_t other = 0;
  uint64_t Prefix() const { return key; }
  friend bool operator<(const Pair& a, const Pair& b) {
    return std::tie(a.key, a.other) < std::tie(b.key, b.other);
  }
  friend bool operator==(const Pair&, const Pair&) = default;
};

std::vector<Pair> ReadAll(const ExternalSorter<Pair>& sorter) {
  const auto runs = sorter.runs();
  std::vector<Pair> all;
  for (MergeCursor<Pair> cursor(runs); cursor.Get() != nullptr; cursor.Next()) {
    all.push_back(*cursor.Get());
  }
  return all;
}

TEST(ExternalSortTest, SortsInMemoryAndThroughFiles) {
  TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "");
  std::mt19937_64 random(3);
  SortBlockPool pool;  // Of all: blocks are used again as they are.
  for (const size_t count : {size_t{0}, size_t{1}, size_t{1000}, size_t{100'000}}) {
    // Spread keys, few different ones, and one only.
    for (const uint64_t keys : {UINT64_MAX, uint64_t{50}, uint64_t{1}}) {
      std::vector<Pair> records(count);
      for (Pair& record : records) record = {random() % keys, random() % 1000};
      for (const size_t memory : {size_t{1}, size_t{1} << 30}) {
        for (const int threads : {1, 3}) {
          ExternalSorter<Pair> sorter(directory / "", pool, memory, threads);
          for (size_t begin = 0; begin < count; begin += 777) {
            const size_t size = std::min<size_t>(777, count - begin);
            ASSERT_THAT(sorter.Add(std::span(records).subspan(begin, size)), IsOk());
          }
          ASSERT_THAT(sorter.Sort(), IsOk());
          EXPECT_EQ(sorter.size(), count);
          if (count == 100'000) {
            EXPECT_EQ(sorter.InMemory() == nullptr, memory == 1);
          }
          std::vector<Pair> want = records;
          std::sort(want.begin(), want.end());
          ASSERT_EQ(ReadAll(sorter), want);
        }
      }
    }
  }
  EXPECT_TRUE(std::filesystem::is_empty(directory / "")) << "no file has a name";
}

TEST(ExternalSortTest, AnUnusableDirectoryIsAnError) {
  SortBlockPool pool;
  ExternalSorter<Pair> sorter("/nowhere/at/all", pool, 1, 1);
  const std::vector<Pair> records(100'000);
  EXPECT_THAT(sorter.Add(records), StatusIs(absl::StatusCode::kUnavailable, testing::_));
}

TEST(SortMemoryTest, ArraysAreMadeOfReturnedBlocks) {
  constexpr size_t kBlock = SortBlockPool::kBlockBytes;
  SortBlockPool pool;
  std::vector<SortMemory> blocks(3);
  for (SortMemory& block : blocks) {
    ASSERT_OK_AND_ASSIGN(block, pool.Take());
    std::fill_n(block.data(), kBlock, 'x');
  }
  for (SortMemory& block : blocks) pool.Return(std::move(block));
  ASSERT_OK_AND_ASSIGN(const SortMemory array, pool.TakeArray(4 * kBlock - 1));
  EXPECT_EQ(array.bytes(), 4 * kBlock);
  EXPECT_EQ(std::count(array.data(), array.data() + 3 * kBlock, 'x'), 3 * kBlock);
  // The rest is new, and so is what comes next.
  EXPECT_EQ(std::count(array.data() + 3 * kBlock, array.data() + 4 * kBlock, '\0'), kBlock);
  ASSERT_OK_AND_ASSIGN(const SortMemory next, pool.Take());
  EXPECT_EQ(*next.data(), '\0');
  ASSERT_OK_AND_ASSIGN(const SortMemory none, pool.TakeArray(0));
  EXPECT_EQ(none.bytes(), 0u);
}

TEST(SortMemoryTest, MoreThanThereIsIsAnError) {
  SortBlockPool pool;
  EXPECT_THAT(pool.TakeArray(size_t{1} << 60),
              StatusIs(absl::StatusCode::kResourceExhausted, testing::HasSubstr("sort")));
}

TEST(NameRowSorterTest, GivesEachRowOnceInTheOrderOfKeys) {
  TemporaryDirectory directory;
  std::filesystem::create_directories(directory / "");
  for (const size_t memory : {size_t{1}, size_t{2000}, size_t{1} << 30}) {
    std::mt19937 random(5);
    NameRowSorter sorter(directory / "", memory);
    std::map<std::pair<std::string, uint32_t>, std::string> want;
    // In batches of ten nodes; every seventh node is left out.
    NameRowBatch rows_of_batch;
    std::vector<uint32_t> numbers;
    for (uint32_t node = 0; node < 100; ++node) {
      numbers.push_back(node % 7 == 3 ? NameRowSorter::kLeftOut : node);
      for (int i = 0; i < 5; ++i) {
        const std::string key(random() % 12, static_cast<char>('a' + random() % 2));
        const auto kind = random() % 2 == 0 ? NameKeyKind::kNormalized : NameKeyKind::kCore;
        const std::string shown = absl::StrCat("name ", i);
        rows_of_batch.Add(kind, key, node % 10, shown);
        if (numbers.back() != node) continue;
        want.emplace(std::pair(static_cast<char>(kind) + key, node), shown);
      }
      if (node % 10 != 9) continue;
      ASSERT_THAT(sorter.Add(rows_of_batch, numbers), IsOk());
      rows_of_batch = {};
      numbers.clear();
    }
    std::vector<std::pair<std::pair<std::string, uint32_t>, std::string>> rows;
    ASSERT_THAT(sorter.Scan([&](std::string_view key, uint32_t node, std::string_view shown) {
      rows.push_back({{std::string(key), node}, std::string(shown)});
      return absl::OkStatus();
    }),
                IsOk());
    EXPECT_THAT(rows, testing::ElementsAreArray(want.begin(), want.end())) << memory;
  }
}

TEST(NodeIdMapTest, FindsWhatWasInserted) {
  NodeIdMap map;
  const auto id = [](uint32_t i) { return absl::StrCat("company-", i); };
  for (uint32_t i = 0; i < 10'000; ++i) ASSERT_TRUE(map.Insert(map.KeyOf(id(i)), i));
  EXPECT_FALSE(map.Insert(map.KeyOf(id(5)), 1));
  for (uint32_t i = 0; i < 10'000; ++i) ASSERT_EQ(map.Find(map.KeyOf(id(i))), i);
  EXPECT_EQ(map.Find(map.KeyOf("")), NodeIdMap::kNone);
  EXPECT_EQ(map.Find(map.KeyOf(id(10'000))), NodeIdMap::kNone);
  EXPECT_EQ(map.size(), 10'000u);
}

}  // namespace
}  // namespace partnergraph
