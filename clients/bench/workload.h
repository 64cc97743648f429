// What a load run does again and again. A workload makes calls for its slots; each slot has one
// call under way at a time, so a call keeps its buffers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/support/status.h"

namespace partnergraph::load {

class Call {
 public:
  virtual ~Call() = default;
  using Done = std::function<void(const grpc::Status& status)>;
  // Starts one call, with arguments picked by `random`, which ends by `deadline`. `done` runs once,
  // in another thread, with how the call ended; the call may be started again from within it.
  virtual void Start(uint64_t random, absl::Time deadline, Done done) = 0;
  // Whether the call that was started last writes. To be asked from within `done`.
  virtual bool writes() const { return false; }
};

class Workload {
 public:
  virtual ~Workload() = default;
  virtual std::string name() const = 0;
  // Most calls under way at a time: servers bound how many of some kinds they take.
  virtual int outstanding_max() const { return 10'000; }
  virtual std::unique_ptr<Call> NewCall(std::shared_ptr<grpc::Channel> channel) const = 0;
};

// What the workloads ask for.
struct Targets {
  std::vector<uint64_t> node_ids;  // Not empty.
  std::vector<std::string> names;  // Not empty.
  uint64_t hub_id = 0;
};

// Most streams under way at a time; servers take 32 of a client.
inline constexpr int kStreamsMax = 16;

// Most edges of an answer of list_edges and neighborhood.
inline constexpr int kEdgesPerAnswerMax = 100;

// A call that does nothing (health), the yardstick for the others.
std::unique_ptr<Workload> EmptyWorkload();
// get_node, search_nodes, list_edges, neighborhood.
std::vector<std::unique_ptr<Workload>> ReadWorkloads(const Targets& targets);

}  // namespace partnergraph::load
