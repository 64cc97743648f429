#include "server/message_bytes.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "grpcpp/support/proto_buffer_reader.h"
#include "grpcpp/support/slice.h"
#include "server/grpc_status.h"

namespace partnergraph {

google::protobuf::ArenaOptions AnswerArena() {
  google::protobuf::ArenaOptions options;
  options.start_block_size = 8 << 10;
  options.max_block_size = 32 << 10;
  return options;
}

grpc::ByteBuffer ToBytes(const google::protobuf::Message& message) {
  // One slice of the exact size.
  grpc::Slice slice(message.ByteSizeLong());
  auto* begin = const_cast<uint8_t*>(slice.begin());
  message.SerializeWithCachedSizesToArray(begin);
  return grpc::ByteBuffer(&slice, 1);
}

grpc::ByteBuffer ToBytes(std::string_view fields, const google::protobuf::Message& message) {
  grpc::Slice slice(fields.size() + message.ByteSizeLong());
  auto* begin = const_cast<uint8_t*>(slice.begin());
  std::memcpy(begin, fields.data(), fields.size());
  message.SerializeWithCachedSizesToArray(begin + fields.size());
  return grpc::ByteBuffer(&slice, 1);
}

absl::Status FromBytes(const grpc::ByteBuffer& bytes, google::protobuf::Message* message) {
  bool parsed = false;
  grpc::Slice slice;
  if (bytes.TrySingleSlice(&slice).ok()) {  // Most requests.
    parsed = message->ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
  } else {
    // The reader only looks at the buffer.
    grpc::ProtoBufferReader reader(const_cast<grpc::ByteBuffer*>(&bytes));
    parsed = reader.status().ok() && message->ParseFromZeroCopyStream(&reader);
  }
  if (!parsed) {
    return WithReason(absl::InvalidArgumentError(absl::StrCat(
                          "the request is not a valid ", message->GetDescriptor()->full_name(),
                          " (wrong wire format, nested too deeply, or a text that is "
                          "not UTF-8)")),
                      "INVALID_MESSAGE");
  }
  return absl::OkStatus();
}

}  // namespace partnergraph
