// Arguments and answers of queries, and what bounds them. A query is complete, or says that it was
// cut and where.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "graph/date.h"
#include "graph/ids.h"
#include "graph/records.h"
#include "graph/schema.h"
#include "graph/vocabulary.h"

namespace partnergraph {

// Keeps facts; see FactFilter in graph.proto.
struct FactFilter {
  std::vector<EdgeType> types;  // Empty: every type.
  DirectionFilter direction = DirectionFilter::kBoth;
  std::vector<FactStatus> statuses;  // Empty: every status but kDenied.
  float min_confidence = 0;
  uint32_t min_sources = 0;
  Date date_from;
  Date date_until;
};

enum class NodeOrder : uint8_t { kNewest, kConfidence };

// Bounds on one query, already defaulted and capped by the caller. All are at least 1, skip_degree
// excepted (0: none).
struct Budget {
  uint64_t edges_scanned_max = 100'000;
  uint64_t nodes_max = 10'000;
  uint64_t bytes_max = 8 << 20;
  uint32_t per_node_limit = 1'000;
  NodeOrder per_node_order = NodeOrder::kNewest;
  uint64_t skip_degree = 0;
  // Returns why the query must stop now, or nullopt. Called at least every 256 edges.
  enum class Stop : uint8_t { kCancelled, kDeadline };
  std::function<std::optional<Stop>()> should_stop;
};

enum class TruncationReason : uint8_t {
  kEdgesScanned,
  kNodes,
  kBytes,
  kPerNodeLimit,
  kSkipDegree,
  kDeadline,
  kPaths  // PathQuery::paths_max.
};

struct CutNode {
  NodeId node{};
  uint64_t degree = 0;
  uint64_t kept = 0;  // See CutNode.kept in graph.proto.
  // Of a traversal: the step whose edges were cut.
  uint32_t step = 0;
  // Where a list of the node's edges by the query's filter (by the step's) goes on behind what was
  // kept, as EdgeListQuery::position: the rows before it were followed, or are none that the query
  // follows. Empty, the beginning, when nothing was kept or what was kept is no beginning of that
  // list.
  std::string position;
};

// Set when an answer was cut. At most kCutNodesMax nodes are listed (cut_list.h).
struct Truncation {
  TruncationReason reason{};
  std::vector<CutNode> nodes;
  uint64_t node_count = 0;  // Of all.
};

struct QueryStats {
  uint64_t edges_scanned = 0;
};

// ListEdges. The position is the place after the last edge of the page before; empty is the
// beginning.
struct EdgeListQuery {
  NodeId node{};
  FactFilter filter;
  uint32_t evidence_limit = 0;
  uint32_t page_size = 50;
  std::string position;  // Opaque bytes from EdgeList::next_position; empty: the beginning.
  uint64_t edges_scanned_max = 100'000;
  // The ends of edges that are `node` have their id alone: no kind (NodeKind{}) and no name.
  bool asked_node_as_id = false;
};
struct EdgeList {
  std::vector<Edge> edges;
  std::string next_position;  // Empty: no more.
  std::optional<Truncation> truncation;
  QueryStats stats;
};

struct EdgeCount {
  EdgeType type{};
  Direction direction{};
  uint64_t count = 0;
};

enum class MatchKind : uint8_t { kExact, kCore, kPrefix, kPinyin, kFuzzy };
struct NodeMatch {
  Node node;                 // Without aliases; see SearchQuery::summaries_only.
  std::string matched_name;  // Cut to kNameRowValueBytesMax.
  MatchKind match_kind{};
  float score = 0;
};
struct SearchQuery {
  std::string text;
  std::vector<NodeKind> kinds;  // Empty: companies, persons, products.
  bool exact = false;           // Only names that are the same after normalization.
  // Of each match's node id, kind and name alone; of the topology when that knows them.
  bool summaries_only = false;
  uint32_t offset = 0;  // Matches to skip.
  uint32_t page_size = 50;
};
struct SearchResult {
  std::vector<NodeMatch> matches;
  bool more = false;
};

// How much of an answer is wanted.
enum class AnswerDetail : uint8_t {
  kFull,   // Nodes and edges.
  kNodes,  // Nodes alone: no edge is held or read in full.
  kCounts  // How many nodes there are.
};

struct NeighborhoodQuery {
  std::vector<NodeId> nodes;
  uint32_t hops = 1;
  FactFilter filter;
  std::vector<NodeKind> node_kinds;
  bool expand_partnerships = false;
  AnswerDetail detail = AnswerDetail::kFull;
  Budget budget;
};
struct RingNode {
  NodeSummary node;
  uint32_t ring = 0;
  uint64_t degree = 0;
};
// A part of the answer: at most kPartMax nodes and edges; edges join nodes of this or earlier
// parts.
struct NeighborhoodPart {
  std::vector<RingNode> nodes;
  std::vector<Edge> edges;
};
inline constexpr size_t kPartMax = 256;

struct TraverseStep {
  FactFilter filter;
  std::vector<NodeKind> node_kinds;
  uint32_t min_repeat = 1;
  uint32_t max_repeat = 1;
  bool stored_edges_only = false;  // No passages through deals, also when PARTNER_WITH is named.
};
struct TraverseQuery {
  std::vector<NodeId> nodes;
  std::vector<TraverseStep> steps;
  bool exclude_starts = false;                // The query's own nodes are no ends.
  AnswerDetail detail = AnswerDetail::kFull;  // kNodes: walks without their edges.
  Budget budget;
};
struct Walk {
  NodeSummary end;
  std::vector<Edge> edges;
};

// Which paths; see PathMode in path.proto.
enum class PathMode : uint8_t { kShortest, kKShortest, kAllSimple, kWeighted };
struct PathQuery {
  NodeId source{};
  NodeId target{};
  PathMode mode = PathMode::kShortest;
  // Dates along a path never decrease. Not with kWeighted.
  bool time_ordered = false;
  uint32_t length_max = 6;
  uint32_t paths_max = 1;
  FactFilter filter;
  bool expand_partnerships = false;
  // Of kShortest, kNodes leaves the edges out, and the certainty, which is theirs; kCounts is as
  // kNodes. The other modes give everything.
  AnswerDetail detail = AnswerDetail::kFull;
  Budget budget;
};
enum class PathOutcome : uint8_t { kFound, kNone, kNotDecided };
struct Path {
  std::vector<NodeSummary> nodes;
  std::vector<Edge> edges;
  double certainty = 1;  // The product of the edges' confidences; 0 where they are left out.
};

// How a streamed query ended.
struct QueryEnd {
  std::optional<Truncation> truncation;
  QueryStats stats;
  std::vector<uint64_t> ring_sizes;  // Of a neighborhood: nodes found in each ring, ring 0 first.
  uint64_t end_count = 0;            // Of a traversal: ends found.
};
struct PathResult {
  std::vector<Path> paths;
  PathOutcome outcome = PathOutcome::kNone;
  QueryEnd end;
};

struct EvidenceList {
  std::vector<Evidence> evidence;
  std::string next_position;  // Empty: no more.
};

}  // namespace partnergraph
