#include "graph/pattern_pushdown.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "graph/pattern_lexer.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

using Kind = PatternExpression::Kind;

constexpr FactStatus kStatuses[] = {FactStatus::kRumoured,  FactStatus::kPlanned,
                                    FactStatus::kAnnounced, FactStatus::kActive,
                                    FactStatus::kEnded,     FactStatus::kDenied};

absl::StatusOr<EdgeType> FindType(const PatternQuery& query, const std::string& word, size_t begin,
                                  const Schema& schema) {
  const EdgeTypeInfo* info = schema.Find(word);
  if (info == nullptr) info = schema.Find(absl::AsciiStrToUpper(word));
  if (info != nullptr) return info->type;
  for (const EdgeTypeInfo& other : schema.types()) {
    if (other.inverse_name != absl::AsciiStrToUpper(word)) continue;
    return PatternError(query.text, begin,
                        absl::StrCat("there is no edge type ", Quoted(word), "; it is ",
                                     ToAbsl(other.name), " the other way round"));
  }
  std::vector<std::string> names;
  for (const EdgeTypeInfo& other : schema.types()) {
    if (names.size() == 20) {
      names.push_back("...");
      break;
    }
    names.emplace_back(other.name);
  }
  return PatternError(query.text, begin,
                      absl::StrCat("there is no edge type ", Quoted(word), "; there are ",
                                   absl::StrJoin(names, ", ")));
}

// The values that a condition leaves for `property` of the edge: `edge.property = constant` or IN a
// list of constants.
std::optional<std::vector<PatternScalar>> ValuesOf(const PatternQuery& query,
                                                   const PatternExpression& condition) {
  if (condition.kind == Kind::kIn) return condition.list;
  if (condition.kind != Kind::kCompare || condition.comparison != PatternComparison::kEqual) {
    return std::nullopt;
  }
  return std::vector<PatternScalar>{query.expressions[condition.operands[1]].literal};
}

class Pusher {
 public:
  Pusher(const PatternQuery& query, PatternEdgeIndex edge, const Schema& schema)
      : query_(query), edge_index_(edge), edge_(query.edges[edge]), schema_(schema) {}

  absl::StatusOr<PatternPushdown> Run() {
    FactFilter& filter = result_.filter;
    filter.direction = edge_.direction;
    for (const PatternWord& word : edge_.types) {
      PG_ASSIGN_OR_RETURN(const EdgeType type, FindType(query_, word.text, word.begin, schema_));
      if (std::ranges::find(filter.types, type) == filter.types.end()) filter.types.push_back(type);
    }
    result_.derives = std::ranges::find(filter.types, kPartnerWith) != filter.types.end();
    for (const std::vector<PatternExpressionIndex>* conditions :
         {&edge_.each, &query_.conditions}) {
      for (const PatternExpressionIndex index : *conditions) {
        PG_RETURN_IF_ERROR(Push(query_.expressions[index]));
      }
    }
    if (statuses_.has_value()) {
      filter.statuses = *statuses_;
      Note(absl::StrCat(
          "status ", absl::StrJoin(filter.statuses, "|", [](std::string* out, FactStatus status) {
            absl::StrAppend(out, ToAbsl(FactStatusName(status)));
          })));
    } else if (MentionsStatus()) {
      filter.statuses.assign(std::begin(kStatuses), std::end(kStatuses));
    }
    if (!filter.types.empty()) {
      std::vector<std::string> names;
      for (const EdgeType type : filter.types) names.emplace_back(schema_.Get(type).name);
      result_.pushed.insert(result_.pushed.begin(),
                            absl::StrCat("type ", absl::StrJoin(names, "|")));
    }
    if (filter.min_confidence > 0) Note(absl::StrCat("confidence from ", filter.min_confidence));
    if (filter.min_sources > 0) Note(absl::StrCat("source_count from ", filter.min_sources));
    if (!filter.date_from.empty()) Note("date from " + FormatDate(filter.date_from));
    if (!filter.date_until.empty()) Note("date until " + FormatDate(filter.date_until));
    return std::move(result_);
  }

 private:
  void Note(std::string text) { result_.pushed.push_back(std::move(text)); }

  // Whether any condition of the query looks at the edge's status.
  bool MentionsStatus() const {
    return std::ranges::any_of(query_.expressions, [&](const PatternExpression& expression) {
      return expression.kind == Kind::kEdgeProperty && expression.index == edge_index_ &&
             expression.property == PatternProperty::kStatus;
    });
  }

  absl::Status Push(const PatternExpression& condition) {
    if (condition.kind != Kind::kCompare && condition.kind != Kind::kIn) return absl::OkStatus();
    const PatternExpression& left = query_.expressions[condition.operands[0]];
    if (left.kind != Kind::kEdgeProperty || left.index != edge_index_) return absl::OkStatus();
    if (condition.kind == Kind::kCompare &&
        query_.expressions[condition.operands[1]].kind != Kind::kLiteral) {
      return absl::OkStatus();
    }
    const auto values = ValuesOf(query_, condition);
    switch (left.property) {
      case PatternProperty::kType:
        return values.has_value() ? PushTypes(*values, condition.begin) : absl::OkStatus();
      case PatternProperty::kStatus:
        if (values.has_value()) PushStatuses(*values);
        return absl::OkStatus();
      case PatternProperty::kConfidence:
      case PatternProperty::kSourceCount:
        if (condition.kind == Kind::kCompare) PushNumber(left.property, condition);
        return absl::OkStatus();
      case PatternProperty::kDate:
        if (condition.kind == Kind::kCompare) PushDate(condition);
        return absl::OkStatus();
      default:
        return absl::OkStatus();
    }
  }

  absl::Status PushTypes(const std::vector<PatternScalar>& values, size_t begin) {
    std::vector<EdgeType> types;
    for (const PatternScalar& value : values) {
      const auto* word = std::get_if<std::string>(&value);
      if (word == nullptr) continue;
      PG_ASSIGN_OR_RETURN(const EdgeType type, FindType(query_, *word, begin, schema_));
      const std::vector<EdgeType>& before = result_.filter.types;
      const bool kept = before.empty() || std::ranges::find(before, type) != before.end();
      if (kept && std::ranges::find(types, type) == types.end()) types.push_back(type);
    }
    // An edge that names no type is a stored one, PARTNER_WITH included; naming PARTNER_WITH in the
    // filter would derive edges as well.
    if (edge_.types.empty() && std::ranges::find(types, kPartnerWith) != types.end()) {
      return absl::OkStatus();
    }
    if (types.empty()) result_.impossible = true;
    result_.filter.types = std::move(types);
    return absl::OkStatus();
  }

  void PushStatuses(const std::vector<PatternScalar>& values) {
    std::vector<FactStatus> statuses;
    for (const PatternScalar& value : values) {
      const auto* word = std::get_if<std::string>(&value);
      const auto status = word == nullptr ? std::nullopt : ParseFactStatus(*word);
      if (!status.has_value() || std::ranges::find(statuses, *status) != statuses.end()) continue;
      if (statuses_.has_value() && std::ranges::find(*statuses_, *status) == statuses_->end()) {
        continue;
      }
      statuses.push_back(*status);
    }
    if (statuses.empty()) result_.impossible = true;
    statuses_ = std::move(statuses);
  }

  void PushNumber(PatternProperty property, const PatternExpression& condition) {
    if (condition.comparison != PatternComparison::kEqual &&
        condition.comparison != PatternComparison::kGreater &&
        condition.comparison != PatternComparison::kGreaterEqual) {
      return;
    }
    const PatternScalar& value = query_.expressions[condition.operands[1]].literal;
    const auto* integer = std::get_if<int64_t>(&value);
    const auto* fraction = std::get_if<double>(&value);
    if (integer == nullptr && fraction == nullptr) return;
    const double least = integer != nullptr ? static_cast<double>(*integer) : *fraction;
    FactFilter& filter = result_.filter;
    if (property == PatternProperty::kConfidence) {
      filter.min_confidence = std::max(filter.min_confidence, static_cast<float>(least));
    } else if (least > 0) {
      const double capped =
          std::min(least, static_cast<double>(std::numeric_limits<uint32_t>::max()));
      filter.min_sources = std::max(filter.min_sources, static_cast<uint32_t>(capped));
    }
  }

  // Every day that fulfils the condition lies in the window; the filter keeps facts that can lie in
  // it.
  void PushDate(const PatternExpression& condition) {
    const auto* date = std::get_if<Date>(&query_.expressions[condition.operands[1]].literal);
    if (date == nullptr) return;
    const bool equal = condition.comparison == PatternComparison::kEqual;
    FactFilter& filter = result_.filter;
    if (equal || condition.comparison == PatternComparison::kGreater ||
        condition.comparison == PatternComparison::kGreaterEqual) {
      if (filter.date_from.empty() ||
          ToDayRange(*date).first > ToDayRange(filter.date_from).first) {
        filter.date_from = *date;
      }
    }
    if (equal || condition.comparison == PatternComparison::kLess ||
        condition.comparison == PatternComparison::kLessEqual) {
      if (filter.date_until.empty() ||
          ToDayRange(*date).last < ToDayRange(filter.date_until).last) {
        filter.date_until = *date;
      }
    }
  }

  const PatternQuery& query_;
  const PatternEdgeIndex edge_index_;
  const PatternEdge& edge_;
  const Schema& schema_;
  PatternPushdown result_;
  std::optional<std::vector<FactStatus>> statuses_;
};

}  // namespace

absl::StatusOr<PatternPushdown> PushDown(const PatternQuery& query, PatternEdgeIndex edge,
                                         const Schema& schema) {
  return Pusher(query, edge, schema).Run();
}

absl::Status CheckTypeWords(const PatternQuery& query, const Schema& schema) {
  for (const PatternExpression& condition : query.expressions) {
    const bool equality =
        condition.kind == Kind::kCompare && (condition.comparison == PatternComparison::kEqual ||
                                             condition.comparison == PatternComparison::kNotEqual);
    if (condition.kind != Kind::kIn && !equality) continue;
    const PatternExpression& left = query.expressions[condition.operands[0]];
    if (left.kind != Kind::kEdgeProperty || left.property != PatternProperty::kType) continue;
    std::vector<PatternScalar> words = condition.list;
    size_t begin = condition.begin;
    if (equality) {
      const PatternExpression& right = query.expressions[condition.operands[1]];
      words = {right.literal};
      begin = right.begin;
    }
    for (const PatternScalar& word : words) {
      const auto* text = std::get_if<std::string>(&word);
      if (text == nullptr) continue;
      // Values are compared as they are written.
      PG_ASSIGN_OR_RETURN(const EdgeType type, FindType(query, *text, begin, schema));
      if (schema.Get(type).name != *text) {
        return PatternError(query.text, begin,
                            absl::StrCat("there is no edge type ", Quoted(*text),
                                         "; it is written ", ToAbsl(schema.Get(type).name)));
      }
    }
  }
  return absl::OkStatus();
}

std::string SourceText(const PatternQuery& query, PatternExpressionIndex expression) {
  const PatternExpression& found = query.expressions[expression];
  const std::string text = query.text.substr(found.begin, found.end - found.begin);
  return absl::StrJoin(absl::StrSplit(text, absl::ByAnyChar(" \t\r\n"), absl::SkipEmpty()), " ");
}

}  // namespace partnergraph
