// What reads return, to the messages of the public surface. Plain translation; nothing can fail.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "graph/graph_store.h"
#include "graph/schema.h"
#include "partnergraph/v1/admin_service.pb.h"
#include "partnergraph/v1/graph.pb.h"
#include "partnergraph/v1/graph_service.pb.h"
#include "partnergraph/v1/ingest_service.pb.h"

namespace partnergraph {

// Edges name their type as `schema`, that of the view which gave them, does.
// Answers that hold many edges are taken by value or by rvalue: their texts move into the message.
void ToProto(const Date& date, v1::Date* out);
void ToProto(NodeSummary node, v1::NodeSummary* out);
void ToProto(const Node& node, v1::Node* out);
void ToProto(Edge&& edge, const Schema& schema, v1::Edge* out);
void ToProto(const Evidence& evidence, v1::Evidence* out);
// Without the cursors of the nodes, see cut_cursor.h.
void ToProto(const Truncation& truncation, v1::Truncation* out);
void ToProto(const GraphDiff& diff, v1::GraphDiff* out);

void ToProto(const std::vector<std::optional<Node>>& nodes, const v1::BatchGetNodesRequest& request,
             v1::BatchGetNodesResponse* out);
void ToProto(const SearchResult& result, v1::SearchNodesResponse* out);
void ToProto(EdgeList&& list, const Schema& schema, v1::ListEdgesResponse* out);
void ToProto(const std::vector<EdgeCount>& counts, const Schema& schema,
             v1::CountEdgesResponse* out);
void ToProto(NeighborhoodPart&& part, const Schema& schema, v1::NeighborhoodResponse* out);
void ToProto(std::vector<Walk>&& walks, const Schema& schema, v1::TraverseResponse* out);
void ToProto(Path&& path, const Schema& schema, v1::Path* out);
void ToProto(std::span<Path> paths, const Schema& schema, v1::FindPathsResponse* out);
// The first path, if any, and the outcome.
void ToProto(std::span<Path> paths, PathOutcome outcome, const Schema& schema,
             v1::FindShortestPathResponse* out);
v1::PathOutcome ToProto(PathOutcome outcome);
void ToProto(GraphView::FactRecord&& fact, const Schema& schema, v1::ExplainFactResponse* out);
void ToProto(const EvidenceList& list, v1::ExplainFactResponse* out);
void ToProto(const StoredArticle& article, v1::GetArticleResponse* out);
void ToProto(const GraphStats& stats, const Schema& schema, v1::GetStatsResponse* out);
void ToProto(const TopologyReport& report, v1::TopologyStats* out);
// The rings' sizes.
void ToProto(const QueryEnd& end, v1::CountNeighborhoodResponse* out);
// The types with the counts of `stats`, by ascending number.
void ToProto(const Schema& schema, const GraphStats& stats, v1::ListEdgeTypesResponse* out);

}  // namespace partnergraph
