// Writes and reads of the graph store on disk. Run in a folder on the disk that is to be measured.
#include <benchmark/benchmark.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "graph/graph_store.h"
#include "graph/rocks_kv_store.h"

namespace partnergraph {
namespace {

constexpr uint32_t kHubEdges = 20'000;
constexpr uint32_t kEdgesPerArticle = 400;

uint32_t AddCompany(ArticleFacts& facts, const std::string& name) {
  NodeAssertion& node = facts.nodes.emplace_back();
  node.kind = NodeKind::kCompany;
  node.org_type = "COMPANY";
  node.canonical = name;
  node.names = {name};
  return static_cast<uint32_t>(facts.nodes.size() - 1);
}

void AddPartOf(ArticleFacts& facts, uint32_t source, uint32_t target, const Date& date) {
  EdgeAssertion& edge = facts.edges.emplace_back();
  edge.type = kPartOf;
  edge.source = source;
  edge.target = target;
  edge.date = date;
  edge.evidence = {.spans = {{0, 4}}, .status = FactStatus::kActive, .confidence = 0.8f};
}

ArticleFacts MakeArticle(const std::string& id) {
  ArticleFacts facts;
  facts.article.id = id;
  facts.article.title = "Article " + id;
  facts.article.text = std::string(1500, 'x');
  facts.extractor = "benchmark/1";
  return facts;
}

[[noreturn]] void Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::abort();
}

// One database for all benchmarks: a hub of kHubEdges edges, and a node of 100.
class Database {
 public:
  Database() {
    std::string pattern = "graph-store-benchmark-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) std::abort();
    directory_ = pattern;
    auto kv = OpenRocksKvStore(directory_ + "/db", {});
    if (!kv.ok()) Fail(kv.status());
    auto opened = GraphStore::Open(*std::move(kv));
    if (!opened.ok()) Fail(opened.status());
    store = *std::move(opened);
    for (uint32_t first = 0; first < kHubEdges; first += kEdgesPerArticle) {
      ArticleFacts facts = MakeArticle(absl::StrCat("hub-", first));
      const uint32_t target = AddCompany(facts, "Hub");
      for (uint32_t i = first; i < first + kEdgesPerArticle; ++i) {
        AddPartOf(facts, AddCompany(facts, absl::StrCat("Company ", i)), target,
                  FromDays(static_cast<int32_t>(i)));
      }
      Put(facts);
    }
    ArticleFacts facts = MakeArticle("hundred");
    const uint32_t target = AddCompany(facts, "Hundred");
    for (uint32_t i = 0; i < 100; ++i) {
      AddPartOf(facts, AddCompany(facts, absl::StrCat("Company ", i)), target,
                FromDays(static_cast<int32_t>(i)));
    }
    Put(facts);
    hub = Find("Hub");
    hundred = Find("Hundred");
  }
  ~Database() {
    store.reset();
    std::filesystem::remove_all(directory_);
  }

  void Put(const ArticleFacts& facts) {
    const auto result = store->PutArticle(facts);
    if (!result.ok()) Fail(result.status());
  }

  std::unique_ptr<GraphStore> store;
  NodeId hub{}, hundred{};

 private:
  NodeId Find(const std::string& name) {
    SearchQuery query;
    query.text = name;
    const auto result = (*store->View())->SearchNodes(query);
    if (!result.ok() || result->matches.empty()) std::abort();
    return result->matches[0].node.id;
  }

  std::string directory_;
};

Database& GetDatabase() {
  static Database database;
  return database;
}

// An article that names 5 of 2,000 companies and states 5 facts.
void BM_PutArticle(benchmark::State& state) {
  Database& database = GetDatabase();
  std::mt19937 random(1);
  static int number = 0;
  for (auto _ : state) {
    ArticleFacts facts = MakeArticle(absl::StrCat("article-", number++));
    for (int i = 0; i < 5; ++i) AddCompany(facts, absl::StrCat("Company ", random() % 2000));
    for (uint32_t i = 0; i < 5; ++i) {
      AddPartOf(facts, i, (i + 1) % 5, FromDays(static_cast<int32_t>(random() % 20000)));
    }
    database.Put(facts);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_PutArticle);

void BM_GetNode(benchmark::State& state) {
  Database& database = GetDatabase();
  std::mt19937 random(1);
  for (auto _ : state) {
    const auto view = database.store->View();
    const auto node = (*view)->GetNode(NodeId{1 + random() % kHubEdges});
    if (!node.ok()) Fail(node.status());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(BM_GetNode);

void ListEdges(benchmark::State& state, NodeId node, uint32_t page_size) {
  Database& database = GetDatabase();
  EdgeListQuery query;
  query.node = node;
  query.page_size = page_size;
  for (auto _ : state) {
    const auto view = database.store->View();
    const auto list = (*view)->ListEdges(query);
    if (!list.ok() || list->edges.size() != page_size) Fail(list.status());
  }
  state.SetItemsProcessed(state.iterations());
}
void BM_List100Edges(benchmark::State& state) { ListEdges(state, GetDatabase().hundred, 100); }
BENCHMARK(BM_List100Edges);
void BM_ListNewest50OfHub(benchmark::State& state) { ListEdges(state, GetDatabase().hub, 50); }
BENCHMARK(BM_ListNewest50OfHub);

}  // namespace
}  // namespace partnergraph
