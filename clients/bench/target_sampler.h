// Finds nodes of a running server to ask for.
#pragma once

#include "absl/status/statusor.h"
#include "clients/bench/workload.h"
#include "clients/cpp/client.h"

namespace partnergraph::load {

// Up to `count` nodes of every kind and their names, found by trying ids (servers give them out in
// sequence); the hub is the one with the most edges. FAILED_PRECONDITION when the graph has no
// nodes.
absl::StatusOr<Targets> SampleTargets(const client::Client& client, size_t count, uint64_t seed);

}  // namespace partnergraph::load
