// Traversals over the rows in memory beside the same walks over bare arrays, which do nothing but
// follow neighbours: their ratio is what filters, budgets and honest answers cost. A graph of 100k
// nodes and 1M edges with power-law degrees, and a hub of a million edges. Fixed seeds.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "graph/benchmark_support.h"
#include "graph/keys.h"
#include "graph/rocks_kv_store.h"
#include "graph/store_view.h"
#include "graph/topology.h"
#include "graph/topology_builder.h"
#include "graph/topology_walk.h"

namespace partnergraph {
namespace {

constexpr uint32_t kNodes = 100'000;
constexpr uint32_t kEdges = 1'000'000;
constexpr uint32_t kTypes = 8;
constexpr EdgeType kWalkedType{8};
constexpr uint32_t kHubRows = 1'000'000;

using benchmarks::OrDie;

struct Arc {
  uint32_t source, target;
  EdgeType type;
  uint32_t date;
};

// Targets are drawn by rank with weight rank^-0.8, ranks scattered over the ids.
std::vector<Arc> MakeArcs() {
  std::mt19937_64 random(20180515);
  std::vector<double> weights(kNodes);
  double sum = 0;
  for (uint32_t i = 0; i < kNodes; ++i) weights[i] = sum += std::pow(i + 2.0, -0.8);
  std::vector<uint32_t> ranked(kNodes);
  for (uint32_t i = 0; i < kNodes; ++i) ranked[i] = i + 1;
  std::ranges::shuffle(ranked, random);
  std::uniform_real_distribution<double> uniform(0, sum);
  std::vector<Arc> arcs(kEdges);
  for (Arc& arc : arcs) {
    const auto rank = std::lower_bound(weights.begin(), weights.end(), uniform(random));
    arc.source = 1 + static_cast<uint32_t>(random() % kNodes);
    arc.target =
        ranked[static_cast<size_t>(std::min<ptrdiff_t>(rank - weights.begin(), kNodes - 1))];
    arc.type = EdgeType{static_cast<uint16_t>(1 + random() % kTypes)};
    arc.date = PackDate(FromDays(static_cast<int32_t>(random() % 9000)));
  }
  return arcs;
}

std::shared_ptr<const Topology> Build(const std::vector<Arc>& arcs, uint32_t nodes) {
  std::vector<AdjacentEdge> rows;
  rows.reserve(2 * arcs.size());
  for (size_t i = 0; i < arcs.size(); ++i) {
    AdjacentEdge row{.node = NodeId{arcs[i].source},
                     .other = NodeId{arcs[i].target},
                     .other_kind = NodeKind::kCompany,
                     .type = arcs[i].type,
                     .direction = Direction::kOut,
                     .fact = FactId{i + 1},
                     .packed_date = arcs[i].date,
                     .status = FactStatus::kActive,
                     .confidence = 0.9f,
                     .source_count = 1};
    rows.push_back(row);
    std::swap(row.node, row.other);
    row.direction = Direction::kIn;
    rows.push_back(row);
  }
  const auto key = [](const AdjacentEdge& row) {
    return std::tuple(row.node, row.direction, row.type, ~row.packed_date, row.other, row.fact);
  };
  std::ranges::sort(rows, {}, key);
  auto builder = OrDie(
      TopologyBuilder::Create({.node_end = uint64_t{nodes} + 1, .row_count_max = rows.size()}));
  auto row = rows.begin();
  for (uint32_t node = 1; node <= nodes; ++node) {
    const std::string name = absl::StrCat("Company ", node);
    OrDie(builder->BeginNode(NodeId{node}, {.kind = NodeKind::kCompany, .name = name}));
    for (; row != rows.end() && row->node == NodeId{node}; ++row) OrDie(builder->AddRow(*row));
  }
  return std::make_shared<const Topology>(OrDie(builder->Finish(Sequence{1}, 0)));
}

// The same graph as bare arrays.
struct BareRows {
  std::vector<uint32_t> begins, others, types;
  std::vector<uint32_t> mark, other_mark, frontier, next, back;
  uint32_t stamp = 0;

  explicit BareRows(const Topology& topology)
      : mark(topology.node_end()), other_mark(topology.node_end()) {
    for (uint32_t node = 0; node < topology.node_end(); ++node) {
      begins.push_back(static_cast<uint32_t>(others.size()));
      topology.ForEachSlice(node, [&](const RowSlice& slice) {
        for (uint32_t i = 0; i < slice.size; ++i) {
          others.push_back(slice.others()[i]);
          types.push_back(static_cast<uint32_t>(slice.type));
        }
        return true;
      });
    }
    begins.push_back(static_cast<uint32_t>(others.size()));
  }

  uint64_t TwoHops(uint32_t start) {
    ++stamp;
    uint64_t count = 0;
    const auto type = static_cast<uint32_t>(kWalkedType);
    for (uint32_t i = begins[start]; i < begins[start + 1]; ++i) {
      if (types[i] != type) continue;
      for (uint32_t j = begins[others[i]]; j < begins[others[i] + 1]; ++j) {
        if (types[j] != type || others[j] == start || mark[others[j]] == stamp) continue;
        mark[others[j]] = stamp;
        ++count;
      }
    }
    return count;
  }

  uint64_t ThreeHops(uint32_t start) {
    ++stamp;
    frontier.assign(1, start);
    mark[start] = stamp;
    uint64_t count = 0;
    for (int hop = 0; hop < 3; ++hop) {
      next.clear();
      for (const uint32_t node : frontier) {
        for (uint32_t i = begins[node]; i < begins[node + 1]; ++i) {
          if (mark[others[i]] == stamp) continue;
          mark[others[i]] = stamp;
          next.push_back(others[i]);
        }
      }
      count += next.size();
      frontier.swap(next);
    }
    return count;
  }

  int Distance(uint32_t source, uint32_t target) {
    ++stamp;
    frontier.assign(1, source);
    back.assign(1, target);
    mark[source] = other_mark[target] = stamp;
    for (int length = 1; length <= 6; ++length) {
      const bool forward = frontier.size() <= back.size();
      std::vector<uint32_t>& side = forward ? frontier : back;
      std::vector<uint32_t>& own = forward ? mark : other_mark;
      const std::vector<uint32_t>& other = forward ? other_mark : mark;
      next.clear();
      for (const uint32_t node : side) {
        for (uint32_t i = begins[node]; i < begins[node + 1]; ++i) {
          if (other[others[i]] == stamp) return length;
          if (own[others[i]] == stamp) continue;
          own[others[i]] = stamp;
          next.push_back(others[i]);
        }
      }
      side.swap(next);
      if (side.empty()) return -1;
    }
    return -1;
  }
};

struct Graph {
  std::shared_ptr<const Topology> topology = Build(MakeArcs(), kNodes);
  BareRows bare{*topology};
};
Graph& TheGraph() {
  static Graph graph;
  return graph;
}

Budget Plenty() {
  Budget budget;
  budget.edges_scanned_max = budget.nodes_max = 1'000'000'000;
  budget.per_node_limit = 1'000'000'000;
  budget.should_stop = [] { return std::optional<Budget::Stop>(); };
  return budget;
}

void BM_TwoHopsBareRows(benchmark::State& state) {
  uint32_t node = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(TheGraph().bare.TwoHops(1 + node++ * 7919 % kNodes));
  }
}
BENCHMARK(BM_TwoHopsBareRows);

void BM_TwoHops(benchmark::State& state) {
  const Topology& topology = *TheGraph().topology;
  uint32_t node = 0;
  for (auto _ : state) {
    TraverseQuery query{.nodes = {NodeId{1 + node++ * 7919 % kNodes}}, .exclude_starts = true};
    TraverseStep& step = query.steps.emplace_back();
    step.filter.types = {kWalkedType};
    step.min_repeat = step.max_repeat = 2;
    query.detail = AnswerDetail::kCounts;
    query.budget = Plenty();
    CutList cuts;
    benchmark::DoNotOptimize(OrDie(FindStepEnds(topology, query, cuts)).nodes.size());
  }
}
BENCHMARK(BM_TwoHops);

void BM_ThreeHopsBareRows(benchmark::State& state) {
  uint32_t node = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(TheGraph().bare.ThreeHops(1 + node++ * 7919 % kNodes));
  }
}
BENCHMARK(BM_ThreeHopsBareRows);

void BM_ThreeHops(benchmark::State& state) {
  const Topology& topology = *TheGraph().topology;
  uint32_t node = 0;
  for (auto _ : state) {
    NeighborhoodQuery query{.nodes = {NodeId{1 + node++ * 7919 % kNodes}},
                            .hops = 3,
                            .expand_partnerships = true,
                            .detail = AnswerDetail::kCounts,
                            .budget = Plenty()};
    CutList cuts;
    benchmark::DoNotOptimize(OrDie(FindRings(topology, query, cuts)).nodes.size());
  }
}
BENCHMARK(BM_ThreeHops);

void BM_ShortestPathBareRows(benchmark::State& state) {
  uint32_t node = 0;
  for (auto _ : state) {
    ++node;
    benchmark::DoNotOptimize(
        TheGraph().bare.Distance(1 + node * 7919 % kNodes, 1 + node * 104'729 % kNodes));
  }
}
BENCHMARK(BM_ShortestPathBareRows);

void BM_ShortestPath(benchmark::State& state) {
  const Topology& topology = *TheGraph().topology;
  uint32_t node = 0;
  for (auto _ : state) {
    ++node;
    PathQuery query{.source = NodeId{1 + node * 7919 % kNodes},
                    .target = NodeId{1 + node * 104'729 % kNodes},
                    .expand_partnerships = true,
                    .budget = Plenty()};
    benchmark::DoNotOptimize(OrDie(FindNodePath(topology, query)).decided);
  }
}
BENCHMARK(BM_ShortestPath);

// A hub, asked through a view of a store that holds nothing else.
struct Hub {
  Hub() {
    std::vector<Arc> arcs;
    std::mt19937_64 random(7);
    for (uint32_t i = 0; i < kHubRows; ++i) {
      arcs.push_back({2 + i % 1000, 1, EdgeType{static_cast<uint16_t>(4 + i % 2)},
                      PackDate(FromDays(static_cast<int32_t>(random() % 9000)))});
    }
    topology = Build(arcs, 1001);
    store = OrDie(OpenRocksKvStore(folder.path(), {}));
  }

  std::unique_ptr<GraphView> View() {
    RecordReader reader(*store, OrDie(store->Snapshot()), kDefaultNamespace);
    return MakeStoreView(std::move(reader), cache, Schema::BuiltIn(), Sequence{1}, topology);
  }

  benchmarks::TemporaryFolder folder;  // Outlives the store.
  std::unique_ptr<KvStore> store;
  ReadCaches cache{0};
  std::shared_ptr<const Topology> topology;
};

// The newest 50 of a type of a hub of a million edges; page 1, and a page near the end.
void BM_PageOfHub(benchmark::State& state) {
  static Hub hub;
  EdgeListQuery query{.node = NodeId{1}, .page_size = 50};
  query.filter.types = {EdgeType{4}};
  const auto view = hub.View();
  if (state.range(0) > 0) {
    EdgeListQuery skip = query;
    skip.page_size = static_cast<uint32_t>(state.range(0));
    skip.edges_scanned_max = kHubRows;
    query.position = OrDie(view->ListEdges(skip)).next_position;
  }
  for (auto _ : state) benchmark::DoNotOptimize(OrDie(view->ListEdges(query)).edges.size());
}
BENCHMARK(BM_PageOfHub)->Arg(0)->Arg(400'000);

// One more edge between two nodes, as a commit brings it.
void BM_TakeInOneEdge(benchmark::State& state) {
  std::shared_ptr<const Topology> topology = TheGraph().topology;
  std::mt19937_64 random(11);
  uint64_t fact = kEdges;
  for (auto _ : state) {
    AdjRow row;
    row.edge = {.node = NodeId{1 + random() % kNodes},
                .other = NodeId{1 + random() % kNodes},
                .other_kind = NodeKind::kCompany,
                .type = kWalkedType,
                .direction = Direction::kOut,
                .fact = FactId{++fact},
                .packed_date = PackDate(FromDays(static_cast<int32_t>(random() % 9000))),
                .status = FactStatus::kActive,
                .confidence = 0.9f,
                .source_count = 1};
    std::vector<KvWrite> writes;
    const auto add = [&] {
      writes.push_back(
          {ColumnFamily::kAdj, EncodeAdjKey(kDefaultNamespace, row.edge), EncodeAdjValue(row)});
    };
    add();
    std::swap(row.edge.node, row.edge.other);
    row.edge.direction = Direction::kIn;
    add();
    topology = OrDie(topology->WithChanges(writes, Sequence{fact}));
  }
}
BENCHMARK(BM_TakeInOneEdge)->Iterations(20'000);

}  // namespace
}  // namespace partnergraph
