#include "server/http_server.h"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "graph/quoted.h"
#include "graph/status_macros.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/security/credentials.h"
#include "server/http_session.h"

namespace partnergraph {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// Sent to a connection beyond a bound; nothing of it is read.
constexpr std::string_view kTooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

// Pause before accepting again after an error such as "too many open files".
constexpr std::chrono::milliseconds kAcceptPause{100};

absl::StatusOr<tcp::endpoint> ParseAddress(const std::string& address) {
  const size_t colon = address.rfind(':');
  uint32_t port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port) ||
      port > 65535) {
    return absl::InvalidArgumentError(
        absl::StrCat("HTTP address is ", Quoted(address), ", want HOST:PORT"));
  }
  std::string host = address.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (host == "localhost") host = "127.0.0.1";
  error_code error;
  const auto ip = asio::ip::make_address(host, error);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("HTTP address ", Quoted(address), " has no IP address before the port"));
  }
  return tcp::endpoint(ip, static_cast<uint16_t>(port));
}

// What counts as one peer: an IPv4 address, or the /64 of an IPv6 address, which is what one host
// is given. Empty when the peer is gone already.
std::string PeerOf(const tcp::socket& socket) {
  error_code error;
  const tcp::endpoint endpoint = socket.remote_endpoint(error);
  if (error) return "";
  const asio::ip::address address = endpoint.address();
  if (address.is_v4()) return address.to_string();
  if (address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  auto bytes = address.to_v6().to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return asio::ip::address_v6(bytes).to_string();
}

}  // namespace

class HttpServer::Impl {
 public:
  explicit Impl(HttpServerOptions options)
      : context_(std::move(options)),
        io_(std::max(1, context_.options.limits.threads)),
        work_(io_.get_executor()),
        acceptor_(io_),
        accept_timer_(io_) {}
  ~Impl() { Stop(std::chrono::milliseconds(0)); }

  absl::StatusOr<uint16_t> Start() {
    const HttpServerOptions& options = context_.options;
    PG_ASSIGN_OR_RETURN(context_.methods, ConnectMethods::ForServices(options.services));
    if (!options.web_root.empty()) {
      PG_ASSIGN_OR_RETURN(context_.files, StaticFiles::Load(options.web_root));
    }
    context_.hosts = HostPolicy(options.allowed_hosts);
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(options.reply_bytes_max);
    // A channel of its own: gRPC shares connections between channels with equal arguments.
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    context_.channel = grpc::CreateCustomChannel(options.grpc_target,
                                                 grpc::InsecureChannelCredentials(), arguments);
    PG_ASSIGN_OR_RETURN(const uint16_t port, Listen());
    Accept();
    for (int i = 0; i < std::max(1, options.limits.threads); ++i) {
      threads_.emplace_back([this] { io_.run(); });
    }
    return port;
  }

  void Stop(std::chrono::milliseconds grace) {
    const std::lock_guard stop_lock(stop_mutex_);
    if (threads_.empty()) return;
    asio::post(io_, [this] {
      error_code ignored;
      acceptor_.close(ignored);
      accept_timer_.cancel();
    });
    for (const auto& session : Sessions(/*stopping=*/true)) session->Drain();
    {
      std::unique_lock lock(mutex_);
      sessions_changed_.wait_for(lock, grace, [this] { return sessions_.empty(); });
    }
    for (const auto& session : Sessions(/*stopping=*/true)) session->Abort();
    context_.calls->WaitUntilNone();
    work_.reset();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  absl::StatusOr<uint16_t> Listen() {
    PG_ASSIGN_OR_RETURN(const tcp::endpoint endpoint, ParseAddress(context_.options.address));
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    const tcp::endpoint bound = error ? endpoint : acceptor_.local_endpoint(error);
    if (error) {
      return absl::UnavailableError(
          absl::StrCat("cannot serve HTTP on ", context_.options.address, ": ", error.message()));
    }
    return bound.port();
  }

  void Accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](error_code error, tcp::socket socket) {
      if (!acceptor_.is_open()) return;
      if (error) {
        accept_timer_.expires_after(kAcceptPause);
        accept_timer_.async_wait([this](error_code cancelled) {
          if (!cancelled && acceptor_.is_open()) Accept();
        });
        return;
      }
      Serve(std::move(socket));
      Accept();
    });
  }

  void Serve(tcp::socket socket) {
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    std::string peer = PeerOf(socket);
    std::shared_ptr<HttpSession> session;
    {
      const HttpLimits& limits = context_.options.limits;
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      const auto of_peer = connections_by_peer_.find(peer);
      const int64_t peer_count = of_peer == connections_by_peer_.end() ? 0 : of_peer->second;
      if (static_cast<int64_t>(sessions_.size()) < limits.connections_max &&
          peer_count < limits.connections_per_peer_max) {
        connections_by_peer_[peer] = peer_count + 1;
        session = HttpSession::Create(std::move(socket), context_,
                                      [this](HttpSession* ended) { Forget(ended); });
        sessions_.emplace(session.get(), Connection{session, std::move(peer)});
      }
    }
    if (session) return session->Start();
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(kTooManyConnections), ignored);
  }

  void Forget(HttpSession* session) {
    const std::lock_guard lock(mutex_);
    const auto ended = sessions_.find(session);
    const auto of_peer = connections_by_peer_.find(ended->second.peer);
    if (--of_peer->second == 0) connections_by_peer_.erase(of_peer);
    sessions_.erase(ended);
    sessions_changed_.notify_all();
  }

  std::vector<std::shared_ptr<HttpSession>> Sessions(bool stopping) {
    std::vector<std::shared_ptr<HttpSession>> live;
    const std::lock_guard lock(mutex_);
    stopping_ = stopping_ || stopping;
    for (const auto& [pointer, connection] : sessions_) {
      if (auto session = connection.session.lock()) live.push_back(std::move(session));
    }
    return live;
  }

  struct Connection {
    std::weak_ptr<HttpSession> session;
    std::string peer;
  };

  HttpContext context_;
  asio::io_context io_;
  // Keeps the threads running, also without a connection, until Stop.
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  tcp::acceptor acceptor_;
  asio::steady_timer accept_timer_;
  std::vector<std::thread> threads_;

  std::mutex stop_mutex_;
  std::mutex mutex_;
  std::condition_variable sessions_changed_;
  bool stopping_ = false;
  std::map<HttpSession*, Connection> sessions_;
  std::map<std::string, int64_t> connections_by_peer_;  // Peers with at least one.
};

HttpServer::HttpServer(HttpServerOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpServer::~HttpServer() = default;

absl::StatusOr<uint16_t> HttpServer::Start() { return impl_->Start(); }
void HttpServer::Stop(std::chrono::milliseconds grace) { impl_->Stop(grace); }

std::string DefaultWebRoot() {
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return "";
  const fs::path root = program.parent_path().parent_path() / "web";
  return fs::exists(root / "index.html", error) ? root.string() : "";
}

}  // namespace partnergraph
