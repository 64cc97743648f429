#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include "clients/cli/command.h"
#include "clients/cli/edge_text.h"
#include "clients/cli/node_resolver.h"
#include "clients/cli/paged_list.h"
#include "clients/cli/query_flags.h"
#include "clients/cli/term_text.h"
#include "clients/cli/terminal_text.h"
#include "clients/cpp/pager.h"
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

// Deals that are read together.
constexpr size_t kDealsPerBatch = 100;
constexpr size_t kCallsAtATime = 8;
constexpr int kEvidencePerDealMax = 1000;

// Ids of the deals that the node is a party of or took part in, newest first, each once, at most
// `limit` (0 is all). A deal has an edge for each role that the node has in it.
absl::StatusOr<ListEnd> ListDeals(uint64_t node_id, const v1::FactFilter& filter, uint64_t limit,
                                  const client::Client& client, std::vector<uint64_t>& deal_ids) {
  const uint64_t most = limit == 0 ? UINT64_MAX : limit;
  v1::ListEdgesRequest list;
  list.set_node_id(node_id);
  *list.mutable_filter() = filter;
  list.mutable_filter()->add_types("PARTY_TO");
  list.mutable_filter()->add_types("TOOK_PART_IN");
  list.mutable_filter()->set_direction(v1::DIRECTION_OUT);
  // One more than wanted says mostly in one call whether there are more.
  list.mutable_page()->set_size(
      static_cast<int32_t>(most < kPageSizeMax ? most + 1 : kPageSizeMax));
  client::Pager<v1::ListEdgesRequest, v1::ListEdgesResponse> pager(
      std::move(list), [&](const auto& page) { return client.ListEdges(page); });
  std::unordered_set<uint64_t> seen;
  ListEnd end;
  while (true) {
    CLIENT_ASSIGN_OR_RETURN(const std::optional<v1::ListEdgesResponse> page, pager.Next());
    if (!page) {
      return end;
    }
    end.read_token = page->read_token();
    for (const v1::Edge& edge : page->edges()) {
      if (!seen.insert(edge.target().node_id()).second) {
        continue;
      }
      if (deal_ids.size() == most) {
        end.more = true;
        return end;
      }
      deal_ids.push_back(edge.target().node_id());
      end.count = deal_ids.size();
    }
  }
}

// Why the graph holds the deals, in their order; several calls at a time.
absl::StatusOr<std::vector<v1::ExplainFactResponse>> Explain(
    const google::protobuf::RepeatedPtrField<v1::Node>& deals, int32_t evidence,
    const client::Client& client) {
  const auto count = static_cast<size_t>(deals.size());
  std::vector<v1::ExplainFactResponse> explained(count);
  std::atomic<size_t> next{0};
  std::mutex mutex;
  absl::Status first_error;  // Guarded by mutex.
  const auto work = [&] {
    for (size_t i = next++; i < count; i = next++) {
      v1::ExplainFactRequest request;
      request.set_fact_id(deals[static_cast<int>(i)].partnership().fact_id());
      request.mutable_page()->set_size(evidence);
      absl::StatusOr<v1::ExplainFactResponse> answer = client.ExplainFact(request);
      if (!answer.ok()) {
        next = count;
        const std::lock_guard lock(mutex);
        first_error.Update(answer.status());
        return;
      }
      explained[i] = *std::move(answer);
    }
  };
  std::vector<std::thread> threads;
  for (size_t i = 1; i < std::min(kCallsAtATime, count); ++i) {
    threads.emplace_back(work);
  }
  work();
  for (std::thread& thread : threads) {
    thread.join();
  }
  CLIENT_RETURN_IF_ERROR(first_error);
  return explained;
}

// {"fact_id", "node_id", ..., "terms", "parties", "people", "products", "evidence"} of one deal.
Json DealRecord(const v1::Node& node, const v1::ExplainFactResponse& explained) {
  Json deal = ToJson(node.partnership());
  Json record = {{"fact_id", deal["fact_id"]}, {"node_id", node.node_id()}, {"name", node.name()}};
  for (const char* key : {"kind", "date", "status", "confidence", "source_count", "location"}) {
    record[key] = deal[key];
  }
  for (const char* key : {"terms", "parties", "people", "products"}) {
    record[key] = Json::array();
  }
  for (const Json& term : deal["terms"]) {
    record["terms"].push_back(DealTermRecord(term));
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
        << Counted(FieldText(deal, "source_count"), "source") << "  fact "
        << FieldText(deal, "fact_id") << "  node " << FieldText(deal, "node_id") << '\n';
    for (const char* key : {"parties", "people", "products"}) {
      if (!deal[key].empty()) {
        WriteField(key, ParticipantsText(deal[key]), style, out);
      }
    }
    if (!deal["terms"].empty()) {
      Json participants = Json::array();
      for (const Json& party : deal["parties"]) {
        participants.push_back({{"node", party}});
      }
      WriteTerms(deal["terms"], participants, style, out);
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
        "name", "terms", "parties", "people", "products", "evidence"}) {
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
  for (size_t begin = 0; begin < deal_ids.size(); begin += kDealsPerBatch) {
    v1::BatchGetNodesRequest batch;
    const size_t finish = std::min(deal_ids.size(), begin + kDealsPerBatch);
    batch.mutable_node_ids()->Assign(deal_ids.begin() + static_cast<ptrdiff_t>(begin),
                                     deal_ids.begin() + static_cast<ptrdiff_t>(finish));
    CLIENT_ASSIGN_OR_RETURN(const v1::BatchGetNodesResponse deals,
                            context.client.BatchGetNodes(batch));
    std::vector<v1::ExplainFactResponse> explained(static_cast<size_t>(deals.nodes_size()));
    if (flags.evidence > 0) {
      CLIENT_ASSIGN_OR_RETURN(explained, Explain(deals.nodes(), flags.evidence, context.client));
    }
    for (int i = 0; i < deals.nodes_size(); ++i) {
      output.Add("deals", DealRecord(deals.nodes(i), explained[static_cast<size_t>(i)]));
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
