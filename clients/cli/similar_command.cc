#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/command.h"
#include "clients/cli/node_resolver.h"
#include "clients/cli/query_flags.h"
#include "clients/cpp/status_macros.h"

namespace partnergraph::cli {
namespace {

struct SimilarFlags {
  std::string node;
  std::string measure = "jaccard";
  std::vector<std::string> kinds;
  uint32_t limit = 10;
  bool expand_partnerships = false;
  FilterFlags filter;
  BudgetFlags budget;
};

absl::StatusOr<ExitCode> Similar(const SimilarFlags& flags, CommandContext& context) {
  v1::SimilarNodesRequest request;
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_filter(), flags.filter.ToProto());
  CLIENT_ASSIGN_OR_RETURN(const auto kinds, ParseNodeKinds(flags.kinds, "--kinds"));
  request.mutable_node_kinds()->Assign(kinds.begin(), kinds.end());
  CLIENT_ASSIGN_OR_RETURN(const ResolvedNode node, ResolveNode(context.client, flags.node));
  if (!node.note.empty()) context.talk.Note(node.note);
  request.set_node_id(node.node_id);
  request.set_measure(flags.measure == "adamic-adar" ? v1::SIMILARITY_MEASURE_ADAMIC_ADAR
                                                     : v1::SIMILARITY_MEASURE_JACCARD);
  request.set_max_nodes(flags.limit);
  request.set_expand_partnerships(flags.expand_partnerships);
  *request.mutable_budget() = flags.budget.ToProto();
  CLIENT_ASSIGN_OR_RETURN(const v1::SimilarNodesResponse response,
                          context.client.SimilarNodes(request));

  AnswerShape shape;
  shape.lists = {{"nodes", "node"}};
  shape.rows = "nodes";
  shape.columns = {{"node_id", "/node/node_id", Align::kRight, true, "NODE"},
                   {"kind", "/node/kind"},
                   {"name", "/node/name"},
                   {"score", "/score", Align::kRight},
                   {"common_count", "/common_count", Align::kRight, true, "COMMON"}};
  shape.nothing_found = "no node has a common neighbor with it";
  Output output(context.format, context.style, std::move(shape), context.out);
  for (const v1::SimilarNode& similar : response.nodes()) output.Add("nodes", ToJson(similar));
  Json summary = ToJson(response);
  summary.erase("nodes");
  output.Finish(summary);
  if (response.has_truncation()) context.talk.Truncated(response.truncation());
  return ExitCode::kOk;
}

}  // namespace

void AddSimilarCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<SimilarFlags>();
  CLI::App* command =
      app.add_subcommand("similar", "Find the nodes whose neighbors are most like a node's");
  command->add_option("node", flags->node, kNodeArgumentHelp)->required();
  command
      ->add_option("--measure", flags->measure,
                   "jaccard (shared neighbors of all) or adamic-adar (rare ones count for more)")
      ->check(CLI::IsMember({"jaccard", "adamic-adar"}))
      ->capture_default_str();
  command
      ->add_option("--kinds", flags->kinds,
                   "Only COMPANY, PERSON, PRODUCT or PARTNERSHIP (default: the node's own kind)")
      ->delimiter(',');
  command->add_option("--limit", flags->limit, "Most nodes, at most 100")->capture_default_str();
  command->add_flag("--expand-partnerships", flags->expand_partnerships,
                    "Compare by deals instead of partners");
  flags->filter.AddTo(*command, FilterFlags::Edges::kChoose);
  flags->budget.AddTo(*command);
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Similar(*flags, context); };
  });
}

}  // namespace partnergraph::cli
