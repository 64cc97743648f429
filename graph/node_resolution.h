// Which stored nodes an article's nodes are. An asserted node becomes the node of its kind that
// shares the most of its names, normalized; of several the one named by more articles, then the
// older one; a new node when none shares a name. Asserted nodes that share a name with each other
// become one node.
#pragma once

#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/article_facts.h"
#include "graph/graph_edit.h"
#include "graph/ids.h"
#include "graph/record_reader.h"

namespace partnergraph {

// Nodes of one normalized name that are considered; further ones, which are younger, are not.
inline constexpr uint32_t kHomonymsMax = 256;

// The node of each assertion, in order. Candidates are loaded into `edit`, new nodes added to it.
absl::StatusOr<std::vector<NodeId>> ResolveNodes(RecordReader& reader,
                                                 std::span<const NodeAssertion> assertions,
                                                 GraphEdit& edit);

}  // namespace partnergraph
