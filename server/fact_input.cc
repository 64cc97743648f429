#include "server/fact_input.h"

#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "server/grpc_status.h"

namespace partnergraph {
namespace {

std::string Item(const char* field, int index) { return absl::StrCat(field, "[", index, "]"); }

absl::StatusOr<Date> ToFactDate(const v1::Date& date, const std::string& field) {
  const Date result{.year = static_cast<int16_t>(date.year()),
                    .month = static_cast<uint8_t>(date.month()),
                    .day = static_cast<uint8_t>(date.day()),
                    .bound = date.bound() == v1::DATE_BOUND_BEFORE  ? DateBound::kBefore
                             : date.bound() == v1::DATE_BOUND_AFTER ? DateBound::kAfter
                                                                    : DateBound::kAt};
  const bool fits = date.year() >= 1 && date.year() <= 9999 && date.month() >= 0 &&
                    date.month() <= 12 && date.day() >= 0 && date.day() <= 31 &&
                    v1::DateBound_IsValid(date.bound());
  if (!fits || !IsValid(result)) {
    return FieldError(field,
                      absl::StrCat(date.year(), "-", date.month(), "-", date.day(), " is no date"));
  }
  return result;
}

absl::StatusOr<FactStatus> ToStatus(v1::FactStatus status, const std::string& field) {
  if (status == v1::FACT_STATUS_UNSPECIFIED) return FactStatus::kAnnounced;
  if (!v1::FactStatus_IsValid(status)) {
    return FieldError(field, absl::StrCat(static_cast<int>(status), " is no status of a fact"));
  }
  return static_cast<FactStatus>(status);
}

// "#12" for a stored node, as JSON Lines have numbers.
absl::StatusOr<std::string> ToReference(const v1::NodeReference& reference,
                                        const std::string& field) {
  if (reference.has_node_id() && reference.node_id() != 0) {
    return absl::StrCat("#", reference.node_id());
  }
  if (!reference.has_id() || reference.id().empty()) return FieldError(field, "is required");
  return reference.id();
}

// What partnerships and edges share.
template <typename Message, typename Record>
absl::Status ToFact(const Message& message, const std::string& field, Record& record) {
  if (message.has_date()) {
    PG_ASSIGN_OR_RETURN(record.date, ToFactDate(message.date(), field + ".date"));
  }
  PG_ASSIGN_OR_RETURN(record.status, ToStatus(message.status(), field + ".status"));
  if (message.has_confidence()) record.confidence = message.confidence();
  if (message.source_count() > 0) record.source_count = message.source_count();
  return absl::OkStatus();
}

absl::StatusOr<GraphNodeRecord> ToNode(const v1::WrittenNode& message, const std::string& field) {
  GraphNodeRecord node;
  node.id = message.node_id() != 0 ? absl::StrCat("#", message.node_id()) : message.id();
  if (!v1::NodeKind_IsValid(message.kind()) || message.kind() == v1::NODE_KIND_UNSPECIFIED) {
    return FieldError(field + ".kind", "is required");
  }
  node.kind = static_cast<NodeKind>(message.kind());
  node.name = message.name();
  node.names.assign(message.names().begin(), message.names().end());
  node.org_type = message.org_type();
  node.external_id = message.external_id();
  if (!message.has_partnership()) return node;
  if (node.kind != NodeKind::kPartnership) {
    return FieldError(field + ".partnership", "is for nodes of kind PARTNERSHIP only");
  }
  const v1::WrittenPartnership& deal = message.partnership();
  if (!deal.kind().empty()) node.partnership.kind = deal.kind();
  node.partnership.location = deal.location();
  PG_RETURN_IF_ERROR(ToFact(deal, field + ".partnership", node.partnership));
  return node;
}

absl::StatusOr<GraphEdgeRecord> ToEdge(const v1::WrittenEdge& message, const std::string& field) {
  GraphEdgeRecord edge;
  edge.type = message.type();
  PG_ASSIGN_OR_RETURN(edge.source, ToReference(message.source(), field + ".source"));
  PG_ASSIGN_OR_RETURN(edge.target, ToReference(message.target(), field + ".target"));
  edge.role = message.role();
  edge.title = message.title();
  PG_RETURN_IF_ERROR(ToFact(message, field, edge));
  return edge;
}

absl::StatusOr<uint8_t> ToKinds(const google::protobuf::RepeatedField<int>& kinds,
                                const std::string& field) {
  if (kinds.empty()) return kAllKinds;
  uint8_t bits = 0;
  for (const int kind : kinds) {
    if (!v1::NodeKind_IsValid(kind) || kind == v1::NODE_KIND_UNSPECIFIED) {
      return FieldError(field, absl::StrCat(kind, " is no kind of node"));
    }
    bits |= KindBit(static_cast<NodeKind>(kind));
  }
  return bits;
}

absl::StatusOr<EdgeTypeDeclaration> ToDeclaration(const v1::EdgeType& message,
                                                  const std::string& field) {
  EdgeTypeDeclaration type{message.name(), message.inverse_name(), message.symmetric()};
  PG_ASSIGN_OR_RETURN(type.source_kinds, ToKinds(message.source_kinds(), field + ".source_kinds"));
  PG_ASSIGN_OR_RETURN(type.target_kinds, ToKinds(message.target_kinds(), field + ".target_kinds"));
  return type;
}

absl::StatusOr<FactPrecondition> ToPrecondition(const v1::Precondition& message,
                                                const std::string& field) {
  FactPrecondition precondition;
  if (message.operation() != v1::PRECONDITION_OPERATION_MUST_MATCH &&
      message.operation() != v1::PRECONDITION_OPERATION_MUST_NOT_MATCH) {
    return FieldError(field + ".operation", "is required");
  }
  precondition.must_match = message.operation() == v1::PRECONDITION_OPERATION_MUST_MATCH;
  PG_ASSIGN_OR_RETURN(precondition.source, ToReference(message.source(), field + ".source"));
  precondition.type = message.type();
  if (message.has_target()) {
    PG_ASSIGN_OR_RETURN(precondition.target, ToReference(message.target(), field + ".target"));
  }
  return precondition;
}

absl::Status AddRecord(const std::string& line, const std::string& field, FactBatch& batch) {
  absl::StatusOr<GraphRecord> record = ParseGraphRecord(line);
  if (!record.ok()) return FieldError(field, std::string(record.status().message()));
  if (auto* node = std::get_if<GraphNodeRecord>(&*record)) {
    batch.nodes.push_back(std::move(*node));
  } else if (auto* edge = std::get_if<GraphEdgeRecord>(&*record)) {
    batch.edges.push_back(std::move(*edge));
  } else {
    batch.edge_types.push_back(std::get<EdgeTypeDeclaration>(*std::move(record)));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<FactBatch> ToFactBatch(const v1::WriteFactsRequest& request) {
  FactBatch batch;
  batch.writer = request.source();
  batch.idempotency_key = request.idempotency_key();
  const auto entries = static_cast<size_t>(request.nodes_size()) +
                       static_cast<size_t>(request.edges_size()) +
                       static_cast<size_t>(request.records_size());
  if (entries > kWrittenFactsMax + kImportedEdgeTypesMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the request has ", entries, " entries, at most ", kWrittenFactsMax));
  }
  for (int i = 0; i < request.nodes_size(); ++i) {
    PG_ASSIGN_OR_RETURN(batch.nodes.emplace_back(), ToNode(request.nodes(i), Item("nodes", i)));
  }
  for (int i = 0; i < request.edges_size(); ++i) {
    PG_ASSIGN_OR_RETURN(batch.edges.emplace_back(), ToEdge(request.edges(i), Item("edges", i)));
  }
  for (int i = 0; i < request.edge_types_size(); ++i) {
    PG_ASSIGN_OR_RETURN(batch.edge_types.emplace_back(),
                        ToDeclaration(request.edge_types(i), Item("edge_types", i)));
  }
  for (int i = 0; i < request.preconditions_size(); ++i) {
    PG_ASSIGN_OR_RETURN(batch.preconditions.emplace_back(),
                        ToPrecondition(request.preconditions(i), Item("preconditions", i)));
  }
  for (int i = 0; i < request.records_size(); ++i) {
    PG_RETURN_IF_ERROR(AddRecord(request.records(i), Item("records", i), batch));
  }
  return batch;
}

}  // namespace partnergraph
