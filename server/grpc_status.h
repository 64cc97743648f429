// The errors that callers see. A status below the server carries google.rpc detail messages as
// payloads; ToGrpcStatus packs them into grpc-status-details-bin and adds an ErrorInfo where there
// is none, so that every error of ours has a reason.
//
// clang-format off
// Reasons (google.rpc.ErrorInfo, domain "partnergraph"):
//   INVALID_FIELD        INVALID_ARGUMENT     A field is missing or out of range; BadRequest names it.
//   INVALID_MESSAGE      INVALID_ARGUMENT     The bytes, or the JSON, are not the request's message.
//   CURSOR_INVALID       INVALID_ARGUMENT     page.cursor was altered or comes from another request.
//   TOKEN_INVALID        INVALID_ARGUMENT     A read or write token was altered.
//   TOKEN_FOREIGN        FAILED_PRECONDITION  The token is of another database.
//   TOKEN_NOT_REACHED    FAILED_PRECONDITION  The database has not reached the token's state.
//   ARTICLE_EMPTY        INVALID_ARGUMENT     The article has no text: nothing, or only spaces.
//   ARTICLE_TOO_LARGE    INVALID_ARGUMENT     A part of the article is over its limit.
//   NOT_UTF8             INVALID_ARGUMENT     A part of the article is not UTF-8.
//   BAD_RECORD           INVALID_ARGUMENT     A record cannot be read; the message names file and line.
//   ARTICLE_REFUSED      INVALID_ARGUMENT     Extraction or the store refused what the article says.
//   TOO_MANY_FACTS       RESOURCE_EXHAUSTED   The article says more than one article may.
//   ID_TAKEN             ALREADY_EXISTS       The article id is stored with other content.
//   NOT_FOUND            NOT_FOUND            No such node, fact or article.
//   SERVER_BUSY          RESOURCE_EXHAUSTED   Too much at once; RetryInfo says when to retry.
//   SERVER_STOPPING      UNAVAILABLE          The server is shutting down.
//   STREAM_IDLE          DEADLINE_EXCEEDED    The peer of a stream sent or took nothing for too long.
//   DEADLINE_EXCEEDED, CANCELLED, UNAVAILABLE, DATA_LOSS, FAILED_PRECONDITION, INVALID_ARGUMENT,
//   RESOURCE_EXHAUSTED, INTERNAL, ...         Errors without a finer reason bear their code's name.
// clang-format on
//
// Errors that gRPC makes before a call reaches us (a message over 4 MiB: RESOURCE_EXHAUSTED; an
// unknown method: UNIMPLEMENTED) carry no details.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "grpcpp/support/status.h"

namespace partnergraph {

// The domain of every ErrorInfo.
inline constexpr std::string_view kErrorDomain = "partnergraph";

// The same error with a google.rpc.ErrorInfo of this reason, in place of the one it had.
absl::Status WithReason(absl::Status status, std::string_view reason);

// The reason of an error: its ErrorInfo's, or its code's name.
std::string ReasonOf(const absl::Status& status);

// INVALID_ARGUMENT "FIELD: DESCRIPTION" with a BadRequest that names the field by its path in the
// request, such as "filter.types[2]".
absl::Status FieldError(std::string_view field, std::string_view description,
                        std::string_view reason = "INVALID_FIELD");

// The same error with a RetryInfo.
absl::Status WithRetryDelay(absl::Status status, std::chrono::milliseconds delay);

// Translates a status and its details. Messages are cut at 1 KiB and details are left out beyond
// 4 KiB, because clients refuse trailers over 8 KiB.
grpc::Status ToGrpcStatus(const absl::Status& status);

}  // namespace partnergraph
