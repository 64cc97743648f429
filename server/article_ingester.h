// One article on its way into the graph, in the two steps that a stream runs apart: Prepare for
// many articles at once, Commit one after the other. Thread-safe.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "graph/article_facts.h"
#include "graph/graph_store.h"
#include "ingest/pipeline.h"
#include "server/store_health.h"

namespace partnergraph {

// An article that was read: what it says, or that its content is stored already.
struct PreparedArticle {
  bool unchanged = false;
  std::string article_id;  // Under which it is stored. Only when unchanged.
  ArticleFacts facts;      // Empty when unchanged.
};

class ArticleIngester {
 public:
  // All must outlive the ingester.
  ArticleIngester(GraphStore& graph, const Pipeline& pipeline, const StoreHealth& health)
      : graph_(graph), pipeline_(pipeline), health_(health) {}

  // Looks whether the content is stored; if not, extracts. Errors of Pipeline::Extract get the
  // reason ARTICLE_REFUSED or TOO_MANY_FACTS.
  absl::StatusOr<PreparedArticle> Prepare(Article article) const;

  // Stores it durably, all or nothing. Errors of GraphStore::PutArticle, with a reason.
  absl::StatusOr<PutResult> Commit(const PreparedArticle& prepared) const;

  // Takes an article back. Errors of GraphStore::RetractArticle.
  absl::StatusOr<RetractResult> Retract(std::string_view article_id) const;

  // Stores facts without an article. Errors of GraphStore::WriteFacts.
  absl::StatusOr<FactWriteResult> WriteFacts(const FactBatch& batch) const;

  // What Commit would change, and the extraction as JSON.
  struct Preview {
    PutResult result;
    std::string extraction;
  };
  absl::StatusOr<Preview> MakePreview(Article article) const;

 private:
  GraphStore& graph_;
  const Pipeline& pipeline_;
  const StoreHealth& health_;
};

}  // namespace partnergraph
