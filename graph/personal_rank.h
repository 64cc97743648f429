// Personalized PageRank: where a walker is who follows a random edge with probability `damping` and
// else starts anew at one of the seeds. Who matters from the point of view of some nodes.
//
// By forward push (Andersen, Chung, Lang: "Local Graph Partitioning using PageRank Vectors", 2006):
// rank waits at nodes; a node with more waiting than tolerance times its number of edges keeps
// 1 - damping of it and pushes the rest along its edges. So only nodes that get a share worth it
// are read: about 1 / ((1 - damping) * tolerance) edges, however large the graph is.
#pragma once

#include "absl/status/statusor.h"
#include "graph/analysis_query.h"
#include "graph/edge_source.h"

namespace partnergraph {

// Ranks the nodes that rank came to, the seeds included, the highest first, of equal ones the
// smaller id. A walk follows stored edges one by one, those to deals too; naming PARTNER_WITH keeps
// PARTY_TO edges. Each seed is started at equally often. Parallel edges count each. A walker at a
// node without edges starts anew. Each score is too low by at most result.missing, which is what
// still waits; the rest is exact. Hubs over skip_degree keep what comes to them waiting. NOT_FOUND
// for a seed that does not exist; CANCELLED, DATA_LOSS, UNAVAILABLE.
absl::StatusOr<PersonalRankResult> RankFromSeeds(EdgeSource& source,
                                                 const PersonalRankQuery& query);

}  // namespace partnergraph
