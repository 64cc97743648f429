#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/command.h"
#include "clients/cli/date_text.h"
#include "clients/cli/edge_text.h"
#include "clients/cli/proto_json.h"
#include "clients/cli/query_flags.h"
#include "clients/cli/terminal_text.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

struct QueryFlags {
  std::string text;
  std::vector<std::string> parameters;
  bool explain = false;
  BudgetFlags budget;
};

constexpr char kHelp[] =
    "The text is a pattern in a read-only subset of openCypher, such as\n"
    "  MATCH (a:Company {name: $who})-[:PARTY_TO]-(p:Partnership)-[:PARTY_TO]-(b)\n"
    "  WHERE p.date > '2018-06' RETURN b, p.kind ORDER BY p.date DESC LIMIT 20\n"
    "Labels: Company, Person, Product, Partnership. Edge types: see `partnergraph stats`.\n"
    "Properties of nodes: id, name, kind, degree, article_count, org_type; of partnerships also\n"
    "date, status, confidence, source_count, location. Of edges: id, type, date, status,\n"
    "confidence, source_count, role, title. The grammar: proto/partnergraph/v1/query.proto.";

// A JSON scalar as a parameter; INVALID_ARGUMENT for objects, and lists in lists.
absl::Status SetScalar(const Json& json, const std::string& flag, v1::QueryParameter& out) {
  if (json.is_boolean()) {
    out.set_truth(json.get<bool>());
  } else if (json.is_number_integer() &&
             !(json.is_number_unsigned() && json.get<uint64_t>() > INT64_MAX)) {
    out.set_integer(json.get<int64_t>());
  } else if (json.is_number()) {
    out.set_number(json.get<double>());
  } else if (json.is_string()) {
    out.set_text(json.get<std::string>());
  } else if (!json.is_null()) {
    return absl::InvalidArgumentError(
        fmt::format("--param {}: want text, a number, true, false, null or a list of these", flag));
  }
  return absl::OkStatus();
}

// NAME=VALUE, where a value that is no JSON is text.
absl::Status AddParameter(const std::string& flag, v1::QueryRequest& request) {
  const size_t equals = flag.find('=');
  if (equals == std::string::npos || equals == 0) {
    return absl::InvalidArgumentError(fmt::format("--param {}: want NAME=VALUE", flag));
  }
  const std::string value = flag.substr(equals + 1);
  v1::QueryParameter& parameter = (*request.mutable_parameters())[flag.substr(0, equals)];
  const Json json = Json::parse(value, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) {
    parameter.set_text(value);
    return absl::OkStatus();
  }
  if (!json.is_array()) {
    return SetScalar(json, flag, parameter);
  }
  parameter.mutable_list();
  for (const Json& item : json) {
    CLIENT_RETURN_IF_ERROR(SetScalar(item, flag, *parameter.mutable_list()->add_values()));
  }
  return absl::OkStatus();
}

// Nodes and edges as objects, dates as text, the rest as it is.
Json ValueToJson(const v1::QueryValue& value) {
  switch (value.value_case()) {
    case v1::QueryValue::kNode:
      return ToJson(value.node());
    case v1::QueryValue::kEdge:
      return ToJson(value.edge());
    case v1::QueryValue::kEdges:
      return ToJson(value.edges())["edges"];
    case v1::QueryValue::kText:
      return value.text();
    case v1::QueryValue::kInteger:
      return value.integer();
    case v1::QueryValue::kNumber:
      return value.number();
    case v1::QueryValue::kDate:
      return DateText(value.date());
    case v1::QueryValue::kTruth:
      return value.truth();
    case v1::QueryValue::VALUE_NOT_SET:
      return nullptr;
  }
  return nullptr;
}

// For people: a node as its name and id, an edge as an arrow.
std::string ValueForPeople(const Json& value) {
  if (value.is_object()) {
    return value.contains("fact_id") ? EdgeText(value) : NodeText(value);
  }
  if (!value.is_array()) {
    return TextForPeople(value);
  }
  std::string text;
  for (const Json& edge : value) {
    text += (text.empty() ? "" : "; ") + EdgeText(edge);
  }
  return text;
}

void WriteRows(const Json& answer, const TextStyle& style, std::ostream& out) {
  const std::string plan = answer.value("plan", "");
  if (!plan.empty()) {
    size_t begin = 0;
    while (begin < plan.size()) {  // Line by line: escaping would take the line ends.
      const size_t end = std::min(plan.find('\n', begin), plan.size());
      out << EscapeForTerminal(plan.substr(begin, end - begin)) << '\n';
      begin = end + 1;
    }
    return;
  }
  if (answer["rows"].empty()) {
    out << "nothing matches\n";
    return;
  }
  std::vector<Table::Column> columns;
  for (const Json& column : answer["columns"]) {
    columns.push_back({column.get<std::string>()});
  }
  Table table(std::move(columns));
  for (const Json& row : answer["rows"]) {
    std::vector<std::string> cells;
    for (const auto& [name, value] : row.items()) {
      cells.push_back(ValueForPeople(value));
    }
    table.AddRow(std::move(cells));
  }
  table.Write(style, out);
}

// Rows are objects by column, of csv by the column's position; csv and jsonl stream them.
absl::StatusOr<ExitCode> Query(const QueryFlags& flags, CommandContext& context) {
  v1::QueryRequest request;
  request.set_text(flags.explain ? "EXPLAIN " + flags.text : flags.text);
  for (const std::string& parameter : flags.parameters) {
    CLIENT_RETURN_IF_ERROR(AddParameter(parameter, request));
  }
  *request.mutable_budget() = flags.budget.ToProto();

  std::unique_ptr<Output> output;
  std::vector<std::string> columns;
  const auto start = [&] {
    AnswerShape shape;
    shape.lists = {{"rows", "row"}};
    shape.rows = "rows";
    for (size_t i = 0; i < columns.size(); ++i) {
      shape.columns.push_back({columns[i], "/" + std::to_string(i)});
    }
    shape.write_text = WriteRows;
    output = std::make_unique<Output>(context.format, context.style, std::move(shape), context.out);
  };
  const bool csv = context.format == OutputFormat::kCsv;
  bool hidden_kind = false;  // A column would hide what kind of record a line is.
  v1::QueryResponse last;
  CLIENT_RETURN_IF_ERROR(context.client.Query(request, [&](const v1::QueryResponse& part) {
    if (output == nullptr) {
      columns.assign(part.columns().begin(), part.columns().end());
      hidden_kind = context.format == OutputFormat::kJsonl &&
                    std::find(columns.begin(), columns.end(), "record") != columns.end();
      if (hidden_kind) {
        return false;
      }
      if (csv && !part.plan().empty()) {
        columns = {"plan"};
      }
      start();
    }
    for (const v1::QueryRow& row : part.rows()) {
      Json record = Json::object();
      for (int i = 0; i < row.values_size() && i < static_cast<int>(columns.size()); ++i) {
        record[csv ? std::to_string(i) : columns[static_cast<size_t>(i)]] =
            ValueToJson(row.values(i));
      }
      output->Add("rows", std::move(record));
    }
    last = part;
    return true;
  }));
  if (hidden_kind) {
    return absl::InvalidArgumentError(
        "jsonl says in \"record\" what a line is; give the column another name with AS");
  }
  if (output == nullptr) {
    start();
  }
  if (csv && !last.plan().empty()) {
    output->Add("rows", {{"0", last.plan()}});
  }
  last.clear_rows();
  Json summary = ToJson(last);
  summary.erase("rows");
  summary["columns"] = columns;
  output->Finish(summary);
  if (last.has_truncation()) {
    context.talk.Truncated(last.truncation());
  }
  return ExitCode::kOk;
}

}  // namespace

void AddQueryCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<QueryFlags>();
  CLI::App* command = app.add_subcommand("query", "Answer a pattern: MATCH (a)-[r]-(b) RETURN b");
  command->add_option("text", flags->text, "The pattern, see below")->required();
  command
      ->add_option("--param", flags->parameters,
                   "NAME=VALUE for $NAME in the text, once for each; the value is JSON "
                   "(7, \"7\", [1,2]), or else text")
      ->allow_extra_args(false);
  command->add_flag("--explain", flags->explain, "Show how it would be answered, and run nothing");
  command->footer(kHelp);
  flags->budget.AddTo(*command);
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Query(*flags, context); };
  });
}

}  // namespace partnergraph::cli
