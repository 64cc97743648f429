#include "server/connect_call.h"

#include <algorithm>
#include <mutex>

#include "grpcpp/client_context.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/client_callback.h"

namespace partnergraph {
namespace {

grpc::ByteBuffer ToBuffer(const std::string& bytes) {
  grpc::Slice slice(bytes);
  return grpc::ByteBuffer(&slice, 1);
}

std::string ToString(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  bytes.reserve(buffer.Length());
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

void Prepare(const ConnectCallOptions& options, grpc::ClientContext* context) {
  context->set_deadline(std::chrono::system_clock::now() + options.timeout);
}

class UnaryCall : public ConnectCall, public std::enable_shared_from_this<UnaryCall> {
 public:
  UnaryCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& request,
            const ConnectCallOptions& options, Callbacks callbacks)
      : stub_(channel), request_(ToBuffer(request)), callbacks_(std::move(callbacks)) {
    Prepare(options, &context_);
  }

  void Start(const std::string& path) {
    stub_.UnaryCall(&context_, path, grpc::StubOptions(), &request_, &response_,
                    [self = shared_from_this()](grpc::Status status) { self->OnDone(status); });
  }
  void Next() override {}
  void Cancel() override { context_.TryCancel(); }

 private:
  void OnDone(const grpc::Status& status) {
    if (status.ok()) callbacks_.on_message(ToString(response_));
    callbacks_.on_done(status);
    callbacks_ = {};
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer response_;
  Callbacks callbacks_;
};

// The hold keeps gRPC from finishing the call between a message and the Next() that asks for
// another: without it OnDone could run while Next() starts a read.
class StreamCall : public ConnectCall,
                   public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                   public std::enable_shared_from_this<StreamCall> {
 public:
  StreamCall(const std::shared_ptr<grpc::Channel>& channel, std::vector<std::string> requests,
             const ConnectCallOptions& options, Callbacks callbacks)
      : stub_(channel), requests_(std::move(requests)), callbacks_(std::move(callbacks)) {
    Prepare(options, &context_);
  }

  void Start(const std::string& path) {
    self_ = shared_from_this();
    stub_.PrepareBidiStreamingCall(&context_, path, grpc::StubOptions(), this);
    AddHold();
    StartRead(&incoming_);
    Write();
    StartCall();
  }

  void Next() override {
    const std::lock_guard lock(mutex_);
    if (!idle_) return;
    idle_ = false;
    StartRead(&incoming_);
  }

  void Cancel() override {
    context_.TryCancel();
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    if (!idle_) return;
    idle_ = false;
    RemoveHold();
  }

  void OnWriteDone(bool ok) override {
    if (ok) Write();
  }

  void OnReadDone(bool ok) override {
    std::string message;
    {
      const std::lock_guard lock(mutex_);
      if (!ok || cancelled_) {
        RemoveHold();
        return;
      }
      message = ToString(incoming_);
      incoming_.Clear();
      idle_ = true;
    }
    callbacks_.on_message(std::move(message));
  }

  void OnDone(const grpc::Status& status) override {
    callbacks_.on_done(status);
    callbacks_ = {};
    self_.reset();
  }

 private:
  // Sends the next request, or says that there are no more. Writes never overlap.
  void Write() {
    if (next_request_ == requests_.size()) {
      if (!closed_) StartWritesDone();
      closed_ = true;
      return;
    }
    outgoing_ = ToBuffer(requests_[next_request_]);
    requests_[next_request_++].clear();
    if (next_request_ == requests_.size()) {
      closed_ = true;
      StartWriteLast(&outgoing_, grpc::WriteOptions());
    } else {
      StartWrite(&outgoing_);
    }
  }

  grpc::GenericStub stub_;
  grpc::ClientContext context_;
  std::shared_ptr<StreamCall> self_;  // Until OnDone.

  // Of the writing side, which gRPC runs one step at a time.
  std::vector<std::string> requests_;
  size_t next_request_ = 0;
  bool closed_ = false;
  grpc::ByteBuffer outgoing_;

  grpc::ByteBuffer incoming_;
  std::mutex mutex_;
  bool idle_ = false;  // A message was delivered and no read runs; the hold is ours.
  bool cancelled_ = false;
  Callbacks callbacks_;
};

}  // namespace

std::shared_ptr<ConnectCall> StartUnaryCall(const std::shared_ptr<grpc::Channel>& channel,
                                            const std::string& path, std::string request,
                                            const ConnectCallOptions& options,
                                            ConnectCall::Callbacks callbacks) {
  auto call = std::make_shared<UnaryCall>(channel, request, options, std::move(callbacks));
  call->Start(path);
  return call;
}

std::shared_ptr<ConnectCall> StartStreamCall(const std::shared_ptr<grpc::Channel>& channel,
                                             const std::string& path,
                                             std::vector<std::string> requests,
                                             const ConnectCallOptions& options,
                                             ConnectCall::Callbacks callbacks) {
  auto call =
      std::make_shared<StreamCall>(channel, std::move(requests), options, std::move(callbacks));
  call->Start(path);
  return call;
}

}  // namespace partnergraph
