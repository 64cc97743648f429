// What each stage of extraction did to one article, for people who improve it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "ingest/pipeline.h"

namespace partnergraph {

// Runs the stages one by one and tells, after each, what it added: sentences with their language,
// mentions with the rule or model that found them and how sure it is, entities with their names,
// relations and deals with rule, confidence, terms and evidence (those whose confidence it changed
// once more), and what it left out and why (Document::trace). Lines of text; quotes are cut at 80
// characters. Errors as Pipeline::Extract, but without its limits on entities and facts.
absl::StatusOr<std::string> Explain(const Pipeline& pipeline, Article article);

}  // namespace partnergraph
