// The sending side of a streamed answer: parts go out one after the other, and whoever makes them
// waits when the peer does not take them, so that an unread stream holds a bounded amount of
// memory.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "server/call_guard.h"

namespace partnergraph {

// Parts that may wait beside the one on its way: enough to make the next part while one is sent.
inline constexpr size_t kPartsWaitingMax = 2;

// Used by one thread at a time; gRPC's reactions run beside it. Owns itself: gone once the call is
// done, which is at the earliest when Finish was called.
class PartWriter final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  PartWriter(grpc::CallbackServerContext* context, std::unique_ptr<Call> call)
      : context_(context), call_(std::move(call)) {}

  const Call& call() const { return *call_; }

  // Sends a part; waits while kPartsWaitingMax parts wait. False when nothing more is to be sent:
  // the peer cancelled, the time is over, or the peer took nothing for stall_ms_max.
  bool Write(const google::protobuf::Message& part);

  // Waits until all parts are taken, then ends the call. Nothing may be done with the writer after.
  void Finish(absl::Status status);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // Waits until at most `waiting_max` parts are neither sent nor dropped. False as Write.
  bool WaitForRoom(std::unique_lock<std::mutex>& lock, size_t waiting_max);

  // Why the answer ended early. mutex_ is held.
  absl::Status EndStatus() const;

  grpc::CallbackServerContext* const context_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // The rest is guarded by mutex_; call_ is freed in Finish.
  std::unique_ptr<Call> call_;
  std::deque<grpc::ByteBuffer> parts_;  // The first one is on its way.
  bool broken_ = false;                 // The peer takes nothing more.
  bool stalled_ = false;                // The peer took nothing for too long.
};

}  // namespace partnergraph
