#include "server/admin_service.h"

#include <unistd.h>

#include <fstream>

#include "graph/status_macros.h"
#include "ingest/pipeline.h"
#include "server/config.h"
#include "server/operation_conversion.h"
#include "server/proto_conversion.h"

namespace partnergraph {

AdminService::AdminService(const GraphReader& reader, OperationRegistry& operations,
                           CallGuard& guard, WorkerPools& pools)
    : GuardedService(*v1::GetStatsRequest::descriptor()->file()->FindServiceByName("AdminService"),
                     guard, pools),
      reader_(reader),
      operations_(operations),
      start_(std::chrono::steady_clock::now()) {
  Unary<v1::GetStatsRequest, v1::GetStatsResponse>(
      "GetStats",
      [this](const Call& call, const auto&, auto* response) { return GetStats(call, response); });
  Unary<v1::GetOperationRequest, v1::GetOperationResponse>(
      "GetOperation", [this](const Call&, const auto& request, auto* response) {
        return GetOperation(request, response);
      });
  Unary<v1::ListOperationsRequest, v1::ListOperationsResponse>(
      "ListOperations",
      [this](const Call&, const auto&, auto* response) { return ListOperations(response); });
  Unary<v1::CancelOperationRequest, v1::CancelOperationResponse>(
      "CancelOperation", [this](const Call&, const auto& request, auto* response) {
        return CancelOperation(request, response);
      });
}

absl::Status AdminService::GetStats(const Call& call, v1::GetStatsResponse* response) {
  PG_ASSIGN_OR_RETURN(const auto view, reader_.View({}, call));
  PG_ASSIGN_OR_RETURN(const GraphStats stats, view->GetStats());
  ToProto(stats, view->schema(), response);
  response->set_version(std::string(ServerVersion()));
  response->set_memory_bytes(ResidentBytes());
  response->set_uptime_seconds(
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - start_)
          .count());
  response->set_read_token(reader_.TokenOf(*view));
  ToProto(reader_.ReportTopology(), response->mutable_topology());
  response->set_extractor(std::string(kExtractorName));
  return absl::OkStatus();
}

absl::Status AdminService::GetOperation(const v1::GetOperationRequest& request,
                                        v1::GetOperationResponse* response) {
  PG_ASSIGN_OR_RETURN(const Operation operation, operations_.Get(request.operation_id()));
  ToProto(operation, reader_.tokens(), response->mutable_operation());
  return absl::OkStatus();
}

absl::Status AdminService::ListOperations(v1::ListOperationsResponse* response) {
  for (const Operation& operation : operations_.List()) {
    ToProto(operation, reader_.tokens(), response->add_operations());
  }
  return absl::OkStatus();
}

absl::Status AdminService::CancelOperation(const v1::CancelOperationRequest& request,
                                           v1::CancelOperationResponse* response) {
  PG_ASSIGN_OR_RETURN(const Operation operation, operations_.Cancel(request.operation_id()));
  ToProto(operation, reader_.tokens(), response->mutable_operation());
  return absl::OkStatus();
}

uint64_t ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  uint64_t total_pages = 0;
  uint64_t resident_pages = 0;
  statm >> total_pages >> resident_pages;
  return resident_pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace partnergraph
