#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "clients/cli/command.h"
#include "clients/cli/edge_text.h"
#include "clients/cli/paged_list.h"
#include "clients/cli/term_text.h"
#include "clients/cli/terminal_text.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

struct EvidenceFlags {
  uint64_t fact_id = 0;
  uint64_t limit = 50;
};

void WriteFact(const Json& answer, const TextStyle& style, std::ostream& out) {
  const bool is_edge = answer["edge"].is_object();
  const Json& fact = is_edge ? answer["edge"] : answer["partnership"]["partnership"];
  const std::string text =
      is_edge ? EdgeText(answer["edge"]) : FieldText(answer["partnership"], "name");
  out << Bold(EscapeForTerminal(text), style) << "  fact " << FieldText(fact, "fact_id") << '\n';
  const std::string date = DateForPeople(fact["date"]);
  WriteField("status",
             fmt::format("{}  {}  confidence {}  {}", FieldText(fact, "status"),
                         date.empty() ? "undated" : date, FieldText(fact, "confidence"),
                         Counted(FieldText(fact, "source_count"), "source")),
             style, out);
  if (!is_edge) {
    for (const Json& participant : fact["participants"]) {
      const std::string role = FieldText(participant, "role");
      WriteField(role.empty() ? "product" : role, NodeText(participant["node"]), style, out);
    }
    WriteTerms(fact["terms"], fact["participants"], style, out);
  }
  for (const Json& evidence : answer["evidence"]) {
    WriteEvidence(evidence, style, out);
    for (const Json& term : evidence["terms"]) {
      WriteField("",
                 FieldText(term, "text") + " = " +
                     TermText(term, is_edge ? Json::array() : fact["participants"]),
                 style, out);
    }
  }
}

absl::StatusOr<ExitCode> Evidence(const EvidenceFlags& flags, CommandContext& context) {
  AnswerShape shape;
  shape.lists = {{"evidence", "evidence"}};
  shape.rows = "evidence";
  for (const char* name :
       {"article_id", "article_title", "url", "source", "published", "quote", "terms"}) {
    shape.columns.push_back({name, std::string("/") + name});
  }
  shape.columns.push_back({"begin", "/span/begin"});
  shape.columns.push_back({"end", "/span/end"});
  for (const char* name : {"status", "confidence", "extractor"}) {
    shape.columns.push_back({name, std::string("/") + name});
  }
  shape.write_text = WriteFact;

  v1::ExplainFactRequest request;
  request.set_fact_id(flags.fact_id);
  std::optional<v1::ExplainFactResponse> fact;
  Output output(context.format, context.style, std::move(shape), context.out);
  const auto fetch =
      [&](const v1::ExplainFactRequest& page) -> absl::StatusOr<v1::ExplainFactResponse> {
    CLIENT_ASSIGN_OR_RETURN(v1::ExplainFactResponse response, context.client.ExplainFact(page));
    if (!fact) {
      fact = response;
    }
    return response;
  };
  CLIENT_ASSIGN_OR_RETURN(
      const ListEnd end,
      (ReadPages<v1::ExplainFactRequest, v1::ExplainFactResponse>(
          request, flags.limit, fetch,
          [](const auto& response) -> const auto& { return response.evidence(); },
          [&](const v1::Evidence& evidence) { output.Add("evidence", ToJson(evidence)); })));
  Json summary = SummaryOf(end);
  summary["edge"] = fact->has_edge() ? ToJson(fact->edge()) : Json(nullptr);
  summary["partnership"] = fact->has_partnership() ? ToJson(fact->partnership()) : Json(nullptr);
  output.Finish(summary);
  SayIfMore(end, "quotes", context.talk);
  return ExitCode::kOk;
}

}  // namespace

void AddEvidenceCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<EvidenceFlags>();
  CLI::App* command =
      app.add_subcommand("evidence", "Say why a fact is in the graph: every quote and its article");
  command->add_option("fact", flags->fact_id, "A fact id, as the other commands print it")
      ->required();
  command->add_option("--limit", flags->limit, "Most quotes; 0 is all")->capture_default_str();
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Evidence(*flags, context); };
  });
}

}  // namespace partnergraph::cli
