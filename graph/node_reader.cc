#include "graph/node_reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/display_name.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

absl::Status Missing(NodeId id) {
  return absl::DataLossError(absl::StrCat("node ", ToInt(id), " is referred to and has no record"));
}

}  // namespace

absl::StatusOr<std::vector<NodeRecordPtr>> NodeReader::Nodes(std::span<const NodeId> ids) {
  std::vector<NodeRecordPtr> nodes = cache_.Find(ids, sequence_);
  std::vector<NodeId> missing;
  std::vector<size_t> positions;  // Of the missing ones in `nodes`.
  for (size_t i = 0; i < ids.size(); ++i) {
    if (nodes[i] != nullptr) continue;
    missing.push_back(ids[i]);
    positions.push_back(i);
  }
  if (missing.empty()) return nodes;
  PG_ASSIGN_OR_RETURN(std::vector<std::optional<storage::NodeRecord>> records,
                      reader_.Nodes(missing));
  for (size_t i = 0; i < missing.size(); ++i) {
    if (!records[i].has_value()) continue;
    nodes[positions[i]] = std::make_shared<const storage::NodeRecord>(*std::move(records[i]));
    cache_.Insert(missing[i], sequence_, nodes[positions[i]]);
  }
  return nodes;
}

absl::StatusOr<std::vector<std::string>> NodeReader::NamesOf(
    std::span<const storage::NodeRecord* const> nodes) {
  // A partnership that an import gave a name needs none of its parties' names.
  const auto shown_parties = [](const storage::NodeRecord& node) {
    return node.name().empty() ? std::min<size_t>(node.parties_size(), kNamedPartiesMax) : 0;
  };
  std::vector<NodeId> parties;
  for (const storage::NodeRecord* node : nodes) {
    if (node == nullptr) continue;
    for (size_t i = 0; i < shown_parties(*node); ++i) {
      parties.push_back(NodeId{node->parties(static_cast<int>(i))});
    }
  }
  PG_ASSIGN_OR_RETURN(const std::vector<NodeRecordPtr> party_nodes, Nodes(parties));
  std::vector<std::string> names;
  names.reserve(nodes.size());
  size_t next_party = 0;
  for (const storage::NodeRecord* node : nodes) {
    if (node == nullptr) {
      names.emplace_back();
    } else if (node->kind() != static_cast<uint32_t>(NodeKind::kPartnership) ||
               !node->name().empty()) {
      names.push_back(node->name());
    } else {
      std::vector<std::string> party_names;
      for (size_t i = 0; i < shown_parties(*node); ++i, ++next_party) {
        const NodeRecordPtr& party = party_nodes[next_party];
        if (party == nullptr) return Missing(parties[next_party]);
        party_names.push_back(party->name());
      }
      names.push_back(PartnershipName(node->deal_kind(), party_names,
                                      static_cast<size_t>(node->parties_size())));
    }
  }
  return names;
}

absl::StatusOr<absl::flat_hash_map<NodeId, std::string>> NodeReader::Names(
    std::span<const NodeId> ids) {
  PG_ASSIGN_OR_RETURN(const std::vector<NodeRecordPtr> nodes, Nodes(ids));
  std::vector<const storage::NodeRecord*> records;
  records.reserve(nodes.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    if (nodes[i] == nullptr) return Missing(ids[i]);
    records.push_back(nodes[i].get());
  }
  PG_ASSIGN_OR_RETURN(std::vector<std::string> names, NamesOf(records));
  absl::flat_hash_map<NodeId, std::string> by_id;
  for (size_t i = 0; i < ids.size(); ++i) by_id.try_emplace(ids[i], std::move(names[i]));
  return by_id;
}

}  // namespace partnergraph
