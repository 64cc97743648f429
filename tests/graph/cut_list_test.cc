#include "graph/cut_list.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/graph/memory_edge_source.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

// Describes every node.
class AnyNode : public MemoryEdgeSource {
 public:
  absl::StatusOr<std::vector<RingNode>> Describe(std::span<const NodeId> nodes) override {
    described += nodes.size();
    return std::vector<RingNode>(nodes.size(), RingNode{.degree = 9});
  }
  size_t described = 0;
};

TEST(CutListTest, NothingIsNoTruncation) {
  AnyNode source;
  ASSERT_OK_AND_ASSIGN(const auto truncation, CutList().Finish(source));
  EXPECT_FALSE(truncation.has_value());
}

TEST(CutListTest, TheFirstReasonAndTheSmallestNumberCount) {
  CutList cuts;
  const auto at = [](const char* place) { return [place] { return std::string(place); }; };
  cuts.Add(NodeId{1}, 5, TruncationReason::kPerNodeLimit, 0, at("five"));
  cuts.Add(NodeId{1}, 3, TruncationReason::kNodes, 0, at("three"));
  cuts.Add(NodeId{1}, 4, TruncationReason::kNodes, 0, at("four"));
  cuts.Add(NodeId{2}, 0, TruncationReason::kNodes, 1, at("none"));
  AnyNode source;
  ASSERT_OK_AND_ASSIGN(const auto finished, cuts.Finish(source));
  const Truncation truncation = finished.value_or(Truncation());
  EXPECT_EQ(truncation.reason, TruncationReason::kPerNodeLimit);
  ASSERT_EQ(truncation.nodes.size(), 2u);
  EXPECT_EQ(truncation.node_count, 2u);
  EXPECT_EQ(truncation.nodes[0].kept, 3u);
  EXPECT_EQ(truncation.nodes[0].position, "three");
  EXPECT_EQ(truncation.nodes[0].degree, 9u);
  EXPECT_EQ(truncation.nodes[1].position, "") << "nothing was kept";
}

TEST(CutListTest, ANodeGoesOnInEachStepThatItWasCutIn) {
  CutList cuts;
  const auto at = [](const char* place) { return [place] { return std::string(place); }; };
  cuts.Add(NodeId{1}, 5, TruncationReason::kPerNodeLimit, 0, at("first"));
  cuts.Add(NodeId{1}, 3, TruncationReason::kPerNodeLimit, 2, at("third"));
  cuts.AddRest(std::vector<uint32_t>{1}, TruncationReason::kNodes, 1);
  AnyNode source;
  ASSERT_OK_AND_ASSIGN(const auto finished, cuts.Finish(source));
  const Truncation truncation = finished.value_or(Truncation());
  ASSERT_EQ(truncation.nodes.size(), 3u);
  EXPECT_EQ(truncation.node_count, 3u);
  EXPECT_EQ(truncation.nodes[0].step, 0u);
  EXPECT_EQ(truncation.nodes[0].position, "first");
  EXPECT_EQ(truncation.nodes[1].step, 2u);
  EXPECT_EQ(truncation.nodes[1].position, "third");
  EXPECT_EQ(truncation.nodes[2].step, 1u);
  EXPECT_EQ(truncation.nodes[2].position, "");
}

TEST(CutListTest, WhatIsNotInTheAnswerIsNoBeginning) {
  CutList cuts;
  cuts.Add(NodeId{1}, 5, TruncationReason::kPerNodeLimit, 0, [] { return std::string("place"); });
  cuts.ForgetKept();
  cuts.Add(NodeId{2}, 4, TruncationReason::kPerNodeLimit, 0, [] { return std::string("later"); });
  AnyNode source;
  ASSERT_OK_AND_ASSIGN(const auto finished, cuts.Finish(source));
  const Truncation truncation = finished.value_or(Truncation());
  ASSERT_EQ(truncation.nodes.size(), 2u);
  EXPECT_EQ(truncation.nodes[0].kept, 0u);
  EXPECT_EQ(truncation.nodes[0].position, "");
  EXPECT_EQ(truncation.nodes[1].position, "later");
}

// Once no more nodes are told apart, those that are listed still are.
TEST(CutListTest, TheRestOfAMillionTakesListedNodesBack) {
  CutList cuts;
  cuts.Add(NodeId{900'000}, 5, TruncationReason::kPerNodeLimit, 0, [] { return std::string("a"); });
  cuts.Add(NodeId{900'000}, 5, TruncationReason::kPerNodeLimit, 1, [] { return std::string("b"); });
  std::vector<uint32_t> frontier(1'000'000);
  for (uint32_t i = 0; i < frontier.size(); ++i) frontier[i] = i + 1;
  cuts.AddRest(frontier, TruncationReason::kDeadline, 1);
  AnyNode source;
  ASSERT_OK_AND_ASSIGN(const auto finished, cuts.Finish(source));
  const Truncation truncation = finished.value_or(Truncation());
  ASSERT_EQ(truncation.nodes.size(), kCutNodesMax);
  EXPECT_EQ(truncation.nodes[0].position, "a");
  EXPECT_EQ(truncation.nodes[1].kept, 0u);
  EXPECT_EQ(truncation.nodes[1].position, "");
}

TEST(CutListTest, AFrontierOfAMillionIsCountedAndAHundredListed) {
  std::vector<uint32_t> frontier(1'000'000);
  for (uint32_t i = 0; i < frontier.size(); ++i) frontier[i] = i + 1;
  CutList cuts;
  cuts.AddRest(frontier, TruncationReason::kDeadline);
  // Of those that are told apart one that is cut again is no further one.
  cuts.Add(NodeId{50'000}, 0, TruncationReason::kNodes);
  int asked = 0;
  cuts.Add(NodeId{3'000'000}, 1, TruncationReason::kNodes, 0, [&] {
    ++asked;
    return std::string("place");
  });
  AnyNode source;
  ASSERT_OK_AND_ASSIGN(const auto finished, cuts.Finish(source));
  const Truncation truncation = finished.value_or(Truncation());
  EXPECT_EQ(truncation.reason, TruncationReason::kDeadline);
  EXPECT_EQ(truncation.nodes.size(), kCutNodesMax);
  EXPECT_EQ(truncation.node_count, 1'000'001u);
  EXPECT_EQ(source.described, kCutNodesMax);
  EXPECT_EQ(asked, 0) << "no place is made for what is not listed";
}

}  // namespace
}  // namespace partnergraph
