// A node of a bulk load between the reading of its file and the writing of its rows: one after the
// other in a temporary file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "graph/graph_record.h"
#include "graph/node_id_map.h"
#include "graph/vocabulary.h"

namespace partnergraph {

// Views of the staged bytes.
struct StagedNode {
  NodeKind kind{};
  std::string_view name;  // As the import gives it; so are the next two.
  std::string_view org_type;
  std::string_view external_id;
  std::vector<std::string_view> names;  // Each once, the canonical one among them.
  // Partnerships only.
  std::string_view deal_kind;
  uint32_t year = 0;
  std::string_view fact;           // ImportedFactRecord, without the number and terms' parties.
  std::vector<NodeIdKey> parties;  // Of its terms; empty keys for none.
};

// `ids` hashes what terms refer to.
std::string StageNode(const GraphNodeRecord& node, uint64_t place, const NodeIdMap& ids);

// Visits staged nodes in order, with their numbers from 0, until `visit` returns an error.
absl::Status ForEachStagedNode(std::string_view bytes,
                               absl::FunctionRef<absl::Status(uint32_t, const StagedNode&)> visit);

}  // namespace partnergraph
