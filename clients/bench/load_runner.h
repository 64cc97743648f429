// Keeps a number of calls under way for some time and measures them.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/time/time.h"
#include "clients/bench/latency_histogram.h"
#include "clients/bench/workload.h"
#include "grpcpp/channel.h"

namespace partnergraph::load {

struct LoadResult {
  LatencyHistogram reads, writes;  // Of good answers.
  uint64_t errors = 0;
  grpc::Status first_error;  // OK without errors.
  absl::Duration elapsed = absl::ZeroDuration();

  // Adds another run of the same workload.
  void Merge(const LoadResult& other);
  // Of all good answers.
  LatencyHistogram Latencies() const;
  // Good answers per second.
  double Rate() const;
};

// Runs `outstanding` calls at a time (at least 1; no more than the workload allows), spread over
// the channels (at least one), for `duration`; returns when the last one has ended, which takes
// `timeout` longer at most. The same `seed` picks the same arguments.
LoadResult RunLoad(const Workload& workload,
                   const std::vector<std::shared_ptr<grpc::Channel>>& channels, int outstanding,
                   absl::Duration duration, absl::Duration timeout, uint64_t seed);

}  // namespace partnergraph::load
