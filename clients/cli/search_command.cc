#include <memory>
#include <string>
#include <vector>

#include "clients/cli/command.h"
#include "clients/cli/paged_list.h"
#include "clients/cli/query_flags.h"
#include "clients/cpp/status_macros.h"

namespace partnergraph::cli {
namespace {

struct SearchFlags {
  std::string query;
  std::vector<std::string> kinds;
  uint64_t limit = 20;
};

absl::StatusOr<ExitCode> Search(const SearchFlags& flags, CommandContext& context) {
  v1::SearchNodesRequest request;
  request.set_query(flags.query);
  CLIENT_ASSIGN_OR_RETURN(const auto kinds, ParseNodeKinds(flags.kinds, "--kinds"));
  request.mutable_kinds()->Assign(kinds.begin(), kinds.end());

  AnswerShape shape;
  shape.lists = {{"matches", "match"}};
  shape.rows = "matches";
  shape.columns = {{"node_id", "/node/node_id", Align::kRight, true, "NODE"},
                   {"kind", "/node/kind"},
                   {"org_type", "/node/org_type", Align::kLeft, false},
                   {"name", "/node/name"},
                   {"matched_name", "/matched_name", Align::kLeft, true, "MATCHED"},
                   {"match_kind", "/match_kind", Align::kLeft, true, "HOW"},
                   {"score", "/score", Align::kRight},
                   {"article_count", "/node/article_count", Align::kRight, true, "ARTICLES"},
                   {"degree", "/node/degree", Align::kRight, true, "EDGES"}};
  shape.nothing_found = "nothing is named like that";
  Output output(context.format, context.style, std::move(shape), context.out);
  CLIENT_ASSIGN_OR_RETURN(
      const ListEnd end,
      (ReadPages<v1::SearchNodesRequest, v1::SearchNodesResponse>(
          request, flags.limit, [&](const auto& page) { return context.client.SearchNodes(page); },
          [](const auto& response) -> const auto& { return response.matches(); },
          [&](const v1::NodeMatch& match) { output.Add("matches", ToJson(match)); })));
  output.Finish(SummaryOf(end));
  SayIfMore(end, "matches", context.talk);
  return ExitCode::kOk;
}

}  // namespace

void AddSearchCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<SearchFlags>();
  CLI::App* command = app.add_subcommand("search", "Find nodes by name");
  command
      ->add_option("query", flags->query,
                   "A name, an alias, its beginning, its pinyin or something like it")
      ->required();
  command->add_option("--kinds", flags->kinds, "Only COMPANY, PERSON, PRODUCT or PARTNERSHIP")
      ->delimiter(',');
  command->add_option("--limit", flags->limit, "Most matches; 0 is all")->capture_default_str();
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Search(*flags, context); };
  });
}

}  // namespace partnergraph::cli
