#include "server/http_reply.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "server/connect_protocol.h"
#include "server/grpc_status.h"

namespace partnergraph {
namespace {

constexpr std::string_view kJson = "application/json";

// Scripts and data come from here alone; nothing may frame the page.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

// The code that a client should see for a failure of HTTP itself.
absl::StatusCode CodeOf(int http_status) {
  switch (http_status) {
    case 403:
    case 421:
      return absl::StatusCode::kPermissionDenied;
    case 404:
    case 405:
      return absl::StatusCode::kUnimplemented;
    case 413:
    case 431:
      return absl::StatusCode::kResourceExhausted;
    default:
      return absl::StatusCode::kInvalidArgument;
  }
}

}  // namespace

std::string_view ContentTypeOf(ConnectCodec codec, bool streaming) {
  if (codec == ConnectCodec::kJson) return streaming ? "application/connect+json" : kJson;
  return streaming ? "application/connect+proto" : "application/proto";
}

HttpReply ErrorReply(int http_status, std::string_view message) {
  HttpReply reply = ErrorReply(ToGrpcStatus(absl::Status(CodeOf(http_status), ToAbsl(message))));
  reply.status = http_status;
  return reply;
}

HttpReply BusyReply(std::string_view message, std::chrono::milliseconds delay) {
  HttpReply reply = ErrorReply(ToGrpcStatus(WithRetryDelay(
      WithReason(absl::ResourceExhaustedError(ToAbsl(message)), "SERVER_BUSY"), delay)));
  reply.status = 503;
  reply.headers.emplace_back("Retry-After", absl::StrCat((delay.count() + 999) / 1000));
  return reply;
}

HttpReply ErrorReply(const grpc::Status& status) {
  HttpReply reply;
  reply.status = ConnectHttpStatus(status.error_code());
  reply.content_type = kJson;
  reply.body = ConnectErrorJson(status);
  return reply;
}

HttpReply RefusalReply(const ConnectRefusal& refusal) {
  HttpReply reply;
  if (refusal.framed) {
    reply.content_type = ContentTypeOf(*refusal.framed, /*streaming=*/true);
    reply.body = ConnectEndStreamFrame(refusal.status);
    return reply;
  }
  reply = ErrorReply(refusal.status);
  reply.status = refusal.http_status;
  if (reply.status == 405) reply.headers.emplace_back("Allow", "POST");
  if (reply.status == 415) {
    reply.headers.emplace_back("Accept-Post",
                               "application/json, application/proto, application/connect+json, "
                               "application/connect+proto");
  }
  return reply;
}

HttpReply FileReply(const StaticFiles& files, std::string_view path,
                    std::string_view if_none_match) {
  const StaticFile* file = files.Find(path);
  if (file == nullptr) {
    return ErrorReply(404, files.empty() && path == "/"
                               ? "this server was started without the dashboard's files"
                               : absl::StrCat("no page ", Quoted(path)));
  }
  HttpReply reply;
  reply.content_type = file->content_type;
  reply.headers = {
      {"ETag", file->etag},
      {"Cache-Control", file->immutable ? "public, max-age=31536000, immutable" : "no-cache"}};
  if (absl::StartsWith(ToAbsl(file->content_type), "text/html")) {
    reply.headers.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
  }
  if (if_none_match == "*" || absl::StrContains(ToAbsl(if_none_match), file->etag)) {
    reply.status = 304;
    return reply;
  }
  reply.file = file;
  return reply;
}

}  // namespace partnergraph
