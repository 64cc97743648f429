#include "graph/pattern_plan.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "graph/pattern_lexer.h"
#include "graph/pattern_pushdown.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

using Kind = PatternExpression::Kind;

// What an expression looks at.
struct Uses {
  std::set<PatternNodeIndex> nodes;
  std::set<PatternEdgeIndex> edges;
  std::set<PatternNodeIndex> value_nodes;  // Whose values beside id and kind are needed.
  PatternReads reads;
};

void Collect(const PatternQuery& query, PatternExpressionIndex index, Uses& uses) {
  std::vector<PatternExpressionIndex> open = {index};
  while (!open.empty()) {
    const PatternExpression& expression = query.expressions[open.back()];
    open.pop_back();
    open.insert(open.end(), expression.operands.begin(), expression.operands.end());
    switch (expression.kind) {
      case Kind::kNode:
      case Kind::kNamed:
      case Kind::kLabel:
        uses.nodes.insert(expression.index);
        break;
      case Kind::kEdge:
      case Kind::kEdgeProperty:
        uses.edges.insert(expression.index);
        break;
      case Kind::kNodeProperty:
        uses.nodes.insert(expression.index);
        if (expression.property == PatternProperty::kId) break;
        uses.value_nodes.insert(expression.index);
        uses.reads.names |= expression.property == PatternProperty::kName;
        uses.reads.facts |= expression.property == PatternProperty::kDate ||
                            expression.property == PatternProperty::kStatus ||
                            expression.property == PatternProperty::kConfidence ||
                            expression.property == PatternProperty::kSourceCount ||
                            expression.property == PatternProperty::kLocation;
        break;
      default:
        break;
    }
  }
}

class Planner {
 public:
  Planner(const PatternQuery& query, PatternSource& source)
      : query_(query), source_(source), bound_(query.nodes.size()), used_(query.edges.size()) {}

  absl::StatusOr<PatternPlan> Run() {
    PG_RETURN_IF_ERROR(ResolveTypes());
    PG_RETURN_IF_ERROR(ResolveNames());
    PG_RETURN_IF_ERROR(FindStarts());
    PG_ASSIGN_OR_RETURN(totals_, source_.Totals());
    PG_RETURN_IF_ERROR(AddScan());
    while (AddExpansion() || AddStart()) {
    }
    PlaceConditions();
    Uses uses;
    for (const PatternItem& item : query_.items) Collect(query_, item.expression, uses);
    plan_.value_nodes.assign(uses.value_nodes.begin(), uses.value_nodes.end());
    plan_.reads = uses.reads;
    for (const PatternNode& node : query_.nodes) {
      if (node.kinds == 0) plan_.nothing = "a node cannot have two labels at once";
    }
    return std::move(plan_);
  }

 private:
  // The filters of all edges.
  absl::Status ResolveTypes() {
    for (PatternEdgeIndex i = 0; i < query_.edges.size(); ++i) {
      PatternPushdown& pushdown = pushdowns_.emplace_back();
      PG_ASSIGN_OR_RETURN(pushdown, PushDown(query_, i, source_.schema()));
      if (pushdown.impossible) plan_.nothing = "the conditions on an edge exclude each other";
    }
    PG_RETURN_IF_ERROR(CheckDerived());
    return CheckTypeWords(query_, source_.schema());
  }

  // A passage through a deal has two edges behind it, and so nothing that could be compared.
  absl::Status CheckDerived() const {
    for (const PatternExpression& expression : query_.expressions) {
      if (expression.kind != Kind::kEdgeProperty || expression.property == PatternProperty::kType ||
          !pushdowns_[expression.index].derives) {
        continue;
      }
      return PatternError(query_.text, expression.begin,
                          "a PARTNER_WITH edge may be derived and has no properties but its type; "
                          "write the deal out: -[:PARTY_TO]-(p:Partnership)-[:PARTY_TO]-");
    }
    return absl::OkStatus();
  }

  absl::Status ResolveNames() {
    absl::flat_hash_map<std::string, std::vector<NodeId>> known;
    size_t left = kPatternNamedMax;
    for (PatternExpressionIndex i = 0; i < query_.expressions.size(); ++i) {
      const PatternExpression& expression = query_.expressions[i];
      if (expression.kind != Kind::kNamed) continue;
      std::vector<NodeId>& nodes = plan_.named[i];
      absl::flat_hash_set<std::string_view> taken;  // A list may have a name several times.
      for (const PatternScalar& name : expression.list) {
        const std::string& text = std::get<std::string>(name);
        if (!taken.insert(text).second) continue;
        const auto [entry, is_new] = known.try_emplace(text);
        std::vector<NodeId>& found = entry->second;
        if (is_new) {
          if (known.size() > kPatternNamesMax) {
            return PatternError(
                query_.text, expression.begin,
                absl::StrCat("the query has more than ", kPatternNamesMax, " different names"));
          }
          PG_ASSIGN_OR_RETURN(found, source_.NodesNamed(text, left + 1));
          if (found.size() > left) {
            return PatternError(
                query_.text, expression.begin,
                absl::StrCat("more than ", kPatternNamedMax, " nodes have the name ", Quoted(text),
                             left < kPatternNamedMax ? " or one of the query's other names" : ""));
          }
          left -= found.size();
        }
        nodes.insert(nodes.end(), found.begin(), found.end());
      }
      std::ranges::sort(nodes);
      nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    }
    return absl::OkStatus();
  }

  // The nodes that a condition confines a node to; nullopt when it does not.
  std::optional<std::vector<NodeId>> Confined(PatternExpressionIndex index,
                                              PatternNodeIndex node) const {
    const PatternExpression& expression = query_.expressions[index];
    if (expression.kind == Kind::kNamed && expression.index == node) return plan_.named.at(index);
    const bool compared =
        expression.kind == Kind::kIn ||
        (expression.kind == Kind::kCompare && expression.comparison == PatternComparison::kEqual);
    if (!compared) return std::nullopt;
    const PatternExpression& left = query_.expressions[expression.operands[0]];
    if (left.kind != Kind::kNodeProperty || left.property != PatternProperty::kId ||
        left.index != node) {
      return std::nullopt;
    }
    std::vector<PatternScalar> values = expression.list;
    if (expression.kind == Kind::kCompare) {
      const PatternExpression& right = query_.expressions[expression.operands[1]];
      if (right.kind != Kind::kLiteral) return std::nullopt;
      values = {right.literal};
    }
    std::vector<NodeId> nodes;
    for (const PatternScalar& value : values) {
      const auto* integer = std::get_if<int64_t>(&value);
      const auto* fraction = std::get_if<double>(&value);
      if (integer != nullptr && *integer > 0) nodes.push_back(NodeId(*integer));
      // 7.0 is 7.
      if (fraction != nullptr && *fraction >= 1 && *fraction < 9e15 &&
          std::floor(*fraction) == *fraction) {
        nodes.push_back(NodeId(static_cast<uint64_t>(*fraction)));
      }
    }
    std::ranges::sort(nodes);
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    return nodes;
  }

  // The nodes that each node of the patterns is confined to, with their degrees: one read for all.
  absl::Status FindStarts() {
    starts_.resize(query_.nodes.size());
    std::vector<NodeId> ids;
    for (PatternNodeIndex node = 0; node < query_.nodes.size(); ++node) {
      std::optional<std::vector<NodeId>> nodes;
      std::string text;
      for (const PatternExpressionIndex condition : query_.conditions) {
        std::optional<std::vector<NodeId>> confined = Confined(condition, node);
        if (!confined.has_value()) continue;
        if (nodes.has_value()) {
          std::vector<NodeId> both;
          std::ranges::set_intersection(*nodes, *confined, std::back_inserter(both));
          nodes = std::move(both);
        } else {
          nodes = std::move(confined);
        }
        decided_.insert(condition);
        absl::StrAppend(&text, text.empty() ? "" : " and ", SourceText(query_, condition));
      }
      if (!nodes.has_value()) continue;
      ids.insert(ids.end(), nodes->begin(), nodes->end());
      starts_[node] = Start{.ids = std::move(*nodes), .text = std::move(text)};
    }
    std::ranges::sort(ids);
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    PG_ASSIGN_OR_RETURN(const auto values, source_.ReadNodes(ids, {}));
    for (PatternNodeIndex node = 0; node < query_.nodes.size(); ++node) {
      if (!starts_[node].has_value()) continue;
      Start& start = *starts_[node];
      for (const NodeId id : start.ids) {
        const auto& found =
            values[static_cast<size_t>(std::ranges::lower_bound(ids, id) - ids.begin())];
        if (!found.has_value() || (KindBit(found->node.kind) & query_.nodes[node].kinds) == 0) {
          continue;
        }
        start.nodes.push_back({found->node.id, found->node.kind, ""});
        start.degree += found->degree;
      }
      if (start.nodes.empty()) {
        plan_.nothing = absl::StrCat("no node fulfils ", start.text,
                                     query_.nodes[node].kinds == kAllKinds ? "" : " and its label");
      }
    }
    return absl::OkStatus();
  }

  // Where a component has no node that is confined, its first node is scanned.
  absl::Status AddScan() {
    std::vector<PatternNodeIndex> component(query_.nodes.size());
    for (PatternNodeIndex i = 0; i < component.size(); ++i) component[i] = i;
    const auto root = [&](PatternNodeIndex node) {
      while (component[node] != node) node = component[node];
      return node;
    };
    for (const PatternEdge& edge : query_.edges) component[root(edge.right)] = root(edge.left);
    std::set<PatternNodeIndex> started;
    for (PatternNodeIndex i = 0; i < component.size(); ++i) {
      if (starts_[i].has_value()) started.insert(root(i));
    }
    std::optional<PatternNodeIndex> scanned;
    for (PatternNodeIndex i = 0; i < component.size(); ++i) {
      if (started.contains(root(i))) continue;
      if (scanned.has_value() && root(*scanned) != root(i)) {
        return PatternError(query_.text, query_.nodes[i].begin,
                            "this path shares no variable with the others and has nothing to start "
                            "from; give one of its nodes a name or an id");
      }
      // Of the nodes of the component the one of the rarest kind.
      if (!scanned.has_value() || NodesOf(i) < NodesOf(*scanned)) scanned = i;
    }
    if (!scanned.has_value()) return absl::OkStatus();
    plan_.steps.push_back(
        {.kind = PatternStep::Kind::kScan, .node = *scanned, .matches = NodesOf(*scanned)});
    bound_[*scanned] = true;
    return absl::OkStatus();
  }

  // Binds the node that has the fewest edges at its starts. False when all are bound.
  bool AddStart() {
    std::optional<PatternNodeIndex> best;
    for (PatternNodeIndex i = 0; i < query_.nodes.size(); ++i) {
      if (bound_[i] || !starts_[i].has_value()) continue;
      if (!best.has_value() || Cost(*starts_[i]) < Cost(*starts_[*best])) best = i;
    }
    if (!best.has_value()) return false;
    const Start& start = *starts_[*best];
    plan_.steps.push_back({.kind = PatternStep::Kind::kNodes,
                           .node = *best,
                           .starts = start.nodes,
                           .start_text = start.text,
                           .start_degree = start.degree,
                           .matches = Matches() * static_cast<double>(start.nodes.size())});
    bound_[*best] = true;
    return true;
  }

  // Follows the best edge from what is bound. False when there is none.
  bool AddExpansion() {
    std::optional<PatternEdgeIndex> best;
    double best_cost = 0;
    for (PatternEdgeIndex i = 0; i < query_.edges.size(); ++i) {
      const PatternEdge& edge = query_.edges[i];
      if (used_[i] || (!bound_[edge.left] && !bound_[edge.right])) continue;
      const double cost = ExpansionCost(i);
      if (!best.has_value() || cost < best_cost) {
        best = i;
        best_cost = cost;
      }
    }
    if (!best.has_value()) return false;
    const PatternEdge& edge = query_.edges[*best];
    const bool from_left = bound_[edge.left];
    PatternStep step{.kind = PatternStep::Kind::kExpand,
                     .node = from_left ? edge.right : edge.left,
                     .from = from_left ? edge.left : edge.right,
                     .edge = *best};
    step.closes = bound_[step.node];
    if (starts_[step.node].has_value()) {
      step.confined = true;
      step.start_text = starts_[step.node]->text;
      for (const NodeSummary& node : starts_[step.node]->nodes) step.only.push_back(node.id);
    }
    const PatternPushdown& pushdown = pushdowns_[*best];
    step.pushed = pushdown.pushed;
    const FactFilter filter = from_left ? pushdown.filter : Reversed(pushdown.filter);
    step.matches = Matches() * Growth(*best, step.from, step.closes);
    step.hop = MakeStepHopKind(TraverseStep{.filter = filter});
    // What was read of deals is shared by hops of the same conditions only.
    step.hop.deal_group = *best;
    plan_.steps.push_back(std::move(step));
    used_[*best] = true;
    bound_[edge.left] = bound_[edge.right] = true;
    return true;
  }

  // Conditions go to the first step after which all that they look at is bound.
  void PlaceConditions() {
    std::vector<size_t> step_of_node(query_.nodes.size(), 0), step_of_edge(query_.edges.size(), 0);
    std::vector<bool> placed(query_.nodes.size());
    for (size_t i = 0; i < plan_.steps.size(); ++i) {
      const PatternStep& step = plan_.steps[i];
      if (!placed[step.node]) step_of_node[step.node] = i;
      placed[step.node] = true;
      if (step.kind != PatternStep::Kind::kExpand) continue;
      step_of_edge[step.edge] = i;
      plan_.steps[i].on_edge = query_.edges[step.edge].each;
    }
    for (const PatternExpressionIndex condition : query_.conditions) {
      if (decided_.contains(condition)) continue;
      Uses uses;
      Collect(query_, condition, uses);
      size_t last = 0;
      for (const PatternNodeIndex node : uses.nodes) last = std::max(last, step_of_node[node]);
      for (const PatternEdgeIndex edge : uses.edges) last = std::max(last, step_of_edge[edge]);
      PatternStep& step = plan_.steps[last];
      if (!uses.value_nodes.empty()) {
        step.on_values.push_back(condition);
        step.value_nodes.insert(step.value_nodes.end(), uses.value_nodes.begin(),
                                uses.value_nodes.end());
        step.reads.names |= uses.reads.names;
        step.reads.facts |= uses.reads.facts;
      } else if (uses.nodes.empty() && uses.edges.size() == 1 &&
                 !query_.edges[*uses.edges.begin()].variable_length) {
        step.on_edge.push_back(condition);
      } else {
        step.on_match.push_back(condition);
      }
    }
    for (PatternStep& step : plan_.steps) {
      std::ranges::sort(step.value_nodes);
      step.value_nodes.erase(std::unique(step.value_nodes.begin(), step.value_nodes.end()),
                             step.value_nodes.end());
    }
  }

  // Estimates.
  struct Start {
    std::vector<NodeId> ids;
    std::string text;
    std::vector<NodeSummary> nodes;
    uint64_t degree = 0;
  };
  static uint64_t Cost(const Start& start) { return start.degree + start.nodes.size(); }

  double Matches() const { return plan_.steps.empty() ? 1 : plan_.steps.back().matches; }

  double NodesOf(PatternNodeIndex node) const {
    double count = 0;
    for (size_t kind = 0; kind < totals_.nodes.size(); ++kind) {
      if ((query_.nodes[node].kinds >> kind & 1) != 0) {
        count += static_cast<double>(totals_.nodes[kind]);
      }
    }
    return std::max(count, 1.0);
  }

  // Edges of the pattern's types that a node has on average.
  double Fanout(PatternEdgeIndex index, PatternNodeIndex from) const {
    const FactFilter& filter = pushdowns_[index].filter;
    double edges = 0;
    for (const auto& [type, count] : totals_.edges) {
      if (filter.types.empty() || std::ranges::find(filter.types, type) != filter.types.end()) {
        edges += static_cast<double>(count);
      }
    }
    const double ends = filter.direction == DirectionFilter::kBoth ? 2 : 1;
    return std::max(edges * ends / NodesOf(from), 0.01);
  }

  // Matches that one match becomes.
  double Growth(PatternEdgeIndex index, PatternNodeIndex from, bool closes) const {
    const PatternEdge& edge = query_.edges[index];
    // Where the nodes of the start are known, so are their degrees.
    const PatternStep& last = plan_.steps.back();
    double fanout = Fanout(index, from);
    if (last.kind == PatternStep::Kind::kNodes && last.node == from && !last.starts.empty()) {
      fanout = std::min(
          fanout, static_cast<double>(last.start_degree) / static_cast<double>(last.starts.size()));
    }
    double growth = 0;
    for (uint32_t hops = edge.hops_min; hops <= edge.hops_max; ++hops) {
      growth += std::pow(fanout, hops);
    }
    const PatternNodeIndex to = from == edge.left ? edge.right : edge.left;
    if (closes) return std::min(growth, growth / NodesOf(to));
    if (starts_[to].has_value()) {
      growth *= static_cast<double>(starts_[to]->nodes.size()) / NodesOf(to);
    }
    return growth;
  }

  double ExpansionCost(PatternEdgeIndex index) const {
    const PatternEdge& edge = query_.edges[index];
    const bool closes = bound_[edge.left] && bound_[edge.right];
    const PatternNodeIndex from = bound_[edge.left] ? edge.left : edge.right;
    const double growth = Growth(index, from, closes);
    // What is read counts as well as what comes of it.
    double read = 0;
    for (uint32_t hops = 1; hops <= edge.hops_max; ++hops) {
      read += std::pow(Fanout(index, from), hops);
    }
    return growth + 0.01 * read;
  }

  const PatternQuery& query_;
  PatternSource& source_;
  PatternPlan plan_;
  PatternTotals totals_;
  std::vector<std::optional<Start>> starts_;  // By node.
  std::set<PatternExpressionIndex> decided_;  // Conditions that the starts fulfil.
  std::vector<PatternPushdown> pushdowns_;    // By edge.
  std::vector<bool> bound_;                   // By node.
  std::vector<bool> used_;                    // By edge.
};

}  // namespace

absl::StatusOr<PatternPlan> PlanPattern(const PatternQuery& query, PatternSource& source) {
  return Planner(query, source).Run();
}

}  // namespace partnergraph
