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

// The arena of one short call. Its first bytes lie where this lies: most calls allocate no others.
class CallArena {
 public:
  CallArena() : arena_(Options(first_, sizeof(first_))) {}
  CallArena(const CallArena&) = delete;
  CallArena& operator=(const CallArena&) = delete;

  // An empty message that lives as long as this.
  template <typename Message>
  Message* New() {
    return google::protobuf::Arena::CreateMessage<Message>(&arena_);
  }

 private:
  static google::protobuf::ArenaOptions Options(char* first, size_t size) {
    google::protobuf::ArenaOptions options = AnswerArena();
    options.initial_block = first;
    options.initial_block_size = size;
    return options;
  }

  alignas(8) char first_[2048];
  google::protobuf::Arena arena_;
};

// The message in wire format.
grpc::ByteBuffer ToBytes(const google::protobuf::Message& message);
// Serialized fields of the message, and then the message's own.
grpc::ByteBuffer ToBytes(std::string_view fields, const google::protobuf::Message& message);

// Reads `bytes` into `message`. INVALID_ARGUMENT for bytes that are not such a message: gRPC's own
// parsing would answer UNIMPLEMENTED, or take it for the end of a stream.
absl::Status FromBytes(const grpc::ByteBuffer& bytes, google::protobuf::Message* message);

}  // namespace partnergraph
