#include "server/part_writer.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/grpc_status.h"
#include "server/message_bytes.h"

namespace partnergraph {

bool PartWriter::Write(const google::protobuf::Message& part) {
  grpc::ByteBuffer bytes = ToBytes(part);
  std::unique_lock lock(mutex_);
  if (!WaitForRoom(lock, kPartsWaitingMax)) return false;
  parts_.push_back(std::move(bytes));
  if (parts_.size() == 1) StartWrite(&parts_.front());
  return true;
}

void PartWriter::Finish(absl::Status status) {
  {
    std::unique_lock lock(mutex_);
    const bool sent = !stalled_ && WaitForRoom(lock, 0);
    // A query that could not hand over a part reports CANCELLED; say why instead.
    if (!sent && (status.ok() || absl::IsCancelled(status))) status = EndStatus();
    call_->Finish(status);
    // A part that is on its way holds the end of the call back until the peer reads; cancelling
    // ends the call at once.
    if (!parts_.empty()) context_->TryCancel();
    changed_.wait(lock, [this] { return parts_.empty(); });
    call_ = nullptr;
  }
  grpc::ServerWriteReactor<grpc::ByteBuffer>::Finish(ToGrpcStatus(status));
}

absl::Status PartWriter::EndStatus() const {
  if (stalled_) {
    return WithReason(
        absl::DeadlineExceededError("the peer took nothing of the answer for too long"),
        "STREAM_IDLE");
  }
  absl::Status status = call_->StopStatus();
  return status.ok() ? absl::CancelledError("the peer takes nothing more") : status;
}

bool PartWriter::WaitForRoom(std::unique_lock<std::mutex>& lock, size_t waiting_max) {
  const auto now = std::chrono::steady_clock::now();
  const auto stall_deadline = now + std::chrono::milliseconds(call_->limits().stall_ms_max);
  const auto deadline = std::min(stall_deadline, call_->deadline());
  while (!broken_ && parts_.size() > waiting_max) {
    if (changed_.wait_until(lock, deadline) == std::cv_status::timeout &&
        parts_.size() > waiting_max) {
      stalled_ = deadline == stall_deadline;
      return false;
    }
  }
  return !broken_;
}

void PartWriter::OnWriteDone(bool ok) {
  const std::lock_guard lock(mutex_);
  parts_.pop_front();
  if (!ok) broken_ = true;
  if (broken_) parts_.clear();
  if (!parts_.empty()) StartWrite(&parts_.front());
  // Under the lock: once Finish sees an empty queue the writer may be gone.
  changed_.notify_all();
}

void PartWriter::OnCancel() {
  const std::lock_guard lock(mutex_);
  if (call_ != nullptr) call_->Cancel();
  broken_ = true;
  changed_.notify_all();
}

}  // namespace partnergraph
