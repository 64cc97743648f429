#include "server/call_guard.h"

#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "graph/quoted.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "gtest/gtest.h"
#include "server/admin_service.h"
#include "tests/server/server_fixture.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PG_CLANG_SANITIZES
#endif
#endif

namespace partnergraph {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;

class CallGuardTest : public ServerTest {
 protected:
  // One call with these bytes as its only message.
  grpc::Status CallBytes(const std::string& path, const std::string& bytes,
                         std::shared_ptr<grpc::Channel> on = nullptr) {
    grpc::GenericStub stub(on != nullptr ? on : channel);
    const auto context = Context();
    grpc::CompletionQueue queue;
    const auto call = stub.PrepareCall(context.get(), path, &queue);
    void* tag = nullptr;
    bool ok = false;
    call->StartCall(nullptr);
    queue.Next(&tag, &ok);
    const grpc::Slice slice(bytes);
    call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
    queue.Next(&tag, &ok);
    grpc::ByteBuffer answer;
    do {
      call->Read(&answer, nullptr);
      queue.Next(&tag, &ok);
    } while (ok);
    grpc::Status status;
    call->Finish(&status, nullptr);
    queue.Next(&tag, &ok);
    return status;
  }

  uint64_t Started(std::string_view method) const {
    for (const MethodCounts& counts : server->guard().Counts()) {
      if (counts.method == method) return counts.started;
    }
    return 0;
  }

  // Waits until no query runs; false after five seconds.
  bool AwaitQuiet() {
    for (int i = 0; i < 500 && graph.state.queries_running > 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return graph.state.queries_running == 0;
  }
};

std::vector<const google::protobuf::ServiceDescriptor*> OurServices() {
  return {v1::GetNodeRequest::descriptor()->file()->service(0),
          v1::IngestArticleRequest::descriptor()->file()->service(0),
          v1::GetStatsRequest::descriptor()->file()->service(0)};
}

TEST(MethodPolicyTest, HasOneRowForEveryMethodOfTheServicesAndNoOther) {
  size_t methods = 0;
  for (const auto* service : OurServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      const MethodPolicy* policy = FindMethodPolicy(method->full_name());
      ASSERT_NE(policy, nullptr) << method->full_name();
      ++methods;
      // Methods that change nothing must not be held up by writes, and the other way round.
      const bool stream = policy->call_class == CallClass::kStream ||
                          policy->call_class == CallClass::kIngestStream;
      // A unary query that its deadline cuts is of their class too.
      const bool reads =
          method->options().idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
      EXPECT_TRUE(stream == method->server_streaming() || (stream && reads)) << method->full_name();
    }
  }
  EXPECT_EQ(methods, MethodPolicies().size());
}

TEST_F(CallGuardTest, EveryMethodPassesTheGuard) {
  Start();
  for (const auto* service : OurServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto* method = service->method(i);
      EXPECT_EQ(Started(method->full_name()), 0u);
      const grpc::Status status =
          CallBytes(absl::StrCat("/", service->full_name(), "/", method->name()), "");
      EXPECT_NE(status.error_code(), StatusCode::UNIMPLEMENTED) << method->full_name();
      EXPECT_EQ(Started(method->full_name()), 1u) << method->full_name();
    }
  }
}

TEST_F(CallGuardTest, UnknownMethodsAreUnimplemented) {
  Start();
  EXPECT_EQ(CallBytes("/partnergraph.v1.GraphService/Nothing", "").error_code(),
            StatusCode::UNIMPLEMENTED);
}

TEST_F(CallGuardTest, BytesThatAreNoMessageAreInvalid) {
  Start();
  for (const auto* service : OurServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const std::string path =
          absl::StrCat("/", service->full_name(), "/", service->method(i)->name());
      EXPECT_THAT(CallBytes(path, "\xff\xff\xff\xff garbage"),
                  FailsWith(StatusCode::INVALID_ARGUMENT, "INVALID_MESSAGE"))
          << path;
    }
  }
}

TEST_F(CallGuardTest, TextThatIsNotUtf8AndDeepNestingAreInvalid) {
  Start();
  // SearchNodesRequest.query = "\xff"
  EXPECT_THAT(CallBytes("/partnergraph.v1.GraphService/SearchNodes", "\x0a\x01\xff"),
              FailsWith(StatusCode::INVALID_ARGUMENT, "INVALID_MESSAGE"));
  // Unknown groups, opened 100,000 times.
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "\xa3\x06";
  EXPECT_THAT(CallBytes("/partnergraph.v1.GraphService/GetNode", deep),
              FailsWith(StatusCode::INVALID_ARGUMENT, "INVALID_MESSAGE"));
}

TEST_F(CallGuardTest, AHundredMegabytesAreRefusedInBoundedMemory) {
  Start();
  grpc::ChannelArguments arguments;
  arguments.SetMaxSendMessageSize(-1);
  const auto wide =
      grpc::CreateCustomChannel(server->address(), grpc::InsecureChannelCredentials(), arguments);
  const std::string message(100 << 20, 'x');
  [[maybe_unused]] const uint64_t before = ResidentBytes();
  const grpc::Status status = CallBytes("/partnergraph.v1.GraphService/SearchNodes", message, wide);
  EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
#if !defined(__SANITIZE_ADDRESS__) && !defined(PG_CLANG_SANITIZES)  // They keep what was freed.
  // This process holds the client's copies of the message too.
  EXPECT_LT(ResidentBytes(), before + (150 << 20));
#endif
  v1::GetStatsResponse response;
  EXPECT_THAT(admin_stub->GetStats(Context().get(), {}, &response), IsOkGrpc());
}

TEST_F(CallGuardTest, TheCallersDeadlineStopsWork) {
  Start();
  v1::NeighborhoodRequest request;
  request.add_node_ids(ToInt(kEndless));
  const auto context = Context(std::chrono::seconds(2));
  const auto reader = graph_stub->Neighborhood(context.get(), request);
  v1::NeighborhoodResponse part;
  // The query's deadline is a little earlier, so that the cut answer arrives.
  ASSERT_TRUE(reader->Read(&part));
  EXPECT_EQ(part.truncation().reason(), v1::TRUNCATION_REASON_DEADLINE);
  EXPECT_FALSE(reader->Read(&part));
  EXPECT_THAT(reader->Finish(), IsOkGrpc());
  ASSERT_TRUE(AwaitQuiet());
  const int64_t steps = graph.state.steps;
  EXPECT_GT(steps, 0);
  EXPECT_LT(steps, 2010);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(graph.state.steps, steps);
}

TEST_F(CallGuardTest, TheServersCapHoldsForCallersWithoutADeadline) {
  config.calls.call_ms_max = 2000;
  Start();
  v1::NeighborhoodRequest request;
  request.add_node_ids(ToInt(kEndless));
  grpc::ClientContext context;
  const auto reader = graph_stub->Neighborhood(&context, request);
  v1::NeighborhoodResponse part;
  ASSERT_TRUE(reader->Read(&part));
  EXPECT_EQ(part.truncation().reason(), v1::TRUNCATION_REASON_DEADLINE);
  EXPECT_FALSE(reader->Read(&part));
  EXPECT_THAT(reader->Finish(), IsOkGrpc());
}

TEST_F(CallGuardTest, CancellationStopsWork) {
  Start();
  v1::NeighborhoodRequest request;
  request.add_node_ids(ToInt(kEndless));
  const auto context = Context();
  const auto reader = graph_stub->Neighborhood(context.get(), request);
  for (int i = 0; i < 500 && graph.state.steps < 5; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  ASSERT_GE(graph.state.steps, 5);
  context->TryCancel();
  EXPECT_EQ(reader->Finish().error_code(), StatusCode::CANCELLED);
  ASSERT_TRUE(AwaitQuiet());
  const int64_t steps = graph.state.steps;
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(graph.state.steps, steps);
}

TEST_F(CallGuardTest, AnUnreadStreamHoldsFewPartsAndEnds) {
  config.calls.stall_ms_max = 500;
  Start();
  v1::NeighborhoodRequest request;
  request.add_node_ids(ToInt(kWide));
  const auto context = Context();
  const auto reader = graph_stub->Neighborhood(context.get(), request);
  ASSERT_TRUE(AwaitQuiet() || graph.state.parts > 0);
  for (int i = 0; i < 500 && (graph.state.parts == 0 || graph.state.queries_running > 0); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(graph.state.queries_running, 0);
  // Each part has about 110 KiB: what is not bounded here are only gRPC's windows.
  EXPECT_LT(graph.state.parts, 200);
  for (int i = 0; i < 500 && server->guard().InFlight(CallClass::kStream) > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(server->guard().InFlight(CallClass::kStream), 0);
}

TEST_F(CallGuardTest, ACallOverTheClassesBoundIsRefusedWithARetryDelay) {
  config.calls.reads_max = 2;
  Start();
  v1::BatchGetNodesRequest blocked;
  blocked.add_node_ids(ToInt(kBlocked));
  std::vector<std::thread> callers;
  for (int i = 0; i < 2; ++i) {
    callers.emplace_back([&] {
      v1::BatchGetNodesResponse response;
      EXPECT_THAT(graph_stub->BatchGetNodes(Context().get(), blocked, &response), IsOkGrpc());
    });
  }
  EXPECT_TRUE(graph.state.gate.AwaitWaiters(2));

  v1::GetNodeRequest request;
  request.set_node_id(1);
  v1::GetNodeResponse node;
  const grpc::Status status = graph_stub->GetNode(Context().get(), request, &node);
  EXPECT_THAT(status, FailsWith(StatusCode::RESOURCE_EXHAUSTED, "SERVER_BUSY"));
  EXPECT_TRUE(DetailOf<google::rpc::RetryInfo>(status).has_value());

  // Other classes and health go on.
  v1::RetractArticleRequest retract;
  retract.set_article_id("none");
  v1::RetractArticleResponse retracted;
  EXPECT_THAT(ingest_stub->RetractArticle(Context().get(), retract, &retracted),
              FailsWith(StatusCode::NOT_FOUND, "NOT_FOUND"));
  grpc::health::v1::HealthCheckResponse health;
  EXPECT_THAT(grpc::health::v1::Health::NewStub(channel)->Check(Context().get(), {}, &health),
              IsOkGrpc());

  graph.state.gate.Open();
  for (std::thread& caller : callers) caller.join();
  EXPECT_THAT(graph_stub->GetNode(Context().get(), request, &node), IsOkGrpc());
}

TEST_F(CallGuardTest, CountsCallsByCode) {
  Start();
  v1::GetNodeRequest request;
  v1::GetNodeResponse response;
  for (const uint64_t id : {0, 1, 1, 1000}) {
    request.set_node_id(id);
    (void)graph_stub->GetNode(Context().get(), request, &response);
  }
  const MethodCounts counts = server->guard().Counts().front();
  EXPECT_EQ(counts.method, "partnergraph.v1.GraphService.GetNode");
  EXPECT_EQ(counts.started, 4u);
  EXPECT_EQ(counts.finished, 4u);
  EXPECT_EQ(counts.codes[StatusCode::OK], 2u);
  EXPECT_EQ(counts.codes[StatusCode::INVALID_ARGUMENT], 1u);
  EXPECT_EQ(counts.codes[StatusCode::NOT_FOUND], 1u);
}

class HealthTest : public CallGuardTest {
 protected:
  grpc::health::v1::HealthCheckResponse::ServingStatus Check(const std::string& service) {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    grpc::health::v1::HealthCheckResponse response;
    const grpc::Status status =
        grpc::health::v1::Health::NewStub(channel)->Check(Context().get(), request, &response);
    EXPECT_THAT(status, IsOkGrpc()) << service;
    return response.status();
  }
};

TEST_F(HealthTest, FollowsWhetherTheStoreTakesWrites) {
  using grpc::health::v1::HealthCheckResponse;
  Start();
  for (const char* service : {"", "partnergraph.v1.GraphService", "partnergraph.v1.IngestService",
                              "partnergraph.v1.AdminService"}) {
    EXPECT_EQ(Check(service), HealthCheckResponse::SERVING) << service;
  }
  v1::IngestArticleRequest request;
  request.mutable_article()->set_text("甲与乙合作");
  v1::IngestArticleResponse response;
  graph.state.put_status = absl::UnavailableError("the disk is full");
  EXPECT_THAT(ingest_stub->IngestArticle(Context().get(), request, &response),
              FailsWith(StatusCode::UNAVAILABLE, "UNAVAILABLE"));
  EXPECT_EQ(Check("partnergraph.v1.IngestService"), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Check("partnergraph.v1.GraphService"), HealthCheckResponse::SERVING)
      << "reads go on when writes cannot";
  EXPECT_EQ(Check(""), HealthCheckResponse::SERVING);
  graph.state.put_status = absl::OkStatus();
  EXPECT_THAT(ingest_stub->IngestArticle(Context().get(), request, &response), IsOkGrpc());
  EXPECT_EQ(Check("partnergraph.v1.IngestService"), HealthCheckResponse::SERVING);
}

TEST_F(HealthTest, InvitesAnotherWriteAfterARefusal) {
  using grpc::health::v1::HealthCheckResponse;
  config.calls.unwritable_ms = 100;
  Start();
  v1::RetractArticleRequest request;
  request.set_article_id("a");
  v1::RetractArticleResponse response;
  graph.state.put_status = absl::UnavailableError("the disk is full");
  EXPECT_THAT(ingest_stub->RetractArticle(Context().get(), request, &response),
              FailsWith(StatusCode::UNAVAILABLE, "UNAVAILABLE"));
  auto status = Check("partnergraph.v1.IngestService");
  EXPECT_EQ(status, HealthCheckResponse::NOT_SERVING);
  for (int i = 0; i < 1'000 && status != HealthCheckResponse::SERVING; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    status = Check("partnergraph.v1.IngestService");
  }
  EXPECT_EQ(status, HealthCheckResponse::SERVING) << "nobody would find out otherwise";
}

TEST_F(CallGuardTest, ReflectionListsTheServicesAndHealth) {
  Start();
  // ServerReflectionRequest.list_services = "": field 7, empty. The answer is searched as bytes.
  grpc::GenericStub stub(channel);
  const auto context = Context();
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(
      context.get(), "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
  void* tag = nullptr;
  bool ok = false;
  call->StartCall(nullptr);
  queue.Next(&tag, &ok);
  const grpc::Slice slice(std::string("\x3a\x00", 2));
  call->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), nullptr);
  queue.Next(&tag, &ok);
  grpc::ByteBuffer answer;
  call->Read(&answer, nullptr);
  queue.Next(&tag, &ok);
  ASSERT_TRUE(ok);
  std::vector<grpc::Slice> slices;
  ASSERT_TRUE(answer.Dump(&slices).ok());
  std::string bytes;
  for (const grpc::Slice& part : slices) {
    bytes.append(reinterpret_cast<const char*>(part.begin()), part.size());
  }
  for (const char* service : {"partnergraph.v1.GraphService", "partnergraph.v1.IngestService",
                              "partnergraph.v1.AdminService", "grpc.health.v1.Health"}) {
    EXPECT_THAT(bytes, HasSubstr(service));
  }
  grpc::Status status;
  call->Finish(&status, nullptr);
  queue.Next(&tag, &ok);
}

TEST_F(CallGuardTest, APortInUseIsAnError) {
  Start();
  ServerConfig other = config;
  other.grpc = server->address();
  GrpcServer second(other, graph, *pipeline, DatabaseSecret(), QuietLogger());
  EXPECT_THAT(second.Start(""),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(server->address())));
}

TEST_F(CallGuardTest, StopRefusesNewCallsAndCancelsWhatDoesNotEnd) {
  config.stop_ms_max = 300;
  Start();
  v1::NeighborhoodRequest request;
  request.add_node_ids(ToInt(kEndless));
  const auto context = Context();
  const auto reader = graph_stub->Neighborhood(context.get(), request);
  for (int i = 0; i < 500 && graph.state.steps == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  const auto start = std::chrono::steady_clock::now();
  server->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
  EXPECT_FALSE(reader->Finish().ok());
  EXPECT_EQ(graph.state.queries_running, 0);
}

}  // namespace
}  // namespace partnergraph
