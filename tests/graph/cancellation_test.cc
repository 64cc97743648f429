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
#include "graph/louvain.h"
#include "graph/neighbor_lists.h"
#include "graph/page_rank.h"
#include "graph/pattern_execution.h"
#include "graph/personal_rank.h"
#include "graph/similar_nodes.h"
#include "graph/traversal.h"
#include "graph/whole_analysis.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_edge_source.h"
#include "tests/graph/memory_pattern_source.h"
#include "tests/graph/memory_whole_graph.h"
#include "tests/graph/query_answer.h"
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
  std::function<absl::StatusOr<QueryAnswer>(MeteredSource&, const Budget&)> run;
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
            return AnswerOf(FindPaths(graph, query));
          }};
}

// Some thousand trails.
constexpr char kTrails[] = "MATCH (a)-[:PART_OF*4]-(b) WHERE id(a) = 1";

Query Pattern(std::string name, const std::string& match, const std::string& rest) {
  return {std::move(name), [text = match + rest](MeteredSource& graph, const Budget& budget) {
            MemoryPatternSource source(graph);
            AnswerText answer;
            const auto end = RunPattern(source, {.text = text, .budget = budget},
                                        [&](PatternPart part) { return answer.Add(part); });
            return answer.Finish(end.ok() ? absl::StatusOr<QueryEnd>(end->end)
                                          : absl::StatusOr<QueryEnd>(end.status()));
          }};
}

std::vector<Query> Queries() {
  std::vector<Query> queries;
  for (const bool expand : {false, true}) {
    for (const AnswerDetail detail : {AnswerDetail::kFull, AnswerDetail::kCounts}) {
      queries.push_back({absl::StrCat("Rings", expand, static_cast<int>(detail)),
                         [expand, detail](MeteredSource& graph, const Budget& budget) {
                           AnswerText text;
                           return text.Finish(WalkNeighborhood(
                               graph,
                               {.nodes = {NodeId{1}},
                                .hops = 6,
                                .expand_partnerships = expand,
                                .detail = detail,
                                .budget = budget},
                               [&](NeighborhoodPart part) { return text.Add(part); }));
                         }});
    }
  }
  queries.push_back({"Steps", [](MeteredSource& graph, const Budget& budget) {
                       TraverseQuery query{.nodes = {NodeId{1}}, .budget = budget};
                       query.steps = {{.max_repeat = 4}, {.min_repeat = 0, .max_repeat = 3}};
                       AnswerText text;
                       return text.Finish(WalkSteps(
                           graph, query, [&](std::vector<Walk> walks) { return text.Add(walks); }));
                     }});
  queries.push_back(Paths("ShortestPaths", PathMode::kShortest, false));
  queries.push_back(Paths("ShortestInTime", PathMode::kShortest, true));
  queries.push_back(Paths("KShortest", PathMode::kKShortest, false));
  queries.push_back(Paths("AllSimple", PathMode::kAllSimple, false));
  queries.push_back(Paths("Weighted", PathMode::kWeighted, false));
  queries.push_back(
      {"Cycles", [](MeteredSource& graph, const Budget& budget) {
         return AnswerOf(FindCycles(
             graph, {.node = NodeId{1}, .length_max = 6, .cycles_max = 1'000, .budget = budget}));
       }});
  queries.push_back({"Common", [](MeteredSource& graph, const Budget& budget) {
                       return AnswerOf(FindCommonNeighbors(
                           graph, {.nodes = {NodeId{5001}, NodeId{5002}}, .budget = budget}));
                     }});
  for (SimilarityMeasure measure : {SimilarityMeasure::kJaccard, SimilarityMeasure::kAdamicAdar}) {
    queries.push_back({absl::StrCat("Similar", static_cast<int>(measure)),
                       [measure](MeteredSource& graph, const Budget& budget) {
                         return AnswerOf(FindSimilarNodes(
                             graph, {.node = NodeId{5001}, .measure = measure, .budget = budget}));
                       }});
  }
  queries.push_back({"Rank", [](MeteredSource& graph, const Budget& budget) {
                       return AnswerOf(RankFromSeeds(
                           graph, {.seeds = {NodeId{1}}, .tolerance = 1e-6, .budget = budget}));
                     }});
  queries.push_back(Pattern("SortedRows", kTrails, " RETURN id(b), id(a) ORDER BY id(b)"));
  queries.push_back(Pattern("CountedGroups", kTrails, " RETURN id(b), count(*)"));
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

TEST_P(CancellationTest, ADeadlineIsNoErrorAndFlagsWhatItCuts) {
  MeteredSource graph = Graph();
  const Budget free = graph.Ask(0, Budget::Stop::kDeadline);
  ASSERT_OK_AND_ASSIGN(const QueryAnswer whole, GetParam().run(graph, free));
  const uint64_t questions = graph.questions;
  for (uint64_t part = 0; part <= 12; ++part) {
    const uint64_t last = 1 + (questions - 1) * part / 12;
    const Budget budget = graph.Ask(last, Budget::Stop::kDeadline);
    ASSERT_OK_AND_ASSIGN(const QueryAnswer answer, GetParam().run(graph, budget));
    if (last == 1) {
      EXPECT_TRUE(answer.cut.has_value());
    }
    if (!answer.cut.has_value()) {
      EXPECT_EQ(answer.text, whole.text) << last;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Queries, CancellationTest, testing::ValuesIn(Queries()),
                         [](const auto& info) { return info.param.name; });

// Rows that wait for the last match are asked about while they are sorted, grouped and given.
TEST(PatternCancellationTest, SortingAsksWhetherToStop) {
  MeteredSource graph = Chords(5'000);
  const auto questions = [&](const std::string& rest) {
    const Budget budget = graph.Ask(0, Budget::Stop::kDeadline);
    absl::StatusOr<QueryAnswer> answer = Pattern("", kTrails, rest).run(graph, budget);
    EXPECT_THAT(answer, IsOk());
    return graph.questions;
  };
  const uint64_t as_found = questions(" RETURN id(b)");
  const uint64_t sorted = questions(" RETURN id(b) ORDER BY id(b)");
  // 8,000 rows: placed once in runs, in at least four merges, and given.
  EXPECT_GE(sorted, as_found + 6 * 8'000 / kIntervalMax);
  EXPECT_GE(questions(" RETURN id(b), count(*)"), as_found + 3);
}

// Ends a job at a certain check; 0: never.
class CheckCounter : public JobMonitor {
 public:
  explicit CheckCounter(uint64_t last = 0) : last_(last) {}
  absl::Status Check() const override {
    ++checks;
    return last_ > 0 && checks >= last_ ? absl::CancelledError("told to end") : JobMonitor::Check();
  }
  mutable uint64_t checks = 0;

 private:
  const uint64_t last_;
};

// Runs work to its end, which must take at least so many steps, then ends it at several checks.
void ExpectEndsAtItsCheck(uint64_t steps_min,
                          const std::function<absl::Status(JobMonitor&)>& work) {
  CheckCounter free;
  ASSERT_THAT(work(free), IsOk());
  EXPECT_GE(free.checks, steps_min / JobSteps::kInterval);
  for (uint64_t part = 0; part <= 12; ++part) {
    const uint64_t last = 1 + (free.checks - 1) * part / 12;
    CheckCounter monitor(last);
    EXPECT_THAT(work(monitor), StatusIs(absl::StatusCode::kCancelled, _)) << last;
    EXPECT_EQ(monitor.checks, last) << "work went on";
  }
}

class AnalysisWorkTest : public testing::Test {
 protected:
  static constexpr uint32_t kNodes = 5'000, kEdges = 25'000;

  static EdgeBlocks Edges() {
    EdgeBlocks edges;
    for (uint32_t i = 0; i < kNodes; ++i) {
      for (uint32_t step : {1, 7, 40, 333, 1200}) edges.Add(i, (i + step) % kNodes);
    }
    return edges;
  }
  static NeighborLists Lists() {
    return MakeNeighborLists(kNodes, Edges(), true, JobMonitor()).value_or(NeighborLists());
  }
};

TEST_F(AnalysisWorkTest, ListsOfNeighborsEndAtTheirCheck) {
  const EdgeBlocks edges = Edges();
  ExpectEndsAtItsCheck(2 * kEdges + kNodes, [&](JobMonitor& monitor) {
    return MakeNeighborLists(kNodes, edges, true, monitor).status();
  });
}

TEST_F(AnalysisWorkTest, PageRankEndsAtItsCheck) {
  const NeighborLists lists = Lists();
  const std::vector<bool> exists(kNodes, true);
  ExpectEndsAtItsCheck(2 * kEdges, [&](JobMonitor& monitor) {
    return ComputePageRank(lists, exists, {}, monitor).status();
  });
}

TEST_F(AnalysisWorkTest, CommunitiesAndTheirModularityEndAtTheirCheck) {
  const NeighborLists lists = Lists();
  // Weights, two passes, the parts and the modularity look at every entry.
  ExpectEndsAtItsCheck(5 * 2 * kEdges, [&](JobMonitor& monitor) {
    return FindCommunities(lists, {}, monitor).status();
  });
  // The modularity comes last, and takes a question for each 256 entries: with communities that
  // nothing changes, the weights, one pass and the parts are all there is beside it.
  NeighborLists loops;
  loops.begins.push_back(0);
  for (uint32_t node = 0; node < 200; ++node) {
    loops.neighbors.insert(loops.neighbors.end(), 256, node);
    loops.begins.push_back(loops.neighbors.size());
  }
  CheckCounter monitor;
  ASSERT_OK_AND_ASSIGN(const Communities communities, FindCommunities(loops, {}, monitor));
  EXPECT_EQ(communities.levels, 0u);
  EXPECT_GE(monitor.checks, 4u * 200);
}

TEST_F(AnalysisWorkTest, RanksAndGroupsEndAtTheirCheck) {
  MemoryEdgeSource graph = Chords(kNodes);
  for (const AnalysisKind kind : {AnalysisKind::kDegree, AnalysisKind::kComponents}) {
    // Placed in runs and in at least four merges.
    ExpectEndsAtItsCheck(6 * kNodes, [&](JobMonitor& monitor) -> absl::Status {
      MemoryWholeGraph whole(graph);
      JobMonitor reading;
      absl::StatusOr<AnalysisInput> input =
          ReadForAnalysis(whole, {.kind = kind}, uint64_t{1} << 40, reading);
      if (!input.ok()) return input.status();
      return Analyze(*std::move(input), {.kind = kind}, monitor).status();
    });
  }
}

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
