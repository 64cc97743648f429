#include "graph/pattern_parser.h"

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using absl::StatusCode;
using testing::AllOf;
using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;
using Kind = PatternExpression::Kind;

// "line 1, column C" is where `^` stands in `marked`; the text is without it.
void ExpectError(const std::string& marked, const std::string& message) {
  const size_t place = marked.find('^');
  ASSERT_NE(place, std::string::npos) << marked;
  std::string text = marked;
  text.erase(place, 1);
  EXPECT_THAT(ParsePattern(text),
              StatusIs(StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(absl::StrCat("(byte ", place, "): ")), HasSubstr(message))))
      << marked;
}

TEST(PatternParserTest, AWholeQueryBecomesItsParts) {
  ASSERT_OK_AND_ASSIGN(
      const PatternQuery query,
      ParsePattern(
          "MATCH (a:Company {name:'商汤科技'})-[:PARTY_TO]-(p:Partnership)-[:PARTY_TO]-(b) "
          "WHERE p.date > '2018-06' RETURN b, p LIMIT 20"));
  ASSERT_THAT(query.nodes, SizeIs(3));
  EXPECT_EQ(query.nodes[0].name, "a");
  EXPECT_EQ(query.nodes[0].kinds, KindBit(NodeKind::kCompany));
  EXPECT_EQ(query.nodes[2].kinds, kAllKinds);
  ASSERT_THAT(query.edges, SizeIs(2));
  EXPECT_EQ(query.edges[1].left, 1u);
  EXPECT_EQ(query.edges[1].right, 2u);
  EXPECT_EQ(query.edges[0].types[0].text, "PARTY_TO");
  EXPECT_EQ(query.edges[0].direction, DirectionFilter::kBoth);
  ASSERT_THAT(query.conditions, SizeIs(2));
  const PatternExpression& named = query.expressions[query.conditions[0]];
  EXPECT_EQ(named.kind, Kind::kNamed);
  EXPECT_EQ(std::get<std::string>(named.list[0]), "商汤科技");
  const PatternExpression& dated = query.expressions[query.conditions[1]];
  EXPECT_EQ(dated.comparison, PatternComparison::kGreater);
  EXPECT_EQ(std::get<Date>(query.expressions[dated.operands[1]].literal),
            (Date{.year = 2018, .month = 6}));
  ASSERT_THAT(query.items, SizeIs(2));
  EXPECT_EQ(query.items[1].name, "p");
  EXPECT_EQ(query.limit, 20u);
  EXPECT_FALSE(query.explain);
}

TEST(PatternParserTest, ArrowsAndLengths) {
  ASSERT_OK_AND_ASSIGN(
      const PatternQuery query,
      ParsePattern("explain match (a)-[:USES|:PART_OF*2..4]->(b)<--(c)<-[r*..3]->(d), "
                   "(a)-[*0..1]-(e) return *"));
  EXPECT_TRUE(query.explain);
  ASSERT_THAT(query.edges, SizeIs(4));
  EXPECT_EQ(query.edges[0].direction, DirectionFilter::kOut);
  EXPECT_THAT(query.edges[0].types, SizeIs(2));
  EXPECT_EQ(query.edges[0].hops_min, 2u);
  EXPECT_EQ(query.edges[0].hops_max, 4u);
  EXPECT_EQ(query.edges[1].direction, DirectionFilter::kIn);
  EXPECT_FALSE(query.edges[1].variable_length);
  EXPECT_EQ(query.edges[2].direction, DirectionFilter::kBoth);
  EXPECT_EQ(query.edges[2].hops_min, 1u);
  EXPECT_EQ(query.edges[3].hops_min, 0u);
  EXPECT_EQ(query.edges[3].left, query.edges[0].left);
  std::vector<std::string> names;
  for (const PatternItem& item : query.items) names.push_back(item.name);
  EXPECT_THAT(names, testing::ElementsAre("a", "b", "c", "r", "d", "e"));
}

TEST(PatternParserTest, PartsOfAnAndAreConditionsOfTheirOwn) {
  ASSERT_OK_AND_ASSIGN(
      const PatternQuery query,
      ParsePattern("MATCH (a)--(b) WHERE (a.id = 1 AND b.degree > 2) AND "
                   "(a.id = 3 OR NOT NOT b.id = 4) AND b:Person|Company RETURN a"));
  EXPECT_THAT(query.conditions, SizeIs(3));
  EXPECT_EQ(query.nodes[1].kinds, KindBit(NodeKind::kPerson) | KindBit(NodeKind::kCompany));
}

TEST(PatternParserTest, AConstantOnTheLeftChangesSides) {
  ASSERT_OK_AND_ASSIGN(const PatternQuery query,
                       ParsePattern("MATCH (a)-[r]-(b) WHERE '2018' < r.date RETURN a"));
  EXPECT_EQ(query.expressions[query.conditions[0]].comparison, PatternComparison::kGreater);
}

TEST(PatternParserTest, ParametersStandForValuesAndLists) {
  const std::vector<PatternParameter> parameters = {
      {"n", {std::string("Acme")}}, {"ids", {int64_t{1}, int64_t{2}}, true}, {"k", {int64_t{7}}}};
  ASSERT_OK_AND_ASSIGN(
      const PatternQuery query,
      ParsePattern("MATCH (a {name: $n})--(b) WHERE b.id IN $ids RETURN b SKIP $k LIMIT $k",
                   parameters));
  EXPECT_THAT(query.expressions[query.conditions[1]].list, SizeIs(2));
  EXPECT_EQ(query.skip, 7u);
  EXPECT_EQ(query.limit, 7u);
  for (const char* text : {"MATCH (a {name: $m}) RETURN a", "MATCH (a {id: $ids}) RETURN a",
                           "MATCH (a) WHERE a.id IN $k RETURN a", "MATCH (a) RETURN a LIMIT $n"}) {
    EXPECT_THAT(ParsePattern(text, parameters),
                StatusIs(StatusCode::kInvalidArgument, StartsWith("line 1, column ")))
        << text;
  }
}

TEST(PatternParserTest, ErrorsSayWhatWasExpected) {
  ExpectError("MATCH ^a RETURN a", "expected a node '(...)', found 'a'");
  ExpectError("MATCH (a:Company ^RETURN a", "expected ':', '{' or ')', found 'RETURN'");
  ExpectError("MATCH (a)-[:^]-(b) RETURN a", "expected an edge type, found ']'");
  ExpectError("MATCH (a)-[r:USES]^(b) RETURN a", "expected '-' or '->'");
  ExpectError("MATCH (a) ^", "expected ',', an edge, WHERE or RETURN, found the end of the text");
  ExpectError("MATCH (a) RETURN a LIMIT ^'x'", "expected a whole number");
  ExpectError("MATCH (a) RETURN a LIMIT 3 ^4", "expected the end of the text, found '4'");
  ExpectError("MATCH (a) WHERE a.name STARTS ^'x' RETURN a", "expected WITH");
  ExpectError("MATCH (a {name ^'x'}) RETURN a", "expected ':'");
  ExpectError("^RETURN 1", "expected MATCH");
  ExpectError("^", "expected MATCH, found the end of the text");
}

TEST(PatternParserTest, WhatTheLanguageLeavesOutIsNamed) {
  ExpectError("^CREATE (a)", "CREATE is not part of this language (queries only read)");
  ExpectError("^OPTIONAL MATCH (a) RETURN a", "OPTIONAL MATCH is not part of this language");
  ExpectError("MATCH (a) ^WITH a RETURN a", "WITH is not part");
  ExpectError("MATCH (a) ^SET a.x = 1", "SET is not part");
  ExpectError("MATCH (a) ^DETACH DELETE a", "DETACH DELETE is not part");
  ExpectError("MATCH (a) ^DELETE a", "DELETE is not part");
  ExpectError("MATCH (a) RETURN a ^UNION MATCH (b) RETURN b", "UNION is not part");
  ExpectError("^UNWIND [1] AS x RETURN x", "UNWIND is not part");
  ExpectError("^CALL db.labels()", "CALL is not part");
  ExpectError("^MERGE (a) RETURN a", "MERGE is not part");
  ExpectError("^PROFILE MATCH (a) RETURN a", "PROFILE is not part");
  ExpectError("MATCH ^p = (a)--(b) RETURN p", "a variable for a path is not part");
  ExpectError("MATCH ^shortestPath((a)--(b)) RETURN a",
              "shortestPath is not part of this language (ask FindPaths)");
  ExpectError("MATCH (a) ^MATCH (b) RETURN a", "separate the paths by commas");
  ExpectError("MATCH (a)-->^{1,3}(b) RETURN a", "a quantifier behind an edge");
  ExpectError("MATCH (a) WHERE ^(a)--() RETURN a", "a path as a condition");
  ExpectError("MATCH (a) WHERE a.id ^+ 1 = 2 RETURN a", "arithmetic (+)");
  ExpectError("MATCH (a) WHERE a.name ^=~ 'x' RETURN a", "a regular expression");
  ExpectError("MATCH (a) WHERE a.id ^!= 2 RETURN a", "!= is not part of this language (write <>)");
  ExpectError("MATCH (a) RETURN ^labels(a)", "the function labels() is not part");
  ExpectError("MATCH (a) WHERE ^exists(a.name) RETURN a", "EXISTS is not part");
  ExpectError("MATCH (a) WHERE 1 < a.degree ^< 3 RETURN a", "a chain of comparisons");
  ExpectError("MATCH (a:Company^&Person) RETURN a", "& in a label");
  ExpectError("MATCH (a) RETURN a.id = 1 ^XOR a.id = 2", "XOR is not part");
  ExpectError("MATCH (a) RETURN ^CASE WHEN true THEN 1 END", "CASE is not part");
}

TEST(PatternParserTest, VariablesMustMeanOneThing) {
  ExpectError("MATCH (a)-[^a]-(b) RETURN a", "\"a\" is a variable already");
  ExpectError("MATCH (a)-[r]-(b)-[^r]-(c) RETURN a", "stands once");
  ExpectError("MATCH (a)-[r]-^(r) RETURN a", "\"r\" is an edge");
  ExpectError("MATCH (a) RETURN ^b", "no pattern has a variable \"b\"");
  ExpectError("MATCH (^limit) RETURN 1", "the keyword limit cannot name a variable");
  EXPECT_THAT(ParsePattern("MATCH (`limit`) RETURN `limit`"), IsOk());
  ExpectError("MATCH (a:^Firm) RETURN a", "there is no label \"Firm\"");
  ExpectError("MATCH (a:Company^:Person) RETURN a", "a node has one label");
  ExpectError("MATCH (a)--(b) RETURN a, ^b AS a", "two columns are named \"a\"");
}

TEST(PatternParserTest, PropertiesAndTypesAreChecked) {
  ExpectError("MATCH (a) WHERE a.^colour = 'red' RETURN a", "a node has no property \"colour\"");
  ExpectError("MATCH ()-[r]-() WHERE r.^degree = 1 RETURN r", "an edge has no property");
  ExpectError("MATCH (a) WHERE a.name = ^5 RETURN a", "cannot compare a string with a number");
  ExpectError("MATCH (a) WHERE a.degree IN [1, ^'x'] RETURN a", "a number with a string");
  ExpectError("MATCH (a) WHERE a.date > ^'2018-13' RETURN a", "\"2018-13\" is no date");
  ExpectError("MATCH (a) WHERE a.status = ^'LIVE' RETURN a", "there is no status \"LIVE\"");
  ExpectError("MATCH (a) WHERE a.kind = ^'PARTNERSHIP' RETURN a", "write the label :Partnership");
  ExpectError("MATCH (a) WHERE ^a.name RETURN a", "expected a condition, this is a string");
  ExpectError("MATCH (a) WHERE NOT ^a RETURN a", "expected a condition, this is a node");
  ExpectError("MATCH (a) WHERE ^a.degree CONTAINS 'x' RETURN a", "expected a string");
  ExpectError("MATCH (a)--(b) WHERE ^a < b RETURN a", "a node has no order");
  ExpectError("MATCH (a)-[r*1..2]-(b) WHERE ^r.date > '2018' RETURN a", "\"r\" is a list of edges");
  ExpectError("MATCH (a) WHERE ^count(a) > 1 RETURN a", "stands alone in RETURN");
  ExpectError("MATCH (a) RETURN a ORDER BY ^a", "ORDER BY wants a value");
  ExpectError("MATCH (a) RETURN DISTINCT a.name ORDER BY ^a.degree", "behind DISTINCT or count");
  EXPECT_THAT(ParsePattern("MATCH (a)--(b) WHERE a <> b RETURN DISTINCT a.name ORDER BY a . name"),
              IsOk());
}

TEST(PatternParserTest, LengthsAreBounded) {
  ExpectError("MATCH (a)-[^*]-(b) RETURN a", "a length without an upper bound");
  ExpectError("MATCH (a)-[^*2..]-(b) RETURN a", "a length without an upper bound");
  ExpectError("MATCH (a)-[^*1..7]-(b) RETURN a", "a length of 1..7, want at least 1 and at most 6");
  ExpectError("MATCH (a)-[^*3..2]-(b) RETURN a", "a length of 3..2");
  ExpectError("MATCH (a)-[^*0]-(b) RETURN a", "a length of 0..0");
  EXPECT_THAT(ParsePattern("MATCH (a)-[*0..6]-(b) RETURN a"), IsOk());
}

std::string Chain(size_t edges, const std::string& edge) {
  std::string text = "MATCH (n)";
  for (size_t i = 0; i < edges; ++i) absl::StrAppend(&text, edge, "()");
  return text + " RETURN n";
}

TEST(PatternParserTest, PatternsAreBounded) {
  // A node for each edge and one more.
  EXPECT_THAT(ParsePattern(Chain(kPatternNodesMax - 1, "--")), IsOk());
  EXPECT_THAT(ParsePattern(Chain(kPatternNodesMax, "--")),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("more than 16 nodes")));
  std::string edges = "MATCH (a)";
  for (size_t i = 0; i < kPatternEdgesMax; ++i) edges += "--(a)";
  EXPECT_THAT(ParsePattern(edges + " RETURN a"), IsOk());
  EXPECT_THAT(ParsePattern(edges + "--(a) RETURN a"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("more than 16 edges")));
  EXPECT_THAT(ParsePattern(Chain(4, "-[*1..6]-")), IsOk());
  EXPECT_THAT(ParsePattern(Chain(5, "-[*1..6]-")),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("or 24 when lengths")));
  std::string paths = "MATCH (a)";
  for (size_t i = 1; i < kPatternPathsMax; ++i) paths += ", (a)";
  EXPECT_THAT(ParsePattern(paths + " RETURN a"), IsOk());
  EXPECT_THAT(ParsePattern(paths + ", (a) RETURN a"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("more than 8 paths")));
}

TEST(PatternParserTest, DepthIsBounded) {
  const auto nested = [](size_t depth) {
    return absl::StrCat("MATCH (a) WHERE ", std::string(depth, '('), "a.id = 1",
                        std::string(depth, ')'), " RETURN a");
  };
  EXPECT_THAT(ParsePattern(nested(kPatternDepthMax - 1)), IsOk());
  EXPECT_THAT(ParsePattern(nested(kPatternDepthMax)),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("more than 31 parentheses")));
  // As deep as the text is long.
  EXPECT_THAT(ParsePattern(nested(8000)),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("more than 31 parentheses")));
  std::string nots;
  for (int i = 0; i < 3000; ++i) nots += "NOT ";
  EXPECT_THAT(ParsePattern("MATCH (a) WHERE " + nots + "a.id = 1 RETURN a"), IsOk());
}

TEST(PatternParserTest, ListsConditionsAndColumnsAreBounded) {
  std::string list = "1";
  for (size_t i = 1; i < kPatternListMax; ++i) list += ",1";
  EXPECT_THAT(ParsePattern("MATCH (a) WHERE a.id IN [" + list + "] RETURN a"), IsOk());
  EXPECT_THAT(ParsePattern("MATCH (a) WHERE a.id IN [" + list + ",1] RETURN a"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("more than 1000 values")));
  const std::vector<PatternParameter> many = {
      {"m", std::vector<PatternScalar>(kPatternListMax + 1, int64_t{1}), true}};
  EXPECT_THAT(ParsePattern("MATCH (a) WHERE a.id IN $m RETURN a", many),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("more than 1000 values")));
  // The AND is a condition, too.
  std::string conditions = "a.id=1";
  for (size_t i = 2; i < kPatternConditionsMax; ++i) conditions += " AND a.id=1";
  EXPECT_THAT(ParsePattern("MATCH (a) WHERE " + conditions + " RETURN a"), IsOk());
  EXPECT_THAT(ParsePattern("MATCH (a) WHERE " + conditions + " AND a.id=1 RETURN a"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("more than 256 conditions")));
  std::string columns = "a.id AS c0";
  for (size_t i = 1; i < kPatternItemsMax; ++i) absl::StrAppend(&columns, ", a.id AS c", i);
  EXPECT_THAT(ParsePattern("MATCH (a) RETURN " + columns), IsOk());
  EXPECT_THAT(ParsePattern("MATCH (a) RETURN " + columns + ", 1 AS x"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("more than 32 columns")));
  std::string keys = "a.id";
  for (size_t i = 1; i < kPatternOrderMax; ++i) keys += ", a.id";
  EXPECT_THAT(ParsePattern("MATCH (a) RETURN a ORDER BY " + keys), IsOk());
  EXPECT_THAT(ParsePattern("MATCH (a) RETURN a ORDER BY " + keys + ", a.id"),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("more than 8 keys")));
  EXPECT_THAT(ParsePattern("MATCH (a) RETURN a SKIP 1000000"), IsOk());
  ExpectError("MATCH (a) RETURN a SKIP ^1000001", "want at most 1000000");
}

TEST(PatternParserTest, ParametersAreBounded) {
  std::vector<PatternParameter> parameters(kPatternParametersMax, {"p", {int64_t{1}}});
  EXPECT_THAT(ParsePattern("MATCH (a) RETURN a", parameters), IsOk());
  parameters.push_back({"p", {int64_t{1}}});
  EXPECT_THAT(ParsePattern("MATCH (a) RETURN a", parameters),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("65 parameters")));
  EXPECT_THAT(ParsePattern("MATCH (a) RETURN a",
                           std::vector<PatternParameter>{
                               {"p", {std::string(kPatternParameterBytesMax, 'x')}}}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("65537 bytes")));
  EXPECT_THAT(ParsePattern("MATCH (a) RETURN a", std::vector<PatternParameter>{{"p", {}}}),
              StatusIs(StatusCode::kInvalidArgument, HasSubstr("\"p\" has 0 values")));
}

}  // namespace
}  // namespace partnergraph
