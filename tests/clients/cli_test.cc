// The program as scripts see it: exit status, standard output and standard error, run against a
// server with canned answers.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/clients/fake_server.h"

namespace partnergraph {
namespace {

using Json = nlohmann::ordered_json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

struct Finished {
  int exit_code = -1;
  std::string out;
  std::string err;
};

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class CliTest : public testing::Test {
 protected:
  CliTest() {
    const char* bin = std::getenv("PARTNERGRAPH_BIN");
    program_ = std::string(bin == nullptr ? "build/release/bin" : bin) + "/partnergraph";
    dir_ = testing::TempDir() + "cli_test_" + std::to_string(getpid());
    std::filesystem::create_directories(dir_);
    server_.answers.search_nodes = Search;
  }
  void SetUp() override {
    ASSERT_EQ(access(program_.c_str(), X_OK), 0)
        << "there is no program " << program_ << ": build it, or set PARTNERGRAPH_BIN";
  }
  ~CliTest() override { std::filesystem::remove_all(dir_); }

  // 云桥科技 is node 5; 双生 is two nodes; everything else is unknown.
  static grpc::Status Search(const v1::SearchNodesRequest& request,
                             v1::SearchNodesResponse& response) {
    const auto add = [&](uint64_t id, const std::string& name) {
      v1::NodeMatch& match = *response.add_matches();
      match.mutable_node()->set_node_id(id);
      match.mutable_node()->set_name(name);
      match.mutable_node()->set_kind(v1::NODE_KIND_COMPANY);
      match.set_matched_name(request.query());
      match.set_match_kind(v1::MATCH_KIND_EXACT);
      match.set_score(1);
    };
    if (request.query() == "云桥" || request.query() == "云桥科技") {
      add(5, "云桥科技");
    } else if (request.query() == "双生") {
      add(8, "双生甲");
      add(9, "双生乙");
    }
    return grpc::Status::OK;
  }

  pid_t Start(std::vector<std::string> arguments, const std::string& server = "") {
    arguments.insert(arguments.begin(), program_);
    std::vector<char*> argv;
    for (std::string& argument : arguments) {
      argv.push_back(argument.data());
    }
    argv.push_back(nullptr);
    const std::string address = server.empty() ? server_.address() : server;
    const pid_t pid = fork();
    if (pid == 0) {
      setenv("PARTNERGRAPH_SERVER", address.c_str(), 1);
      if (freopen((dir_ + "/out").c_str(), "w", stdout) == nullptr ||
          freopen((dir_ + "/err").c_str(), "w", stderr) == nullptr ||
          freopen((dir_ + "/in").c_str(), "a+", stdin) == nullptr) {
        _exit(126);
      }
      execv(argv[0], argv.data());
      _exit(127);
    }
    return pid;
  }

  Finished Wait(pid_t pid) {
    int status = 0;
    waitpid(pid, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadFile(dir_ + "/out"),
            ReadFile(dir_ + "/err")};
  }

  // Waits until `reached`, or until the program has ended without it, which is a failure.
  template <typename Reached>
  testing::AssertionResult WaitUntil(pid_t pid, Reached reached) {
    while (!reached()) {
      siginfo_t ended = {};
      if (waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
          ended.si_pid == pid) {
        const Finished run = Wait(pid);
        return testing::AssertionFailure()
               << "the program ended with " << run.exit_code << ": " << run.err;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return testing::AssertionSuccess();
  }

  Finished Run(std::vector<std::string> arguments, const std::string& server = "") {
    return Wait(Start(std::move(arguments), server));
  }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(dir_ + "/" + name, std::ios::binary) << text;
    return dir_ + "/" + name;
  }

  FakeServer server_;
  std::string program_;
  std::string dir_;
};

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

TEST_F(CliTest, SearchInEveryFormat) {
  EXPECT_THAT(Run({"search", "云桥"}).out, AllOf(HasSubstr("NODE"), HasSubstr("云桥科技")));
  EXPECT_EQ(Json::parse(Run({"search", "云桥", "-o", "json"}).out)["matches"][0]["node"]["name"],
            "云桥科技");
  std::istringstream lines(Run({"search", "云桥", "-o", "jsonl"}).out);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(Json::parse(line)["record"], "match");
  std::getline(lines, line);
  EXPECT_EQ(Json::parse(line)["record"], "summary");
  EXPECT_THAT(
      Run({"search", "云桥", "-o", "csv"}).out,
      AllOf(testing::StartsWith("node_id,kind,"), HasSubstr("\r\n5,COMPANY,,云桥科技,云桥,")));
}

TEST_F(CliTest, NamesAreResolvedOrRefused) {
  EXPECT_EQ(Run({"show", "双生"}).exit_code, 1);
  EXPECT_THAT(Run({"show", "双生"}).err,
              AllOf(HasSubstr("8 COMPANY 双生甲"), HasSubstr("9 COMPANY 双生乙")));
  const Finished unknown = Run({"partners", "无名"});
  EXPECT_EQ(unknown.exit_code, 3);
  EXPECT_THAT(unknown.err, HasSubstr("no node is named '无名'"));
}

TEST_F(CliTest, TruncationIsSaidOnStandardErrorAndInJson) {
  server_.answers.neighborhood = [](const v1::NeighborhoodRequest& request,
                                    grpc::ServerWriter<v1::NeighborhoodResponse>& writer) {
    v1::NeighborhoodResponse part;
    part.add_nodes()->mutable_node()->set_node_id(request.node_ids(0));
    writer.Write(part);
    v1::NeighborhoodResponse last;
    last.mutable_truncation()->set_reason(v1::TRUNCATION_REASON_PER_NODE_LIMIT);
    last.mutable_truncation()->set_node_count(1);
    last.mutable_truncation()->add_nodes()->set_node_id(5);
    last.set_read_token("token");
    writer.Write(last);
    return grpc::Status::OK;
  };
  const Finished table = Run({"neighbors", "云桥", "--hops", "2"});
  EXPECT_EQ(table.exit_code, 0);
  EXPECT_THAT(table.err, AllOf(HasSubstr("云桥 is 云桥科技"), HasSubstr("not complete"),
                               HasSubstr("PER_NODE_LIMIT"), HasSubstr("node 5")));
  const Finished json = Run({"neighbors", "5", "-o", "json"});
  EXPECT_EQ(Json::parse(json.out)["truncation"]["reason"], "PER_NODE_LIMIT");
  EXPECT_EQ(Json::parse(json.out)["read_token"], "token");
  EXPECT_EQ(Json::parse(json.err)["truncation"]["node_count"], 1);
}

TEST_F(CliTest, ExportGoesOnWhereACallEndedAndNamesWholeFilesOnly) {
  std::vector<std::string> cursors;
  bool broken = false;
  server_.answers.export_subgraph = [&](const v1::ExportSubgraphRequest& request,
                                        grpc::ServerWriter<v1::ExportSubgraphResponse>& writer) {
    cursors.push_back(request.page().cursor());
    v1::ExportSubgraphResponse part;
    const bool first = request.page().cursor().empty();
    part.set_file(first ? "nodes.csv" : "edges.csv");
    part.set_content(first ? "id\n1\n" : "from,to\n");
    writer.Write(part);
    v1::ExportSubgraphResponse last;
    if (first) {
      last.set_next_cursor("more");
      last.mutable_truncation()->set_reason(v1::TRUNCATION_REASON_DEADLINE);
    }
    last.set_node_count(1);
    writer.Write(last);
    return broken ? grpc::Status(grpc::StatusCode::DATA_LOSS, "a bad checksum") : grpc::Status::OK;
  };
  const std::string out = dir_ + "/graph";
  const Finished run = Run({"export", "--format", "csv", "--out", out});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_THAT(cursors, testing::ElementsAre("", "more"));
  EXPECT_EQ(ReadFile(out + "/nodes.csv"), "id\n1\n");
  EXPECT_EQ(ReadFile(out + "/edges.csv"), "from,to\n");
  EXPECT_FALSE(std::filesystem::exists(out + "/nodes.csv.part"));
  broken = true;
  EXPECT_EQ(Run({"export", "--format", "csv", "--out", out + "2"}).exit_code, 1);
  EXPECT_TRUE(std::filesystem::is_empty(out + "2"));
  EXPECT_EQ(Run({"export", "--format", "csv", "--out", "-"}).exit_code, 2);
  EXPECT_EQ(Run({"export", "--format", "xls", "--out", "-"}).exit_code, 2);
}

TEST_F(CliTest, QueryPrintsRowsByColumn) {
  v1::QueryRequest got;
  server_.answers.query = [&](const v1::QueryRequest& request,
                              grpc::ServerWriter<v1::QueryResponse>& writer) {
    got = request;
    v1::QueryResponse part;
    part.add_columns("b");
    part.add_columns("a/b");
    v1::QueryRow& row = *part.add_rows();
    v1::NodeSummary& node = *row.add_values()->mutable_node();
    node.set_node_id(5);
    node.set_name("云桥科技");
    row.add_values()->set_integer(7);
    writer.Write(part);
    v1::QueryResponse last;
    last.set_row_count(1);
    last.mutable_truncation()->set_reason(v1::TRUNCATION_REASON_NODES);
    writer.Write(last);
    return grpc::Status::OK;
  };
  const std::vector<std::string> query = {
      "query",   "MATCH (b) RETURN b", "--param", "who=云桥", "--param", "n=7",
      "--param", "l=[1,\"x\",null]"};
  const auto with = [&](const std::string& format) {
    std::vector<std::string> arguments = query;
    arguments.insert(arguments.end(), {"-o", format});
    return arguments;
  };
  const Finished table = Run(query);
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("云桥科技 (5)"));
  EXPECT_THAT(table.err, HasSubstr("NODES"));
  EXPECT_EQ(got.parameters().at("who").text(), "云桥");
  EXPECT_EQ(got.parameters().at("n").integer(), 7);
  EXPECT_EQ(got.parameters().at("l").list().values_size(), 3);
  const Json json = Json::parse(Run(with("json")).out);
  EXPECT_EQ(json["rows"][0]["b"]["name"], "云桥科技");
  EXPECT_EQ(json["rows"][0]["a/b"], 7);
  EXPECT_EQ(json["row_count"], 1);
  EXPECT_EQ(json["columns"], Json({"b", "a/b"}));
  EXPECT_THAT(Run(with("csv")).out, AllOf(HasSubstr("b,a/b\r\n"), HasSubstr(",7\r\n")));
  EXPECT_THAT(Run(with("jsonl")).out, HasSubstr("{\"record\":\"row\",\"b\":{"));
  EXPECT_EQ(Run({"query", "x", "--param", "n"}).exit_code, 2);
  EXPECT_EQ(Run({"query", "x", "--param", "n={}"}).exit_code, 2);
  EXPECT_EQ(Run({"query"}).exit_code, 2);
}

TEST_F(CliTest, QueryExplainsWithoutRunning) {
  server_.answers.query = [&](const v1::QueryRequest& request,
                              grpc::ServerWriter<v1::QueryResponse>& writer) {
    v1::QueryResponse last;
    last.set_plan("for " + request.text() + "\n  then\n");
    writer.Write(last);
    return grpc::Status::OK;
  };
  EXPECT_EQ(Run({"query", "MATCH", "--explain"}).out, "for EXPLAIN MATCH\n  then\n");
  EXPECT_THAT(Run({"query", "MATCH", "--explain", "-o", "csv"}).out, HasSubstr("plan\r\n\"for"));
}

TEST_F(CliTest, QueryFlagsReachTheServer) {
  v1::TraverseRequest got;
  server_.answers.traverse = [&](const v1::TraverseRequest& request,
                                 grpc::ServerWriter<v1::TraverseResponse>& writer) {
    got = request;
    writer.Write({});
    return grpc::Status::OK;
  };
  const Finished run =
      Run({"traverse", "5", "6", "--step", "PARTY_TO:out", "--step", "PARTY_TO:in:COMPANY",
           "--from", "2018-11", "--status", "active", "--per-node-limit", "7"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, "no node matches\n");
  EXPECT_THAT(got.node_ids(), testing::ElementsAre(5, 6));
  ASSERT_EQ(got.steps_size(), 2);
  EXPECT_EQ(got.steps(1).filter().direction(), v1::DIRECTION_IN);
  EXPECT_EQ(got.steps(1).filter().date_from().month(), 11);
  EXPECT_THAT(got.steps(0).filter().statuses(), testing::ElementsAre(v1::FACT_STATUS_ACTIVE));
  EXPECT_THAT(got.steps(1).node_kinds(), testing::ElementsAre(v1::NODE_KIND_COMPANY));
  EXPECT_EQ(got.budget().per_node_limit(), 7);
}

TEST_F(CliTest, PartnersShowsDealsWithTheirQuotesSafely) {
  server_.answers.list_edges = [](const v1::ListEdgesRequest& request,
                                  v1::ListEdgesResponse& response) {
    EXPECT_EQ(request.node_id(), 5);
    response.add_edges()->mutable_target()->set_node_id(20);
    response.add_edges()->mutable_target()->set_node_id(20);  // A second role in one deal.
    return grpc::Status::OK;
  };
  server_.answers.batch_get_nodes = [](const v1::BatchGetNodesRequest& request,
                                       v1::BatchGetNodesResponse& response) {
    EXPECT_THAT(request.node_ids(), testing::ElementsAre(20));
    v1::Node& node = *response.add_nodes();
    node.set_node_id(20);
    v1::Partnership& deal = *node.mutable_partnership();
    deal.set_fact_id(30);
    deal.set_kind("JOINT_VENTURE");
    deal.mutable_date()->set_year(2020);
    v1::DealTerm& stake = *deal.add_terms();
    stake.set_kind(v1::DEAL_TERM_KIND_STAKE);
    stake.set_value("51");
    stake.set_bound(v1::TERM_BOUND_EXACT);
    stake.set_party_node_id(5);
    stake.set_source_count(2);
    auto* party = deal.add_participants();
    party->mutable_node()->set_node_id(5);
    party->mutable_node()->set_kind(v1::NODE_KIND_COMPANY);
    party->mutable_node()->set_name("云桥科技");
    party->set_role("FOUNDER");
    auto* person = deal.add_participants();
    person->mutable_node()->set_kind(v1::NODE_KIND_PERSON);
    person->mutable_node()->set_name("李甲");
    person->set_role("SIGNATORY");
    return grpc::Status::OK;
  };
  server_.answers.explain_fact = [](const v1::ExplainFactRequest& request,
                                    v1::ExplainFactResponse& response) {
    EXPECT_EQ(request.fact_id(), 30);
    response.mutable_partnership()->set_node_id(20);
    response.add_evidence()->set_quote("双方\x1b[31m合资");
    return grpc::Status::OK;
  };
  const Finished table = Run({"partners", "云桥科技"});
  EXPECT_THAT(table.out, AllOf(HasSubstr("JOINT_VENTURE  2020"), HasSubstr("云桥科技 [FOUNDER]"),
                               HasSubstr("李甲 [SIGNATORY]"), HasSubstr("fact 30"),
                               HasSubstr("“双方\\x1B[31m合资”"), Not(HasSubstr("\x1b"))));
  const Json deal = Json::parse(Run({"partners", "5", "-o", "json"}).out)["deals"][0];
  EXPECT_THAT(table.out, HasSubstr("stake           51% [云桥科技] (2 sources)"));
  EXPECT_EQ(deal["terms"], Json::parse(R"([{"kind": "STAKE", "value": "51", "currency": "",
      "bound": "EXACT", "party_node_id": 5, "source_count": 2}])"));
  EXPECT_EQ(deal["parties"][0]["role"], "FOUNDER");
  EXPECT_EQ(deal["people"][0]["name"], "李甲");
  EXPECT_EQ(deal["evidence"][0]["quote"], "双方\x1b[31m合资");
}

TEST_F(CliTest, WriteSendsTheLinesOfAFile) {
  v1::WriteFactsRequest sent;
  server_.answers.write_facts = [&](const v1::WriteFactsRequest& request,
                                    v1::WriteFactsResponse& response) {
    sent = request;
    response.mutable_diff()->set_fact_added_count(1);
    return grpc::Status::OK;
  };
  const std::string file = testing::TempDir() + "/facts.jsonl";
  const std::string edge = R"({"edge":{"type":"USES","source":1,"target":2}})";
  std::ofstream(file) << edge << "\r\n\n" << edge << "\n";
  const Finished run = Run({"write", file, "--source", "desk", "--key", "k", "-o", "json"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(sent.source(), "desk");
  EXPECT_EQ(sent.idempotency_key(), "k");
  EXPECT_THAT(sent.records(), testing::ElementsAre(edge, edge));
  EXPECT_EQ(Json::parse(run.out)["counts"]["fact_added_count"], 1);
  EXPECT_EQ(Run({"write", "/nowhere"}).exit_code, 1);
  std::ofstream many(file);
  for (int i = 0; i < 1001; ++i) many << edge << "\n";
  many.close();
  const Finished refused = Run({"write", file});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("more than 1000 records"));
}

TEST_F(CliTest, StatsSaysWhatEdgeTypesJoin) {
  server_.answers.get_stats = [](const v1::GetStatsRequest&, v1::GetStatsResponse& response) {
    v1::EdgeTypeCount& count = *response.add_edge_counts();
    count.set_type("SUPPLIES");
    count.set_count(3);
    return grpc::Status::OK;
  };
  EXPECT_THAT(Run({"stats"}).out, HasSubstr("SUPPLIES edges")) << "an older server has no types";
  server_.answers.list_edge_types = [](const v1::ListEdgeTypesRequest&,
                                       v1::ListEdgeTypesResponse& response) {
    v1::EdgeType& type = *response.add_edge_types();
    type.set_name("SUPPLIES");
    type.set_inverse_name("SUPPLIED_BY");
    type.add_source_kinds(v1::NODE_KIND_COMPANY);
    for (int kind = 1; kind <= 4; ++kind) type.add_target_kinds(v1::NodeKind(kind));
    return grpc::Status::OK;
  };
  EXPECT_THAT(Run({"stats"}).out, AllOf(HasSubstr("COMPANY -> any"), HasSubstr("SUPPLIED_BY")));
}

TEST_F(CliTest, PartnersCountsDealsAndNotTheirEdges) {
  server_.answers.list_edges = [](const v1::ListEdgesRequest&, v1::ListEdgesResponse& response) {
    for (const uint64_t deal : {20, 20, 21, 20, 22}) {
      response.add_edges()->mutable_target()->set_node_id(deal);
    }
    return grpc::Status::OK;
  };
  server_.answers.batch_get_nodes = [](const v1::BatchGetNodesRequest& request,
                                       v1::BatchGetNodesResponse& response) {
    for (const uint64_t id : request.node_ids()) {
      v1::Node& node = *response.add_nodes();
      node.set_node_id(id);
      node.mutable_partnership()->set_fact_id(id + 10);
    }
    return grpc::Status::OK;
  };
  server_.answers.explain_fact = [](const v1::ExplainFactRequest& request,
                                    v1::ExplainFactResponse& response) {
    if (request.fact_id() == 32) {
      return grpc::Status(grpc::StatusCode::NOT_FOUND, "no fact 32");
    }
    response.add_evidence()->set_quote("quote " + std::to_string(request.fact_id()));
    return grpc::Status::OK;
  };
  const Finished two = Run({"partners", "5", "--limit", "2", "-o", "json"});
  const Json deals = Json::parse(two.out)["deals"];
  ASSERT_EQ(deals.size(), 2u);
  EXPECT_EQ(deals[0]["evidence"][0]["quote"], "quote 30");
  EXPECT_EQ(deals[1]["evidence"][0]["quote"], "quote 31");
  EXPECT_EQ(Json::parse(two.out)["more"], true);
  EXPECT_THAT(two.err, HasSubstr("only the first 2 deals"));
  const Finished three = Run({"partners", "5", "--limit", "3", "--evidence", "0", "-o", "json"});
  EXPECT_EQ(Json::parse(three.out)["deals"].size(), 3u);
  EXPECT_EQ(Json::parse(three.out)["more"], false);
  const Finished failed = Run({"partners", "5", "--limit", "0"});
  EXPECT_EQ(failed.exit_code, 3);
  EXPECT_THAT(failed.err, HasSubstr("no fact 32"));
}

TEST_F(CliTest, FurtherShortestPathsAreOfferedAndNotCalledACut) {
  server_.answers.find_paths = [](const v1::FindPathsRequest&,
                                  grpc::ServerWriter<v1::FindPathsResponse>& writer) {
    v1::FindPathsResponse part;
    part.add_paths()->add_nodes()->set_name("云桥科技");
    part.set_outcome(v1::PATH_OUTCOME_FOUND);
    part.mutable_truncation()->set_reason(v1::TRUNCATION_REASON_PATHS);
    writer.Write(part);
    return grpc::Status::OK;
  };
  EXPECT_EQ(Run({"paths", "5", "6"}).err,
            "note: there are more paths of this length: --max-paths 10 shows them\n");
  EXPECT_THAT(Run({"paths", "5", "6", "--max-paths", "100"}).err, Not(HasSubstr("--max-paths")));
  EXPECT_EQ(Json::parse(Run({"paths", "5", "6", "-o", "json"}).out)["truncation"]["reason"],
            "PATHS");
}

TEST_F(CliTest, PathsNamesTheModeAndShowsHowCertainAPathIs) {
  v1::FindPathsRequest asked;
  server_.answers.find_paths = [&](const v1::FindPathsRequest& request,
                                   grpc::ServerWriter<v1::FindPathsResponse>& writer) {
    asked = request;
    v1::FindPathsResponse part;
    v1::Path& path = *part.add_paths();
    path.add_nodes()->set_name("云桥科技");
    path.add_nodes()->set_name("衡川银行");
    path.add_edges()->set_type("PARTNER_WITH");
    path.set_certainty(0.25);
    part.set_outcome(v1::PATH_OUTCOME_FOUND);
    writer.Write(part);
    return grpc::Status::OK;
  };
  EXPECT_THAT(Run({"paths", "5", "6", "--mode", "weighted"}).out,
              HasSubstr("云桥科技 - 衡川银行  1 hop, certainty 0.25"));
  EXPECT_EQ(asked.mode(), v1::PATH_MODE_WEIGHTED);
  EXPECT_EQ(asked.max_length(), 6u);
  EXPECT_EQ(asked.max_paths(), 0u);
  Run({"paths", "5", "6", "--mode", "all", "--time-ordered", "--max-paths", "7"});
  EXPECT_EQ(asked.mode(), v1::PATH_MODE_ALL_SIMPLE);
  EXPECT_EQ(asked.max_length(), 4u);
  EXPECT_EQ(asked.max_paths(), 7u);
  EXPECT_TRUE(asked.time_ordered());
  EXPECT_EQ(Run({"paths", "5", "6", "--mode", "longest"}).exit_code, 2);
}

TEST_F(CliTest, CommonReadsPagesAndShowsAnEdgeToEachNode) {
  std::vector<v1::CommonNeighborsRequest> asked;
  server_.answers.common_neighbors = [&](const v1::CommonNeighborsRequest& request,
                                         v1::CommonNeighborsResponse& response) {
    asked.push_back(request);
    v1::CommonNeighbor& neighbor = *response.add_neighbors();
    neighbor.mutable_node()->set_name(request.page().cursor().empty() ? "云桥科技" : "衡川银行");
    neighbor.set_weight(1.5);
    neighbor.set_edge_count(2);
    neighbor.add_edges()->set_type("PARTNER_WITH");
    response.set_total(2);
    if (request.page().cursor().empty()) response.set_next_cursor("next");
    return grpc::Status::OK;
  };
  const Finished table = Run({"common", "5", "6", "--kinds", "company"});
  EXPECT_EQ(table.exit_code, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("云桥科技 (0)  2 edges, weight 1.5"));
  EXPECT_THAT(table.out, HasSubstr("衡川银行"));
  ASSERT_EQ(asked.size(), 2u);
  EXPECT_EQ(asked[0].node_ids(1), 6u);
  EXPECT_EQ(asked[0].node_kinds(0), v1::NODE_KIND_COMPANY);
  EXPECT_EQ(asked[1].page().cursor(), "next");
  EXPECT_EQ(Json::parse(Run({"common", "5", "6", "-o", "json"}).out)["neighbors"].size(), 2u);
  EXPECT_EQ(Run({"common", "5"}).exit_code, 2);
}

TEST_F(CliTest, SimilarAndCyclesAskWhatTheirFlagsSay) {
  v1::SimilarNodesRequest similar;
  server_.answers.similar_nodes = [&](const v1::SimilarNodesRequest& request,
                                      v1::SimilarNodesResponse& response) {
    similar = request;
    v1::SimilarNode& node = *response.add_nodes();
    node.mutable_node()->set_name("云桥科技");
    node.set_score(0.75);
    response.mutable_truncation()->set_reason(v1::TRUNCATION_REASON_SKIP_DEGREE);
    return grpc::Status::OK;
  };
  const Finished table = Run({"similar", "5", "--measure", "adamic-adar", "--limit", "3"});
  EXPECT_THAT(table.out, HasSubstr("0.75"));
  EXPECT_THAT(table.err, Not(testing::IsEmpty()));
  EXPECT_EQ(similar.measure(), v1::SIMILARITY_MEASURE_ADAMIC_ADAR);
  EXPECT_EQ(similar.max_nodes(), 3u);

  v1::FindCyclesRequest cycles;
  server_.answers.find_cycles = [&](const v1::FindCyclesRequest& request,
                                    v1::FindCyclesResponse& response) {
    cycles = request;
    response.set_outcome(v1::PATH_OUTCOME_NONE);
    return grpc::Status::OK;
  };
  EXPECT_EQ(Run({"cycles", "5", "--min-length", "2", "--max-length", "5"}).out,
            "no cycle of these lengths\n");
  EXPECT_EQ(cycles.min_length(), 2u);
  EXPECT_EQ(cycles.max_length(), 5u);
  EXPECT_EQ(cycles.max_cycles(), 100u);
}

class AnalysisCliTest : public CliTest {
 protected:
  AnalysisCliTest() {
    server_.answers.start_analysis = [this](const v1::StartAnalysisRequest& request,
                                            v1::StartAnalysisResponse& response) {
      started = request;
      response.mutable_operation()->set_operation_id("op-1");
      response.mutable_operation()->set_state(v1::OPERATION_STATE_WAITING);
      return grpc::Status::OK;
    };
    // Runs at the first look and has ended at the second.
    server_.answers.get_operation = [this](const v1::GetOperationRequest& request,
                                           v1::GetOperationResponse& response) {
      v1::Operation& operation = *response.mutable_operation();
      operation.set_operation_id(request.operation_id());
      operation.set_state(++looks == 1 ? v1::OPERATION_STATE_RUNNING : end_state);
      operation.set_error_code(8);
      operation.set_error_message("too large");
      operation.set_converged(true);
      operation.set_group_count(2);
      operation.set_node_count(5);
      return grpc::Status::OK;
    };
  }

  v1::StartAnalysisRequest started;
  int looks = 0;
  v1::OperationState end_state = v1::OPERATION_STATE_SUCCEEDED;
};

TEST_F(AnalysisCliTest, RankWaitsForTheAnalysisAndReadsIt) {
  v1::RankNodesRequest asked;
  server_.answers.rank_nodes = [&](const v1::RankNodesRequest& request,
                                   v1::RankNodesResponse& response) {
    asked = request;
    v1::RankedNode& node = *response.add_nodes();
    node.mutable_node()->set_name("云桥科技");
    node.set_score(0.25);
    return grpc::Status::OK;
  };
  const Finished rank = Run({"rank", "--damping", "0.5", "--kinds", "company"});
  EXPECT_EQ(rank.exit_code, 0) << rank.err;
  EXPECT_THAT(rank.out, HasSubstr("云桥科技"));
  EXPECT_THAT(rank.err, HasSubstr("op-1"));
  EXPECT_EQ(looks, 2);
  EXPECT_EQ(started.analysis(), v1::ANALYSIS_KIND_PAGE_RANK);
  EXPECT_EQ(started.damping(), 0.5);
  EXPECT_EQ(asked.operation_id(), "op-1");
  EXPECT_EQ(asked.metric(), v1::RANK_METRIC_PAGE_RANK);
  EXPECT_FALSE(asked.has_filter());
  // From seeds nothing is started.
  started.Clear();
  EXPECT_EQ(Run({"rank", "5", "6"}).exit_code, 0);
  EXPECT_EQ(asked.metric(), v1::RANK_METRIC_PERSONALIZED_PAGE_RANK);
  EXPECT_EQ(asked.seed_node_ids_size(), 2);
  EXPECT_EQ(started.analysis(), v1::ANALYSIS_KIND_UNSPECIFIED);
  EXPECT_EQ(Run({"rank", "--metric", "personalized"}).exit_code, 2);
  EXPECT_EQ(Run({"rank", "5", "--metric", "degree"}).exit_code, 2);
}

TEST_F(AnalysisCliTest, GroupsListsMembersAndFindsTheGroupOfANode) {
  server_.answers.list_groups = [](const v1::ListGroupsRequest&, v1::ListGroupsResponse& response) {
    v1::NodeGroup& group = *response.add_groups();
    group.set_group_id(3);
    group.set_size(4);
    group.add_members()->set_name("云桥科技");
    return grpc::Status::OK;
  };
  v1::ListGroupMembersRequest members;
  server_.answers.list_group_members = [&](const v1::ListGroupMembersRequest& request,
                                           v1::ListGroupMembersResponse& response) {
    members = request;
    response.add_nodes()->set_name("衡川银行");
    return grpc::Status::OK;
  };
  server_.answers.get_group_of_node = [](const v1::GetGroupOfNodeRequest& request,
                                         v1::GetGroupOfNodeResponse& response) {
    response.mutable_group()->set_group_id(request.node_id());
    response.mutable_group()->set_size(7);
    return grpc::Status::OK;
  };
  const Finished groups = Run({"groups", "communities", "--resolution", "2"});
  EXPECT_EQ(groups.out, "group 3  4 nodes  云桥科技 (0), ...\n");
  EXPECT_EQ(started.analysis(), v1::ANALYSIS_KIND_COMMUNITIES);
  EXPECT_EQ(started.resolution(), 2);
  started.Clear();
  EXPECT_THAT(Run({"groups", "--operation", "op-9", "--members", "3"}).out, HasSubstr("衡川银行"));
  EXPECT_EQ(members.operation_id(), "op-9");
  EXPECT_EQ(members.group_id(), 3u);
  EXPECT_EQ(started.analysis(), v1::ANALYSIS_KIND_UNSPECIFIED);
  EXPECT_THAT(Run({"groups", "--of", "5"}).out, HasSubstr("group 5  7 nodes"));
  EXPECT_EQ(Run({"groups", "--of", "5", "--members", "3"}).exit_code, 2);
}

TEST_F(AnalysisCliTest, FailedAndCancelledOperationsAreErrors) {
  end_state = v1::OPERATION_STATE_FAILED;
  const Finished failed = Run({"groups"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_THAT(failed.err, HasSubstr("too large"));
  end_state = v1::OPERATION_STATE_CANCELLED;
  looks = 0;
  EXPECT_NE(Run({"rank"}).exit_code, 0);

  server_.answers.cancel_operation = [](const v1::CancelOperationRequest& request,
                                        v1::CancelOperationResponse& response) {
    response.mutable_operation()->set_operation_id(request.operation_id());
    response.mutable_operation()->set_state(v1::OPERATION_STATE_CANCELLED);
    return grpc::Status::OK;
  };
  server_.answers.list_operations = [](const v1::ListOperationsRequest&,
                                       v1::ListOperationsResponse& response) {
    response.add_operations()->set_operation_id("op-7");
    return grpc::Status::OK;
  };
  EXPECT_THAT(Run({"operations"}).out, HasSubstr("op-7"));
  EXPECT_THAT(Run({"operations", "--cancel", "op-8"}).out, HasSubstr("op-8"));
}

// Refuses records without a tab, as a server does, and remembers what it was sent.
class IngestCliTest : public CliTest {
 protected:
  IngestCliTest() {
    server_.answers.ingest_articles = [this](grpc::ServerContext&, auto& stream) {
      v1::IngestArticlesRequest request;
      while (stream.Read(&request)) {
        const v1::ArticleRecord& record = request.record();
        {
          std::lock_guard lock(mutex_);
          records_.push_back(record);
        }
        v1::IngestArticlesResponse response;
        response.set_sequence(request.sequence());
        if (record.data().find('\t') == std::string::npos) {
          response.set_outcome(v1::INGEST_OUTCOME_REJECTED);
          response.mutable_error()->set_reason("ARTICLE_EMPTY");
          response.mutable_error()->set_message(record.file() + ":" +
                                                std::to_string(record.line()) + ": no text");
        } else {
          response.set_outcome(v1::INGEST_OUTCOME_STORED);
          response.set_article_id("a-" + std::to_string(record.line()));
        }
        stream.Write(response);
      }
      return grpc::Status::OK;
    };
  }

  std::mutex mutex_;
  std::vector<v1::ArticleRecord> records_;
};

TEST_F(IngestCliTest, SendsRecordsAsTheyStandInTheFile) {
  const std::string file = Write("news.tsv", "标题\t正文 ? \r\n\nb\tc");
  const Finished run = Run({"ingest", file});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_THAT(run.err, HasSubstr("2 accepted, 0 unchanged, 0 rejected"));
  EXPECT_THAT(run.err, Not(HasSubstr("\x1b")));
  ASSERT_EQ(records_.size(), 2);
  EXPECT_EQ(records_[0].data(), "标题\t正文 ? ");
  EXPECT_EQ(records_[0].format(), v1::RECORD_FORMAT_TSV);
  EXPECT_EQ(records_[0].file(), file);
  EXPECT_EQ(records_[1].line(), 3);
}

TEST_F(IngestCliTest, RejectsAreNamedSetAsideAndExitWithSix) {
  const std::string file =
      Write("news.tsv", "a\tb\nno body\n" + std::string((1 << 20) + 5, 'x') + "\nc\td\n");
  const std::string rejects = dir_ + "/rejects.jsonl";
  const Finished run = Run({"ingest", file, "--rejects", rejects});
  EXPECT_EQ(run.exit_code, 6);
  EXPECT_THAT(run.err, AllOf(HasSubstr("rejected: " + file + ":2: no text [ARTICLE_EMPTY]\n"),
                             HasSubstr(file + ":3: the record has 1048581 bytes"),
                             HasSubstr("2 accepted, 0 unchanged, 2 rejected")));
  EXPECT_EQ(records_.size(), 3);
  std::istringstream lines(ReadFile(rejects));
  std::vector<Json> set_aside;
  for (std::string line; std::getline(lines, line);) {
    set_aside.push_back(Json::parse(line));
  }
  ASSERT_EQ(set_aside.size(), 2);
  std::sort(set_aside.begin(), set_aside.end(),
            [](const Json& a, const Json& b) { return a["line"] < b["line"]; });
  EXPECT_EQ(set_aside[0]["record"], "no body");
  EXPECT_EQ(set_aside[0]["reason"], "ARTICLE_EMPTY");
  EXPECT_EQ(set_aside[1]["reason"], "ARTICLE_TOO_LARGE");
  EXPECT_EQ(set_aside[1]["record_bytes"], 1048581);
}

TEST_F(IngestCliTest, JsonlReportsEveryArticle) {
  const Finished run = Run({"ingest", Write("n.tsv", "a\tb\nbad\n"), "-o", "jsonl"});
  EXPECT_EQ(run.exit_code, 6);
  std::istringstream lines(run.out);
  std::vector<Json> records;
  for (std::string line; std::getline(lines, line);) {
    records.push_back(Json::parse(line));
  }
  ASSERT_EQ(records.size(), 3);
  EXPECT_EQ(records[0]["outcome"], "STORED");
  EXPECT_EQ(records[0]["article_id"], "a-1");
  EXPECT_EQ(records[1]["outcome"], "REJECTED");
  EXPECT_EQ(records[1]["reason"], "ARTICLE_EMPTY");
  EXPECT_EQ(records[2]["record"], "summary");
  EXPECT_EQ(records[2]["accepted"], 1);
}

TEST_F(IngestCliTest, ReadsStandardInput) {
  Write("in", "{\"a\":\t1}\n");
  const Finished run = Run({"ingest", "-", "--format", "jsonl"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  ASSERT_EQ(records_.size(), 1);
  EXPECT_EQ(records_[0].file(), "stdin");
  EXPECT_EQ(records_[0].format(), v1::RECORD_FORMAT_JSON);
}

TEST_F(IngestCliTest, AMissingFileStopsItBeforeAnythingIsSent) {
  const std::string file = Write("n.tsv", "a\tb\n");
  const Finished run = Run({"ingest", file, dir_ + "/missing.tsv"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.err, HasSubstr("cannot read " + dir_ + "/missing.tsv: No such file"));
  EXPECT_TRUE(records_.empty());
}

TEST_F(IngestCliTest, InterruptStopsCleanlyWithASummary) {
  std::atomic<int> answered{0};
  server_.answers.ingest_articles = [&](grpc::ServerContext&, auto& stream) {
    v1::IngestArticlesRequest request;
    while (stream.Read(&request)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
      v1::IngestArticlesResponse response;
      response.set_sequence(request.sequence());
      response.set_outcome(v1::INGEST_OUTCOME_STORED);
      stream.Write(response);
      ++answered;
    }
    return grpc::Status::OK;
  };
  std::string many;
  for (int i = 0; i < 20'000; ++i) {
    many += "a\tb\n";
  }
  const pid_t pid = Start({"ingest", Write("n.tsv", many)});
  ASSERT_TRUE(WaitUntil(pid, [&] { return answered >= 20; }));
  kill(pid, SIGINT);
  const Finished run = Wait(pid);
  EXPECT_EQ(run.exit_code, 130);
  EXPECT_THAT(run.err, AllOf(HasSubstr("stopped early"), HasSubstr("accepted"),
                             Not(HasSubstr("without an answer"))));
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
