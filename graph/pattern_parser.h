// The text form of traversals: a read-only subset of openCypher and GQL patterns.
//
//   MATCH (a:Company {name: '商汤科技'})-[:PARTY_TO]-(p:Partnership)-[:PARTY_TO]-(b)
//   WHERE p.date > '2018-06' AND b <> a RETURN b, p.kind ORDER BY p.date DESC LIMIT 20
//
// Grammar (EBNF; keywords, labels and edge types in upper or lower case; comments // and /* */):
//
// clang-format off
//   query      = [ "EXPLAIN" ] "MATCH" path { "," path } [ "WHERE" condition ]
//                "RETURN" [ "DISTINCT" ] ( "*" | item { "," item } )
//                [ "ORDER" "BY" sort { "," sort } ] [ "SKIP" count ] [ "LIMIT" count ] [ ";" ] ;
//   path       = node { edge node } ;
//   node       = "(" [ name ] [ ":" label { "|" [ ":" ] label } ] [ map ] ")" ;
//   label      = "Company" | "Person" | "Product" | "Partnership" ;
//   edge       = "-" [ detail ] "-" | "-" [ detail ] "->" | "<-" [ detail ] "-" | "<-" [ detail ] "->" ;
//   detail     = "[" [ name ] [ ":" type { "|" [ ":" ] type } ] [ "*" length ] [ map ] "]" ;
//   length     = integer | [ integer ] ".." integer ;
//   map        = "{" [ property ":" constant { "," property ":" constant } ] "}" ;
//   condition  = and { "OR" and } ;
//   and        = not { "AND" not } ;
//   not        = { "NOT" } predicate ;
//   predicate  = operand [ comparison operand | "IN" list | ( "STARTS" "WITH" | "ENDS" "WITH" | "CONTAINS" ) operand
//                        | "IS" [ "NOT" ] "NULL" ]
//              | name ":" label { "|" [ ":" ] label } ;
//   comparison = "=" | "<>" | "<" | "<=" | ">" | ">=" ;
//   operand    = "(" condition ")" | name [ "." property ] | "id" "(" name ")" | "type" "(" name ")" | constant ;
//   constant   = string | [ "-" ] number | "TRUE" | "FALSE" | "NULL" | "date" "(" string ")" | parameter ;
//   list       = "[" [ constant { "," constant } ] "]" | parameter ;
//   item       = ( condition | total ) [ "AS" name ] ;
//   total      = "count" "(" ( "*" | [ "DISTINCT" ] name [ "." property ] ) ")" ;
//   sort       = ( condition | total ) [ "ASC" | "ASCENDING" | "DESC" | "DESCENDING" ] ;
//   count      = integer | parameter ;
//   parameter  = "$" name ;
//   name       = letter or "_", then letters, digits, "_", of any script; or any text in backticks ;
//   string     = text in ' or ", with the escapes \\ \' \" \` \n \t \r \b \f \uXXXX \UXXXXXXXX ;
// clang-format on
//
// Meaning. Places with one node variable are one node; an edge variable stands once. In one match
// no edge is used twice (two nodes may be the same). Conditions have Cypher's three values: a
// comparison with null, or of a date that does not decide it, is neither true nor false, and WHERE
// keeps what is true.
//   - Properties of nodes: id, name, kind, degree, article_count, org_type; of partnerships also
//     date, status, confidence, source_count, location (null on other nodes). `kind` of a
//     partnership is the kind of the deal (JOINT_VENTURE), of other nodes COMPANY, PERSON, PRODUCT:
//     labels tell nodes apart. Of edges: id (of the fact), type, date, status, confidence,
//     source_count, role, title. An empty text is null.
//   - `name` equal to, or IN, constants asks the names index: any name of the node that is the same
//     after normalization (width, case, traditional to simplified). Partnerships have no name
//     there. Every other comparison takes the name that is shown.
//   - Dates are compared with constants 'YYYY', 'YYYY-MM' and 'YYYY-MM-DD', which are periods:
//     date < P means before P begins, <= before it ends, = within it, >= since it began, > after
//     it. A date without a month or day, or with a bound (before, after), can mean many days: the
//     comparison is true when all of them fulfil it, false when none does, else null.
//   - An edge whose status is DENIED matches only when the query says something of the edge's
//     status. An edge without types is any stored edge; PARTNER_WITH is also derived: a passage
//     through a deal that two companies are party to (see traversal.h), of which no two matches of
//     one edge have the same deal and companies.
//   - A variable length is a trail of that many edges, each of which has the type, the direction
//     and the map; its variable is the list of them and has no properties.
//   - count and DISTINCT work as in Cypher: what RETURN gives beside counts makes the groups; count
//     leaves out nulls. ORDER BY puts nulls last, or first when descending; ties have no order.
//
// Limits, each refused with its place: text 16 KiB, names 128 bytes, 8 paths, 16 nodes and 16 edges
// in all, lengths up to 6 and 24 edges together, 32 parentheses deep, 1,000 entries of a list, 256
// conditions, 32 columns, 8 keys to sort by, SKIP 1,000,000; 64 parameters of 64 KiB together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "graph/pattern_lexer.h"
#include "graph/pattern_query.h"

namespace partnergraph {

inline constexpr size_t kPatternPathsMax = 8;
inline constexpr size_t kPatternNodesMax = 16;
inline constexpr size_t kPatternEdgesMax = 16;
inline constexpr uint32_t kPatternLengthMax = 6;
inline constexpr uint32_t kPatternHopsMax = 24;
// The parser, and whoever evaluates a condition, descends this deep.
inline constexpr size_t kPatternDepthMax = 32;
inline constexpr size_t kPatternListMax = 1000;
inline constexpr size_t kPatternConditionsMax = 256;
inline constexpr size_t kPatternItemsMax = 32;
inline constexpr size_t kPatternOrderMax = 8;
inline constexpr uint64_t kPatternSkipMax = 1'000'000;
inline constexpr size_t kPatternParametersMax = 64;
inline constexpr size_t kPatternParameterBytesMax = 64 << 10;

// Parses and checks everything that needs no graph: edge types are left as words. Every error is
// INVALID_ARGUMENT: a PatternError, or one that names the parameter. What the language leaves out
// (CREATE, WITH, OPTIONAL MATCH, shortestPath, ...) is refused by name.
absl::StatusOr<PatternQuery> ParsePattern(std::string_view text,
                                          std::span<const PatternParameter> parameters = {});

}  // namespace partnergraph
