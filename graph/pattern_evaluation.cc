#include "graph/pattern_evaluation.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <string_view>

#include "absl/strings/match.h"
#include "graph/answer_size.h"
#include "graph/keys.h"
#include "graph/quoted.h"

namespace partnergraph {
namespace {

using Kind = PatternExpression::Kind;

PatternCell ToCell(const PatternScalar& value) {
  return std::visit([](const auto& held) -> PatternCell { return held; }, value);
}

PatternCell TextOrNull(std::string_view text) {
  if (text.empty()) return std::monostate();
  return std::string(text);
}

PatternCell DateOrNull(const Date& date) {
  if (date.empty()) return std::monostate();
  return date;
}

// The number that people write for a stored one: 0.9, where the float is nearer to 0.899999976.
double Shortest(float number) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof(buffer), number).ptr;
  double result = number;
  std::from_chars(buffer, end, result);
  return result;
}

PatternCell FromTruth(std::optional<bool> truth) {
  if (!truth.has_value()) return std::monostate();
  return *truth;
}

std::optional<bool> Truth(const PatternCell& cell) {
  const auto* value = std::get_if<bool>(&cell);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

bool IsNumber(const PatternCell& cell) {
  return std::holds_alternative<int64_t>(cell) || std::holds_alternative<double>(cell);
}

// -1, 0 or 1. Exact, also where a whole number has more digits than a double.
int CompareNumbers(const PatternCell& left, const PatternCell& right) {
  const auto* a = std::get_if<int64_t>(&left);
  const auto* b = std::get_if<int64_t>(&right);
  if (a != nullptr && b != nullptr) return *a < *b ? -1 : *a > *b;
  const auto wide = [](const PatternCell& cell) {
    const auto* integer = std::get_if<int64_t>(&cell);
    return integer != nullptr ? static_cast<long double>(*integer)
                              : static_cast<long double>(std::get<double>(cell));
  };
  const long double x = wide(left), y = wide(right);
  return x < y ? -1 : x > y;
}

std::optional<bool> FromOrder(int order, PatternComparison comparison) {
  switch (comparison) {
    case PatternComparison::kEqual:
      return order == 0;
    case PatternComparison::kNotEqual:
      return order != 0;
    case PatternComparison::kLess:
      return order < 0;
    case PatternComparison::kLessEqual:
      return order <= 0;
    case PatternComparison::kGreater:
      return order > 0;
    case PatternComparison::kGreaterEqual:
      return order >= 0;
  }
  return std::nullopt;
}

// True when every day that `date` can mean fulfils it, false when none does.
std::optional<bool> CompareDates(const Date& date, PatternComparison comparison,
                                 const Date& period) {
  const DayRange days = ToDayRange(date), limits = ToDayRange(period);
  const auto decide = [](bool all, bool none) -> std::optional<bool> {
    if (all) return true;
    if (none) return false;
    return std::nullopt;
  };
  switch (comparison) {
    case PatternComparison::kLess:
      return decide(days.last < limits.first, days.first >= limits.first);
    case PatternComparison::kLessEqual:
      return decide(days.last <= limits.last, days.first > limits.last);
    case PatternComparison::kGreater:
      return decide(days.first > limits.last, days.last <= limits.last);
    case PatternComparison::kGreaterEqual:
      return decide(days.first >= limits.first, days.last < limits.first);
    case PatternComparison::kEqual:
      return decide(limits.first <= days.first && days.last <= limits.last,
                    days.last < limits.first || days.first > limits.last);
    case PatternComparison::kNotEqual: {
      const std::optional<bool> equal = CompareDates(date, PatternComparison::kEqual, period);
      return equal.has_value() ? std::optional(!*equal) : std::nullopt;
    }
  }
  return std::nullopt;
}

}  // namespace

PatternEdgeIdentity IdentityOf(const AdjacentEdge& edge) {
  if (edge.partnership == NodeId{}) return {.fact = ToInt(edge.fact)};
  return {.deal = edge.partnership,
          .low = std::min(edge.node, edge.other),
          .high = std::max(edge.node, edge.other)};
}

std::optional<bool> ComparePatternCells(const PatternCell& left, PatternComparison comparison,
                                        const PatternCell& right) {
  if (left.index() == 0 || right.index() == 0) return std::nullopt;
  if (IsNumber(left) && IsNumber(right)) return FromOrder(CompareNumbers(left, right), comparison);
  if (left.index() != right.index()) return std::nullopt;
  if (const auto* text = std::get_if<std::string>(&left)) {
    return FromOrder(text->compare(std::get<std::string>(right)), comparison);
  }
  if (const auto* date = std::get_if<Date>(&left)) {
    return CompareDates(*date, comparison, std::get<Date>(right));
  }
  if (const auto* edge = std::get_if<AdjacentEdge>(&left)) {
    return FromOrder(IdentityOf(*edge) == IdentityOf(std::get<AdjacentEdge>(right)) ? 0 : 1,
                     comparison);
  }
  if (const auto* node = std::get_if<NodeId>(&left)) {
    return FromOrder(*node == std::get<NodeId>(right) ? 0 : 1, comparison);
  }
  if (const auto* truth = std::get_if<bool>(&left)) {
    return FromOrder(*truth == std::get<bool>(right) ? 0 : 1, comparison);
  }
  return std::nullopt;
}

int OrderPatternCells(const PatternCell& left, const PatternCell& right) {
  if (left.index() == 0 || right.index() == 0) {
    return static_cast<int>(left.index() == 0) - static_cast<int>(right.index() == 0);
  }
  if (IsNumber(left) && IsNumber(right)) return CompareNumbers(left, right);
  if (left.index() != right.index()) return left.index() < right.index() ? -1 : 1;
  if (const auto* text = std::get_if<std::string>(&left)) {
    return text->compare(std::get<std::string>(right));
  }
  if (const auto* date = std::get_if<Date>(&left)) {
    const uint32_t a = PackDate(*date), b = PackDate(std::get<Date>(right));
    return a < b ? -1 : a > b;
  }
  if (const auto* truth = std::get_if<bool>(&left)) {
    return static_cast<int>(*truth) - static_cast<int>(std::get<bool>(right));
  }
  return 0;
}

void AppendPatternKey(const PatternCell& cell, std::string& key) {
  const auto append_edge = [&key](const AdjacentEdge& edge) {
    const PatternEdgeIdentity identity = IdentityOf(edge);
    AppendU64(key, identity.fact);
    AppendU64(key, ToInt(identity.deal));
    AppendU64(key, ToInt(identity.low));
    AppendU64(key, ToInt(identity.high));
  };
  key.push_back(static_cast<char>(cell.index()));
  if (const auto* truth = std::get_if<bool>(&cell)) {
    key.push_back(*truth ? '\1' : '\0');
  } else if (const auto* integer = std::get_if<int64_t>(&cell)) {
    AppendU64(key, static_cast<uint64_t>(*integer));
  } else if (const auto* number = std::get_if<double>(&cell)) {
    AppendU64(key, std::bit_cast<uint64_t>(*number));
  } else if (const auto* text = std::get_if<std::string>(&cell)) {
    AppendU64(key, text->size());
    key.append(*text);
  } else if (const auto* date = std::get_if<Date>(&cell)) {
    AppendU32(key, PackDate(*date));
  } else if (const auto* node = std::get_if<NodeId>(&cell)) {
    AppendU64(key, ToInt(*node));
  } else if (const auto* edge = std::get_if<AdjacentEdge>(&cell)) {
    append_edge(*edge);
  } else if (const auto* edges = std::get_if<std::vector<AdjacentEdge>>(&cell)) {
    AppendU64(key, edges->size());
    for (const AdjacentEdge& one : *edges) append_edge(one);
  }
}

uint64_t PatternCellBytes(const PatternCell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell)) return sizeof(cell) + text->size();
  if (const auto* edges = std::get_if<std::vector<AdjacentEdge>>(&cell)) {
    return sizeof(cell) + edges->size() * sizeof(AdjacentEdge);
  }
  return sizeof(cell);
}

PatternCell PatternEvaluator::Evaluate(PatternExpressionIndex index, const PatternBinding& binding,
                                       const PatternValues& values) const {
  const PatternExpression& expression = query_.expressions[index];
  switch (expression.kind) {
    case Kind::kLiteral:
      return ToCell(expression.literal);
    case Kind::kNode:
      return binding.nodes[expression.index].id;
    case Kind::kEdge: {
      const std::vector<const AdjacentEdge*>& edges = binding.edges[expression.index];
      if (expression.type == PatternType::kEdge) {
        return edges.empty() ? PatternCell() : PatternCell(*edges[0]);
      }
      std::vector<AdjacentEdge> list;
      for (const AdjacentEdge* edge : edges) list.push_back(*edge);
      return list;
    }
    case Kind::kNodeProperty:
      return NodeProperty(expression, binding, values);
    case Kind::kEdgeProperty:
      return EdgeProperty(expression, binding);
    case Kind::kCount:
      return std::monostate();
    default:
      return FromTruth(Decide(expression, index, binding, values));
  }
}

bool PatternEvaluator::Holds(PatternExpressionIndex condition, const PatternBinding& binding,
                             const PatternValues& values) const {
  return Truth(Evaluate(condition, binding, values)) == true;
}

std::optional<bool> PatternEvaluator::Decide(const PatternExpression& expression,
                                             PatternExpressionIndex index,
                                             const PatternBinding& binding,
                                             const PatternValues& values) const {
  const auto operand = [&](size_t i) { return Evaluate(expression.operands[i], binding, values); };
  switch (expression.kind) {
    case Kind::kOr:
    case Kind::kAnd: {
      const bool decisive = expression.kind == Kind::kOr;
      std::optional<bool> result = !decisive;
      for (size_t i = 0; i < expression.operands.size(); ++i) {
        const std::optional<bool> truth = Truth(operand(i));
        if (truth == decisive) return decisive;
        if (!truth.has_value()) result = std::nullopt;
      }
      return result;
    }
    case Kind::kNot: {
      const std::optional<bool> truth = Truth(operand(0));
      return truth.has_value() ? std::optional(!*truth) : std::nullopt;
    }
    case Kind::kCompare:
      return ComparePatternCells(operand(0), expression.comparison, operand(1));
    case Kind::kIn: {
      const PatternCell value = operand(0);
      if (value.index() == 0) return expression.list.empty() ? std::optional(false) : std::nullopt;
      std::optional<bool> result = false;
      for (const PatternScalar& candidate : expression.list) {
        const std::optional<bool> equal =
            ComparePatternCells(value, PatternComparison::kEqual, ToCell(candidate));
        if (equal == true) return true;
        if (!equal.has_value()) result = std::nullopt;
      }
      return result;
    }
    case Kind::kNamed:
      return std::ranges::binary_search(plan_.named.at(index), binding.nodes[expression.index].id);
    case Kind::kLabel:
      return (KindBit(binding.nodes[expression.index].kind) & expression.kinds) != 0;
    case Kind::kStartsWith:
    case Kind::kEndsWith:
    case Kind::kContains: {
      const PatternCell left = operand(0), right = operand(1);
      const auto* text = std::get_if<std::string>(&left);
      const auto* part = std::get_if<std::string>(&right);
      if (text == nullptr || part == nullptr) return std::nullopt;
      if (expression.kind == Kind::kStartsWith) return text->starts_with(*part);
      if (expression.kind == Kind::kEndsWith) return text->ends_with(*part);
      return text->find(*part) != std::string::npos;
    }
    case Kind::kIsNull:
      return operand(0).index() == 0;
    case Kind::kIsNotNull:
      return operand(0).index() != 0;
    default:
      return std::nullopt;
  }
}

PatternCell PatternEvaluator::NodeProperty(const PatternExpression& expression,
                                           const PatternBinding& binding,
                                           const PatternValues& values) const {
  const PatternBinding::BoundNode& node = binding.nodes[expression.index];
  if (expression.property == PatternProperty::kId) return static_cast<int64_t>(ToInt(node.id));
  const auto found = values.find(node.id);
  if (found == values.end()) return std::monostate();
  const PatternNodeValues& value = found->second;
  const bool partnership = value.node.kind == NodeKind::kPartnership;
  switch (expression.property) {
    case PatternProperty::kName:
      return TextOrNull(value.node.name);
    case PatternProperty::kKind:
      return TextOrNull(partnership ? std::string_view(value.deal_kind)
                                    : NodeKindName(value.node.kind));
    case PatternProperty::kDegree:
      return static_cast<int64_t>(value.degree);
    case PatternProperty::kArticleCount:
      return static_cast<int64_t>(value.article_count);
    case PatternProperty::kOrgType:
      return TextOrNull(value.org_type);
    default:
      break;
  }
  if (!partnership) return std::monostate();
  switch (expression.property) {
    case PatternProperty::kDate:
      return DateOrNull(value.date);
    case PatternProperty::kStatus:
      return TextOrNull(FactStatusName(value.status));
    case PatternProperty::kConfidence:
      return Shortest(value.confidence);
    case PatternProperty::kSourceCount:
      return static_cast<int64_t>(value.source_count);
    case PatternProperty::kLocation:
      return TextOrNull(value.location);
    default:
      return std::monostate();
  }
}

PatternCell PatternEvaluator::EdgeProperty(const PatternExpression& expression,
                                           const PatternBinding& binding) const {
  const std::vector<const AdjacentEdge*>& edges = binding.edges[expression.index];
  if (edges.empty()) return std::monostate();
  const AdjacentEdge& edge = *edges[0];
  switch (expression.property) {
    case PatternProperty::kId:
      return static_cast<int64_t>(ToInt(edge.fact));
    case PatternProperty::kType:
      return std::string(schema_.Get(edge.type).name);
    case PatternProperty::kDate:
      return DateOrNull(UnpackDate(edge.packed_date));
    case PatternProperty::kStatus:
      return TextOrNull(FactStatusName(edge.status));
    case PatternProperty::kConfidence:
      return Shortest(edge.confidence);
    case PatternProperty::kSourceCount:
      return static_cast<int64_t>(edge.source_count);
    case PatternProperty::kRole:
      return TextOrNull(EdgeRoleName(edge.role).value_or(""));
    case PatternProperty::kTitle:
      return TextOrNull(edge.title);
    default:
      return std::monostate();
  }
}

}  // namespace partnergraph
