// A gRPC service whose every method passes the CallGuard. Methods are bound by name to handlers
// that get a parsed request and return a status; reactors, threads and bytes stay in here.
//
// It is built from the service's descriptor and not from the generated CallbackService, for three
// reasons: no method can be reached without the guard; requests are parsed by us, so that bytes
// that are no message are INVALID_ARGUMENT (the generated code answers UNIMPLEMENTED, and takes
// such a message of a stream for the end of the stream); and messages live on an arena.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "google/protobuf/arena.h"
#include "google/protobuf/descriptor.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "server/call_guard.h"
#include "server/message_bytes.h"
#include "server/part_writer.h"
#include "server/worker_pool.h"

namespace partnergraph {

// The threads that handlers run on, one pool for each class of calls, so that no class waits for
// another. gRPC's callback threads are as few as the cores and also move every other call's bytes:
// what may read a disk, extract or wait for a peer does not run on them, but for the few short
// reads that MethodPolicy names.
struct WorkerPools {
  WorkerPool reads;
  WorkerPool streams;  // A thread for each stream that is admitted: they wait for their peers.
  WorkerPool writes;
};

class GuardedService : public grpc::Service {
 public:
  // Methods of the descriptor that are not bound, or that have no MethodPolicy. Empty when the
  // service may be served.
  std::string MissingMethods() const;

  // "partnergraph.v1.GraphService"
  const std::string& full_name() const { return descriptor_.full_name(); }

 protected:
  // `descriptor`, `guard` and `pools` must outlive the service.
  GuardedService(const google::protobuf::ServiceDescriptor& descriptor, CallGuard& guard,
                 WorkerPools& pools)
      : descriptor_(descriptor), guard_(guard), pools_(pools) {}

  // One request, one answer. `handler` fills the response; it runs where the policy says.
  template <typename Request, typename Response>
  void Unary(std::string_view method,
             std::function<absl::Status(const Call&, const Request&, Response*)> handler) {
    BindUnary(method,
              [handler = std::move(handler)](const Call& call, const grpc::ByteBuffer& in,
                                             grpc::ByteBuffer* out) -> absl::Status {
                CallArena arena;
                auto* request = arena.New<Request>();
                auto* response = arena.New<Response>();
                if (absl::Status status = FromBytes(in, request); !status.ok()) return status;
                if (absl::Status status = handler(call, *request, response); !status.ok())
                  return status;
                *out = ToBytes(*response);
                return absl::OkStatus();
              });
  }

  // The same for an answer of which a part comes as bytes: `handler` gets a text to append
  // serialized fields to, which are merged with those of the response.
  template <typename Request, typename Response>
  void UnaryWithBytes(
      std::string_view method,
      std::function<absl::Status(const Call&, const Request&, Response*, std::string*)> handler) {
    BindUnary(method,
              [handler = std::move(handler)](const Call& call, const grpc::ByteBuffer& in,
                                             grpc::ByteBuffer* out) -> absl::Status {
                CallArena arena;
                auto* request = arena.New<Request>();
                auto* response = arena.New<Response>();
                std::string bytes;
                if (absl::Status status = FromBytes(in, request); !status.ok()) return status;
                if (absl::Status status = handler(call, *request, response, &bytes); !status.ok())
                  return status;
                *out = ToBytes(bytes, *response);
                return absl::OkStatus();
              });
  }

  // One request, an answer in parts. `handler` runs on a thread that may wait.
  template <typename Request>
  void ServerStream(std::string_view method,
                    std::function<absl::Status(const Request&, PartWriter&)> handler) {
    BindServerStream(method,
                     [handler = std::move(handler)](const grpc::ByteBuffer& in,
                                                    PartWriter& writer) -> absl::Status {
                       google::protobuf::Arena arena;
                       auto* request = google::protobuf::Arena::CreateMessage<Request>(&arena);
                       if (absl::Status status = FromBytes(in, request); !status.ok())
                         return status;
                       return handler(*request, writer);
                     });
  }

  // A stream each way. `make` returns the reactor of an admitted call, which owns itself.
  using BidiReactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;
  void BidiStream(
      std::string_view method,
      std::function<BidiReactor*(grpc::CallbackServerContext*, std::unique_ptr<Call>)> make);

  CallGuard& guard() { return guard_; }
  WorkerPools& pools() { return pools_; }

 private:
  using RawUnary =
      std::function<absl::Status(const Call&, const grpc::ByteBuffer&, grpc::ByteBuffer*)>;
  using RawServerStream = std::function<absl::Status(const grpc::ByteBuffer&, PartWriter&)>;

  void BindUnary(std::string_view method, RawUnary handler);
  void BindServerStream(std::string_view method, RawServerStream handler);
  // Registers `handler` for the method, or notes that it has no policy.
  void Register(std::string_view method, grpc::internal::RpcMethod::RpcType type,
                grpc::internal::MethodHandler* handler);
  const MethodPolicy* PolicyOf(std::string_view method) const;
  // Where a unary handler runs; null for gRPC's callback thread.
  WorkerPool* PoolOf(const MethodPolicy& policy);

  const google::protobuf::ServiceDescriptor& descriptor_;
  CallGuard& guard_;
  WorkerPools& pools_;
  std::deque<std::string> paths_;  // "/package.Service/Method"; gRPC keeps pointers to them.
};

}  // namespace partnergraph
