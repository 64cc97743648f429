// What the service adds to a call: GetNode, a search for an exact name, one page of 100 edges and a
// neighbourhood of 100 edges, the middle two also with less of each item, over gRPC on a real
// store, each measured beside an empty call (health's Check) of the same minute, so that the ratio
// holds on a busy machine too.
//
//   build/release/benchmarks/service_benchmark
//
// `of_empty_call` is the rate of the call divided by that of the empty call: 0.5 and more for
// GetNode, 0.4 and more for the others are the targets. Caller and server share the machine, so the
// caller's reading of the answer counts too. `cpu_of_empty_call` is the same of processor time,
// caller and server together (`cpu_micros`), which other programs on the machine disturb less.
#include <time.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmark/benchmark.h"
#include "google/protobuf/arena.h"
#include "graph/graph_store.h"
#include "graph/rocks_kv_store.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/client_context.h"
#include "partnergraph/v1/graph_service.grpc.pb.h"
#include "server/grpc_server.h"
#include "server/logging.h"
#include "server/message_bytes.h"

namespace partnergraph {
namespace {

constexpr int kCallsInFlight = 32;
constexpr int kCallsPerBatch = 2000;
constexpr int kEdges = 100;

// Ends the run: a benchmark of something that failed means nothing.
template <typename T>
T OrDie(absl::StatusOr<T> value) {
  if (value.ok()) return *std::move(value);
  std::fprintf(stderr, "%s\n", value.status().ToString().c_str());
  std::abort();
}

// One company with kEdges employees.
ArticleFacts MakeHub() {
  ArticleFacts facts;
  facts.article = {.id = "hub", .title = "title", .text = "text"};
  facts.extractor = "benchmark/1";
  facts.nodes.push_back({.kind = NodeKind::kCompany,
                         .org_type = "COMPANY",
                         .canonical = "示例科技有限公司",
                         .names = {"示例科技有限公司", "示例科技"},
                         .mentions = {{0, 5}}});
  for (uint32_t i = 1; i <= kEdges; ++i) {
    const std::string name = absl::StrCat("员工", i);
    facts.nodes.push_back(
        {.kind = NodeKind::kPerson, .canonical = name, .names = {name}, .mentions = {{0, 5}}});
    facts.edges.push_back(
        {.type = kEmployedBy,
         .source = i,
         .target = 0,
         .title = "工程师",
         .evidence = {.spans = {{0, 5}}, .status = FactStatus::kActive, .confidence = 0.9f}});
  }
  return facts;
}

// A server over a fresh store, for the whole run.
class Server {
 public:
  Server() {
    std::string folder = std::filesystem::temp_directory_path().string() + "/bench-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
    graph_ = OrDie(GraphStore::Open(OrDie(OpenRocksKvStore(folder_, {}))));
    const PutResult put = OrDie(graph_->PutArticle(MakeHub()));
    hub_ = put.diff.nodes_added.front().id;
    for (const NodeSummary& node : put.diff.nodes_added) {
      if (node.kind == NodeKind::kCompany) hub_ = node.id;
    }
    pipeline_ = OrDie(Pipeline::Create());
    ServerConfig config;
    config.grpc = "127.0.0.1:0";
    server_ = std::make_unique<GrpcServer>(config, *graph_, *pipeline_, OrDie(MakeDatabaseSecret()),
                                           QuietLogger());
    if (!server_->Start("").ok()) std::abort();
    const auto channel = server_->NewChannel();
    health = grpc::health::v1::Health::NewStub(channel);
    graph = v1::GraphService::NewStub(channel);
  }
  ~Server() {
    server_->Stop();
    server_ = nullptr;
    graph_ = nullptr;
    std::filesystem::remove_all(folder_);
  }

  uint64_t hub() const { return ToInt(hub_); }

  std::unique_ptr<grpc::health::v1::Health::Stub> health;
  std::unique_ptr<v1::GraphService::Stub> graph;

 private:
  std::string folder_;
  std::unique_ptr<GraphStore> graph_;
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<GrpcServer> server_;
  NodeId hub_{};
};

Server& TheServer() {
  static Server server;
  return server;
}

// Makes kCallsPerBatch calls, kCallsInFlight at a time, and returns the seconds that they took.
// `start` begins one call and calls its argument when it is over.
template <typename Response>
double RunBatch(const std::function<void(grpc::ClientContext*, Response*,
                                         std::function<void(grpc::Status)>)>& start) {
  // As a caller would that cares for speed: the messages of an answer are let go at once.
  struct Slot {
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<google::protobuf::Arena> arena;
  };
  std::vector<Slot> slots(kCallsInFlight);
  std::atomic<int> to_start{kCallsPerBatch};
  std::mutex mutex;
  std::condition_variable done;
  int running = kCallsInFlight;
  std::function<void(Slot&)> next = [&](Slot& slot) {
    if (to_start.fetch_sub(1) <= 0) {
      const std::lock_guard lock(mutex);
      if (--running == 0) done.notify_all();
      return;
    }
    slot.context = std::make_unique<grpc::ClientContext>();
    slot.arena = std::make_unique<google::protobuf::Arena>(AnswerArena());
    start(slot.context.get(), google::protobuf::Arena::CreateMessage<Response>(slot.arena.get()),
          [&](grpc::Status status) {
            if (!status.ok()) std::abort();
            next(slot);
          });
  };
  const auto begin = std::chrono::steady_clock::now();
  for (Slot& slot : slots) next(slot);
  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return running == 0; });
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

double RunEmptyBatch() {
  static const grpc::health::v1::HealthCheckRequest request;
  return RunBatch<grpc::health::v1::HealthCheckResponse>(
      [](auto* context, auto* response, auto over) {
        TheServer().health->async()->Check(context, &request, response, std::move(over));
      });
}

double ProcessCpuSeconds() {
  timespec time;
  if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) != 0) std::abort();
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Alternates batches of `run` with empty ones.
void Measure(benchmark::State& state, const std::function<double()>& run) {
  RunEmptyBatch();
  run();
  double empty_seconds = 0, seconds = 0;
  double empty_cpu_seconds = 0, cpu_seconds = 0;
  for (auto _ : state) {
    const double begin = ProcessCpuSeconds();
    empty_seconds += RunEmptyBatch();
    const double middle = ProcessCpuSeconds();
    const double batch = run();
    seconds += batch;
    cpu_seconds += ProcessCpuSeconds() - middle;
    empty_cpu_seconds += middle - begin;
    state.SetIterationTime(batch);
  }
  state.SetItemsProcessed(state.iterations() * kCallsPerBatch);
  state.counters["of_empty_call"] = empty_seconds / seconds;
  state.counters["cpu_of_empty_call"] = empty_cpu_seconds / cpu_seconds;
  state.counters["cpu_micros"] =
      1e6 * cpu_seconds / static_cast<double>(state.iterations() * kCallsPerBatch);
  state.counters["empty_calls_per_second"] =
      static_cast<double>(state.iterations() * kCallsPerBatch) / empty_seconds;
}

void BM_GetNode(benchmark::State& state) {
  v1::GetNodeRequest request;
  request.set_node_id(TheServer().hub());
  Measure(state, [&] {
    return RunBatch<v1::GetNodeResponse>([&](auto* context, auto* response, auto over) {
      TheServer().graph->async()->GetNode(context, &request, response, std::move(over));
    });
  });
}
BENCHMARK(BM_GetNode)->UseManualTime()->Unit(benchmark::kMillisecond);

// The node of an exact name: in full, and its id, kind and name alone.
void FindName(benchmark::State& state, bool summaries_only) {
  v1::SearchNodesRequest request;
  request.set_query("示例科技");
  request.set_exact(true);
  request.set_summaries_only(summaries_only);
  Measure(state, [&] {
    return RunBatch<v1::SearchNodesResponse>([&](auto* context, auto* response, auto over) {
      TheServer().graph->async()->SearchNodes(context, &request, response, std::move(over));
    });
  });
}
void BM_FindName(benchmark::State& state) { FindName(state, false); }
BENCHMARK(BM_FindName)->UseManualTime()->Unit(benchmark::kMillisecond);
void BM_FindNameSummary(benchmark::State& state) { FindName(state, true); }
BENCHMARK(BM_FindNameSummary)->UseManualTime()->Unit(benchmark::kMillisecond);

void ListEdges(benchmark::State& state, bool asked_node_as_id) {
  v1::ListEdgesRequest request;
  request.set_node_id(TheServer().hub());
  request.mutable_page()->set_size(kEdges);
  request.set_asked_node_as_id(asked_node_as_id);
  Measure(state, [&] {
    return RunBatch<v1::ListEdgesResponse>([&](auto* context, auto* response, auto over) {
      TheServer().graph->async()->ListEdges(context, &request, response, std::move(over));
    });
  });
}
void BM_ListEdges100(benchmark::State& state) { ListEdges(state, false); }
BENCHMARK(BM_ListEdges100)->UseManualTime()->Unit(benchmark::kMillisecond);

void BM_ListEdges100AskedAsId(benchmark::State& state) { ListEdges(state, true); }
BENCHMARK(BM_ListEdges100AskedAsId)->UseManualTime()->Unit(benchmark::kMillisecond);

// Reads one streamed answer to its end. Owns itself.
class NeighborhoodCall final : public grpc::ClientReadReactor<v1::NeighborhoodResponse> {
 public:
  static void Start(grpc::ClientContext* context, const v1::NeighborhoodRequest* request,
                    v1::NeighborhoodResponse* part, std::function<void(grpc::Status)> over) {
    auto* call = new NeighborhoodCall(part, std::move(over));
    TheServer().graph->async()->Neighborhood(context, request, call);
    call->StartRead(part);
    call->StartCall();
  }
  void OnReadDone(bool ok) override {
    if (!ok) return;
    edges_ += part_->edges_size();
    StartRead(part_);
  }
  void OnDone(const grpc::Status& status) override {
    if (edges_ != kEdges) std::abort();
    over_(status);
    delete this;
  }

 private:
  NeighborhoodCall(v1::NeighborhoodResponse* part, std::function<void(grpc::Status)> over)
      : part_(part), over_(std::move(over)) {}

  v1::NeighborhoodResponse* const part_;
  const std::function<void(grpc::Status)> over_;
  int edges_ = 0;
};

void BM_Neighborhood100(benchmark::State& state) {
  v1::NeighborhoodRequest request;
  request.add_node_ids(TheServer().hub());
  request.set_hops(1);
  Measure(state, [&] {
    return RunBatch<v1::NeighborhoodResponse>([&](auto* context, auto* part, auto over) {
      NeighborhoodCall::Start(context, &request, part, std::move(over));
    });
  });
}
BENCHMARK(BM_Neighborhood100)->UseManualTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace partnergraph
