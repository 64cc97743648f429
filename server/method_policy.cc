#include "server/method_policy.h"

namespace partnergraph {
namespace {

using enum CallClass;
using enum Execution;

constexpr MethodPolicy kPolicies[] = {
    {"partnergraph.v1.GraphService.GetNode", kRead, kInline},
    {"partnergraph.v1.GraphService.BatchGetNodes", kRead, kPool},
    {"partnergraph.v1.GraphService.SearchNodes", kRead, kInlineFirst},
    {"partnergraph.v1.GraphService.ListEdges", kRead, kInlineFirst},
    {"partnergraph.v1.GraphService.CountEdges", kRead, kInline},
    {"partnergraph.v1.GraphService.Neighborhood", kStream, kPool},
    {"partnergraph.v1.GraphService.Traverse", kStream, kPool},
    {"partnergraph.v1.GraphService.FindPaths", kStream, kPool},
    {"partnergraph.v1.GraphService.CountNeighborhood", kRead, kPool, true},
    {"partnergraph.v1.GraphService.CountTraversal", kRead, kInlineFirst, true},
    {"partnergraph.v1.GraphService.FindShortestPath", kRead, kInlineFirst, true},
    {"partnergraph.v1.GraphService.CommonNeighbors", kStream, kPool},
    {"partnergraph.v1.GraphService.SimilarNodes", kStream, kPool},
    {"partnergraph.v1.GraphService.FindCycles", kStream, kPool},
    {"partnergraph.v1.GraphService.StartAnalysis", kRead, kPool},
    {"partnergraph.v1.GraphService.RankNodes", kStream, kPool},
    {"partnergraph.v1.GraphService.ListGroups", kRead, kPool},
    {"partnergraph.v1.GraphService.ListGroupMembers", kRead, kPool},
    {"partnergraph.v1.GraphService.GetGroupOfNode", kRead, kPool},
    {"partnergraph.v1.GraphService.Query", kStream, kPool},
    {"partnergraph.v1.GraphService.ExportSubgraph", kStream, kPool},
    {"partnergraph.v1.GraphService.ExplainFact", kRead, kPool},
    {"partnergraph.v1.GraphService.GetArticle", kRead, kPool},
    {"partnergraph.v1.GraphService.ListEdgeTypes", kRead, kPool},
    {"partnergraph.v1.IngestService.IngestArticle", kWrite, kPool},
    {"partnergraph.v1.IngestService.IngestArticles", kIngestStream, kPool},
    {"partnergraph.v1.IngestService.PreviewArticle", kWrite, kPool},
    {"partnergraph.v1.IngestService.RetractArticle", kWrite, kPool},
    {"partnergraph.v1.IngestService.WriteFacts", kWrite, kPool},
    {"partnergraph.v1.AdminService.GetStats", kRead, kPool},
    {"partnergraph.v1.AdminService.GetOperation", kRead, kPool},
    {"partnergraph.v1.AdminService.ListOperations", kRead, kPool},
    {"partnergraph.v1.AdminService.CancelOperation", kRead, kPool},
};

}  // namespace

std::string_view CallClassName(CallClass call_class) {
  switch (call_class) {
    case kRead:
      return "read";
    case kStream:
      return "stream";
    case kWrite:
      return "write";
    case kIngestStream:
      return "ingest_stream";
  }
  return "";
}

std::span<const MethodPolicy> MethodPolicies() { return kPolicies; }

const MethodPolicy* FindMethodPolicy(std::string_view method) {
  for (const MethodPolicy& policy : kPolicies) {
    if (policy.method == method) return &policy;
  }
  return nullptr;
}

}  // namespace partnergraph
