#include <algorithm>
#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "clients/cli/command.h"
#include "clients/cli/edge_text.h"
#include "clients/cli/node_resolver.h"
#include "clients/cli/query_flags.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

constexpr uint32_t kPathsMax = 100;  // Of the shortest.
constexpr uint32_t kMorePaths = 10;  // How many times more to suggest.

struct PathsFlags {
  std::string source;
  std::string target;
  uint32_t max_length = 0;
  uint32_t max_paths = 0;
  std::string mode = "shortest";
  bool time_ordered = false;
  bool expand_partnerships = false;
  FilterFlags filter;
  BudgetFlags budget;
};

void WriteAnswer(const Json& answer, const TextStyle& style, std::ostream& out) {
  if (answer["outcome"] == "NONE") {
    const std::string length = FieldText(answer, "max_length");
    out << "no path within " << Counted(length, "hop")
        << (answer["time_ordered"] == true ? " in the order of time\n" : "\n");
  } else if (answer["outcome"] == "NOT_DECIDED") {
    out << "not decided: the budget ended the search first\n";
  }
  WritePaths(answer["paths"], style, out);
}

v1::PathMode ModeOf(const std::string& mode) {
  if (mode == "k-shortest") return v1::PATH_MODE_K_SHORTEST;
  if (mode == "all") return v1::PATH_MODE_ALL_SIMPLE;
  return mode == "weighted" ? v1::PATH_MODE_WEIGHTED : v1::PATH_MODE_SHORTEST;
}

uint32_t DefaultLength(const PathsFlags& flags) { return flags.mode == "all" ? 4 : 6; }

AnswerShape PathsShape() {
  AnswerShape shape;
  // Not a part of the message: one row per hop, for csv.
  shape.lists = {{"paths", "path"}};
  shape.rows = "hops";
  shape.columns = {{"path", "/path"}, {"hop", "/hop"}};
  for (OutputColumn column : EdgeColumns()) {
    column.pointer = "/edge" + column.pointer;
    shape.columns.push_back(std::move(column));
  }
  shape.write_text = WriteAnswer;
  return shape;
}

absl::StatusOr<ExitCode> Paths(const PathsFlags& flags, CommandContext& context) {
  v1::FindPathsRequest request;
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_filter(), flags.filter.ToProto());
  CLIENT_ASSIGN_OR_RETURN(const ResolvedNode source, ResolveNode(context.client, flags.source));
  CLIENT_ASSIGN_OR_RETURN(const ResolvedNode target, ResolveNode(context.client, flags.target));
  for (const ResolvedNode& node : {source, target}) {
    if (!node.note.empty()) {
      context.talk.Note(node.note);
    }
  }
  request.set_source_node_id(source.node_id);
  request.set_target_node_id(target.node_id);
  request.set_mode(ModeOf(flags.mode));
  request.set_time_ordered(flags.time_ordered);
  const uint32_t max_length = flags.max_length == 0 ? DefaultLength(flags) : flags.max_length;
  request.set_max_length(max_length);
  request.set_max_paths(flags.max_paths);
  request.set_expand_partnerships(flags.expand_partnerships);
  *request.mutable_budget() = flags.budget.ToProto();

  Output output(context.format, context.style, PathsShape(), context.out);
  uint64_t path_count = 0;
  v1::FindPathsResponse last;
  CLIENT_RETURN_IF_ERROR(context.client.FindPaths(request, [&](const v1::FindPathsResponse& part) {
    for (const v1::Path& path : part.paths()) {
      ++path_count;
      if (context.format == OutputFormat::kCsv) {
        for (int i = 0; i < path.edges_size(); ++i) {
          output.Add("hops",
                     {{"path", path_count}, {"hop", i + 1}, {"edge", ToJson(path.edges(i))}});
        }
      } else {
        output.Add("paths", ToJson(path));
      }
    }
    last = part;
    return true;
  }));
  last.clear_paths();
  Json summary = ToJson(last);
  summary.erase("paths");
  summary["max_length"] = max_length;
  summary["mode"] = flags.mode;
  summary["time_ordered"] = flags.time_ordered;
  output.Finish(summary);
  if (last.truncation().reason() == v1::TRUNCATION_REASON_PATHS && !context.talk.json()) {
    // The answer is the one that was asked for: not cut, but one of several.
    const bool shortest = flags.mode == "shortest";
    std::string note = shortest ? "there are more paths of this length" : "there are more paths";
    if (shortest && flags.max_paths < kPathsMax) {
      note += fmt::format(": --max-paths {} shows them",
                          std::min(std::max(flags.max_paths, 1u) * kMorePaths, kPathsMax));
    }
    context.talk.Note(note);
  } else if (last.has_truncation()) {
    context.talk.Truncated(last.truncation());
  }
  if (context.format == OutputFormat::kCsv && path_count == 0) {
    context.talk.Note(fmt::format("outcome: {}", EnumText(last.outcome())));
  }
  return ExitCode::kOk;
}

}  // namespace

void AddPathsCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<PathsFlags>();
  CLI::App* command = app.add_subcommand("paths", "Find paths between two nodes");
  command->add_option("source", flags->source, kNodeArgumentHelp)->required();
  command->add_option("target", flags->target, kNodeArgumentHelp)->required();
  command
      ->add_option("--mode", flags->mode,
                   "shortest; k-shortest (the first by length); all (every simple path); weighted "
                   "(the most certain, by the product of confidences)")
      ->check(CLI::IsMember({"shortest", "k-shortest", "all", "weighted"}))
      ->capture_default_str();
  command->add_flag("--time-ordered", flags->time_ordered,
                    "Only paths along which dates never decrease; not with --mode weighted");
  command->add_option("--max-length", flags->max_length,
                      "Longest path in hops (default and most: 6; all: default 4; weighted: at "
                      "most 8)");
  command->add_option("--max-paths", flags->max_paths,
                      "How many at most (shortest: 1, up to 100; k-shortest: 10, up to 100; all: "
                      "100, up to 10000; weighted: 1, up to 10)");
  command->add_flag("--expand-partnerships", flags->expand_partnerships,
                    "Show deals as nodes, each edge to or from one a hop");
  flags->filter.AddTo(*command, FilterFlags::Edges::kChoose);
  flags->budget.AddTo(*command);
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Paths(*flags, context); };
  });
}

}  // namespace partnergraph::cli
