#include "server/grpc_status.h"

#include <optional>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "graph/quoted.h"

namespace partnergraph {
namespace {

constexpr size_t kMessageBytesMax = 1 << 10;
constexpr size_t kDetailsBytesMax = 4 << 10;
constexpr char kTypePrefix[] = "type.googleapis.com/";

template <typename Detail>
std::string TypeUrl() {
  return absl::StrCat(kTypePrefix, Detail::descriptor()->full_name());
}

template <typename Detail>
void SetDetail(absl::Status& status, const Detail& detail) {
  status.SetPayload(TypeUrl<Detail>(), absl::Cord(detail.SerializeAsString()));
}

template <typename Detail>
std::optional<Detail> GetDetail(const absl::Status& status) {
  const auto payload = status.GetPayload(TypeUrl<Detail>());
  Detail detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

std::string CutMessage(std::string_view message) {
  if (message.size() <= kMessageBytesMax) return std::string(message);
  size_t size = kMessageBytesMax;
  // Not inside a UTF-8 sequence.
  while (size > 0 && (static_cast<unsigned char>(message[size]) & 0xC0) == 0x80) --size;
  return absl::StrCat(ToAbsl(message.substr(0, size)), "...");
}

}  // namespace

absl::Status WithReason(absl::Status status, std::string_view reason) {
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(reason));
  info.set_domain(std::string(kErrorDomain));
  SetDetail(status, info);
  return status;
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = GetDetail<google::rpc::ErrorInfo>(status);
  return info.has_value() ? info->reason() : absl::StatusCodeToString(status.code());
}

absl::Status FieldError(std::string_view field, std::string_view description,
                        std::string_view reason) {
  absl::Status status =
      absl::InvalidArgumentError(absl::StrCat(ToAbsl(field), ": ", ToAbsl(description)));
  google::rpc::BadRequest bad_request;
  auto* violation = bad_request.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(std::string(description));
  SetDetail(status, bad_request);
  return WithReason(std::move(status), reason);
}

absl::Status WithRetryDelay(absl::Status status, std::chrono::milliseconds delay) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(delay.count() / 1000);
  retry.mutable_retry_delay()->set_nanos(static_cast<int32_t>(delay.count() % 1000) * 1'000'000);
  SetDetail(status, retry);
  return status;
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  // The numbers of both enumerations are the same by definition.
  const auto code = static_cast<grpc::StatusCode>(status.code());
  const std::string message = CutMessage(ToStd(status.message()));
  google::rpc::Status details;
  details.set_code(code);
  details.set_message(message);
  // ErrorInfo first: it is what programs look at.
  const absl::Status with_reason = WithReason(status, ReasonOf(status));
  const std::string error_info = TypeUrl<google::rpc::ErrorInfo>();
  const auto add = [&details](absl::string_view type_url, const absl::Cord& payload) {
    if (details.ByteSizeLong() + payload.size() > kDetailsBytesMax) return;
    auto* detail = details.add_details();
    detail->set_type_url(std::string(type_url));
    detail->set_value(std::string(payload));
  };
  add(error_info, *with_reason.GetPayload(error_info));
  with_reason.ForEachPayload([&](absl::string_view type_url, const absl::Cord& payload) {
    if (type_url != error_info && absl::StartsWith(type_url, kTypePrefix)) add(type_url, payload);
  });
  return grpc::Status(code, message, details.SerializeAsString());
}

}  // namespace partnergraph
