#include "clients/cli/query_flags.h"

#include <algorithm>
#include <cctype>

#include "clients/cli/date_text.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

std::string Upper(std::string_view word) {
  std::string upper(word);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return upper;
}

absl::StatusOr<v1::Date> ParseDateFlag(const std::string& text, std::string_view flag) {
  const auto date = ParseDate(text);
  if (!date) {
    return absl::InvalidArgumentError(
        fmt::format("{}: '{}' is not a date; want YYYY, YYYY-MM or YYYY-MM-DD", flag, text));
  }
  return *date;
}

}  // namespace

std::optional<v1::NodeKind> ParseNodeKind(std::string_view word) {
  v1::NodeKind kind;
  if (!v1::NodeKind_Parse("NODE_KIND_" + Upper(word), &kind) || kind == 0) {
    return std::nullopt;
  }
  return kind;
}

std::optional<v1::Direction> ParseDirection(std::string_view word) {
  v1::Direction direction;
  if (!v1::Direction_Parse("DIRECTION_" + Upper(word), &direction) || direction == 0) {
    return std::nullopt;
  }
  return direction;
}

void FilterFlags::AddTo(CLI::App& command, Edges edges) {
  if (edges == Edges::kChoose) {
    command
        .add_option("--types", types, "Only edges of these types, such as PARTNER_WITH,EMPLOYED_BY")
        ->delimiter(',');
    command.add_option("--direction", direction, "Only edges of one direction: out, in or both")
        ->check(CLI::IsMember({"out", "in", "both"}))
        ->capture_default_str();
  }
  command
      .add_option("--status", statuses,
                  "Only facts of these: RUMOURED, PLANNED, ANNOUNCED, ACTIVE, ENDED, DENIED "
                  "(default: all but DENIED)")
      ->delimiter(',');
  command.add_option("--min-confidence", min_confidence, "Only facts of at least this, in [0, 1]");
  command.add_option("--min-sources", min_sources,
                     "Only facts with at least this many independent sources");
  command.add_option("--from", from, "Only facts on or after YYYY, YYYY-MM or YYYY-MM-DD");
  command.add_option("--until", until, "Only facts on or before it");
}

absl::StatusOr<v1::FactFilter> FilterFlags::ToProto() const {
  v1::FactFilter filter;
  for (const std::string& type : types) {
    filter.add_types(Upper(type));
  }
  filter.set_direction(ParseDirection(direction).value_or(v1::DIRECTION_UNSPECIFIED));
  for (const std::string& word : statuses) {
    v1::FactStatus status;
    if (!v1::FactStatus_Parse("FACT_STATUS_" + Upper(word), &status) || status == 0) {
      return absl::InvalidArgumentError(fmt::format("--status: there is no status '{}'", word));
    }
    filter.add_statuses(status);
  }
  filter.set_min_confidence(min_confidence);
  filter.set_min_sources(min_sources);
  if (!from.empty()) {
    CLIENT_ASSIGN_OR_RETURN(*filter.mutable_date_from(), ParseDateFlag(from, "--from"));
  }
  if (!until.empty()) {
    CLIENT_ASSIGN_OR_RETURN(*filter.mutable_date_until(), ParseDateFlag(until, "--until"));
  }
  return filter;
}

void BudgetFlags::AddTo(CLI::App& command) {
  const std::string group = "Budget (an answer that is cut says so)";
  command.add_option("--max-edges-scanned", max_edges_scanned, "Edges to read (default 100000)")
      ->group(group);
  command.add_option("--max-nodes", max_nodes, "Nodes in the answer (default 10000)")->group(group);
  command.add_option("--max-bytes", max_bytes, "Bytes of the answer (default 8 MiB)")->group(group);
  command
      .add_option("--per-node-limit", per_node_limit, "Edges followed at one node (default 1000)")
      ->group(group);
  command.add_option("--per-node-order", per_node_order, "Which of them: newest or confidence")
      ->check(CLI::IsMember({"newest", "confidence"}))
      ->capture_default_str()
      ->group(group);
  command.add_option("--skip-degree", skip_degree, "Leave nodes with more edges unexpanded")
      ->group(group);
}

v1::Budget BudgetFlags::ToProto() const {
  v1::Budget budget;
  budget.set_max_edges_scanned(max_edges_scanned);
  budget.set_max_nodes(max_nodes);
  budget.set_max_bytes(max_bytes);
  budget.set_per_node_limit(per_node_limit);
  budget.set_per_node_order(per_node_order == "confidence" ? v1::NODE_ORDER_CONFIDENCE
                                                           : v1::NODE_ORDER_NEWEST);
  budget.set_skip_degree(skip_degree);
  return budget;
}

absl::StatusOr<std::vector<v1::NodeKind>> ParseNodeKinds(const std::vector<std::string>& words,
                                                         std::string_view flag) {
  std::vector<v1::NodeKind> kinds;
  for (const std::string& word : words) {
    const auto kind = ParseNodeKind(word);
    if (!kind) {
      return absl::InvalidArgumentError(fmt::format(
          "{}: '{}' is not a kind; want COMPANY, PERSON, PRODUCT or PARTNERSHIP", flag, word));
    }
    kinds.push_back(*kind);
  }
  return kinds;
}

}  // namespace partnergraph::cli
