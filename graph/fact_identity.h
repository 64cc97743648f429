// What makes two facts the same: what they say, and not who says it or when.
//   edge         type, source, target; role; normalized title (EMPLOYED_BY: a person who is given
//                two titles at one company holds two)
//   partnership  kind, parties, and the year of its date (0 when unknown); one with fewer than two
//                parties, which only imports bring, is itself alone
// An import may state several facts that would be the same: edges of one type between the same ends
// with different dates, and partnerships of the same parties. The first is found by what it says;
// the others have an occurrence, which sets them apart: an edge its packed date, a partnership its
// fact's id.
#pragma once

#include <string>

#include "graph/record_codec.h"

namespace partnergraph {

// Bytes that are equal for two records exactly when they are the same fact.
std::string FactIdentity(const storage::FactRecord& fact);

}  // namespace partnergraph
