#include "server/http_server.h"

#include <sys/socket.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "partnergraph/v1/graph_service.pb.h"
#include "server/connect_protocol.h"
#include "tests/server/http_fake_service.h"
#include "tests/server/http_test_client.h"
#include "tests/status_matchers.h"

namespace partnergraph {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr char kGetNode[] = "/partnergraph.v1.GraphService/GetNode";
constexpr char kNeighborhood[] = "/partnergraph.v1.GraphService/Neighborhood";
constexpr char kIngestArticles[] = "/partnergraph.v1.IngestService/IngestArticles";
constexpr char kJson[] = "application/json";
constexpr char kStreamJson[] = "application/connect+json";

class HttpServerTest : public HttpServerFixture {};

// The payloads of a stream's frames; the last is the end-of-stream object.
std::vector<std::string> Payloads(const std::string& body) {
  std::vector<std::string> payloads;
  const auto frames = DecodeConnectFrames(body, 1'000);
  EXPECT_THAT(frames, IsOk());
  if (!frames.ok()) return payloads;
  for (size_t i = 0; i < frames->size(); ++i) {
    EXPECT_EQ((*frames)[i].flags, i + 1 == frames->size() ? kConnectEndStream : 0);
    payloads.emplace_back((*frames)[i].payload);
  }
  return payloads;
}

TEST_F(HttpServerTest, AnswersUnaryJson) {
  const HttpResult result = HttpPost(StartHttp(), kGetNode, kJson, R"({"nodeId":"7"})");
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.headers.at("content-type"), kJson);
  EXPECT_EQ(result.headers.count("access-control-allow-origin"), 0u);
  EXPECT_EQ(json::parse(result.body), json::parse(R"({"node":{"nodeId":"7",
      "kind":"NODE_KIND_COMPANY","name":"骥野汽车"}})"));
}

TEST_F(HttpServerTest, AnswersUnaryProto) {
  v1::GetNodeRequest request;
  request.set_node_id(9);
  const HttpResult result =
      HttpPost(StartHttp(), kGetNode, "application/proto", request.SerializeAsString());
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.headers.at("content-type"), "application/proto");
  v1::GetNodeResponse response;
  ASSERT_TRUE(response.ParseFromString(result.body));
  EXPECT_EQ(response.node().node_id(), 9u);
}

TEST_F(HttpServerTest, AnswersGetOfMethodsWithoutSideEffects) {
  const uint16_t port = StartHttp();
  const HttpResult result =
      HttpGet(port, std::string(kGetNode) +
                        "?connect=v1&encoding=json&message=%7B%22nodeId%22%3A%227%22%7D");
  EXPECT_EQ(result.status, 200);
  EXPECT_THAT(result.body, HasSubstr("骥野汽车"));
  auto get = [&](const std::string& query) {
    return HttpGet(port, std::string(kGetNode) + query).status;
  };
  EXPECT_EQ(get("?encoding=json&base64=1&message=eyJub2RlSWQiOiI3In0"), 200);
  EXPECT_EQ(get("?encoding=proto&base64=1&message=CAc"), 200);
  EXPECT_EQ(get("?encoding=json&message=%7"), 400) << "a cut escape";
  EXPECT_EQ(get("?encoding=json&base64=1&message=*"), 400);
  EXPECT_EQ(get("?encoding=xml&message=1"), 415);
  EXPECT_EQ(get("?encoding=json&compression=gzip&message=1"), 501);
  EXPECT_EQ(HttpGet(port, "/partnergraph.v1.IngestService/RetractArticle?encoding=json&message={}")
                .status,
            405);
}

TEST_F(HttpServerTest, KeepsTheConnectionForTheNextRequest) {
  HttpTestConnection connection(StartHttp());
  const std::string request =
      HttpRequestText("POST", kGetNode, "Content-Type: application/json\r\n", R"({"nodeId":"7"})");
  for (int i = 0; i < 3; ++i) {
    connection.Send(request);
    EXPECT_EQ(connection.ReadReply().status, 200);
  }
  connection.Send(request + request);
  EXPECT_EQ(connection.ReadReply().status, 200);
  EXPECT_EQ(connection.ReadReply().status, 200) << "the second of two pipelined requests";
}

TEST_F(HttpServerTest, PassesNoHeadersOn) {
  const HttpResult result = HttpPost(StartHttp(), kGetNode, kJson, R"({"nodeId":"7"})",
                                     "traceparent: 00-abc-def-01\r\nAuthorization: Bearer x\r\n");
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(json::parse(result.body).count("readToken"), 0u) << "the fake echoes traceparent there";
}

TEST_F(HttpServerTest, MapsErrorsWithTheirDetails) {
  const HttpResult result = HttpPost(StartHttp(), kGetNode, kJson, R"({"nodeId":"404"})");
  EXPECT_EQ(result.status, 404);
  const json error = json::parse(result.body);
  EXPECT_EQ(error.at("code"), "not_found");
  EXPECT_EQ(error.at("message"), "no node 404");
  EXPECT_EQ(error.at("details").at(0).at("type"), "google.rpc.ErrorInfo");
  EXPECT_EQ(error.at("details").at(0).at("debug").at("reason"), "NODE_NOT_FOUND");
}

TEST_F(HttpServerTest, StreamsMessagesAndTheEnd) {
  const uint16_t port = StartHttp();
  const HttpResult result = HttpPost(port, kNeighborhood, kStreamJson,
                                     EncodeConnectFrame(0, R"({"nodeIds":["1"],"hops":3})"));
  EXPECT_EQ(result.status, 200);
  EXPECT_EQ(result.headers.at("content-type"), kStreamJson);
  const auto payloads = Payloads(result.body);
  ASSERT_EQ(payloads.size(), 4u);
  EXPECT_EQ(json::parse(payloads[2]).at("nodes").at(0).at("ring"), 2);
  EXPECT_EQ(payloads[3], "{}");
}

TEST_F(HttpServerTest, StreamsProto) {
  v1::NeighborhoodRequest request;
  request.add_node_ids(1);
  request.set_hops(2);
  const HttpResult result = HttpPost(StartHttp(), kNeighborhood, "application/connect+proto",
                                     EncodeConnectFrame(0, request.SerializeAsString()));
  const auto payloads = Payloads(result.body);
  ASSERT_EQ(payloads.size(), 3u);
  v1::NeighborhoodResponse part;
  ASSERT_TRUE(part.ParseFromString(payloads[1]));
  EXPECT_EQ(part.nodes(0).ring(), 1u);
}

TEST_F(HttpServerTest, EndsAStreamWithItsError) {
  const HttpResult result =
      HttpPost(StartHttp(), kNeighborhood, kStreamJson, EncodeConnectFrame(0, "{}"));
  EXPECT_EQ(result.status, 200);
  const auto payloads = Payloads(result.body);
  ASSERT_EQ(payloads.size(), 1u);
  const json error = json::parse(payloads[0]).at("error");
  EXPECT_EQ(error.at("code"), "invalid_argument");
  EXPECT_EQ(error.at("message"), "node_ids is empty");
}

TEST_F(HttpServerTest, SendsAllMessagesOfARequestStream) {
  std::string body;
  for (int i = 1; i <= 3; ++i) {
    body += EncodeConnectFrame(0, json({{"sequence", i}}).dump());
  }
  const auto payloads = Payloads(HttpPost(StartHttp(), kIngestArticles, kStreamJson, body).body);
  ASSERT_EQ(payloads.size(), 4u);
  EXPECT_EQ(json::parse(payloads[2]).at("sequence"), "3");
}

TEST_F(HttpServerTest, ServesStreamsToHttp10) {
  const std::string body = EncodeConnectFrame(0, R"({"nodeIds":["1"],"hops":1})");
  const HttpResult result = HttpCall(
      StartHttp(), "POST " + std::string(kNeighborhood) +
                       " HTTP/1.0\r\nHost: localhost\r\nContent-Type: application/connect+json\r\n"
                       "Content-Length: " +
                       std::to_string(body.size()) + "\r\n\r\n" + body);
  EXPECT_EQ(result.headers.count("transfer-encoding"), 0u);
  EXPECT_EQ(Payloads(result.body).size(), 2u);
}

TEST_F(HttpServerTest, NamesThePlaceOfMalformedJson) {
  const HttpResult result = HttpPost(StartHttp(), kGetNode, kJson, R"({"nodeId":"seven"})");
  EXPECT_EQ(result.status, 400);
  const json error = json::parse(result.body);
  EXPECT_EQ(error.at("code"), "invalid_argument");
  EXPECT_THAT(error.at("message"), HasSubstr("seven"));
  EXPECT_THAT(error.at("message"), HasSubstr("node_id"));
  EXPECT_EQ(error.at("details").at(0).at("debug").at("reason"), "INVALID_MESSAGE");
}

TEST_F(HttpServerTest, CutsMessagesThatQuoteTheRequest) {
  const uint16_t port = StartHttp();
  const std::string bad = R"({"nodeId":")" + std::string(1'000'000, 'x') + R"("})";
  HttpResult result = HttpPost(port, kGetNode, kJson, bad);
  EXPECT_EQ(result.status, 400);
  EXPECT_LT(result.body.size(), 4'000u);
  result = HttpPost(port, kNeighborhood, kStreamJson, EncodeConnectFrame(0, bad));
  EXPECT_EQ(result.status, 200);
  EXPECT_LT(result.body.size(), 4'000u);
}

TEST_F(HttpServerTest, RefusesUnknownFields) {
  const HttpResult result = HttpPost(StartHttp(), kGetNode, kJson, R"({"nodeID2":"7"})");
  EXPECT_EQ(result.status, 400);
  EXPECT_THAT(result.body, HasSubstr("nodeID2"));
}

TEST_F(HttpServerTest, RefusesOtherContentTypes) {
  const uint16_t port = StartHttp();
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", kStreamJson, ""}) {
    EXPECT_EQ(HttpPost(port, kGetNode, type, "{}").status, 415) << type;
  }
  EXPECT_EQ(HttpPost(port, kNeighborhood, kJson, "{}").status, 415);
}

TEST_F(HttpServerTest, RefusesCompressedRequests) {
  const HttpResult result =
      HttpPost(StartHttp(), kGetNode, kJson, "{}", "Content-Encoding: gzip\r\n");
  EXPECT_EQ(result.status, 501);
  EXPECT_EQ(json::parse(result.body).at("code"), "unimplemented");
}

TEST_F(HttpServerTest, AnswersUnknownMethodsWith404) {
  const uint16_t port = StartHttp();
  for (const char* path : {"/partnergraph.v1.GraphService/Nothing", "/other.Service/GetNode",
                           "/grpc.health.v1.Health/Check", "/"}) {
    const HttpResult result = HttpPost(port, path, kJson, "{}");
    EXPECT_EQ(result.status, 404) << path;
    EXPECT_EQ(json::parse(result.body).at("code"), "unimplemented");
  }
  EXPECT_EQ(HttpCall(port, HttpRequestText("DELETE", kGetNode)).status, 405);
}

TEST_F(HttpServerTest, ReportsMethodsThatTheServiceLacks) {
  const HttpResult result =
      HttpPost(StartHttp(), "/partnergraph.v1.GraphService/CountEdges", kJson, "{}");
  EXPECT_EQ(result.status, 501);
  EXPECT_EQ(json::parse(result.body).at("code"), "unimplemented");
}

TEST_F(HttpServerTest, EndsCallsAtTheirTimeout) {
  const uint16_t port = StartHttp();
  const HttpResult result =
      HttpPost(port, kGetNode, kJson, R"({"nodeId":"4"})", "Connect-Timeout-Ms: 50\r\n");
  EXPECT_EQ(result.status, 504);
  EXPECT_EQ(json::parse(result.body).at("code"), "deadline_exceeded");
  EXPECT_TRUE(Reaches(graph_.cancelled, 1));
  for (const char* bad : {"soon", "0"}) {
    const HttpResult refused =
        HttpPost(port, kGetNode, kJson, "{}", absl::StrCat("Connect-Timeout-Ms: ", bad, "\r\n"));
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(json::parse(refused.body)
                  .at("details")
                  .at(1)
                  .at("debug")
                  .at("fieldViolations")
                  .at(0)
                  .at("field"),
              "Connect-Timeout-Ms");
  }
}

TEST_F(HttpServerTest, CapsTheTimeoutOfCalls) {
  options_.call_timeout_max = milliseconds(50);
  const HttpResult result =
      HttpPost(StartHttp(), kGetNode, kJson, R"({"nodeId":"4"})", "Connect-Timeout-Ms: 60000\r\n");
  EXPECT_EQ(result.status, 504);
}

TEST_F(HttpServerTest, CancelsTheCallWhenTheClientLeaves) {
  HttpTestConnection connection(StartHttp());
  connection.Send(
      HttpRequestText("POST", kGetNode, "Content-Type: application/json\r\n", R"({"nodeId":"4"})"));
  ASSERT_TRUE(Reaches(graph_.waiting, 1));
  EXPECT_EQ(graph_.cancelled, 0);
  connection.Close();
  EXPECT_TRUE(Reaches(graph_.cancelled, 1));
}

TEST_F(HttpServerTest, CancelsTheStreamWhenTheClientLeaves) {
  HttpTestConnection connection(StartHttp());
  connection.Send(HttpRequestText("POST", kNeighborhood,
                                  "Content-Type: application/connect+json\r\n",
                                  EncodeConnectFrame(0, R"({"nodeIds":["1"],"hops":6})")));
  ASSERT_TRUE(connection.Receive());
  connection.Close();
  EXPECT_TRUE(Reaches(graph_.cancelled, 1));
}

TEST_F(HttpServerTest, HoldsTheServiceBackForASlowReaderAndThenGivesUp) {
  options_.limits.write_ms_max = 500;
  HttpTestConnection connection(StartHttp());
  connection.Send(HttpRequestText("POST", kNeighborhood,
                                  "Content-Type: application/connect+json\r\n",
                                  EncodeConnectFrame(0, R"({"nodeIds":["1"],"hops":6})")));
  ASSERT_TRUE(connection.Receive());
  EXPECT_TRUE(Reaches(graph_.cancelled, 1));
  // Socket buffers hold a few MB; unbounded reading would have written thousands of 100 KB parts.
  EXPECT_LT(graph_.written, 500);
}

TEST_F(HttpServerTest, RefusesLargeBodies) {
  options_.limits.body_bytes_max = 1'000;
  const uint16_t port = StartHttp();
  HttpResult result = HttpPost(port, kGetNode, kJson, std::string(1'001, ' '));
  EXPECT_EQ(result.status, 413);
  EXPECT_EQ(json::parse(result.body).at("code"), "resource_exhausted");
  HttpTestConnection chunked(port);
  chunked.Send("POST " + std::string(kGetNode) +
               " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
               "Transfer-Encoding: chunked\r\n\r\n800\r\n" +
               std::string(0x800, ' ') + "\r\n");
  EXPECT_EQ(chunked.ReadReply().status, 413);
  result = HttpPost(port, kGetNode, kJson, R"({"nodeId":"7"})" + std::string(900, ' '));
  EXPECT_EQ(result.status, 200);
}

TEST_F(HttpServerTest, RefusesLargeHeaders) {
  const uint16_t port = StartHttp();
  EXPECT_EQ(HttpGet(port, "/", "X-Big: " + std::string(20'000, 'x') + "\r\n").status, 431);
  std::string many;
  for (int i = 0; i < 2'000; ++i) many += "X-" + std::to_string(i) + ": 1\r\n";
  EXPECT_EQ(HttpGet(port, "/", many).status, 431);
  EXPECT_EQ(HttpGet(port, "/", "X-Big: " + std::string(8'000, 'x') + "\r\n").status, 200);
}

TEST_F(HttpServerTest, RefusesWhatIsNotHttp) {
  const uint16_t port = StartHttp();
  EXPECT_EQ(HttpCall(port, "\x16\x03\x01\x02 hello\r\n\r\n").status, 400);
  EXPECT_EQ(HttpCall(port, "GET nopath HTTP/1.1\r\nHost: localhost\r\n\r\n").status, 400);
  EXPECT_EQ(HttpGet(port, "/").status, 200) << "the server goes on";
}

TEST_F(HttpServerTest, ClosesConnectionsThatSendTooSlowly) {
  options_.limits.header_ms_max = 100;
  options_.limits.body_ms_max = 100;
  const uint16_t port = StartHttp();
  HttpTestConnection header(port);
  header.Send("GET / HT");
  EXPECT_FALSE(header.Receive());
  HttpTestConnection body(port);
  body.Send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12");
  EXPECT_FALSE(body.Receive());
}

TEST_F(HttpServerTest, RefusesConnectionsBeyondTheBound) {
  options_.limits.connections_max = 2;
  const uint16_t port = StartHttp();
  HttpTestConnection first(port), second(port);
  for (HttpTestConnection* connection : {&first, &second}) {
    connection->Send(HttpRequestText("GET", "/"));
    EXPECT_EQ(connection->ReadReply().status, 200);
  }
  HttpTestConnection third(port);
  EXPECT_EQ(third.ReadReply().status, 503);
  first.Close();
  bool served = false;
  for (int i = 0; i < 1'000 && !served; ++i) {
    std::this_thread::sleep_for(milliseconds(2));
    served = HttpGet(port, "/").status == 200;
  }
  EXPECT_TRUE(served) << "a place is free again";
}

TEST_F(HttpServerTest, RefusesConnectionsOfOnePeerBeyondItsBound) {
  options_.limits.connections_per_peer_max = 1;
  const uint16_t port = StartHttp();
  HttpTestConnection first(port);
  first.Send(HttpRequestText("GET", "/"));
  EXPECT_EQ(first.ReadReply().status, 200);
  EXPECT_EQ(HttpTestConnection(port).ReadReply().status, 503);
  HttpTestConnection other(port, "127.0.0.2");
  other.Send(HttpRequestText("GET", "/"));
  EXPECT_EQ(other.ReadReply().status, 200) << "another address has its own";
}

// A request whose body is announced in full and sent in part.
std::string HalfSent(size_t announced, size_t sent) {
  return absl::StrCat("POST ", kGetNode,
                      " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                      "Content-Length: ",
                      announced, "\r\n\r\n") +
         std::string(sent, ' ');
}

TEST_F(HttpServerTest, BoundsTheBodiesOfAllRequestsTogether) {
  options_.limits.body_bytes_total_max = 1 << 20;
  const uint16_t port = StartHttp();
  std::vector<std::unique_ptr<HttpTestConnection>> half_sent;
  for (int i = 0; i < 3; ++i) {
    half_sent.push_back(std::make_unique<HttpTestConnection>(port));
    half_sent.back()->Send(HalfSent(400'000, 300'000));
  }
  // Nothing shows that the server has read what the three sent, 900,000 bytes; the fourth is to
  // come after it.
  std::this_thread::sleep_for(milliseconds(2'000));
  HttpTestConnection fourth(port);
  fourth.Send(HalfSent(400'000, 300'000));
  const HttpResult refused = fourth.ReadReply();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.headers.at("retry-after"), "1");
  const json error = json::parse(refused.body);
  EXPECT_EQ(error.at("code"), "resource_exhausted");
  EXPECT_EQ(error.at("details").at(0).at("debug").at("reason"), "SERVER_BUSY");
  EXPECT_EQ(HttpPost(port, kGetNode, kJson, R"({"nodeId":"7"})").status, 200)
      << "small requests still fit";
  // What the others hold is free once they are gone or answered.
  half_sent.pop_back();
  half_sent.front()->Send(R"({"nodeId":"7"})" + std::string(100'000 - 14, ' '));
  EXPECT_EQ(half_sent.front()->ReadReply().status, 200);
  bool served = false;
  for (int i = 0; i < 1'000 && !served; ++i) {
    served =
        HttpPost(port, kGetNode, kJson, R"({"nodeId":"7"})" + std::string(700'000, ' ')).status ==
        200;
    if (!served) std::this_thread::sleep_for(milliseconds(2));
  }
  EXPECT_TRUE(served);
}

TEST_F(HttpServerTest, ChargesChunkedBodiesAsTheyGrow) {
  options_.limits.body_bytes_total_max = 100'000;
  HttpTestConnection connection(StartHttp());
  connection.Send("POST " + std::string(kGetNode) +
                  " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 4; ++i) connection.Send("8000\r\n" + std::string(0x8000, ' ') + "\r\n");
  EXPECT_EQ(connection.ReadReply().status, 503);
}

TEST_F(HttpServerTest, ARunningCallHoldsItsMessagesOnly) {
  options_.limits.body_bytes_total_max = 100'000;
  const uint16_t port = StartHttp();
  HttpTestConnection running(port);
  running.Send(HttpRequestText("POST", kGetNode, "Content-Type: application/json\r\n",
                               R"({"nodeId":"4"})" + std::string(90'000, ' ')));
  ASSERT_TRUE(Reaches(graph_.waiting, 1));
  EXPECT_EQ(HttpPost(port, kGetNode, kJson, R"({"nodeId":"7"})" + std::string(90'000, ' ')).status,
            200);
}

TEST_F(HttpServerTest, RefusesForeignHosts) {
  options_.allowed_hosts = {"graph.example"};
  const uint16_t port = StartHttp();
  auto with_host = [&](const std::string& host) {
    return HttpCall(port, "GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n").status;
  };
  EXPECT_EQ(with_host("evil.example"), 421);
  EXPECT_EQ(with_host(""), 421);
  EXPECT_EQ(with_host("127.0.0.1:" + std::to_string(port)), 200);
  EXPECT_EQ(with_host("Graph.Example"), 200);
  EXPECT_EQ(HttpCall(port, "GET / HTTP/1.1\r\n\r\n").status, 421);
}

TEST_F(HttpServerTest, RefusesForeignOrigins) {
  const uint16_t port = StartHttp();
  auto with_origin = [&](const std::string& origin) {
    return HttpPost(port, kGetNode, kJson, R"({"nodeId":"7"})", "Origin: " + origin + "\r\n")
        .status;
  };
  EXPECT_EQ(with_origin("http://evil.example"), 403);
  EXPECT_EQ(with_origin("null"), 403);
  EXPECT_EQ(with_origin("http://localhost"), 200);
}

TEST_F(HttpServerTest, RefusesWhatOtherSitesSend) {
  const uint16_t port = StartHttp();
  const std::string call = std::string(kGetNode) + "?encoding=json&message=%7B%22nodeId%22%3A7%7D";
  for (const char* site : {"cross-site", "same-site", "new-kind"}) {
    const std::string header = absl::StrCat("Sec-Fetch-Site: ", site, "\r\n");
    EXPECT_EQ(HttpGet(port, call, header).status, 403) << site;
    EXPECT_EQ(HttpGet(port, "/", header).status, 403) << site;
    const std::string navigate = header + "Sec-Fetch-Mode: navigate\r\n";
    EXPECT_EQ(HttpGet(port, "/", navigate).status, 200) << "a link to the dashboard";
    EXPECT_EQ(HttpGet(port, call, navigate).status, 403) << site;
    EXPECT_EQ(HttpPost(port, kGetNode, kJson, "{}", navigate).status, 403) << site;
  }
  for (const char* site : {"same-origin", "none"}) {
    EXPECT_EQ(HttpGet(port, call, absl::StrCat("Sec-Fetch-Site: ", site, "\r\n")).status, 200);
  }
}

TEST_F(HttpServerTest, ServesTheDashboard) {
  const uint16_t port = StartHttp();
  const HttpResult page = HttpGet(port, "/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(page.headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(page.headers.at("cache-control"), "no-cache");
  EXPECT_THAT(page.headers.at("content-security-policy"), HasSubstr("script-src 'self'"));
  EXPECT_THAT(page.body, HasSubstr("图谱"));
  const HttpResult again =
      HttpGet(port, "/index.html", "If-None-Match: " + page.headers.at("etag") + "\r\n");
  EXPECT_EQ(again.status, 304);
  const HttpResult script = HttpGet(port, "/assets/app-1a2b.js?v=1");
  EXPECT_EQ(script.headers.at("content-type"), "text/javascript; charset=utf-8");
  EXPECT_THAT(script.headers.at("cache-control"), HasSubstr("immutable"));
  const HttpResult head = HttpCall(port, HttpRequestText("HEAD", "/"));
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), std::to_string(page.body.size()));
}

TEST_F(HttpServerTest, LeadsToNoFileOutsideTheDashboard) {
  const uint16_t port = StartHttp();
  for (const char* path :
       {"/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "//etc/passwd",
        "/assets/", "/assets", "/index.html/", "/..\\secret.txt", "/%00"}) {
    const HttpResult result = HttpGet(port, path);
    EXPECT_EQ(result.status, 404) << path;
    EXPECT_EQ(result.body.find("\"secret\""), std::string::npos);
  }
}

TEST_F(HttpServerTest, SaysThatThereIsNoDashboard) {
  options_.web_root.clear();
  const uint16_t port = StartHttp();
  EXPECT_THAT(HttpGet(port, "/").body, HasSubstr("without the dashboard"));
  EXPECT_EQ(HttpPost(port, kGetNode, kJson, R"({"nodeId":"7"})").status, 200);
}

TEST_F(HttpServerTest, ReportsHealth) {
  const uint16_t port = StartHttp();
  EXPECT_EQ(HttpGet(port, "/healthz").status, 200);
  EXPECT_EQ(HttpCall(port, HttpRequestText("HEAD", "/healthz")).status, 200);
  grpc_->GetHealthCheckService()->SetServingStatus(false);
  EXPECT_EQ(HttpGet(port, "/healthz").status, 503);
  grpc_->Shutdown(std::chrono::system_clock::now());
  EXPECT_EQ(HttpGet(port, "/healthz").status, 503);
}

TEST_F(HttpServerTest, ReportsAServiceThatIsDown) {
  const uint16_t port = StartHttp();
  grpc_->Shutdown(std::chrono::system_clock::now());
  const HttpResult result = HttpPost(port, kGetNode, kJson, R"({"nodeId":"7"})");
  EXPECT_EQ(result.status, 503);
  EXPECT_EQ(json::parse(result.body).at("code"), "unavailable");
}

TEST_F(HttpServerTest, RefusesToStartOnBadOptions) {
  const auto start = [&](HttpServerOptions options) { return HttpServer(options).Start(); };
  HttpServerOptions options = options_;
  options.address = "8080";
  EXPECT_THAT(start(options), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("8080")));
  options.address = "example.org:80";
  EXPECT_THAT(start(options), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("example")));
  options = options_;
  options.address = "127.0.0.1:" + std::to_string(StartHttp());
  EXPECT_THAT(start(options), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("in use")));
  options = options_;
  options.web_root = folder_.string();
  EXPECT_THAT(start(options), StatusIs(absl::StatusCode::kNotFound, HasSubstr("index.html")));
  options = options_;
  options.services = {"partnergraph.v1.NoService"};
  EXPECT_THAT(start(options), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("NoService")));
}

TEST_F(HttpServerTest, StopLetsRunningCallsFinish) {
  const uint16_t port = StartHttp();
  HttpTestConnection idle(port);
  HttpTestConnection busy(port);
  busy.Send(HttpRequestText("POST", kGetNode,
                            "Content-Type: application/json\r\nConnect-Timeout-Ms: 300\r\n",
                            R"({"nodeId":"4"})"));
  ASSERT_TRUE(Reaches(graph_.waiting, 1));
  auto stopped = std::async(std::launch::async, [&] { http_->Stop(milliseconds(20'000)); });
  EXPECT_FALSE(idle.Receive());
  const HttpResult result = busy.ReadReply();
  EXPECT_EQ(result.status, 504) << "the call ran to its own end";
  EXPECT_EQ(result.headers.at("connection"), "close");
  busy.Close();
  stopped.get();
  EXPECT_FALSE(HttpTestConnection(port).connected());
}

TEST_F(HttpServerTest, StopCancelsWhatOutlastsItsGrace) {
  const uint16_t port = StartHttp();
  HttpTestConnection unary(port), stream(port);
  unary.Send(
      HttpRequestText("POST", kGetNode, "Content-Type: application/json\r\n", R"({"nodeId":"4"})"));
  stream.Send(HttpRequestText("POST", kNeighborhood, "Content-Type: application/connect+json\r\n",
                              EncodeConnectFrame(0, R"({"nodeIds":["1"],"hops":6})")));
  ASSERT_TRUE(Reaches(graph_.waiting, 1));
  ASSERT_TRUE(stream.Receive());
  http_->Stop(milliseconds(50));
  EXPECT_TRUE(Reaches(graph_.cancelled, 2));
}

TEST_F(HttpServerTest, ServesManyConnectionsAtOnce) {
  const uint16_t port = StartHttp();
  std::vector<std::future<int>> workers;
  for (int worker = 0; worker < 16; ++worker) {
    workers.push_back(std::async(std::launch::async, [port, worker] {
      int good = 0;
      for (int i = 0; i < 50; ++i) {
        const bool stream = (i + worker) % 2 == 0;
        const HttpResult result =
            stream ? HttpPost(port, kNeighborhood, kStreamJson,
                              EncodeConnectFrame(0, R"({"nodeIds":["1"],"hops":5})"))
                   : HttpPost(port, kGetNode, kJson, R"({"nodeId":"7"})");
        const auto frames = DecodeConnectFrames(result.body, 10);
        good += result.status == 200 && (!stream || (frames.ok() && frames->size() == 6));
      }
      return good;
    }));
  }
  for (auto& worker : workers) EXPECT_EQ(worker.get(), 50);
}

}  // namespace
}  // namespace partnergraph
