#include <memory>
#include <ostream>
#include <string>
#include <utility>

#include "clients/cli/command.h"
#include "clients/cli/edge_text.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

std::string MebibytesText(const Json& bytes) {
  return fmt::format("{:.1f} MiB", static_cast<double>(bytes.get<uint64_t>()) / (1 << 20));
}

// What is kept in memory of the graph's structure, or why nothing is.
std::string TopologyText(const Json& topology) {
  if (!topology["present"].get<bool>()) {
    return fmt::format("none: {}", FieldText(topology, "absence"));
  }
  return fmt::format(
      "{} rows, {} ({:.1f} bytes each), nodes {}; {} rows changed since the last merge",
      FieldText(topology, "row_count"), MebibytesText(topology["row_bytes"]),
      topology["bytes_per_row"].get<double>(), MebibytesText(topology["node_bytes"]),
      FieldText(topology, "changed_rows"));
}

void WriteStats(const Json& stats, const TextStyle& style, std::ostream& out) {
  WriteField("server",
             fmt::format("version {}, up {} s, {} resident", FieldText(stats, "version"),
                         FieldText(stats, "uptime_seconds"), MebibytesText(stats["memory_bytes"])),
             style, out);
  WriteField("database",
             fmt::format("format {}, {} on disk, sequence {}", FieldText(stats, "format_version"),
                         MebibytesText(stats["disk_bytes"]), FieldText(stats, "last_sequence")),
             style, out);
  // An older server says nothing of it.
  const auto topology = stats.find("topology");
  if (topology != stats.end() && topology->is_object() && topology->contains("present")) {
    WriteField("topology", TopologyText(*topology), style, out);
  }
  WriteField("extractor", FieldText(stats, "extractor"), style, out);
  WriteField("articles", FieldText(stats, "article_count"), style, out);
  WriteField("facts",
             fmt::format("{}, with {} evidence", FieldText(stats, "fact_count"),
                         FieldText(stats, "evidence_count")),
             style, out);
  out << '\n';
  Table table({{"COUNT", Align::kRight}, {"OF"}, {"JOINS"}, {"INVERSE"}});
  for (const Json& count : stats["counts"]) {
    const bool nodes = count["of"] == "node";
    table.AddRow({FieldText(count, "count"),
                  FieldText(count, "name") + (nodes ? " nodes" : " edges"),
                  nodes ? "" : FieldText(count, "joins"), FieldText(count, "inverse")});
  }
  table.Write(style, out);
}

std::string KindsText(const google::protobuf::RepeatedField<int>& kinds) {
  if (kinds.size() == v1::NodeKind_ARRAYSIZE - 1) return "any";
  std::string text;
  for (const int kind : kinds) {
    if (!text.empty()) text += "|";
    text += EnumText(static_cast<v1::NodeKind>(kind));
  }
  return text;
}

// An older server lists no types: then their counts stand alone.
absl::StatusOr<v1::ListEdgeTypesResponse> EdgeTypes(const CommandContext& context) {
  absl::StatusOr<v1::ListEdgeTypesResponse> types = context.client.ListEdgeTypes({});
  if (absl::IsUnimplemented(types.status())) return v1::ListEdgeTypesResponse();
  return types;
}

absl::StatusOr<ExitCode> Stats(CommandContext& context) {
  CLIENT_ASSIGN_OR_RETURN(v1::GetStatsResponse stats, context.client.GetStats());
  CLIENT_ASSIGN_OR_RETURN(v1::ListEdgeTypesResponse types, EdgeTypes(context));
  AnswerShape shape;
  shape.lists = {{"counts", "count"}};
  shape.rows = "counts";
  shape.columns = {{"of", "/of"},
                   {"name", "/name"},
                   {"count", "/count"},
                   {"joins", "/joins"},
                   {"inverse", "/inverse"}};
  shape.write_text = WriteStats;
  Output output(context.format, context.style, std::move(shape), context.out);
  for (const v1::NodeCount& nodes : stats.node_counts()) {
    output.Add("counts",
               {{"of", "node"}, {"name", EnumText(nodes.kind())}, {"count", nodes.count()}});
  }
  for (const v1::EdgeTypeCount& edges : stats.edge_counts()) {
    Json row = {{"of", "edge"}, {"name", edges.type()}, {"count", edges.count()}};
    for (const v1::EdgeType& type : types.edge_types()) {
      if (type.name() != edges.type()) continue;
      row["joins"] = KindsText(type.source_kinds()) + (type.symmetric() ? " - " : " -> ") +
                     KindsText(type.target_kinds());
      if (!type.inverse_name().empty()) row["inverse"] = type.inverse_name();
    }
    output.Add("counts", std::move(row));
  }
  Json summary = ToJson(stats);
  summary.erase("node_counts");
  summary.erase("edge_counts");
  output.Finish(summary);
  return ExitCode::kOk;
}

}  // namespace

void AddStatsCommand(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("stats", "Show counts and sizes of the database");
  command->callback([&action] { action = Stats; });
}

}  // namespace partnergraph::cli
