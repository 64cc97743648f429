// Public sets of relations between two names of a sentence, to learn from and to be measured on.
// The forms: FinRE and SanWen have one JSON object a line with text, head, tail and
// relation; CORE has the words of a context and the places of its two entities; FinRED has triples
// over words; KBP37 marks the two names with <e1> and <e2>; FewFC has events with the spans of
// their arguments.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ingest/document.h"

namespace partnergraph {

// One row of a set: what a sentence says of two names. The document has a single sentence.
struct RelationExample {
  std::shared_ptr<const Document> document;  // Rows of one text share it.
  Span head;                                 // Some names of KBP37 are empty.
  Span tail;
  std::string label;
  // The row says that the relation holds from tail to head. CORE only; other sets say it in the
  // label.
  bool inverted = false;
};

// Reads a file of the set "finre", "sanwen", "core", "finred" or "kbp37"; files that end in .xz are
// decompressed. NOT_FOUND when the file cannot be read; INVALID_ARGUMENT for
// another set, and names the file and line of what is not in the set's form.
absl::StatusOr<std::vector<RelationExample>> ReadRelationSet(std::string_view set,
                                                             const std::string& path);

// What a text is in a RelationExample: a document of one sentence with the mentions that the rules
// find.
absl::StatusOr<std::shared_ptr<Document>> MakeSentenceDocument(std::string text);

// Calls `read` with the object of each line of a data file (data_file.h); blank lines are
// skipped. Stops with what it returns when that is not OK. INVALID_ARGUMENT for a line without one.
absl::Status ForEachObject(const std::string& path,
                           absl::FunctionRef<absl::Status(const nlohmann::json&)> read);

}  // namespace partnergraph
