// Short calls on gRPC's own thread, and how those that are not short begin again on a pool.
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"
#include "tests/server/graph_service_fixture.h"

namespace partnergraph {
namespace {

using grpc::StatusCode;

class InlineFirstTest : public GraphServiceTest {
 protected:
  static constexpr int kReads = 2;

  void SetUp() override {
    config.calls.reads_max = 2 * kReads;
    config.read_threads = kReads;
    Start();
    graph.state.in_memory = true;
  }

  ~InlineFirstTest() override { Release(); }

  // Holds every thread of the pool of reads until Release.
  void BlockPool() {
    for (int i = 0; i < kReads; ++i) {
      blocked_.emplace_back([this] {
        v1::BatchGetNodesRequest request;
        request.add_node_ids(ToInt(kBlocked));
        v1::BatchGetNodesResponse response;
        EXPECT_THAT(Call(&v1::GraphService::Stub::BatchGetNodes, request, &response), IsOkGrpc());
      });
    }
    ASSERT_TRUE(graph.state.gate.AwaitWaiters(kReads));
  }
  void Release() {
    graph.state.gate.Open();
    for (std::thread& thread : blocked_) thread.join();
    blocked_.clear();
  }

  // Until an endless query is on the pool: it takes a millisecond for each step, of which there is
  // no time for many before.
  void AwaitPool() {
    for (int i = 0; i < 10'000 && graph.state.steps < 50; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_GE(graph.state.steps, 50);
  }

  static v1::CountTraversalRequest CountFrom(NodeId node) {
    v1::CountTraversalRequest request;
    request.add_node_ids(ToInt(node));
    request.add_steps();
    return request;
  }

 private:
  std::vector<std::thread> blocked_;
};

TEST_F(InlineFirstTest, WhatIsShortNeedsNoThreadOfThePool) {
  BlockPool();
  v1::ListEdgesRequest list;
  list.set_node_id(1);
  EXPECT_THAT(ListEdges(list), IsOkGrpc());
  v1::CountTraversalResponse count;
  EXPECT_THAT(Call(&v1::GraphService::Stub::CountTraversal, CountFrom(kHub), &count), IsOkGrpc());
  v1::FindShortestPathRequest path;
  path.set_source_node_id(1);
  path.set_target_node_id(9);
  v1::FindShortestPathResponse found;
  EXPECT_THAT(Call(&v1::GraphService::Stub::FindShortestPath, path, &found), IsOkGrpc());
  v1::SearchNodesRequest search;
  search.set_query("many");
  search.set_exact(true);
  v1::SearchNodesResponse matches;
  EXPECT_THAT(Call(&v1::GraphService::Stub::SearchNodes, search, &matches), IsOkGrpc());
  EXPECT_EQ(graph.state.queries_begun, 3) << "each once";
}

TEST_F(InlineFirstTest, ErrorsOfShortWorkAreFinal) {
  BlockPool();
  v1::ListEdgesRequest list;
  list.set_node_id(ToInt(kUnknown));
  EXPECT_EQ(ListEdges(list).error_code(), StatusCode::NOT_FOUND);
  list.set_node_id(0);
  EXPECT_THAT(ListEdges(list), IsFieldError("node_id"));
  EXPECT_EQ(graph.state.queries_begun, 1);
}

TEST_F(InlineFirstTest, WhatIsNotDoneInTimeBeginsAgainOnThePoolWithAllOfItsTime) {
  v1::CountTraversalResponse count;
  const auto context = Context(std::chrono::seconds(3));
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_THAT(graph_stub->CountTraversal(context.get(), CountFrom(kEndless), &count), IsOkGrpc());
  EXPECT_EQ(count.truncation().reason(), v1::TRUNCATION_REASON_DEADLINE)
      << "the end of the short time is no deadline";
  // Once, where the thread lost the short time before it came to the query.
  EXPECT_GE(graph.state.queries_begun, 1);
  EXPECT_LE(graph.state.queries_begun, 2);
  EXPECT_GT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST_F(InlineFirstTest, TheThreadThatBroughtALongCallIsFreeAtOnce) {
  // As many long calls as threads of the pool: if they stayed where they began, nothing would move.
  std::vector<std::unique_ptr<grpc::ClientContext>> contexts;
  std::vector<std::thread> calls;
  for (int i = 0; i < kReads; ++i) {
    contexts.push_back(Context(std::chrono::seconds(60)));
    calls.emplace_back([this, context = contexts.back().get()] {
      v1::CountTraversalResponse count;
      EXPECT_EQ(graph_stub->CountTraversal(context, CountFrom(kEndless), &count).error_code(),
                StatusCode::CANCELLED);
    });
  }
  AwaitPool();
  v1::ListEdgesRequest list;
  list.set_node_id(1);
  EXPECT_THAT(ListEdges(list), IsOkGrpc());
  for (const auto& context : contexts) context->TryCancel();
  for (std::thread& call : calls) call.join();
}

TEST_F(InlineFirstTest, WhatReadsTheStoreLeavesBeforeItBegins) {
  graph.state.in_memory = false;
  BlockPool();
  std::atomic<int> done{0};
  std::thread waits([&] {
    v1::CountTraversalResponse count;
    EXPECT_THAT(Call(&v1::GraphService::Stub::CountTraversal, CountFrom(kHub), &count), IsOkGrpc());
    ++done;
  });
  for (int i = 0; i < 500 && server->guard().InFlight(CallClass::kRead) <= kReads; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_EQ(graph.state.queries_begun, 0);
  EXPECT_EQ(done, 0);
  Release();
  waits.join();
  EXPECT_EQ(graph.state.queries_begun, 1) << "not once in vain";
}

TEST_F(InlineFirstTest, ACallThatIsCancelledEndsOnThePoolToo) {
  v1::CountTraversalResponse count;
  const auto context = Context();
  std::thread cancels([&] {
    AwaitPool();
    context->TryCancel();
  });
  EXPECT_EQ(graph_stub->CountTraversal(context.get(), CountFrom(kEndless), &count).error_code(),
            StatusCode::CANCELLED);
  cancels.join();
  for (int i = 0; i < 5000 && server->guard().InFlight(CallClass::kRead) > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_EQ(server->guard().InFlight(CallClass::kRead), 0);
}

}  // namespace
}  // namespace partnergraph
