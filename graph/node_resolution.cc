#include "graph/node_resolution.h"

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "graph/keys.h"
#include "graph/name_key.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

std::set<std::string> NameKeysOf(const NodeAssertion& assertion) {
  std::set<std::string> keys{NormalizeName(assertion.canonical)};
  for (const std::string& name : assertion.names) keys.insert(NormalizeName(name));
  return keys;
}

}  // namespace

absl::StatusOr<std::vector<NodeId>> ResolveNodes(RecordReader& reader,
                                                 std::span<const NodeAssertion> assertions,
                                                 GraphEdit& edit) {
  std::vector<std::set<std::string>> keys;
  std::map<std::string, std::set<NodeId>> holders;  // By normalized name.
  for (const NodeAssertion& assertion : assertions) {
    keys.push_back(NameKeysOf(assertion));
    for (const std::string& key : keys.back()) holders.try_emplace(key);
  }
  std::vector<KvRange> ranges;
  std::vector<std::set<NodeId>*> holders_of_range;
  for (auto& [key, nodes] : holders) {
    std::string prefix = reader.keys().NamePrefix(NameKeyKind::kNormalized, key);
    prefix.push_back('\0');
    ranges.push_back(PrefixRange(std::move(prefix), kHomonymsMax));
    holders_of_range.push_back(&nodes);
  }
  std::vector<NodeId> candidates;
  PG_RETURN_IF_ERROR(
      reader.Scan(ColumnFamily::kName, ranges,
                  [&](size_t range, std::string_view key, std::string_view) -> absl::Status {
                    const size_t offset = ranges[range].begin.size();
                    PG_ASSIGN_OR_RETURN(const uint64_t node, IdInKey(key, offset + 8, offset));
                    holders_of_range[range]->insert(NodeId{node});
                    candidates.push_back(NodeId{node});
                    return absl::OkStatus();
                  }));
  PG_RETURN_IF_ERROR(edit.LoadNodes(candidates));

  std::vector<NodeId> resolved;
  for (size_t i = 0; i < assertions.size(); ++i) {
    std::map<NodeId, uint32_t> shared;
    for (const std::string& key : keys[i]) {
      for (const NodeId node : holders[key]) ++shared[node];
    }
    NodeId best{0};
    std::tuple<uint32_t, uint32_t> best_rank;
    for (const auto& [node, count] : shared) {  // Ascending: of equals the older one wins.
      const auto candidate = edit.nodes().find(node);
      if (candidate == edit.nodes().end() ||
          candidate->second.after.kind() != static_cast<uint32_t>(assertions[i].kind)) {
        continue;
      }
      const std::tuple<uint32_t, uint32_t> rank(count, candidate->second.before.article_count());
      if (ToInt(best) == 0 || rank > best_rank) {
        best = node;
        best_rank = rank;
      }
    }
    if (ToInt(best) == 0) best = edit.AddNode(assertions[i].kind);
    for (const std::string& key : keys[i]) holders[key].insert(best);
    resolved.push_back(best);
  }
  return resolved;
}

}  // namespace partnergraph
