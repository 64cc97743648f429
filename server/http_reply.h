// Replies of the HTTP port, apart from connections.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/connect_methods.h"
#include "server/connect_request.h"
#include "server/static_files.h"

namespace partnergraph {

struct HttpReply {
  int status = 200;
  std::string_view content_type;
  std::vector<std::pair<std::string_view, std::string>> headers;
  std::string body;
  // When set, sent instead of `body`, and outlives the reply.
  const StaticFile* file = nullptr;
  // Whether only the header is sent (HEAD).
  bool header_only = false;
};

std::string_view ContentTypeOf(ConnectCodec codec, bool streaming);

// {"code": ..., "message": ..., "details": ...} as Connect clients expect it, for what fails before
// a call.
HttpReply ErrorReply(int http_status, std::string_view message);

// 503 SERVER_BUSY: too much at once, try again after `delay`.
HttpReply BusyReply(std::string_view message, std::chrono::milliseconds delay);

// The error of a unary call.
HttpReply ErrorReply(const grpc::Status& status);

HttpReply RefusalReply(const ConnectRefusal& refusal);

// The reply to GET or HEAD of a file: 304 when `if_none_match` has its ETag, 404 when there is no
// such file.
HttpReply FileReply(const StaticFiles& files, std::string_view path,
                    std::string_view if_none_match);

}  // namespace partnergraph
