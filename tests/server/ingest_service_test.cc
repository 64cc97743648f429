#include "server/ingest_service.h"

#include <future>
#include <set>

#include "gtest/gtest.h"
#include "tests/server/server_fixture.h"

namespace partnergraph {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

v1::Article MakeArticle(const std::string& id, const std::string& text) {
  v1::Article article;
  article.set_article_id(id);
  article.set_title("标题");
  article.set_text(text);
  return article;
}

class IngestServiceTest : public ServerTest {
 protected:
  grpc::Status Ingest(const v1::Article& article) {
    v1::IngestArticleRequest request;
    *request.mutable_article() = article;
    return ingest_stub->IngestArticle(Context().get(), request, &response);
  }
  grpc::Status IngestRecord(v1::RecordFormat format, const std::string& data, uint64_t line = 3) {
    v1::IngestArticleRequest request;
    request.mutable_record()->set_format(format);
    request.mutable_record()->set_data(data);
    request.mutable_record()->set_file("articles.tsv");
    request.mutable_record()->set_line(line);
    return ingest_stub->IngestArticle(Context().get(), request, &response);
  }
  std::vector<std::string> Committed() {
    const std::lock_guard lock(graph.state.mutex);
    return graph.state.committed;
  }

  v1::IngestArticleResponse response;
};

TEST_F(IngestServiceTest, StoresAnArticleAndReturnsItsDiff) {
  Start();
  ASSERT_THAT(Ingest(MakeArticle("a", "甲与乙合作")), IsOkGrpc());
  EXPECT_EQ(response.outcome(), v1::INGEST_OUTCOME_STORED);
  EXPECT_EQ(response.article_id(), "a");
  EXPECT_EQ(response.diff().node_added_count(), 2u);
  EXPECT_THAT(response.diff().nodes_added(), SizeIs(2));
  v1::GetNodeRequest get;
  get.set_node_id(1);
  get.mutable_consistency()->set_at_least_as_fresh(response.write_token());
  v1::GetNodeResponse node;
  EXPECT_THAT(graph_stub->GetNode(Context().get(), get, &node), IsOkGrpc());
}

TEST_F(IngestServiceTest, WritesFactsInFieldsAndAsRecords) {
  Start();
  v1::WriteFactsRequest request;
  request.set_source("registry");
  request.set_idempotency_key("k");
  v1::WrittenNode& node = *request.add_nodes();
  node.set_id("a");
  node.set_kind(v1::NODE_KIND_COMPANY);
  node.set_name("云桥科技");
  v1::WrittenEdge& edge = *request.add_edges();
  edge.set_type("PARTNER_WITH");
  edge.mutable_source()->set_id("a");
  edge.mutable_target()->set_node_id(7);
  edge.mutable_date()->set_year(2020);
  edge.mutable_date()->set_bound(v1::DATE_BOUND_AFTER);
  edge.set_confidence(0);
  request.add_records(R"({"edge":{"type":"USES","source":3,"target":"p-1"}})");
  request.add_records(R"({"edge_type":{"name":"OWNS"}})");
  v1::Precondition& precondition = *request.add_preconditions();
  precondition.set_operation(v1::PRECONDITION_OPERATION_MUST_NOT_MATCH);
  precondition.mutable_source()->set_node_id(7);
  v1::WriteFactsResponse written;
  ASSERT_THAT(ingest_stub->WriteFacts(Context().get(), request, &written), IsOkGrpc());
  EXPECT_THAT(written.node_ids(), ElementsAre(1));
  EXPECT_THAT(written.fact_ids(), ElementsAre(1, 2));
  EXPECT_FALSE(written.write_token().empty());
  ASSERT_THAT(graph.state.written, SizeIs(1));
  const FactBatch& batch = graph.state.written[0];
  EXPECT_EQ(batch.writer, "registry");
  EXPECT_EQ(batch.idempotency_key, "k");
  ASSERT_THAT(batch.edges, SizeIs(2));
  EXPECT_EQ(batch.edges[0].source, "a");
  EXPECT_EQ(batch.edges[0].target, "#7");
  EXPECT_EQ(batch.edges[0].date, (Date{.year = 2020, .bound = DateBound::kAfter}));
  EXPECT_EQ(batch.edges[0].confidence, 0);
  EXPECT_EQ(batch.edges[0].status, FactStatus::kAnnounced);
  EXPECT_EQ(batch.edges[1].source, "#3");
  EXPECT_EQ(batch.edge_types[0].name, "OWNS");
  EXPECT_FALSE(batch.preconditions[0].must_match);
  EXPECT_EQ(batch.preconditions[0].source, "#7");
}

TEST_F(IngestServiceTest, NamesTheFieldOfAFactThatIsWrong) {
  Start();
  v1::WriteFactsResponse written;
  const auto write = [&](const std::function<void(v1::WriteFactsRequest&)>& change) {
    v1::WriteFactsRequest request;
    request.set_source("registry");
    v1::WrittenEdge& edge = *request.add_edges();
    edge.set_type("USES");
    edge.mutable_source()->set_node_id(1);
    edge.mutable_target()->set_node_id(2);
    change(request);
    return ingest_stub->WriteFacts(Context().get(), request, &written);
  };
  EXPECT_THAT(write([](auto&) {}), IsOkGrpc());
  EXPECT_THAT(write([](auto& r) { r.mutable_edges(0)->clear_target(); }),
              IsFieldError("edges[0].target"));
  EXPECT_THAT(write([](auto& r) { r.mutable_edges(0)->mutable_date()->set_month(2); }),
              IsFieldError("edges[0].date"));
  EXPECT_THAT(write([](auto& r) { r.mutable_edges(0)->set_status(v1::FactStatus(77)); }),
              IsFieldError("edges[0].status"));
  EXPECT_THAT(write([](auto& r) { r.add_nodes()->set_id("a"); }), IsFieldError("nodes[0].kind"));
  EXPECT_THAT(write([](auto& r) { r.add_records("{}"); }), IsFieldError("records[0]"));
  EXPECT_THAT(write([](auto& r) { r.add_preconditions(); }),
              IsFieldError("preconditions[0].operation"));
  EXPECT_THAT(write([](auto& r) { r.add_edge_types()->add_source_kinds(v1::NodeKind(9)); }),
              IsFieldError("edge_types[0].source_kinds"));
  EXPECT_THAT(write([](auto& r) {
                for (int i = 0; i < 2001; ++i) r.add_records("");
              }),
              FailsWith(StatusCode::RESOURCE_EXHAUSTED, "RESOURCE_EXHAUSTED"));
}

TEST_F(IngestServiceTest, TheSameContentAgainSkipsTheExtraction) {
  std::atomic<int> extractions{0};
  on_extract = [&](Document&) {
    extractions++;
    return absl::OkStatus();
  };
  Start();
  ASSERT_THAT(Ingest(MakeArticle("a", "甲与乙合作")), IsOkGrpc());
  ASSERT_THAT(Ingest(MakeArticle("another id", "甲与乙合作")), IsOkGrpc());
  EXPECT_EQ(response.outcome(), v1::INGEST_OUTCOME_UNCHANGED);
  EXPECT_EQ(response.article_id(), "a");
  EXPECT_FALSE(response.write_token().empty());
  EXPECT_EQ(extractions, 1);
}

TEST_F(IngestServiceTest, AnIdWithOtherContentIsTaken) {
  Start();
  ASSERT_THAT(Ingest(MakeArticle("a", "甲与乙合作")), IsOkGrpc());
  EXPECT_THAT(Ingest(MakeArticle("a", "别的")), FailsWith(StatusCode::ALREADY_EXISTS, "ID_TAKEN"));
}

TEST_F(IngestServiceTest, RefusesArticlesByField) {
  Start();
  v1::Article article = MakeArticle("a", "x");
  article.clear_title();
  article.clear_text();
  EXPECT_THAT(Ingest(article), FailsWith(StatusCode::INVALID_ARGUMENT, "ARTICLE_EMPTY"));
  EXPECT_THAT(Ingest(article), IsFieldError("article.text"));
  article = MakeArticle("a", " \n\t ");
  article.clear_title();
  EXPECT_THAT(Ingest(article), FailsWith(StatusCode::INVALID_ARGUMENT, "ARTICLE_EMPTY"));
  // One notion of "no text" for every call and format.
  for (const char* blank : {"\u3000", "\u00A0\u2003", " \n\t "}) {
    article.set_text(blank);
    article.set_title(blank);
    EXPECT_THAT(Ingest(article), FailsWith(StatusCode::INVALID_ARGUMENT, "ARTICLE_EMPTY"));
    v1::PreviewArticleRequest preview;
    *preview.mutable_article() = article;
    v1::PreviewArticleResponse previewed;
    EXPECT_THAT(ingest_stub->PreviewArticle(Context().get(), preview, &previewed),
                FailsWith(StatusCode::INVALID_ARGUMENT, "ARTICLE_EMPTY"));
    EXPECT_THAT(IngestRecord(v1::RECORD_FORMAT_TSV, std::string("t\t") + blank),
                FailsWith(StatusCode::INVALID_ARGUMENT, "ARTICLE_EMPTY"));
  }
  EXPECT_THAT(Ingest(MakeArticle(std::string(257, 'i'), "x")), IsFieldError("article.article_id"));
  EXPECT_THAT(Ingest(MakeArticle("a\nb", "x")), IsFieldError("article.article_id"));
  EXPECT_THAT(Ingest(MakeArticle("a", std::string((512 << 10) + 1, 'x'))),
              FailsWith(StatusCode::INVALID_ARGUMENT, "ARTICLE_TOO_LARGE"));
  article = MakeArticle("a", "x");
  article.set_title(std::string((4 << 10) + 1, 'x'));
  EXPECT_THAT(Ingest(article), IsFieldError("article.title"));
  article = MakeArticle("a", "x");
  article.set_language("fr");
  EXPECT_THAT(Ingest(article), IsFieldError("article.language"));
  article.clear_language();
  for (const char* date : {"2023-02-29", "2023-02", "yesterday", "2023-02-01x"}) {
    article.set_published(date);
    EXPECT_THAT(Ingest(article), IsFieldError("article.published")) << date;
  }
  v1::IngestArticleRequest nothing;
  EXPECT_THAT(ingest_stub->IngestArticle(Context().get(), nothing, &response),
              IsFieldError("input"));
  EXPECT_THAT(Committed(), SizeIs(0));
}

TEST_F(IngestServiceTest, TheLargestArticleIsTaken) {
  Start();
  EXPECT_THAT(Ingest(MakeArticle(std::string(256, 'i'), std::string(512 << 10, 'x'))), IsOkGrpc());
}

TEST_F(IngestServiceTest, RecordsAreReadByTheServer) {
  Start();
  ASSERT_THAT(IngestRecord(v1::RECORD_FORMAT_TSV, "标题\t甲与乙合作"), IsOkGrpc());
  EXPECT_EQ(response.article_id(), "article-3");
  ASSERT_THAT(IngestRecord(v1::RECORD_FORMAT_JSON, R"({"article_id":"j","text":"丙与丁合作"})"),
              IsOkGrpc());
  EXPECT_EQ(response.article_id(), "j");
}

TEST_F(IngestServiceTest, BadRecordsNameFileAndLine) {
  Start();
  const auto expect = [&](v1::RecordFormat format, const std::string& data,
                          const std::string& reason) {
    const grpc::Status status = IngestRecord(format, data);
    EXPECT_THAT(status, FailsWith(StatusCode::INVALID_ARGUMENT, reason));
    EXPECT_THAT(status, IsFieldError("record.data"));
    EXPECT_THAT(status.error_message(), testing::StartsWith("articles.tsv:3: "));
  };
  expect(v1::RECORD_FORMAT_TSV, "no tab", "BAD_RECORD");
  expect(v1::RECORD_FORMAT_TSV, "title only\t", "ARTICLE_EMPTY");
  expect(v1::RECORD_FORMAT_JSON, "{\"text\":", "BAD_RECORD");
  expect(v1::RECORD_FORMAT_JSON, std::string(100'000, '['), "BAD_RECORD");
  expect(v1::RECORD_FORMAT_TEXT, "\xff\xfe\x00\x01", "NOT_UTF8");
  expect(v1::RECORD_FORMAT_TSV, "t\t" + std::string(1 << 20, 'x'), "ARTICLE_TOO_LARGE");
  expect(v1::RECORD_FORMAT_TSV, "t\t" + std::string(600 << 10, 'x'), "ARTICLE_TOO_LARGE");
  EXPECT_THAT(IngestRecord(v1::RECORD_FORMAT_UNSPECIFIED, "t\tx"), IsFieldError("record.format"));
  v1::IngestArticleRequest nameless;
  nameless.mutable_record()->set_format(v1::RECORD_FORMAT_TSV);
  nameless.mutable_record()->set_data("no tab");
  nameless.mutable_record()->set_line(1);
  EXPECT_THAT(ingest_stub->IngestArticle(Context().get(), nameless, &response).error_message(),
              testing::StartsWith("record:1: "));
  EXPECT_THAT(IngestRecord(v1::RECORD_FORMAT_TSV, "t\tx", 0), IsFieldError("record.line"));
}

TEST_F(IngestServiceTest, ErrorsOfExtractionAndStoreKeepTheirPlace) {
  on_extract = [](Document&) { return absl::ResourceExhaustedError("too many names"); };
  Start();
  const grpc::Status status = IngestRecord(v1::RECORD_FORMAT_TSV, "t\tx");
  EXPECT_THAT(status, FailsWith(StatusCode::RESOURCE_EXHAUSTED, "TOO_MANY_FACTS"));
  EXPECT_EQ(status.error_message(), "articles.tsv:3: too many names");
}

TEST_F(IngestServiceTest, PreviewStoresNothing) {
  Start();
  v1::PreviewArticleRequest request;
  *request.mutable_article() = MakeArticle("a", "甲与乙合作");
  v1::PreviewArticleResponse preview;
  ASSERT_THAT(ingest_stub->PreviewArticle(Context().get(), request, &preview), IsOkGrpc());
  EXPECT_EQ(preview.outcome(), v1::INGEST_OUTCOME_STORED);
  EXPECT_EQ(preview.diff().node_added_count(), 1u);
  EXPECT_THAT(preview.extraction(), HasSubstr("\"entities\""));
  EXPECT_THAT(Committed(), SizeIs(0));
}

TEST_F(IngestServiceTest, RetractTakesBackOnce) {
  Start();
  ASSERT_THAT(Ingest(MakeArticle("a", "甲与乙合作")), IsOkGrpc());
  v1::RetractArticleRequest request;
  v1::RetractArticleResponse retracted;
  EXPECT_THAT(ingest_stub->RetractArticle(Context().get(), request, &retracted),
              IsFieldError("article_id"));
  request.set_article_id("a");
  ASSERT_THAT(ingest_stub->RetractArticle(Context().get(), request, &retracted), IsOkGrpc());
  EXPECT_EQ(retracted.diff().node_removed_count(), 2u);
  EXPECT_THAT(ingest_stub->RetractArticle(Context().get(), request, &retracted),
              FailsWith(StatusCode::NOT_FOUND, "NOT_FOUND"));
}

class IngestStreamTest : public IngestServiceTest {
 protected:
  using Stream = grpc::ClientReaderWriter<v1::IngestArticlesRequest, v1::IngestArticlesResponse>;

  void Open(std::chrono::milliseconds deadline = std::chrono::seconds(20)) {
    context = Context(deadline);
    stream = ingest_stub->IngestArticles(context.get());
  }
  bool Send(uint64_t sequence, const v1::Article& article) {
    v1::IngestArticlesRequest request;
    request.set_sequence(sequence);
    *request.mutable_article() = article;
    return stream->Write(request);
  }
  std::vector<v1::IngestArticlesResponse> ReadAll() {
    std::vector<v1::IngestArticlesResponse> answers;
    v1::IngestArticlesResponse answer;
    while (stream->Read(&answer)) answers.push_back(answer);
    return answers;
  }

  std::unique_ptr<grpc::ClientContext> context;
  std::unique_ptr<Stream> stream;
};

TEST_F(IngestStreamTest, CommitsAndAnswersInOrderOfArrivalThoughExtractionDoesNot) {
  std::mutex mutex;
  std::vector<std::string> extracted;
  std::atomic<int> running{0}, running_max{0};
  on_extract = [&](Document& document) {
    const int now = ++running;
    int seen = running_max;
    while (now > seen && !running_max.compare_exchange_weak(seen, now)) {
    }
    // Every third article takes long.
    const bool slow = std::stoi(document.article.id) % 3 == 0;
    std::this_thread::sleep_for(std::chrono::milliseconds(slow ? 15 : 1));
    const std::lock_guard lock(mutex);
    extracted.push_back(document.article.id);
    --running;
    return absl::OkStatus();
  };
  config.ingest_threads = 4;
  Start();
  Open();
  std::vector<std::string> ids;
  for (int i = 0; i < 60; ++i) {
    ids.push_back(std::to_string(i));
    ASSERT_TRUE(Send(1000 + i, MakeArticle(ids.back(), "text " + ids.back())));
  }
  stream->WritesDone();
  const auto answers = ReadAll();
  EXPECT_THAT(stream->Finish(), IsOkGrpc());
  ASSERT_THAT(answers, SizeIs(60));
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(answers[i].sequence(), 1000u + i);
    EXPECT_EQ(answers[i].outcome(), v1::INGEST_OUTCOME_STORED);
  }
  EXPECT_EQ(Committed(), ids);
  EXPECT_NE(extracted, ids);
  EXPECT_GT(running_max, 1);
}

TEST_F(IngestStreamTest, BadArticlesDoNotEndTheStream) {
  Start();
  Open();
  ASSERT_TRUE(Send(1, MakeArticle("a", "甲与乙合作")));
  v1::Article empty;
  ASSERT_TRUE(Send(2, empty));
  v1::IngestArticlesRequest record;
  record.set_sequence(3);
  record.mutable_record()->set_format(v1::RECORD_FORMAT_TSV);
  record.mutable_record()->set_file("dir/articles.tsv");
  record.mutable_record()->set_line(8);
  record.mutable_record()->set_data("no tab here");
  ASSERT_TRUE(stream->Write(record));
  ASSERT_TRUE(Send(4, MakeArticle("a", "other content")));
  ASSERT_TRUE(Send(5, MakeArticle("b", std::string(600 << 10, 'x'))));
  ASSERT_TRUE(Send(6, MakeArticle("c", "甲与乙合作")));
  ASSERT_TRUE(Send(7, MakeArticle("d", "丙与丁合作")));
  stream->WritesDone();
  const auto answers = ReadAll();
  EXPECT_THAT(stream->Finish(), IsOkGrpc());
  ASSERT_THAT(answers, SizeIs(7));
  EXPECT_EQ(answers[1].error().reason(), "ARTICLE_EMPTY");
  EXPECT_EQ(answers[2].error().reason(), "BAD_RECORD");
  EXPECT_EQ(answers[2].error().message(),
            "dir/articles.tsv:8: record.data: no tab between title and text");
  EXPECT_EQ(answers[3].error().reason(), "ID_TAKEN");
  EXPECT_EQ(answers[4].error().reason(), "ARTICLE_TOO_LARGE");
  EXPECT_EQ(answers[5].outcome(), v1::INGEST_OUTCOME_UNCHANGED);
  EXPECT_EQ(answers[6].outcome(), v1::INGEST_OUTCOME_STORED);
  EXPECT_THAT(Committed(), ElementsAre("a", "d"));
}

TEST_F(IngestStreamTest, ReadsAtMost64UnansweredArticles) {
  std::atomic<int> entered{0};
  Gate gate;
  on_extract = [&](Document&) {
    entered++;
    gate.Wait();
    return absl::OkStatus();
  };
  // A thread for each article that the server could be tempted to read.
  config.ingest_threads = 200;
  Start();
  Open();
  std::thread writer([&] {
    for (int i = 0; i < 150; ++i) {
      if (!Send(i, MakeArticle(std::to_string(i), "text " + std::to_string(i)))) break;
    }
    stream->WritesDone();
  });
  ASSERT_TRUE(gate.AwaitWaiters(64));
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_EQ(entered, 64);
  gate.Open();
  EXPECT_THAT(ReadAll(), SizeIs(150));
  writer.join();
  EXPECT_THAT(stream->Finish(), IsOkGrpc());
}

TEST_F(IngestStreamTest, CancellationStopsWork) {
  std::atomic<int> entered{0};
  on_extract = [&](Document&) {
    entered++;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return absl::OkStatus();
  };
  config.ingest_threads = 1;
  Start();
  Open();
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(Send(i, MakeArticle(std::to_string(i), "text " + std::to_string(i))));
  }
  v1::IngestArticlesResponse answer;
  ASSERT_TRUE(stream->Read(&answer));
  context->TryCancel();
  EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  for (int i = 0; i < 100 && server->guard().InFlight(CallClass::kIngestStream) > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(server->guard().InFlight(CallClass::kIngestStream), 0);
  EXPECT_LT(entered, 25);
  const size_t committed = Committed().size();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(Committed().size(), committed);
}

TEST_F(IngestStreamTest, AStoreThatTakesNoWritesEndsTheStreamAndShowsInHealth) {
  Start();
  graph.state.put_status = absl::UnavailableError("the disk is full");
  Open();
  ASSERT_TRUE(Send(1, MakeArticle("a", "x")));
  EXPECT_THAT(ReadAll(), SizeIs(0));
  EXPECT_THAT(stream->Finish(), FailsWith(StatusCode::UNAVAILABLE, "UNAVAILABLE"));
}

TEST_F(IngestStreamTest, AnIdleStreamEnds) {
  config.calls.ingest_idle_ms_max = 100;
  Start();
  Open();
  ASSERT_TRUE(Send(1, MakeArticle("a", "x")));
  EXPECT_THAT(ReadAll(), SizeIs(1));
  EXPECT_THAT(stream->Finish(), FailsWith(StatusCode::DEADLINE_EXCEEDED, "STREAM_IDLE"));
}

TEST_F(IngestStreamTest, StoppingTheServerEndsAStreamThatWaits) {
  Start();
  Open();
  ASSERT_TRUE(Send(1, MakeArticle("a", "x")));
  v1::IngestArticlesResponse answer;
  ASSERT_TRUE(stream->Read(&answer));
  const auto start = std::chrono::steady_clock::now();
  auto stopped = std::async(std::launch::async, [&] { server->Stop(); });
  EXPECT_FALSE(stream->Read(&answer));
  EXPECT_THAT(stream->Finish(), FailsWith(StatusCode::UNAVAILABLE, "SERVER_STOPPING"));
  stopped.wait();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(3));
}

}  // namespace
}  // namespace partnergraph
