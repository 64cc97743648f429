// A large random graph in memory, for benchmarks of views. Fixed seed.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/benchmark_support.h"
#include "graph/rocks_kv_store.h"
#include "graph/store_view.h"
#include "graph/topology.h"
#include "graph/topology_builder.h"

namespace partnergraph::benchmarks {

// A row before it is packed.
struct Row {
  uint32_t other, fact, date;
  uint16_t type;
  bool in;
};

// Companies joined at random, with eight types of edges. Sources are drawn evenly, targets by rank
// with weight rank^-0.8; the node of rank r is 1 + r * 7919 modulo the number of nodes, which must
// have no factor in common with 7919. Takes 20 bytes for each row while it builds.
inline std::shared_ptr<const Topology> BuildTopology(uint32_t nodes, uint32_t edges) {
  std::mt19937_64 random(20180515);
  std::vector<double> weights(nodes);
  double sum = 0;
  for (uint32_t i = 0; i < nodes; ++i) weights[i] = sum += std::pow(i + 2.0, -0.8);
  std::uniform_real_distribution<double> uniform(0, sum);
  std::vector<std::vector<Row>> rows(nodes + 1);
  for (uint32_t fact = 1; fact <= edges; ++fact) {
    const auto rank = std::lower_bound(weights.begin(), weights.end(), uniform(random));
    const auto source = 1 + static_cast<uint32_t>(random() % nodes);
    const auto place = std::min<uint64_t>(rank - weights.begin(), nodes - 1);
    const auto target = 1 + static_cast<uint32_t>(place * 7919 % nodes);
    const auto type = static_cast<uint16_t>(1 + random() % 8);
    const uint32_t date = PackDate(FromDays(static_cast<int32_t>(random() % 9000)));
    rows[source].push_back({target, fact, date, type, false});
    rows[target].push_back({source, fact, date, type, true});
  }
  auto builder = OrDie(
      TopologyBuilder::Create({.node_end = uint64_t{nodes} + 1, .row_count_max = 2ull * edges}));
  for (uint32_t node = 1; node <= nodes; ++node) {
    const std::string name = absl::StrCat("Company ", node);
    OrDie(builder->BeginNode(NodeId{node}, {.kind = NodeKind::kCompany, .name = name}));
    std::ranges::sort(rows[node], {}, [](const Row& row) {
      return std::tuple(row.in, row.type, ~row.date, row.other, row.fact);
    });
    for (const Row& row : rows[node]) {
      OrDie(builder->AddRow({.node = NodeId{node},
                             .other = NodeId{row.other},
                             .other_kind = NodeKind::kCompany,
                             .type = EdgeType{row.type},
                             .direction = row.in ? Direction::kIn : Direction::kOut,
                             .fact = FactId{row.fact},
                             .packed_date = row.date,
                             .status = FactStatus::kActive,
                             .confidence = static_cast<float>(50 + row.fact % 50) / 100,
                             .source_count = 1}));
    }
    rows[node] = {};
  }
  return std::make_shared<const Topology>(OrDie(builder->Finish(Sequence{1}, 0)));
}

// A topology, and a store that holds nothing else: what views need.
class GraphInMemory {
 public:
  GraphInMemory(uint32_t nodes, uint32_t edges)
      : store_(OrDie(OpenRocksKvStore(folder_.path(), {}))),
        topology_(BuildTopology(nodes, edges)) {}

  std::unique_ptr<GraphView> View() {
    RecordReader reader(*store_, OrDie(store_->Snapshot()), kDefaultNamespace);
    return MakeStoreView(std::move(reader), cache_, Schema::BuiltIn(), Sequence{1}, topology_);
  }

 private:
  const TemporaryFolder folder_;  // Outlives the store.
  std::unique_ptr<KvStore> store_;
  ReadCaches cache_{0};
  const std::shared_ptr<const Topology> topology_;
};

}  // namespace partnergraph::benchmarks
