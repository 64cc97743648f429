// What makes two facts the same: what they say, and not who says it or when.
//   edge         type, source, target; role; normalized title (EMPLOYED_BY: a person who is given
//                two titles at one company holds two)
//   partnership  kind, parties, and the year of its date (0 when unknown)
#pragma once

#include <string>

#include "graph/record_codec.h"

namespace partnergraph {

// Bytes that are equal for two records exactly when they are the same fact.
std::string FactIdentity(const storage::FactRecord& fact);

}  // namespace partnergraph
