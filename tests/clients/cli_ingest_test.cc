// `partnergraph ingest`.
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
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
using testing::Not;

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

}  // namespace
}  // namespace partnergraph
