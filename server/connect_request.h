// From an HTTP request to a call: which method, how its messages are written, what it asks.
// Pure: bytes in, a call or an error out. This is all that a hostile request can reach before the
// service itself, so it is what the fuzzer feeds.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "grpcpp/support/status.h"
#include "server/connect_methods.h"

namespace partnergraph {

// What counts of an HTTP request. Views point into the caller's bytes.
struct ConnectHttpRequest {
  bool is_get = false;     // GET, else POST.
  std::string_view path;   // Without the query.
  std::string_view query;  // Behind the "?", as sent.
  std::string_view content_type;
  std::string_view content_encoding;  // Also Connect-Content-Encoding for streams.
  std::string_view timeout_ms;        // Connect-Timeout-Ms; empty when absent.
  std::string_view body;
};

// A call that is ready to be made.
struct ConnectCallRequest {
  const ConnectMethod* method = nullptr;
  ConnectCodec codec = ConnectCodec::kJson;
  // In binary form. One, except for methods that take a stream.
  std::vector<std::string> messages;
  std::optional<std::chrono::milliseconds> timeout;
};

// A refusal, with the details that every error has (see grpc_status.h). In a stream it travels in
// an end-of-stream frame with HTTP status 200, unless `http_status` says that the peer does not
// speak the protocol for it (404, 405, 415).
struct ConnectRefusal {
  grpc::Status status;
  int http_status = 400;
  // The stream's codec when the refusal is to be framed.
  std::optional<ConnectCodec> framed;
};

// Most messages in one request to a method that takes a stream.
inline constexpr size_t kConnectMessagesMax = 10'000;

// Fills `call` or returns why not.
std::optional<ConnectRefusal> ParseConnectRequest(const ConnectMethods& methods,
                                                  const ConnectHttpRequest& request,
                                                  ConnectCallRequest* call);

}  // namespace partnergraph
