// The Connect protocol's vocabulary: codes, frames, errors and time limits, as bytes and JSON.
// Nothing here knows HTTP connections or gRPC channels. Protocol: connectrpc.com/docs/protocol.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/support/status.h"

namespace partnergraph {

// Name of a gRPC code in Connect: "not_found". OK and unknown numbers are "unknown".
std::string_view ConnectCodeName(grpc::StatusCode code);

// HTTP status that goes with a code in a unary reply.
int ConnectHttpStatus(grpc::StatusCode code);

// Returns the error as Connect's JSON object: code, message, and details. Details come from the
// google.rpc.Status in error_details(); those of a type that this program knows carry it decoded
// under "debug" too. Bytes that are no such Status are left out. Never fails; the result is UTF-8.
std::string ConnectErrorJson(const grpc::Status& status);

// A frame of a stream:
//   offset  size  field
//   0       1     flags: bit 0 compressed, bit 1 end of stream
//   1       4     length of the payload, big-endian
//   5       n     payload
struct ConnectFrame {
  uint8_t flags = 0;
  std::string_view payload;
};
inline constexpr uint8_t kConnectEndStream = 2;
inline constexpr size_t kConnectFrameHeaderBytes = 5;

std::string EncodeConnectFrame(uint8_t flags, std::string_view payload);

// Splits `bytes` into frames, which point into it. INVALID_ARGUMENT naming the offset when a frame
// is cut short, RESOURCE_EXHAUSTED when there are more than `frames_max`.
absl::StatusOr<std::vector<ConnectFrame>> DecodeConnectFrames(std::string_view bytes,
                                                              size_t frames_max);

// The last frame of a stream: an object that is empty, or holds the error.
std::string ConnectEndStreamFrame(const grpc::Status& status);

// Reads Connect-Timeout-Ms: a number from 1 of at most 10 digits. INVALID_ARGUMENT otherwise.
absl::StatusOr<std::chrono::milliseconds> ParseConnectTimeout(std::string_view value);

}  // namespace partnergraph
