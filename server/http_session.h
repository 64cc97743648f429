// One connection of the HTTP port: reads a request, answers it, reads the next.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "grpcpp/channel.h"
#include "server/byte_budget.h"
#include "server/connect_methods.h"
#include "server/http_host.h"
#include "server/http_server.h"
#include "server/static_files.h"

namespace partnergraph {

// Counts the calls whose callbacks, on gRPC's threads, may still use the server. Thread-safe.
class CallCount : public std::enable_shared_from_this<CallCount> {
 public:
  // Counts one call until the result and all its copies are gone.
  std::shared_ptr<void> Take();
  void WaitUntilNone();

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  size_t count_ = 0;
};

// What all connections share. Immutable while they live, the counts apart.
struct HttpContext {
  explicit HttpContext(HttpServerOptions server_options)
      : options(std::move(server_options)),
        body_bytes(std::make_unique<ByteBudget>(
            static_cast<size_t>(options.limits.body_bytes_total_max))) {}

  HttpServerOptions options;
  ConnectMethods methods;
  StaticFiles files;
  HostPolicy hosts{{}};
  std::shared_ptr<grpc::Channel> channel;
  std::shared_ptr<CallCount> calls = std::make_shared<CallCount>();
  std::unique_ptr<ByteBudget> body_bytes;  // Of bodies that arrive and requests that run.
};

// Owns itself: it lives while an operation or a call of it is under way. The functions below are
// thread-safe.
class HttpSession : public std::enable_shared_from_this<HttpSession> {
 public:
  // `socket` has a strand as its executor. `context` outlives the session. `on_end` is called from
  // the destructor.
  static std::shared_ptr<HttpSession> Create(boost::asio::ip::tcp::socket socket,
                                             const HttpContext& context,
                                             std::function<void(HttpSession*)> on_end);
  virtual ~HttpSession() = default;

  virtual void Start() = 0;
  // Closes the connection once the running request is answered; at once when there is none.
  virtual void Drain() = 0;
  // Cancels what runs and closes the connection.
  virtual void Abort() = 0;
};

}  // namespace partnergraph
