#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "clients/cli/command.h"
#include "clients/cli/edge_text.h"
#include "clients/cli/node_resolver.h"
#include "clients/cli/query_flags.h"
#include "clients/cpp/status_macros.h"

namespace partnergraph::cli {
namespace {

struct CyclesFlags {
  std::string node;
  uint32_t min_length = 3;
  uint32_t max_length = 0;
  uint32_t max_cycles = 100;
  bool expand_partnerships = false;
  FilterFlags filter;
  BudgetFlags budget;
};

void WriteCycles(const Json& answer, const TextStyle& style, std::ostream& out) {
  if (answer["outcome"] == "NONE") {
    out << "no cycle of these lengths\n";
  } else if (answer["outcome"] == "NOT_DECIDED") {
    out << "not decided: the budget ended the search first\n";
  }
  WritePaths(answer["cycles"], style, out);
}

absl::StatusOr<ExitCode> Cycles(const CyclesFlags& flags, CommandContext& context) {
  v1::FindCyclesRequest request;
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_filter(), flags.filter.ToProto());
  CLIENT_ASSIGN_OR_RETURN(const ResolvedNode node, ResolveNode(context.client, flags.node));
  if (!node.note.empty()) context.talk.Note(node.note);
  request.set_node_id(node.node_id);
  request.set_min_length(flags.min_length);
  request.set_max_length(flags.max_length);
  request.set_max_cycles(flags.max_cycles);
  request.set_expand_partnerships(flags.expand_partnerships);
  *request.mutable_budget() = flags.budget.ToProto();
  CLIENT_ASSIGN_OR_RETURN(const v1::FindCyclesResponse response,
                          context.client.FindCycles(request));

  AnswerShape shape;
  // Not a part of the message: one row per hop, for csv.
  shape.lists = {{"cycles", "cycle"}};
  shape.rows = "hops";
  shape.columns = {{"cycle", "/cycle"}, {"hop", "/hop"}};
  for (OutputColumn column : EdgeColumns()) {
    column.pointer = "/edge" + column.pointer;
    shape.columns.push_back(std::move(column));
  }
  shape.write_text = WriteCycles;
  Output output(context.format, context.style, std::move(shape), context.out);
  int count = 0;
  for (const v1::Path& cycle : response.cycles()) {
    ++count;
    if (context.format != OutputFormat::kCsv) {
      output.Add("cycles", ToJson(cycle));
      continue;
    }
    for (int i = 0; i < cycle.edges_size(); ++i) {
      output.Add("hops", {{"cycle", count}, {"hop", i + 1}, {"edge", ToJson(cycle.edges(i))}});
    }
  }
  Json summary = ToJson(response);
  summary.erase("cycles");
  output.Finish(summary);
  if (response.truncation().reason() == v1::TRUNCATION_REASON_PATHS && !context.talk.json()) {
    context.talk.Note("there are more cycles: --max-cycles shows up to 1000");
  } else if (response.has_truncation()) {
    context.talk.Truncated(response.truncation());
  }
  return ExitCode::kOk;
}

}  // namespace

void AddCyclesCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<CyclesFlags>();
  CLI::App* command = app.add_subcommand("cycles", "Find rings: ways from a node back to itself");
  command->add_option("node", flags->node, kNodeArgumentHelp)->required();
  command->add_option("--min-length", flags->min_length, "Shortest ring in hops, 2 to 6")
      ->capture_default_str();
  command->add_option("--max-length", flags->max_length,
                      "Longest ring in hops (default: 4, most: 6)");
  command->add_option("--max-cycles", flags->max_cycles, "How many at most, up to 1000")
      ->capture_default_str();
  command->add_flag("--expand-partnerships", flags->expand_partnerships,
                    "Show deals as nodes, each edge to or from one a hop");
  flags->filter.AddTo(*command, FilterFlags::Edges::kChoose);
  flags->budget.AddTo(*command);
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Cycles(*flags, context); };
  });
}

}  // namespace partnergraph::cli
