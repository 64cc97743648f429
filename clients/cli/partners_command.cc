#include <algorithm>
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

struct PartnersFlags {
  std::string node;
  FilterFlags filter;
  uint64_t limit = 50;
  int32_t evidence = 1;
};

constexpr size_t kNodesPerCall = 1000;
constexpr int kEvidencePerDealMax = 1000;

// Ids of the deals that the node is a party of or took part in, newest first, each once.
absl::StatusOr<ListEnd> ListDeals(uint64_t node_id, const v1::FactFilter& filter, uint64_t limit,
                                  const client::Client& client, std::vector<uint64_t>& deal_ids) {
  v1::ListEdgesRequest list;
  list.set_node_id(node_id);
  *list.mutable_filter() = filter;
  list.mutable_filter()->add_types("PARTY_TO");
  list.mutable_filter()->add_types("TOOK_PART_IN");
  list.mutable_filter()->set_direction(v1::DIRECTION_OUT);
  return ReadPages<v1::ListEdgesRequest, v1::ListEdgesResponse>(
      list, limit, [&](const auto& page) { return client.ListEdges(page); },
      [](const auto& response) -> const auto& { return response.edges(); },
      [&](const v1::Edge& edge) {
        const uint64_t deal_id = edge.target().node_id();
        if (std::find(deal_ids.begin(), deal_ids.end(), deal_id) == deal_ids.end()) {
          deal_ids.push_back(deal_id);
        }
      });
}

// {"fact_id", "node_id", ..., "parties", "people", "products", "evidence"} of one deal.
Json DealRecord(const v1::Node& node, const v1::ExplainFactResponse& explained) {
  Json deal = ToJson(node.partnership());
  Json record = {{"fact_id", deal["fact_id"]}, {"node_id", node.node_id()}, {"name", node.name()}};
  for (const char* key : {"kind", "date", "status", "confidence", "source_count", "location"}) {
    record[key] = deal[key];
  }
  for (const char* key : {"parties", "people", "products"}) {
    record[key] = Json::array();
  }
  for (const v1::Participant& participant : node.partnership().participants()) {
    const char* key = participant.node().kind() == v1::NODE_KIND_PERSON    ? "people"
                      : participant.node().kind() == v1::NODE_KIND_PRODUCT ? "products"
                                                                           : "parties";
    Json entry = ToJson(participant.node());
    entry["role"] = participant.role();
    record[key].push_back(std::move(entry));
  }
  record["evidence"] = Json::array();
  for (const v1::Evidence& evidence : explained.evidence()) {
    record["evidence"].push_back(ToJson(evidence));
  }
  record["more_evidence"] = !explained.next_cursor().empty();
  return record;
}

std::string ParticipantsText(const Json& participants) {
  std::string text;
  for (const Json& participant : participants) {
    const std::string role = FieldText(participant, "role");
    text += fmt::format("{}{}{}", text.empty() ? "" : "; ", FieldText(participant, "name"),
                        role.empty() ? "" : " [" + role + "]");
  }
  return text;
}

void WriteDeals(const Json& answer, const TextStyle& style, std::ostream& out) {
  if (answer["deals"].empty()) {
    out << "no partnerships\n";
    return;
  }
  bool first = true;
  for (const Json& deal : answer["deals"]) {
    out << (first ? "" : "\n");
    first = false;
    const std::string date = DateForPeople(deal["date"]);
    out << Bold(FieldText(deal, "kind"), style) << "  " << (date.empty() ? "undated" : date) << "  "
        << FieldText(deal, "status") << "  confidence " << FieldText(deal, "confidence") << "  "
        << FieldText(deal, "source_count") << " source(s)  fact " << FieldText(deal, "fact_id")
        << "  node " << FieldText(deal, "node_id") << '\n';
    for (const char* key : {"parties", "people", "products"}) {
      if (!deal[key].empty()) {
        WriteField(key, ParticipantsText(deal[key]), style, out);
      }
    }
    if (deal["location"] != "") {
      WriteField("place", FieldText(deal, "location"), style, out);
    }
    for (const Json& evidence : deal["evidence"]) {
      WriteEvidence(evidence, style, out);
    }
    if (deal["more_evidence"] == true) {
      out << "    more: partnergraph evidence " << FieldText(deal, "fact_id") << '\n';
    }
  }
}

AnswerShape DealsShape() {
  AnswerShape shape;
  shape.lists = {{"deals", "deal"}};
  shape.rows = "deals";
  for (const char* name :
       {"fact_id", "node_id", "kind", "date", "status", "confidence", "source_count", "location",
        "name", "parties", "people", "products", "evidence"}) {
    shape.columns.push_back({name, std::string("/") + name});
  }
  shape.write_text = WriteDeals;
  return shape;
}

absl::StatusOr<ExitCode> Partners(const PartnersFlags& flags, CommandContext& context) {
  CLIENT_ASSIGN_OR_RETURN(const v1::FactFilter filter, flags.filter.ToProto());
  CLIENT_ASSIGN_OR_RETURN(const ResolvedNode node, ResolveNode(context.client, flags.node));
  if (!node.note.empty()) {
    context.talk.Note(node.note);
  }
  std::vector<uint64_t> deal_ids;
  CLIENT_ASSIGN_OR_RETURN(const ListEnd end,
                          ListDeals(node.node_id, filter, flags.limit, context.client, deal_ids));

  Output output(context.format, context.style, DealsShape(), context.out);
  for (size_t begin = 0; begin < deal_ids.size(); begin += kNodesPerCall) {
    v1::BatchGetNodesRequest batch;
    const size_t finish = std::min(deal_ids.size(), begin + kNodesPerCall);
    for (size_t i = begin; i < finish; ++i) {
      batch.add_node_ids(deal_ids[i]);
    }
    CLIENT_ASSIGN_OR_RETURN(const v1::BatchGetNodesResponse deals,
                            context.client.BatchGetNodes(batch));
    for (const v1::Node& deal : deals.nodes()) {
      v1::ExplainFactResponse explained;
      if (flags.evidence > 0) {
        v1::ExplainFactRequest explain;
        explain.set_fact_id(deal.partnership().fact_id());
        explain.mutable_page()->set_size(flags.evidence);
        CLIENT_ASSIGN_OR_RETURN(explained, context.client.ExplainFact(explain));
      }
      output.Add("deals", DealRecord(deal, explained));
    }
  }
  output.Finish(SummaryOf(end));
  SayIfMore(end, "deals", context.talk);
  return ExitCode::kOk;
}

}  // namespace

void AddPartnersCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<PartnersFlags>();
  CLI::App* command = app.add_subcommand(
      "partners", "List the partnerships of a company (or person): who, what, when, says who");
  command->add_option("node", flags->node, kNodeArgumentHelp)->required();
  command->add_option("--limit", flags->limit, "Most partnerships; 0 is all")
      ->capture_default_str();
  command->add_option("--evidence", flags->evidence, "Quotes to show with each")
      ->check(CLI::Range(0, kEvidencePerDealMax))
      ->capture_default_str();
  flags->filter.AddTo(*command, FilterFlags::Edges::kFixed);
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Partners(*flags, context); };
  });
}

}  // namespace partnergraph::cli
