#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "graph/pattern_plan.h"
#include "graph/pattern_pushdown.h"
#include "graph/quoted.h"

namespace partnergraph {
namespace {

constexpr size_t kListedNodes = 5;

std::string NodeText(const PatternQuery& query, PatternNodeIndex index) {
  const PatternNode& node = query.nodes[index];
  std::vector<std::string> labels;
  for (const NodeKind kind :
       {NodeKind::kCompany, NodeKind::kPerson, NodeKind::kProduct, NodeKind::kPartnership}) {
    if (node.kinds != kAllKinds && (node.kinds & KindBit(kind)) != 0) {
      labels.emplace_back(NodeKindName(kind));
    }
  }
  return absl::StrCat("(", node.name, labels.empty() ? "" : ":", absl::StrJoin(labels, "|"), ")");
}

std::string EdgeText(const PatternQuery& query, const PatternStep& step, const Schema& schema) {
  const PatternEdge& edge = query.edges[step.edge];
  const FactFilter& filter = step.hop.filter;
  std::vector<std::string> types;
  for (const EdgeType type : filter.types) types.emplace_back(schema.Get(type).name);
  std::string detail = edge.name;
  if (!types.empty()) absl::StrAppend(&detail, ":", absl::StrJoin(types, "|"));
  if (edge.variable_length) absl::StrAppend(&detail, "*", edge.hops_min, "..", edge.hops_max);
  return absl::StrCat(filter.direction == DirectionFilter::kIn ? "<-" : "-",
                      detail.empty() ? "" : absl::StrCat("[", detail, "]"),
                      filter.direction == DirectionFilter::kOut ? "->" : "-");
}

std::string Rounded(double number) {
  return number < 10 ? absl::StrFormat("%.2g", number) : absl::StrFormat("%.0f", number);
}

std::string Counted(uint64_t count, std::string_view noun) {
  return absl::StrCat(count, " ", ToAbsl(noun), count == 1 ? "" : "s");
}

std::string StepText(const PatternQuery& query, const PatternStep& step, const Schema& schema) {
  const std::string node = NodeText(query, step.node);
  switch (step.kind) {
    case PatternStep::Kind::kScan:
      return absl::StrCat("scan all nodes for ", node, ", about ", Rounded(step.matches),
                          " of them");
    case PatternStep::Kind::kNodes: {
      std::vector<std::string> ids;
      for (const NodeSummary& start : step.starts) {
        if (ids.size() == kListedNodes) {
          ids.push_back("...");
          break;
        }
        ids.push_back(absl::StrCat(ToInt(start.id)));
      }
      return absl::StrCat("start at ", node, " where ", step.start_text, ": ",
                          Counted(step.starts.size(), "node"), " (", absl::StrJoin(ids, ", "),
                          ") with ", Counted(step.start_degree, "edge"));
    }
    case PatternStep::Kind::kExpand:
      return absl::StrCat(step.closes ? "close " : "expand ", NodeText(query, step.from),
                          EdgeText(query, step, schema), node, ", about ", Rounded(step.matches),
                          " matches");
  }
  return "";
}

std::string Sources(const PatternQuery& query,
                    const std::vector<PatternExpressionIndex>& conditions) {
  std::vector<std::string> texts;
  for (const PatternExpressionIndex condition : conditions) {
    texts.push_back(SourceText(query, condition));
  }
  return absl::StrJoin(texts, " AND ");
}

}  // namespace

std::string ShowPlan(const PatternQuery& query, const PatternPlan& plan, const Schema& schema) {
  std::string text;
  if (!plan.nothing.empty()) absl::StrAppend(&text, "nothing matches: ", plan.nothing, "\n");
  std::string indent;
  for (const PatternStep& step : plan.steps) {
    absl::StrAppend(&text, indent, StepText(query, step, schema), "\n");
    indent += "  ";
    if (step.confined) {
      absl::StrAppend(&text, indent, "only where ", step.start_text, ": ",
                      Counted(step.only.size(), "node"), "\n");
    }
    if (!step.pushed.empty()) {
      absl::StrAppend(&text, indent, "pushed to the edges: ", absl::StrJoin(step.pushed, ", "),
                      "\n");
    }
    for (const auto& [what, conditions] :
         {std::pair{"checked on each edge: ", &step.on_edge},
          std::pair{"checked on each match: ", &step.on_match},
          std::pair{"checked after reading nodes: ", &step.on_values}}) {
      if (conditions->empty()) continue;
      absl::StrAppend(&text, indent, what, Sources(query, *conditions), "\n");
    }
  }
  std::vector<std::string> columns;
  for (const PatternItem& item : query.items) {
    if (!item.hidden) columns.push_back(item.name);
  }
  absl::StrAppend(&text, indent, query.aggregates ? "count " : "return ",
                  query.distinct ? "distinct " : "", absl::StrJoin(columns, ", "));
  if (!query.order.empty()) absl::StrAppend(&text, ", sorted");
  if (query.skip > 0) absl::StrAppend(&text, ", skip ", query.skip);
  if (query.limit.has_value()) absl::StrAppend(&text, ", limit ", *query.limit);
  return text + "\n";
}

}  // namespace partnergraph
