// Calls the gRPC port with messages in binary form, without knowing their types.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "grpcpp/channel.h"
#include "grpcpp/support/status.h"

namespace partnergraph {

// What goes with a call besides its messages.
struct ConnectCallOptions {
  std::chrono::milliseconds timeout{0};
};

// A call under way. Thread-safe. The callbacks run on gRPC's threads, one at a time, and never
// after on_done.
class ConnectCall {
 public:
  struct Callbacks {
    // One message of the reply. The next comes only after Next(), so that a slow reader slows the
    // service down instead of filling memory.
    std::function<void(std::string message)> on_message;
    // The end. Called exactly once.
    std::function<void(grpc::Status status)> on_done;
  };

  virtual ~ConnectCall() = default;
  // Asks for the next message. To be called once after each on_message.
  virtual void Next() = 0;
  // Ends the call early: the service sees a cancellation. on_done follows.
  virtual void Cancel() = 0;
};

// Starts a call of the unary method `path` ("/package.Service/Method"): on_message at most once,
// and without Next().
std::shared_ptr<ConnectCall> StartUnaryCall(const std::shared_ptr<grpc::Channel>& channel,
                                            const std::string& path, std::string request,
                                            const ConnectCallOptions& options,
                                            ConnectCall::Callbacks callbacks);

// Starts a call of a method that streams. The requests are sent one after the other.
std::shared_ptr<ConnectCall> StartStreamCall(const std::shared_ptr<grpc::Channel>& channel,
                                             const std::string& path,
                                             std::vector<std::string> requests,
                                             const ConnectCallOptions& options,
                                             ConnectCall::Callbacks callbacks);

}  // namespace partnergraph
