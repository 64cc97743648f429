// Sends articles over IngestArticles with a bounded window, and goes on after a lost connection or
// when the server was too busy to take the stream (after as long as it says): what was not answered
// is sent again, which is safe because storing the same content twice changes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "partnergraph/v1/ingest_service.grpc.pb.h"

namespace partnergraph::client {

struct IngestStreamOptions {
  // Most articles without an answer, 1 to 64: the server stops reading beyond 64.
  size_t window = 64;
  // A connection with unanswered articles and no answer for this long is given up and made anew.
  absl::Duration stall_timeout = absl::Seconds(60);
  // How long to go on trying after the last answer. Before the first answer, a server that cannot
  // be reached is an error at once, and only one that is busy is waited for.
  absl::Duration retry_for = absl::Seconds(120);
};

// Used by one thread, in which all callbacks run.
class IngestStream {
 public:
  struct Callbacks {
    // Required. Each request once, in order, with its answer.
    std::function<void(const v1::IngestArticlesRequest&, const v1::IngestArticlesResponse&)>
        on_answer;
    // Optional. A connection was lost, or the server was busy (IsServerBusy), and it is tried
    // again.
    std::function<void(const absl::Status&)> on_reconnect;
    // Optional. Called every 100 ms or sooner while waiting; false ends the wait with CANCELLED.
    std::function<bool()> on_wait;
  };

  IngestStream(std::shared_ptr<grpc::Channel> channel, IngestStreamOptions options,
               Callbacks callbacks);
  // Cancels what is under way.
  ~IngestStream();
  IngestStream(const IngestStream&) = delete;
  IngestStream& operator=(const IngestStream&) = delete;

  // Queues one article and waits while the window is full. `request.sequence` is overwritten. After
  // CANCELLED from on_wait() the stream can still be finished; other errors end it: UNAVAILABLE or
  // DEADLINE_EXCEEDED when the server cannot be reached (again), else what the server ended it
  // with.
  absl::Status Send(v1::IngestArticlesRequest request);

  // Waits until everything sent is answered, for at most `patience`, and closes the stream.
  // DEADLINE_EXCEEDED when answers are missing by then; other errors as in Send().
  absl::Status Finish(absl::Duration patience = absl::InfiniteDuration());

  // Number of articles without an answer.
  size_t unanswered_count() const { return unanswered_.size(); }

 private:
  class Connection;

  // Delivers answers and mends the connection until `done()`.
  absl::Status Pump(const std::function<bool()>& done, absl::Time deadline);
  absl::Status Deliver(v1::IngestArticlesResponse answer);
  // After the connection ended with `status`: waits a moment and connects again, or says why not.
  absl::Status Reconnect(absl::Status status);
  void Connect();

  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::IngestService::Stub> stub_;
  IngestStreamOptions options_;
  Callbacks callbacks_;
  std::unique_ptr<Connection> connection_;
  std::deque<std::shared_ptr<const v1::IngestArticlesRequest>> unanswered_;
  uint64_t last_sequence_ = 0;
  bool answered_once_ = false;
  absl::Time last_progress_ = absl::InfinitePast();  // An answer, or the end of having none due.
  absl::Time stall_since_ = absl::InfinitePast();    // The same, or the start of the connection.
  absl::Duration backoff_;
};

}  // namespace partnergraph::client
