// From records of an import to what is stored of them: shared by WriteFacts and the bulk load, so
// that both make the same rows.
#pragma once

#include "graph/graph_record.h"
#include "graph/ids.h"
#include "graph/record_codec.h"

namespace partnergraph {

// The identity of an edge: fields 1 to 5 of the record. `edge` passes CheckGraphRecord.
storage::FactRecord MakeEdgeFact(EdgeType type, NodeId source, NodeId target,
                                 const GraphEdgeRecord& edge);

// What the import says, its place left open.
storage::ImportedFactRecord MakeImported(const GraphEdgeRecord& edge);
storage::ImportedFactRecord MakeImported(const PartnershipRecord& partnership);
storage::ImportedNodeRecord MakeImported(const GraphNodeRecord& node);

// The occurrence of a further edge that would otherwise be the same as one of another date.
uint64_t OccurrenceOf(const Date& date);

// The role of an edge as it is stored: PARTY_TO without a role has PARTY.
std::string StoredRole(EdgeType type, const std::string& role);

}  // namespace partnergraph
