#include "server/connect_request.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "server/connect_protocol.h"
#include "server/grpc_status.h"

namespace partnergraph {
namespace {

constexpr int kOk = 200;
constexpr int kBadRequest = 400;
constexpr int kNotFound = 404;
constexpr int kMethodNotAllowed = 405;
constexpr int kUnsupportedMediaType = 415;
constexpr int kNotImplemented = 501;

struct MediaType {
  ConnectCodec codec;
  bool streaming;
};

std::optional<MediaType> ParseMediaType(std::string_view content_type) {
  const std::string type(
      ToStd(absl::StripAsciiWhitespace(ToAbsl(content_type.substr(0, content_type.find(';'))))));
  const std::string lower = absl::AsciiStrToLower(type);
  if (lower == "application/json") return MediaType{ConnectCodec::kJson, false};
  if (lower == "application/proto") return MediaType{ConnectCodec::kProto, false};
  if (lower == "application/connect+json") return MediaType{ConnectCodec::kJson, true};
  if (lower == "application/connect+proto") return MediaType{ConnectCodec::kProto, true};
  return std::nullopt;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded.push_back(' ');
    } else if (text[i] != '%') {
      decoded.push_back(text[i]);
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      decoded.push_back(static_cast<char>(high * 16 + low));
      i += 2;
    }
  }
  return decoded;
}

// Returns the value of `key`: nullopt in the outer optional when it is badly escaped.
std::optional<std::string> QueryValue(std::string_view query, std::string_view key) {
  while (!query.empty()) {
    const size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    if (pair.substr(0, pair.find('=')) == key) {
      const size_t equals = pair.find('=');
      return PercentDecode(equals == std::string_view::npos ? std::string_view()
                                                            : pair.substr(equals + 1));
    }
  }
  return std::string();
}

ConnectRefusal Refuse(int http_status, const absl::Status& error) {
  return {ToGrpcStatus(error), http_status, std::nullopt};
}

// A part of the request that is not the message; `field` is its name in a query or header.
ConnectRefusal BadField(std::string_view field, std::string_view description,
                        int http_status = kBadRequest) {
  return Refuse(http_status, FieldError(field, description));
}

// Bytes that are not the method's message, in the words of `error`.
absl::Status BadMessage(absl::Status error) {
  return WithReason(std::move(error), "INVALID_MESSAGE");
}

std::optional<ConnectRefusal> ParseGet(const ConnectHttpRequest& request,
                                       ConnectCallRequest* call) {
  if (!call->method->has_no_side_effects() || call->method->streaming()) {
    return Refuse(kMethodNotAllowed, absl::UnimplementedError(
                                         absl::StrCat(call->method->path(), " is called by POST")));
  }
  std::string values[4];
  const std::string_view names[4] = {"encoding", "base64", "compression", "message"};
  for (size_t i = 0; i < 4; ++i) {
    auto value = QueryValue(request.query, names[i]);
    if (!value) return BadField(names[i], "is not percent-encoded as it should be");
    values[i] = *std::move(value);
  }
  auto& [encoding, base64, compression, message] = values;
  if (encoding == "proto") {
    call->codec = ConnectCodec::kProto;
  } else if (encoding != "json") {
    return BadField("encoding", absl::StrCat("is ", Quoted(encoding), ", want json or proto"),
                    kUnsupportedMediaType);
  }
  if (!compression.empty() && compression != "identity") {
    return Refuse(kNotImplemented, absl::UnimplementedError(absl::StrCat(
                                       "compression ", Quoted(compression), " is not supported")));
  }
  if (base64 == "1") {
    std::string decoded;
    if (!absl::WebSafeBase64Unescape(message, &decoded)) {
      return BadField("message", "is not base64url");
    }
    message = std::move(decoded);
  }
  auto decoded = call->method->DecodeRequest(call->codec, message);
  if (!decoded.ok()) return Refuse(kBadRequest, BadMessage(decoded.status()));
  call->messages.push_back(*std::move(decoded));
  return std::nullopt;
}

std::optional<ConnectRefusal> ParseUnaryBody(const ConnectHttpRequest& request,
                                             ConnectCallRequest* call) {
  auto message = call->method->DecodeRequest(call->codec, request.body);
  if (!message.ok()) return Refuse(kBadRequest, BadMessage(message.status()));
  call->messages.push_back(*std::move(message));
  return std::nullopt;
}

std::optional<ConnectRefusal> ParseStreamBody(const ConnectHttpRequest& request,
                                              ConnectCallRequest* call) {
  const auto framed = [&](const absl::Status& error) {
    ConnectRefusal refusal = Refuse(kOk, error);
    refusal.framed = call->codec;
    return refusal;
  };
  const auto frames = DecodeConnectFrames(request.body, kConnectMessagesMax);
  if (!frames.ok()) return framed(BadMessage(frames.status()));
  for (const ConnectFrame& frame : *frames) {
    const std::string place = absl::StrCat("message ", call->messages.size(), ": ");
    if (frame.flags != 0) {
      return framed(BadMessage(absl::InvalidArgumentError(
          absl::StrCat(place, "its frame has flags ", static_cast<int>(frame.flags),
                       ", want 0: requests are neither compressed nor ended by a frame"))));
    }
    auto message = call->method->DecodeRequest(call->codec, frame.payload);
    if (!message.ok()) {
      return framed(
          BadMessage(absl::InvalidArgumentError(absl::StrCat(place, message.status().message()))));
    }
    call->messages.push_back(*std::move(message));
  }
  if (!call->method->client_streaming() && call->messages.size() != 1) {
    return framed(BadMessage(absl::InvalidArgumentError(
        absl::StrCat(call->method->path(), " takes one message, got ", call->messages.size()))));
  }
  return std::nullopt;
}

}  // namespace

std::optional<ConnectRefusal> ParseConnectRequest(const ConnectMethods& methods,
                                                  const ConnectHttpRequest& request,
                                                  ConnectCallRequest* call) {
  call->method = methods.Find(request.path);
  if (call->method == nullptr) {
    return Refuse(kNotFound,
                  absl::UnimplementedError(absl::StrCat("no method ", Quoted(request.path))));
  }
  if (!request.timeout_ms.empty()) {
    const auto timeout = ParseConnectTimeout(request.timeout_ms);
    if (!timeout.ok()) return Refuse(kBadRequest, timeout.status());
    call->timeout = *timeout;
  }
  if (request.is_get) return ParseGet(request, call);

  const auto media_type = ParseMediaType(request.content_type);
  if (!media_type || media_type->streaming != call->method->streaming()) {
    return BadField("Content-Type",
                    absl::StrCat("is ", Quoted(request.content_type), ", want ",
                                 call->method->streaming()
                                     ? "application/connect+json or application/connect+proto"
                                     : "application/json or application/proto"),
                    kUnsupportedMediaType);
  }
  call->codec = media_type->codec;
  if (!request.content_encoding.empty() && request.content_encoding != "identity") {
    ConnectRefusal refusal =
        Refuse(media_type->streaming ? kOk : kNotImplemented,
               absl::UnimplementedError(absl::StrCat(
                   "compression ", Quoted(request.content_encoding), " is not supported")));
    if (media_type->streaming) refusal.framed = call->codec;
    return refusal;
  }
  return media_type->streaming ? ParseStreamBody(request, call) : ParseUnaryBody(request, call);
}

}  // namespace partnergraph
