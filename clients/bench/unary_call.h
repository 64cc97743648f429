// Workloads of one unary method.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/time/time.h"
#include "clients/bench/workload.h"
#include "google/protobuf/arena.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"

namespace partnergraph::load {

// A unary call through a stub's callback API. Answers live on an arena and are let go as a whole,
// as a caller would that cares for speed: a message that is used again frees its parts one by one.
template <typename Service, typename Request, typename Response>
class UnaryCall : public Call {
 public:
  using Stub = typename Service::Stub;
  // The name of the class is also that of a function, so that compilers differ on Stub::async.
  using Async = std::remove_pointer_t<decltype(std::declval<Stub>().async())>;
  using Method = void (Async::*)(grpc::ClientContext*, const Request*, Response*,
                                 std::function<void(grpc::Status)>);
  using Fill = std::function<void(uint64_t random, Request& request)>;
  // Says what is wrong with an answer; "" when it is right. May be empty: every answer is right.
  using Check = std::function<std::string(uint64_t random, const Response& response)>;

  UnaryCall(std::shared_ptr<grpc::Channel> channel, Method method, Fill fill, Check check)
      : stub_(Service::NewStub(std::move(channel))),
        method_(method),
        fill_(std::move(fill)),
        check_(std::move(check)) {}

  void Start(uint64_t random, absl::Time deadline, Done done) override {
    context_.emplace();
    context_->set_deadline(absl::ToChronoTime(deadline));
    request_.Clear();
    fill_(random, request_);
    random_ = random;
    done_ = std::move(done);
    arena_.emplace(Blocks());
    response_ = google::protobuf::Arena::CreateMessage<Response>(&*arena_);
    (stub_->async()->*method_)(&*context_, &request_, response_,
                               [this](grpc::Status status) { End(std::move(status)); });
  }

 private:
  // The first holds the empty message of each call under way, the next ones what comes.
  static google::protobuf::ArenaOptions Blocks() {
    google::protobuf::ArenaOptions options;
    options.start_block_size = 512;
    options.max_block_size = 16 << 10;
    return options;
  }

  void End(grpc::Status status) {
    if (status.ok() && check_) {
      std::string wrong = check_(random_, *response_);
      if (!wrong.empty()) status = {grpc::StatusCode::DATA_LOSS, std::move(wrong)};
    }
    arena_.reset();
    const Done done = std::move(done_);
    done(status);
  }

  std::unique_ptr<Stub> stub_;
  Method method_;
  Fill fill_;
  Check check_;
  std::optional<grpc::ClientContext> context_;
  Request request_;
  std::optional<google::protobuf::Arena> arena_;
  Response* response_ = nullptr;  // On the arena.
  uint64_t random_ = 0;
  Done done_;
};

template <typename Service, typename Request, typename Response>
class UnaryWorkload : public Workload {
 public:
  using TheCall = UnaryCall<Service, Request, Response>;

  UnaryWorkload(std::string name, typename TheCall::Method method, typename TheCall::Fill fill,
                typename TheCall::Check check)
      : name_(std::move(name)), method_(method), fill_(std::move(fill)), check_(std::move(check)) {}

  std::string name() const override { return name_; }
  std::unique_ptr<Call> NewCall(std::shared_ptr<grpc::Channel> channel) const override {
    return std::make_unique<TheCall>(std::move(channel), method_, fill_, check_);
  }

 private:
  std::string name_;
  typename TheCall::Method method_;
  typename TheCall::Fill fill_;
  typename TheCall::Check check_;
};

template <typename Service, typename Request, typename Response>
std::unique_ptr<Workload> Unary(std::string name,
                                typename UnaryCall<Service, Request, Response>::Method method,
                                typename UnaryCall<Service, Request, Response>::Fill fill,
                                typename UnaryCall<Service, Request, Response>::Check check = {}) {
  return std::make_unique<UnaryWorkload<Service, Request, Response>>(
      std::move(name), method, std::move(fill), std::move(check));
}

}  // namespace partnergraph::load
