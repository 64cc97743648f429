#include "server/cut_cursor.h"

#include "partnergraph/v1/graph_service.pb.h"

namespace partnergraph {

void SealCutNodes(const Truncation& truncation, const PageTokens& cursors,
                  absl::FunctionRef<const v1::FactFilter*(uint32_t step)> filter_of,
                  v1::Truncation* out) {
  for (size_t i = 0; i < truncation.nodes.size(); ++i) {
    const CutNode& node = truncation.nodes[i];
    if (node.position.empty()) continue;
    v1::ListEdgesRequest list;
    list.set_node_id(ToInt(node.node));
    if (const v1::FactFilter* filter = filter_of(node.step)) *list.mutable_filter() = *filter;
    out->mutable_nodes(static_cast<int>(i))->set_cursor(cursors.Seal(list, node.position));
  }
}

}  // namespace partnergraph
