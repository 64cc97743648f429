#include "server/ingest_service.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "graph/status_macros.h"
#include "server/article_input.h"
#include "server/fact_input.h"
#include "server/grpc_status.h"
#include "server/ingest_stream.h"
#include "server/proto_conversion.h"

namespace partnergraph {

IngestService::IngestService(const ArticleIngester& ingester, const ReadTokens& tokens,
                             CallGuard& guard, WorkerPools& pools)
    : GuardedService(
          *v1::IngestArticleRequest::descriptor()->file()->FindServiceByName("IngestService"),
          guard, pools),
      ingester_(ingester),
      tokens_(tokens) {
  Unary<v1::IngestArticleRequest, v1::IngestArticleResponse>(
      "IngestArticle", [this](const Call&, const auto& request, auto* response) {
        return IngestArticle(request, response);
      });
  BidiStream("IngestArticles",
             [this](grpc::CallbackServerContext* context, std::unique_ptr<Call> call) {
               return IngestStream::Start(context, std::move(call), this->guard(), ingester_,
                                          tokens_, this->pools().writes);
             });
  Unary<v1::PreviewArticleRequest, v1::PreviewArticleResponse>(
      "PreviewArticle", [this](const Call&, const auto& request, auto* response) {
        return PreviewArticle(request, response);
      });
  Unary<v1::RetractArticleRequest, v1::RetractArticleResponse>(
      "RetractArticle", [this](const Call&, const auto& request, auto* response) {
        return RetractArticle(request, response);
      });
  Unary<v1::WriteFactsRequest, v1::WriteFactsResponse>(
      "WriteFacts", [this](const Call&, const auto& request, auto* response) {
        return WriteFacts(request, response);
      });
}

absl::Status IngestService::IngestArticle(const v1::IngestArticleRequest& request,
                                          v1::IngestArticleResponse* response) {
  PG_ASSIGN_OR_RETURN(Article article, ToArticleOf(request));
  const absl::StatusOr<PreparedArticle> prepared = ingester_.Prepare(std::move(article));
  if (!prepared.ok()) return AtPlaceOf(prepared.status(), request);
  const absl::StatusOr<PutResult> result = ingester_.Commit(*prepared);
  if (!result.ok()) return AtPlaceOf(result.status(), request);
  response->set_outcome(result->unchanged ? v1::INGEST_OUTCOME_UNCHANGED
                                          : v1::INGEST_OUTCOME_STORED);
  response->set_article_id(result->article_id);
  ToProto(result->diff, response->mutable_diff());
  response->set_write_token(tokens_.Encode(result->sequence));
  return absl::OkStatus();
}

absl::Status IngestService::PreviewArticle(const v1::PreviewArticleRequest& request,
                                           v1::PreviewArticleResponse* response) {
  PG_ASSIGN_OR_RETURN(Article article, ToArticleOf(request));
  const absl::StatusOr<ArticleIngester::Preview> preview =
      ingester_.MakePreview(std::move(article));
  if (!preview.ok()) return AtPlaceOf(preview.status(), request);
  response->set_extraction(preview->extraction);
  ToProto(preview->result.diff, response->mutable_diff());
  response->set_outcome(preview->result.unchanged ? v1::INGEST_OUTCOME_UNCHANGED
                                                  : v1::INGEST_OUTCOME_STORED);
  return absl::OkStatus();
}

absl::Status IngestService::RetractArticle(const v1::RetractArticleRequest& request,
                                           v1::RetractArticleResponse* response) {
  if (request.article_id().empty() || request.article_id().size() > kArticleIdBytesMax) {
    return FieldError("article_id", absl::StrCat("has ", request.article_id().size(),
                                                 " bytes, want 1 to ", kArticleIdBytesMax));
  }
  PG_ASSIGN_OR_RETURN(const RetractResult result, ingester_.Retract(request.article_id()));
  ToProto(result.diff, response->mutable_diff());
  response->set_write_token(tokens_.Encode(result.sequence));
  return absl::OkStatus();
}

absl::Status IngestService::WriteFacts(const v1::WriteFactsRequest& request,
                                       v1::WriteFactsResponse* response) {
  PG_ASSIGN_OR_RETURN(const FactBatch batch, ToFactBatch(request));
  PG_ASSIGN_OR_RETURN(const FactWriteResult result, ingester_.WriteFacts(batch));
  for (const NodeId node : result.nodes) response->add_node_ids(ToInt(node));
  for (const FactId fact : result.facts) response->add_fact_ids(ToInt(fact));
  response->set_unchanged(result.unchanged);
  ToProto(result.diff, response->mutable_diff());
  response->set_write_token(tokens_.Encode(result.sequence));
  return absl::OkStatus();
}

}  // namespace partnergraph
