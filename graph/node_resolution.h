// Which stored nodes an article's nodes are. Asserted nodes of one kind that share a normalized
// name, directly or through others, are one node. It is the stored node of the kind that shares the
// most of their names; of several the one named by more articles, then the older one; a new node
// when none shares a name. The order of the assertions does not matter, save for the ids of new
// nodes.
#pragma once

#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "graph/article_facts.h"
#include "graph/graph_edit.h"
#include "graph/ids.h"
#include "graph/record_reader.h"

namespace partnergraph {

// Nodes of one normalized name and kind that are considered, and rows of one name that are read to
// find them; further ones, which are younger, are not.
inline constexpr uint32_t kHomonymsMax = 256;
inline constexpr uint32_t kHomonymRowsMax = 4 * kHomonymsMax;

// The node of each assertion, in order. Candidates are loaded into `edit`, new nodes added to it.
absl::StatusOr<std::vector<NodeId>> ResolveNodes(RecordReader& reader,
                                                 std::span<const NodeAssertion> assertions,
                                                 GraphEdit& edit);

}  // namespace partnergraph
