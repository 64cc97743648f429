// A process that stores and retracts articles is killed at random moments, again and again: no
// write that it acknowledged is lost, and no write is there in part. What a process has handed to
// the kernel survives its end, so this shows that nothing is acknowledged before it is written and
// that recovery is whole; that it is on the disk, which only a power cut would show, rests on
// WriteOptions::sync. PARTNERGRAPH_TEST_KILLS and PARTNERGRAPH_TEST_SEED set the number of kills
// and the moments.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "graph/graph_store.h"
#include "graph/integrity.h"
#include "graph/rocks_kv_store.h"
#include "gtest/gtest.h"
#include "tests/graph/random_articles.h"
#include "tests/graph/temporary_directory.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

constexpr int kKillsDefault = 24;

// An acknowledgement, as it goes through the pipe.
struct Ack {
  uint32_t article = 0;
  uint32_t stored = 0;  // 1: stored, 0: retracted.
};

// Stores articles `first`, `first` + 1, ... and retracts some of them, until it is killed. Exits
// with another status on any error. Runs in the child: no test macros.
[[noreturn]] void Ingest(const std::string& directory, uint32_t first, int pipe) {
  auto kv = OpenRocksKvStore(directory, {});
  if (!kv.ok()) _exit(2);
  auto store = GraphStore::Open(*std::move(kv));
  if (!store.ok()) _exit(3);
  RandomArticles random(first);
  const auto acknowledge = [&](Ack ack) {
    if (write(pipe, &ack, sizeof(ack)) != sizeof(ack)) _exit(4);
  };
  for (uint32_t article = first;; ++article) {
    if (!(*store)->PutArticle(random.Next(absl::StrCat("article-", article))).ok()) _exit(5);
    acknowledge({article, 1});
    if (article % 3 != 0) continue;
    if (!(*store)->RetractArticle(absl::StrCat("article-", article)).ok()) _exit(6);
    acknowledge({article, 0});
  }
}

TEST(GraphStoreCrashTest, KillLosesNoAcknowledgedWrite) {
  const char* given = std::getenv("PARTNERGRAPH_TEST_SEED");
  const uint32_t seed =
      given != nullptr ? static_cast<uint32_t>(std::atoi(given)) : std::random_device()();
  const char* given_kills = std::getenv("PARTNERGRAPH_TEST_KILLS");
  const int kills = given_kills != nullptr ? std::max(1, std::atoi(given_kills)) : kKillsDefault;
  std::cout << "PARTNERGRAPH_TEST_SEED=" << seed << " PARTNERGRAPH_TEST_KILLS=" << kills
            << std::endl;
  std::mt19937 random(seed);
  TemporaryDirectory directory;
  const std::string path = directory / "db";
  std::map<uint32_t, bool> acknowledged;  // Whether the article is stored.
  uint32_t next_article = 1;
  for (int kill_number = 0; kill_number < kills; ++kill_number) {
    SCOPED_TRACE(absl::StrCat("seed ", seed, ", kill ", kill_number));
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipe[0]);
      Ingest(path, next_article, pipe[1]);
    }
    ::close(pipe[1]);
    // From before the database is open to some way into the articles.
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 250));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended with " << WEXITSTATUS(status);
    Ack ack;
    while (::read(pipe[0], &ack, sizeof(ack)) == sizeof(ack)) {
      acknowledged[ack.article] = ack.stored != 0;
    }
    ::close(pipe[0]);

    ASSERT_OK_AND_ASSIGN(std::unique_ptr<KvStore> kv, OpenRocksKvStore(path, {}));
    KvStore& kv_store = *kv;
    ASSERT_OK_AND_ASSIGN(const auto store, GraphStore::Open(std::move(kv)));
    ASSERT_OK_AND_ASSIGN(const IntegrityReport report, CheckIntegrity(kv_store));
    ASSERT_EQ(report.problem_count, 0u) << absl::StrJoin(report.problems, "\n");
    ASSERT_OK_AND_ASSIGN(const auto view, store->View());
    // The write that was under way may or may not have happened.
    const uint32_t last = acknowledged.empty() ? 0 : acknowledged.rbegin()->first;
    for (const auto& [article, stored] : acknowledged) {
      const absl::Status found = view->GetArticle(absl::StrCat("article-", article)).status();
      if (article == last && article % 3 == 0 && stored) continue;
      EXPECT_EQ(found.code(), stored ? absl::StatusCode::kOk : absl::StatusCode::kNotFound)
          << "article " << article;
    }
    ASSERT_FALSE(HasFailure());
    // An article that was stored and not acknowledged keeps its id.
    next_article = std::max(next_article, last) + 2;
    const auto pending = view->GetArticle(absl::StrCat("article-", last)).status();
    acknowledged[last] = pending.ok();
  }
  if (kills >= kKillsDefault) {
    EXPECT_GT(acknowledged.size(), 10u);
  }
}

}  // namespace
}  // namespace partnergraph
