#include "graph/pattern_execution.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/graph/memory_pattern_source.h"
#include "tests/graph/traversal_fixture.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::string Text(const PatternValue& value) {
  if (const auto* node = std::get_if<NodeSummary>(&value)) return node->name;
  if (const auto* edge = std::get_if<Edge>(&value)) return Show(*edge);
  if (const auto* edges = std::get_if<std::vector<Edge>>(&value)) {
    return absl::StrCat("[", absl::StrJoin(Show(*edges), " "), "]");
  }
  if (const auto* integer = std::get_if<int64_t>(&value)) return absl::StrCat(*integer);
  if (const auto* number = std::get_if<double>(&value)) return absl::StrCat(*number);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* date = std::get_if<Date>(&value)) return FormatDate(*date);
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  return "null";
}

// Three companies (1, 2, 3) in deal 4 with person 5 and product 6; company 1 employs person 7.
class PatternExecutionTest : public TraversalTest {
 protected:
  PatternExecutionTest() {
    PatternNodeValues& deal = source_.deals[NodeId{4}];
    deal.deal_kind = "JOINT_VENTURE";
    deal.date = {.year = 2018, .month = 6, .day = 20};
    deal.status = FactStatus::kActive;
    deal.confidence = 0.9f;
    deal.source_count = 2;
    deal.location = "上海";
  }

  // The rows, values joined by a space; the rest is in end_ and columns_.
  std::vector<std::string> Ask(const std::string& text) {
    PatternRequest request{.text = text, .parameters = parameters_, .budget = budget_};
    std::vector<std::string> rows;
    parts_ = 0;
    auto end = RunPattern(source_, request, [&](PatternPart part) {
      if (parts_++ == 0) columns_ = part.columns;
      EXPECT_LE(part.rows.size(), kPartMax);
      for (const auto& row : part.rows) {
        std::vector<std::string> texts;
        for (const PatternValue& value : row) texts.push_back(Text(value));
        rows.push_back(absl::StrJoin(texts, " "));
      }
      return true;
    });
    EXPECT_THAT(end, IsOk()) << text;
    if (end.ok()) end_ = *std::move(end);
    return rows;
  }
  absl::Status Fail(const std::string& text) {
    return RunPattern(source_, {text, parameters_, budget_}, [](PatternPart) { return true; })
        .status();
  }

  MemoryPatternSource source_{graph_};
  std::vector<PatternParameter> parameters_;
  Budget budget_;
  PatternEnd end_;
  std::vector<std::string> columns_;
  int parts_ = 0;
};

TEST_F(PatternExecutionTest, AnswersTheExampleOfTheGrammar) {
  EXPECT_THAT(Ask("MATCH (a:Company {name:'node 1'})-[:PARTY_TO]-(p:Partnership)-[:PARTY_TO]-(b) "
                  "WHERE p.date > '2018-05' RETURN b, p LIMIT 20"),
              UnorderedElementsAre("node 2 node 4", "node 3 node 4"));
  EXPECT_THAT(columns_, ElementsAre("b", "p"));
  EXPECT_EQ(end_.match_count, 2u);
  EXPECT_EQ(end_.row_count, 2u);
  EXPECT_FALSE(end_.end.truncation.has_value());
  EXPECT_THAT(Ask("MATCH (a {name:'node 1'})-[:PARTY_TO]-(p)-[:PARTY_TO]-(b) WHERE p.date > "
                  "'2018-06' RETURN b"),
              IsEmpty());
  EXPECT_THAT(columns_, ElementsAre("b"));
}

TEST_F(PatternExecutionTest, ReturnsEveryTypeOfValue) {
  EXPECT_THAT(
      Ask("MATCH (a {id: 1})-[r]->(p:Partnership) RETURN a.name, p.kind, p.date, p.status, "
          "p.confidence, p.source_count, p.location, r, r.type, a.location, p.date > '2017', "
          "1.5, a.degree"),
      ElementsAre("node 1 JOINT_VENTURE 2018-06-20 ACTIVE 0.9 2 上海 1-4 PARTY_TO null true "
                  "1.5 2"));
  EXPECT_EQ(columns_[10], "p.date > '2017'");
}

TEST_F(PatternExecutionTest, NoEdgeIsUsedTwiceInAMatch) {
  EXPECT_THAT(Ask("MATCH (a {id: 1})-[:PARTY_TO]->(p)<-[:PARTY_TO]-(b) RETURN b"), SizeIs(2));
  // Without it node 1 would be its own partner.
  EXPECT_THAT(Ask("MATCH (a {id: 1})-[:PARTY_TO]->(p)<-[:PARTY_TO]-(a) RETURN p"), IsEmpty());
  EXPECT_THAT(Ask("MATCH (a {id: 7})-[r*1..6]-(b {id: 7}) RETURN b"), IsEmpty());
}

TEST_F(PatternExecutionTest, VariableLengthsAreTrailsFromLeftToRight) {
  EXPECT_THAT(Ask("MATCH (a {id: 7})-[r*1..3]-(b:Company) RETURN b, r"),
              UnorderedElementsAre("node 1 [7-1]", "node 2 [7-1 1-4 2-4]", "node 3 [7-1 1-4 3-4]"));
  // Followed from the right.
  EXPECT_THAT(Ask("MATCH (a:Person)-[r*2..2]-(b {id: 4}) RETURN a, r"),
              ElementsAre("node 7 [7-1 1-4]"));
  EXPECT_THAT(Ask("MATCH (a {id: 7})-[r*0..1]-(b) RETURN b, r"),
              UnorderedElementsAre("node 7 []", "node 1 [7-1]"));
}

TEST_F(PatternExecutionTest, PartnersAreDerivedWhenTheyAreNamed) {
  EXPECT_THAT(Ask("MATCH (a {id: 1})-[r:PARTNER_WITH]-(b) RETURN b, r"),
              UnorderedElementsAre("node 2 1-2@4", "node 3 1-3@4"));
  EXPECT_THAT(Ask("MATCH (a {id: 1})-[r]-(b:Company) RETURN b"), IsEmpty());
  EXPECT_THAT(Fail("MATCH (a {id: 1})-[r:PARTNER_WITH]-(b) WHERE r.date > '2018' RETURN b"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("may be derived")));
}

TEST_F(PatternExecutionTest, DeniedEdgesMatchWhenTheStatusIsAsked) {
  graph_.AddEdge(
      {.source = NodeId{2}, .target = NodeId{3}, .type = kPartOf, .status = FactStatus::kDenied});
  EXPECT_THAT(Ask("MATCH (a {id: 2})-[r:PART_OF]->(b) RETURN b"), IsEmpty());
  EXPECT_THAT(Ask("MATCH (a {id: 2})-[r:PART_OF]->(b) WHERE r.status = 'DENIED' RETURN b"),
              SizeIs(1));
  EXPECT_THAT(Ask("MATCH (a {id: 2})-[r:PART_OF]->(b) WHERE r.status <> 'ACTIVE' RETURN b"),
              SizeIs(1));
}

TEST_F(PatternExecutionTest, CountsMakeGroups) {
  EXPECT_THAT(Ask("MATCH (p:Partnership {id: 4})-[r]-(x) RETURN x.kind, count(*) AS n "
                  "ORDER BY n DESC, x.kind"),
              ElementsAre("COMPANY 3", "PERSON 1", "PRODUCT 1"));
  EXPECT_THAT(Ask("MATCH (p {id: 4})-[]-(x) RETURN count(x.org_type), count(DISTINCT x.kind), "
                  "count(x)"),
              ElementsAre("1 3 5"));
  EXPECT_THAT(Ask("MATCH (p {id: 4})-[:USES]-(x) RETURN count(*)"), ElementsAre("0"));
  EXPECT_THAT(Ask("MATCH (p {id: 4})-[:USES]-(x) RETURN x, count(*)"), IsEmpty());
}

TEST_F(PatternExecutionTest, SortsSkipsAndLimits) {
  const std::string parties = "MATCH (p {id: 4})-[:PARTY_TO]-(x) RETURN x.id ";
  EXPECT_THAT(Ask(parties + "ORDER BY x.id DESC"), ElementsAre("3", "2", "1"));
  EXPECT_THAT(Ask(parties + "ORDER BY x.org_type, x.id DESC"), ElementsAre("2", "3", "1"));
  EXPECT_THAT(Ask(parties + "ORDER BY x.id SKIP 1 LIMIT 1"), ElementsAre("2"));
  EXPECT_THAT(Ask(parties + "SKIP 2"), SizeIs(1));
  EXPECT_THAT(Ask(parties + "SKIP 3"), IsEmpty());
  EXPECT_THAT(Ask(parties + "LIMIT 0"), IsEmpty());
  EXPECT_EQ(end_.end.stats.edges_scanned, 0u);
  EXPECT_THAT(Ask("MATCH (p {id: 4})-[]-(x) RETURN DISTINCT x.kind AS k ORDER BY k SKIP 1"),
              ElementsAre("PERSON", "PRODUCT"));
}

TEST_F(PatternExecutionTest, NamesAreAskedOfTheIndex) {
  source_.aliases = {{"Acme", NodeId{2}}, {"acme", NodeId{3}}};
  EXPECT_THAT(Ask("MATCH (a {name: 'ACME'}) RETURN a"), UnorderedElementsAre("node 2", "node 3"));
  EXPECT_THAT(Ask("MATCH (a)-[:PARTY_TO]->(p {id: 4}) WHERE NOT a.name = 'acme' RETURN a"),
              ElementsAre("node 1"));
  EXPECT_THAT(Ask("MATCH (a) WHERE a.name IN ['acme', 'node 7'] RETURN a"), SizeIs(3));
  EXPECT_THAT(Ask("MATCH (a:Person {name: 'acme'}) RETURN a"), IsEmpty());
  EXPECT_THAT(Ask("MATCH (a {name: 'nobody'})--(b) RETURN b"), IsEmpty());
}

// Each name has `each` nodes, which the graph need not have.
class CrowdedNames : public MemoryPatternSource {
 public:
  CrowdedNames(MemoryEdgeSource& graph, uint64_t each) : MemoryPatternSource(graph), each_(each) {}
  absl::StatusOr<std::vector<NodeId>> NodesNamed(std::string_view, size_t limit) override {
    ++asked;
    std::vector<NodeId> nodes;
    for (uint64_t i = 0; i < std::min<uint64_t>(each_, limit); ++i) nodes.push_back(NodeId{i + 1});
    return nodes;
  }
  int asked = 0;

 private:
  const uint64_t each_;
};

TEST_F(PatternExecutionTest, NamesOfAQueryAreBoundedTogether) {
  const auto ask = [&](CrowdedNames& source, const std::string& condition) {
    return RunPattern(
               source,
               {"EXPLAIN MATCH (a) WHERE " + condition + " RETURN a.id", parameters_, budget_},
               [](PatternPart) { return true; })
        .status();
  };
  CrowdedNames names(graph_, 4'000);
  EXPECT_THAT(ask(names, "a.name IN ['x', 'y']"), IsOk());
  EXPECT_THAT(ask(names, "a.name IN ['x', 'y'] OR a.name = 'z'"),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("more than 10000 nodes have the name \"z\" or one of"),
                             HasSubstr("line 1, column "))));
  // A name that is asked again counts once, and is looked up once.
  names.asked = 0;
  EXPECT_THAT(ask(names, "a.name IN ['x', 'y'] OR a.name = 'x' OR a.name = 'y'"), IsOk());
  EXPECT_EQ(names.asked, 2);
  CrowdedNames crowd(graph_, 20'000);
  EXPECT_THAT(ask(crowd, "a.name = 'x'"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("have the name \"x\"")));

  CrowdedNames few(graph_, 1);
  PatternParameter list{.name = "list", .is_list = true};
  for (int i = 0; i < 1'000; ++i) list.values.push_back(absl::StrCat("n", i));
  parameters_ = {list};
  EXPECT_THAT(ask(few, "a.name IN $list OR a.name = 'n7'"), IsOk());
  EXPECT_THAT(ask(few, "a.name IN $list OR a.name = 'other'"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("more than 1000 different names")));
}

// WHERE looks at the whole trail, which can have no edge at all.
TEST_F(PatternExecutionTest, ConditionsOnAVariableLengthHoldForTrailsWithoutEdges) {
  EXPECT_THAT(Ask("MATCH (a {id: 7})-[r*0..1]-(b) WHERE r IS NULL RETURN b"), IsEmpty());
  EXPECT_THAT(Ask("MATCH (a {id: 7})-[r*0..1]-(b) WHERE r IS NOT NULL RETURN b"),
              UnorderedElementsAre("node 7", "node 1"));
  EXPECT_THAT(Ask("MATCH (a {id: 7})-[r*1..3]-(b:Company) WHERE NOT r IS NULL RETURN b"),
              SizeIs(3));
}

TEST_F(PatternExecutionTest, ParametersTakePartInEverything) {
  parameters_ = {{"who", {std::string("node 1")}}, {"n", {int64_t{1}}}};
  EXPECT_THAT(Ask("MATCH (a {name: $who})-[:PARTNER_WITH]-(b) RETURN b LIMIT $n"), SizeIs(1));
}

TEST_F(PatternExecutionTest, PathsWithoutACommonVariableAreCombined) {
  EXPECT_THAT(Ask("MATCH (a:Company)-[:PARTY_TO]->({id: 4}), (b {id: 7}) RETURN a, b"),
              UnorderedElementsAre("node 1 node 7", "node 2 node 7", "node 3 node 7"));
  EXPECT_THAT(Fail("MATCH (a:Company), (b:Person) RETURN a"),
              StatusIs(StatusCode::kInvalidArgument,
                       testing::AllOf(HasSubstr("column 20"), HasSubstr("nothing to start from"))));
}

TEST_F(PatternExecutionTest, APatternWithoutAStartIsScannedWithinTheBudget) {
  EXPECT_THAT(Ask("MATCH (a:Person) RETURN a"), UnorderedElementsAre("node 5", "node 7"));
  EXPECT_EQ(end_.end.stats.edges_scanned, 7u);
  budget_.edges_scanned_max = 3;
  EXPECT_THAT(Ask("MATCH (a:Person) RETURN a"), IsEmpty());
  ASSERT_TRUE(end_.end.truncation.has_value());
  EXPECT_EQ(end_.end.truncation->reason, TruncationReason::kEdgesScanned);
}

TEST_F(PatternExecutionTest, EveryBoundIsFlagged) {
  const std::string parties = "MATCH (p {id: 4})-[:PARTY_TO]-(x) RETURN x";
  const auto reason = [&] {
    return end_.end.truncation.has_value() ? std::optional(end_.end.truncation->reason)
                                           : std::nullopt;
  };
  budget_.nodes_max = 2;
  EXPECT_THAT(Ask(parties), SizeIs(2));
  EXPECT_EQ(reason(), TruncationReason::kNodes);
  EXPECT_THAT(Ask(parties + " LIMIT 2"), SizeIs(2));
  EXPECT_EQ(reason(), std::nullopt);
  EXPECT_THAT(Ask(parties + " ORDER BY x.id"), ElementsAre("node 1", "node 2"));
  EXPECT_EQ(reason(), TruncationReason::kNodes);
  EXPECT_THAT(Ask(parties + ", count(*)"), SizeIs(2));
  EXPECT_EQ(reason(), TruncationReason::kNodes);
  budget_ = {};
  budget_.bytes_max = 30;
  EXPECT_THAT(Ask(parties), SizeIs(1));
  EXPECT_EQ(reason(), TruncationReason::kBytes);
  budget_ = {};
  budget_.per_node_limit = 1;
  EXPECT_THAT(Ask(parties), SizeIs(1));
  EXPECT_EQ(reason(), TruncationReason::kPerNodeLimit);
  EXPECT_EQ(end_.end.truncation->nodes[0].node, NodeId{4});
  EXPECT_EQ(end_.end.truncation->nodes[0].degree, 5u);
  EXPECT_THAT(Ask(parties + " LIMIT 1"), SizeIs(1));
  EXPECT_EQ(reason(), std::nullopt);
  budget_ = {};
  budget_.skip_degree = 4;
  EXPECT_THAT(Ask(parties), IsEmpty());
  EXPECT_EQ(reason(), TruncationReason::kSkipDegree);
  budget_ = {};
  budget_.should_stop = [] { return Budget::Stop::kDeadline; };
  EXPECT_THAT(Ask(parties), IsEmpty());
  EXPECT_EQ(reason(), TruncationReason::kDeadline);
}

TEST_F(PatternExecutionTest, EndsWhenItIsCancelled) {
  budget_.should_stop = [] { return Budget::Stop::kCancelled; };
  EXPECT_THAT(Fail("MATCH (p {id: 4})-[:PARTY_TO]-(x) RETURN x"),
              StatusIs(StatusCode::kCancelled, HasSubstr("cancelled")));
  EXPECT_THAT(Fail("MATCH (x:Company) RETURN x"),
              StatusIs(StatusCode::kCancelled, HasSubstr("cancelled")));
  budget_ = {};
  EXPECT_THAT(RunPattern(source_, {"MATCH (x:Company) RETURN x", {}, budget_},
                         [](PatternPart) { return false; }),
              StatusIs(StatusCode::kCancelled, HasSubstr("receiver")));
}

TEST_F(PatternExecutionTest, UnknownTypesAreNamedWithTheirPlace) {
  EXPECT_THAT(Fail("MATCH (a {id: 1})-[:LIKES]-(b) RETURN b"),
              StatusIs(StatusCode::kInvalidArgument,
                       testing::AllOf(HasSubstr("column 21"), HasSubstr("no edge type \"LIKES\""),
                                      HasSubstr("PARTY_TO"))));
  EXPECT_THAT(Fail("MATCH (a {id: 1})<-[:EMPLOYS]-(b) RETURN b"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("EMPLOYED_BY the other way round")));
  EXPECT_THAT(Fail("MATCH (a {id: 1})-[r]-(b) WHERE r.type = 'party_to' RETURN b"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("written PARTY_TO")));
}

TEST_F(PatternExecutionTest, ManyRowsComeInParts) {
  MemoryEdgeSource star = Star(1000);
  MemoryPatternSource source(star);
  int parts = 0;
  size_t rows = 0;
  ASSERT_OK_AND_ASSIGN(
      const PatternEnd end,
      RunPattern(source, {"MATCH ({id: 1})<--(p) RETURN p, p.name", {}, {}}, [&](PatternPart part) {
        EXPECT_EQ(part.columns.empty(), parts++ > 0);
        rows += part.rows.size();
        return true;
      }));
  EXPECT_EQ(rows, 1000u);
  EXPECT_EQ(parts, 4);
  EXPECT_EQ(end.end.stats.edges_scanned, 1000u);
  // A LIMIT ends the reading of values.
  source.reads = 0;
  EXPECT_THAT(RunPattern(source, {"MATCH ({id: 1})<--(p) RETURN p.name LIMIT 3", {}, {}},
                         [](PatternPart) { return true; }),
              IsOk());
  EXPECT_LE(source.reads, 2);
}

TEST_F(PatternExecutionTest, AHubThatIsPassedAThousandTimesStaysWithinTheBudget) {
  MemoryEdgeSource star = Star(1000);
  MemoryPatternSource source(star);
  PatternRequest request{.text = "MATCH (a)-->({id: 1})<--(b) RETURN count(*)"};
  request.budget.edges_scanned_max = 50'000;
  int64_t count = 0;
  ASSERT_OK_AND_ASSIGN(const PatternEnd end, RunPattern(source, request, [&](PatternPart part) {
                         for (const auto& row : part.rows) count = std::get<int64_t>(row[0]);
                         return true;
                       }));
  ASSERT_TRUE(end.end.truncation.has_value());
  EXPECT_EQ(end.end.truncation->reason, TruncationReason::kEdgesScanned);
  EXPECT_EQ(end.end.stats.edges_scanned, 50'000u);
  EXPECT_GT(count, 40'000);
}

TEST_F(PatternExecutionTest, ExplainShowsThePlanAndRunsNothing) {
  EXPECT_THAT(Ask("EXPLAIN MATCH (b)-[r:PARTY_TO]-(p:Partnership)-[:PARTY_TO]-(a:Company {name: "
                  "'node 1'}) WHERE p.date > '2018-06' AND r.confidence >= 0.5 AND b <> a "
                  "RETURN DISTINCT b, p.date ORDER BY p.date LIMIT 20"),
              IsEmpty());
  EXPECT_EQ(end_.plan,
            "start at (a:COMPANY) where name: 'node 1': 1 node (1) with 2 edges\n"
            "  expand (a:COMPANY)-[:PARTY_TO]-(p:PARTNERSHIP), about 2 matches\n"
            "    pushed to the edges: type PARTY_TO\n"
            "    checked after reading nodes: p.date > '2018-06'\n"
            "    expand (p:PARTNERSHIP)-[r:PARTY_TO]-(b), about 12 matches\n"
            "      pushed to the edges: type PARTY_TO, confidence from 0.5\n"
            "      checked on each edge: r.confidence >= 0.5\n"
            "      checked on each match: b <> a\n"
            "      return distinct b, p.date, sorted, limit 20\n");
  EXPECT_EQ(parts_, 0);
  EXPECT_EQ(end_.end.stats.edges_scanned, 0u);
}

TEST_F(PatternExecutionTest, ThePlanStartsWhereTheFewestEdgesAre) {
  MemoryEdgeSource star = Star(50);
  MemoryPatternSource source(star);
  const auto plan = [&](const std::string& text) {
    auto end = RunPattern(source, {"EXPLAIN " + text, {}, {}}, [](PatternPart) { return true; });
    EXPECT_THAT(end, IsOk());
    return end.ok() ? end->plan : "";
  };
  EXPECT_THAT(plan("MATCH (h {id: 1})<-[:EMPLOYED_BY]-(p {id: 7}) RETURN h"),
              testing::StartsWith("start at (p) where id: 7: 1 node (7) with 1 edge\n"
                                  "  expand (p)-[:EMPLOYED_BY]->(h), about "));
  EXPECT_THAT(plan("MATCH (a {id: 1})<--(b)-->(c), (b)-->(a) RETURN b"),
              testing::AllOf(HasSubstr("close ")));
  EXPECT_THAT(plan("MATCH (a {name: 'nobody'}) RETURN a"),
              testing::StartsWith("nothing matches: no node fulfils name: 'nobody'\n"));
  EXPECT_THAT(plan("MATCH (a:Company)<--(b:Person) RETURN a"),
              testing::StartsWith("scan all nodes for (a:COMPANY), about 1 of them\n"));
}

}  // namespace
}  // namespace partnergraph
