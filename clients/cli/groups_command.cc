#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/command.h"
#include "clients/cli/edge_text.h"
#include "clients/cli/node_resolver.h"
#include "clients/cli/operation_wait.h"
#include "clients/cli/paged_list.h"
#include "clients/cli/query_flags.h"
#include "clients/cli/terminal_text.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

struct GroupsFlags {
  std::string analysis = "components";
  std::string operation;
  std::string of;
  uint64_t members = 0;
  uint64_t min_size = 0;
  std::vector<std::string> kinds;
  uint64_t limit = 20;
  double resolution = 0;
  FilterFlags filter;
};

std::string GroupText(const Json& group) {
  std::string names;
  for (const Json& member : group["members"]) {
    names += (names.empty() ? "" : ", ") + NodeText(member);
  }
  return fmt::format("group {}  {}  {}{}", FieldText(group, "group_id"),
                     Counted(FieldText(group, "size"), "node"), names,
                     group["size"].get<uint64_t>() > group["members"].size() ? ", ..." : "");
}

void WriteGroups(const Json& answer, const TextStyle&, std::ostream& out) {
  if (answer["groups"].empty()) out << "no groups of this size\n";
  for (const Json& group : answer["groups"]) out << EscapeForTerminal(GroupText(group)) << '\n';
}

AnswerShape GroupsShape() {
  AnswerShape shape;
  shape.lists = {{"groups", "group"}};
  shape.rows = "groups";
  shape.columns = {{"group_id", "/group_id", Align::kRight},
                   {"size", "/size", Align::kRight},
                   {"members", "/members"}};
  shape.write_text = WriteGroups;
  return shape;
}

absl::StatusOr<ExitCode> ShowGroupOf(const GroupsFlags& flags, const v1::Operation& operation,
                                     CommandContext& context) {
  CLIENT_ASSIGN_OR_RETURN(const ResolvedNode node, ResolveNode(context.client, flags.of));
  if (!node.note.empty()) context.talk.Note(node.note);
  v1::GetGroupOfNodeRequest request;
  request.set_operation_id(operation.operation_id());
  request.set_node_id(node.node_id);
  CLIENT_ASSIGN_OR_RETURN(const v1::GetGroupOfNodeResponse response,
                          context.client.GetGroupOfNode(request));
  Output output(context.format, context.style, GroupsShape(), context.out);
  output.Add("groups", ToJson(response.group()));
  output.Finish({{"operation", ToJson(operation)}, {"read_token", response.read_token()}});
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> ShowMembers(const GroupsFlags& flags, const v1::Operation& operation,
                                     CommandContext& context) {
  v1::ListGroupMembersRequest request;
  CLIENT_ASSIGN_OR_RETURN(const auto kinds, ParseNodeKinds(flags.kinds, "--kinds"));
  request.mutable_node_kinds()->Assign(kinds.begin(), kinds.end());
  request.set_operation_id(operation.operation_id());
  request.set_group_id(flags.members);
  AnswerShape shape;
  shape.lists = {{"nodes", "node"}};
  shape.rows = "nodes";
  shape.columns = NodeColumns("");
  shape.nothing_found = "no nodes of these kinds";
  Output output(context.format, context.style, std::move(shape), context.out);
  CLIENT_ASSIGN_OR_RETURN(
      const ListEnd end,
      (ReadPages<v1::ListGroupMembersRequest, v1::ListGroupMembersResponse>(
          request, flags.limit,
          [&](const auto& page) { return context.client.ListGroupMembers(page); },
          [](const auto& response) -> const auto& { return response.nodes(); },
          [&](const v1::NodeSummary& node) { output.Add("nodes", ToJson(node)); })));
  Json summary = SummaryOf(end);
  summary["operation"] = ToJson(operation);
  output.Finish(summary);
  SayIfMore(end, "nodes", context.talk);
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> ShowGroups(const GroupsFlags& flags, const v1::Operation& operation,
                                    CommandContext& context) {
  v1::ListGroupsRequest request;
  request.set_operation_id(operation.operation_id());
  request.set_min_size(flags.min_size);
  Output output(context.format, context.style, GroupsShape(), context.out);
  CLIENT_ASSIGN_OR_RETURN(
      const ListEnd end,
      (ReadPages<v1::ListGroupsRequest, v1::ListGroupsResponse>(
          request, flags.limit, [&](const auto& page) { return context.client.ListGroups(page); },
          [](const auto& response) -> const auto& { return response.groups(); },
          [&](const v1::NodeGroup& group) { output.Add("groups", ToJson(group)); })));
  Json summary = SummaryOf(end);
  summary["operation"] = ToJson(operation);
  output.Finish(summary);
  SayIfMore(end, "groups", context.talk);
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Groups(const GroupsFlags& flags, CommandContext& context) {
  v1::StartAnalysisRequest start;
  start.set_analysis(flags.analysis == "communities" ? v1::ANALYSIS_KIND_COMMUNITIES
                                                     : v1::ANALYSIS_KIND_COMPONENTS);
  CLIENT_ASSIGN_OR_RETURN(*start.mutable_filter(), flags.filter.ToProto());
  start.set_resolution(flags.resolution);
  CLIENT_ASSIGN_OR_RETURN(const std::optional<v1::Operation> operation,
                          RunAnalysis(context, flags.operation, start));
  if (!operation) return ExitCode::kInterrupted;
  CLIENT_ASSIGN_OR_RETURN(const ExitCode code,
                          !flags.of.empty()   ? ShowGroupOf(flags, *operation, context)
                          : flags.members > 0 ? ShowMembers(flags, *operation, context)
                                              : ShowGroups(flags, *operation, context));
  context.talk.Note(fmt::format("operation {}: {} groups of {} nodes; --operation reads it again",
                                operation->operation_id(), operation->group_count(),
                                operation->node_count()));
  return code;
}

absl::StatusOr<ExitCode> Operations(const std::string& cancel, CommandContext& context) {
  AnswerShape shape;
  shape.lists = {{"operations", "operation"}};
  shape.rows = "operations";
  shape.columns = {{"operation_id", "/operation_id", Align::kLeft, true, "OPERATION"},
                   {"analysis", "/analysis"},
                   {"state", "/state"},
                   {"phase", "/phase"},
                   {"progress", "/progress", Align::kRight},
                   {"error_message", "/error_message", Align::kLeft, true, "ERROR"}};
  shape.nothing_found = "no operations are known";
  Output output(context.format, context.style, std::move(shape), context.out);
  if (!cancel.empty()) {
    v1::CancelOperationRequest request;
    request.set_operation_id(cancel);
    CLIENT_ASSIGN_OR_RETURN(const v1::CancelOperationResponse response,
                            context.client.CancelOperation(request));
    output.Add("operations", ToJson(response.operation()));
  } else {
    CLIENT_ASSIGN_OR_RETURN(const v1::ListOperationsResponse response,
                            context.client.ListOperations());
    for (const v1::Operation& operation : response.operations()) {
      output.Add("operations", ToJson(operation));
    }
  }
  output.Finish(Json::object());
  return ExitCode::kOk;
}

}  // namespace

void AddGroupsCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<GroupsFlags>();
  CLI::App* command = app.add_subcommand("groups", "Find what belongs together in the whole graph");
  command
      ->add_option("analysis", flags->analysis,
                   "components (joined at all) or communities (joined more than by chance)")
      ->check(CLI::IsMember({"components", "communities"}))
      ->capture_default_str();
  command->add_option("--operation", flags->operation,
                      "Read the result of this operation instead of starting another");
  CLI::Option* of = command->add_option("--of", flags->of, "Show the group that this node is in");
  command->add_option("--members", flags->members, "List the nodes of this group, by its id")
      ->excludes(of);
  command->add_option("--min-size", flags->min_size, "Smallest group to list (default 2)");
  command
      ->add_option("--kinds", flags->kinds,
                   "With --members: only COMPANY, PERSON, PRODUCT or PARTNERSHIP nodes")
      ->delimiter(',');
  command->add_option("--limit", flags->limit, "Most groups or nodes; 0 is all")
      ->capture_default_str();
  command->add_option("--resolution", flags->resolution,
                      "Of communities: more than 1 gives smaller ones (default 1)");
  flags->filter.AddTo(*command, FilterFlags::Edges::kChoose);
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Groups(*flags, context); };
  });
}

void AddOperationsCommand(CLI::App& app, Action& action) {
  auto cancel = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("operations", "List or cancel analyses that wait, run or have ended");
  command->add_option("--cancel", *cancel, "Tell this operation to end");
  command->callback([cancel, &action] {
    action = [cancel](CommandContext& context) { return Operations(*cancel, context); };
  });
}

}  // namespace partnergraph::cli
