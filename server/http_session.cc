#include "server/http_session.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "grpc/health/v1/health.pb.h"
#include "server/connect_call.h"
#include "server/connect_protocol.h"
#include "server/connect_request.h"
#include "server/http_reply.h"

namespace partnergraph {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

constexpr std::chrono::milliseconds kHealthTimeout{2'000};
// How long, and for how many bytes, a peer that was refused in mid-request is listened to, so that
// it reads the refusal before the connection is gone.
constexpr std::chrono::milliseconds kLingerTimeout{2'000};
constexpr size_t kLingerBytesMax = 16 << 20;
// When to come back after a refusal for want of memory.
constexpr std::chrono::milliseconds kRetryDelay{1'000};

std::string_view ToStdView(beast::string_view text) { return {text.data(), text.size()}; }

// All members are used on the socket's strand only; what comes from gRPC's threads is posted there.
class BeastSession : public HttpSession {
 public:
  BeastSession(asio::ip::tcp::socket socket, const HttpContext& context,
               std::function<void(HttpSession*)> on_end)
      : stream_(std::move(socket)),
        context_(context),
        on_end_(std::move(on_end)),
        body_lease_(*context.body_bytes) {}
  ~BeastSession() override { on_end_(this); }

  void Start() override {
    asio::dispatch(stream_.get_executor(), [self = Self()] { self->ReadHeader(); });
  }
  void Drain() override {
    asio::post(stream_.get_executor(), [self = Self()] {
      self->close_after_reply_ = true;
      if (self->reading_header_) self->Close();
    });
  }
  void Abort() override {
    asio::post(stream_.get_executor(), [self = Self()] { self->Fail(); });
  }

 private:
  using Parser = http::request_parser<http::string_body>;
  using Response = http::response<http::span_body<const char>>;

  std::shared_ptr<BeastSession> Self() {
    return std::static_pointer_cast<BeastSession>(shared_from_this());
  }

  // --- Reading -----------------------------------------------------------------------------------

  const HttpLimits& limits() const { return context_.options.limits; }

  void ReadHeader() {
    parser_.emplace();
    parser_->header_limit(static_cast<uint32_t>(limits().header_bytes_max));
    parser_->body_limit(static_cast<uint64_t>(limits().body_bytes_max));
    reading_header_ = true;
    stream_.expires_after(std::chrono::milliseconds(limits().header_ms_max));
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = Self()](error_code error, size_t) { self->OnHeader(error); });
  }

  void OnHeader(error_code error) {
    reading_header_ = false;
    if (error) return OnReadError(error);
    const auto& request = parser_->get();
    const std::string_view host = ToStdView(request[http::field::host]);
    if (!context_.hosts.AllowsHost(host)) {
      return Refuse(421, absl::StrCat("host ", Quoted(host), " is not allowed"));
    }
    const auto origin = request.find(http::field::origin);
    if (origin != request.end() && !HostPolicy::SameOrigin(ToStdView(origin->value()), host)) {
      return Refuse(
          403, absl::StrCat("origin ", Quoted(ToStdView(origin->value())), " is not this server"));
    }
    const bool opens_a_page = request.method() == http::verb::get &&
                              ToStdView(request["sec-fetch-mode"]) == "navigate" &&
                              !context_.methods.NamesService(ToStdView(request.target()));
    if (!opens_a_page && !HostPolicy::SameSite(ToStdView(request["sec-fetch-site"]))) {
      return Refuse(403, "another site's page sent the request");
    }
    if (beast::iequals(request[http::field::expect], "100-continue")) {
      return Write("HTTP/1.1 100 Continue\r\n\r\n", [this] { ReadBody(); });
    }
    ReadBody();
  }

  void ReadBody() {
    stream_.expires_after(std::chrono::milliseconds(limits().body_ms_max));
    parser_->eager(true);
    ReadMoreOfBody();
  }

  // A body is charged for as it grows, so that announcing one costs the others nothing.
  void ReadMoreOfBody() {
    if (parser_->is_done()) return Route();
    http::async_read_some(stream_, buffer_, *parser_, [self = Self()](error_code error, size_t) {
      if (error) return self->OnReadError(error);
      const std::string& body = self->parser_->get().body();
      // Room that a body of known length has reserved is no memory before it is filled.
      const size_t bytes = self->parser_->chunked() ? body.capacity() : body.size();
      if (!self->body_lease_.Resize(bytes)) return self->RefuseForMemory();
      self->ReadMoreOfBody();
    });
  }

  // Frees the request's body, of which `bytes` live on as messages of a call. False when there is
  // no room for them: a message can be larger than its JSON.
  bool FreeBody(size_t bytes) {
    std::string().swap(parser_->get().body());
    return body_lease_.Resize(bytes);
  }

  void OnReadError(error_code error) {
    if (error == http::error::header_limit) {
      return Refuse(
          431, absl::StrCat("the header is larger than ", limits().header_bytes_max, " bytes"));
    }
    if (error == http::error::body_limit) {
      return Refuse(413,
                    absl::StrCat("the body is larger than ", limits().body_bytes_max, " bytes"));
    }
    const bool malformed =
        error.category() == http::make_error_code(http::error::end_of_stream).category() &&
        error != http::error::end_of_stream && error != http::error::partial_message;
    if (malformed) return Refuse(400, absl::StrCat("not HTTP: ", error.message()));
    Close();
  }

  // --- Routing -----------------------------------------------------------------------------------

  void Route() {
    const auto& request = parser_->get();
    const std::string_view target = ToStdView(request.target());
    const size_t query_at = std::min(target.find('?'), target.size());
    const std::string_view path = target.substr(0, query_at);
    const bool is_get = request.method() == http::verb::get;
    const bool is_head = request.method() == http::verb::head;
    if (!is_get && !is_head && request.method() != http::verb::post) {
      HttpReply reply = ErrorReply(405, "want GET, HEAD or POST");
      reply.headers.emplace_back("Allow", "GET, HEAD, POST");
      return Send(std::move(reply));
    }
    if (path.empty() || path.front() != '/') return Send(ErrorReply(400, "want a path"));
    if (path == "/healthz" && (is_get || is_head)) return CheckHealth(is_head);
    if (!is_head && (!is_get || context_.methods.NamesService(path))) {
      return RouteCall(is_get, path, target.substr(std::min(query_at + 1, target.size())));
    }
    HttpReply reply =
        FileReply(context_.files, path, ToStdView(request[http::field::if_none_match]));
    reply.header_only = is_head;
    Send(std::move(reply));
  }

  void RouteCall(bool is_get, std::string_view path, std::string_view query) {
    const auto& request = parser_->get();
    ConnectHttpRequest connect;
    connect.is_get = is_get;
    connect.path = path;
    connect.query = query;
    connect.content_type = ToStdView(request[http::field::content_type]);
    connect.content_encoding = ToStdView(request[http::field::content_encoding]);
    if (request.count("connect-content-encoding") > 0) {
      connect.content_encoding = ToStdView(request["connect-content-encoding"]);
    }
    connect.timeout_ms = ToStdView(request["connect-timeout-ms"]);
    connect.body = request.body();

    ConnectCallRequest call;
    if (const auto refusal = ParseConnectRequest(context_.methods, connect, &call)) {
      return Send(RefusalReply(*refusal));
    }
    size_t bytes = 0;
    for (const std::string& message : call.messages) bytes += message.size();
    if (!FreeBody(bytes)) return RefuseForMemory();
    StartCall(std::move(call));
  }

  void CheckHealth(bool header_only) {
    ConnectCallOptions options;
    options.timeout = kHealthTimeout;
    Expect(/*streaming=*/false);
    finish_ = [this, header_only](const grpc::Status& status) {
      grpc::health::v1::HealthCheckResponse health;
      const bool serving = status.ok() && health.ParseFromString(unary_reply_) &&
                           health.status() == grpc::health::v1::HealthCheckResponse::SERVING;
      HttpReply reply;
      reply.status = serving ? 200 : 503;
      reply.content_type = "application/json";
      reply.headers.emplace_back("Cache-Control", "no-store");
      reply.body = serving ? R"({"status":"SERVING"})" : R"({"status":"NOT_SERVING"})";
      reply.header_only = header_only;
      Send(std::move(reply));
    };
    call_ = StartUnaryCall(context_.channel, "/grpc.health.v1.Health/Check", "", options,
                           MakeCallbacks());
    WatchPeer();
  }

  // --- Calls -------------------------------------------------------------------------------------

  void StartCall(ConnectCallRequest call) {
    const bool streaming = call.method->streaming();
    ConnectCallOptions options;
    const auto timeout_max = call.method->client_streaming()
                                 ? std::chrono::milliseconds(limits().ingest_ms_max)
                                 : context_.options.call_timeout_max;
    options.timeout = std::min(call.timeout.value_or(timeout_max), timeout_max);
    method_ = call.method;
    codec_ = call.codec;
    Expect(streaming);
    if (streaming) {
      OpenStream();
      finish_ = [this](const grpc::Status& status) { EndStream(status); };
      call_ = StartStreamCall(context_.channel, method_->path(), std::move(call.messages), options,
                              MakeCallbacks());
    } else {
      finish_ = [this](const grpc::Status& status) { EndUnary(status); };
      call_ = StartUnaryCall(context_.channel, method_->path(), std::move(call.messages.front()),
                             options, MakeCallbacks());
    }
    WatchPeer();
  }

  void Expect(bool streaming) {
    streaming_ = streaming;
    unary_reply_.clear();
    done_.reset();
    stream_error_.reset();
    stream_.expires_never();
  }

  ConnectCall::Callbacks MakeCallbacks() {
    // Shared by both callbacks. Its members end in reverse order: the token, which lets the server
    // go, after everything that still uses the server.
    struct Link {
      std::shared_ptr<void> token;
      asio::any_io_executor executor;
      std::shared_ptr<BeastSession> session;
    };
    auto link =
        std::make_shared<Link>(Link{context_.calls->Take(), stream_.get_executor(), Self()});
    return {[link](std::string message) {
              asio::post(link->executor,
                         [self = link->session, message = std::move(message)]() mutable {
                           self->OnMessage(std::move(message));
                         });
            },
            [link](grpc::Status status) {
              asio::post(link->executor, [self = link->session, status = std::move(status)] {
                self->OnDone(status);
              });
            }};
  }

  void OnMessage(std::string message) {
    if (!streaming_) {
      unary_reply_ = std::move(message);
      return;
    }
    if (failed_) return;
    auto encoded = method_->EncodeReply(codec_, std::move(message));
    if (!encoded.ok()) {
      stream_error_ =
          grpc::Status(grpc::StatusCode::INTERNAL, std::string(encoded.status().message()));
      return call_->Cancel();
    }
    WriteChunk(EncodeConnectFrame(0, *encoded), [this] { call_->Next(); });
  }

  // While a message is being written the end waits for it.
  void OnDone(const grpc::Status& status) {
    done_ = stream_error_.value_or(status);
    if (!writing_) Finish();
  }

  void Finish() {
    call_.reset();
    body_lease_.Resize(0);
    if (failed_) return Close();
    // finish_ may set the next one.
    const auto finish = std::exchange(finish_, nullptr);
    finish(*std::exchange(done_, std::nullopt));
  }

  void EndUnary(const grpc::Status& status) {
    if (!status.ok()) return Send(ErrorReply(status));
    auto encoded = method_->EncodeReply(codec_, std::move(unary_reply_));
    if (!encoded.ok()) {
      return Send(ErrorReply(
          grpc::Status(grpc::StatusCode::INTERNAL, std::string(encoded.status().message()))));
    }
    HttpReply reply;
    reply.content_type = ContentTypeOf(codec_, /*streaming=*/false);
    reply.body = *std::move(encoded);
    if (parser_->get().method() == http::verb::get) {
      reply.headers.emplace_back("Cache-Control", "no-cache");
    }
    Send(std::move(reply));
  }

  // Prepares the header of a stream; it goes out with the first message.
  void OpenStream() {
    const auto& request = parser_->get();
    chunked_ = request.version() == 11;
    keep_alive_ = chunked_ && request.keep_alive() && !close_after_reply_;
    chunk_ = absl::StrCat(
        "HTTP/1.1 200 OK\r\nContent-Type: ", ToAbsl(ContentTypeOf(codec_, /*streaming=*/true)),
        "\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n",
        chunked_ ? "Transfer-Encoding: chunked\r\n" : "",
        keep_alive_ ? "" : "Connection: close\r\n", "\r\n");
  }

  void WriteChunk(const std::string& frame, std::function<void()> next) {
    if (chunked_) {
      absl::StrAppend(&chunk_, absl::Hex(frame.size()), "\r\n", frame, "\r\n");
    } else {
      chunk_ += frame;
    }
    Write(std::exchange(chunk_, std::string()), std::move(next));
  }

  void EndStream(const grpc::Status& status) {
    const std::string frame = ConnectEndStreamFrame(status);
    if (chunked_) {
      absl::StrAppend(&chunk_, absl::Hex(frame.size()), "\r\n", frame, "\r\n0\r\n\r\n");
    } else {
      chunk_ += frame;
    }
    Write(std::exchange(chunk_, std::string()), [this] {
      if (!keep_alive_ || close_after_reply_) return Linger();
      ReadHeader();
    });
  }

  // Cancels the call when the peer closes its side. A peer that sends its next request early is
  // not watched any more: its closing shows when the reply is written.
  void WatchPeer() {
    if (watching_) return;
    watching_ = true;
    stream_.socket().async_wait(
        asio::ip::tcp::socket::wait_read, [self = Self()](error_code error) {
          self->watching_ = false;
          if (error || !self->call_) return;
          char byte;
          const ssize_t count =
              ::recv(self->stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
          if (count == 0 || (count < 0 && errno != EAGAIN)) self->Fail();
        });
  }

  // --- Writing -----------------------------------------------------------------------------------

  // Refuses a request of which a part may still be unread.
  void Refuse(int status, std::string_view message) {
    close_after_reply_ = true;
    Send(ErrorReply(status, message));
  }

  void RefuseForMemory() {
    close_after_reply_ = true;
    Send(BusyReply("the requests that arrive now have too many bytes together", kRetryDelay));
  }

  void Send(HttpReply reply) {
    FreeBody(0);
    reply_ = std::move(reply);
    const std::string_view body = reply_.file ? reply_.file->content : reply_.body;
    const auto& request = parser_->get();
    response_.emplace();
    response_->version(request.version() == 10 ? 10 : 11);
    response_->result(static_cast<unsigned>(reply_.status));
    response_->keep_alive(request.keep_alive() && !close_after_reply_);
    const auto set = [this](std::string_view name, std::string_view value) {
      response_->set(beast::string_view(name.data(), name.size()),
                     beast::string_view(value.data(), value.size()));
    };
    if (!reply_.content_type.empty()) set("Content-Type", reply_.content_type);
    set("X-Content-Type-Options", "nosniff");
    set("Cross-Origin-Resource-Policy", "same-origin");
    set("Referrer-Policy", "no-referrer");
    for (const auto& [name, value] : reply_.headers) set(name, value);
    if (reply_.status != 304) response_->content_length(body.size());
    if (!reply_.header_only) response_->body() = beast::span<const char>(body.data(), body.size());
    stream_.expires_after(std::chrono::milliseconds(limits().write_ms_max));
    http::async_write(stream_, *response_, [self = Self()](error_code error, size_t) {
      if (error) return self->Close();
      if (!self->response_->keep_alive()) return self->Linger();
      self->reply_ = {};
      self->ReadHeader();
    });
  }

  // Writes `bytes`, then calls `next` on this object; on failure ends the call and the connection.
  void Write(std::string bytes, std::function<void()> next) {
    writing_ = true;
    outgoing_ = std::move(bytes);
    stream_.expires_after(std::chrono::milliseconds(limits().write_ms_max));
    asio::async_write(stream_, asio::buffer(outgoing_),
                      [self = Self(), next = std::move(next)](error_code error, size_t) {
                        self->writing_ = false;
                        self->outgoing_.clear();
                        if (error) return self->OnWriteError();
                        if (self->done_) return self->Finish();
                        next();
                      });
  }

  void OnWriteError() {
    Fail();
    if (done_) Finish();
  }

  // Ends what runs. The connection closes now; the session lives until the call has ended.
  void Fail() {
    failed_ = true;
    if (call_) call_->Cancel();
    Close();
  }

  void Linger() {
    error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    stream_.expires_after(kLingerTimeout);
    Discard();
  }

  void Discard() {
    discarded_.resize(64 << 10);
    stream_.async_read_some(asio::buffer(discarded_),
                            [self = Self()](error_code error, size_t count) {
                              self->discarded_bytes_ += count;
                              if (error || self->discarded_bytes_ > kLingerBytesMax) {
                                return self->Close();
                              }
                              self->Discard();
                            });
  }

  void Close() {
    error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    stream_.close();
  }

  beast::tcp_stream stream_;
  const HttpContext& context_;
  std::function<void(HttpSession*)> on_end_;

  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  ByteLease body_lease_;
  bool reading_header_ = false;
  bool close_after_reply_ = false;
  bool failed_ = false;

  // The running call.
  const ConnectMethod* method_ = nullptr;
  ConnectCodec codec_ = ConnectCodec::kJson;
  bool streaming_ = false;
  bool watching_ = false;
  std::shared_ptr<ConnectCall> call_;
  std::function<void(const grpc::Status&)> finish_;
  std::string unary_reply_;
  std::optional<grpc::Status> stream_error_;
  std::optional<grpc::Status> done_;

  // What is being sent.
  HttpReply reply_;
  std::optional<Response> response_;
  bool writing_ = false;
  bool chunked_ = false;
  bool keep_alive_ = false;
  std::string chunk_;
  std::string outgoing_;

  std::string discarded_;
  size_t discarded_bytes_ = 0;
};

}  // namespace

std::shared_ptr<void> CallCount::Take() {
  const std::lock_guard lock(mutex_);
  ++count_;
  return std::shared_ptr<void>(nullptr, [self = shared_from_this()](void*) {
    const std::lock_guard lock(self->mutex_);
    if (--self->count_ == 0) self->none_.notify_all();
  });
}

void CallCount::WaitUntilNone() {
  std::unique_lock lock(mutex_);
  none_.wait(lock, [this] { return count_ == 0; });
}

std::shared_ptr<HttpSession> HttpSession::Create(asio::ip::tcp::socket socket,
                                                 const HttpContext& context,
                                                 std::function<void(HttpSession*)> on_end) {
  return std::make_shared<BeastSession>(std::move(socket), context, std::move(on_end));
}

}  // namespace partnergraph
