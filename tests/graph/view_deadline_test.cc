// Queries of views whose time is over, from rows in memory and from the store: the answer says what
// there is and that it was cut, it is no error; one that is cancelled is one.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/cut_list.h"
#include "graph/graph_store.h"
#include "graph/topology_builder.h"
#include "graph/topology_walk.h"
#include "gtest/gtest.h"
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
  // Every query with a budget, from one node or to another. What was cut, or nothing.
  using Outcome = absl::StatusOr<std::optional<Truncation>>;
  using Ask = std::function<Outcome(GraphView&, const Budget&)>;

  static Outcome Cut(const absl::StatusOr<QueryEnd>& end) {
    if (!end.ok()) return end.status();
    return end->truncation;
  }
  template <typename Result>
  static Outcome Cut(const absl::StatusOr<Result>& result) {
    if (!result.ok()) return result.status();
    return result->end.truncation;
  }

  std::vector<std::pair<std::string, Ask>> Queries(NodeId a, NodeId b) {
    std::vector<std::pair<std::string, Ask>> queries;
    for (const AnswerDetail detail :
         {AnswerDetail::kFull, AnswerDetail::kNodes, AnswerDetail::kCounts}) {
      queries.emplace_back(absl::StrCat("rings ", static_cast<int>(detail)),
                           [=](GraphView& view, const Budget& budget) {
                             return Cut(view.Neighborhood(
                                 {.nodes = {a}, .hops = 3, .detail = detail, .budget = budget},
                                 [](NeighborhoodPart) { return true; }));
                           });
      queries.emplace_back(
          absl::StrCat("steps ", static_cast<int>(detail)),
          [=](GraphView& view, const Budget& budget) {
            TraverseQuery query{.nodes = {a}, .detail = detail, .budget = budget};
            query.steps = {{.max_repeat = 3}};
            return Cut(view.Traverse(query, [](std::vector<Walk>) { return true; }));
          });
    }
    for (const PathMode mode :
         {PathMode::kShortest, PathMode::kKShortest, PathMode::kAllSimple, PathMode::kWeighted}) {
      for (const bool expand : {false, true}) {
        queries.emplace_back(
            absl::StrCat("paths ", static_cast<int>(mode), expand),
            [=](GraphView& view, const Budget& budget) {
              return Cut(view.FindPaths({.source = a,
                                         .target = b,
                                         .mode = mode,
                                         .paths_max = mode == PathMode::kShortest ? 1u : 10'000u,
                                         .expand_partnerships = expand,
                                         .budget = budget}));
            });
      }
    }
    queries.emplace_back("cycles", [=](GraphView& view, const Budget& budget) {
      return Cut(view.FindCycles({.node = a, .cycles_max = 10'000, .budget = budget}));
    });
    queries.emplace_back("common", [=](GraphView& view, const Budget& budget) {
      return Cut(view.CommonNeighbors({.nodes = {a, b}, .budget = budget}));
    });
    queries.emplace_back("similar", [=](GraphView& view, const Budget& budget) {
      return Cut(view.SimilarNodes({.node = a, .budget = budget}));
    });
    queries.emplace_back("rank", [=](GraphView& view, const Budget& budget) {
      return Cut(view.RankFromSeeds({.seeds = {a}, .tolerance = 1e-6, .budget = budget}));
    });
    queries.emplace_back("pattern", [=](GraphView& view, const Budget& budget) {
      absl::StatusOr<PatternEnd> end = view.QueryPattern(
          {.text = absl::StrCat("MATCH (a)-[*1..3]-(b) WHERE id(a) = ", ToInt(a), " RETURN b"),
           .budget = budget},
          [](PatternPart) { return true; });
      return end.ok() ? Cut(absl::StatusOr<QueryEnd>(end->end))
                      : Cut(absl::StatusOr<QueryEnd>(end.status()));
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
        for (uint64_t last = 1; last < 6; ++last) {
          const Budget budget = stopper.BudgetFor(last, Budget::Stop::kDeadline);
          ASSERT_OK_AND_ASSIGN(const std::optional<Truncation> cut, ask(*view, budget));
          if (last == 1) {
            ASSERT_GE(stopper.questions, 1u);
            ASSERT_TRUE(cut.has_value());
          }
          EXPECT_TRUE(!cut.has_value() || cut->reason == TruncationReason::kDeadline);
          EXPECT_TRUE(stopper.questions >= last || !cut.has_value());
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

  std::shared_ptr<const Topology> topology_;
};

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
