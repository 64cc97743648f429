// How edges, deals, quotes and diffs look to people and in csv. Arguments are records as
// proto_json.h makes them.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "clients/cli/output.h"

namespace partnergraph::cli {

// Columns of a v1::Edge.
std::vector<OutputColumn> EdgeColumns();

// "商汤科技 -PARTNER_WITH- 医诺 (STRATEGIC_COOPERATION, 2018-11)"; directed edges have an arrow.
std::string EdgeText(const Json& edge);

// "云桥科技 -PARTY_TO-> SUPPLY (9) <-PARTY_TO- Acme": the nodes and edges of a walk that ends at
// `end`; deals as their kind and id.
std::string WalkText(const Json& edges, const Json& end);

// Writes paths, v1::Path: of each the names of its nodes, its length and certainty, and its edges.
void WritePaths(const Json& paths, const TextStyle& style, std::ostream& out);

// "商汤科技 (5)"
std::string NodeText(const Json& node_summary);

// A date for people: "2018-11", "before 2018-11"; "" for none. Takes the text of date_text.h.
std::string DateForPeople(const Json& date);

// "1 source", "2 sources".
std::string Counted(const std::string& count, const std::string& noun);

// Writes the quote in quotation marks and the line that says where it is from, indented and
// wrapped. Of what an import or a writer states, the place in its files or the writer's name.
void WriteEvidence(const Json& evidence, const TextStyle& style, std::ostream& out);

// Writes the changes and counts of diff_output.h.
void WriteChanges(const Json& changes, const Json& counts, std::ostream& out);

// Writes "label  text", the text wrapped behind the label. Escapes.
void WriteField(const std::string& label, const std::string& text, const TextStyle& style,
                std::ostream& out);

// TextForPeople() of a field of `record`, empty when it is null or absent.
std::string FieldText(const Json& record, const std::string& key);

}  // namespace partnergraph::cli
