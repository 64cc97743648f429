#include "graph/pattern_property.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "graph/quoted.h"

namespace partnergraph {
namespace {

constexpr PatternPropertyInfo kProperties[] = {
    {"id", PatternProperty::kId, PatternType::kNumber, true, true},
    {"name", PatternProperty::kName, PatternType::kString, true, false},
    {"kind", PatternProperty::kKind, PatternType::kString, true, false},
    {"degree", PatternProperty::kDegree, PatternType::kNumber, true, false},
    {"article_count", PatternProperty::kArticleCount, PatternType::kNumber, true, false},
    {"org_type", PatternProperty::kOrgType, PatternType::kString, true, false},
    {"type", PatternProperty::kType, PatternType::kString, false, true},
    {"date", PatternProperty::kDate, PatternType::kDate, true, true},
    {"status", PatternProperty::kStatus, PatternType::kString, true, true},
    {"confidence", PatternProperty::kConfidence, PatternType::kNumber, true, true},
    {"source_count", PatternProperty::kSourceCount, PatternType::kNumber, true, true},
    {"location", PatternProperty::kLocation, PatternType::kString, true, false},
    {"role", PatternProperty::kRole, PatternType::kString, false, true},
    {"title", PatternProperty::kTitle, PatternType::kString, false, true},
};

struct Outside {
  std::string_view word;
  std::string_view what;
};
constexpr Outside kOutside[] = {
    {"CREATE", "CREATE: queries only read"},
    {"INSERT", "INSERT: queries only read"},
    {"MERGE", "MERGE: queries only read"},
    {"SET", "SET: queries only read"},
    {"DELETE", "DELETE: queries only read"},
    {"DETACH", "DETACH DELETE: queries only read"},
    {"REMOVE", "REMOVE: queries only read"},
    {"DROP", "DROP: queries only read"},
    {"LOAD", "LOAD CSV: articles and imports fill the graph"},
    {"FOREACH", "FOREACH"},
    {"OPTIONAL", "OPTIONAL MATCH"},
    {"WITH", "WITH: one MATCH and one RETURN make a query"},
    {"UNWIND", "UNWIND: pass a list as a parameter and use IN"},
    {"UNION", "UNION: ask twice"},
    {"CALL", "CALL"},
    {"YIELD", "YIELD"},
    {"USE", "USE"},
    {"SHOW", "SHOW"},
    {"FINISH", "FINISH"},
    {"LET", "LET"},
    {"FILTER", "FILTER: write WHERE"},
    {"PROFILE", "PROFILE: EXPLAIN shows the plan, and every answer counts what it read"},
    {"SHORTESTPATH", "shortestPath: ask FindPaths"},
    {"ALLSHORTESTPATHS", "allShortestPaths: ask FindPaths"},
    {"SHORTEST", "SHORTEST: ask FindPaths"},
    {"EXISTS", "EXISTS"},
    {"CASE", "CASE"},
    {"ALL", "ALL(...)"},
    {"ANY", "ANY(...)"},
    {"NONE", "NONE(...)"},
    {"SINGLE", "SINGLE(...)"},
    {"REDUCE", "REDUCE(...)"},
    {"XOR", "XOR"},
    {"OFFSET", "OFFSET: write SKIP"},
    {"FETCH", "FETCH: write LIMIT"},
    {"=~", "matching a regular expression (=~): use STARTS WITH, ENDS WITH or CONTAINS"},
    {"!=", "!=: write <>"},
    {"+", "arithmetic (+)"},
    {"-", "arithmetic (-)"},
    {"*", "arithmetic (*)"},
    {"/", "arithmetic (/)"},
    {"%", "arithmetic (%)"},
    {"^", "arithmetic (^)"},
    {"!", "! in a label or type expression"},
    {"&", "& in a label or type expression"},
};

constexpr std::string_view kKeywords[] = {"MATCH", "WHERE", "RETURN",    "DISTINCT",   "ORDER",
                                          "BY",    "SKIP",  "LIMIT",     "AS",         "AND",
                                          "OR",    "NOT",   "IN",        "IS",         "NULL",
                                          "TRUE",  "FALSE", "STARTS",    "ENDS",       "CONTAINS",
                                          "ASC",   "DESC",  "ASCENDING", "DESCENDING", "EXPLAIN"};

}  // namespace

const PatternPropertyInfo* FindPatternProperty(std::string_view name, bool of_edge) {
  for (const PatternPropertyInfo& info : kProperties) {
    if (info.name == name && (of_edge ? info.of_edges : info.of_nodes)) return &info;
  }
  return nullptr;
}

std::string PatternPropertyNames(bool of_edge) {
  std::string names;
  for (const PatternPropertyInfo& info : kProperties) {
    if (!(of_edge ? info.of_edges : info.of_nodes)) continue;
    absl::StrAppend(&names, names.empty() ? "" : ", ", ToAbsl(info.name));
  }
  return names;
}

std::string_view PatternTypeName(PatternType type) {
  switch (type) {
    case PatternType::kNull:
      return "null";
    case PatternType::kBool:
      return "a condition";
    case PatternType::kNumber:
      return "a number";
    case PatternType::kString:
      return "a string";
    case PatternType::kDate:
      return "a date";
    case PatternType::kNode:
      return "a node";
    case PatternType::kEdge:
      return "an edge";
    case PatternType::kEdges:
      return "a list of edges";
  }
  return "";
}

std::optional<std::string_view> PatternOutside(std::string_view word) {
  for (const Outside& outside : kOutside) {
    if (IsWord(word, outside.word)) return outside.what;
  }
  return std::nullopt;
}

bool IsPatternKeyword(std::string_view word) {
  return std::ranges::any_of(kKeywords,
                             [&](std::string_view keyword) { return IsWord(word, keyword); });
}

bool IsWord(std::string_view word, std::string_view keyword) {
  return absl::EqualsIgnoreCase(ToAbsl(word), ToAbsl(keyword));
}

}  // namespace partnergraph
