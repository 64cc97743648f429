#include "graph/node_resolution.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

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

// Assertions of one kind that share a normalized name, directly or through others: one node.
struct Group {
  NodeKind kind{};
  std::set<std::string> keys;  // Normalized names of all its assertions.
};

// The group of each assertion, by its position. Does not depend on the order of the assertions.
std::vector<size_t> MakeGroups(std::span<const NodeAssertion> assertions,
                               std::vector<Group>& groups) {
  std::vector<size_t> parents(assertions.size());
  for (size_t i = 0; i < parents.size(); ++i) parents[i] = i;
  const auto root = [&](size_t i) {
    while (parents[i] != i) i = parents[i] = parents[parents[i]];
    return i;
  };
  std::vector<std::set<std::string>> keys;
  std::map<std::pair<NodeKind, std::string>, size_t> first;  // That has the name.
  for (size_t i = 0; i < assertions.size(); ++i) {
    keys.push_back(NameKeysOf(assertions[i]));
    for (const std::string& key : keys.back()) {
      const auto [entry, is_new] = first.try_emplace({assertions[i].kind, key}, i);
      if (!is_new) parents[root(i)] = root(entry->second);
    }
  }
  std::map<size_t, size_t> numbers;  // By root.
  std::vector<size_t> group_of;
  for (size_t i = 0; i < assertions.size(); ++i) {
    const size_t group = numbers.try_emplace(root(i), groups.size()).first->second;
    if (group == groups.size()) groups.push_back({assertions[i].kind, {}});
    groups[group].keys.merge(keys[i]);
    group_of.push_back(group);
  }
  return group_of;
}

// The stored nodes that have a normalized name, by kind.
using Homonyms = std::map<NodeKind, std::set<NodeId>>;

// Reads the homonyms of each name and loads them into `edit`, until there are kHomonymsMax of each
// kind in `wanted` or all are read, at most kHomonymRowsMax.
absl::Status ReadHomonyms(RecordReader& reader,
                          const std::map<std::string, std::set<NodeKind>>& wanted, GraphEdit& edit,
                          std::map<std::string, Homonyms>& homonyms) {
  std::vector<KvRange> ranges;
  std::vector<const std::string*> names;  // Of each range.
  for (const auto& [name, kinds] : wanted) {
    std::string prefix = reader.keys().NamePrefix(NameKeyKind::kNormalized, name);
    prefix.push_back('\0');
    ranges.push_back(PrefixRange(std::move(prefix), kHomonymsMax));
    names.push_back(&name);
  }
  for (uint32_t rows = 0; !ranges.empty() && rows < kHomonymRowsMax; rows += kHomonymsMax) {
    std::vector<std::pair<size_t, NodeId>> found;  // With the range.
    absl::Status status;
    PG_ASSIGN_OR_RETURN(
        const std::vector<KvRangeEnd> ends,
        reader.store().MultiScan(reader.snapshot(), ColumnFamily::kName, ranges, reader.options(),
                                 [&](size_t range, std::string_view key, std::string_view) {
                                   if (key.size() < 8) {
                                     status = absl::DataLossError("name key without a node");
                                     return false;
                                   }
                                   found.emplace_back(range, NodeId{ReadU64(key, key.size() - 8)});
                                   return true;
                                 }));
    PG_RETURN_IF_ERROR(status);
    std::vector<NodeId> nodes;
    for (const auto& [range, node] : found) nodes.push_back(node);
    PG_RETURN_IF_ERROR(edit.LoadNodes(nodes));
    for (const auto& [range, node] : found) {
      const auto kind = static_cast<NodeKind>(edit.nodes().at(node).after.kind());
      std::set<NodeId>& same = homonyms[*names[range]][kind];
      if (same.size() < kHomonymsMax) same.insert(node);
    }
    std::vector<KvRange> rest;
    std::vector<const std::string*> rest_names;
    for (size_t i = 0; i < ranges.size(); ++i) {
      const bool full = std::ranges::all_of(wanted.at(*names[i]), [&](NodeKind kind) {
        return homonyms[*names[i]][kind].size() == kHomonymsMax;
      });
      if (ends[i].complete || full) continue;
      rest.push_back({ends[i].resume, ranges[i].end, kHomonymsMax});
      rest_names.push_back(names[i]);
    }
    ranges = std::move(rest);
    names = std::move(rest_names);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<NodeId>> ResolveNodes(RecordReader& reader,
                                                 std::span<const NodeAssertion> assertions,
                                                 GraphEdit& edit) {
  std::vector<Group> groups;
  const std::vector<size_t> group_of = MakeGroups(assertions, groups);
  std::map<std::string, std::set<NodeKind>> wanted;  // By normalized name.
  for (const Group& group : groups) {
    for (const std::string& key : group.keys) wanted[key].insert(group.kind);
  }
  std::map<std::string, Homonyms> homonyms;
  PG_RETURN_IF_ERROR(ReadHomonyms(reader, wanted, edit, homonyms));

  std::vector<NodeId> node_of_group;
  for (const Group& group : groups) {
    std::map<NodeId, uint32_t> shared;
    for (const std::string& key : group.keys) {
      for (const NodeId node : homonyms[key][group.kind]) ++shared[node];
    }
    NodeId best{0};
    std::tuple<uint32_t, uint32_t> best_rank;
    for (const auto& [node, count] : shared) {  // Ascending: of equals the older one wins.
      const std::tuple<uint32_t, uint32_t> rank(count,
                                                edit.nodes().at(node).before.article_count());
      if (ToInt(best) == 0 || rank > best_rank) {
        best = node;
        best_rank = rank;
      }
    }
    node_of_group.push_back(ToInt(best) != 0 ? best : edit.AddNode(group.kind));
  }
  std::vector<NodeId> resolved;
  for (const size_t group : group_of) resolved.push_back(node_of_group[group]);
  return resolved;
}

}  // namespace partnergraph
