// How soon queries stop. Not timed: a query asks whether to stop again and again, and once told so
// it asks no more; between two questions it reads so many edges at most, and of those that it has
// read it works on so few that the question comes several hundred times in what is measured here.
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/analysis_query.h"
#include "graph/common_neighbors.h"
#include "graph/cycles.h"
#include "graph/personal_rank.h"
#include "graph/similar_nodes.h"
#include "graph/traversal.h"
#include "graph/whole_analysis.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_edge_source.h"
#include "tests/graph/memory_whole_graph.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::_;

// Edges that a source may give between two questions.
constexpr uint64_t kIntervalMax = 256;

// Counts the edges that are given between two questions.
class MeteredSource : public MemoryEdgeSource {
 public:
  explicit MeteredSource(MemoryEdgeSource graph) : MemoryEdgeSource(std::move(graph)) {}

  absl::StatusOr<std::vector<Expansion>> Expand(std::span<const NodeId> frontier,
                                                const FactFilter& filter, uint32_t per_node_limit,
                                                ScanBudget& budget, Sink sink) override {
    return MemoryEdgeSource::Expand(frontier, filter, per_node_limit, budget,
                                    [&](size_t i, const AdjacentEdge& edge) {
                                      ++since_question;
                                      most = std::max(most, since_question);
                                      return sink(i, edge);
                                    });
  }

  // The budget of a query that is told to stop at the question `last`; 0: never.
  Budget Ask(uint64_t last, Budget::Stop stop) {
    questions = since_question = most = 0;
    Budget budget{.edges_scanned_max = 10'000'000, .nodes_max = 1'000'000, .bytes_max = 1 << 30};
    budget.per_node_limit = 1'000'000;
    budget.should_stop = [this, last, stop]() -> std::optional<Budget::Stop> {
      since_question = 0;
      ++questions;
      return last > 0 && questions >= last ? std::optional(stop) : std::nullopt;
    };
    return budget;
  }

  uint64_t questions = 0;
  uint64_t since_question = 0;
  uint64_t most = 0;
};

// Companies in a ring with chords: what is near is joined by many ways.
MeteredSource Chords(uint64_t nodes) {
  MemoryEdgeSource graph;
  for (uint64_t i = 0; i < nodes; ++i) graph.AddNode(NodeKind::kCompany);
  for (uint64_t i = 0; i < nodes; ++i) {
    for (uint64_t step : {1, 7, 40, 333, 1200}) {
      graph.AddEdge({.source = NodeId{1 + i},
                     .target = NodeId{1 + (i + step) % nodes},
                     .type = kPartOf,
                     .date = {.year = static_cast<int16_t>(2000 + (i * step) % 20)},
                     .confidence = static_cast<float>(50 + i % 50) / 100});
    }
  }
  return MeteredSource(std::move(graph));
}

struct Query {
  std::string name;
  // Runs the query and returns its status.
  std::function<absl::Status(MeteredSource&, const Budget&)> run;
};

Query Paths(std::string name, PathMode mode, bool time_ordered) {
  return {std::move(name), [mode, time_ordered](MeteredSource& graph, const Budget& budget) {
            PathQuery query{.source = NodeId{3300},
                            .target = NodeId{4700},
                            .mode = mode,
                            .time_ordered = time_ordered,
                            .length_max = 6,
                            .paths_max = mode == PathMode::kAllSimple ? 10'000u : 100u,
                            .filter = {.types = {kPartOf}},  // Not along the hubs.
                            .budget = budget};
            return FindPaths(graph, query).status();
          }};
}

std::vector<Query> Queries() {
  std::vector<Query> queries;
  for (const bool expand : {false, true}) {
    for (const AnswerDetail detail : {AnswerDetail::kFull, AnswerDetail::kCounts}) {
      queries.push_back({absl::StrCat("Rings", expand, static_cast<int>(detail)),
                         [expand, detail](MeteredSource& graph, const Budget& budget) {
                           return WalkNeighborhood(graph,
                                                   {.nodes = {NodeId{1}},
                                                    .hops = 6,
                                                    .expand_partnerships = expand,
                                                    .detail = detail,
                                                    .budget = budget},
                                                   [](NeighborhoodPart) { return true; })
                               .status();
                         }});
    }
  }
  queries.push_back(
      {"Steps", [](MeteredSource& graph, const Budget& budget) {
         TraverseQuery query{.nodes = {NodeId{1}}, .budget = budget};
         query.steps = {{.max_repeat = 4}, {.min_repeat = 0, .max_repeat = 3}};
         return WalkSteps(graph, query, [](std::vector<Walk>) { return true; }).status();
       }});
  queries.push_back(Paths("ShortestPaths", PathMode::kShortest, false));
  queries.push_back(Paths("ShortestInTime", PathMode::kShortest, true));
  queries.push_back(Paths("KShortest", PathMode::kKShortest, false));
  queries.push_back(Paths("AllSimple", PathMode::kAllSimple, false));
  queries.push_back(Paths("Weighted", PathMode::kWeighted, false));
  queries.push_back(
      {"Cycles", [](MeteredSource& graph, const Budget& budget) {
         return FindCycles(
                    graph,
                    {.node = NodeId{1}, .length_max = 6, .cycles_max = 1'000, .budget = budget})
             .status();
       }});
  queries.push_back({"Common", [](MeteredSource& graph, const Budget& budget) {
                       return FindCommonNeighbors(
                                  graph, {.nodes = {NodeId{5001}, NodeId{5002}}, .budget = budget})
                           .status();
                     }});
  for (SimilarityMeasure measure : {SimilarityMeasure::kJaccard, SimilarityMeasure::kAdamicAdar}) {
    queries.push_back({absl::StrCat("Similar", static_cast<int>(measure)),
                       [measure](MeteredSource& graph, const Budget& budget) {
                         return FindSimilarNodes(
                                    graph,
                                    {.node = NodeId{5001}, .measure = measure, .budget = budget})
                             .status();
                       }});
  }
  queries.push_back(
      {"Rank", [](MeteredSource& graph, const Budget& budget) {
         return RankFromSeeds(graph, {.seeds = {NodeId{1}}, .tolerance = 1e-6, .budget = budget})
             .status();
       }});
  return queries;
}

class CancellationTest : public testing::TestWithParam<Query> {
 protected:
  // Chords, and two hubs that are joined to all of 3,000 nodes.
  MeteredSource Graph() {
    MeteredSource graph = Chords(5'000);
    for (uint64_t hub = 5'001; hub <= 5'002; ++hub) {
      graph.AddNode(NodeKind::kCompany);
      for (uint64_t i = 1; i <= 3'000; ++i) {
        graph.AddEdge({.source = NodeId{hub}, .target = NodeId{i}, .type = kUses});
      }
    }
    return graph;
  }
};

TEST_P(CancellationTest, StopsAtTheQuestionThatSaysSo) {
  MeteredSource graph = Graph();
  const Budget free = graph.Ask(0, Budget::Stop::kCancelled);
  ASSERT_THAT(GetParam().run(graph, free), IsOk());
  const uint64_t questions = graph.questions;
  ASSERT_GE(questions, 3u) << "too little work to tell";
  EXPECT_LE(graph.most, kIntervalMax);
  for (uint64_t part = 0; part <= 12; ++part) {
    const uint64_t last = 1 + (questions - 1) * part / 12;
    const Budget budget = graph.Ask(last, Budget::Stop::kCancelled);
    EXPECT_THAT(GetParam().run(graph, budget), StatusIs(absl::StatusCode::kCancelled, _)) << last;
    EXPECT_EQ(graph.questions, last) << "work went on after the answer";
  }
}

TEST_P(CancellationTest, ADeadlineIsNoError) {
  MeteredSource graph = Graph();
  const Budget free = graph.Ask(0, Budget::Stop::kDeadline);
  ASSERT_THAT(GetParam().run(graph, free), IsOk());
  const uint64_t questions = graph.questions;
  for (uint64_t part = 0; part <= 12; ++part) {
    const uint64_t last = 1 + (questions - 1) * part / 12;
    const Budget budget = graph.Ask(last, Budget::Stop::kDeadline);
    EXPECT_THAT(GetParam().run(graph, budget), IsOk()) << last;
  }
}

INSTANTIATE_TEST_SUITE_P(Queries, CancellationTest, testing::ValuesIn(Queries()),
                         [](const auto& info) { return info.param.name; });

// An analysis is told to end while it reads, after some edges.
TEST(AnalysisCancellationTest, ReadsFewEdgesMoreOnceItIsCancelled) {
  MemoryEdgeSource graph = Chords(5'000);
  for (const AnalysisKind kind : {AnalysisKind::kDegree, AnalysisKind::kPageRank,
                                  AnalysisKind::kComponents, AnalysisKind::kCommunities}) {
    JobMonitor monitor;
    uint64_t given = 0, after = 0;
    MemoryWholeGraph whole(graph);
    class Metered : public WholeGraph {
     public:
      Metered(WholeGraph& graph, std::function<void(uint64_t)> count)
          : graph_(graph), count_(std::move(count)) {}
      absl::StatusOr<uint64_t> NodeEnd() override { return graph_.NodeEnd(); }
      absl::Status Scan(NodeId begin, NodeId end, Sink sink) override {
        return graph_.Scan(begin, end,
                           [&](NodeId node, NodeKind kind, std::span<const AdjacentEdge> edges) {
                             count_(edges.size());
                             return sink(node, kind, edges);
                           });
      }

     private:
      WholeGraph& graph_;
      std::function<void(uint64_t)> count_;
    } metered(whole, [&](uint64_t edges) {
      if (monitor.cancelled()) after += edges;
      given += edges;
      if (given > 20'000) monitor.Cancel();
    });
    EXPECT_THAT(ReadForAnalysis(metered, {.kind = kind}, uint64_t{1} << 40, monitor),
                StatusIs(absl::StatusCode::kCancelled, _));
    EXPECT_GT(given, 20'000u);
    EXPECT_LE(after, JobSteps::kInterval + kScanEdgesMax);
  }
}

}  // namespace
}  // namespace partnergraph
