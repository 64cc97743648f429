#include "server/operation_registry.h"

#include <chrono>
#include <functional>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/server/fake_graph.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using testing::_;
using testing::SizeIs;

class OperationRegistryTest : public testing::Test {
 protected:
  // Waits until the operation is as wanted, ten seconds at most.
  static Operation Await(OperationRegistry& registry, const std::string& id,
                         const std::function<bool(const Operation&)>& wanted) {
    for (int i = 0; i < 10'000; ++i) {
      const absl::StatusOr<Operation> operation = registry.Get(id);
      EXPECT_THAT(operation.status(), IsOk());
      if (!operation.ok() || wanted(*operation)) return operation.value_or(Operation{});
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ADD_FAILURE() << "the operation did not become what was wanted";
    return {};
  }
  static Operation AwaitState(OperationRegistry& registry, const std::string& id,
                              OperationState state) {
    return Await(registry, id, [&](const Operation& o) { return o.state == state; });
  }

  FakeGraphStore graph_;
};

TEST_F(OperationRegistryTest, AnalysisRunsAndKeepsItsResult) {
  OperationRegistry registry(graph_, {});
  ASSERT_OK_AND_ASSIGN(const Operation started,
                       registry.Start({.kind = AnalysisKind::kComponents}));
  EXPECT_EQ(started.state, OperationState::kWaiting);
  const Operation done = AwaitState(registry, started.id, OperationState::kSucceeded);
  ASSERT_NE(done.result, nullptr);
  EXPECT_EQ(done.result->group_count(), 11u);  // The fake's ring, and ten alone.
  EXPECT_EQ(done.progress, 1);
  EXPECT_EQ(done.sequence, graph_.LastSequence());
  EXPECT_GE(done.ended, done.created);
  EXPECT_THAT(registry.List(), SizeIs(1));
  EXPECT_THAT(registry.Get("other"), StatusIs(absl::StatusCode::kNotFound, _));
}

TEST_F(OperationRegistryTest, RunningAndWaitingOperationsCanBeCancelled) {
  graph_.state.slow_scan = true;
  OperationRegistry registry(graph_, {});
  ASSERT_OK_AND_ASSIGN(const Operation running, registry.Start({.kind = AnalysisKind::kDegree}));
  AwaitState(registry, running.id, OperationState::kRunning);
  ASSERT_OK_AND_ASSIGN(const Operation waiting, registry.Start({.kind = AnalysisKind::kDegree}));
  ASSERT_OK_AND_ASSIGN(const Operation ended, registry.Cancel(waiting.id));
  EXPECT_EQ(ended.state, OperationState::kCancelled);
  EXPECT_THAT(registry.Cancel(running.id), IsOk());
  AwaitState(registry, running.id, OperationState::kCancelled);
  // An operation that has ended stays what it is.
  graph_.state.slow_scan = false;
  ASSERT_OK_AND_ASSIGN(const Operation third, registry.Start({.kind = AnalysisKind::kDegree}));
  AwaitState(registry, third.id, OperationState::kSucceeded);
  ASSERT_OK_AND_ASSIGN(const Operation still, registry.Cancel(third.id));
  EXPECT_EQ(still.state, OperationState::kSucceeded);
  EXPECT_THAT(registry.Cancel("other"), StatusIs(absl::StatusCode::kNotFound, _));
}

TEST_F(OperationRegistryTest, OnlySoManyMayWaitAndAreKept) {
  graph_.state.slow_scan = true;
  OperationRegistry registry(graph_, {.waiting_max = 2, .kept_max = 2});
  ASSERT_OK_AND_ASSIGN(const Operation first, registry.Start({.kind = AnalysisKind::kDegree}));
  AwaitState(registry, first.id, OperationState::kRunning);
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(registry.Start({.kind = AnalysisKind::kDegree}), IsOk());
  }
  EXPECT_THAT(registry.Start({.kind = AnalysisKind::kDegree}),
              StatusIs(absl::StatusCode::kResourceExhausted, _));
  const std::string last = registry.List()[0].id;
  graph_.state.slow_scan = false;
  AwaitState(registry, last, OperationState::kSucceeded);
  EXPECT_THAT(registry.List(), SizeIs(2));
  EXPECT_THAT(registry.Get(first.id), StatusIs(absl::StatusCode::kNotFound, _));
}

TEST_F(OperationRegistryTest, ResultsGoByMemoryAndByAge) {
  OperationRegistry registry(graph_, {.results_bytes_max = 1});
  ASSERT_OK_AND_ASSIGN(const Operation first, registry.Start({.kind = AnalysisKind::kDegree}));
  AwaitState(registry, first.id, OperationState::kSucceeded);
  ASSERT_OK_AND_ASSIGN(const Operation second, registry.Start({.kind = AnalysisKind::kDegree}));
  AwaitState(registry, second.id, OperationState::kSucceeded);
  EXPECT_THAT(registry.Get(first.id), StatusIs(absl::StatusCode::kNotFound, _));

  OperationRegistry brief(graph_, {.kept_for = std::chrono::milliseconds(0)});
  ASSERT_OK_AND_ASSIGN(const Operation gone, brief.Start({.kind = AnalysisKind::kDegree}));
  for (int i = 0; i < 10'000 && brief.Get(gone.id).ok(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_THAT(brief.List(), SizeIs(0));
}

TEST_F(OperationRegistryTest, FailureIsToldAndStopEndsEverything) {
  OperationRegistry small(graph_, {.analysis_bytes_max = 10});
  ASSERT_OK_AND_ASSIGN(const Operation started, small.Start({.kind = AnalysisKind::kPageRank}));
  const Operation failed = AwaitState(small, started.id, OperationState::kFailed);
  EXPECT_EQ(failed.error.code(), absl::StatusCode::kResourceExhausted);

  graph_.state.slow_scan = true;
  OperationRegistry registry(graph_, {});
  ASSERT_OK_AND_ASSIGN(const Operation endless, registry.Start({.kind = AnalysisKind::kDegree}));
  ASSERT_OK_AND_ASSIGN(const Operation waiting, registry.Start({.kind = AnalysisKind::kDegree}));
  registry.Stop();
  for (const std::string& id : {endless.id, waiting.id}) {
    ASSERT_OK_AND_ASSIGN(const Operation ended, registry.Get(id));
    EXPECT_EQ(ended.state, OperationState::kCancelled);
  }
  EXPECT_THAT(registry.Start({.kind = AnalysisKind::kDegree}),
              StatusIs(absl::StatusCode::kUnavailable, _));
}

}  // namespace
}  // namespace partnergraph
