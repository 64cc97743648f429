#include "clients/cpp/rpc_error.h"

#include "absl/strings/cord.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace partnergraph::client {
namespace {

constexpr char kDetailsUrl[] = "type.googleapis.com/google.rpc.Status";

}  // namespace

absl::Status ToStatus(const grpc::Status& status) {
  absl::Status result(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  if (!result.ok() && !status.error_details().empty()) {
    result.SetPayload(kDetailsUrl, absl::Cord(status.error_details()));
  }
  return result;
}

RpcErrorDetails DetailsOf(const absl::Status& status) {
  RpcErrorDetails details;
  const auto payload = status.GetPayload(kDetailsUrl);
  google::rpc::Status decoded;
  if (!payload || !decoded.ParseFromString(std::string(*payload))) {
    return details;
  }
  for (const google::protobuf::Any& any : decoded.details()) {
    if (google::rpc::ErrorInfo info; any.UnpackTo(&info)) {
      details.reason = info.reason();
      details.domain = info.domain();
      details.metadata.insert(info.metadata().begin(), info.metadata().end());
    } else if (google::rpc::BadRequest bad; any.UnpackTo(&bad)) {
      for (const auto& violation : bad.field_violations()) {
        details.field_violations.push_back({violation.field(), violation.description()});
      }
    } else if (google::rpc::RetryInfo retry; any.UnpackTo(&retry)) {
      details.retry_delay = absl::Seconds(retry.retry_delay().seconds()) +
                            absl::Nanoseconds(retry.retry_delay().nanos());
    }
  }
  return details;
}

bool IsServerBusy(const absl::Status& status) {
  return absl::IsResourceExhausted(status) && DetailsOf(status).reason == "SERVER_BUSY";
}

std::string CodeName(absl::StatusCode code) { return absl::StatusCodeToString(code); }

}  // namespace partnergraph::client
