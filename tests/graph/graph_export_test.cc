#include "graph/graph_export.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "graph/graph_record.h"
#include "graph/graph_store.h"
#include "graph/quoted.h"
#include "gtest/gtest.h"
#include "tests/graph/article_builder.h"
#include "tests/graph/memory_kv_store.h"
#include "tests/graph/random_articles.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr ExportFormat kFormats[] = {ExportFormat::kJsonLines, ExportFormat::kCsv,
                                     ExportFormat::kGraphMl, ExportFormat::kGexf,
                                     ExportFormat::kNTriples};

class GraphExportTest : public testing::Test {
 protected:
  void Open(int articles, uint32_t seed = 1) {
    ASSERT_OK_AND_ASSIGN(store_, GraphStore::Open(std::make_unique<MemoryKvStore>()));
    RandomArticles random(seed);
    for (int i = 0; i < articles; ++i) {
      ASSERT_THAT(store_->PutArticle(random.Next(absl::StrCat("article-", i))), IsOk());
    }
    ASSERT_OK_AND_ASSIGN(view_, store_->View());
  }

  // The files by name; the end is in end_. Checks that parts of a file follow each other.
  using Files = std::map<std::string, std::string>;
  absl::StatusOr<Files> Export(const ExportQuery& query) {
    Files files;
    std::string file;
    auto end = view_->ExportGraph(query, [&](ExportPart part) {
      EXPECT_TRUE(part.file == file || !files.contains(part.file));
      file = part.file;
      files[file] += part.bytes;
      positions_.push_back(part.next_position);
      return true;
    });
    if (!end.ok()) return end.status();
    end_ = *std::move(end);
    return files;
  }

  struct Records {
    std::vector<GraphNodeRecord> nodes;
    std::vector<GraphEdgeRecord> edges;
  };
  Records Read(const Files& files) {
    Records records;
    for (const absl::string_view line :
         absl::StrSplit(files.at("graph.jsonl"), '\n', absl::SkipEmpty())) {
      const auto record = ParseGraphRecord(ToStd(line));
      EXPECT_THAT(record, IsOk()) << line;
      if (!record.ok()) continue;
      if (const auto* node = std::get_if<GraphNodeRecord>(&*record)) records.nodes.push_back(*node);
      if (const auto* edge = std::get_if<GraphEdgeRecord>(&*record)) records.edges.push_back(*edge);
    }
    return records;
  }

  std::unique_ptr<GraphStore> store_;
  std::unique_ptr<GraphView> view_;
  ExportEnd end_;
  std::vector<std::string> positions_;
};

FactFilter EveryStatus() {
  return {.statuses = {FactStatus::kRumoured, FactStatus::kPlanned, FactStatus::kAnnounced,
                       FactStatus::kActive, FactStatus::kEnded, FactStatus::kDenied}};
}

std::string Line(const std::string& type, const std::string& source, const std::string& target,
                 const std::string& role, const std::string& title, const Date& date,
                 FactStatus status, float confidence, uint32_t sources) {
  return absl::StrJoin(
      {type, source, target, role, title, absl::StrCat(PackDate(date)),
       std::string(FactStatusName(status)), absl::StrCat(confidence), absl::StrCat(sources)},
      "|");
}

TEST_F(GraphExportTest, JsonLinesHaveEveryNodeAndEdge) {
  Open(30);
  ASSERT_OK_AND_ASSIGN(const Files files, Export({.format = ExportFormat::kJsonLines}));
  const Records records = Read(files);
  ASSERT_OK_AND_ASSIGN(const GraphStats stats, view_->GetStats());
  uint64_t nodes = 0, edges = 0;
  for (const auto& [kind, count] : stats.node_counts) nodes += count;
  for (const auto& [type, count] : stats.edge_counts) edges += count;
  EXPECT_EQ(records.nodes.size(), nodes);
  EXPECT_EQ(records.edges.size(), edges);
  EXPECT_EQ(end_.node_count, nodes);
  EXPECT_EQ(end_.edge_total, edges);
  EXPECT_TRUE(end_.next_position.empty());

  std::multiset<std::string> expected, exported;
  for (const GraphEdgeRecord& edge : records.edges) {
    exported.insert(Line(edge.type, edge.source, edge.target, edge.role, edge.title, edge.date,
                         edge.status, edge.confidence, edge.source_count));
  }
  for (const GraphNodeRecord& record : records.nodes) {
    const NodeId id{std::stoull(record.id)};
    ASSERT_OK_AND_ASSIGN(const Node node, view_->GetNode(id));
    EXPECT_EQ(record.kind, node.kind);
    EXPECT_EQ(record.org_type, node.org_type);
    std::set<std::string> names(record.names.begin(), record.names.end());
    if (node.kind == NodeKind::kPartnership) {
      EXPECT_THAT(record.name, IsEmpty());
      EXPECT_EQ(record.partnership.kind, node.partnership->kind);
      EXPECT_EQ(record.partnership.date, node.partnership->date);
      EXPECT_EQ(record.partnership.location, node.partnership->location);
      EXPECT_EQ(record.partnership.status, node.partnership->status);
      EXPECT_EQ(record.partnership.confidence, node.partnership->confidence);
      EXPECT_EQ(record.partnership.terms.size(), node.partnership->terms.size());
    } else {
      EXPECT_EQ(record.name, node.name);
      names.insert(record.name);
      EXPECT_EQ(names.size(), node.aliases.size());
      EXPECT_EQ(names.size(), record.names.size() + 1);
      for (const Alias& alias : node.aliases) EXPECT_TRUE(names.contains(alias.name));
    }
    ASSERT_OK_AND_ASSIGN(
        const EdgeList list,
        view_->ListEdges({.node = id, .filter = EveryStatus(), .page_size = 10'000}));
    for (const Edge& edge : list.edges) {
      if (edge.source.id != id) continue;
      expected.insert(Line(std::string(GetEdgeType(edge.type).name), absl::StrCat(ToInt(id)),
                           absl::StrCat(ToInt(edge.target.id)), edge.role, edge.title, edge.date,
                           edge.status, edge.confidence, edge.source_count));
    }
  }
  EXPECT_EQ(exported, expected);
}

TEST_F(GraphExportTest, APartIsWhatLiesAroundItsNodes) {
  Open(30);
  NeighborhoodQuery around{
      .nodes = {NodeId{1}}, .hops = 2, .filter = EveryStatus(), .expand_partnerships = true};
  std::set<std::string> nodes;
  ASSERT_THAT(view_->Neighborhood(around,
                                  [&](NeighborhoodPart part) {
                                    for (const RingNode& node : part.nodes) {
                                      nodes.insert(absl::StrCat(ToInt(node.node.id)));
                                    }
                                    return true;
                                  }),
              IsOk());
  ASSERT_OK_AND_ASSIGN(const Files whole, Export({.format = ExportFormat::kJsonLines}));
  std::vector<std::string> expected;
  for (const GraphEdgeRecord& edge : Read(whole).edges) {
    if (!nodes.contains(edge.source) || !nodes.contains(edge.target)) continue;
    AppendGraphRecord(edge, expected.emplace_back());
  }
  ASSERT_OK_AND_ASSIGN(
      const Files part,
      Export({.format = ExportFormat::kJsonLines, .nodes = {NodeId{1}}, .hops = 2}));
  std::set<std::string> found;
  for (const GraphNodeRecord& node : Read(part).nodes) found.insert(node.id);
  EXPECT_EQ(found, nodes);
  std::vector<std::string> edges;
  for (const GraphEdgeRecord& edge : Read(part).edges) {
    AppendGraphRecord(edge, edges.emplace_back());
  }
  std::ranges::sort(edges);
  std::ranges::sort(expected);
  EXPECT_EQ(edges, expected);
  EXPECT_GT(edges.size(), 3u);

  ASSERT_OK_AND_ASSIGN(
      const Files alone,
      Export({.format = ExportFormat::kJsonLines, .nodes = {NodeId{1}}, .hops = 0}));
  EXPECT_THAT(Read(alone).nodes, SizeIs(1));
  EXPECT_THAT(Export({.format = ExportFormat::kJsonLines, .nodes = {NodeId{9999}}, .hops = 0}),
              StatusIs(StatusCode::kNotFound, HasSubstr("no node 9999")));
}

TEST_F(GraphExportTest, FiltersKeepEdgesAndKindsKeepNodes) {
  Open(30);
  ASSERT_OK_AND_ASSIGN(const Files files,
                       Export({.format = ExportFormat::kJsonLines,
                               .filter = {.types = {kEmployedBy}, .min_confidence = 0.5f},
                               .node_kinds = {NodeKind::kCompany, NodeKind::kPerson}}));
  const Records records = Read(files);
  EXPECT_THAT(records.edges, Not(IsEmpty()));
  for (const GraphEdgeRecord& edge : records.edges) {
    EXPECT_EQ(edge.type, "EMPLOYED_BY");
    EXPECT_GE(edge.confidence, 0.5f);
  }
  for (const GraphNodeRecord& node : records.nodes) {
    EXPECT_NE(node.kind, NodeKind::kPartnership);
    EXPECT_NE(node.kind, NodeKind::kProduct);
  }
  // An edge needs both of its nodes.
  ASSERT_OK_AND_ASSIGN(const Files people, Export({.format = ExportFormat::kJsonLines,
                                                   .node_kinds = {NodeKind::kPerson}}));
  EXPECT_THAT(Read(people).edges, IsEmpty());
  EXPECT_THAT(Read(people).nodes, Not(IsEmpty()));
}

TEST_F(GraphExportTest, StoppedExportsGoOnAndGiveTheSameBytes) {
  Open(200, 7);
  for (const ExportFormat format : kFormats) {
    for (const bool part_of_graph : {false, true}) {
      ExportQuery query{.format = format};
      if (part_of_graph) query.nodes = {NodeId{1}}, query.hops = 3;
      query.budget.edges_scanned_max = query.budget.nodes_max = 10'000'000;
      query.budget.per_node_limit = 100'000;
      ASSERT_OK_AND_ASSIGN(const Files whole, Export(query));
      EXPECT_FALSE(end_.truncation.has_value());
      const ExportEnd whole_end = end_;
      // The time is over at every question but a few.
      Files pieces;
      int calls = 0;
      do {
        int questions = 0;
        query.budget.should_stop = [&]() -> std::optional<Budget::Stop> {
          // Finding the nodes takes as long as it takes.
          return ++questions > (part_of_graph ? 40 : 1) ? std::optional(Budget::Stop::kDeadline)
                                                        : std::nullopt;
        };
        const auto files = Export(query);
        ASSERT_THAT(files, IsOk());
        for (const auto& [name, bytes] : *files) pieces[name] += bytes;
        query.position = end_.next_position;
        ASSERT_LT(++calls, 1000);
      } while (!end_.next_position.empty());
      EXPECT_EQ(pieces, whole) << static_cast<int>(format) << part_of_graph;
      EXPECT_EQ(end_.node_count, whole_end.node_count);
      EXPECT_EQ(end_.edge_count, whole_end.edge_count);
      // Any part's position will do.
      positions_.clear();
      query.position.clear();
      query.budget.should_stop = nullptr;
      ASSERT_THAT(Export(query), IsOk());
      for (const std::string& position : std::vector<std::string>(positions_)) {
        if (position.empty()) continue;
        query.position = position;
        ASSERT_OK_AND_ASSIGN(const Files rest, Export(query));
        for (const auto& [name, bytes] : rest) {
          EXPECT_TRUE(whole.at(name).ends_with(bytes)) << static_cast<int>(format);
        }
      }
    }
  }
}

TEST_F(GraphExportTest, PositionsAreOfOneState) {
  Open(3);
  ExportQuery query{.format = ExportFormat::kJsonLines};
  query.budget.should_stop = [] { return Budget::Stop::kDeadline; };
  ASSERT_THAT(Export(query), IsOk());
  query.position = end_.next_position;
  // Little enough to be done before the time is asked for.
  if (query.position.empty()) {
    query.format = ExportFormat::kCsv;
    positions_.clear();
    query.position.clear();
    ASSERT_THAT(Export(query), IsOk());
    query.position = positions_[0];
  }
  ASSERT_THAT(query.position, Not(IsEmpty()));
  ArticleBuilder article("later", "Later");
  article.Company("New Name");
  ASSERT_THAT(store_->PutArticle(article.facts()), IsOk());
  ASSERT_OK_AND_ASSIGN(view_, store_->View());
  EXPECT_THAT(Export(query), StatusIs(StatusCode::kFailedPrecondition, HasSubstr("has changed")));
  for (const std::string& bad : {std::string("x"), std::string(32, '\0'), std::string(40, '\0'),
                                 query.position.substr(0, 8) + '\2' + query.position.substr(9)}) {
    query.position = bad;
    EXPECT_THAT(Export(query), StatusIs(StatusCode::kInvalidArgument, HasSubstr("position")));
  }
}

TEST_F(GraphExportTest, EndsWhenItIsCancelled) {
  Open(3);
  ExportQuery query{.format = ExportFormat::kCsv};
  EXPECT_THAT(view_->ExportGraph(query, [](ExportPart) { return false; }),
              StatusIs(StatusCode::kCancelled, HasSubstr("receiver")));
}

TEST_F(GraphExportTest, AnEmptyGraphIsStillAFile) {
  Open(0);
  for (const ExportFormat format : kFormats) {
    ASSERT_OK_AND_ASSIGN(const Files files, Export({.format = format}));
    EXPECT_THAT(files, SizeIs(format == ExportFormat::kCsv ? 2 : 1));
    EXPECT_EQ(end_.node_count, 0u);
  }
}

// Names that each form has to escape.
class ExportEscapesTest : public testing::Test {
 protected:
  static ExportedNode Hostile() {
    return {.record = {.id = "7",
                       .kind = NodeKind::kCompany,
                       .name = "A \"B\", <C> & D\\E\n\t\x01商",
                       .names = {"x;y", "plain", " spaced "}},
            .label = "A \"B\", <C> & D\\E\n\t\x01商"};
  }
  static std::string Written(ExportFormat format) {
    std::string out;
    MakeGraphFormatter(format)->Append(Hostile(), out);
    return out;
  }
};

TEST_F(ExportEscapesTest, Csv) {
  EXPECT_EQ(Written(ExportFormat::kCsv),
            "7,\"A \"\"B\"\", <C> & D\\E\n\t\x01商\",\"plain; spaced \",COMPANY,,,,,,,,\n");
}

TEST_F(ExportEscapesTest, Xml) {
  const std::string escaped = "A &quot;B&quot;, &lt;C&gt; &amp; D\\E&#10;&#9;\xEF\xBF\xBD商";
  EXPECT_EQ(Written(ExportFormat::kGraphMl),
            absl::StrCat("<node id=\"n7\"><data key=\"n_name\">", escaped,
                         "</data><data key=\"n_label\">COMPANY</data></node>\n"));
  EXPECT_EQ(Written(ExportFormat::kGexf),
            absl::StrCat("<node id=\"7\" label=\"", escaped,
                         "\"><attvalues><attvalue for=\"name\" value=\"", escaped,
                         "\"/><attvalue for=\"label\" value=\"COMPANY\"/></attvalues></node>\n"));
}

TEST_F(ExportEscapesTest, NTriples) {
  EXPECT_THAT(Written(ExportFormat::kNTriples),
              HasSubstr("<urn:partnergraph:v1:node:7> "
                        "<http://www.w3.org/2000/01/rdf-schema#label> "
                        "\"A \\\"B\\\", <C> & D\\\\E\\n\\t\\u0001商\" .\n"));
}

TEST_F(ExportEscapesTest, JsonLinesReadBack) {
  std::string line = Written(ExportFormat::kJsonLines);
  ASSERT_EQ(line.back(), '\n');
  line.pop_back();
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  ExportedNode clean = Hostile();
  EXPECT_THAT(line, HasSubstr("\\u0001"));
}

TEST(ExportFormatTest, EdgesOfEveryForm) {
  const ExportedEdge edge{
      .record = {.type = "EMPLOYED_BY",
                 .source = "1",
                 .target = "2",
                 .title = "总裁, CEO",
                 .date = {.year = 2018, .month = 6, .bound = DateBound::kBefore},
                 .status = FactStatus::kActive,
                 .confidence = 0.9f,
                 .source_count = 3},
      .fact = FactId{5}};
  const auto written = [&](ExportFormat format) {
    std::string out;
    MakeGraphFormatter(format)->Append(edge, out);
    return out;
  };
  EXPECT_EQ(written(ExportFormat::kCsv),
            "1,2,EMPLOYED_BY,,\"总裁, CEO\",2018-06,BEFORE,ACTIVE,0.9,3\n");
  EXPECT_THAT(written(ExportFormat::kNTriples),
              testing::AllOf(
                  HasSubstr("<urn:partnergraph:v1:node:1> <urn:partnergraph:v1:type:EMPLOYED_BY> "
                            "<urn:partnergraph:v1:node:2> .\n"),
                  HasSubstr("<urn:partnergraph:v1:fact:5> <urn:partnergraph:v1:date> "
                            "\"2018-06\"^^<http://www.w3.org/2001/XMLSchema#gYearMonth> .\n"),
                  HasSubstr("<urn:partnergraph:v1:dateBound> \"BEFORE\" .\n")));
  EXPECT_THAT(written(ExportFormat::kGraphMl),
              testing::StartsWith("<edge id=\"e5\" source=\"n1\" target=\"n2\">"));
  EXPECT_THAT(
      written(ExportFormat::kGexf),
      testing::StartsWith("<edge id=\"5\" source=\"1\" target=\"2\" label=\"EMPLOYED_BY\">"));
}

}  // namespace
}  // namespace partnergraph
