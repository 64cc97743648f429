// The part of StoreView that compares nodes and looks for structure: the algorithms run on its
// EdgeSource.
#include "graph/common_neighbors.h"
#include "graph/cycles.h"
#include "graph/personal_rank.h"
#include "graph/similar_nodes.h"
#include "graph/store_view.h"
#include "graph/topology_whole_graph.h"
#include "graph/whole_graph.h"

namespace partnergraph {

absl::StatusOr<PathResult> StoreView::FindCycles(const CycleQuery& query) {
  return partnergraph::FindCycles(*this, query);
}

absl::StatusOr<CommonNeighborsResult> StoreView::CommonNeighbors(
    const CommonNeighborsQuery& query) {
  return FindCommonNeighbors(*this, query);
}

absl::StatusOr<SimilarNodesResult> StoreView::SimilarNodes(const SimilarNodesQuery& query) {
  return FindSimilarNodes(*this, query);
}

absl::StatusOr<PersonalRankResult> StoreView::RankFromSeeds(const PersonalRankQuery& query) {
  return partnergraph::RankFromSeeds(*this, query);
}

std::unique_ptr<WholeGraph> StoreView::Whole() {
  if (topology_ != nullptr) return MakeTopologyWholeGraph(topology_);
  return MakeStoreWholeGraph(reader_);
}

}  // namespace partnergraph
