// Graph files into a database: formats, what is refused, and that a killed import leaves nothing.
#include "ingest/graph_import.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "graph/format_version.h"
#include "graph/graph_store.h"
#include "graph/integrity.h"
#include "graph/record_reader.h"
#include "graph/rocks_kv_store.h"
#include "graph/status_macros.h"
#include "gtest/gtest.h"
#include "ingest/chunk_reader.h"
#include "tests/graph/temporary_directory.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr char kNodes[] =
    "id:ID,:LABEL,name,names,org_type,country:IGNORE\n"
    "1,Company,云桥科技有限公司,云桥;Yunqiao,company,CN\n"
    "2,company,\"Blue \"\"Harbor\"\" Bank, Ltd.\",,FINANCIAL,US\n"
    "3,PERSON,林远航,,,\n"
    "4,Product,\"Two\nlines\",,,\n"
    "5,Partnership,Vela Alliance,,,\n";
constexpr char kEdges[] =
    ":START_ID,:END_ID,:TYPE,date:date,confidence:float,status,role,title,source_count\n"
    "1,2,SUPPLIES,2020-03-01,0.75,active,,,3\n"
    "3,1,EMPLOYED_BY,2019,,,,首席执行官,\n"
    "1,5,PARTY_TO,,,,founder,,\n"
    "2,5,PARTY_TO,,,,,,\n";

class GraphImportTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.load.date = {2024, 1, 2};
    options_.edge_types = {{"SUPPLIES", "SUPPLIED_BY"}};
  }

  std::string WriteFile(const std::string& name, const std::string& content) {
    std::ofstream(directory_ / name, std::ios::binary) << content;
    return directory_ / name;
  }

  // Imports into the database of the test.
  absl::StatusOr<GraphImportReport> Import() {
    rejected_.clear();
    PG_ASSIGN_OR_RETURN(const auto kv, OpenRocksKvStore(directory_ / "db", {}));
    PG_RETURN_IF_ERROR(PrepareFormat(*kv));
    options_.load.directory = directory_.path();
    absl::StatusOr<GraphImportReport> report = ImportGraph(
        *kv, options_, [&](const RejectedRecord& record) { rejected_.push_back(record); },
        [](const GraphImportProgress&) {});
    const auto integrity = CheckIntegrity(*kv);
    EXPECT_THAT(integrity, IsOk());
    if (integrity.ok()) {
      EXPECT_THAT(integrity->problems, IsEmpty());
    }
    return report;
  }
  std::unique_ptr<GraphStore> Open() {
    auto kv = OpenRocksKvStore(directory_ / "db", {});
    EXPECT_THAT(kv, IsOk());
    return *GraphStore::Open(*std::move(kv));
  }
  std::vector<std::string> Reasons() const {
    std::vector<std::string> reasons;
    for (const RejectedRecord& record : rejected_) {
      reasons.push_back(absl::StrCat(record.line, ": ", record.reason));
    }
    return reasons;
  }

  TemporaryDirectory directory_;
  GraphImportOptions options_;
  std::vector<RejectedRecord> rejected_;
};

TEST_F(GraphImportTest, ReadsTheFormOfNeo4jAdmin) {
  options_.nodes = {{"", {WriteFile("nodes.csv", absl::StrCat("\xEF\xBB\xBF", kNodes))}}};
  options_.edges = {{"", {WriteFile("edges.csv", kEdges)}}};
  ASSERT_OK_AND_ASSIGN(const GraphImportReport report, Import());
  EXPECT_THAT(Reasons(), IsEmpty());
  EXPECT_EQ(report.load.nodes, 5u);
  EXPECT_EQ(report.load.edges, 4u);
  const auto store = Open();
  const auto view = *store->View();
  ASSERT_OK_AND_ASSIGN(const Node first, view->GetNode(NodeId{1}));
  EXPECT_EQ(first.name, "云桥科技有限公司");
  EXPECT_EQ(first.external_id, "1");
  EXPECT_EQ(first.org_type, "COMPANY");
  EXPECT_THAT(first.aliases, SizeIs(3));
  EXPECT_EQ(view->GetNode(NodeId{2})->name, "Blue \"Harbor\" Bank, Ltd.");
  EXPECT_EQ(view->GetNode(NodeId{4})->name, "Two\nlines");
  ASSERT_OK_AND_ASSIGN(const Node deal, view->GetNode(NodeId{5}));
  EXPECT_EQ(deal.name, "Vela Alliance");
  ASSERT_TRUE(deal.partnership.has_value());
  EXPECT_EQ(deal.partnership->kind, "OTHER");
  EXPECT_THAT(deal.partnership->participants, SizeIs(2));
  ASSERT_OK_AND_ASSIGN(const EdgeList list,
                       view->ListEdges({.node = NodeId{1}, .evidence_limit = 1}));
  ASSERT_THAT(list.edges, SizeIs(3));
  EXPECT_EQ(list.edges[0].role, "FOUNDER");
  EXPECT_EQ(list.edges[1].date, (Date{2020, 3, 1}));
  EXPECT_EQ(list.edges[1].confidence, 0.75f);
  EXPECT_EQ(list.edges[1].status, FactStatus::kActive);
  EXPECT_EQ(list.edges[1].source_count, 3u);
  EXPECT_EQ(list.edges[1].evidence[0].article_title, directory_ / "edges.csv" + ", line 2");
  EXPECT_EQ(list.edges[2].title, "首席执行官");
  EXPECT_EQ(list.edges[2].confidence, 1);
  ASSERT_OK_AND_ASSIGN(const SearchResult found, view->SearchNodes({.text = "yunqiao"}));
  EXPECT_THAT(found.matches, SizeIs(1));
}

// The files that the README imports.
TEST_F(GraphImportTest, ReadsTheSample) {
  options_.nodes = {{"", {"ingest/sample/graph/nodes.csv"}}};
  options_.edges = {{"", {"ingest/sample/graph/edges.csv"}}};
  options_.edge_types.push_back({"COMPETES_WITH", "", true});
  ASSERT_OK_AND_ASSIGN(const GraphImportReport report, Import());
  EXPECT_THAT(Reasons(), IsEmpty());
  EXPECT_EQ(report.load.nodes, 6u);
  EXPECT_EQ(report.load.edges, 6u);
  const auto store = Open();
  ASSERT_OK_AND_ASSIGN(const NodeId id, (*store->View())->FindExternalId("d-1"));
  ASSERT_OK_AND_ASSIGN(const Node deal, (*store->View())->GetNode(id));
  EXPECT_EQ(deal.name, "JOINT_VENTURE: 云桥科技有限公司 · 蓝港银行");
  EXPECT_EQ(deal.partnership->date, (Date{2023, 5}));
}

TEST_F(GraphImportTest, HeadersOfTheirOwnLabelsAndSpaces) {
  options_.nodes = {{"Company",
                     {WriteFile("header.csv", "key:ID(Firm),name\n"),
                      WriteFile("part1.csv", "1,A\n"), WriteFile("part2.csv", "2,B\n")}},
                    {"person", {WriteFile("people.csv", ":ID(Human),name\n1,P\n")}}};
  options_.edges = {
      {"EMPLOYED_BY", {WriteFile("jobs.csv", ":START_ID(Human),:END_ID(Firm)\n1,2\n")}}};
  ASSERT_OK_AND_ASSIGN(const GraphImportReport report, Import());
  EXPECT_THAT(Reasons(), IsEmpty());
  EXPECT_EQ(report.load.nodes, 3u);
  const auto store = Open();
  ASSERT_OK_AND_ASSIGN(const NodeId person, (*store->View())->FindExternalId("Human:1"));
  ASSERT_OK_AND_ASSIGN(const EdgeList list, (*store->View())->ListEdges({.node = person}));
  EXPECT_EQ(list.edges[0].target.name, "B");
  EXPECT_EQ(list.edges[0].type, kEmployedBy);
}

TEST_F(GraphImportTest, AHeaderInThePlaceOfTheFirstLine) {
  options_.nodes = {{"",
                     {WriteFile("n.csv",
                                "id,kind,name,country,year\n7,Company,A,US,1999\n"
                                "8,Person,B,US,1999\n")}}};
  options_.nodes_header = "id:ID,:LABEL,name,country:IGNORE,year:IGNORE";
  options_.edges = {
      {"", {WriteFile("e.csv", "src,dst,type,date,conf\n8,7,EMPLOYED_BY,2001-02-03,0.5\n")}}};
  options_.edges_header = ":START_ID,:END_ID,:TYPE,date,confidence";
  ASSERT_OK_AND_ASSIGN(const GraphImportReport report, Import());
  EXPECT_EQ(report.load.nodes, 2u);
  EXPECT_EQ(report.load.edges, 1u);
  EXPECT_EQ(report.rejected, 0u);
}

TEST_F(GraphImportTest, SetsBadRecordsAsideAndGoesOn) {
  options_.nodes = {{"",
                     {WriteFile("nodes.csv",
                                ":ID,:LABEL,name\n1,Company,A\n1,Company,again\n2,Firm,B\n"
                                "3,Company\n4,Company,\n,Company,C\n5,Company,\"x\"y\n"
                                "6,Company,\xFF\n7,Person,P\n8,Company,B\n")}}};
  options_.edges = {{"",
                     {WriteFile("edges.csv",
                                ":START_ID,:END_ID,:TYPE,date,confidence\n"
                                "1,8,PART_OF,,\n1,9,PART_OF,,\n1,1,PART_OF,,\n1,7,PART_OF,,\n"
                                "1,8,OWNS,,\n1,8,PART_OF,2020-02-30,\n1,8,PART_OF,,1.5\n"
                                "1,8,PART_OF,,nan\n1,8,PART_OF,,\n1,8,PART_OF,2020,\n")}}};
  ASSERT_OK_AND_ASSIGN(const GraphImportReport report, Import());
  EXPECT_EQ(report.load.nodes, 3u);
  EXPECT_EQ(report.load.edges, 2u) << "of another date is another fact";
  EXPECT_EQ(report.load.merged, 1u);
  EXPECT_EQ(report.rejected, rejected_.size());
  EXPECT_THAT(
      Reasons(),
      ElementsAre(HasSubstr("4: the label is \"Firm\""), HasSubstr("5: has 2 fields, want 3"),
                  HasSubstr("6: node.name is empty"), HasSubstr("7: node.id is required"),
                  HasSubstr("8: has something behind"), HasSubstr("9: node.name is not UTF-8"),
                  HasSubstr("3: has an id that an earlier node has"),
                  HasSubstr("6: :TYPE is \"OWNS\""), HasSubstr("7: date is \"2020-02-30\""),
                  HasSubstr("8: confidence is \"1.5\""), HasSubstr("9: confidence is \"nan\""),
                  HasSubstr("3: :END_ID names no node"), HasSubstr("4: joins a node with itself"),
                  HasSubstr("5: PART_OF does not go from COMPANY to PERSON")));
  EXPECT_EQ(rejected_[0].record, "2,Firm,B");
  EXPECT_EQ(rejected_[0].file, directory_ / "nodes.csv");
}

TEST_F(GraphImportTest, RefusesHeadersThatItCannotRead) {
  const auto refused = [&](const std::string& nodes, const std::string& edges) {
    options_.nodes = {{"", {WriteFile("nodes.csv", nodes)}}};
    options_.edges = {{"", {WriteFile("edges.csv", edges)}}};
    const auto report = Import();
    EXPECT_THAT(report, StatusIs(absl::StatusCode::kInvalidArgument, testing::_)) << nodes << edges;
    return std::string(report.status().message());
  };
  const std::string good = ":ID,:LABEL,name\n1,Company,A\n";
  EXPECT_THAT(refused(":ID,:LABEL,colour\n", ""), HasSubstr("colour"));
  EXPECT_THAT(refused(":ID,name\n", ""), HasSubstr(":LABEL"));
  EXPECT_THAT(refused(":ID,:LABEL,name,name\n", ""), HasSubstr("twice"));
  EXPECT_THAT(refused("", ""), HasSubstr("is empty"));
  EXPECT_THAT(refused(good, ":START_ID,:TYPE\n"), HasSubstr(":END_ID"));
  EXPECT_THAT(refused(good + "\"open", ":START_ID,:END_ID,:TYPE\n"), HasSubstr("does not end"));
  options_.nodes = {{"", {directory_ / "none.csv"}}};
  EXPECT_THAT(Import(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("none.csv")));
}

TEST_F(GraphImportTest, ReadsJsonLines) {
  options_.edge_types = {};
  options_.records = {WriteFile(
      "graph.jsonl",
      R"({"edge":{"type":"OWNS","source":"1","target":"2","date":"2020","bound":"BEFORE"}})"
      "\n"
      R"({"edge_type":{"name":"OWNS","inverse":"OWNED_BY"}})"
      "\n"
      R"({"node":{"id":"1","kind":"COMPANY","name":"A","external_id":"x"}})"
      "\n\nnonsense\n"
      R"({ "node":{"id":"2","kind":"COMPANY","name":"B"}})"
      "\n"
      R"({"node":{"id":"3","kind":"PARTNERSHIP","partnership":{"kind":"SUPPLY","terms":[)"
      R"({"kind":"STAKE","value":"51","party":"2"}]}}})"
      "\n"
      R"({"edge":{"type":"OWNS","source":"1","target":"7"}})"
      "\n"
      R"({ "edge":{"type":"PART_OF","source":"2","target":"1"}})")};
  ASSERT_OK_AND_ASSIGN(const GraphImportReport report, Import());
  EXPECT_THAT(Reasons(), ElementsAre(HasSubstr("5: record is not JSON"),
                                     HasSubstr("8: edge.target names no node")));
  EXPECT_EQ(report.load.nodes, 3u);
  EXPECT_EQ(report.load.edges, 2u);
  const auto store = Open();
  const auto view = *store->View();
  ASSERT_OK_AND_ASSIGN(const Node deal, view->GetNode(NodeId{3}));
  EXPECT_EQ(deal.partnership->terms[0].party, NodeId{2});
  ASSERT_OK_AND_ASSIGN(const EdgeList list, view->ListEdges({.node = NodeId{1}}));
  EXPECT_EQ(list.edges.size(), 2u);
}

std::string Gzip(const std::string& bytes) {
  z_stream stream = {};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(compressBound(bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string Zstd(const std::string& bytes) {
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), 3));
  return out;
}

TEST_F(GraphImportTest, ReadsPackedFilesInPieces) {
  std::string nodes = ":ID,:LABEL,name\n";
  for (int i = 0; i < 60'000; ++i)
    absl::StrAppend(&nodes, i, ",Company,\"Firm\n\"\"", i, "\"\"\"\n");
  ASSERT_GT(nodes.size(), kChunkBytes);
  std::string edges = ":START_ID,:END_ID\n";
  for (int i = 1; i < 60'000; ++i) absl::StrAppend(&edges, i, ",", i / 2, "\n");
  const std::string half = edges.substr(0, edges.find('\n', edges.size() / 2) + 1);
  options_.nodes = {{"", {WriteFile("nodes.csv.zst", Zstd(nodes))}}};
  // Two members, one after the other.
  options_.edges = {
      {"PART_OF", {WriteFile("edges.csv.gz", Gzip(half) + Gzip(edges.substr(half.size())))}}};
  ASSERT_OK_AND_ASSIGN(const GraphImportReport report, Import());
  EXPECT_THAT(Reasons(), IsEmpty());
  EXPECT_EQ(report.load.nodes, 60'000u);
  EXPECT_EQ(report.load.edges, 59'999u);
  const auto store = Open();
  EXPECT_EQ((*store->View())->GetNode(NodeId{60'000})->name, "Firm\n\"59999\"");
}

TEST_F(GraphImportTest, DamagedPackedFilesAreErrors) {
  const std::string packed = Gzip(kNodes);
  std::string damaged = packed;
  damaged[packed.size() / 2] = static_cast<char>(damaged[packed.size() / 2] ^ 0x55);
  for (const std::string& bytes : {packed.substr(0, packed.size() / 2), damaged}) {
    options_.nodes = {{"", {WriteFile("nodes.csv.gz", bytes)}}};
    EXPECT_THAT(Import(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("nodes.csv.gz")));
  }
}

TEST(EdgeTypeFlagTest, ReadsDeclarations) {
  ASSERT_OK_AND_ASSIGN(const EdgeTypeDeclaration plain, ParseEdgeTypeFlag("OWNS"));
  EXPECT_EQ(plain.name, "OWNS");
  EXPECT_EQ(plain.source_kinds, kAllKinds);
  ASSERT_OK_AND_ASSIGN(
      const EdgeTypeDeclaration full,
      ParseEdgeTypeFlag("SUPPLIES:inverse=SUPPLIED_BY:source=company:target=company|product"));
  EXPECT_EQ(full.inverse_name, "SUPPLIED_BY");
  EXPECT_FALSE(full.symmetric);
  EXPECT_EQ(full.source_kinds, KindBit(NodeKind::kCompany));
  EXPECT_EQ(full.target_kinds, KindBit(NodeKind::kCompany) | KindBit(NodeKind::kProduct));
  ASSERT_OK_AND_ASSIGN(const EdgeTypeDeclaration symmetric, ParseEdgeTypeFlag("X:symmetric"));
  EXPECT_TRUE(symmetric.symmetric);
  EXPECT_THAT(ParseEdgeTypeFlag("X:colour=red"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("colour")));
  EXPECT_THAT(ParseEdgeTypeFlag("X:source=firm"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("FIRM")));
}

// A process that imports is killed at many moments: the database is as before or has all of it, and
// the next import goes through.
TEST_F(GraphImportTest, AKilledImportLeavesNothingOrAll) {
  std::string nodes = ":ID,:LABEL,name\n", edges = ":START_ID,:END_ID,:TYPE,date\n";
  constexpr int kNodeCount = 4000;
  for (int i = 0; i < kNodeCount; ++i) absl::StrAppend(&nodes, i, ",Company,Firm ", i, "\n");
  for (int i = 0; i < 40'000; ++i) {
    absl::StrAppend(&edges, i % kNodeCount, ",", (i * 7 + 1 + i / kNodeCount) % kNodeCount,
                    ",PART_OF,", 1950 + i / kNodeCount, "\n");
  }
  options_.nodes = {{"", {WriteFile("nodes.csv", nodes)}}};
  options_.edges = {{"", {WriteFile("edges.csv", edges)}}};
  options_.load.directory = directory_.path();
  { Open(); }
  const auto run = [&](std::chrono::microseconds lifetime) {
    const pid_t child = fork();
    if (child == 0) {
      auto kv = OpenRocksKvStore(directory_ / "db", {});
      if (!kv.ok()) _exit(2);
      const auto report = ImportGraph(
          **kv, options_, [](const RejectedRecord&) {}, [](const GraphImportProgress&) {});
      _exit(report.ok() ? 0 : 3);
    }
    const auto begin = std::chrono::steady_clock::now();
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
      if (std::chrono::steady_clock::now() - begin > lifetime) kill(child, SIGKILL);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
    return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                                 begin);
  };
  const auto whole = run(std::chrono::minutes(5));
  uint64_t imports = 1;
  constexpr int kKills = 16;
  int nothing = 0;
  for (int i = 1; i <= kKills; ++i) {
    run(whole * i / kKills);
    ASSERT_OK_AND_ASSIGN(const auto kv, OpenRocksKvStore(directory_ / "db", {}));
    EXPECT_FALSE(std::filesystem::exists(directory_ / "db/bulk-load"));
    if (i % 4 == 0) {
      ASSERT_OK_AND_ASSIGN(const IntegrityReport report, CheckIntegrity(*kv));
      EXPECT_THAT(report.problems, IsEmpty());
    }
    RecordReader reader(*kv, nullptr, kDefaultNamespace);
    ASSERT_OK_AND_ASSIGN(const storage::CountersRecord counters, reader.Counters());
    ASSERT_OK_AND_ASSIGN(const storage::TotalsRecord totals, reader.Totals());
    const uint64_t companies = totals.nodes().at(1);
    ASSERT_TRUE(companies == imports * kNodeCount || companies == (imports + 1) * kNodeCount)
        << companies << " after " << imports << " imports and a kill";
    nothing += companies == imports * kNodeCount;
    imports = companies / kNodeCount;
    EXPECT_EQ(counters.last_import(), imports);
  }
  EXPECT_GT(nothing, 0);
  run(std::chrono::minutes(5));
  ASSERT_OK_AND_ASSIGN(const auto kv, OpenRocksKvStore(directory_ / "db", {}));
  ASSERT_OK_AND_ASSIGN(const IntegrityReport report, CheckIntegrity(*kv));
  EXPECT_THAT(report.problems, IsEmpty());
}

}  // namespace
}  // namespace partnergraph
