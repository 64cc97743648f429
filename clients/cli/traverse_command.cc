#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/command.h"
#include "clients/cli/edge_text.h"
#include "clients/cli/node_resolver.h"
#include "clients/cli/query_flags.h"
#include "clients/cli/step_syntax.h"
#include "clients/cpp/status_macros.h"

namespace partnergraph::cli {
namespace {

struct TraverseFlags {
  std::vector<std::string> nodes;
  std::vector<std::string> steps;
  FilterFlags filter;
  BudgetFlags budget;
};

void WriteWalks(const Json& answer, const TextStyle& style, std::ostream& out) {
  if (answer["walks"].empty()) {
    out << "no node matches\n";
    return;
  }
  Table table({{"NODE", Align::kRight}, {"KIND"}, {"NAME"}, {"WALK"}});
  for (const Json& walk : answer["walks"]) {
    const Json& end = walk["end"];
    table.AddRow({FieldText(end, "node_id"), FieldText(end, "kind"), FieldText(end, "name"),
                  WalkText(walk["edges"], end)});
  }
  table.Write(style, out);
}

absl::StatusOr<ExitCode> Traverse(const TraverseFlags& flags, CommandContext& context) {
  v1::TraverseRequest request;
  CLIENT_ASSIGN_OR_RETURN(const v1::FactFilter filter, flags.filter.ToProto());
  for (const std::string& text : flags.steps) {
    CLIENT_ASSIGN_OR_RETURN(v1::TraverseStep step, ParseStep(text));
    v1::FactFilter step_filter = filter;  // The flags hold for each step.
    step_filter.set_direction(step.filter().direction());
    *step_filter.mutable_types() = step.filter().types();
    *step.mutable_filter() = step_filter;
    *request.add_steps() = std::move(step);
  }
  for (const std::string& argument : flags.nodes) {
    CLIENT_ASSIGN_OR_RETURN(const ResolvedNode node, ResolveNode(context.client, argument));
    if (!node.note.empty()) {
      context.talk.Note(node.note);
    }
    request.add_node_ids(node.node_id);
  }
  *request.mutable_budget() = flags.budget.ToProto();

  AnswerShape shape;
  shape.lists = {{"walks", "walk"}};
  shape.rows = "walks";
  shape.columns = {{"node_id", "/end/node_id"},
                   {"kind", "/end/kind"},
                   {"name", "/end/name"},
                   {"edges", "/edges"}};
  shape.write_text = WriteWalks;
  Output output(context.format, context.style, std::move(shape), context.out);
  v1::TraverseResponse last;
  CLIENT_RETURN_IF_ERROR(context.client.Traverse(request, [&](const v1::TraverseResponse& part) {
    for (const v1::Walk& walk : part.walks()) {
      output.Add("walks", ToJson(walk));
    }
    last = part;
    return true;
  }));
  last.clear_walks();
  Json summary = ToJson(last);
  summary.erase("walks");
  output.Finish(summary);
  if (last.has_truncation()) {
    context.talk.Truncated(last.truncation());
  }
  return ExitCode::kOk;
}

}  // namespace

void AddTraverseCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<TraverseFlags>();
  CLI::App* command =
      app.add_subcommand("traverse", "Walk a pattern of steps and list the nodes it ends at");
  command->add_option("nodes", flags->nodes, kNodeArgumentHelp)->required();
  command->add_option("--step", flags->steps, "A step, see below; one option for each, in order")
      ->required()
      ->allow_extra_args(false);
  command->footer(kStepSyntaxHelp);
  flags->filter.AddTo(*command, FilterFlags::Edges::kFixed);
  flags->budget.AddTo(*command);
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Traverse(*flags, context); };
  });
}

}  // namespace partnergraph::cli
