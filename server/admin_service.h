// partnergraph.v1.AdminService: what the server reports about itself, and its long operations.
#pragma once

#include <chrono>

#include "absl/status/status.h"
#include "partnergraph/v1/admin_service.pb.h"
#include "server/graph_reader.h"
#include "server/guarded_service.h"
#include "server/operation_registry.h"

namespace partnergraph {

class AdminService final : public GuardedService {
 public:
  // All must outlive the service.
  AdminService(const GraphReader& reader, OperationRegistry& operations, CallGuard& guard,
               WorkerPools& pools);

 private:
  absl::Status GetStats(const Call& call, v1::GetStatsResponse* response);

  absl::Status GetOperation(const v1::GetOperationRequest& request,
                            v1::GetOperationResponse* response);
  absl::Status ListOperations(v1::ListOperationsResponse* response);
  absl::Status CancelOperation(const v1::CancelOperationRequest& request,
                               v1::CancelOperationResponse* response);

  const GraphReader& reader_;
  OperationRegistry& operations_;
  const std::chrono::steady_clock::time_point start_;
};

// Bytes of this process that are in memory (resident set); 0 when the system does not say.
uint64_t ResidentBytes();

}  // namespace partnergraph
