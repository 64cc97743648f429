// From an article to the edit that stores it, and back: what GraphStore commits.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "graph/article_facts.h"
#include "graph/graph_edit.h"
#include "graph/graph_store.h"
#include "graph/record_reader.h"

namespace partnergraph {

// An edit ready to be committed.
struct PlannedWrite {
  PutResult result;  // Of a retraction: article_id, diff and sequence.
  std::vector<KvWrite> writes;
  std::string counters_before;  // Empty: the counters must not exist.
  std::string idempotency_key;
};

// 16 bytes that tell contents apart: everything but id and language, which the ingest fills in.
std::string ContentHash(const Article& article);

// The id under which the article's content is stored, if it is; compared in full, not by hash.
absl::StatusOr<std::optional<std::string>> FindStoredContent(RecordReader& reader,
                                                             const Article& article);

// Errors as GraphStore::PutArticle. With result.unchanged set there is nothing to write. Facts that
// would join a node to itself once its names are resolved, and deals left with one party, are left
// out.
absl::StatusOr<PlannedWrite> PlanPut(RecordReader& reader, const ArticleFacts& facts);

// Errors as GraphStore::RetractArticle.
absl::StatusOr<PlannedWrite> PlanRetract(RecordReader& reader, std::string_view article_id);

}  // namespace partnergraph
