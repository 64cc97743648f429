#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "clients/cli/command.h"
#include "clients/cli/edge_text.h"
#include "clients/cli/terminal_text.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

void WriteArticle(const Json& answer, const TextStyle& style, std::ostream& out) {
  out << Bold(EscapeForTerminal(FieldText(answer, "title")), style) << '\n';
  WriteField("article", FieldText(answer, "article_id"), style, out);
  for (const char* key : {"source", "published", "language", "url"}) {
    if (const std::string text = FieldText(answer, key); !text.empty()) {
      WriteField(key, text, style, out);
    }
  }
  out << '\n' << EscapeForTerminal(FieldText(answer, "text"), Newlines::kKeep) << "\n\n";
  Table facts({{"FACT", Align::kRight}, {"WHAT"}, {"PASSAGES (BYTES)"}});
  for (const Json& fact : answer["facts"]) {
    std::string spans;
    for (const Json& span : fact["spans"]) {
      spans += fmt::format("{}{}-{}", spans.empty() ? "" : ", ", FieldText(span, "begin"),
                           FieldText(span, "end"));
    }
    facts.AddRow({FieldText(fact, "fact_id"), FieldText(fact, "description"), spans});
  }
  if (facts.empty()) {
    out << "no facts\n";
  } else {
    facts.Write(style, out);
  }
}

absl::StatusOr<ExitCode> Article(const std::string& article_id, CommandContext& context) {
  AnswerShape shape;
  shape.lists = {{"facts", "fact"}, {"mentions", "mention"}};
  shape.rows = "facts";
  shape.columns = {{"fact_id", "/fact_id"}, {"description", "/description"}, {"spans", "/spans"}};
  shape.write_text = WriteArticle;
  v1::GetArticleRequest request;
  request.set_article_id(article_id);
  CLIENT_ASSIGN_OR_RETURN(v1::GetArticleResponse article, context.client.GetArticle(request));
  Output output(context.format, context.style, std::move(shape), context.out);
  for (const v1::ArticleFact& fact : article.facts()) {
    output.Add("facts", ToJson(fact));
  }
  for (const v1::ArticleMention& mention : article.mentions()) {
    output.Add("mentions", ToJson(mention));
  }
  article.clear_facts();
  article.clear_mentions();
  Json summary = ToJson(article);
  summary.erase("facts");
  summary.erase("mentions");
  output.Finish(summary);
  return ExitCode::kOk;
}

}  // namespace

void AddArticleCommand(CLI::App& app, Action& action) {
  auto article_id = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("article", "Show a stored article and what it says");
  command->add_option("article", *article_id, "An article id")->required();
  command->callback([article_id, &action] {
    action = [article_id](CommandContext& context) { return Article(*article_id, context); };
  });
}

}  // namespace partnergraph::cli
