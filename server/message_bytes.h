// Messages to the bytes that gRPC carries, and back.
#pragma once

#include "absl/status/status.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"

namespace partnergraph {

// For an arena that holds one answer: blocks large enough that a page of a hundred edges, about
// 50 KiB of messages, takes three.
google::protobuf::ArenaOptions AnswerArena();

// The message in wire format.
grpc::ByteBuffer ToBytes(const google::protobuf::Message& message);
// Serialized fields of the message, and then the message's own.
grpc::ByteBuffer ToBytes(std::string_view fields, const google::protobuf::Message& message);

// Reads `bytes` into `message`. INVALID_ARGUMENT for bytes that are not such a message: gRPC's own
// parsing would answer UNIMPLEMENTED, or take it for the end of a stream.
absl::Status FromBytes(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);

}  // namespace partnergraph
