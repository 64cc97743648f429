#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/command.h"
#include "clients/cli/edge_text.h"
#include "clients/cli/node_resolver.h"
#include "clients/cli/paged_list.h"
#include "clients/cli/query_flags.h"
#include "clients/cli/terminal_text.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

struct CommonFlags {
  std::vector<std::string> nodes;
  std::vector<std::string> kinds;
  uint64_t limit = 50;
  bool expand_partnerships = false;
  FilterFlags filter;
  BudgetFlags budget;
};

void WriteNeighbors(const Json& answer, const TextStyle& style, std::ostream& out) {
  if (answer["neighbors"].empty()) out << "no common neighbors\n";
  bool first = true;
  for (const Json& neighbor : answer["neighbors"]) {
    out << (first ? "" : "\n");
    first = false;
    out << Bold(EscapeForTerminal(NodeText(neighbor["node"])), style) << "  "
        << Counted(FieldText(neighbor, "edge_count"), "edge") << ", weight "
        << FieldText(neighbor, "weight") << '\n';
    for (const Json& edge : neighbor["edges"]) {
      WriteField("fact " + FieldText(edge, "fact_id"), EdgeText(edge), style, out);
    }
  }
}

absl::StatusOr<ExitCode> Common(const CommonFlags& flags, CommandContext& context) {
  v1::CommonNeighborsRequest request;
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_filter(), flags.filter.ToProto());
  CLIENT_ASSIGN_OR_RETURN(const auto kinds, ParseNodeKinds(flags.kinds, "--kinds"));
  request.mutable_node_kinds()->Assign(kinds.begin(), kinds.end());
  for (const std::string& argument : flags.nodes) {
    CLIENT_ASSIGN_OR_RETURN(const ResolvedNode node, ResolveNode(context.client, argument));
    if (!node.note.empty()) context.talk.Note(node.note);
    request.add_node_ids(node.node_id);
  }
  request.set_expand_partnerships(flags.expand_partnerships);
  *request.mutable_budget() = flags.budget.ToProto();

  AnswerShape shape;
  shape.lists = {{"neighbors", "neighbor"}};
  shape.rows = "neighbors";
  shape.columns = {{"node_id", "/node/node_id", Align::kRight},
                   {"kind", "/node/kind"},
                   {"name", "/node/name"},
                   {"weight", "/weight", Align::kRight},
                   {"edge_count", "/edge_count", Align::kRight},
                   {"edges", "/edges"}};
  shape.write_text = WriteNeighbors;
  Output output(context.format, context.style, std::move(shape), context.out);
  v1::CommonNeighborsResponse last;
  CLIENT_ASSIGN_OR_RETURN(
      const ListEnd end,
      (ReadPages<v1::CommonNeighborsRequest, v1::CommonNeighborsResponse>(
          request, flags.limit,
          [&](const auto& page) -> absl::StatusOr<v1::CommonNeighborsResponse> {
            CLIENT_ASSIGN_OR_RETURN(v1::CommonNeighborsResponse response,
                                    context.client.CommonNeighbors(page));
            last = response;
            return response;
          },
          [](const auto& response) -> const auto& { return response.neighbors(); },
          [&](const v1::CommonNeighbor& neighbor) { output.Add("neighbors", ToJson(neighbor)); })));
  Json summary = ToJson(last);
  summary.erase("neighbors");
  summary.erase("next_cursor");
  summary["count"] = end.count;
  summary["more"] = end.more;
  output.Finish(summary);
  SayIfMore(end, "common neighbors", context.talk);
  if (last.has_truncation()) context.talk.Truncated(last.truncation());
  return ExitCode::kOk;
}

}  // namespace

void AddCommonCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<CommonFlags>();
  CLI::App* command = app.add_subcommand("common", "List who is a neighbor of all of some nodes");
  command->add_option("nodes", flags->nodes, kNodeArgumentHelp)->required()->expected(2, 10);
  command
      ->add_option("--kinds", flags->kinds,
                   "Only COMPANY, PERSON, PRODUCT or PARTNERSHIP neighbors")
      ->delimiter(',');
  command->add_option("--limit", flags->limit, "Most neighbors; 0 is all")->capture_default_str();
  command->add_flag("--expand-partnerships", flags->expand_partnerships,
                    "Show deals as nodes: the deals of all of the nodes are found");
  flags->filter.AddTo(*command, FilterFlags::Edges::kChoose);
  flags->budget.AddTo(*command);
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Common(*flags, context); };
  });
}

}  // namespace partnergraph::cli
