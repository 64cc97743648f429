#include <map>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "clients/cli/command.h"
#include "clients/cli/edge_text.h"
#include "clients/cli/node_resolver.h"
#include "clients/cli/query_flags.h"
#include "clients/cpp/status_macros.h"

namespace partnergraph::cli {
namespace {

struct NeighborsFlags {
  std::vector<std::string> nodes;
  uint32_t hops = 1;
  std::vector<std::string> kinds;
  bool expand_partnerships = false;
  std::string rows = "nodes";
  FilterFlags filter;
  BudgetFlags budget;
};

// Writes each node with one edge by which it was reached.
void WriteRings(const Json& answer, const TextStyle& style, std::ostream& out) {
  std::map<uint64_t, uint64_t> ring_of;
  for (const Json& node : answer["nodes"]) {
    ring_of[node["node"]["node_id"]] = node["ring"];
  }
  std::map<uint64_t, const Json*> reached_by;
  for (const Json& edge : answer["edges"]) {
    const uint64_t source = edge["source"]["node_id"];
    const uint64_t target = edge["target"]["node_id"];
    if (ring_of[source] != ring_of[target]) {
      reached_by.emplace(ring_of[source] > ring_of[target] ? source : target, &edge);
    }
  }
  Table table({{"RING", Align::kRight},
               {"NODE", Align::kRight},
               {"KIND"},
               {"NAME"},
               {"EDGES", Align::kRight},
               {"REACHED BY"}});
  for (const Json& node : answer["nodes"]) {
    const auto edge = reached_by.find(node["node"]["node_id"]);
    table.AddRow({FieldText(node, "ring"), FieldText(node["node"], "node_id"),
                  FieldText(node["node"], "kind"), FieldText(node["node"], "name"),
                  FieldText(node, "degree"),
                  edge == reached_by.end() ? "" : EdgeText(*edge->second)});
  }
  table.Write(style, out);
}

AnswerShape NeighborsShape(const std::string& rows) {
  AnswerShape shape;
  shape.lists = {{"nodes", "node"}, {"edges", "edge"}};
  shape.rows = rows;
  if (rows == "edges") {
    shape.columns = EdgeColumns();
    shape.nothing_found = "no edges";
  } else {
    shape.columns = {{"ring", "/ring"},
                     {"node_id", "/node/node_id"},
                     {"kind", "/node/kind"},
                     {"name", "/node/name"},
                     {"degree", "/degree"}};
    shape.write_text = WriteRings;
  }
  return shape;
}

absl::StatusOr<ExitCode> Neighbors(const NeighborsFlags& flags, CommandContext& context) {
  v1::NeighborhoodRequest request;
  CLIENT_ASSIGN_OR_RETURN(*request.mutable_filter(), flags.filter.ToProto());
  CLIENT_ASSIGN_OR_RETURN(const auto kinds, ParseNodeKinds(flags.kinds, "--kinds"));
  request.mutable_node_kinds()->Assign(kinds.begin(), kinds.end());
  for (const std::string& argument : flags.nodes) {
    CLIENT_ASSIGN_OR_RETURN(const ResolvedNode node, ResolveNode(context.client, argument));
    if (!node.note.empty()) {
      context.talk.Note(node.note);
    }
    request.add_node_ids(node.node_id);
  }
  request.set_hops(flags.hops);
  request.set_expand_partnerships(flags.expand_partnerships);
  *request.mutable_budget() = flags.budget.ToProto();

  Output output(context.format, context.style, NeighborsShape(flags.rows), context.out);
  v1::NeighborhoodResponse last;
  CLIENT_RETURN_IF_ERROR(
      context.client.Neighborhood(request, [&](const v1::NeighborhoodResponse& part) {
        for (const v1::RingNode& node : part.nodes()) {
          output.Add("nodes", ToJson(node));
        }
        for (const v1::Edge& edge : part.edges()) {
          output.Add("edges", ToJson(edge));
        }
        last = part;
        return true;
      }));
  last.clear_nodes();
  last.clear_edges();
  Json summary = ToJson(last);
  summary.erase("nodes");
  summary.erase("edges");
  output.Finish(summary);
  if (last.has_truncation()) {
    context.talk.Truncated(last.truncation());
  }
  return ExitCode::kOk;
}

}  // namespace

void AddNeighborsCommand(CLI::App& app, Action& action) {
  auto flags = std::make_shared<NeighborsFlags>();
  CLI::App* command = app.add_subcommand("neighbors", "List what lies around nodes, ring by ring");
  command->add_option("nodes", flags->nodes, kNodeArgumentHelp)->required();
  command->add_option("--hops", flags->hops, "How many rings, at most 6")->capture_default_str();
  command->add_option("--kinds", flags->kinds, "Only neighbors of these kinds")->delimiter(',');
  command->add_flag("--expand-partnerships", flags->expand_partnerships,
                    "Show deals as nodes, each edge to or from one a hop");
  command->add_option("--rows", flags->rows, "What table and csv list: nodes or edges")
      ->check(CLI::IsMember({"nodes", "edges"}))
      ->capture_default_str();
  flags->filter.AddTo(*command, FilterFlags::Edges::kChoose);
  flags->budget.AddTo(*command);
  command->callback([flags, &action] {
    action = [flags](CommandContext& context) { return Neighbors(*flags, context); };
  });
}

}  // namespace partnergraph::cli
