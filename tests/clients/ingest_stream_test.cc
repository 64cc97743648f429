#include "clients/cpp/ingest_stream.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "clients/cpp/channel.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/fake_server.h"
#include "tests/status_matchers.h"

namespace partnergraph::client {
namespace {

using testing::HasSubstr;

using ServerStream =
    grpc::ServerReaderWriter<v1::IngestArticlesResponse, v1::IngestArticlesRequest>;

v1::IngestArticlesRequest Article(const std::string& text) {
  v1::IngestArticlesRequest request;
  request.mutable_record()->set_data(text);
  return request;
}

// Answers as stored until the client is done.
grpc::Status AnswerAll(grpc::ServerContext&, ServerStream& stream) {
  v1::IngestArticlesRequest request;
  while (stream.Read(&request)) {
    v1::IngestArticlesResponse response;
    response.set_sequence(request.sequence());
    response.set_outcome(v1::INGEST_OUTCOME_STORED);
    response.set_article_id(request.record().data());
    stream.Write(response);
  }
  return grpc::Status::OK;
}

class IngestStreamTest : public testing::Test {
 protected:
  IngestStream::Callbacks Callbacks() {
    return {[this](const auto& request, const auto& answer) {
              EXPECT_EQ(request.sequence(), answer.sequence());
              answered_.push_back(request.record().data());
            },
            [this](const absl::Status&) { ++reconnects_; }, nullptr};
  }

  void ExpectAnsweredInOrder(int count) {
    ASSERT_EQ(answered_.size(), count);
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(answered_[i], std::to_string(i));
    }
  }

  FakeServer server_;
  std::vector<std::string> answered_;
  int reconnects_ = 0;
};

TEST_F(IngestStreamTest, AnswersEachArticleInOrder) {
  server_.answers.ingest_articles = AnswerAll;
  IngestStream stream(OpenChannel({server_.address()}), {}, Callbacks());
  for (int i = 0; i < 500; ++i) {
    ASSERT_THAT(stream.Send(Article(std::to_string(i))), IsOk());
  }
  ASSERT_THAT(stream.Finish(), IsOk());
  ExpectAnsweredInOrder(500);
  EXPECT_EQ(reconnects_, 0);
}

TEST_F(IngestStreamTest, FinishWithoutArticlesIsOk) {
  IngestStream stream(OpenChannel({server_.address()}), {}, Callbacks());
  EXPECT_THAT(stream.Finish(), IsOk());
}

TEST_F(IngestStreamTest, NeverHasMoreUnansweredThanItsWindow) {
  std::atomic<int> received{0};
  std::atomic<bool> answer{false};
  server_.answers.ingest_articles = [&](grpc::ServerContext&, ServerStream& stream) {
    std::vector<uint64_t> waiting;
    v1::IngestArticlesRequest request;
    const auto flush = [&] {
      for (const uint64_t sequence : waiting) {
        v1::IngestArticlesResponse response;
        response.set_sequence(sequence);
        stream.Write(response);
      }
      waiting.clear();
    };
    while (stream.Read(&request)) {
      ++received;
      waiting.push_back(request.sequence());
      if (waiting.size() == 4 || answer) {
        // Holds back a full window for a while: a client that did not wait would send more.
        std::this_thread::sleep_for(std::chrono::milliseconds(answer ? 0 : 200));
        EXPECT_LE(waiting.size(), 4);
        flush();
      }
    }
    return grpc::Status::OK;
  };
  IngestStreamOptions options;
  options.window = 4;
  IngestStream stream(OpenChannel({server_.address()}), options, Callbacks());
  for (int i = 0; i < 4; ++i) {
    ASSERT_THAT(stream.Send(Article(std::to_string(i))), IsOk());
  }
  const absl::Time start = absl::Now();
  ASSERT_THAT(stream.Send(Article("4")), IsOk());  // Has to wait for an answer.
  EXPECT_GT(absl::Now() - start, absl::Milliseconds(100));
  EXPECT_LE(stream.unanswered_count(), 4);
  answer = true;
  ASSERT_THAT(stream.Send(Article("5")), IsOk());
  ASSERT_THAT(stream.Finish(), IsOk());
  ExpectAnsweredInOrder(6);
  EXPECT_EQ(received, 6);
}

TEST_F(IngestStreamTest, SendsAgainWhatWasNotAnsweredAfterALostConnection) {
  std::atomic<int> connections{0};
  std::mutex mutex;
  std::vector<std::string> received;
  server_.answers.ingest_articles = [&](grpc::ServerContext& context, ServerStream& stream) {
    const bool breaks = ++connections <= 2;
    int answered = 0;
    v1::IngestArticlesRequest request;
    while (stream.Read(&request)) {
      {
        std::lock_guard lock(mutex);
        received.push_back(request.record().data());
      }
      if (breaks && answered == 10) {
        return grpc::Status(grpc::StatusCode::UNAVAILABLE, "restarting");
      }
      v1::IngestArticlesResponse response;
      response.set_sequence(request.sequence());
      stream.Write(response);
      ++answered;
    }
    return grpc::Status::OK;
  };
  IngestStream stream(OpenChannel({server_.address()}), {}, Callbacks());
  for (int i = 0; i < 100; ++i) {
    ASSERT_THAT(stream.Send(Article(std::to_string(i))), IsOk());
  }
  ASSERT_THAT(stream.Finish(), IsOk());
  ExpectAnsweredInOrder(100);
  EXPECT_EQ(reconnects_, 2);
  EXPECT_EQ(connections, 3);
  EXPECT_GT(received.size(), 100);  // Some twice.
}

TEST_F(IngestStreamTest, FindsARestartedServer) {
  server_.answers.ingest_articles = AnswerAll;
  IngestStream stream(OpenChannel({server_.address()}), {}, Callbacks());
  for (int i = 0; i < 10; ++i) {
    ASSERT_THAT(stream.Send(Article(std::to_string(i))), IsOk());
  }
  while (stream.unanswered_count() > 0) {
    // Finish() would close the stream; Send() takes answers.
    ASSERT_THAT(stream.Send(Article(std::to_string(answered_.size() + stream.unanswered_count()))),
                IsOk());
    if (answered_.size() >= 5) {
      break;
    }
  }
  const int sent = static_cast<int>(answered_.size() + stream.unanswered_count());
  server_.Stop();
  std::thread restart([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    server_.Restart();
  });
  absl::Status status;
  for (int i = sent; i < sent + 100 && status.ok(); ++i) {
    status = stream.Send(Article(std::to_string(i)));
  }
  restart.join();
  ASSERT_THAT(status, IsOk());
  ASSERT_THAT(stream.Finish(), IsOk());
  ExpectAnsweredInOrder(sent + 100);
  EXPECT_GE(reconnects_, 1);
}

TEST_F(IngestStreamTest, AServerThatWasNeverThereIsAnErrorAtOnce) {
  const std::string address = server_.address();
  server_.Stop();
  IngestStream stream(OpenChannel({address}), {}, Callbacks());
  ASSERT_THAT(stream.Send(Article("0")), IsOk());
  EXPECT_THAT(stream.Finish(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("connect")));
  EXPECT_EQ(reconnects_, 0);
  EXPECT_EQ(stream.unanswered_count(), 1);
}

// As on a machine that is busy: the connection is there at once, what it serves much later.
TEST_F(IngestStreamTest, AServerThatIsSlowToTakeTheFirstConnectionIsWaitedFor) {
  server_.answers.ingest_articles = AnswerAll;
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  ASSERT_GE(listener, 0);
  sockaddr_in at = {};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(at);
  ASSERT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&at), size), 0);
  ASSERT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&at), &size), 0);
  ASSERT_EQ(listen(listener, 8), 0);
  std::thread slow([&] {
    absl::SleepFor(absl::Seconds(1));
    if (const int connection = accept(listener, nullptr, nullptr); connection >= 0) {
      server_.Serve(connection);
    }
  });
  IngestStream stream(OpenChannel({"127.0.0.1:" + std::to_string(ntohs(at.sin_port))}), {},
                      Callbacks());
  EXPECT_THAT(stream.Send(Article("0")), IsOk());
  EXPECT_THAT(stream.Finish(), IsOk());
  slow.join();
  close(listener);
  ExpectAnsweredInOrder(1);
  EXPECT_EQ(reconnects_, 0);
}

TEST_F(IngestStreamTest, GivesUpAfterItsTime) {
  std::atomic<int> connections{0};
  server_.answers.ingest_articles = [&](grpc::ServerContext& context, ServerStream& stream) {
    v1::IngestArticlesRequest request;
    if (++connections == 1 && stream.Read(&request)) {
      v1::IngestArticlesResponse response;
      response.set_sequence(request.sequence());
      stream.Write(response);
    }
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "broken");
  };
  IngestStreamOptions options;
  options.retry_for = absl::Seconds(1);
  IngestStream stream(OpenChannel({server_.address()}), options, Callbacks());
  ASSERT_THAT(stream.Send(Article("0")), IsOk());
  ASSERT_THAT(stream.Send(Article("1")), IsOk());
  EXPECT_THAT(stream.Finish(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("broken")));
  EXPECT_GE(reconnects_, 1);
}

TEST_F(IngestStreamTest, AStalledConnectionIsMadeAnew) {
  std::atomic<int> connections{0};
  server_.answers.ingest_articles = [&](grpc::ServerContext& context, ServerStream& stream) {
    if (++connections == 2) {
      while (!context.IsCancelled()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
      }
      return grpc::Status::CANCELLED;
    }
    v1::IngestArticlesRequest request;
    int answered = 0;
    while (stream.Read(&request)) {
      v1::IngestArticlesResponse response;
      response.set_sequence(request.sequence());
      stream.Write(response);
      if (connections == 1 && ++answered == 1) {
        return grpc::Status(grpc::StatusCode::UNAVAILABLE, "once");
      }
    }
    return grpc::Status::OK;
  };
  IngestStreamOptions options;
  options.stall_timeout = absl::Milliseconds(300);
  IngestStream stream(OpenChannel({server_.address()}), options, Callbacks());
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(stream.Send(Article(std::to_string(i))), IsOk());
  }
  ASSERT_THAT(stream.Finish(), IsOk());
  ExpectAnsweredInOrder(5);
  EXPECT_EQ(connections, 3);
}

TEST_F(IngestStreamTest, WaitsForABusyServerAsLongAsItSays) {
  std::atomic<int> connections{0};
  server_.answers.ingest_articles = [&](grpc::ServerContext& context, ServerStream& stream) {
    if (++connections == 1) {
      return DetailedStatus(grpc::StatusCode::RESOURCE_EXHAUSTED, "too many streams", "SERVER_BUSY",
                            "", /*retry_ms=*/700);
    }
    return AnswerAll(context, stream);
  };
  const absl::Time start = absl::Now();
  IngestStream stream(OpenChannel({server_.address()}), {}, Callbacks());
  ASSERT_THAT(stream.Send(Article("0")), IsOk());
  ASSERT_THAT(stream.Finish(), IsOk());
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(700));
  ExpectAnsweredInOrder(1);
  EXPECT_EQ(reconnects_, 1);
}

TEST_F(IngestStreamTest, OtherExhaustionIsNotTriedAgain) {
  server_.answers.ingest_articles = [&](grpc::ServerContext&, ServerStream&) {
    return DetailedStatus(grpc::StatusCode::RESOURCE_EXHAUSTED, "disk full", "STORE_FULL", "");
  };
  IngestStream stream(OpenChannel({server_.address()}), {}, Callbacks());
  ASSERT_THAT(stream.Send(Article("0")), IsOk());
  EXPECT_THAT(stream.Finish(), StatusIs(absl::StatusCode::kResourceExhausted, "disk full"));
  EXPECT_EQ(reconnects_, 0);
}

TEST_F(IngestStreamTest, OtherErrorsEndIt) {
  server_.answers.ingest_articles = [](grpc::ServerContext&, ServerStream&) {
    return grpc::Status(grpc::StatusCode::PERMISSION_DENIED, "not you");
  };
  IngestStream stream(OpenChannel({server_.address()}), {}, Callbacks());
  ASSERT_THAT(stream.Send(Article("0")), IsOk());
  EXPECT_THAT(stream.Finish(), StatusIs(absl::StatusCode::kPermissionDenied, "not you"));
}

TEST_F(IngestStreamTest, AWaitCanBeStoppedAndTheStreamFinished) {
  std::atomic<bool> go{false};
  server_.answers.ingest_articles = [&](grpc::ServerContext& context, ServerStream& stream) {
    while (!go && !context.IsCancelled()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return AnswerAll(context, stream);
  };
  IngestStreamOptions options;
  options.window = 1;
  auto callbacks = Callbacks();
  bool stop = true;
  callbacks.on_wait = [&] { return !stop; };
  IngestStream stream(OpenChannel({server_.address()}), options, callbacks);
  ASSERT_THAT(stream.Send(Article("0")), IsOk());
  EXPECT_THAT(stream.Send(Article("1")), StatusIs(absl::StatusCode::kCancelled, testing::_));
  stop = false;
  EXPECT_THAT(stream.Finish(absl::Milliseconds(200)),
              StatusIs(absl::StatusCode::kDeadlineExceeded, HasSubstr("1 articles")));
  go = true;
  EXPECT_THAT(stream.Finish(), IsOk());
  EXPECT_THAT(answered_, testing::ElementsAre("0"));
}

}  // namespace
}  // namespace partnergraph::client
