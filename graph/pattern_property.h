// The properties that a pattern query may name, as a table, and the words that it may not use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "graph/pattern_query.h"

namespace partnergraph {

struct PatternPropertyInfo {
  std::string_view name;
  PatternProperty property;
  PatternType type;
  bool of_nodes;
  bool of_edges;
};

// The row of a property of a node or of an edge; nullptr when it has none of that name.
const PatternPropertyInfo* FindPatternProperty(std::string_view name, bool of_edge);

// "id, name, kind, ...": what there is.
std::string PatternPropertyNames(bool of_edge);

// "a string", for messages.
std::string_view PatternTypeName(PatternType type);

// What a word begins that the language leaves out, such as CREATE, shortestPath or `+`; nullopt for
// other words. Upper and lower case are one.
std::optional<std::string_view> PatternOutside(std::string_view word);

// True for words that no variable may have as its bare name. Upper and lower case are one.
bool IsPatternKeyword(std::string_view word);

// True when `word` is `keyword`, which is in upper case, in any case.
bool IsWord(std::string_view word, std::string_view keyword);

}  // namespace partnergraph
