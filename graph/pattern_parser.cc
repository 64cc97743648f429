#include "graph/pattern_parser.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/pattern_conditions.h"
#include "graph/pattern_property.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

// A variable of the patterns.
struct Variable {
  std::string name;
  bool is_edge = false;
  uint32_t index = 0;
};

// Recursive descent over the words of a query; it descends for parentheses only, which are counted.
class Parser {
 public:
  Parser(std::string_view text, std::vector<PatternToken> tokens,
         std::span<const PatternParameter> parameters)
      : tokens_(std::move(tokens)), parameters_(parameters), conditions_(query_) {
    query_.text = text;
  }

  absl::StatusOr<PatternQuery> Run() {
    query_.explain = AcceptWord("EXPLAIN");
    PG_RETURN_IF_ERROR(ExpectWord("MATCH"));
    PG_RETURN_IF_ERROR(ParsePaths());
    if (AcceptWord("WHERE")) {
      PG_ASSIGN_OR_RETURN(const PatternExpressionIndex where, ParseCondition(0));
      PG_RETURN_IF_ERROR(conditions_.AddWhere(where));
    }
    if (PeekWord("MATCH")) return Error(Peek(), "a second MATCH: separate the paths by commas");
    if (!PeekWord("RETURN")) return Unexpected("',', an edge, WHERE or RETURN");
    Take();
    PG_RETURN_IF_ERROR(ParseItems());
    PG_RETURN_IF_ERROR(ParseOrder());
    if (AcceptWord("SKIP")) {
      const size_t begin = Peek().begin;
      PG_ASSIGN_OR_RETURN(query_.skip, ParseCount("SKIP"));
      if (query_.skip > kPatternSkipMax) {
        return ErrorAt(begin,
                       absl::StrCat("SKIP ", query_.skip, ", want at most ", kPatternSkipMax));
      }
    }
    if (AcceptWord("LIMIT")) {
      PG_ASSIGN_OR_RETURN(query_.limit, ParseCount("LIMIT"));
    }
    AcceptSymbol(";");
    if (Peek().kind != PatternToken::Kind::kEnd) return Unexpected(ExpectedAtEnd(), true);
    return std::move(query_);
  }

 private:
  // Words.
  const PatternToken& Peek(size_t ahead = 0) const {
    return tokens_[std::min(at_ + ahead, tokens_.size() - 1)];
  }
  const PatternToken& Take() { return tokens_[std::min(at_++, tokens_.size() - 1)]; }
  static bool Is(const PatternToken& token, std::string_view keyword) {
    return token.kind == PatternToken::Kind::kName && !token.quoted && IsWord(token.text, keyword);
  }
  bool PeekWord(std::string_view keyword) const { return Is(Peek(), keyword); }
  bool AcceptWord(std::string_view keyword) {
    const bool accepted = PeekWord(keyword);
    if (accepted) ++at_;
    return accepted;
  }
  bool PeekSymbol(std::string_view symbol, size_t ahead = 0) const {
    return Peek(ahead).kind == PatternToken::Kind::kSymbol && Peek(ahead).text == symbol;
  }
  bool AcceptSymbol(std::string_view symbol) {
    const bool accepted = PeekSymbol(symbol);
    if (accepted) ++at_;
    return accepted;
  }
  size_t LastEnd() const { return tokens_[at_ - 1].end; }

  absl::Status ExpectWord(std::string_view keyword) {
    if (AcceptWord(keyword)) return absl::OkStatus();
    return Unexpected(keyword);
  }
  absl::Status ExpectSymbol(std::string_view symbol, bool in_condition = false) {
    if (AcceptSymbol(symbol)) return absl::OkStatus();
    return Unexpected(absl::StrCat("'", ToAbsl(symbol), "'"), in_condition);
  }

  // Errors.
  absl::Status ErrorAt(size_t offset, std::string_view message) const {
    return PatternError(query_.text, offset, message);
  }
  absl::Status Error(const PatternToken& token, std::string_view message) const {
    return ErrorAt(token.begin, message);
  }
  absl::Status Outside(size_t offset, std::string_view what) const {
    const size_t hint = what.find(": ");
    const std::string_view name = what.substr(0, hint);
    return ErrorAt(offset,
                   absl::StrCat(ToAbsl(name), " is not part of this language",
                                hint == std::string_view::npos
                                    ? ""
                                    : absl::StrCat(" (", ToAbsl(what.substr(hint + 2)), ")")));
  }
  // The word at hand is none of what may stand here. Symbols that the language leaves out are named
  // only where a condition may go on.
  absl::Status Unexpected(std::string_view expected, bool in_condition = false) const {
    const PatternToken& token = Peek();
    const bool word = token.kind == PatternToken::Kind::kName && !token.quoted;
    if (word || (in_condition && token.kind == PatternToken::Kind::kSymbol)) {
      const std::optional<std::string_view> outside = PatternOutside(token.text);
      if (outside.has_value()) return Outside(token.begin, *outside);
    }
    return Error(token, absl::StrCat("expected ", ToAbsl(expected), ", found ", ShowToken(token)));
  }
  std::string_view ExpectedAtEnd() const {
    if (query_.limit.has_value()) return "the end of the text";
    return query_.order.empty() ? "',', ORDER BY, SKIP, LIMIT or the end of the text"
                                : "',', SKIP, LIMIT or the end of the text";
  }

  // Patterns.
  absl::Status ParsePaths() {
    size_t paths = 0;
    uint32_t hops = 0;
    do {
      if (++paths > kPatternPathsMax) {
        return Error(Peek(), absl::StrCat("more than ", kPatternPathsMax, " paths"));
      }
      if (Peek().kind == PatternToken::Kind::kName && PeekSymbol("=", 1)) {
        return Outside(Peek().begin, "a variable for a path: name its nodes and edges");
      }
      PG_ASSIGN_OR_RETURN(PatternNodeIndex left, ParseNode());
      while (PeekSymbol("-") || PeekSymbol("<")) {
        PG_ASSIGN_OR_RETURN(PatternEdge edge, ParseEdge());
        edge.left = left;
        if (PeekSymbol("{") || PeekSymbol("+") || PeekSymbol("*")) {
          return Outside(Peek().begin, "a quantifier behind an edge: write *1..3 inside of it");
        }
        PG_ASSIGN_OR_RETURN(edge.right, ParseNode());
        hops += edge.hops_max;
        if (query_.edges.size() == kPatternEdgesMax || hops > kPatternHopsMax) {
          return ErrorAt(edge.begin,
                         absl::StrCat("more than ", kPatternEdgesMax, " edges, or ",
                                      kPatternHopsMax, " when lengths are counted in full"));
        }
        left = edge.right;
        query_.edges.push_back(std::move(edge));
        PG_RETURN_IF_ERROR(AddEdgeMap(static_cast<PatternEdgeIndex>(query_.edges.size() - 1)));
      }
    } while (AcceptSymbol(","));
    return absl::OkStatus();
  }

  // The name of a variable, or "".
  absl::StatusOr<std::string> ParseVariable() {
    if (Peek().kind != PatternToken::Kind::kName) return std::string();
    const PatternToken& token = Take();
    if (!token.quoted && IsPatternKeyword(token.text)) {
      return Error(token, absl::StrCat("the keyword ", token.text,
                                       " cannot name a variable; put it in backticks"));
    }
    return token.text;
  }

  absl::StatusOr<PatternNodeIndex> ParseNode() {
    const size_t begin = Peek().begin;
    if (Peek().kind == PatternToken::Kind::kName && PeekSymbol("(", 1)) {
      return Unexpected("a node '(...)'");
    }
    if (!AcceptSymbol("(")) return Unexpected("a node '(...)'");
    if (PeekSymbol("(")) return Outside(Peek().begin, "a path in parentheses");
    PG_ASSIGN_OR_RETURN(const std::string name, ParseVariable());
    uint8_t kinds = kAllKinds;
    if (AcceptSymbol(":")) {
      PG_ASSIGN_OR_RETURN(kinds, ParseLabels());
    }
    std::optional<PatternNodeIndex> index;
    if (const Variable* variable = Find(name); variable != nullptr) {
      if (variable->is_edge) return ErrorAt(begin, absl::StrCat(Named(name), " is an edge"));
      index = variable->index;
    } else {
      if (query_.nodes.size() == kPatternNodesMax) {
        return ErrorAt(begin, absl::StrCat("more than ", kPatternNodesMax, " nodes"));
      }
      index = static_cast<PatternNodeIndex>(query_.nodes.size());
      query_.nodes.push_back({.name = name, .begin = begin});
      if (!name.empty()) variables_.push_back({name, false, *index});
    }
    query_.nodes[*index].kinds &= kinds;
    if (PeekSymbol("{")) {
      PG_ASSIGN_OR_RETURN(const auto entries, ParseMap());
      for (const MapEntry& entry : entries) {
        PG_RETURN_IF_ERROR(conditions_.AddNodeEntry(*index, entry));
      }
    }
    if (PeekWord("WHERE"))
      return Outside(Peek().begin, "WHERE inside a node: write it behind MATCH");
    if (!AcceptSymbol(")")) {
      return Unexpected(name.empty() ? "a name, ':' and a label, '{' or ')'" : "':', '{' or ')'",
                        true);
    }
    if (query_.nodes[*index].end == 0) query_.nodes[*index].end = LastEnd();
    return *index;
  }

  absl::StatusOr<uint8_t> ParseLabels() {
    uint8_t kinds = 0;
    do {
      AcceptSymbol(":");
      const PatternToken& token = Peek();
      if (token.kind != PatternToken::Kind::kName) {
        return Unexpected("a label (Company, Person, Product, Partnership)", true);
      }
      uint8_t bit = 0;
      for (const NodeKind kind :
           {NodeKind::kCompany, NodeKind::kPerson, NodeKind::kProduct, NodeKind::kPartnership}) {
        if (IsWord(token.text, NodeKindName(kind))) bit = KindBit(kind);
      }
      if (bit == 0) {
        return Error(token, absl::StrCat("there is no label ", Named(token.text),
                                         "; there are Company, Person, Product and Partnership"));
      }
      Take();
      kinds |= bit;
    } while (AcceptSymbol("|"));
    if (PeekSymbol(":"))
      return Error(Peek(), "a node has one label; alternatives are joined by '|'");
    return kinds;
  }

  absl::StatusOr<PatternEdge> ParseEdge() {
    PatternEdge edge{.begin = Peek().begin};
    const bool to_left = AcceptSymbol("<");
    PG_RETURN_IF_ERROR(ExpectSymbol("-"));
    edge_map_.clear();
    if (AcceptSymbol("[")) {
      PG_RETURN_IF_ERROR(ParseDetail(edge));
      if (PeekWord("WHERE")) {
        return Outside(Peek().begin, "WHERE inside an edge: write it behind MATCH");
      }
      if (!AcceptSymbol("]")) return Unexpected("':' and a type, '*', '{' or ']'", true);
    }
    if (!AcceptSymbol("-")) return Unexpected("'-' or '->' at the end of an edge");
    const bool to_right = AcceptSymbol(">");
    if (to_left != to_right) {
      edge.direction = to_right ? DirectionFilter::kOut : DirectionFilter::kIn;
    }
    edge.end = LastEnd();
    return edge;
  }

  absl::Status ParseDetail(PatternEdge& edge) {
    const PatternToken& first = Peek();
    PG_ASSIGN_OR_RETURN(edge.name, ParseVariable());
    if (Find(edge.name) != nullptr) {
      return Error(first, absl::StrCat(Named(edge.name),
                                       " is a variable already; that of an edge stands once"));
    }
    if (!edge.name.empty()) {
      variables_.push_back({edge.name, true, static_cast<uint32_t>(query_.edges.size())});
    }
    if (AcceptSymbol(":")) {
      do {
        AcceptSymbol(":");
        if (Peek().kind != PatternToken::Kind::kName) return Unexpected("an edge type", true);
        if (edge.types.size() == kPatternListMax) return Error(Peek(), "too many edge types");
        edge.types.push_back({Peek().text, Peek().begin});
        Take();
      } while (AcceptSymbol("|"));
    }
    if (PeekSymbol("*")) PG_RETURN_IF_ERROR(ParseLength(edge));
    if (PeekSymbol("{")) {
      PG_ASSIGN_OR_RETURN(edge_map_, ParseMap());
    }
    return absl::OkStatus();
  }

  absl::Status ParseLength(PatternEdge& edge) {
    const PatternToken& star = Take();
    edge.variable_length = true;
    const auto integer = [&]() -> std::optional<uint64_t> {
      if (Peek().kind != PatternToken::Kind::kInteger) return std::nullopt;
      return Take().integer;
    };
    const std::optional<uint64_t> min = integer();
    std::optional<uint64_t> max = min;
    if (AcceptSymbol("..")) max = integer();
    if (!max.has_value()) {
      return Error(star, absl::StrCat("a length without an upper bound: write *1..",
                                      kPatternLengthMax, ", or less"));
    }
    if (*max < 1 || *max > kPatternLengthMax || min.value_or(1) > *max) {
      return Error(star, absl::StrCat("a length of ", min.value_or(1), "..", *max,
                                      ", want at least 1 and at most ", kPatternLengthMax,
                                      " for the upper bound, and no more for the lower one"));
    }
    edge.hops_min = static_cast<uint32_t>(min.value_or(1));
    edge.hops_max = static_cast<uint32_t>(*max);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<MapEntry>> ParseMap() {
    std::vector<MapEntry> entries;
    PG_RETURN_IF_ERROR(ExpectSymbol("{"));
    if (AcceptSymbol("}")) return entries;
    do {
      const PatternToken& token = Peek();
      if (token.kind != PatternToken::Kind::kName) return Unexpected("a property's name");
      Take();
      PG_RETURN_IF_ERROR(ExpectSymbol(":"));
      PG_ASSIGN_OR_RETURN(const PatternExpressionIndex value, ParseConstant());
      entries.push_back({{token.text, token.begin}, value});
    } while (AcceptSymbol(","));
    if (!AcceptSymbol("}")) return Unexpected("',' or '}'", true);
    return entries;
  }

  // The map of an edge, which could not be made into conditions before the edge had its number.
  absl::Status AddEdgeMap(PatternEdgeIndex edge) {
    for (const MapEntry& entry : edge_map_) {
      PG_RETURN_IF_ERROR(conditions_.AddEdgeEntry(edge, entry));
    }
    edge_map_.clear();
    return absl::OkStatus();
  }

  // Conditions.
  absl::StatusOr<PatternExpressionIndex> ParseCondition(size_t depth) {
    return ParseJoined(depth, "OR");
  }

  // Operands joined by OR, whose operands are joined by AND.
  absl::StatusOr<PatternExpressionIndex> ParseJoined(size_t depth, std::string_view word) {
    const bool is_or = word == "OR";
    std::vector<PatternExpressionIndex> operands;
    do {
      PG_ASSIGN_OR_RETURN(const PatternExpressionIndex operand,
                          is_or ? ParseJoined(depth, "AND") : ParseNot(depth));
      operands.push_back(operand);
    } while (AcceptWord(word));
    return conditions_.Join(is_or, std::move(operands));
  }

  absl::StatusOr<PatternExpressionIndex> ParseNot(size_t depth) {
    const size_t begin = Peek().begin;
    bool negated = false, any = false;
    while (AcceptWord("NOT")) {
      negated = !negated;
      any = true;
    }
    PG_ASSIGN_OR_RETURN(const PatternExpressionIndex predicate, ParsePredicate(depth));
    return any ? conditions_.Negate(predicate, negated, begin) : predicate;
  }

  absl::StatusOr<PatternExpressionIndex> ParsePredicate(size_t depth) {
    PG_ASSIGN_OR_RETURN(const PatternExpressionIndex left, ParseOperand(depth));
    const PatternToken& token = Peek();
    if (AcceptSymbol(":")) {
      PG_ASSIGN_OR_RETURN(const uint8_t kinds, ParseLabels());
      return conditions_.HasLabel(left, kinds, LastEnd());
    }
    if (const auto comparison = AcceptComparison(); comparison.has_value()) {
      PG_ASSIGN_OR_RETURN(const PatternExpressionIndex right, ParseOperand(depth));
      const size_t behind = Peek().begin;
      if (AcceptComparison().has_value()) {
        return Outside(behind, "a chain of comparisons: join them by AND");
      }
      return conditions_.Compare(left, *comparison, right);
    }
    if (AcceptWord("IN")) {
      PG_ASSIGN_OR_RETURN(const std::vector<PatternExpressionIndex> list, ParseList());
      return conditions_.In(left, list, LastEnd());
    }
    using Kind = PatternExpression::Kind;
    for (const auto& [word, kind] :
         {std::pair{"STARTS", Kind::kStartsWith}, std::pair{"ENDS", Kind::kEndsWith},
          std::pair{"CONTAINS", Kind::kContains}}) {
      if (!AcceptWord(word)) continue;
      if (kind != Kind::kContains) PG_RETURN_IF_ERROR(ExpectWord("WITH"));
      PG_ASSIGN_OR_RETURN(const PatternExpressionIndex right, ParseOperand(depth));
      return conditions_.CompareTexts(kind, left, right);
    }
    if (AcceptWord("IS")) {
      const bool negated = AcceptWord("NOT");
      PG_RETURN_IF_ERROR(ExpectWord("NULL"));
      return conditions_.IsNull(left, negated, LastEnd());
    }
    if (token.kind == PatternToken::Kind::kSymbol) {
      const std::optional<std::string_view> outside = PatternOutside(token.text);
      if (outside.has_value()) {
        const bool path = conditions_.IsNode(left) && (token.text == "-" || token.text == "<");
        return Outside(token.begin, path ? "a path as a condition" : *outside);
      }
    }
    return left;
  }

  std::optional<PatternComparison> AcceptComparison() {
    static constexpr std::pair<std::string_view, PatternComparison> kComparisons[] = {
        {"=", PatternComparison::kEqual},         {"<>", PatternComparison::kNotEqual},
        {"<=", PatternComparison::kLessEqual},    {"<", PatternComparison::kLess},
        {">=", PatternComparison::kGreaterEqual}, {">", PatternComparison::kGreater}};
    for (const auto& [symbol, comparison] : kComparisons) {
      if (AcceptSymbol(symbol)) return comparison;
    }
    return std::nullopt;
  }

  absl::StatusOr<PatternExpressionIndex> ParseOperand(size_t depth) {
    const PatternToken& token = Peek();
    if (AcceptSymbol("(")) {
      if (depth + 1 == kPatternDepthMax) {
        return Error(token, absl::StrCat("more than ", kPatternDepthMax - 1,
                                         " parentheses inside of each other"));
      }
      PG_ASSIGN_OR_RETURN(const PatternExpressionIndex inner, ParseCondition(depth + 1));
      PG_RETURN_IF_ERROR(ExpectSymbol(")", true));
      if (conditions_.IsNode(inner) && (PeekSymbol("-") || PeekSymbol("<"))) {
        return Outside(token.begin, "a path as a condition");
      }
      return inner;
    }
    if (token.kind != PatternToken::Kind::kName || IsConstantWord(token)) return ParseConstant();
    if (!token.quoted && PeekSymbol("(", 1)) return ParseFunction();
    return ParseReference();
  }

  // name [ "." property ]
  absl::StatusOr<PatternExpressionIndex> ParseReference() {
    const PatternToken& token = Peek();
    if (token.kind != PatternToken::Kind::kName) return Unexpected("a variable");
    if (!token.quoted && (IsPatternKeyword(token.text) || PatternOutside(token.text).has_value()) &&
        Find(token.text) == nullptr) {
      return Unexpected("a variable, a value or '('");
    }
    const Variable* variable = Find(token.text);
    if (variable == nullptr) {
      return Error(token, absl::StrCat("no pattern has a variable ", Named(token.text)));
    }
    Take();
    if (!AcceptSymbol(".")) {
      if (PeekSymbol("{")) return Outside(Peek().begin, "a map projection");
      return conditions_.Reference(variable->is_edge, variable->index, token.begin, token.end);
    }
    const PatternToken& property = Peek();
    if (property.kind != PatternToken::Kind::kName) return Unexpected("a property's name");
    Take();
    return conditions_.Property(variable->is_edge, variable->index, {property.text, property.begin},
                                token.begin, property.end);
  }

  // id(x) and type(r) are other words for x.id and r.type.
  absl::StatusOr<PatternExpressionIndex> ParseFunction() {
    const PatternToken& function = Take();
    const bool known = Is(function, "ID") || Is(function, "TYPE");
    if (Is(function, "COUNT")) {
      return Error(function, "count(...) stands alone in RETURN or ORDER BY");
    }
    if (!known) {
      if (const auto outside = PatternOutside(function.text); outside.has_value()) {
        return Outside(function.begin, *outside);
      }
      return Outside(function.begin, absl::StrCat("the function ", function.text, "()"));
    }
    PG_RETURN_IF_ERROR(ExpectSymbol("("));
    const PatternToken& token = Peek();
    const Variable* variable = token.kind == PatternToken::Kind::kName ? Find(token.text) : nullptr;
    if (variable == nullptr) return Unexpected("a variable of the patterns");
    Take();
    PG_RETURN_IF_ERROR(ExpectSymbol(")", true));
    return conditions_.Property(variable->is_edge, variable->index,
                                {Is(function, "ID") ? "id" : "type", token.begin}, function.begin,
                                LastEnd());
  }

  bool IsConstantWord(const PatternToken& token) const {
    return Is(token, "TRUE") || Is(token, "FALSE") || Is(token, "NULL") ||
           (Is(token, "DATE") && PeekSymbol("(", 1));
  }

  absl::StatusOr<PatternExpressionIndex> ParseConstant() {
    const PatternToken& token = Peek();
    const bool negative = PeekSymbol("-");
    if (negative) Take();
    const PatternToken& number = Peek();
    PatternScalar value;
    if (number.kind == PatternToken::Kind::kInteger) {
      const auto integer = static_cast<int64_t>(number.integer);
      value = negative ? -integer : integer;
    } else if (number.kind == PatternToken::Kind::kDecimal) {
      value = negative ? -number.decimal : number.decimal;
    } else if (negative) {
      return Unexpected("a number");
    } else if (token.kind == PatternToken::Kind::kString) {
      value = token.text;
    } else if (Is(token, "TRUE") || Is(token, "FALSE")) {
      value = Is(token, "TRUE");
    } else if (token.kind == PatternToken::Kind::kParameter) {
      PG_ASSIGN_OR_RETURN(const PatternParameter* parameter, FindParameter(token));
      if (parameter->is_list) {
        return Error(token, absl::StrCat("$", token.text, " is a list, want one value"));
      }
      value = parameter->values[0];
    } else if (Is(token, "DATE")) {
      Take();
      PG_RETURN_IF_ERROR(ExpectSymbol("("));
      if (Peek().kind != PatternToken::Kind::kString) return Unexpected("a date in quotes");
      PG_ASSIGN_OR_RETURN(value, conditions_.ToDate(Peek().text, Peek().begin));
      Take();
      if (!PeekSymbol(")")) return Unexpected("')'", true);
    } else if (!Is(token, "NULL")) {
      if (PeekSymbol("[")) return Error(token, "a list stands behind IN only");
      return Unexpected("a value", true);
    }
    Take();
    return conditions_.Literal(std::move(value), token.begin, LastEnd());
  }

  absl::StatusOr<const PatternParameter*> FindParameter(const PatternToken& token) const {
    for (const PatternParameter& parameter : parameters_) {
      if (parameter.name == token.text) return &parameter;
    }
    return Error(token, absl::StrCat("no value was given for the parameter $", token.text));
  }

  absl::StatusOr<std::vector<PatternExpressionIndex>> ParseList() {
    std::vector<PatternExpressionIndex> list;
    const PatternToken& token = Peek();
    if (token.kind == PatternToken::Kind::kParameter) {
      PG_ASSIGN_OR_RETURN(const PatternParameter* parameter, FindParameter(token));
      if (!parameter->is_list) {
        return Error(token, absl::StrCat("$", token.text, " is one value, IN wants a list"));
      }
      Take();
      for (const PatternScalar& value : parameter->values) {
        list.push_back(conditions_.Literal(value, token.begin, token.end));
      }
    } else {
      if (!AcceptSymbol("[")) return Unexpected("a list '[...]' or a parameter");
      if (AcceptSymbol("]")) return list;
      do {
        PG_ASSIGN_OR_RETURN(const PatternExpressionIndex value, ParseConstant());
        list.push_back(value);
        if (list.size() > kPatternListMax) break;
      } while (AcceptSymbol(","));
      if (list.size() <= kPatternListMax && !AcceptSymbol("]"))
        return Unexpected("',' or ']'", true);
    }
    if (list.size() > kPatternListMax) {
      return Error(token, absl::StrCat("a list of more than ", kPatternListMax, " values"));
    }
    return list;
  }

  // RETURN and what follows.
  absl::Status ParseItems() {
    query_.distinct = AcceptWord("DISTINCT");
    if (PeekSymbol("*")) {
      const PatternToken& star = Take();
      if (variables_.empty()) return Error(star, "RETURN * without any variable in the patterns");
      for (const Variable& variable : variables_) {
        PG_RETURN_IF_ERROR(
            AddItem(variable.name,
                    conditions_.Reference(variable.is_edge, variable.index, star.begin, star.end),
                    star.begin));
      }
      return absl::OkStatus();
    }
    do {
      const size_t first = at_;
      PG_ASSIGN_OR_RETURN(const PatternExpressionIndex expression, ParseItem());
      const PatternToken& begin = tokens_[first];
      std::string name = query_.text.substr(begin.begin, tokens_[at_ - 1].end - begin.begin);
      if (at_ == first + 1 && begin.kind == PatternToken::Kind::kName) name = begin.text;
      item_words_.push_back({first, at_});
      if (AcceptWord("AS")) {
        if (Peek().kind != PatternToken::Kind::kName) return Unexpected("a name for the column");
        name = Take().text;
      }
      PG_RETURN_IF_ERROR(AddItem(std::move(name), expression, begin.begin));
    } while (AcceptSymbol(","));
    return absl::OkStatus();
  }

  absl::Status AddItem(std::string name, PatternExpressionIndex expression, size_t begin) {
    if (query_.items.size() == kPatternItemsMax) {
      return ErrorAt(begin, absl::StrCat("more than ", kPatternItemsMax, " columns"));
    }
    for (const PatternItem& item : query_.items) {
      if (item.name == name) {
        return ErrorAt(begin, absl::StrCat("two columns are named ", Named(name),
                                           "; give one another name with AS"));
      }
    }
    query_.aggregates |= conditions_.IsCount(expression);
    query_.items.push_back({std::move(name), expression});
    return absl::OkStatus();
  }

  // condition | total
  absl::StatusOr<PatternExpressionIndex> ParseItem() {
    const PatternToken& count = Peek();
    if (!Is(count, "COUNT") || !PeekSymbol("(", 1)) return ParseCondition(0);
    at_ += 2;
    std::optional<PatternExpressionIndex> operand;
    bool distinct = false;
    if (!AcceptSymbol("*")) {
      distinct = AcceptWord("DISTINCT");
      PG_ASSIGN_OR_RETURN(operand, ParseReference());
    }
    PG_RETURN_IF_ERROR(ExpectSymbol(")", true));
    return conditions_.Count(operand, distinct, count.begin, LastEnd());
  }

  absl::Status ParseOrder() {
    if (!AcceptWord("ORDER")) return absl::OkStatus();
    PG_RETURN_IF_ERROR(ExpectWord("BY"));
    do {
      PatternOrder order;
      const PatternToken& begin = Peek();
      if (query_.order.size() == kPatternOrderMax) {
        return Error(begin, absl::StrCat("more than ", kPatternOrderMax, " keys to sort by"));
      }
      PG_ASSIGN_OR_RETURN(order.item, ParseSortItem());
      const PatternType type = query_.expressions[query_.items[order.item].expression].type;
      if (type == PatternType::kNode || type == PatternType::kEdge || type == PatternType::kEdges) {
        return Error(begin, absl::StrCat("ORDER BY wants a value, this is ",
                                         ToAbsl(PatternTypeName(type)), "; name a property of it"));
      }
      if (AcceptWord("DESC") || AcceptWord("DESCENDING")) {
        order.descending = true;
      } else if (!AcceptWord("ASC")) {
        AcceptWord("ASCENDING");
      }
      query_.order.push_back(order);
    } while (AcceptSymbol(","));
    return absl::OkStatus();
  }

  // A column, by its name or in the same words, or an item of its own.
  absl::StatusOr<uint32_t> ParseSortItem() {
    const size_t first = at_;
    if (Peek().kind == PatternToken::Kind::kName && !PeekSymbol(".", 1) && !PeekSymbol("(", 1)) {
      for (uint32_t i = 0; i < query_.items.size(); ++i) {
        if (query_.items[i].hidden || query_.items[i].name != Peek().text) continue;
        Take();
        return i;
      }
    }
    PG_ASSIGN_OR_RETURN(const PatternExpressionIndex expression, ParseItem());
    for (uint32_t i = 0; i < item_words_.size(); ++i) {
      if (SameWords(item_words_[i].first, item_words_[i].second, first, at_)) return i;
    }
    if (query_.distinct || query_.aggregates || conditions_.IsCount(expression)) {
      return Error(tokens_[first],
                   "behind DISTINCT or count, ORDER BY may only name what RETURN gives");
    }
    query_.items.push_back({"", expression, true});
    return static_cast<uint32_t>(query_.items.size() - 1);
  }

  bool SameWords(size_t a, size_t a_end, size_t b, size_t b_end) const {
    return std::equal(tokens_.begin() + static_cast<ptrdiff_t>(a),
                      tokens_.begin() + static_cast<ptrdiff_t>(a_end),
                      tokens_.begin() + static_cast<ptrdiff_t>(b),
                      tokens_.begin() + static_cast<ptrdiff_t>(b_end),
                      [](const PatternToken& x, const PatternToken& y) {
                        return x.kind == y.kind && x.text == y.text;
                      });
  }

  absl::StatusOr<uint64_t> ParseCount(std::string_view clause) {
    const PatternToken& token = Peek();
    if (token.kind == PatternToken::Kind::kInteger) return Take().integer;
    if (token.kind != PatternToken::Kind::kParameter) {
      return Unexpected("a whole number or a parameter", true);
    }
    PG_ASSIGN_OR_RETURN(const PatternParameter* parameter, FindParameter(token));
    const int64_t* integer =
        parameter->is_list ? nullptr : std::get_if<int64_t>(&parameter->values[0]);
    if (integer == nullptr || *integer < 0) {
      return Error(token, absl::StrCat("$", token.text, " for ", ToAbsl(clause),
                                       " is no whole number of 0 or more"));
    }
    Take();
    return static_cast<uint64_t>(*integer);
  }

  const Variable* Find(std::string_view name) const {
    if (name.empty()) return nullptr;
    for (const Variable& variable : variables_) {
      if (variable.name == name) return &variable;
    }
    return nullptr;
  }
  static std::string Named(std::string_view name) { return Quoted(name); }

  PatternQuery query_;
  const std::vector<PatternToken> tokens_;
  const std::span<const PatternParameter> parameters_;
  PatternConditions conditions_;
  size_t at_ = 0;
  std::vector<Variable> variables_;                    // In the order of the text.
  std::vector<MapEntry> edge_map_;                     // Of the edge at hand.
  std::vector<std::pair<size_t, size_t>> item_words_;  // Of each item of RETURN.
};

absl::Status CheckParameters(std::span<const PatternParameter> parameters) {
  if (parameters.size() > kPatternParametersMax) {
    return absl::InvalidArgumentError(
        absl::StrCat(parameters.size(), " parameters, want at most ", kPatternParametersMax));
  }
  size_t bytes = 0;
  for (const PatternParameter& parameter : parameters) {
    bytes += parameter.name.size();
    for (const PatternScalar& value : parameter.values) {
      const auto* text = std::get_if<std::string>(&value);
      bytes += text == nullptr ? sizeof(double) : text->size();
    }
    if (!parameter.is_list && parameter.values.size() != 1) {
      return absl::InvalidArgumentError(absl::StrCat("the parameter ", Quoted(parameter.name),
                                                     " has ", parameter.values.size(),
                                                     " values, want 1"));
    }
  }
  if (bytes <= kPatternParameterBytesMax) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "the parameters have ", bytes, " bytes, want at most ", kPatternParameterBytesMax));
}

}  // namespace

absl::StatusOr<PatternQuery> ParsePattern(std::string_view text,
                                          std::span<const PatternParameter> parameters) {
  PG_RETURN_IF_ERROR(CheckParameters(parameters));
  PG_ASSIGN_OR_RETURN(std::vector<PatternToken> tokens, LexPattern(text));
  return Parser(text, std::move(tokens), parameters).Run();
}

}  // namespace partnergraph
