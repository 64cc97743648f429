#include "server/pattern_conversion.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "graph/pattern_parser.h"
#include "graph/status_macros.h"
#include "server/grpc_status.h"
#include "server/proto_conversion.h"
#include "server/request_conversion.h"

namespace partnergraph {
namespace {

absl::StatusOr<PatternScalar> ToScalar(const v1::QueryParameter& value, const std::string& field) {
  switch (value.value_case()) {
    case v1::QueryParameter::kText:
      return value.text();
    case v1::QueryParameter::kInteger:
      return value.integer();
    case v1::QueryParameter::kNumber:
      if (!std::isfinite(value.number())) return FieldError(field + ".number", "is no number");
      return value.number();
    case v1::QueryParameter::kTruth:
      return value.truth();
    case v1::QueryParameter::kList:
      return FieldError(field + ".list", "is a list inside of a list");
    case v1::QueryParameter::VALUE_NOT_SET:
      return std::monostate();
  }
  return std::monostate();
}

class ToValue {
 public:
  ToValue(const Schema& schema, v1::QueryValue* out) : schema_(schema), out_(out) {}

  void operator()(std::monostate) const {}
  void operator()(bool truth) const { out_->set_truth(truth); }
  void operator()(int64_t integer) const { out_->set_integer(integer); }
  void operator()(double number) const { out_->set_number(number); }
  void operator()(std::string&& text) const { out_->set_text(std::move(text)); }
  void operator()(const Date& date) const { ToProto(date, out_->mutable_date()); }
  void operator()(NodeSummary&& node) const { ToProto(std::move(node), out_->mutable_node()); }
  void operator()(Edge&& edge) const { ToProto(std::move(edge), schema_, out_->mutable_edge()); }
  void operator()(std::vector<Edge>&& edges) const {
    v1::QueryEdges& list = *out_->mutable_edges();
    for (Edge& edge : edges) ToProto(std::move(edge), schema_, list.add_edges());
  }

 private:
  const Schema& schema_;
  v1::QueryValue* out_;
};

}  // namespace

absl::StatusOr<PatternRequest> ToPatternRequest(const v1::QueryRequest& request, const Call& call) {
  PatternRequest result{.text = request.text()};
  if (static_cast<size_t>(request.parameters_size()) > kPatternParametersMax) {
    return FieldError("parameters", absl::StrCat("has ", request.parameters_size(),
                                                 " entries, want at most ", kPatternParametersMax));
  }
  size_t bytes = 0;
  for (const auto& [name, value] : request.parameters()) {
    bytes += name.size() + value.ByteSizeLong();
    PatternParameter& parameter = result.parameters.emplace_back();
    parameter.name = name;
    const std::string field = absl::StrCat("parameters[\"", name, "\"]");
    if (!value.has_list()) {
      PG_ASSIGN_OR_RETURN(PatternScalar scalar, ToScalar(value, field));
      parameter.values.push_back(std::move(scalar));
      continue;
    }
    parameter.is_list = true;
    for (int i = 0; i < value.list().values_size(); ++i) {
      PG_ASSIGN_OR_RETURN(
          PatternScalar scalar,
          ToScalar(value.list().values(i), absl::StrCat(field, ".list.values[", i, "]")));
      parameter.values.push_back(std::move(scalar));
    }
  }
  if (bytes > kPatternParameterBytesMax) {
    return FieldError("parameters", absl::StrCat("has ", bytes, " bytes, want at most ",
                                                 kPatternParameterBytesMax));
  }
  PG_ASSIGN_OR_RETURN(result.budget, ToBudget(request.budget(), call));
  return result;
}

void ToProto(PatternPart&& part, const Schema& schema, v1::QueryResponse* out) {
  for (std::string& column : part.columns) out->add_columns(std::move(column));
  for (std::vector<PatternValue>& row : part.rows) {
    v1::QueryRow& values = *out->add_rows();
    for (PatternValue& value : row) {
      std::visit(ToValue(schema, values.add_values()), std::move(value));
    }
  }
}

}  // namespace partnergraph
