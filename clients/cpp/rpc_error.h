// What went wrong with a call, in types: the code and message in an absl::Status, and the server's
// structured details (google.rpc.BadRequest, ErrorInfo, RetryInfo) beside it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/support/status.h"

namespace partnergraph::client {

struct FieldViolation {
  std::string field;  // Path of the request's field, such as "page.size".
  std::string description;
};

// Empty members when the server did not say.
struct RpcErrorDetails {
  std::string reason;  // UPPER_SNAKE_CASE.
  std::string domain;
  std::map<std::string, std::string> metadata;
  std::vector<FieldViolation> field_violations;
  absl::Duration retry_delay = absl::ZeroDuration();
};

// Same code and message; the serialized google.rpc.Status of the trailer goes along as a payload,
// for DetailsOf().
absl::Status ToStatus(const grpc::Status& status);

// Details that a status made by ToStatus() carries. Unknown or undecodable details are left out.
RpcErrorDetails DetailsOf(const absl::Status& status);

// The server has as much to do as it takes; it is worth asking again after retry_delay.
bool IsServerBusy(const absl::Status& status);

// "INVALID_ARGUMENT", as gRPC spells its codes.
std::string CodeName(absl::StatusCode code);

}  // namespace partnergraph::client
