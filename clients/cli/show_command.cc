#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "clients/cli/command.h"
#include "clients/cli/edge_text.h"
#include "clients/cli/node_resolver.h"
#include "clients/cli/paged_list.h"
#include "clients/cli/query_flags.h"
#include "clients/cli/term_text.h"
#include "clients/cli/terminal_text.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

struct ShowFlags {
  std::string node;
  FilterFlags filter;
  uint64_t limit = 50;
  uint32_t evidence = 0;
  std::string cursor;
};

constexpr uint32_t kEvidencePerEdgeMax = 10;

// The node at the other end of an edge of `node_id`.
const Json& OtherEnd(const Json& edge, uint64_t node_id) {
  return edge["source"]["node_id"] == node_id ? edge["target"] : edge["source"];
}

void WriteNode(const Json& answer, const TextStyle& style, std::ostream& out) {
  const Json& node = answer["node"];
  const Json& org_type = node["org_type"];
  out << Bold(EscapeForTerminal(FieldText(node, "name")), style) << "  " << FieldText(node, "kind")
      << (org_type == "" || org_type == "COMPANY" ? "" : " (" + CellText(org_type) + ")")
      << "  node " << FieldText(node, "node_id") << '\n';
  std::string names;
  for (const Json& alias : node["aliases"]) {
    names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", FieldText(alias, "name"),
                         FieldText(alias, "article_count"));
  }
  if (!names.empty()) {
    WriteField("names", names, style, out);
  }
  if (const Json& deal = node["partnership"]; deal.is_object()) {
    WriteField(
        "deal",
        fmt::format("{}  {}  {}  confidence {}  {}  fact {}", FieldText(deal, "kind"),
                    DateForPeople(deal["date"]), FieldText(deal, "status"),
                    FieldText(deal, "confidence"),
                    Counted(FieldText(deal, "source_count"), "source"), FieldText(deal, "fact_id")),
        style, out);
    WriteTerms(deal["terms"], deal["participants"], style, out);
    if (deal["location"] != "") {
      WriteField("place", FieldText(deal, "location"), style, out);
    }
  }
  WriteField("articles", FieldText(node, "article_count"), style, out);
  std::string counts;
  for (const Json& count : answer["edge_counts"]) {
    counts += fmt::format("{}{} {} {}", counts.empty() ? "" : ", ", FieldText(count, "count"),
                          FieldText(count, "type"),
                          FieldText(count, "direction") == "OUT" ? "out" : "in");
  }
  WriteField("edges", counts.empty() ? "none" : counts, style, out);
  out << '\n';
  if (answer["edges"].empty()) {
    out << (counts.empty() ? "no edges\n" : "no edges pass the filter\n");
    return;
  }
  Table table({{"FACT", Align::kRight},
               {"TYPE"},
               {""},
               {"NODE", Align::kRight},
               {"NAME"},
               {"ROLE OR TITLE"},
               {"DATE"},
               {"STATUS"},
               {"CONF", Align::kRight},
               {"SOURCES", Align::kRight}});
  const uint64_t node_id = node["node_id"];
  for (const Json& edge : answer["edges"]) {
    const Json& other = OtherEnd(edge, node_id);
    const bool is_out = edge["source"]["node_id"] == node_id;
    table.AddRow({FieldText(edge, "fact_id"), FieldText(edge, "type"), is_out ? "->" : "<-",
                  FieldText(other, "node_id"), FieldText(other, "name"),
                  FieldText(edge, "role") + FieldText(edge, "title"), DateForPeople(edge["date"]),
                  FieldText(edge, "status"), FieldText(edge, "confidence"),
                  FieldText(edge, "source_count")});
  }
  table.Write(style, out);
  for (const Json& edge : answer["edges"]) {
    if (!edge["evidence"].empty()) {
      out << "\nfact " << FieldText(edge, "fact_id") << "  " << EscapeForTerminal(EdgeText(edge))
          << '\n';
    }
    for (const Json& evidence : edge["evidence"]) {
      WriteEvidence(evidence, style, out);
    }
  }
}

absl::StatusOr<ExitCode> Show(const ShowFlags& flags, CommandContext& context) {
  CLIENT_ASSIGN_OR_RETURN(const v1::FactFilter filter, flags.filter.ToProto());
  CLIENT_ASSIGN_OR_RETURN(const ResolvedNode node, ResolveNode(context.client, flags.node));
  if (!node.note.empty()) {
    context.talk.Note(node.note);
  }
  v1::GetNodeRequest get;
  get.set_node_id(node.node_id);
  CLIENT_ASSIGN_OR_RETURN(const v1::GetNodeResponse got, context.client.GetNode(get));
  v1::CountEdgesRequest count;
  count.set_node_id(node.node_id);
  CLIENT_ASSIGN_OR_RETURN(const v1::CountEdgesResponse counts, context.client.CountEdges(count));

  AnswerShape shape;
  shape.lists = {{"edges", "edge"}};
  shape.rows = "edges";
  shape.columns = EdgeColumns();
  shape.write_text = WriteNode;
  Output output(context.format, context.style, std::move(shape), context.out);
  v1::ListEdgesRequest list;
  list.set_node_id(node.node_id);
  *list.mutable_filter() = filter;
  list.set_evidence_limit(flags.evidence);
  list.mutable_page()->set_cursor(flags.cursor);
  CLIENT_ASSIGN_OR_RETURN(
      const ListEnd end,
      (ReadPages<v1::ListEdgesRequest, v1::ListEdgesResponse>(
          list, flags.limit, [&](const auto& page) { return context.client.ListEdges(page); },
          [](const auto& response) -> const auto& { return response.edges(); },
          [&](const v1::Edge& edge) { output.Add("edges", ToJson(edge)); })));
  Json summary = SummaryOf(end);
  summary["node"] = ToJson(got.node());
  summary["edge_counts"] = ToJson(counts)["counts"];
  output.Finish(summary);
  SayIfMore(end, "edges", context.talk);
  return ExitCode::kOk;
}

}  // namespace

void AddShowCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<ShowFlags>();
  CLI::App* command = app.add_subcommand("show", "Show a node: its names, counts and edges");
  command->add_option("node", flags->node, kNodeArgumentHelp)->required();
  command->add_option("--limit", flags->limit, "Most edges; 0 is all")->capture_default_str();
  command->add_option("--evidence", flags->evidence, "Quotes to show with each edge")
      ->check(CLI::Range(0u, kEvidencePerEdgeMax))
      ->capture_default_str();
  command->add_option("--cursor", flags->cursor,
                      "Go on behind what a cut answer kept of the node's edges: the cursor that it "
                      "names, with the same filter and without --evidence");
  flags->filter.AddTo(*command, FilterFlags::Edges::kChoose);
  command->get_option("--types")->description(
      "Only edges of these types, such as PARTY_TO,EMPLOYED_BY; see partners for "
      "passages through deals");
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Show(*flags, context); };
  });
}

}  // namespace partnergraph::cli
