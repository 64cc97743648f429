// One IngestArticles call. Articles are read as they arrive, extracted several at a time on the
// pool for writes, and committed and answered one by one in the order of arrival:
//
//   OnReadDone -> items_ -> Prepare (pool) -> Commit, head of items_ first (pool) -> acks_ -> write
//
// Reading stops while kUnansweredMax articles, or kUnansweredBytesMax bytes of them, are not
// answered; answers that the peer does not take count as unanswered, so memory is bounded.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/alarm.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "partnergraph/v1/ingest_service.pb.h"
#include "server/article_ingester.h"
#include "server/call_guard.h"
#include "server/read_token.h"
#include "server/worker_pool.h"

namespace partnergraph {

inline constexpr size_t kUnansweredMax = 64;
inline constexpr size_t kUnansweredBytesMax = 16 << 20;

// Owns itself from Start until gRPC and the pool are done with it.
class IngestStream final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                           public std::enable_shared_from_this<IngestStream> {
 public:
  // Begins to read. Everything given by reference must outlive the call.
  static IngestStream* Start(grpc::CallbackServerContext* context, std::unique_ptr<Call> call,
                             const CallGuard& guard, const ArticleIngester& ingester,
                             const ReadTokens& tokens, WorkerPool& pool);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  // An article that is not answered yet.
  struct Item {
    v1::IngestArticlesRequest request;
    size_t bytes = 0;
    std::optional<absl::StatusOr<PreparedArticle>> prepared;  // Set when it may be committed.
  };

  IngestStream(grpc::CallbackServerContext* context, std::unique_ptr<Call> call,
               const CallGuard& guard, const ArticleIngester& ingester, const ReadTokens& tokens,
               WorkerPool& pool);

  // Runs on the pool: extracts one article, then commits what is ready at the head.
  void Prepare(const std::shared_ptr<Item>& item);
  void CommitReady(std::unique_lock<std::mutex>& lock);
  // The answer to one article. A status when the stream cannot go on.
  absl::StatusOr<v1::IngestArticlesResponse> Answer(const Item& item) const;

  // Each is called with mutex_ held, after something changed.
  void ReadMore();
  void WriteMore();
  // Ends the stream with an error; what is not answered yet will not be.
  void Fail(absl::Status status);
  // Ends the call when nothing is left to do; releases `lock`.
  void FinishWhenDone(std::unique_lock<std::mutex> lock);

  // Looks twice a second whether the stream is idle, out of time, or to end with the server.
  void ArmTimer();
  void OnTimer();

  grpc::CallbackServerContext* const context_;
  const CallGuard& guard_;
  const ArticleIngester& ingester_;
  const ReadTokens& tokens_;
  WorkerPool& pool_;

  std::mutex mutex_;
  // All of the rest is guarded by mutex_.
  std::shared_ptr<IngestStream> self_;  // Until OnDone.
  std::unique_ptr<Call> call_;          // Until the call is finished.
  grpc::ByteBuffer incoming_;           // Belongs to gRPC while reading_.
  std::deque<std::shared_ptr<Item>> items_;
  std::deque<grpc::ByteBuffer> acks_;  // The first one is on its way.
  size_t items_bytes_ = 0;
  size_t tasks_ = 0;  // On the pool.
  bool committing_ = false;
  bool reading_ = false;
  bool half_closed_ = false;  // The peer sends nothing more.
  bool ended_ = false;        // No more work is to be done; status_ says why.
  bool finished_ = false;
  absl::Status status_;
  std::unique_ptr<grpc::Alarm> timer_;
  std::chrono::steady_clock::time_point active_at_;
};

}  // namespace partnergraph
