#include "clients/bench/target_sampler.h"

#include <algorithm>
#include <random>
#include <set>

#include "clients/cpp/status_macros.h"

namespace partnergraph::load {
namespace {

constexpr int kIdsPerCall = 1000;
constexpr int kCallsMax = 50;

}  // namespace

absl::StatusOr<Targets> SampleTargets(const client::Client& client, size_t count, uint64_t seed) {
  CLIENT_ASSIGN_OR_RETURN(const v1::GetStatsResponse stats, client.GetStats());
  uint64_t node_count = 0;
  for (const v1::NodeCount& nodes : stats.node_counts()) {
    node_count += nodes.count();
  }
  Targets targets;
  uint64_t hub_degree = 0;
  std::mt19937_64 random(seed);
  std::set<uint64_t> tried;
  // Ids of removed nodes are not given out again, so the largest id may exceed the count: each call
  // looks a little further.
  uint64_t id_max = node_count + 1;
  for (int call = 0; call < kCallsMax && targets.node_ids.size() < count; ++call) {
    v1::BatchGetNodesRequest request;
    for (int i = 0; i < 4 * kIdsPerCall && request.node_ids_size() < kIdsPerCall; ++i) {
      const uint64_t id = 1 + random() % id_max;
      if (tried.insert(id).second) {
        request.add_node_ids(id);
      }
    }
    id_max += id_max / 2 + 1;
    if (request.node_ids_size() == 0) {
      continue;
    }
    CLIENT_ASSIGN_OR_RETURN(const v1::BatchGetNodesResponse response,
                            client.BatchGetNodes(request));
    for (const v1::Node& node : response.nodes()) {
      targets.node_ids.push_back(node.node_id());
      if (node.kind() != v1::NODE_KIND_PARTNERSHIP) {
        targets.names.push_back(node.name());
      }
      if (targets.hub_id == 0 || node.degree() > hub_degree) {
        hub_degree = node.degree();
        targets.hub_id = node.node_id();
      }
    }
    if (targets.node_ids.size() >= node_count) {
      break;
    }
  }
  if (targets.names.empty()) {
    return absl::FailedPreconditionError("the graph has no nodes; ingest something first");
  }
  return targets;
}

}  // namespace partnergraph::load
