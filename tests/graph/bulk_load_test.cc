#include "graph/bulk_load.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/format_version.h"
#include "graph/graph_store.h"
#include "graph/integrity.h"
#include "graph/keys.h"
#include "graph/record_reader.h"
#include "graph/rocks_kv_store.h"
#include "graph/topology_keeper.h"
#include "graph/topology_reader.h"
#include "gtest/gtest.h"
#include "tests/graph/article_builder.h"
#include "tests/graph/graph_model.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/graph/random_articles.h"
#include "tests/graph/temporary_directory.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// A graph as records, and how it gets into a store.
struct RecordGraph {
  std::vector<EdgeTypeDeclaration> types;
  std::vector<GraphNodeRecord> nodes;
  std::vector<GraphEdgeRecord> edges;
};

GraphNodeRecord NodeOf(NodeKind kind, const std::string& id, const std::string& name) {
  GraphNodeRecord node{.id = id, .kind = kind, .name = name};
  node.external_id = id;
  return node;
}

// Companies, people and deals with random edges, parallel ones among them.
RecordGraph RandomGraph(uint32_t seed, uint32_t companies, uint32_t edges) {
  std::mt19937 random(seed);
  const auto below = [&](uint32_t bound) {
    return std::uniform_int_distribution(0u, bound - 1)(random);
  };
  RecordGraph graph;
  graph.types = {
      {"SUPPLIES", "SUPPLIED_BY", false, KindBit(NodeKind::kCompany), KindBit(NodeKind::kCompany)},
      {"COMPETES_WITH", "", true}};
  for (uint32_t i = 0; i < companies; ++i) {
    graph.nodes.push_back(NodeOf(NodeKind::kCompany, absl::StrCat("c-", i),
                                 absl::StrCat(i % 3 == 0 ? "星河智能" : "Vela Systems ", i)));
    if (i % 4 == 0) graph.nodes.back().names = {absl::StrCat("Alias ", i), "Shared Name"};
    if (i % 5 == 0) graph.nodes.back().org_type = "FINANCIAL";
  }
  graph.nodes.push_back(NodeOf(NodeKind::kPerson, "p-0", "林远航"));
  for (uint32_t i = 0; i < 4; ++i) {
    GraphNodeRecord deal = NodeOf(NodeKind::kPartnership, absl::StrCat("d-", i),
                                  i % 2 == 0 ? absl::StrCat("Vela Alliance ", i) : "");
    deal.partnership.kind = "JOINT_VENTURE";
    deal.partnership.date = {.year = static_cast<int16_t>(2018 + i / 2)};
    deal.partnership.location = "上海";
    deal.partnership.terms = {{{DealTermKind::kStake, "51", "", TermBound::kExact}, "c-1", 2},
                              {{DealTermKind::kAmount, "5", "CNY", TermBound::kAbout}, "", 1}};
    graph.nodes.push_back(deal);
    // Deals 0 and 1 are of the same parties and year.
    for (uint32_t party = 0; party < 2 + i / 2; ++party) {
      GraphEdgeRecord edge{
          .type = "PARTY_TO", .source = absl::StrCat("c-", party), .target = deal.id};
      if (party == 0) edge.role = "FOUNDER";
      graph.edges.push_back(edge);
    }
  }
  static constexpr const char* kTypes[] = {"SUPPLIES", "COMPETES_WITH", "PART_OF", "PARTNER_WITH"};
  while (graph.edges.size() < edges) {
    const uint32_t source = below(companies), target = below(below(3) == 0 ? 3 : companies);
    if (source == target) continue;
    GraphEdgeRecord edge{.type = kTypes[below(4)],
                         .source = absl::StrCat("c-", source),
                         .target = absl::StrCat("c-", target)};
    if (below(8) == 0) {
      edge.type = "EMPLOYED_BY";
      edge.source = "p-0";
      edge.title = below(2) == 0 ? "CEO" : " ceo ";
    }
    if (below(3) != 0) edge.date = {.year = static_cast<int16_t>(2015 + below(5))};
    edge.confidence = static_cast<float>(below(1000)) / 1000;
    edge.status = static_cast<FactStatus>(1 + below(6));
    if (below(4) == 0) edge.source_count = 1 + below(9);
    graph.edges.push_back(edge);
  }
  return graph;
}

// Loads a graph in batches of a few records.
absl::StatusOr<BulkLoadReport> Load(KvStore& kv, const RecordGraph& graph, BulkLoadOptions options,
                                    std::vector<std::string>* rejected = nullptr) {
  PG_RETURN_IF_ERROR(PrepareFormat(kv));
  options.files = {"graph.jsonl"};
  options.date = {2024, 5, 6};
  PG_ASSIGN_OR_RETURN(const auto load, BulkLoad::Start(kv, options));
  PG_RETURN_IF_ERROR(load->Declare(graph.types));
  uint64_t line = 1;
  for (size_t begin = 0; begin < graph.nodes.size(); begin += 7) {
    BulkNodes nodes(load->ids());
    for (size_t i = begin; i < std::min(begin + 7, graph.nodes.size()); ++i) {
      PG_RETURN_IF_ERROR(nodes.Add(graph.nodes[i], MakePlace(0, line++)));
    }
    PG_RETURN_IF_ERROR(load->AddNodes(nodes, [&](size_t, const std::string& reason) {
      if (rejected != nullptr) rejected->push_back(reason);
    }));
  }
  for (size_t begin = 0; begin < graph.edges.size(); begin += 50) {
    BulkEdges edges(*load);
    for (size_t i = begin; i < std::min(begin + 50, graph.edges.size()); ++i) {
      const GraphEdgeRecord& from = graph.edges[i];
      BulkEdge edge;
      edge.type = load->schema().Find(from.type);
      edge.source = load->ids().Find(load->ids().KeyOf(from.source));
      edge.target = load->ids().Find(load->ids().KeyOf(from.target));
      edge.packed_date = PackDate(from.date);
      edge.status = from.status;
      edge.role = FindEdgeRole(from.type == "PARTY_TO" && from.role.empty() ? "PARTY" : from.role);
      edge.confidence = from.confidence;
      edge.source_count = from.source_count;
      edge.title = from.title;
      edge.place = MakePlace(0, line++);
      if (const absl::Status status = edges.Add(edge); !status.ok()) {
        if (rejected != nullptr) rejected->push_back(std::string(status.message()));
      }
    }
    PG_RETURN_IF_ERROR(load->AddEdges(edges));
  }
  return load->Finish();
}

// The same through WriteFacts: the first of equal edges is kept, as a load does.
void Write(GraphStore& store, const RecordGraph& graph) {
  FactBatch nodes{.writer = "desk", .edge_types = graph.types, .nodes = graph.nodes};
  std::vector<GraphEdgeRecord> rest;
  for (const GraphEdgeRecord& edge : graph.edges) {
    (edge.type == "PARTY_TO" ? nodes.edges : rest).push_back(edge);
  }
  ASSERT_THAT(store.WriteFacts(nodes), IsOk());
  std::set<std::string> known;
  for (const GraphEdgeRecord& edge : rest) {
    const std::string identity =
        absl::StrCat(edge.type, "/", edge.source, "/", edge.target, "/", NormalizeName(edge.title),
                     "/", FormatDate(edge.date));
    if (!known.insert(identity).second) continue;
    ASSERT_THAT(store.WriteFacts({.writer = "desk", .edges = {edge}}), IsOk());
  }
}

void ExpectIntact(KvStore& kv) {
  ASSERT_OK_AND_ASSIGN(const IntegrityReport report, CheckIntegrity(kv));
  EXPECT_THAT(report.problems, IsEmpty());
  EXPECT_GT(report.rows_checked, 0u);
}

class BulkLoadTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(directory_ / "");
    options_.directory = directory_ / "";
  }

  TemporaryDirectory directory_;
  BulkLoadOptions options_;
};

TEST_F(BulkLoadTest, MakesTheGraphThatWritingMakes) {
  for (uint32_t seed = 1; seed <= 6; ++seed) {
    SCOPED_TRACE(seed);
    const RecordGraph graph = RandomGraph(seed, 20, 200);
    auto loaded = std::make_unique<MemoryKvStore>();
    ASSERT_OK_AND_ASSIGN(const BulkLoadReport report, Load(*loaded, graph, options_));
    EXPECT_EQ(report.nodes, graph.nodes.size());
    EXPECT_EQ(report.edges + report.merged, graph.edges.size());
    EXPECT_GT(report.merged, 0u);
    ExpectIntact(*loaded);
    ASSERT_OK_AND_ASSIGN(const auto store, GraphStore::Open(std::move(loaded)));
    ASSERT_OK_AND_ASSIGN(const auto written, GraphStore::Open(std::make_unique<MemoryKvStore>()));
    Write(*written, graph);
    if (HasFailure()) return;
    EXPECT_EQ(DumpGraph(*store, 100), DumpGraph(*written, 100));
    ASSERT_OK_AND_ASSIGN(const auto view, store->View());
    ASSERT_OK_AND_ASSIGN(const GraphStats stats, view->GetStats());
    ASSERT_OK_AND_ASSIGN(const auto other, written->View());
    ASSERT_OK_AND_ASSIGN(const GraphStats want, other->GetStats());
    EXPECT_EQ(stats.edge_counts, want.edge_counts);
    EXPECT_EQ(stats.node_counts, want.node_counts);
  }
}

TEST_F(BulkLoadTest, SpillsWhatDoesNotFitIntoMemory) {
  // Sorters hold at least 16,384 records whatever they are given: edges go through several files,
  // and so do identities, grams and names.
  const RecordGraph graph = RandomGraph(3, 5000, 60'000);
  std::vector<std::string> dumps[2];
  for (const bool spills : {false, true}) {
    BulkLoadOptions options = options_;
    if (spills) options.sort_bytes_for_test = 1;
    auto kv = std::make_unique<MemoryKvStore>();
    RecordGraph big = graph;
    ASSERT_OK_AND_ASSIGN(const BulkLoadReport report, Load(*kv, big, options));
    EXPECT_GT(report.edges, 50'000u);
    // Both directions take 32 bytes an edge, identities 24.
    if (spills) {
      EXPECT_GE(report.spilled_bytes, report.edges * (32 + 32 + 24));
    } else {
      EXPECT_EQ(report.spilled_bytes, 0u);
    }
    ASSERT_OK_AND_ASSIGN(const auto store, GraphStore::Open(std::move(kv)));
    dumps[spills] = DumpGraph(*store, 5100);
  }
  EXPECT_EQ(dumps[0], dumps[1]);
}

TEST_F(BulkLoadTest, SaysWhereAFactComesFrom) {
  RecordGraph graph;
  graph.nodes = {NodeOf(NodeKind::kCompany, "a", "云桥科技"),
                 NodeOf(NodeKind::kCompany, "b", "蓝港银行")};
  graph.edges = {{.type = "PART_OF", .source = "a", .target = "b"}};
  auto kv = std::make_unique<MemoryKvStore>();
  ASSERT_THAT(Load(*kv, graph, options_), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto store, GraphStore::Open(std::move(kv)));
  ASSERT_OK_AND_ASSIGN(const auto view, store->View());
  ASSERT_OK_AND_ASSIGN(const EvidenceList list, view->ListEvidence(FactId{1}, 10, ""));
  ASSERT_EQ(list.evidence.size(), 1u);
  EXPECT_EQ(list.evidence[0].source, "import");
  EXPECT_EQ(list.evidence[0].url, "graph.jsonl");
  EXPECT_EQ(list.evidence[0].article_title, "graph.jsonl, line 3");
  EXPECT_EQ(list.evidence[0].published, (Date{2024, 5, 6}));
  EXPECT_EQ(list.evidence[0].article_id, "");
}

TEST_F(BulkLoadTest, LoadsBesideWhatIsThere) {
  auto owned = std::make_unique<MemoryKvStore>();
  MemoryKvStore& kv = *owned;
  {
    // Articles first.
    ASSERT_OK_AND_ASSIGN(const auto store, GraphStore::Open(std::make_unique<MemoryKvStore>()));
    RandomArticles random(4);
    for (int i = 0; i < 10; ++i) {
      ASSERT_THAT(store->PutArticle(random.Next(absl::StrCat("article-", i))), IsOk());
    }
  }
  ASSERT_THAT(Load(kv, RandomGraph(1, 20, 100), options_), IsOk());
  ASSERT_OK_AND_ASSIGN(const BulkLoadReport second, Load(kv, RandomGraph(2, 30, 150), options_));
  EXPECT_EQ(second.import, 2u);
  ExpectIntact(kv);
  ASSERT_OK_AND_ASSIGN(const auto store, GraphStore::Open(std::move(owned)));
  EXPECT_EQ(store->LastSequence(), Sequence{2});
  ASSERT_OK_AND_ASSIGN(const auto view, store->View());
  ASSERT_OK_AND_ASSIGN(const NodeId newest, view->FindExternalId("c-1"));
  EXPECT_GT(ToInt(newest), 25u) << "of several imports the newest";
  // Articles that come later find what was imported, and leave it when they go.
  RandomArticles random(4);
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(store->PutArticle(random.Next(absl::StrCat("article-", i))), IsOk());
  }
  ExpectIntact(kv);
  const std::vector<std::string> before = DumpGraph(*store, 200);
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(store->RetractArticle(absl::StrCat("article-", i)), IsOk());
  }
  ExpectIntact(kv);
  ASSERT_OK_AND_ASSIGN(const GraphStats stats, (*store->View())->GetStats());
  EXPECT_EQ(stats.evidence_count, 0u);
  EXPECT_EQ(stats.fact_count, view->GetStats()->fact_count);
}

TEST_F(BulkLoadTest, ArticlesFindImportedNodesAndFacts) {
  RecordGraph graph;
  graph.nodes = {NodeOf(NodeKind::kCompany, "a", "云桥科技有限公司"),
                 NodeOf(NodeKind::kCompany, "b", "蓝港银行"),
                 NodeOf(NodeKind::kPartnership, "d", "")};
  graph.nodes[2].partnership.kind = "SUPPLY";
  graph.nodes[2].partnership.date = {.year = 2020};
  graph.edges = {{.type = "PART_OF", .source = "a", .target = "b"},
                 {.type = "PARTY_TO", .source = "a", .target = "d"},
                 {.type = "PARTY_TO", .source = "b", .target = "d"}};
  auto owned = std::make_unique<MemoryKvStore>();
  MemoryKvStore& kv = *owned;
  ASSERT_THAT(Load(kv, graph, options_), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto store, GraphStore::Open(std::move(owned)));
  ArticleBuilder article("a1", "Story");
  const uint32_t a = article.Company("云桥科技有限公司"), b = article.Company("蓝港银行");
  article.Edge(kPartOf, a, b);
  article.Deal("SUPPLY", {a, b}).date = {.year = 2020};
  ASSERT_OK_AND_ASSIGN(const PutResult put, store->PutArticle(article.facts()));
  EXPECT_EQ(put.diff.node_added_count, 0u);
  EXPECT_EQ(put.diff.fact_added_count, 0u);
  EXPECT_EQ(put.diff.fact_updated_count, 4u);
  ExpectIntact(kv);
}

TEST_F(BulkLoadTest, RefusesNodesThatAreThereAndEdgesThatBreakTheSchema) {
  RecordGraph graph;
  graph.nodes = {NodeOf(NodeKind::kCompany, "a", "A"), NodeOf(NodeKind::kCompany, "a", "A again"),
                 NodeOf(NodeKind::kPerson, "p", "P"), NodeOf(NodeKind::kCompany, "b", "B")};
  graph.nodes[3].external_id = "p";
  graph.edges = {{.type = "PART_OF", .source = "a", .target = "a"},
                 {.type = "PART_OF", .source = "a", .target = "p"}};
  MemoryKvStore kv;
  std::vector<std::string> rejected;
  ASSERT_OK_AND_ASSIGN(const BulkLoadReport report, Load(kv, graph, options_, &rejected));
  EXPECT_EQ(report.nodes, 2u);
  EXPECT_EQ(report.edges, 0u);
  EXPECT_THAT(rejected, testing::ElementsAre("has an id that an earlier node has",
                                             "has an external id that an earlier node has",
                                             "joins a node with itself",
                                             "PART_OF does not go from COMPANY to PERSON"));
  ExpectIntact(kv);
}

TEST_F(BulkLoadTest, LeavesNothingWhenItIsCancelledOrSomebodyElseWrites) {
  const RecordGraph graph = RandomGraph(1, 2000, 20'000);
  for (int asked = 1; asked < 12; ++asked) {
    MemoryKvStore kv;
    ASSERT_THAT(PrepareFormat(kv), IsOk());
    const auto before = kv.Current();
    BulkLoadOptions options = options_;
    std::atomic<int> left = asked;
    options.cancelled = [&] { return --left <= 0; };
    EXPECT_THAT(Load(kv, graph, options), StatusIs(absl::StatusCode::kCancelled, testing::_));
    EXPECT_EQ(*kv.Current(), *before);
  }
  MemoryKvStore kv;
  ASSERT_THAT(PrepareFormat(kv), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto load, BulkLoad::Start(kv, options_));
  EXPECT_THAT(BulkLoad::Start(kv, options_),
              StatusIs(absl::StatusCode::kFailedPrecondition, testing::_));
  storage::CountersRecord counters;
  counters.set_last_sequence(9);
  const KvWrite write{ColumnFamily::kMeta, Keys(kDefaultNamespace).Counters(),
                      EncodeRecord(counters)};
  ASSERT_THAT(kv.Commit({&write, 1}, {}, ""), IsOk());
  const auto before = kv.Current();
  EXPECT_THAT(load->Finish(), StatusIs(absl::StatusCode::kAborted, testing::_));
  EXPECT_EQ(*kv.Current(), *before);
}

TEST_F(BulkLoadTest, ChecksItsOptions) {
  MemoryKvStore kv;
  BulkLoadOptions options = options_;
  options.memory_bytes = kBulkMemoryBytesMin - 1;
  EXPECT_THAT(BulkLoad::Start(kv, options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("memory")));
  options = options_;
  options.threads = 0;
  EXPECT_THAT(BulkLoad::Start(kv, options),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("0 threads")));
}

TEST_F(BulkLoadTest, MakesTheTopologyOfAnEmptyStore) {
  options_.topology_path = directory_ / std::string(kTopologyFileName);
  auto kv = std::make_unique<MemoryKvStore>();
  ASSERT_THAT(Load(*kv, RandomGraph(5, 50, 500), options_), IsOk());
  RecordReader reader(*kv, nullptr, kDefaultNamespace);
  const std::atomic<bool> never = false;
  ASSERT_OK_AND_ASSIGN(const auto read, ReadTopology(reader, directory_ / "read", never));
  const auto bytes = [](const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  EXPECT_FALSE(bytes(options_.topology_path).empty());
  EXPECT_EQ(bytes(options_.topology_path), bytes(directory_ / "read"));
  ASSERT_OK_AND_ASSIGN(
      const auto store,
      GraphStore::Open(std::move(kv),
                       {.topology = {.bytes_max = 1 << 20, .directory = directory_.path()}}));
  EXPECT_TRUE(store->ReportTopology().mapped);
}

TEST_F(BulkLoadTest, StatesThatDifferInAnythingHaveDifferentHashes) {
  RecordGraph graph = RandomGraph(6, 30, 300);
  for (GraphNodeRecord& node : graph.nodes) node.partnership.terms.clear();
  const auto hash = [&](const RecordGraph& loaded) -> uint64_t {
    MemoryKvStore kv;
    EXPECT_THAT(Load(kv, loaded, options_), IsOk());
    const auto counters = RecordReader(kv, nullptr, kDefaultNamespace).Counters();
    EXPECT_THAT(counters, IsOk());
    return counters.ok() ? counters->state_hash() : 0;
  };
  std::set<uint64_t> hashes = {0, hash(graph)};
  EXPECT_TRUE(hashes.contains(hash(graph)));
  RecordGraph other = graph;
  other.edges.back().confidence += 0.25f;
  EXPECT_TRUE(hashes.insert(hash(other)).second);
  other = graph;
  other.nodes[3].org_type = "UNIVERSITY";
  EXPECT_TRUE(hashes.insert(hash(other)).second);
  other = graph;
  other.types[0].inverse_name = "BUYS_FROM";
  EXPECT_TRUE(hashes.insert(hash(other)).second);
}

TEST_F(BulkLoadTest, LoadsOnDisk) {
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<KvStore> kv, OpenRocksKvStore(directory_ / "db", {}));
  const RecordGraph graph = RandomGraph(8, 50, 400);
  ASSERT_THAT(Load(*kv, graph, options_), IsOk());
  ExpectIntact(*kv);
  kv.reset();
  ASSERT_OK_AND_ASSIGN(kv, OpenRocksKvStore(directory_ / "db", {}));
  ExpectIntact(*kv);
  ASSERT_OK_AND_ASSIGN(const auto store, GraphStore::Open(std::move(kv)));
  auto memory = std::make_unique<MemoryKvStore>();
  ASSERT_THAT(Load(*memory, graph, options_), IsOk());
  ASSERT_OK_AND_ASSIGN(const auto want, GraphStore::Open(std::move(memory)));
  EXPECT_EQ(DumpGraph(*store, 100), DumpGraph(*want, 100));
}

}  // namespace
}  // namespace partnergraph
