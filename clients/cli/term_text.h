// Terms of deals (amounts, stakes, rounds) as people read them. Arguments are records as
// proto_json.h makes them.
#pragma once

#include <iosfwd>
#include <string>

#include "clients/cli/output.h"

namespace partnergraph::cli {

// "about CNY 120 million", "51%", "A+" of a v1::DealTerm, with the name of the party that it
// is said of where `participants` (of the deal) has it. Figures are never rounded.
std::string TermText(const Json& term, const Json& participants);

// The fields that a deal's terms have; the others are for evidence.
Json DealTermRecord(const Json& term);

// One line for each kind of term: "amount  CNY 120 million (2 sources); CNY 118 million (1
// source)".
void WriteTerms(const Json& terms, const Json& participants, const TextStyle& style,
                std::ostream& out);

}  // namespace partnergraph::cli
