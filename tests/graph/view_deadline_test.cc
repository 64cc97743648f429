// Queries of views whose time is over, from rows in memory and from the store: the answer says what
// there is and that it was cut, it is no error; one that is cancelled is one.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/cut_list.h"
#include "graph/graph_store.h"
#include "graph/topology_builder.h"
#include "graph/topology_walk.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/graph/query_answer.h"
#include "tests/graph/two_views_fixture.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::_;

// Tells a query to stop at its n-th question; 0: never.
class Stopper {
 public:
  Budget BudgetFor(uint64_t last, Budget::Stop stop) {
    questions = 0;
    Budget budget{.edges_scanned_max = 1 << 30, .nodes_max = 1 << 30, .per_node_limit = 1 << 30};
    budget.should_stop = [this, last, stop]() -> std::optional<Budget::Stop> {
      ++questions;
      return last > 0 && questions >= last ? std::optional(stop) : std::nullopt;
    };
    return budget;
  }
  uint64_t questions = 0;
};

class ViewDeadlineTest : public TwoViewsTest {
 protected:
  // Every query with a budget, from one node or to another.
  using Ask = std::function<absl::StatusOr<QueryAnswer>(GraphView&, const Budget&)>;

  std::vector<std::pair<std::string, Ask>> Queries(NodeId a, NodeId b) {
    std::vector<std::pair<std::string, Ask>> queries;
    for (const AnswerDetail detail :
         {AnswerDetail::kFull, AnswerDetail::kNodes, AnswerDetail::kCounts}) {
      queries.emplace_back(absl::StrCat("rings ", static_cast<int>(detail)),
                           [=](GraphView& view, const Budget& budget) {
                             AnswerText text;
                             return text.Finish(view.Neighborhood(
                                 {.nodes = {a}, .hops = 3, .detail = detail, .budget = budget},
                                 [&](NeighborhoodPart part) { return text.Add(part); }));
                           });
      queries.emplace_back(absl::StrCat("steps ", static_cast<int>(detail)),
                           [=](GraphView& view, const Budget& budget) {
                             TraverseQuery query{.nodes = {a}, .detail = detail, .budget = budget};
                             query.steps = {{.max_repeat = 3}};
                             AnswerText text;
                             return text.Finish(view.Traverse(
                                 query, [&](std::vector<Walk> walks) { return text.Add(walks); }));
                           });
    }
    for (const PathMode mode :
         {PathMode::kShortest, PathMode::kKShortest, PathMode::kAllSimple, PathMode::kWeighted}) {
      for (const bool expand : {false, true}) {
        queries.emplace_back(absl::StrCat("paths ", static_cast<int>(mode), expand),
                             [=](GraphView& view, const Budget& budget) {
                               return AnswerOf(view.FindPaths(
                                   {.source = a,
                                    .target = b,
                                    .mode = mode,
                                    .paths_max = mode == PathMode::kShortest ? 1u : 10'000u,
                                    .expand_partnerships = expand,
                                    .budget = budget}));
                             });
      }
    }
    queries.emplace_back("cycles", [=](GraphView& view, const Budget& budget) {
      return AnswerOf(view.FindCycles({.node = a, .cycles_max = 10'000, .budget = budget}));
    });
    queries.emplace_back("common", [=](GraphView& view, const Budget& budget) {
      return AnswerOf(view.CommonNeighbors({.nodes = {a, b}, .budget = budget}));
    });
    queries.emplace_back("similar", [=](GraphView& view, const Budget& budget) {
      return AnswerOf(view.SimilarNodes({.node = a, .budget = budget}));
    });
    queries.emplace_back("rank", [=](GraphView& view, const Budget& budget) {
      return AnswerOf(view.RankFromSeeds({.seeds = {a}, .tolerance = 1e-6, .budget = budget}));
    });
    queries.emplace_back("pattern", [=](GraphView& view, const Budget& budget) {
      AnswerText text;
      absl::StatusOr<PatternEnd> end = view.QueryPattern(
          {.text = absl::StrCat("MATCH (a)-[*1..3]-(b) WHERE id(a) = ", ToInt(a), " RETURN b"),
           .budget = budget},
          [&](PatternPart part) { return text.Add(part); });
      return text.Finish(end.ok() ? absl::StatusOr<QueryEnd>(end->end)
                                  : absl::StatusOr<QueryEnd>(end.status()));
    });
    return queries;
  }
};

TEST_P(ViewDeadlineTest, EveryQueryIsCutAndFlaggedOrComplete) {
  for (int round = 0; round < 6; ++round) {
    const NodeId a = nodes_[Below(static_cast<uint32_t>(nodes_.size()))];
    const NodeId b = nodes_[Below(static_cast<uint32_t>(nodes_.size()))];
    if (a == b) continue;
    for (const auto& [name, ask] : Queries(a, b)) {
      for (const auto& view : views_) {
        SCOPED_TRACE(absl::StrCat(name, " ", view->in_memory() ? "rows" : "store"));
        Stopper stopper;
        const Budget free = stopper.BudgetFor(0, Budget::Stop::kDeadline);
        ASSERT_OK_AND_ASSIGN(const QueryAnswer whole, ask(*view, free));
        ASSERT_FALSE(whole.cut.has_value());
        std::set<uint64_t> lasts = {1, 2, 3, 4, 5};
        for (uint64_t part = 1; part <= 4; ++part) lasts.insert(1 + stopper.questions * part / 4);
        for (const uint64_t last : lasts) {
          const Budget budget = stopper.BudgetFor(last, Budget::Stop::kDeadline);
          ASSERT_OK_AND_ASSIGN(const QueryAnswer answer, ask(*view, budget));
          if (last == 1) {
            ASSERT_GE(stopper.questions, 1u);
            ASSERT_TRUE(answer.cut.has_value());
          }
          if (answer.cut.has_value()) {
            EXPECT_EQ(answer.cut->reason, TruncationReason::kDeadline);
            EXPECT_GE(stopper.questions, last);
          } else {
            EXPECT_EQ(answer.text, whole.text) << last;
          }
        }
      }
    }
  }
}

TEST_P(ViewDeadlineTest, EveryQueryEndsAtTheQuestionThatCancelsIt) {
  for (int round = 0; round < 6; ++round) {
    const NodeId a = nodes_[Below(static_cast<uint32_t>(nodes_.size()))];
    const NodeId b = nodes_[Below(static_cast<uint32_t>(nodes_.size()))];
    if (a == b) continue;
    for (const auto& [name, ask] : Queries(a, b)) {
      for (const auto& view : views_) {
        SCOPED_TRACE(absl::StrCat(name, " ", view->in_memory() ? "rows" : "store"));
        Stopper stopper;
        const Budget free = stopper.BudgetFor(0, Budget::Stop::kCancelled);
        ASSERT_THAT(ask(*view, free), IsOk());
        const uint64_t questions = stopper.questions;
        for (uint64_t last = 1; last <= std::min<uint64_t>(questions, 5); ++last) {
          const Budget budget = stopper.BudgetFor(last, Budget::Stop::kCancelled);
          EXPECT_THAT(ask(*view, budget), StatusIs(absl::StatusCode::kCancelled, _));
          EXPECT_EQ(stopper.questions, last);
        }
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ViewDeadlineTest, testing::Range(0, 3));

// Rows between two questions of the walks over rows.
constexpr uint64_t kRowsMax = 4096;

// 20,000 companies in a ring with chords, in memory.
class RowWalkTest : public testing::Test {
 protected:
  static constexpr uint32_t kNodes = 20'000;
  static constexpr uint32_t kSteps[] = {1, 40, 333, 7000};

  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(
        const auto builder,
        TopologyBuilder::Create({.node_end = kNodes + 1, .row_count_max = 8 * kNodes}));
    for (uint32_t i = 0; i < kNodes; ++i) {
      ASSERT_THAT(builder->BeginNode(NodeId{i + 1}, {.kind = NodeKind::kCompany, .name = "c"}),
                  IsOk());
      for (const bool in : {false, true}) {
        std::vector<uint32_t> others;
        for (const uint32_t step : kSteps) {
          others.push_back(1 + (in ? i + kNodes - step : i + step) % kNodes);
        }
        std::ranges::sort(others);
        for (const uint32_t other : others) {
          ASSERT_THAT(builder->AddRow({.node = NodeId{i + 1},
                                       .other = NodeId{other},
                                       .other_kind = NodeKind::kCompany,
                                       .type = kPartOf,
                                       .direction = in ? Direction::kIn : Direction::kOut,
                                       .fact = FactId{1 + (in ? other : i + 1)},
                                       .status = FactStatus::kActive,
                                       .confidence = 1,
                                       .source_count = 1}),
                      IsOk());
        }
      }
    }
    ASSERT_OK_AND_ASSIGN(auto base, builder->Finish(Sequence{1}, 0));
    topology_ = std::make_shared<const Topology>(std::move(base));
  }

  // Runs to the end, then with each question the last one. `run` returns the rows read.
  void ExpectStops(const std::function<absl::StatusOr<uint64_t>(const Budget&)>& run) {
    Stopper stopper;
    const Budget free = stopper.BudgetFor(0, Budget::Stop::kCancelled);
    ASSERT_OK_AND_ASSIGN(const uint64_t rows, run(free));
    EXPECT_GE(rows, 2 * kRowsMax) << "too little work to tell";
    const uint64_t questions = stopper.questions;
    EXPECT_GE(questions, rows / (kRowsMax + 8)) << "no more than one node's rows late";
    for (uint64_t last = 1; last <= questions; ++last) {
      const Budget budget = stopper.BudgetFor(last, Budget::Stop::kCancelled);
      EXPECT_THAT(run(budget), StatusIs(absl::StatusCode::kCancelled, _));
      EXPECT_EQ(stopper.questions, last);
    }
  }

  // A view of the rows alone.
  std::unique_ptr<GraphView> View() {
    auto snapshot = kv_.Snapshot();
    EXPECT_THAT(snapshot, IsOk());
    return MakeStoreView(RecordReader(kv_, *std::move(snapshot), kDefaultNamespace), cache_,
                         Schema::BuiltIn(), Sequence{1}, topology_);
  }

  // A query that sends nodes asks once more for each further part: a deadline leaves whole parts,
  // and no cut node goes on behind what is left out. `run` counts the nodes that it is sent.
  void ExpectSendsWholeParts(
      const std::function<absl::StatusOr<QueryEnd>(AnswerDetail, const Budget&, uint64_t&)>& run) {
    Stopper stopper;
    uint64_t nodes = 0;
    const Budget count = stopper.BudgetFor(0, Budget::Stop::kDeadline);
    ASSERT_THAT(run(AnswerDetail::kCounts, count, nodes), IsOk());
    ASSERT_EQ(nodes, 0u);
    const uint64_t of_walk = stopper.questions;
    const Budget free = stopper.BudgetFor(0, Budget::Stop::kDeadline);
    ASSERT_THAT(run(AnswerDetail::kNodes, free, nodes), IsOk());
    ASSERT_GT(nodes, 10 * kPartMax);
    const uint64_t further_parts = (nodes - 1) / kPartMax;
    EXPECT_EQ(stopper.questions, of_walk + further_parts);
    for (const uint64_t part : {uint64_t{1}, further_parts / 2, further_parts}) {
      const Budget late = stopper.BudgetFor(of_walk + part, Budget::Stop::kDeadline);
      nodes = 0;
      ASSERT_OK_AND_ASSIGN(const QueryEnd end, run(AnswerDetail::kNodes, late, nodes));
      EXPECT_EQ(nodes, part * kPartMax);
      ASSERT_TRUE(end.truncation.has_value());
      EXPECT_EQ(end.truncation->reason, TruncationReason::kDeadline);
      const Budget cancelled = stopper.BudgetFor(of_walk + part, Budget::Stop::kCancelled);
      EXPECT_THAT(run(AnswerDetail::kNodes, cancelled, nodes),
                  StatusIs(absl::StatusCode::kCancelled, _));
      EXPECT_EQ(stopper.questions, of_walk + part);
    }
    // Nodes that are cut have no place to go on at when what they lead to may not have been sent.
    Budget narrow = stopper.BudgetFor(0, Budget::Stop::kDeadline);
    narrow.per_node_limit = 5;
    nodes = 0;
    ASSERT_OK_AND_ASSIGN(QueryEnd end, run(AnswerDetail::kNodes, narrow, nodes));
    ASSERT_TRUE(end.truncation.has_value());
    ASSERT_FALSE(end.truncation->nodes.empty());
    EXPECT_NE(end.truncation->nodes[0].position, "");
    const uint64_t questions = stopper.questions;
    narrow.should_stop = stopper.BudgetFor(questions, Budget::Stop::kDeadline).should_stop;
    ASSERT_OK_AND_ASSIGN(end, run(AnswerDetail::kNodes, narrow, nodes));
    ASSERT_TRUE(end.truncation.has_value());
    for (const CutNode& cut : end.truncation->nodes) {
      EXPECT_EQ(cut.kept, 0u);
      EXPECT_EQ(cut.position, "");
    }
  }

  std::shared_ptr<const Topology> topology_;
  MemoryKvStore kv_;
  ReadCaches cache_{0};
};

TEST_F(RowWalkTest, NodesOfRingsAreSentUntilTheDeadline) {
  const auto view = View();
  ExpectSendsWholeParts([&](AnswerDetail detail, const Budget& budget, uint64_t& nodes) {
    return view->Neighborhood({.nodes = {NodeId{1}},
                               .hops = 10,
                               .expand_partnerships = true,
                               .detail = detail,
                               .budget = budget},
                              [&](NeighborhoodPart part) {
                                nodes += part.nodes.size();
                                return true;
                              });
  });
}

TEST_F(RowWalkTest, NodesOfStepsAreSentUntilTheDeadline) {
  const auto view = View();
  ExpectSendsWholeParts([&](AnswerDetail detail, const Budget& budget, uint64_t& nodes) {
    TraverseQuery query{.nodes = {NodeId{1}}, .detail = detail, .budget = budget};
    query.steps = {{.min_repeat = 1, .max_repeat = 10}};
    return view->Traverse(query, [&](std::vector<Walk> walks) {
      nodes += walks.size();
      return true;
    });
  });
}

TEST_F(RowWalkTest, RingsStop) {
  ExpectStops([&](const Budget& budget) -> absl::StatusOr<uint64_t> {
    CutList cuts;
    const auto rings = FindRings(*topology_,
                                 {.nodes = {NodeId{1}},
                                  .hops = 60,
                                  .expand_partnerships = true,
                                  .detail = AnswerDetail::kCounts,
                                  .budget = budget},
                                 cuts);
    if (!rings.ok()) return rings.status();
    return rings->edges_scanned;
  });
}

TEST_F(RowWalkTest, StepsStop) {
  ExpectStops([&](const Budget& budget) -> absl::StatusOr<uint64_t> {
    CutList cuts;
    TraverseQuery query{.nodes = {NodeId{1}}, .detail = AnswerDetail::kCounts, .budget = budget};
    query.steps = {{.min_repeat = 40, .max_repeat = 40}};
    const auto ends = FindStepEnds(*topology_, query, cuts);
    if (!ends.ok()) return ends.status();
    return ends->edges_scanned;
  });
}

TEST_F(RowWalkTest, ThePathStops) {
  ExpectStops([&](const Budget& budget) -> absl::StatusOr<uint64_t> {
    const auto path = FindNodePath(*topology_, {.source = NodeId{1},
                                                .target = NodeId{360},  // 47 hops.
                                                .length_max = 1000,
                                                .filter = {.direction = DirectionFilter::kOut},
                                                .expand_partnerships = true,
                                                .budget = budget});
    if (!path.ok()) return path.status();
    return path->edges_scanned;
  });
}

}  // namespace
}  // namespace partnergraph
