#include <memory>
#include <string>
#include <utility>

#include "clients/cli/command.h"
#include "clients/cli/diff_output.h"
#include "clients/cpp/status_macros.h"

namespace partnergraph::cli {
namespace {

absl::StatusOr<ExitCode> Retract(const std::string& article_id, CommandContext& context) {
  v1::RetractArticleRequest request;
  request.set_article_id(article_id);
  CLIENT_ASSIGN_OR_RETURN(const v1::RetractArticleResponse response,
                          context.client.RetractArticle(request));
  Output output(context.format, context.style, DiffShape(), context.out);
  AddChanges(response.diff(), output);
  output.Finish({{"article_id", article_id},
                 {"counts", DiffCounts(response.diff())},
                 {"write_token", response.write_token()}});
  return ExitCode::kOk;
}

}  // namespace

void AddRetractCommand(CLI::App& app, Action& action) {
  auto article_id = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("retract", "Take back an article: exactly what only it supported goes");
  command->add_option("article", *article_id, "An article id")->required();
  command->callback([article_id, &action] {
    action = [article_id](CommandContext& context) { return Retract(*article_id, context); };
  });
}

}  // namespace partnergraph::cli
