#include "clients/cpp/ingest_stream.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "clients/cpp/rpc_error.h"
#include "clients/cpp/status_macros.h"
#include "fmt/format.h"
#include "grpcpp/client_context.h"

namespace partnergraph::client {
namespace {

constexpr absl::Duration kWaitStep = absl::Milliseconds(100);
constexpr absl::Duration kBackoffMin = absl::Milliseconds(200);
constexpr absl::Duration kBackoffMax = absl::Seconds(5);

bool IsRetryable(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || IsServerBusy(status);
}

}  // namespace

// One stream. Reactions run in gRPC's threads and only move messages between the queues.
class IngestStream::Connection
    : public grpc::ClientBidiReactor<v1::IngestArticlesRequest, v1::IngestArticlesResponse> {
 public:
  explicit Connection(v1::IngestService::Stub& stub) {
    stub.async()->IngestArticles(&context_, this);
    AddHold();  // For writes, which start outside the reactions.
    StartRead(&incoming_);
    StartCall();
  }

  // The call must be over before its buffers go.
  ~Connection() override {
    Abandon();
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(
        +[](Connection* self) { return self->final_status_.has_value(); }, this));
  }

  void Write(std::shared_ptr<const v1::IngestArticlesRequest> request) {
    {
      absl::MutexLock lock(&mutex_);
      outgoing_.push_back(std::move(request));
      if (writing_ != nullptr || broken_ || released_) {
        return;
      }
      writing_ = std::move(outgoing_.front());
      outgoing_.pop_front();
    }
    StartWrite(writing_.get());
  }

  // No more writes; the server ends the stream when it has answered all of them. Only while no
  // write is queued.
  void CloseWrites() {
    StartWritesDone();
    Release();
  }

  void Abandon() {
    context_.TryCancel();
    Release();
  }

  // Waits a moment for news. Returns the answers that have come, and the status once the stream is
  // over and all its answers were taken.
  std::vector<v1::IngestArticlesResponse> Take(absl::Duration wait,
                                               std::optional<absl::Status>* final_status) {
    bool release = false;
    std::vector<v1::IngestArticlesResponse> answers;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.AwaitWithTimeout(absl::Condition(
                                  +[](Connection* self) {
                                    return !self->answers_.empty() ||
                                           self->final_status_.has_value() ||
                                           (self->broken_ && !self->released_);
                                  },
                                  this),
                              wait);
      answers.swap(answers_);
      *final_status = final_status_;
      release = broken_ && !released_;
    }
    if (release) {
      Release();
    }
    return answers;
  }

  void OnReadDone(bool ok) override {
    {
      absl::MutexLock lock(&mutex_);
      if (!ok) {
        broken_ = true;
        return;
      }
      answers_.push_back(std::move(incoming_));
      incoming_.Clear();
    }
    StartRead(&incoming_);
  }

  void OnWriteDone(bool ok) override {
    {
      absl::MutexLock lock(&mutex_);
      writing_.reset();
      if (!ok) {
        broken_ = true;
        return;
      }
      if (outgoing_.empty()) {
        return;
      }
      writing_ = std::move(outgoing_.front());
      outgoing_.pop_front();
    }
    StartWrite(writing_.get());
  }

  void OnDone(const grpc::Status& status) override {
    absl::MutexLock lock(&mutex_);
    final_status_ = ToStatus(status);
  }

 private:
  // Lets the call end. Idempotent.
  void Release() {
    {
      absl::MutexLock lock(&mutex_);
      if (released_) {
        return;
      }
      released_ = true;
    }
    RemoveHold();
  }

  grpc::ClientContext context_;
  v1::IngestArticlesResponse incoming_;  // Of the read under way.
  absl::Mutex mutex_;
  std::shared_ptr<const v1::IngestArticlesRequest> writing_;  // Of the write under way.
  std::deque<std::shared_ptr<const v1::IngestArticlesRequest>> outgoing_;
  std::vector<v1::IngestArticlesResponse> answers_;
  bool broken_ = false;    // A read or write failed: the call is ending.
  bool released_ = false;  // The hold is gone: no write may start outside the reactions.
  std::optional<absl::Status> final_status_;
};

IngestStream::IngestStream(std::shared_ptr<grpc::Channel> channel, IngestStreamOptions options,
                           Callbacks callbacks)
    : channel_(std::move(channel)),
      stub_(v1::IngestService::NewStub(channel_)),
      options_(options),
      callbacks_(std::move(callbacks)),
      backoff_(kBackoffMin) {
  options_.window = std::clamp<size_t>(options_.window, 1, 64);
}

IngestStream::~IngestStream() = default;

void IngestStream::Connect() {
  connection_.reset();
  connection_ = std::make_unique<Connection>(*stub_);
  stall_since_ = absl::Now();
  for (const auto& request : unanswered_) {
    connection_->Write(request);
  }
}

absl::Status IngestStream::Send(v1::IngestArticlesRequest request) {
  CLIENT_RETURN_IF_ERROR(
      Pump([this] { return unanswered_.size() < options_.window; }, absl::InfiniteFuture()));
  if (unanswered_.empty()) {
    last_progress_ = stall_since_ = absl::Now();
  }
  request.set_sequence(++last_sequence_);
  unanswered_.push_back(std::make_shared<const v1::IngestArticlesRequest>(std::move(request)));
  if (connection_ == nullptr) {
    Connect();
  } else {
    connection_->Write(unanswered_.back());
  }
  return absl::OkStatus();
}

absl::Status IngestStream::Finish(absl::Duration patience) {
  CLIENT_RETURN_IF_ERROR(Pump([this] { return unanswered_.empty(); }, absl::Now() + patience));
  if (connection_ != nullptr) {
    connection_->CloseWrites();
    std::optional<absl::Status> final_status;
    connection_->Take(absl::Seconds(5), &final_status);
    connection_.reset();
  }
  return absl::OkStatus();
}

absl::Status IngestStream::Pump(const std::function<bool()>& done, absl::Time deadline) {
  absl::Duration wait = absl::ZeroDuration();  // What has already come is taken without waiting.
  while (true) {
    if (connection_ == nullptr && !unanswered_.empty()) {
      Connect();
    }
    if (connection_ != nullptr) {
      std::optional<absl::Status> final_status;
      for (v1::IngestArticlesResponse& answer : connection_->Take(wait, &final_status)) {
        CLIENT_RETURN_IF_ERROR(Deliver(std::move(answer)));
      }
      if (final_status.has_value()) {
        connection_.reset();
        if (!unanswered_.empty()) {
          CLIENT_RETURN_IF_ERROR(Reconnect(*std::move(final_status)));
        }
      } else if (!unanswered_.empty() && absl::Now() - stall_since_ > options_.stall_timeout) {
        connection_.reset();
        CLIENT_RETURN_IF_ERROR(Reconnect(absl::DeadlineExceededError(
            fmt::format("no answer for {}", absl::FormatDuration(options_.stall_timeout)))));
      }
    }
    if (done()) {
      return absl::OkStatus();
    }
    if (callbacks_.on_wait && !callbacks_.on_wait()) {
      return absl::CancelledError("stopped while waiting for answers");
    }
    if (absl::Now() >= deadline) {
      return absl::DeadlineExceededError(
          fmt::format("{} articles were not answered in time", unanswered_.size()));
    }
    wait = kWaitStep;
  }
}

absl::Status IngestStream::Deliver(v1::IngestArticlesResponse answer) {
  const auto it = std::find_if(unanswered_.begin(), unanswered_.end(), [&](const auto& request) {
    return request->sequence() == answer.sequence();
  });
  if (it == unanswered_.end()) {
    return absl::InternalError(
        fmt::format("the server answered article {}, which is not waiting", answer.sequence()));
  }
  const std::shared_ptr<const v1::IngestArticlesRequest> request = *it;
  unanswered_.erase(it);
  answered_once_ = true;
  last_progress_ = stall_since_ = absl::Now();
  backoff_ = kBackoffMin;
  callbacks_.on_answer(*request, answer);
  return absl::OkStatus();
}

absl::Status IngestStream::Reconnect(absl::Status status) {
  if (status.ok()) {
    status = absl::UnavailableError("the server closed the stream before it had answered");
  }
  // A server that is busy is there, so that it is worth waiting for also before its first answer.
  if (!IsRetryable(status) || !(answered_once_ || IsServerBusy(status))) {
    return status;
  }
  const absl::Duration pause = std::max(backoff_, DetailsOf(status).retry_delay);
  if (absl::Now() + pause > last_progress_ + options_.retry_for) {
    return status;
  }
  if (callbacks_.on_reconnect) {
    callbacks_.on_reconnect(status);
  }
  const absl::Time resume = absl::Now() + pause;
  backoff_ = std::min(backoff_ * 2, kBackoffMax);
  while (absl::Now() < resume) {
    if (callbacks_.on_wait && !callbacks_.on_wait()) {
      return absl::CancelledError("stopped while waiting for the server");
    }
    absl::SleepFor(std::min(kWaitStep, resume - absl::Now()));
  }
  Connect();
  return absl::OkStatus();
}

}  // namespace partnergraph::client
