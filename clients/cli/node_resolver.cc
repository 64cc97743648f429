#include "clients/cli/node_resolver.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "clients/cli/proto_json.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"

namespace partnergraph::cli {
namespace {

constexpr int kCandidatesMax = 20;
constexpr int kSuggestionsMax = 5;

struct NodeArgument {
  bool is_id = false;
  std::string_view text;
  v1::NodeKind kind = v1::NODE_KIND_UNSPECIFIED;
};

bool IsDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

NodeArgument ParseArgument(std::string_view argument) {
  constexpr std::pair<std::string_view, v1::NodeKind> kPrefixes[] = {
      {"name:", v1::NODE_KIND_UNSPECIFIED},
      {"company:", v1::NODE_KIND_COMPANY},
      {"person:", v1::NODE_KIND_PERSON},
      {"product:", v1::NODE_KIND_PRODUCT}};
  for (const auto& [prefix, kind] : kPrefixes) {
    if (argument.substr(0, prefix.size()) == prefix) {
      return {false, argument.substr(prefix.size()), kind};
    }
  }
  if (argument.substr(0, 3) == "id:") {
    return {true, argument.substr(3), v1::NODE_KIND_UNSPECIFIED};
  }
  return {IsDigits(argument), argument, v1::NODE_KIND_UNSPECIFIED};
}

// Smaller is better; nodes of one rank are equal candidates. Negative: not this name.
int Rank(const v1::NodeMatch& match) {
  const bool own_name = match.matched_name() == match.node().name();
  switch (match.match_kind()) {
    case v1::MATCH_KIND_EXACT:
      return own_name ? 0 : 1;
    case v1::MATCH_KIND_CORE:
      return own_name ? 2 : 3;
    default:
      return -1;
  }
}

std::string Describe(const v1::NodeMatch& match) {
  const v1::Node& node = match.node();
  return fmt::format(
      "{} {} {}{}", node.node_id(), EnumText(node.kind()), node.name(),
      match.matched_name() == node.name() ? "" : fmt::format(" (as {})", match.matched_name()));
}

}  // namespace

const char kNodeArgumentHelp[] =
    "a node id, or a name; company:NAME, person:NAME and product:NAME look among one kind, "
    "name:NAME among all";

absl::StatusOr<ResolvedNode> ResolveNode(const client::Client& client, std::string_view argument) {
  const NodeArgument parsed = ParseArgument(argument);
  if (parsed.is_id) {
    ResolvedNode resolved;
    const auto [end, error] = std::from_chars(
        parsed.text.data(), parsed.text.data() + parsed.text.size(), resolved.node_id);
    if (error != std::errc() || end != parsed.text.data() + parsed.text.size()) {
      return absl::InvalidArgumentError(fmt::format("'{}' is not a node id", parsed.text));
    }
    return resolved;
  }
  v1::SearchNodesRequest request;
  request.set_query(std::string(parsed.text));
  request.mutable_page()->set_size(kCandidatesMax);
  if (parsed.kind != v1::NODE_KIND_UNSPECIFIED) {
    request.add_kinds(parsed.kind);
  }
  CLIENT_ASSIGN_OR_RETURN(const v1::SearchNodesResponse response, client.SearchNodes(request));

  std::vector<const v1::NodeMatch*> best;
  for (const v1::NodeMatch& match : response.matches()) {
    const int rank = Rank(match);
    if (rank < 0 || (!best.empty() && rank > Rank(*best.front()))) {
      continue;
    }
    if (!best.empty() && rank < Rank(*best.front())) {
      best.clear();
    }
    best.push_back(&match);
  }
  if (best.size() == 1) {
    const v1::Node& node = best.front()->node();
    return ResolvedNode{node.node_id(),
                        node.name() == parsed.text
                            ? ""
                            : fmt::format("{} is {} ({} {})", parsed.text, node.name(),
                                          EnumText(node.kind()), node.node_id())};
  }
  if (!best.empty()) {
    std::string message =
        fmt::format("'{}' names {} nodes; give the id of one:", parsed.text, best.size());
    for (const v1::NodeMatch* match : best) {
      message += "\n  " + Describe(*match);
    }
    return absl::FailedPreconditionError(message);
  }
  std::string message = fmt::format("no node is named '{}'", parsed.text);
  for (int i = 0; i < response.matches_size() && i < kSuggestionsMax; ++i) {
    message += (i == 0 ? "; did you mean: " : ", ") + Describe(response.matches(i));
  }
  return absl::NotFoundError(message);
}

}  // namespace partnergraph::cli
