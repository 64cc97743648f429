#include "graph/imported_fact.h"

#include <algorithm>

#include "graph/fact_aggregate.h"
#include "graph/name_key.h"

namespace partnergraph {

std::string StoredRole(EdgeType type, const std::string& role) {
  return role.empty() && type == kPartyTo ? "PARTY" : role;
}

storage::FactRecord MakeEdgeFact(EdgeType type, NodeId source, NodeId target,
                                 const GraphEdgeRecord& edge) {
  storage::FactRecord fact;
  fact.set_edge_type(static_cast<uint32_t>(type));
  fact.set_source(ToInt(source));
  fact.set_target(ToInt(target));
  fact.set_role(StoredRole(type, edge.role));
  if (type == kEmployedBy) fact.set_title_key(NormalizeName(edge.title));
  return fact;
}

storage::ImportedFactRecord MakeImported(const GraphEdgeRecord& edge) {
  storage::ImportedFactRecord imported;
  imported.set_status(static_cast<uint32_t>(edge.status));
  imported.set_confidence(edge.confidence + 0.0f);  // No negative zero.
  imported.set_date(PackDate(edge.date));
  imported.set_source_count(std::max(edge.source_count, 1u));
  imported.set_title(edge.title);
  return imported;
}

storage::ImportedFactRecord MakeImported(const PartnershipRecord& partnership) {
  storage::ImportedFactRecord imported;
  imported.set_status(static_cast<uint32_t>(partnership.status));
  imported.set_confidence(partnership.confidence + 0.0f);
  imported.set_date(PackDate(partnership.date));
  imported.set_source_count(std::max(partnership.source_count, 1u));
  imported.set_location(partnership.location);
  return imported;
}

storage::ImportedNodeRecord MakeImported(const GraphNodeRecord& node) {
  storage::ImportedNodeRecord imported;
  imported.set_name(node.name);
  imported.set_org_type(node.org_type);
  imported.set_external_id(node.external_id);
  return imported;
}

uint64_t OccurrenceOf(const Date& date) {
  // No packed date is that large.
  return date.empty() ? UINT32_MAX : PackDate(date);
}

}  // namespace partnergraph
