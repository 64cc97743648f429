#include "server/guarded_service.h"

#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/rpc_service_method.h"
#include "server/grpc_status.h"

namespace partnergraph {
namespace {

using grpc::ByteBuffer;
using grpc::CallbackServerContext;

absl::Status PoolFull() {
  return WithRetryDelay(
      WithReason(absl::ResourceExhaustedError("too many calls wait for a thread"), "SERVER_BUSY"),
      std::chrono::milliseconds(200));
}

// Ends a call that was refused.
class RefusedUnary final : public grpc::ServerUnaryReactor {
 public:
  bool InternalInlineable() override { return true; }
  explicit RefusedUnary(const absl::Status& status) { Finish(ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};
class RefusedServerStream final : public grpc::ServerWriteReactor<ByteBuffer> {
 public:
  explicit RefusedServerStream(const absl::Status& status) { Finish(ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};
class RefusedBidi final : public grpc::ServerBidiReactor<ByteBuffer, ByteBuffer> {
 public:
  explicit RefusedBidi(const absl::Status& status) { Finish(ToGrpcStatus(status)); }
  void OnDone() override { delete this; }
};

// One admitted unary call. Owns itself.
class UnaryCall final : public grpc::ServerUnaryReactor {
 public:
  // Neither OnDone nor OnCancel waits for anything: they need no thread of gRPC's executor, whose
  // wake-up costs more than a short call's work.
  bool InternalInlineable() override { return true; }

  UnaryCall(std::unique_ptr<Call> call,
            const std::function<absl::Status(const Call&, const ByteBuffer&, ByteBuffer*)>& handler,
            const ByteBuffer& request, ByteBuffer* response)
      : call_(std::move(call)), handler_(handler), request_(request), response_(response) {}

  // Runs what is short here; false when the call is to go on elsewhere.
  bool RunFirst() {
    call_->LimitTime(kInlineFirstMax);
    const absl::Status status = handler_(*call_, request_, response_);
    call_->LiftTimeLimit();
    if (absl::IsCancelled(status) && call_->WasCutShort() && call_->StopStatus().ok()) return false;
    EndWith(status);
    return true;
  }

  void Run() {
    // Time may be over already when the call had to wait for a thread.
    absl::Status status = call_->StopStatus();
    if (status.ok()) status = handler_(*call_, request_, response_);
    EndWith(status);
  }

  void EndWith(absl::Status status) {
    // A read that was stopped says CANCELLED, whatever stopped it.
    if (absl::IsCancelled(status) && !call_->StopStatus().ok()) status = call_->StopStatus();
    End(status);
  }

  void End(const absl::Status& status) {
    call_->Finish(status);
    {
      // The place is free before the caller can know that the call is over.
      const std::lock_guard lock(mutex_);
      call_ = nullptr;
    }
    Finish(ToGrpcStatus(status));
  }

  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    if (call_ != nullptr) call_->Cancel();
  }
  void OnDone() override { delete this; }

 private:
  std::mutex mutex_;  // Guards the pointer call_ against OnCancel.
  std::unique_ptr<Call> call_;
  const std::function<absl::Status(const Call&, const ByteBuffer&, ByteBuffer*)>& handler_;
  const ByteBuffer& request_;  // Both live until OnDone.
  ByteBuffer* const response_;
};

}  // namespace

std::string GuardedService::MissingMethods() const {
  std::string missing;
  for (int i = 0; i < descriptor_.method_count(); ++i) {
    const std::string& name = descriptor_.method(i)->full_name();
    const std::string path =
        absl::StrCat("/", descriptor_.full_name(), "/", descriptor_.method(i)->name());
    if (FindMethodPolicy(name) == nullptr || absl::c_find(paths_, path) == paths_.end()) {
      absl::StrAppend(&missing, missing.empty() ? "" : ", ", name);
    }
  }
  return missing;
}

WorkerPool* GuardedService::PoolOf(const MethodPolicy& policy) {
  if (policy.execution == Execution::kInline) return nullptr;
  switch (policy.call_class) {
    case CallClass::kRead:
      return &pools_.reads;
    case CallClass::kStream:
      return &pools_.streams;
    default:
      return &pools_.writes;
  }
}

void GuardedService::BindUnary(std::string_view method, RawUnary handler) {
  const MethodPolicy* policy = PolicyOf(method);
  WorkerPool* pool = policy == nullptr ? nullptr : PoolOf(*policy);
  Register(method, grpc::internal::RpcMethod::NORMAL_RPC,
           new grpc::internal::CallbackUnaryHandler<ByteBuffer, ByteBuffer>(
               [this, policy, pool, handler = std::move(handler)](
                   CallbackServerContext* context, const ByteBuffer* request,
                   ByteBuffer* response) -> grpc::ServerUnaryReactor* {
                 auto call = guard_.Admit(*policy, *context);
                 if (!call.ok()) return new RefusedUnary(call.status());
                 auto* reactor = new UnaryCall(*std::move(call), handler, *request, response);
                 const bool first = policy->execution == Execution::kInlineFirst;
                 if (first && reactor->RunFirst()) return reactor;
                 if (pool == nullptr) {
                   reactor->Run();
                 } else if (!pool->Post([reactor] { reactor->Run(); })) {
                   reactor->End(PoolFull());
                 }
                 return reactor;
               }));
}

void GuardedService::BindServerStream(std::string_view method, RawServerStream handler) {
  const MethodPolicy* policy = PolicyOf(method);
  Register(method, grpc::internal::RpcMethod::SERVER_STREAMING,
           new grpc::internal::CallbackServerStreamingHandler<ByteBuffer, ByteBuffer>(
               [this, policy, handler = std::move(handler)](
                   CallbackServerContext* context,
                   const ByteBuffer* request) -> grpc::ServerWriteReactor<ByteBuffer>* {
                 auto call = guard_.Admit(*policy, *context);
                 if (!call.ok()) return new RefusedServerStream(call.status());
                 auto* writer = new PartWriter(context, *std::move(call));
                 // The request lives until the call is done.
                 if (!pools_.streams.Post([writer, request, &handler] {
                       writer->Finish(handler(*request, *writer));
                     })) {
                   writer->Finish(PoolFull());
                 }
                 return writer;
               }));
}

void GuardedService::BidiStream(
    std::string_view method,
    std::function<BidiReactor*(CallbackServerContext*, std::unique_ptr<Call>)> make) {
  const MethodPolicy* policy = PolicyOf(method);
  Register(
      method, grpc::internal::RpcMethod::BIDI_STREAMING,
      new grpc::internal::CallbackBidiHandler<ByteBuffer, ByteBuffer>(
          [this, policy, make = std::move(make)](
              CallbackServerContext* context) -> grpc::ServerBidiReactor<ByteBuffer, ByteBuffer>* {
            auto call = guard_.Admit(*policy, *context);
            if (!call.ok()) return new RefusedBidi(call.status());
            return make(context, *std::move(call));
          }));
}

void GuardedService::Register(std::string_view method, grpc::internal::RpcMethod::RpcType type,
                              grpc::internal::MethodHandler* handler) {
  std::unique_ptr<grpc::internal::MethodHandler> owned(handler);
  if (PolicyOf(method) == nullptr) return;  // MissingMethods names it.
  paths_.push_back(absl::StrCat("/", descriptor_.full_name(), "/", ToAbsl(method)));
  AddMethod(new grpc::internal::RpcServiceMethod(paths_.back().c_str(), type, nullptr));
  MarkMethodRawCallback(static_cast<int>(paths_.size()) - 1, owned.release());
}

const MethodPolicy* GuardedService::PolicyOf(std::string_view method) const {
  return FindMethodPolicy(ToStd(absl::StrCat(descriptor_.full_name(), ".", ToAbsl(method))));
}

}  // namespace partnergraph
