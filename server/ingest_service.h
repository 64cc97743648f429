// partnergraph.v1.IngestService: translate, ingest, translate.
#pragma once

#include "absl/status/status.h"
#include "partnergraph/v1/ingest_service.pb.h"
#include "server/article_ingester.h"
#include "server/guarded_service.h"
#include "server/read_token.h"

namespace partnergraph {

class IngestService final : public GuardedService {
 public:
  // All must outlive the service.
  IngestService(const ArticleIngester& ingester, const ReadTokens& tokens, CallGuard& guard,
                WorkerPools& pools);

 private:
  absl::Status IngestArticle(const v1::IngestArticleRequest& request,
                             v1::IngestArticleResponse* response);
  absl::Status PreviewArticle(const v1::PreviewArticleRequest& request,
                              v1::PreviewArticleResponse* response);
  absl::Status RetractArticle(const v1::RetractArticleRequest& request,
                              v1::RetractArticleResponse* response);
  absl::Status WriteFacts(const v1::WriteFactsRequest& request, v1::WriteFactsResponse* response);

  const ArticleIngester& ingester_;
  const ReadTokens& tokens_;
};

}  // namespace partnergraph
