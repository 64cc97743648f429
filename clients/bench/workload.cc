#include "clients/bench/workload.h"

#include <utility>

#include "clients/bench/unary_call.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/client_context.h"
#include "partnergraph/v1/graph_service.grpc.pb.h"

namespace partnergraph::load {
namespace {

// Reads one Neighborhood stream to its end.
class NeighborhoodCall : public Call {
 public:
  NeighborhoodCall(std::shared_ptr<grpc::Channel> channel, v1::NeighborhoodRequest request)
      : stub_(v1::GraphService::NewStub(std::move(channel))), request_(std::move(request)) {}

  void Start(uint64_t, absl::Time deadline, Done done) override {
    (new Stream(deadline, std::move(done)))->Run(*stub_, request_);
  }

 private:
  // Deletes itself when the stream is over.
  class Stream : public grpc::ClientReadReactor<v1::NeighborhoodResponse> {
   public:
    Stream(absl::Time deadline, Done done) : done_(std::move(done)) {
      context_.set_deadline(absl::ToChronoTime(deadline));
    }

    void Run(v1::GraphService::Stub& stub, const v1::NeighborhoodRequest& request) {
      stub.async()->Neighborhood(&context_, &request, this);
      StartRead(&part_);
      StartCall();
    }
    void OnReadDone(bool ok) override {
      if (ok) {
        StartRead(&part_);
      }
    }
    void OnDone(const grpc::Status& status) override {
      const Done done = std::move(done_);
      const grpc::Status ended = status;
      delete this;
      done(ended);
    }

   private:
    grpc::ClientContext context_;
    v1::NeighborhoodResponse part_;
    Done done_;
  };

  std::unique_ptr<v1::GraphService::Stub> stub_;
  v1::NeighborhoodRequest request_;
};

class NeighborhoodWorkload : public Workload {
 public:
  explicit NeighborhoodWorkload(uint64_t hub_id) {
    request_.add_node_ids(hub_id);
    request_.set_hops(1);
    request_.set_expand_partnerships(true);  // Stored edges as they are, like list_edges.
    request_.mutable_budget()->set_per_node_limit(kEdgesPerAnswerMax);
  }

  std::string name() const override { return "neighborhood"; }
  int outstanding_max() const override { return kStreamsMax; }
  std::unique_ptr<Call> NewCall(std::shared_ptr<grpc::Channel> channel) const override {
    return std::make_unique<NeighborhoodCall>(std::move(channel), request_);
  }

 private:
  v1::NeighborhoodRequest request_;
};

}  // namespace

std::unique_ptr<Workload> EmptyWorkload() {
  using Health = grpc::health::v1::Health;
  using Request = grpc::health::v1::HealthCheckRequest;
  using Response = grpc::health::v1::HealthCheckResponse;
  return Unary<Health, Request, Response>("empty", &Health::Stub::async::Check,
                                          [](uint64_t, Request&) {});
}

std::vector<std::unique_ptr<Workload>> ReadWorkloads(const Targets& targets) {
  using Graph = v1::GraphService;
  std::vector<std::unique_ptr<Workload>> workloads;
  workloads.push_back(Unary<Graph, v1::GetNodeRequest, v1::GetNodeResponse>(
      "get_node", &Graph::Stub::async::GetNode,
      [ids = targets.node_ids](uint64_t random, v1::GetNodeRequest& request) {
        request.set_node_id(ids[random % ids.size()]);
      }));
  workloads.push_back(Unary<Graph, v1::SearchNodesRequest, v1::SearchNodesResponse>(
      "search_nodes", &Graph::Stub::async::SearchNodes,
      [names = targets.names](uint64_t random, v1::SearchNodesRequest& request) {
        request.set_query(names[random % names.size()]);
        request.mutable_page()->set_size(10);
      }));
  workloads.push_back(Unary<Graph, v1::ListEdgesRequest, v1::ListEdgesResponse>(
      "list_edges", &Graph::Stub::async::ListEdges,
      [hub_id = targets.hub_id](uint64_t, v1::ListEdgesRequest& request) {
        request.set_node_id(hub_id);
        request.mutable_page()->set_size(kEdgesPerAnswerMax);
      }));
  workloads.push_back(std::make_unique<NeighborhoodWorkload>(targets.hub_id));
  return workloads;
}

}  // namespace partnergraph::load
