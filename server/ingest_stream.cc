#include "server/ingest_stream.h"

#include <utility>

#include "server/article_input.h"
#include "server/grpc_status.h"
#include "server/message_bytes.h"
#include "server/proto_conversion.h"

namespace partnergraph {
namespace {

constexpr std::chrono::milliseconds kTimerPeriod{500};

// True for errors that the next article would meet as well: the store takes no writes.
bool EndsStream(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDataLoss(status) || absl::IsUnknown(status);
}

}  // namespace

IngestStream* IngestStream::Start(grpc::CallbackServerContext* context, std::unique_ptr<Call> call,
                                  const CallGuard& guard, const ArticleIngester& ingester,
                                  const ReadTokens& tokens, WorkerPool& pool) {
  const std::shared_ptr<IngestStream> stream(
      new IngestStream(context, std::move(call), guard, ingester, tokens, pool));
  const std::lock_guard lock(stream->mutex_);
  stream->self_ = stream;
  stream->ReadMore();
  stream->ArmTimer();
  return stream.get();
}

IngestStream::IngestStream(grpc::CallbackServerContext* context, std::unique_ptr<Call> call,
                           const CallGuard& guard, const ArticleIngester& ingester,
                           const ReadTokens& tokens, WorkerPool& pool)
    : context_(context),
      guard_(guard),
      ingester_(ingester),
      tokens_(tokens),
      pool_(pool),
      call_(std::move(call)),
      active_at_(std::chrono::steady_clock::now()) {}

void IngestStream::OnReadDone(bool ok) {
  std::unique_lock lock(mutex_);
  reading_ = false;
  active_at_ = std::chrono::steady_clock::now();
  if (!ok) {
    half_closed_ = true;
  } else if (!ended_) {
    auto item = std::make_shared<Item>();
    item->bytes = incoming_.Length();
    if (absl::Status status = FromBytes(incoming_, &item->request); !status.ok()) {
      Fail(std::move(status));
    } else {
      items_bytes_ += item->bytes;
      items_.push_back(item);
      ++tasks_;
      if (!pool_.Post([stream = self_, item] { stream->Prepare(item); })) {
        --tasks_;
        Fail(WithReason(absl::ResourceExhaustedError("too many articles wait for a thread"),
                        "SERVER_BUSY"));
      }
    }
    incoming_.Clear();
    ReadMore();
  }
  FinishWhenDone(std::move(lock));
}

void IngestStream::Prepare(const std::shared_ptr<Item>& item) {
  std::unique_lock lock(mutex_);
  if (!ended_) {
    lock.unlock();
    absl::StatusOr<Article> article = ToArticleOf(item->request);
    // A StatusOr must not be made of an OK status: the platform's Abseil ends the process.
    absl::StatusOr<PreparedArticle> prepared =
        article.ok() ? ingester_.Prepare(*std::move(article))
                     : absl::StatusOr<PreparedArticle>(article.status());
    if (article.ok() && !prepared.ok()) prepared = AtPlaceOf(prepared.status(), item->request);
    lock.lock();
    item->prepared = std::move(prepared);
    // One thread at a time commits; it also takes what becomes ready while it does.
    if (!committing_) CommitReady(lock);
  }
  --tasks_;
  FinishWhenDone(std::move(lock));
}

void IngestStream::CommitReady(std::unique_lock<std::mutex>& lock) {
  committing_ = true;
  while (!ended_ && !items_.empty() && items_.front()->prepared.has_value()) {
    const std::shared_ptr<Item> item = items_.front();
    lock.unlock();
    absl::StatusOr<v1::IngestArticlesResponse> answer = Answer(*item);
    lock.lock();
    if (ended_) break;
    if (!answer.ok()) {
      Fail(answer.status());
      break;
    }
    items_.pop_front();
    items_bytes_ -= item->bytes;
    acks_.push_back(ToBytes(*answer));
    if (acks_.size() == 1) WriteMore();
  }
  committing_ = false;
}

absl::StatusOr<v1::IngestArticlesResponse> IngestStream::Answer(const Item& item) const {
  v1::IngestArticlesResponse answer;
  answer.set_sequence(item.request.sequence());
  absl::Status status = item.prepared->status();
  if (status.ok()) {
    const absl::StatusOr<PutResult> result = ingester_.Commit(**item.prepared);
    if (result.ok()) {
      answer.set_outcome(result->unchanged ? v1::INGEST_OUTCOME_UNCHANGED
                                           : v1::INGEST_OUTCOME_STORED);
      answer.set_article_id(result->article_id);
      ToProto(result->diff, answer.mutable_diff());
      answer.set_write_token(tokens_.Encode(result->sequence));
      return answer;
    }
    status = AtPlaceOf(result.status(), item.request);
  }
  if (EndsStream(status)) return status;
  answer.set_outcome(v1::INGEST_OUTCOME_REJECTED);
  answer.set_article_id(item.request.article().article_id());
  answer.mutable_error()->set_reason(ReasonOf(status));
  answer.mutable_error()->set_message(std::string(status.message()));
  return answer;
}

void IngestStream::OnWriteDone(bool ok) {
  std::unique_lock lock(mutex_);
  active_at_ = std::chrono::steady_clock::now();
  acks_.pop_front();
  if (!ok) Fail(absl::CancelledError("the peer takes no more answers"));
  WriteMore();
  ReadMore();
  FinishWhenDone(std::move(lock));
}

void IngestStream::OnCancel() {
  std::unique_lock lock(mutex_);
  if (call_ != nullptr) {
    call_->Cancel();
    Fail(call_->StopStatus());
  }
  FinishWhenDone(std::move(lock));
}

void IngestStream::OnDone() {
  std::shared_ptr<IngestStream> self;
  const std::lock_guard lock(mutex_);
  self = std::move(self_);  // Freed after the lock.
}

void IngestStream::ReadMore() {
  const size_t unanswered = items_.size() + acks_.size();
  if (reading_ || half_closed_ || ended_ || unanswered >= kUnansweredMax ||
      items_bytes_ >= kUnansweredBytesMax || guard_.draining()) {
    return;
  }
  reading_ = true;
  StartRead(&incoming_);
}

void IngestStream::WriteMore() {
  // What was waiting behind an answer that is on its way is dropped when the stream has ended.
  if (ended_) {
    acks_.clear();
  } else if (!acks_.empty()) {
    StartWrite(&acks_.front());
  }
}

void IngestStream::Fail(absl::Status status) {
  if (ended_) return;
  ended_ = true;
  status_ = std::move(status);
}

void IngestStream::FinishWhenDone(std::unique_lock<std::mutex> lock) {
  const bool answered = items_.empty() && acks_.empty();
  const bool drained = guard_.draining() && answered;
  if (drained && !half_closed_) {
    Fail(WithReason(absl::UnavailableError("the server is shutting down"), "SERVER_STOPPING"));
  }
  const bool over = ended_ ? acks_.empty() : half_closed_ && answered;
  if (finished_ || !over || tasks_ > 0 || committing_) return;
  finished_ = true;
  timer_ = nullptr;
  call_->Finish(status_);
  call_ = nullptr;
  const grpc::Status status = ToGrpcStatus(status_);
  lock.unlock();
  Finish(status);
}

void IngestStream::ArmTimer() {
  // A new alarm each time: one cannot be set again from its own callback.
  timer_ = std::make_unique<grpc::Alarm>();
  timer_->Set(std::chrono::system_clock::now() + kTimerPeriod,
              [stream = self_](bool ok) { stream->OnTimer(); });
}

void IngestStream::OnTimer() {
  std::unique_lock lock(mutex_);
  if (finished_) return;
  const auto idle = std::chrono::steady_clock::now() - active_at_;
  const bool working = tasks_ > 0 || committing_;
  if (call_->ShouldStop().has_value()) {
    Fail(call_->StopStatus());
  } else if (!working && idle >= std::chrono::milliseconds(guard_.limits().ingest_idle_ms_max)) {
    Fail(WithReason(absl::DeadlineExceededError("the peer sent and took nothing for too long"),
                    "STREAM_IDLE"));
  }
  // An answer that the peer does not take would hold the end of the call back.
  if (ended_ && !acks_.empty()) context_->TryCancel();
  ArmTimer();
  FinishWhenDone(std::move(lock));
}

}  // namespace partnergraph
