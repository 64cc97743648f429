#include "server/export_conversion.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "server/grpc_status.h"
#include "server/proto_conversion.h"
#include "server/request_conversion.h"

namespace partnergraph {

absl::StatusOr<ExportQuery> ToExportQuery(const v1::ExportSubgraphRequest& request,
                                          std::string position, const Call& call,
                                          const Schema& schema) {
  ExportQuery query;
  if (!v1::ExportFormat_IsValid(request.format()) ||
      request.format() == v1::EXPORT_FORMAT_UNSPECIFIED) {
    return FieldError("format", absl::StrCat(static_cast<int>(request.format()), " is no format"));
  }
  query.format = static_cast<ExportFormat>(request.format());
  if (request.hops() > kHopsMax) {
    return FieldError("hops", absl::StrCat("is ", request.hops(), ", want 0 to ", kHopsMax));
  }
  query.hops = request.hops();
  PG_ASSIGN_OR_RETURN(query.filter, ToFilter(request.filter(), "filter", schema));
  if (request.node_ids().empty()) {
    if (request.hops() > 0) return FieldError("hops", "without node_ids");
    if (query.filter.direction != DirectionFilter::kBoth) {
      return FieldError("filter.direction", "without node_ids");
    }
  } else {
    PG_ASSIGN_OR_RETURN(query.nodes, ToNodeIds(request.node_ids(), kStartNodesMax));
  }
  PG_ASSIGN_OR_RETURN(query.node_kinds, ToNodeKinds(request.node_kinds(), "node_kinds"));
  PG_ASSIGN_OR_RETURN(query.budget, ToBudget(request.budget(), call));
  query.position = std::move(position);
  return query;
}

void ToProto(ExportPart&& part, v1::ExportSubgraphResponse* out) {
  out->set_file(std::move(part.file));
  out->set_content(std::move(part.bytes));
  out->set_node_count(part.node_count);
  out->set_edge_count(part.edge_count);
}

void ToProto(const ExportEnd& end, v1::ExportSubgraphResponse* out) {
  out->set_node_count(end.node_count);
  out->set_edge_count(end.edge_count);
  out->set_node_total(end.node_total);
  out->set_edge_total(end.edge_total);
  if (end.truncation.has_value()) ToProto(*end.truncation, out->mutable_truncation());
}

}  // namespace partnergraph
