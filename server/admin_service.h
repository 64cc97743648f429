// partnergraph.v1.AdminService: what the server reports about itself.
#pragma once

#include <chrono>

#include "absl/status/status.h"
#include "partnergraph/v1/admin_service.pb.h"
#include "server/graph_reader.h"
#include "server/guarded_service.h"

namespace partnergraph {

class AdminService final : public GuardedService {
 public:
  // All must outlive the service.
  AdminService(const GraphReader& reader, CallGuard& guard, WorkerPools& pools);

 private:
  absl::Status GetStats(const Call& call, v1::GetStatsResponse* response);

  const GraphReader& reader_;
  const std::chrono::steady_clock::time_point start_;
};

// Bytes of this process that are in memory (resident set); 0 when the system does not say.
uint64_t ResidentBytes();

}  // namespace partnergraph
