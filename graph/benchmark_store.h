// A database on disk with rows in memory, for benchmarks of what a whole store answers: 100,000
// nodes and a million edges at random, one in ten of which ends at one of a hundred companies.
// Fixed seed.
#pragma once

#include <cstdint>
#include <memory>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "graph/benchmark_support.h"
#include "graph/bulk_load.h"
#include "graph/format_version.h"
#include "graph/graph_store.h"
#include "graph/rocks_kv_store.h"
#include "graph/status_macros.h"

namespace partnergraph {

inline constexpr uint32_t kBenchmarkNodes = 100'000;
inline constexpr uint32_t kBenchmarkEdges = 1'000'000;

// Node n + 1 is "Company n" (or Person, Product). Types PART_OF and USES; every edge has a date and
// a confidence.
class BenchmarkDatabase {
 public:
  BenchmarkDatabase() { benchmarks::OrDie(Fill()); }

  GraphStore& store() { return *store_; }

 private:
  absl::Status Fill() {
    PG_ASSIGN_OR_RETURN(std::unique_ptr<KvStore> kv,
                        OpenRocksKvStore(directory_.path() + "/db", {}));
    PG_RETURN_IF_ERROR(PrepareFormat(*kv));
    PG_ASSIGN_OR_RETURN(auto load, BulkLoad::Start(*kv, {.directory = directory_.path(),
                                                         .date = {2024, 1, 1},
                                                         .files = {"benchmark"}}));
    BulkNodes nodes(load->ids());
    for (uint32_t i = 0; i < kBenchmarkNodes; ++i) {
      const char* const kind = i % 10 == 8 ? "Person" : i % 10 == 9 ? "Product" : "Company";
      GraphNodeRecord node{.id = absl::StrCat(i), .name = absl::StrCat(kind, " ", i)};
      node.kind = i % 10 == 8   ? NodeKind::kPerson
                  : i % 10 == 9 ? NodeKind::kProduct
                                : NodeKind::kCompany;
      PG_RETURN_IF_ERROR(nodes.Add(node, MakePlace(0, i + 1)));
    }
    PG_RETURN_IF_ERROR(load->AddNodes(nodes, [](size_t, const std::string&) {}));
    std::mt19937_64 random(20180515);
    BulkEdges edges(*load);
    const EdgeTypeInfo* const part_of = load->schema().Find("PART_OF");
    const EdgeTypeInfo* const uses = load->schema().Find("USES");
    // A company, by its number: eight of ten nodes are.
    const auto company = [&random](uint64_t bound) {
      const uint64_t n = random() % (bound / 10 * 8);
      return static_cast<uint32_t>(n / 8 * 10 + n % 8);
    };
    while (edges.size() < kBenchmarkEdges) {
      BulkEdge edge{.type = random() % 4 == 0 ? uses : part_of,
                    .source = company(kBenchmarkNodes),
                    .target = company(random() % 10 == 0 ? 1000 : kBenchmarkNodes),
                    .packed_date = PackDate({.year = static_cast<int16_t>(2000 + random() % 20),
                                             .month = static_cast<uint8_t>(1 + random() % 12)}),
                    .status = FactStatus::kActive,
                    .confidence = static_cast<float>(random() % 1000) / 1000,
                    .place = MakePlace(0, edges.size() + 1)};
      if (edge.source == edge.target) continue;
      PG_RETURN_IF_ERROR(edges.Add(edge));
    }
    PG_RETURN_IF_ERROR(load->AddEdges(edges));
    PG_RETURN_IF_ERROR(load->Finish().status());
    load.reset();
    PG_ASSIGN_OR_RETURN(
        store_, GraphStore::Open(std::move(kv), {.topology = {.bytes_max = uint64_t{1} << 30}}));
    return absl::OkStatus();
  }

  benchmarks::TemporaryFolder directory_;  // Outlives the store.
  std::unique_ptr<GraphStore> store_;
};

// One for all benchmarks of a program; removed at its end.
inline GraphStore& BenchmarkStore() {
  static BenchmarkDatabase database;
  return database.store();
}

}  // namespace partnergraph
