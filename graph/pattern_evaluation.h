// Evaluates expressions of a pattern query on one match.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "graph/edge_source.h"
#include "graph/pattern_plan.h"
#include "graph/pattern_query.h"
#include "graph/pattern_source.h"

namespace partnergraph {

// A value of an expression; the first is null. Nodes and edges are not read yet.
using PatternCell = std::variant<std::monostate, bool, int64_t, double, std::string, Date, NodeId,
                                 AdjacentEdge, std::vector<AdjacentEdge>>;

// What is bound so far. Nodes and edges that are not are 0 and empty.
struct PatternBinding {
  struct BoundNode {
    NodeId id{};
    NodeKind kind{};
  };
  std::vector<BoundNode> nodes;                         // By PatternNodeIndex.
  std::vector<std::vector<const AdjacentEdge*>> edges;  // By PatternEdgeIndex, left to right.
};

// Values of nodes that have been read.
using PatternValues = absl::flat_hash_map<NodeId, PatternNodeValues>;

class PatternEvaluator {
 public:
  // All must outlive this.
  PatternEvaluator(const PatternQuery& query, const PatternPlan& plan, const Schema& schema)
      : query_(query), plan_(plan), schema_(schema) {}

  // REQUIRES: what the expression looks at is bound and, where it takes values of nodes, among
  // `values`; a node that is not has null for all of them. Counts give null: they have no value on
  // one match.
  PatternCell Evaluate(PatternExpressionIndex expression, const PatternBinding& binding,
                       const PatternValues& values) const;

  // True when the condition is true: neither false nor null.
  bool Holds(PatternExpressionIndex condition, const PatternBinding& binding,
             const PatternValues& values) const;

 private:
  std::optional<bool> Decide(const PatternExpression& expression, PatternExpressionIndex index,
                             const PatternBinding& binding, const PatternValues& values) const;
  PatternCell NodeProperty(const PatternExpression& expression, const PatternBinding& binding,
                           const PatternValues& values) const;
  PatternCell EdgeProperty(const PatternExpression& expression,
                           const PatternBinding& binding) const;

  const PatternQuery& query_;
  const PatternPlan& plan_;
  const Schema& schema_;
};

// Compares by the rules of pattern_parser.h; nullopt for null. Of dates the right one is a period.
std::optional<bool> ComparePatternCells(const PatternCell& left, PatternComparison comparison,
                                        const PatternCell& right);

// A total order to sort by: null last, then as ComparePatternCells where that decides. Negative,
// 0 or positive.
int OrderPatternCells(const PatternCell& left, const PatternCell& right);

// What makes an edge the same in one match and in different matches: its fact, or the deal and the
// ends of a passage.
struct PatternEdgeIdentity {
  uint64_t fact = 0;
  NodeId deal{};
  NodeId low{};
  NodeId high{};
  friend bool operator==(const PatternEdgeIdentity&, const PatternEdgeIdentity&) = default;
};
PatternEdgeIdentity IdentityOf(const AdjacentEdge& edge);

// Appends bytes that are equal exactly for equal values: what DISTINCT and groups go by.
void AppendPatternKey(const PatternCell& cell, std::string& key);

// What a cell counts against Budget::bytes_max while it is held, and at least in an answer.
uint64_t PatternCellBytes(const PatternCell& cell);

}  // namespace partnergraph
