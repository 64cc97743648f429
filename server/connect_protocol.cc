#include "server/connect_protocol.h"

#include <array>
#include <memory>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "google/protobuf/util/json_util.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "graph/quoted.h"
#include "nlohmann/json.hpp"
#include "server/grpc_status.h"

namespace partnergraph {
namespace {

using nlohmann::json;

struct CodeEntry {
  std::string_view name;
  int http_status;
};

// By the number of the gRPC code.
constexpr std::array<CodeEntry, 17> kCodes = {{{"unknown", 500},
                                               {"canceled", 499},
                                               {"unknown", 500},
                                               {"invalid_argument", 400},
                                               {"deadline_exceeded", 504},
                                               {"not_found", 404},
                                               {"already_exists", 409},
                                               {"permission_denied", 403},
                                               {"resource_exhausted", 429},
                                               {"failed_precondition", 400},
                                               {"aborted", 409},
                                               {"out_of_range", 400},
                                               {"unimplemented", 501},
                                               {"internal", 500},
                                               {"unavailable", 503},
                                               {"data_loss", 500},
                                               {"unauthenticated", 401}}};

const CodeEntry& EntryOf(grpc::StatusCode code) {
  const int number = static_cast<int>(code);
  return kCodes[number >= 0 && number < static_cast<int>(kCodes.size()) ? number : 2];
}

// Connect's base64 has no padding.
std::string Base64(std::string_view bytes) {
  std::string encoded = absl::Base64Escape(ToAbsl(bytes));
  while (!encoded.empty() && encoded.back() == '=') encoded.pop_back();
  return encoded;
}

// The decoded detail, or null when its type is unknown or its bytes are bad.
json DecodedDetail(const google::protobuf::Any& any, std::string_view type_name) {
  using google::protobuf::DescriptorPool;
  using google::protobuf::MessageFactory;
  const auto* descriptor =
      DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(type_name));
  if (descriptor == nullptr) return nullptr;
  const auto* prototype = MessageFactory::generated_factory()->GetPrototype(descriptor);
  if (prototype == nullptr) return nullptr;
  std::unique_ptr<google::protobuf::Message> message(prototype->New());
  if (!message->ParseFromString(any.value())) return nullptr;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(*message, &text).ok()) return nullptr;
  return json::parse(text, nullptr, /*allow_exceptions=*/false);
}

json ErrorObject(const grpc::Status& status) {
  json error = {{"code", ConnectCodeName(status.error_code())}};
  if (!status.error_message().empty()) error["message"] = status.error_message();
  google::rpc::Status rich;
  if (status.error_details().empty() || !rich.ParseFromString(status.error_details())) return error;
  for (const google::protobuf::Any& any : rich.details()) {
    const std::string& url = any.type_url();
    const std::string type_name = url.substr(url.rfind('/') + 1);
    json detail = {{"type", type_name}, {"value", Base64(any.value())}};
    json decoded = DecodedDetail(any, type_name);
    if (decoded.is_object()) detail["debug"] = std::move(decoded);
    error["details"].push_back(std::move(detail));
  }
  return error;
}

// Bytes that are not UTF-8 (a message may quote a request) become U+FFFD instead of an exception.
std::string Dump(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string_view ConnectCodeName(grpc::StatusCode code) { return EntryOf(code).name; }

int ConnectHttpStatus(grpc::StatusCode code) { return EntryOf(code).http_status; }

std::string ConnectErrorJson(const grpc::Status& status) { return Dump(ErrorObject(status)); }

std::string EncodeConnectFrame(uint8_t flags, std::string_view payload) {
  const auto length = static_cast<uint32_t>(payload.size());
  std::string frame;
  frame.reserve(kConnectFrameHeaderBytes + payload.size());
  frame.push_back(static_cast<char>(flags));
  for (int shift = 24; shift >= 0; shift -= 8) {
    frame.push_back(static_cast<char>((length >> shift) & 0xff));
  }
  frame.append(payload);
  return frame;
}

absl::StatusOr<std::vector<ConnectFrame>> DecodeConnectFrames(std::string_view bytes,
                                                              size_t frames_max) {
  std::vector<ConnectFrame> frames;
  size_t offset = 0;
  while (offset < bytes.size()) {
    if (frames.size() == frames_max) {
      return absl::ResourceExhaustedError(
          absl::StrCat("more than ", frames_max, " messages in one request"));
    }
    const std::string_view rest = bytes.substr(offset);
    if (rest.size() < kConnectFrameHeaderBytes) {
      return absl::InvalidArgumentError(absl::StrCat("frame at byte ", offset, " has ", rest.size(),
                                                     " bytes, want at least ",
                                                     kConnectFrameHeaderBytes));
    }
    uint32_t length = 0;
    for (size_t i = 1; i < kConnectFrameHeaderBytes; ++i) {
      length = (length << 8) | static_cast<uint8_t>(rest[i]);
    }
    if (rest.size() - kConnectFrameHeaderBytes < length) {
      return absl::InvalidArgumentError(
          absl::StrCat("frame at byte ", offset, " announces ", length, " bytes, but only ",
                       rest.size() - kConnectFrameHeaderBytes, " follow"));
    }
    frames.push_back(
        {static_cast<uint8_t>(rest[0]), rest.substr(kConnectFrameHeaderBytes, length)});
    offset += kConnectFrameHeaderBytes + length;
  }
  return frames;
}

std::string ConnectEndStreamFrame(const grpc::Status& status) {
  json end = json::object();
  if (!status.ok()) end["error"] = ErrorObject(status);
  return EncodeConnectFrame(kConnectEndStream, Dump(end));
}

absl::StatusOr<std::chrono::milliseconds> ParseConnectTimeout(std::string_view value) {
  constexpr size_t kDigitsMax = 10;
  int64_t timeout_ms = 0;
  bool valid = value.size() <= kDigitsMax;
  for (const char c : value.substr(0, kDigitsMax)) {
    valid = valid && c >= '0' && c <= '9';
    timeout_ms = timeout_ms * 10 + (c - '0');
  }
  if (!valid || timeout_ms == 0) {
    return FieldError("Connect-Timeout-Ms",
                      absl::StrCat("is ", Quoted(value), ", want a number of at most 10 digits"));
  }
  return std::chrono::milliseconds(timeout_ms);
}

}  // namespace partnergraph
