// Articles as they come in a request: in fields, or as a record of an import file.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "graph/article_facts.h"
#include "partnergraph/v1/ingest_service.pb.h"
#include "server/grpc_status.h"

namespace partnergraph {

// Longest file name that a record may carry, in bytes.
inline constexpr size_t kRecordFileBytesMax = 1024;

// Checks every limit of the fields. INVALID_ARGUMENT names the field and has one of the reasons
// ARTICLE_EMPTY, ARTICLE_TOO_LARGE, NOT_UTF8, INVALID_FIELD (see grpc_status.h).
absl::StatusOr<Article> ToArticle(const v1::Article& article);

// Reads the record, then checks the article as above. Messages begin with file and line; a record
// that cannot be read has the reason BAD_RECORD.
absl::StatusOr<Article> ToArticle(const v1::ArticleRecord& record);

// The same error with "FILE:LINE: " before its message; FILE is "record" when it has no name.
absl::Status AtPlace(const absl::Status& status, const v1::ArticleRecord& record);

// The article of a request whose field `input` holds either. INVALID_ARGUMENT when it holds none.
template <typename Request>
absl::StatusOr<Article> ToArticleOf(const Request& request) {
  if (request.has_record()) return ToArticle(request.record());
  if (request.has_article()) return ToArticle(request.article());
  return FieldError("input", "is required: article or record");
}

// The error of a request's article, with its place when it came as a record.
template <typename Request>
absl::Status AtPlaceOf(const absl::Status& status, const Request& request) {
  return request.has_record() ? AtPlace(status, request.record()) : status;
}

}  // namespace partnergraph
