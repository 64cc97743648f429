// Whether an article and what it asserts may be stored.
#pragma once

#include "absl/status/status.h"
#include "graph/article_facts.h"

namespace partnergraph {

// INVALID_ARGUMENT for an article over its limits, without any text or not UTF-8, and for
// assertions that break the schema; the message names the field or the assertion, such as
// "edges[3]". RESOURCE_EXHAUSTED for more nodes, facts or longer names than article_facts.h allows.
absl::Status CheckArticleFacts(const ArticleFacts& facts);

}  // namespace partnergraph
