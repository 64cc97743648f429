#include "graph/node_marks.h"

#include <random>
#include <set>

#include "gtest/gtest.h"

namespace partnergraph {
namespace {

TEST(NodeMarksTest, BitmapsAndHashSetsAnswerAsASetDoes) {
  std::mt19937 random(7);
  for (const uint32_t node_end : {0u, 1u, 64u, 1000u, 5000u}) {
    NodeMarks marks(node_end);  // A bitmap is empty again when it comes from the one before.
    std::set<uint64_t> set;
    for (int i = 0; i < 3000; ++i) {
      const uint64_t id = random() % 2000;
      EXPECT_EQ(marks.Contains(NodeId{id}), set.contains(id));
      EXPECT_EQ(marks.Insert(NodeId{id}), set.insert(id).second);
      EXPECT_EQ(marks.size(), set.size());
    }
  }
}

TEST(NodeMarksTest, TakesIdsBeyondTheEnd) {
  NodeMarks marks(10);
  EXPECT_TRUE(marks.Insert(NodeId{uint64_t{1} << 40}));
  EXPECT_FALSE(marks.Insert(NodeId{uint64_t{1} << 40}));
  EXPECT_FALSE(marks.Contains(NodeId{10}));
  EXPECT_TRUE(marks.Contains(NodeId{uint64_t{1} << 40}));
}

}  // namespace
}  // namespace partnergraph
