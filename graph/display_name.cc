#include "graph/display_name.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/schema.h"

namespace partnergraph {

std::string CanonicalName(const std::map<std::string, storage::AliasRecord>& aliases) {
  std::string best;
  std::tuple<uint32_t, uint32_t, size_t> best_rank;
  for (const auto& [name, alias] : aliases) {
    const std::tuple<uint32_t, uint32_t, size_t> rank(alias.canonical_count(),
                                                      alias.article_count(), name.size());
    if (best.empty() || rank > best_rank) {
      best = name;
      best_rank = rank;
    }
  }
  return best;
}

std::string NodeName(const storage::NodeRecord& node,
                     const std::map<std::string, storage::AliasRecord>& aliases) {
  return node.imported().name().empty() ? CanonicalName(aliases) : node.imported().name();
}

std::string OrgTypeByVotes(const storage::NodeRecord& node) {
  if (!node.imported().org_type().empty()) return node.imported().org_type();
  std::string best;
  uint32_t best_votes = 0;
  for (const auto& [org_type, votes] : node.org_types()) {
    if (votes > best_votes || (votes == best_votes && org_type < best)) {
      best = org_type;
      best_votes = votes;
    }
  }
  return best;
}

std::string PartnershipName(std::string_view kind, const std::vector<std::string>& names,
                            size_t party_count) {
  std::string name = absl::StrCat(ToAbsl(kind), ": ");
  const size_t shown = std::min(names.size(), kNamedPartiesMax);
  for (size_t i = 0; i < shown; ++i) absl::StrAppend(&name, i == 0 ? "" : " · ", names[i]);
  if (party_count > shown) absl::StrAppend(&name, " · +", party_count - shown);
  return name;
}

std::string DescribeFact(const storage::FactRecord& fact, const Schema& schema,
                         absl::FunctionRef<std::string(NodeId)> name) {
  if (fact.edge_type() == 0) return name(NodeId{fact.deal()});
  const EdgeTypeInfo* const type = schema.Find(EdgeType{static_cast<uint16_t>(fact.edge_type())});
  const std::string type_name =
      type != nullptr ? std::string(type->name) : absl::StrCat("TYPE_", fact.edge_type());
  return absl::StrCat(name(NodeId{fact.source()}), " ", type_name, " ",
                      name(NodeId{fact.target()}));
}

}  // namespace partnergraph
