#include "graph/edge_source.h"

#include "absl/strings/str_cat.h"

namespace partnergraph {

absl::StatusOr<std::vector<RingNode>> DescribeReached(EdgeSource& source,
                                                      std::span<const NodeId> nodes) {
  absl::StatusOr<std::vector<RingNode>> described = source.Describe(nodes);
  if (absl::IsNotFound(described.status())) {
    return absl::DataLossError(
        absl::StrCat("an edge leads to a node that is not there: ", described.status().message()));
  }
  return described;
}

}  // namespace partnergraph
