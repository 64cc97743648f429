// A parsed pattern query: values without behaviour. pattern_parser.h makes it, pattern_plan.h and
// pattern_execution.h read it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "graph/date.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {

// A value that a query holds or compares; the first is null.
using PatternScalar = std::variant<std::monostate, bool, int64_t, double, std::string, Date>;

// A value for $name: one, or a list.
struct PatternParameter {
  std::string name;
  std::vector<PatternScalar> values;
  bool is_list = false;
};

enum class PatternProperty : uint8_t {
  kId,
  kName,
  kKind,
  kDegree,
  kArticleCount,
  kOrgType,
  kType,
  kDate,
  kStatus,
  kConfidence,
  kSourceCount,
  kLocation,
  kRole,
  kTitle
};

// What an expression gives, beside null.
enum class PatternType : uint8_t {
  kNull,
  kBool,
  kNumber,
  kString,
  kDate,
  kNode,
  kEdge,
  kEdges  // The edges of a variable length.
};

enum class PatternComparison : uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual
};

// Positions in the vectors of a PatternQuery.
using PatternNodeIndex = uint32_t;
using PatternEdgeIndex = uint32_t;
using PatternExpressionIndex = uint32_t;

struct PatternExpression {
  enum class Kind : uint8_t {
    kLiteral,
    kNode,          // `index` is the node.
    kEdge,          // `index` is the edge.
    kNodeProperty,  // The same, with `property`.
    kEdgeProperty,
    kOr,  // Of two or more operands.
    kAnd,
    kNot,
    kCompare,  // Two operands and `comparison`. Of dates: the second one is a period.
    kIn,       // One operand, and the values in `list`.
    kNamed,    // The node `index` has one of the names in `list`.
    kLabel,    // The node `index` has one of the `kinds`.
    kStartsWith,
    kEndsWith,
    kContains,
    kIsNull,
    kIsNotNull,
    kCount  // No operand: count(*).
  };
  Kind kind{};
  PatternType type{};
  PatternComparison comparison{};
  PatternProperty property{};
  bool distinct = false;  // Of kCount.
  uint8_t kinds = 0;      // Of kLabel: KindBits.
  uint32_t index = 0;
  PatternScalar literal;
  std::vector<PatternScalar> list;
  std::vector<PatternExpressionIndex> operands;
  size_t begin = 0;  // Bytes [begin, end) of the text.
  size_t end = 0;
};

// A node of the patterns: all places with one variable are one node.
struct PatternNode {
  std::string name;  // Empty: without a variable.
  uint8_t kinds = kAllKinds;
  size_t begin = 0;  // Where it stands first.
  size_t end = 0;
};

// A word of the text that the plan looks up.
struct PatternWord {
  std::string text;
  size_t begin = 0;
};

struct PatternEdge {
  std::string name;
  PatternNodeIndex left = 0;
  PatternNodeIndex right = 0;
  DirectionFilter direction = DirectionFilter::kBoth;  // As seen from `left`.
  std::vector<PatternWord> types;                      // Empty: every stored edge.
  bool variable_length = false;
  uint32_t hops_min = 1;
  uint32_t hops_max = 1;
  // Of a variable length: what every edge of it must fulfil.
  std::vector<PatternExpressionIndex> each;
  size_t begin = 0;
  size_t end = 0;
};

struct PatternItem {
  std::string name;  // Of the column.
  PatternExpressionIndex expression = 0;
  bool hidden = false;  // To sort by only: no column.
};

struct PatternOrder {
  uint32_t item = 0;
  bool descending = false;
};

struct PatternQuery {
  std::string text;
  bool explain = false;
  std::vector<PatternNode> nodes;
  std::vector<PatternEdge> edges;
  std::vector<PatternExpression> expressions;
  std::vector<PatternExpressionIndex> conditions;  // All must hold.
  std::vector<PatternItem> items;
  bool distinct = false;
  bool aggregates = false;  // An item counts.
  std::vector<PatternOrder> order;
  uint64_t skip = 0;
  std::optional<uint64_t> limit;
};

}  // namespace partnergraph
