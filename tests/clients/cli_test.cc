// What all commands share: help, exit statuses, errors, interrupts.
#include <signal.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/clients/cli_fixture.h"

namespace partnergraph {
namespace {

using Json = nlohmann::ordered_json;
using testing::AllOf;
using testing::HasSubstr;

TEST_F(CliTest, HelpDocumentsTheExitStatus) {
  const Finished run = Run({"--help"});
  EXPECT_EQ(run.exit_code, 0);
  for (const char* text : {"Exit status:", "  2    usage", "  3    not found", "  4    not allowed",
                           "  5    the server", "  6    the import", "  130  interrupted"}) {
    EXPECT_THAT(run.out, HasSubstr(text));
  }
  EXPECT_EQ(Run({"traverse", "--help"}).exit_code, 0);
  EXPECT_THAT(Run({"--version"}).out, HasSubstr("partnergraph "));
}

TEST_F(CliTest, UsageErrorsExitWithTwoAndSayNothingOnStandardOutput) {
  const std::vector<std::vector<std::string>> kWrong = {{},
                                                        {"fly"},
                                                        {"search"},
                                                        {"search", "x", "--no-such-flag"},
                                                        {"search", "x", "--limit", "many"},
                                                        {"search", "x", "--limit", "-1"},
                                                        {"neighbors", "5", "--max-nodes", "-1"},
                                                        {"paths", "5", "6", "--max-paths", "-1"},
                                                        {"evidence", "-1"},
                                                        {"search", "x", "-o", "xml"},
                                                        {"neighbors", "5", "--from", "yesterday"},
                                                        {"neighbors", "5", "--status", "SURE"},
                                                        {"search", "x", "--kinds", "CITY"},
                                                        {"traverse", "5", "--step", "A:sideways"},
                                                        {"ingest", "a.doc"},
                                                        {"ingest", "-"}};
  for (const auto& arguments : kWrong) {
    const Finished run = Run(arguments);
    EXPECT_EQ(run.exit_code, 2) << testing::PrintToString(arguments) << run.err;
    EXPECT_EQ(run.out, "") << testing::PrintToString(arguments);
    EXPECT_THAT(run.err, testing::StartsWith("error: "));
  }
  EXPECT_THAT(Run({"fly"}).err, HasSubstr("there is no command 'fly'"));
  EXPECT_EQ(Run({}).err, "error: no command is given (see partnergraph --help)\n");
  EXPECT_THAT(Run({"show"}).err, HasSubstr("(see partnergraph show --help)"));
  EXPECT_THAT(Run({"search", "x", "--limit", "-1"}).err, HasSubstr("--limit: -1 is negative"));
  EXPECT_THAT(Run({"neighbors", "5", "--from", "yesterday"}).err, HasSubstr("--from: 'yesterday'"));
}

TEST_F(CliTest, ServerErrorsHaveTheirExitStatus) {
  grpc::Status status;
  server_.answers.get_article = [&](const v1::GetArticleRequest&, v1::GetArticleResponse&) {
    return status;
  };
  const std::vector<std::pair<grpc::StatusCode, int>> kExpected = {
      {grpc::StatusCode::INVALID_ARGUMENT, 2},   {grpc::StatusCode::NOT_FOUND, 3},
      {grpc::StatusCode::UNAUTHENTICATED, 4},    {grpc::StatusCode::PERMISSION_DENIED, 4},
      {grpc::StatusCode::DEADLINE_EXCEEDED, 5},  {grpc::StatusCode::UNAVAILABLE, 5},
      {grpc::StatusCode::INTERNAL, 1},           {grpc::StatusCode::DATA_LOSS, 1},
      {grpc::StatusCode::RESOURCE_EXHAUSTED, 1}, {grpc::StatusCode::UNIMPLEMENTED, 1}};
  for (const auto& [code, exit_code] : kExpected) {
    status = grpc::Status(code, "because");
    const Finished run = Run({"article", "a-1"});
    EXPECT_EQ(run.exit_code, exit_code) << code;
    EXPECT_EQ(run.out, "");
    EXPECT_THAT(run.err, AllOf(HasSubstr("error: "), HasSubstr("because")));
  }
}

TEST_F(CliTest, ErrorsNameTheFieldAlsoInJson) {
  server_.answers.get_article = [](const v1::GetArticleRequest&, v1::GetArticleResponse&) {
    return DetailedStatus(grpc::StatusCode::INVALID_ARGUMENT, "too long", "FIELD_TOO_LONG",
                          "article_id");
  };
  EXPECT_EQ(Run({"article", "a-1"}).err, "error: too long (article_id)\n");
  const Finished run = Run({"-o", "json", "article", "a-1"});
  const Json error = Json::parse(run.err)["error"];
  EXPECT_EQ(error["code"], "INVALID_ARGUMENT");
  EXPECT_EQ(error["reason"], "FIELD_TOO_LONG");
  EXPECT_EQ(error["fields"][0]["field"], "article_id");
  EXPECT_EQ(error["exit_code"], 2);
}

TEST_F(CliTest, AServerThatIsNotThereExitsWithFive) {
  const std::string address = server_.address();
  server_.Stop();
  const std::string file = Write("a.tsv", "t\tb\n");
  for (const auto& arguments :
       std::vector<std::vector<std::string>>{{"search", "x"}, {"ingest", file}, {"stats"}}) {
    const Finished run = Run(arguments, address);
    EXPECT_EQ(run.exit_code, 5);
    EXPECT_THAT(run.err, HasSubstr("cannot reach the server at " + address));
  }
}

TEST_F(CliTest, ASlowServerExitsWithFive) {
  server_.answers.get_stats = [](const v1::GetStatsRequest&, v1::GetStatsResponse&) {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    return grpc::Status::OK;
  };
  const Finished run = Run({"stats", "--timeout", "0.1"});
  EXPECT_EQ(run.exit_code, 5);
  EXPECT_THAT(run.err, HasSubstr("did not answer in time"));
}

TEST_F(CliTest, WhatTheServerSaysItselfIsNotTakenForItsAbsence) {
  server_.answers.get_article = [](const v1::GetArticleRequest&, v1::GetArticleResponse&) {
    return DetailedStatus(grpc::StatusCode::UNAVAILABLE, "the store cannot write", "UNAVAILABLE",
                          "");
  };
  const Finished run = Run({"article", "a-1"});
  EXPECT_EQ(run.exit_code, 5);
  EXPECT_EQ(run.err, "error: the store cannot write\n");
}

TEST_F(CliTest, BenchEndsWhenTheServerStopsAnswering) {
  server_.answers.get_stats = [](const v1::GetStatsRequest&, v1::GetStatsResponse& response) {
    response.add_node_counts()->set_count(1);
    return grpc::Status::OK;
  };
  server_.answers.batch_get_nodes = [](const v1::BatchGetNodesRequest&,
                                       v1::BatchGetNodesResponse& response) {
    v1::Node& node = *response.add_nodes();
    node.set_node_id(1);
    node.set_name("云桥科技");
    node.set_kind(v1::NODE_KIND_COMPANY);
    return grpc::Status::OK;
  };
  std::atomic<bool> done{false};
  std::atomic<bool> asked{false};
  server_.answers.get_node = [&](const v1::GetNodeRequest&, v1::GetNodeResponse&) {
    // The first call asks who the hub is; the others belong to the load.
    const bool hang = asked.exchange(true);
    while (hang && !done) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return grpc::Status::OK;
  };
  const Finished run =
      Run({"bench", "--seconds", "0.3", "--outstanding", "2", "--timeout", "0.5", "-o", "json"});
  done = true;
  server_.Stop();  // Before what its calls look at is gone.
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("get_node: "));
  EXPECT_THAT(run.err, HasSubstr("DEADLINE_EXCEEDED"));
}

TEST_F(CliTest, InterruptOfAQueryExitsWith130) {
  std::atomic<bool> called{false};
  server_.answers.get_stats = [&](const v1::GetStatsRequest&, v1::GetStatsResponse&) {
    called = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    return grpc::Status::OK;
  };
  const pid_t pid = Start({"stats"});
  ASSERT_TRUE(WaitUntil(pid, [&] { return called.load(); }));
  kill(pid, SIGINT);
  EXPECT_EQ(Wait(pid).exit_code, 130);
}

}  // namespace
}  // namespace partnergraph
