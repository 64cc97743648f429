#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/command.h"
#include "clients/cli/node_resolver.h"
#include "clients/cli/operation_wait.h"
#include "clients/cli/paged_list.h"
#include "clients/cli/query_flags.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

struct RankFlags {
  std::vector<std::string> seeds;
  std::string metric;
  std::string operation;
  std::vector<std::string> kinds;
  uint64_t limit = 20;
  double damping = 0;
  double tolerance = 0;
  uint32_t max_iterations = 0;
  FilterFlags filter;
  BudgetFlags budget;
};

AnswerShape RankShape() {
  AnswerShape shape;
  shape.lists = {{"nodes", "node"}};
  shape.rows = "nodes";
  shape.columns = NodeColumns("/node");
  shape.columns.push_back({"score", "/score", Align::kRight});
  shape.nothing_found = "no nodes of these kinds";
  return shape;
}

// From the point of view of the seeds.
absl::StatusOr<ExitCode> RankFromSeeds(const RankFlags& flags, v1::RankNodesRequest request,
                                       CommandContext& context) {
  request.set_metric(v1::RANK_METRIC_PERSONALIZED_PAGE_RANK);
  for (const std::string& argument : flags.seeds) {
    CLIENT_ASSIGN_OR_RETURN(const ResolvedNode node, ResolveNode(context.client, argument));
    if (!node.note.empty()) context.talk.Note(node.note);
    request.add_seed_node_ids(node.node_id);
  }
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_filter(), flags.filter.ToProto());
  request.set_damping(flags.damping);
  request.set_tolerance(flags.tolerance);
  request.mutable_page()->set_size(static_cast<int32_t>(
      flags.limit == 0 ? kPageSizeMax : std::min<uint64_t>(flags.limit, kPageSizeMax)));
  *request.mutable_budget() = flags.budget.ToProto();
  CLIENT_ASSIGN_OR_RETURN(const v1::RankNodesResponse response, context.client.RankNodes(request));
  Output output(context.format, context.style, RankShape(), context.out);
  for (const v1::RankedNode& node : response.nodes()) output.Add("nodes", ToJson(node));
  Json summary = ToJson(response);
  summary.erase("nodes");
  summary.erase("next_cursor");
  output.Finish(summary);
  if (response.has_truncation()) context.talk.Truncated(response.truncation());
  return ExitCode::kOk;
}

absl::StatusOr<ExitCode> Rank(const RankFlags& flags, CommandContext& context) {
  v1::RankNodesRequest request;
  CLIENT_ASSIGN_OR_RETURN(const auto kinds, ParseNodeKinds(flags.kinds, "--kinds"));
  request.mutable_node_kinds()->Assign(kinds.begin(), kinds.end());
  const std::string metric = !flags.metric.empty() ? flags.metric
                             : flags.seeds.empty() ? "pagerank"
                                                   : "personalized";
  if ((metric == "personalized") != !flags.seeds.empty()) {
    return absl::InvalidArgumentError(metric == "personalized"
                                          ? "--metric personalized: give the nodes to start from"
                                          : fmt::format("--metric {}: takes no nodes", metric));
  }
  if (metric == "personalized") return RankFromSeeds(flags, std::move(request), context);

  v1::StartAnalysisRequest start;
  start.set_analysis(metric == "degree" ? v1::ANALYSIS_KIND_DEGREE : v1::ANALYSIS_KIND_PAGE_RANK);
  CLIENT_ASSIGN_OR_RETURN(*start.mutable_filter(), flags.filter.ToProto());
  start.set_damping(flags.damping);
  start.set_tolerance(flags.tolerance);
  start.set_max_iterations(flags.max_iterations);
  CLIENT_ASSIGN_OR_RETURN(const std::optional<v1::Operation> operation,
                          RunAnalysis(context, flags.operation, start));
  if (!operation) return ExitCode::kInterrupted;
  request.set_metric(metric == "degree" ? v1::RANK_METRIC_DEGREE : v1::RANK_METRIC_PAGE_RANK);
  request.set_operation_id(operation->operation_id());
  Output output(context.format, context.style, RankShape(), context.out);
  CLIENT_ASSIGN_OR_RETURN(
      const ListEnd end,
      (ReadPages<v1::RankNodesRequest, v1::RankNodesResponse>(
          request, flags.limit, [&](const auto& page) { return context.client.RankNodes(page); },
          [](const auto& response) -> const auto& { return response.nodes(); },
          [&](const v1::RankedNode& node) { output.Add("nodes", ToJson(node)); })));
  Json summary = SummaryOf(end);
  summary["operation"] = ToJson(*operation);
  output.Finish(summary);
  if (!operation->converged()) {
    context.talk.Note("the ranks did not settle: --max-iterations allows more");
  }
  context.talk.Note(
      fmt::format("operation {}: --operation reads it again", operation->operation_id()));
  return ExitCode::kOk;
}

}  // namespace

void AddRankCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<RankFlags>();
  CLI::App* command = app.add_subcommand(
      "rank", "Rank nodes: of the whole graph, or from the point of view of some nodes");
  command->add_option(
      "nodes", flags->seeds,
      std::string("Nodes to start from, for --metric personalized. ") + kNodeArgumentHelp);
  command
      ->add_option("--metric", flags->metric,
                   "degree, pagerank (default) or personalized (default with nodes)")
      ->check(CLI::IsMember({"degree", "pagerank", "personalized"}));
  command->add_option("--operation", flags->operation,
                      "Read the result of this operation instead of starting another");
  command->add_option("--kinds", flags->kinds, "Only COMPANY, PERSON, PRODUCT or PARTNERSHIP nodes")
      ->delimiter(',');
  command->add_option("--limit", flags->limit, "Most nodes; 0 is all")->capture_default_str();
  command->add_option("--damping", flags->damping,
                      "Probability to follow an edge of PageRank (default 0.85)");
  command->add_option("--tolerance", flags->tolerance,
                      "When PageRank is exact enough (default 1e-9; personalized: 1e-4)");
  command->add_option("--max-iterations", flags->max_iterations,
                      "Iterations of PageRank (default 100, at most 1000)");
  flags->filter.AddTo(*command, FilterFlags::Edges::kChoose);
  flags->budget.AddTo(*command);
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Rank(*flags, context); };
  });
}

}  // namespace partnergraph::cli
