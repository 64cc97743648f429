#include "graph/pattern_conditions.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/pattern_lexer.h"
#include "graph/pattern_parser.h"
#include "graph/pattern_property.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

using Kind = PatternExpression::Kind;

PatternType TypeOf(const PatternScalar& value) {
  static constexpr PatternType kTypes[] = {PatternType::kNull,   PatternType::kBool,
                                           PatternType::kNumber, PatternType::kNumber,
                                           PatternType::kString, PatternType::kDate};
  return kTypes[value.index()];
}

// The comparison with its sides exchanged.
PatternComparison Turned(PatternComparison comparison) {
  switch (comparison) {
    case PatternComparison::kLess:
      return PatternComparison::kGreater;
    case PatternComparison::kLessEqual:
      return PatternComparison::kGreaterEqual;
    case PatternComparison::kGreater:
      return PatternComparison::kLess;
    case PatternComparison::kGreaterEqual:
      return PatternComparison::kLessEqual;
    default:
      return comparison;
  }
}

bool IsName(const PatternExpression& expression) {
  return expression.kind == Kind::kNodeProperty && expression.property == PatternProperty::kName;
}

bool IsOrdered(PatternType type) {
  return type == PatternType::kNumber || type == PatternType::kString || type == PatternType::kDate;
}

}  // namespace

absl::Status PatternConditions::Error(size_t offset, std::string_view message) const {
  return PatternError(query_.text, offset, message);
}

PatternExpressionIndex PatternConditions::Add(PatternExpression expression) {
  query_.expressions.push_back(std::move(expression));
  return static_cast<PatternExpressionIndex>(query_.expressions.size() - 1);
}

absl::StatusOr<PatternExpressionIndex> PatternConditions::AddCondition(
    PatternExpression expression) {
  if (++condition_count_ > kPatternConditionsMax) {
    return Error(expression.begin,
                 absl::StrCat("more than ", kPatternConditionsMax, " conditions"));
  }
  expression.type = PatternType::kBool;
  return Add(std::move(expression));
}

absl::Status PatternConditions::AddNodeEntry(PatternNodeIndex node, const MapEntry& entry) {
  PG_ASSIGN_OR_RETURN(
      const PatternExpressionIndex property,
      Property(false, node, entry.property, entry.property.begin, At(entry.value).end));
  PG_ASSIGN_OR_RETURN(const PatternExpressionIndex condition,
                      Compare(property, PatternComparison::kEqual, entry.value));
  query_.conditions.push_back(condition);
  return absl::OkStatus();
}

absl::Status PatternConditions::AddEdgeEntry(PatternEdgeIndex edge, const MapEntry& entry) {
  // Inside the map the property is that of one edge, also when the variable is a list of them.
  const bool variable_length = std::exchange(query_.edges[edge].variable_length, false);
  const absl::StatusOr<PatternExpressionIndex> property =
      Property(true, edge, entry.property, entry.property.begin, At(entry.value).end);
  query_.edges[edge].variable_length = variable_length;
  PG_RETURN_IF_ERROR(property.status());
  PG_ASSIGN_OR_RETURN(const PatternExpressionIndex condition,
                      Compare(*property, PatternComparison::kEqual, entry.value));
  (variable_length ? query_.edges[edge].each : query_.conditions).push_back(condition);
  return absl::OkStatus();
}

absl::Status PatternConditions::AddWhere(PatternExpressionIndex where) {
  std::vector<PatternExpressionIndex> open = {where};
  while (!open.empty()) {
    const PatternExpressionIndex index = open.back();
    open.pop_back();
    PG_RETURN_IF_ERROR(CheckCondition(index));
    const PatternExpression& expression = At(index);
    if (expression.kind == Kind::kAnd) {
      open.insert(open.end(), expression.operands.rbegin(), expression.operands.rend());
    } else if (expression.kind == Kind::kLabel) {
      query_.nodes[expression.index].kinds &= expression.kinds;
    } else {
      query_.conditions.push_back(index);
    }
  }
  return absl::OkStatus();
}

PatternExpressionIndex PatternConditions::Literal(PatternScalar value, size_t begin, size_t end) {
  const PatternType type = TypeOf(value);
  return Add({.kind = Kind::kLiteral,
              .type = type,
              .literal = std::move(value),
              .begin = begin,
              .end = end});
}

PatternExpressionIndex PatternConditions::Reference(bool of_edge, uint32_t index, size_t begin,
                                                    size_t end) {
  PatternType type = PatternType::kNode;
  if (of_edge) {
    type = query_.edges[index].variable_length ? PatternType::kEdges : PatternType::kEdge;
  }
  return Add({.kind = of_edge ? Kind::kEdge : Kind::kNode,
              .type = type,
              .index = index,
              .begin = begin,
              .end = end});
}

absl::StatusOr<PatternExpressionIndex> PatternConditions::Property(bool of_edge, uint32_t index,
                                                                   const PatternWord& name,
                                                                   size_t begin, size_t end) {
  const PatternPropertyInfo* info = FindPatternProperty(name.text, of_edge);
  if (info == nullptr) {
    return Error(name.begin,
                 absl::StrCat(of_edge ? "an edge" : "a node", " has no property ",
                              Quoted(name.text), "; there are ", PatternPropertyNames(of_edge)));
  }
  if (of_edge && query_.edges[index].variable_length) {
    return Error(begin, absl::StrCat(Quoted(query_.edges[index].name),
                                     " is a list of edges; conditions on each of them stand in "
                                     "its map {...}"));
  }
  return Add({.kind = of_edge ? Kind::kEdgeProperty : Kind::kNodeProperty,
              .type = info->type,
              .property = info->property,
              .index = index,
              .begin = begin,
              .end = end});
}

absl::Status PatternConditions::CheckCondition(PatternExpressionIndex expression) const {
  const PatternType type = At(expression).type;
  if (type == PatternType::kBool || type == PatternType::kNull) return absl::OkStatus();
  return Error(At(expression).begin,
               absl::StrCat("expected a condition, this is ", ToAbsl(PatternTypeName(type))));
}

absl::StatusOr<PatternExpressionIndex> PatternConditions::Join(
    bool is_or, std::vector<PatternExpressionIndex> operands) {
  if (operands.size() == 1) return operands[0];
  for (const PatternExpressionIndex operand : operands) {
    PG_RETURN_IF_ERROR(CheckCondition(operand));
  }
  PatternExpression joined{.kind = is_or ? Kind::kOr : Kind::kAnd,
                           .begin = At(operands.front()).begin,
                           .end = At(operands.back()).end};
  joined.operands = std::move(operands);
  return AddCondition(std::move(joined));
}

absl::StatusOr<PatternExpressionIndex> PatternConditions::Negate(PatternExpressionIndex predicate,
                                                                 bool negated, size_t begin) {
  PG_RETURN_IF_ERROR(CheckCondition(predicate));
  if (!negated) return predicate;
  return AddCondition(
      {.kind = Kind::kNot, .operands = {predicate}, .begin = begin, .end = At(predicate).end});
}

absl::StatusOr<Date> PatternConditions::ToDate(std::string_view text, size_t offset) const {
  const std::optional<Date> date = ParseDate(text);
  if (date.has_value()) return *date;
  return Error(offset, absl::StrCat(Quoted(text), " is no date; want YYYY, YYYY-MM or YYYY-MM-DD"));
}

absl::Status PatternConditions::CheckWord(const PatternExpression& left,
                                          const PatternExpression& literal) const {
  const auto* word = std::get_if<std::string>(&literal.literal);
  const bool property = left.kind == Kind::kNodeProperty || left.kind == Kind::kEdgeProperty;
  if (word == nullptr || !property) return absl::OkStatus();
  if (left.property == PatternProperty::kStatus && !ParseFactStatus(*word).has_value()) {
    return Error(literal.begin,
                 absl::StrCat("there is no status ", Quoted(*word),
                              "; there are RUMOURED, PLANNED, ANNOUNCED, ACTIVE, ENDED, DENIED"));
  }
  if (left.property == PatternProperty::kKind && *word == NodeKindName(NodeKind::kPartnership)) {
    return Error(literal.begin,
                 "the kind of a partnership is that of its deal, such as JOINT_VENTURE; write the "
                 "label :Partnership");
  }
  return absl::OkStatus();
}

absl::Status PatternConditions::Agree(const PatternExpression& left, PatternExpressionIndex right,
                                      bool ordered) {
  PatternExpression& other = query_.expressions[right];
  if (left.type == PatternType::kNull || other.type == PatternType::kNull) return absl::OkStatus();
  if (left.type == PatternType::kDate && other.kind == Kind::kLiteral &&
      other.type == PatternType::kString) {
    PG_ASSIGN_OR_RETURN(const Date date, ToDate(std::get<std::string>(other.literal), other.begin));
    other.literal = date;
    other.type = PatternType::kDate;
  }
  if (left.type != other.type) {
    return Error(other.begin, absl::StrCat("cannot compare ", ToAbsl(PatternTypeName(left.type)),
                                           " with ", ToAbsl(PatternTypeName(other.type))));
  }
  if (left.type == PatternType::kEdges || (ordered && !IsOrdered(left.type))) {
    return Error(left.begin, absl::StrCat(ToAbsl(PatternTypeName(left.type)),
                                          ordered ? " has no order" : " cannot be compared"));
  }
  return ordered ? absl::OkStatus() : CheckWord(left, other);
}

absl::StatusOr<PatternExpressionIndex> PatternConditions::Compare(PatternExpressionIndex left,
                                                                  PatternComparison comparison,
                                                                  PatternExpressionIndex right) {
  const size_t begin = At(left).begin, end = At(right).end;
  if (At(left).kind == Kind::kLiteral && At(right).kind != Kind::kLiteral) {
    std::swap(left, right);
    comparison = Turned(comparison);
  }
  const bool equality =
      comparison == PatternComparison::kEqual || comparison == PatternComparison::kNotEqual;
  PG_RETURN_IF_ERROR(Agree(At(left), right, !equality));
  const auto* text = std::get_if<std::string>(&At(right).literal);
  if (equality && IsName(At(left)) && text != nullptr) {
    PG_ASSIGN_OR_RETURN(const PatternExpressionIndex named, AddCondition({.kind = Kind::kNamed,
                                                                          .index = At(left).index,
                                                                          .list = {*text},
                                                                          .begin = begin,
                                                                          .end = end}));
    return Negate(named, comparison == PatternComparison::kNotEqual, begin);
  }
  return AddCondition({.kind = Kind::kCompare,
                       .comparison = comparison,
                       .operands = {left, right},
                       .begin = begin,
                       .end = end});
}

absl::StatusOr<PatternExpressionIndex> PatternConditions::In(
    PatternExpressionIndex left, std::span<const PatternExpressionIndex> list, size_t end) {
  PatternExpression in{.kind = Kind::kIn, .begin = At(left).begin, .end = end};
  bool nulls = false;
  for (const PatternExpressionIndex value : list) {
    PG_RETURN_IF_ERROR(Agree(At(left), value, false));
    nulls |= At(value).type == PatternType::kNull;
    in.list.push_back(At(value).literal);
  }
  if (IsName(At(left)) && !nulls) {
    in.kind = Kind::kNamed;
    in.index = At(left).index;
  } else {
    in.operands = {left};
  }
  return AddCondition(std::move(in));
}

absl::StatusOr<PatternExpressionIndex> PatternConditions::CompareTexts(
    PatternExpression::Kind kind, PatternExpressionIndex left, PatternExpressionIndex right) {
  for (const PatternExpressionIndex side : {left, right}) {
    if (At(side).type == PatternType::kString || At(side).type == PatternType::kNull) continue;
    return Error(At(side).begin, absl::StrCat("expected a string, this is ",
                                              ToAbsl(PatternTypeName(At(side).type))));
  }
  return AddCondition(
      {.kind = kind, .operands = {left, right}, .begin = At(left).begin, .end = At(right).end});
}

absl::StatusOr<PatternExpressionIndex> PatternConditions::IsNull(PatternExpressionIndex operand,
                                                                 bool negated, size_t end) {
  return AddCondition({.kind = negated ? Kind::kIsNotNull : Kind::kIsNull,
                       .operands = {operand},
                       .begin = At(operand).begin,
                       .end = end});
}

absl::StatusOr<PatternExpressionIndex> PatternConditions::HasLabel(PatternExpressionIndex node,
                                                                   uint8_t kinds, size_t end) {
  if (!IsNode(node)) return Error(At(node).begin, "only a node has a label");
  return AddCondition({.kind = Kind::kLabel,
                       .kinds = kinds,
                       .index = At(node).index,
                       .begin = At(node).begin,
                       .end = end});
}

absl::StatusOr<PatternExpressionIndex> PatternConditions::Count(
    std::optional<PatternExpressionIndex> operand, bool distinct, size_t begin, size_t end) {
  PatternExpression count{.kind = Kind::kCount,
                          .type = PatternType::kNumber,
                          .distinct = distinct,
                          .begin = begin,
                          .end = end};
  if (operand.has_value()) count.operands = {*operand};
  return Add(std::move(count));
}

bool PatternConditions::IsNode(PatternExpressionIndex expression) const {
  return At(expression).kind == Kind::kNode;
}

bool PatternConditions::IsCount(PatternExpressionIndex expression) const {
  return At(expression).kind == Kind::kCount;
}

}  // namespace partnergraph
