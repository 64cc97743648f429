// Names to show: of a node by its articles' votes, of a partnership by its parties, of a fact by
// what it joins. Pure functions.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "graph/ids.h"
#include "graph/record_codec.h"
#include "graph/schema.h"

namespace partnergraph {

// Parties that a partnership's name lists; of the others it gives the number.
inline constexpr size_t kNamedPartiesMax = 4;

// The name of a node: the import's, else CanonicalName of its aliases.
std::string NodeName(const storage::NodeRecord& node,
                     const std::map<std::string, storage::AliasRecord>& aliases);

// The name that most articles use as the full name; ties by the articles that use it at all, then
// the longer, then the first in byte order. "" without aliases.
std::string CanonicalName(const std::map<std::string, storage::AliasRecord>& aliases);

// The organization type that an import gives, else the one of most votes, ties to the first in byte
// order. "" without any.
std::string OrgTypeByVotes(const storage::NodeRecord& node);

// "JOINT_VENTURE: A · B", with " · +3" for parties over kNamedPartiesMax. `names` are those of the
// first parties, in the order of their ids.
std::string PartnershipName(std::string_view kind, const std::vector<std::string>& names,
                            size_t party_count);

// "林志民 EMPLOYED_BY 东亚银行（中国）有限公司"; of a partnership its name. `name` gives the name
// of a node. Of a type that `schema` lacks it gives the number.
std::string DescribeFact(const storage::FactRecord& fact, const Schema& schema,
                         absl::FunctionRef<std::string(NodeId)> name);

}  // namespace partnergraph
