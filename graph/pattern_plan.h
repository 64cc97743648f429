// How a pattern query is answered: where it starts, in which order it follows its edges, and which
// conditions are decided where.
//
// It starts at the nodes that the names index or an id gives and that have the fewest edges
// together, and goes on from what is bound already: edges that close a circle first, then those to
// nodes that are known, then the one that is expected to multiply matches least. Paths that share
// no variable each have a start of their own. One of them, with nothing to start from, is scanned:
// all nodes of the graph are read, within the budget.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "graph/hop.h"
#include "graph/pattern_query.h"
#include "graph/pattern_source.h"

namespace partnergraph {

// Different names that a query may ask the names index for.
inline constexpr size_t kPatternNamesMax = 1'000;
// Nodes that all names of a query may have together.
inline constexpr size_t kPatternNamedMax = 10'000;

// A step binds one node, or checks one that is bound.
struct PatternStep {
  enum class Kind : uint8_t {
    kNodes,  // The nodes in `starts`: once, or for each match so far.
    kScan,   // All nodes. The first step only.
    kExpand  // Along `edge`, from `from`.
  };
  Kind kind{};
  PatternNodeIndex node = 0;

  std::vector<NodeSummary> starts;  // Without names. Their kinds are those of the node.
  std::string start_text;           // "name = '商汤科技'"
  uint64_t start_degree = 0;        // Edges of all of them.

  PatternNodeIndex from = 0;
  PatternEdgeIndex edge = 0;
  bool closes = false;    // `node` was bound before.
  bool confined = false;  // `node` is one of `only`, ascending.
  std::vector<NodeId> only;
  HopKind hop;

  // Conditions that hold for each edge of the step, decided on its row.
  std::vector<PatternExpressionIndex> on_edge;
  // Those that can be decided once the step is done: on ids and edges, and with values of nodes.
  std::vector<PatternExpressionIndex> on_match;
  std::vector<PatternExpressionIndex> on_values;
  std::vector<PatternNodeIndex> value_nodes;  // That on_values look at.
  PatternReads reads;                         // What they take.

  // For EXPLAIN.
  std::vector<std::string> pushed;  // Conditions that the filter of the edges keeps.
  double matches = 0;               // Estimate: after the step.
};

struct PatternPlan {
  std::vector<PatternStep> steps;
  // Why nothing can match ("no node has the name ..."); the steps are not to be run then.
  std::string nothing;
  // Nodes of each kNamed expression, ascending.
  absl::flat_hash_map<PatternExpressionIndex, std::vector<NodeId>> named;
  // What the items look at.
  std::vector<PatternNodeIndex> value_nodes;
  PatternReads reads;
};

// Reads names, the nodes that a match can start from, and totals: a fixed number of round trips,
// and one for each different name. INVALID_ARGUMENT, a PatternError, for edge types that the schema
// does not have, for properties of edges that may be derived, for names over the limits above and
// for a path without a start beside another one. Errors of the source.
absl::StatusOr<PatternPlan> PlanPattern(const PatternQuery& query, PatternSource& source);

// The plan as EXPLAIN shows it: one line for each step, indented, its conditions below.
std::string ShowPlan(const PatternQuery& query, const PatternPlan& plan, const Schema& schema);

}  // namespace partnergraph
