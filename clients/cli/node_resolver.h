// From what a user types to a node.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/cpp/client.h"
#include "partnergraph/v1/graph.pb.h"

namespace partnergraph::cli {

// How NODE arguments are read, for --help.
extern const char kNodeArgumentHelp[];

struct ResolvedNode {
  uint64_t node_id = 0;
  // Of a node found by another name than its own: "商汤 is 商汤科技 (node 5)". Else empty.
  std::string note;
};

// `argument` is a node id (digits, or id:N) or a name. A prefix restricts the kind:
// company:NAME, person:NAME, product:NAME; name:NAME is any kind, for names of digits. The node
// whose own name it is wins over nodes with such an alias, and those over names without legal form.
// FAILED_PRECONDITION lists the candidates when several are equal; NOT_FOUND suggests similar
// names. An id is not looked up.
absl::StatusOr<ResolvedNode> ResolveNode(const client::Client& client, std::string_view argument);

}  // namespace partnergraph::cli
