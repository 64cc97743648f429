// Commands that show what the graph has: names, deals, types, and what comes and goes whole.
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
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
    last.mutable_truncation()->set_node_count(2);
    last.mutable_truncation()->add_nodes()->set_node_id(5);
    v1::CutNode& hub = *last.mutable_truncation()->add_nodes();
    hub.set_node_id(6);
    hub.set_kept(7);
    hub.set_degree(250);
    hub.set_cursor("behind-seven");
    last.set_read_token("token");
    writer.Write(last);
    return grpc::Status::OK;
  };
  const Finished table = Run({"neighbors", "云桥", "--hops", "2"});
  EXPECT_EQ(table.exit_code, 0);
  EXPECT_THAT(table.err, AllOf(HasSubstr("云桥 is 云桥科技"), HasSubstr("not complete"),
                               HasSubstr("PER_NODE_LIMIT"), HasSubstr("node 5")));
  EXPECT_THAT(table.err, HasSubstr("show 6 --cursor behind-seven")) << "how to go on";
  const Finished json = Run({"neighbors", "5", "-o", "json"});
  EXPECT_EQ(Json::parse(json.out)["truncation"]["reason"], "PER_NODE_LIMIT");
  EXPECT_EQ(Json::parse(json.out)["read_token"], "token");
  EXPECT_EQ(Json::parse(json.err)["truncation"]["node_count"], 2);
  EXPECT_EQ(Json::parse(json.err)["truncation"]["nodes"][1]["cursor"], "behind-seven");
}

TEST_F(CliTest, ShowGoesOnBehindWhatACutAnswerKept) {
  std::vector<std::string> cursors;
  server_.answers.get_node = [](const v1::GetNodeRequest& request, v1::GetNodeResponse& response) {
    response.mutable_node()->set_node_id(request.node_id());
    return grpc::Status::OK;
  };
  server_.answers.count_edges = [](const v1::CountEdgesRequest&, v1::CountEdgesResponse&) {
    return grpc::Status::OK;
  };
  server_.answers.list_edges = [&](const v1::ListEdgesRequest& request,
                                   v1::ListEdgesResponse& response) {
    cursors.push_back(request.page().cursor());
    response.add_edges()->set_fact_id(8);
    if (request.page().cursor() == "behind-seven") response.set_next_cursor("behind-eight");
    return grpc::Status::OK;
  };
  const Finished shown =
      Run({"show", "6", "--cursor", "behind-seven", "--limit", "2", "-o", "json"});
  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_EQ(cursors, (std::vector<std::string>{"behind-seven", "behind-eight"}));
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

TEST_F(CliTest, EvidenceWithoutAnArticleSaysWhereItIsFrom) {
  server_.answers.explain_fact = [](const v1::ExplainFactRequest&,
                                    v1::ExplainFactResponse& response) {
    v1::Edge& edge = *response.mutable_edge();
    edge.set_fact_id(30);
    edge.set_type("SUPPLIES");
    edge.set_source_count(3);
    v1::Evidence& article = *response.add_evidence();
    article.set_article_id("a-1");
    article.set_article_title("合资");
    article.set_source("日报");
    article.set_quote("双方合资");
    article.mutable_span()->set_end(12);
    article.set_confidence(0.5);
    v1::Evidence& import = *response.add_evidence();
    import.set_article_title("edges.csv, line 2");
    import.set_url("edges.csv");
    import.mutable_published()->set_year(2024);
    import.set_confidence(1);
    v1::Evidence& writer = *response.add_evidence();
    writer.set_source("registry");
    writer.set_status(v1::FACT_STATUS_ACTIVE);
    return grpc::Status::OK;
  };
  const std::string text = Run({"evidence", "30"}).out;
  EXPECT_THAT(text, AllOf(HasSubstr("  “双方合资”\n    a-1 · 合资 · 日报 · bytes 0-12 · "),
                          HasSubstr("  stated in edges.csv, line 2\n    2024 · "),
                          HasSubstr("  stated by registry\n    ACTIVE "), Not(HasSubstr("“”"))));
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

}  // namespace
}  // namespace partnergraph
