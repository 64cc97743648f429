// How large the batch can become that takes an article back. A retraction rewrites what the article
// shares with others, so it grows with what those have added: longer titles, other names. A put is
// charged for the most that can come, so that no article is stored that could not be retracted.
#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "graph/graph_edit.h"
#include "graph/ids.h"
#include "graph/record_codec.h"

namespace partnergraph {

struct StoredFootprint {
  const std::string& article_id;
  ArticleNumber number{};
  size_t text_bytes = 0;
  size_t mention_count = 0;
  const std::map<NodeId, storage::ArticleNodeRecord>& votes;
};

// An upper bound on BatchBytes of the article's retraction. `edit` is the put with all votes and
// evidence in it.
size_t RetractionBytesMax(const StoredFootprint& article, const GraphEdit& edit);

}  // namespace partnergraph
