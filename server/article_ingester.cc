#include "server/article_ingester.h"

#include <optional>
#include <utility>

#include "graph/status_macros.h"
#include "server/grpc_status.h"

namespace partnergraph {
namespace {

absl::Status WithIngestReason(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return WithReason(status, "ARTICLE_REFUSED");
    case absl::StatusCode::kResourceExhausted:
      return WithReason(status, "TOO_MANY_FACTS");
    case absl::StatusCode::kAlreadyExists:
      return WithReason(status, "ID_TAKEN");
    default:
      return status;
  }
}

}  // namespace

absl::StatusOr<PreparedArticle> ArticleIngester::Prepare(Article article) const {
  PreparedArticle prepared;
  PG_ASSIGN_OR_RETURN(const std::optional<std::string> stored, graph_.FindByContent(article));
  if (stored.has_value()) {
    prepared.unchanged = true;
    prepared.article_id = *stored;
    return prepared;
  }
  const absl::StatusOr<Document> document = pipeline_.Extract(std::move(article));
  if (!document.ok()) return WithIngestReason(document.status());
  prepared.facts = ToArticleFacts(*document);
  return prepared;
}

absl::StatusOr<PutResult> ArticleIngester::Commit(const PreparedArticle& prepared) const {
  if (prepared.unchanged) {
    return PutResult{
        .unchanged = true, .article_id = prepared.article_id, .sequence = graph_.LastSequence()};
  }
  absl::StatusOr<PutResult> result = graph_.PutArticle(prepared.facts);
  health_.Record(result.status());
  if (!result.ok()) return WithIngestReason(result.status());
  return result;
}

absl::StatusOr<RetractResult> ArticleIngester::Retract(std::string_view article_id) const {
  absl::StatusOr<RetractResult> result = graph_.RetractArticle(article_id);
  health_.Record(result.status());
  return result;
}

absl::StatusOr<FactWriteResult> ArticleIngester::WriteFacts(const FactBatch& batch) const {
  absl::StatusOr<FactWriteResult> result = graph_.WriteFacts(batch);
  health_.Record(result.status());
  return result;
}

absl::StatusOr<ArticleIngester::Preview> ArticleIngester::MakePreview(Article article) const {
  const absl::StatusOr<Document> document = pipeline_.Extract(std::move(article));
  if (!document.ok()) return WithIngestReason(document.status());
  Preview preview;
  preview.extraction = ToJson(*document);
  absl::StatusOr<PutResult> result = graph_.PreviewArticle(ToArticleFacts(*document));
  if (!result.ok()) return WithIngestReason(result.status());
  preview.result = *std::move(result);
  return preview;
}

}  // namespace partnergraph
