#include "ingest/bench/graph_workload.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>

#include "fmt/format.h"
#include "graph/fact_batch.h"
#include "graph/query.h"
#include "graph/status_macros.h"

namespace partnergraph::bench {
namespace {

constexpr uint32_t kLengthMax = 6;

std::string Differs(std::string_view what, uint64_t id, int64_t want, int64_t got) {
  return want == got ? "" : fmt::format("{} of {}: want {}, got {}", what, id, want, got);
}

// A row of W2 as a caller would keep it.
struct NeighborRow {
  NodeId neighbor{};
  NodeKind kind{};
  EdgeType type{};
  bool outgoing = false;
  Date date;
  float confidence = 0;
  size_t name_begin = 0, name_end = 0;  // In the text of all names.
};

class Questions {
 public:
  Questions(GraphStore& store, const GraphFiles& files, uint64_t first,
            const std::atomic<bool>& interrupted)
      : store_(store),
        files_(files),
        first_(first),
        partner_with_(store.schema()->Find("PARTNER_WITH")->type),
        read_options_{.cancelled = [&interrupted] { return interrupted.load(); }} {
    // No bound but the caller's patience, so that answers are whole.
    budget_.edges_scanned_max = uint64_t{1} << 40;
    budget_.nodes_max = uint64_t{1} << 32;
    budget_.bytes_max = uint64_t{1} << 40;
    budget_.per_node_limit = 1'000'000'000;
    budget_.should_stop = [&interrupted] {
      return interrupted.load() ? std::optional(Budget::Stop::kCancelled) : std::nullopt;
    };
  }

  absl::StatusOr<std::string> Name(uint64_t index) const {
    const GraphFiles::Name& line = files_.names[index];
    PG_ASSIGN_OR_RETURN(const auto view, store_.View(read_options_));
    PG_ASSIGN_OR_RETURN(const SearchResult found,
                        view->SearchNodes({.text = line.name,
                                           .kinds = {NodeKind::kCompany, NodeKind::kPerson,
                                                     NodeKind::kProduct, NodeKind::kPartnership},
                                           .exact = true,
                                           .summaries_only = true,
                                           .page_size = 10}));
    for (const NodeMatch& match : found.matches) {
      if (match.node.id == Id(line.id) && match.node.name == line.name) return "";
    }
    return fmt::format("name {}: want node {}", line.name, line.id + first_);
  }

  absl::StatusOr<std::string> Rows(uint64_t index, bool at_least) const {
    const GraphFiles::Count& line = files_.rows[index];
    const NodeId id = Id(line.id);
    PG_ASSIGN_OR_RETURN(const auto view, store_.View(read_options_));
    std::vector<NeighborRow> rows;
    rows.reserve(kGraphRowsMax);
    std::string names;
    bool strange = false;
    PG_RETURN_IF_ERROR(
        view->VisitEdges({.node = id, .page_size = kGraphRowsMax, .asked_node_as_id = true},
                         [&](const EdgeRow& edge) {
                           const bool outgoing = edge.source.id == id;
                           const NodeRow& neighbor = outgoing ? edge.target : edge.source;
                           strange |= !outgoing && edge.target.id != id;
                           const size_t begin = names.size();
                           names += neighbor.name;
                           rows.push_back({neighbor.id, neighbor.kind, edge.type, outgoing,
                                           edge.date, edge.confidence, begin, names.size()});
                         })
            .status());
    if (strange) return fmt::format("rows of {}: an edge of other nodes", line.id);
    if (std::ranges::any_of(rows,
                            [](const NeighborRow& r) { return r.name_begin == r.name_end; })) {
      return fmt::format("rows of {}: a neighbor without a name", line.id);
    }
    if (at_least && rows.size() >= line.count) return "";
    return Differs("rows", line.id, static_cast<int64_t>(line.count),
                   static_cast<int64_t>(rows.size()));
  }

  absl::StatusOr<std::string> Pairs(uint64_t index) const {
    const GraphFiles::Count& line = files_.pairs[index];
    PG_ASSIGN_OR_RETURN(const auto view, store_.View(read_options_));
    TraverseStep step{.min_repeat = 2, .max_repeat = 2, .stored_edges_only = true};
    step.filter.types = {partner_with_};
    PG_ASSIGN_OR_RETURN(const QueryEnd end,
                        view->Traverse({.nodes = {Id(line.id)},
                                        .steps = {std::move(step)},
                                        .exclude_starts = true,
                                        .detail = AnswerDetail::kCounts,
                                        .budget = budget_},
                                       [](const std::vector<Walk>&) { return true; }));
    if (end.truncation.has_value()) return fmt::format("pairs of {}: cut", line.id);
    return Differs("pairs", line.id, static_cast<int64_t>(line.count),
                   static_cast<int64_t>(end.end_count));
  }

  absl::StatusOr<std::string> Triples(uint64_t index) const {
    const GraphFiles::Count& line = files_.triples[index];
    PG_ASSIGN_OR_RETURN(const auto view, store_.View(read_options_));
    PG_ASSIGN_OR_RETURN(const QueryEnd end,
                        view->Neighborhood({.nodes = {Id(line.id)},
                                            .hops = 3,
                                            .expand_partnerships = true,
                                            .detail = AnswerDetail::kCounts,
                                            .budget = budget_},
                                           [](const NeighborhoodPart&) { return true; }));
    if (end.truncation.has_value()) return fmt::format("three hops of {}: cut", line.id);
    // Ring 0 is the start.
    int64_t count = 0;
    for (size_t ring = 1; ring < end.ring_sizes.size(); ++ring) {
      count += static_cast<int64_t>(end.ring_sizes[ring]);
    }
    return Differs("three hops", line.id, static_cast<int64_t>(line.count), count);
  }

  absl::StatusOr<std::string> ShortestPath(uint64_t index) const {
    const GraphFiles::Path& line = files_.paths[index];
    PG_ASSIGN_OR_RETURN(const auto view, store_.View(read_options_));
    PG_ASSIGN_OR_RETURN(const PathResult result, view->FindPaths({.source = Id(line.source),
                                                                  .target = Id(line.target),
                                                                  .length_max = kLengthMax,
                                                                  .expand_partnerships = true,
                                                                  .detail = AnswerDetail::kNodes,
                                                                  .budget = budget_}));
    if (result.outcome == PathOutcome::kNotDecided) {
      return fmt::format("path from {} to {}: not decided", line.source, line.target);
    }
    int length = -1;
    for (const Path& path : result.paths) {
      length = static_cast<int>(path.nodes.size()) - 1;
      if (path.nodes.front().id != Id(line.source) || path.nodes.back().id != Id(line.target)) {
        return fmt::format("path from {} to {}: it joins others", line.source, line.target);
      }
    }
    return Differs("path", line.source, line.length, length);
  }

  absl::Status Write(uint64_t index) const {
    const GraphFiles::Write& line = files_.writes[index];
    GraphEdgeRecord edge{.type = "PARTNER_WITH",
                         .source = fmt::format("#{}", line.source + first_),
                         .target = fmt::format("#{}", line.target + first_),
                         .date = line.date,
                         .confidence = line.confidence};
    return store_.WriteFacts({.writer = "bench", .edges = {std::move(edge)}}).status();
  }

 private:
  NodeId Id(uint64_t line) const { return NodeId{line + first_}; }

  GraphStore& store_;
  const GraphFiles& files_;
  const uint64_t first_;
  const EdgeType partner_with_;
  const KvReadOptions read_options_;
  Budget budget_;
};

using ReadQuestion = absl::StatusOr<std::string> (Questions::*)(uint64_t) const;

}  // namespace

std::vector<GraphWorkload> GraphWorkloads(GraphStore& store, const GraphFiles& files,
                                          uint64_t first_node_id,
                                          const std::atomic<bool>& interrupted) {
  const auto questions = std::make_shared<Questions>(store, files, first_node_id, interrupted);
  const auto read = [&](const char* name, size_t lines, ReadQuestion question) -> GraphWorkload {
    return {.name = name, .lines = lines, .ask = [=](uint64_t line) -> absl::StatusOr<Answer> {
              PG_ASSIGN_OR_RETURN(std::string wrong, ((*questions).*question)(line));
              return Answer{.wrong = std::move(wrong)};
            }};
  };
  std::vector<GraphWorkload> workloads = {
      read("W1", files.names.size(), &Questions::Name),
      {.name = "W2",
       .lines = files.rows.size(),
       .ask = [questions](uint64_t line) -> absl::StatusOr<Answer> {
         PG_ASSIGN_OR_RETURN(std::string wrong, questions->Rows(line, /*at_least=*/false));
         return Answer{.wrong = std::move(wrong)};
       }},
      read("W3", files.pairs.size(), &Questions::Pairs),
      read("W4", files.triples.size(), &Questions::Triples),
      read("W5", files.paths.size(), &Questions::ShortestPath),
  };
  workloads.push_back({.name = "W7",
                       .lines = files.rows.size(),
                       .writes = true,
                       .ask = [questions, write_lines = files.writes.size(),
                               turn = std::make_shared<std::atomic<uint64_t>>(0)](
                                  uint64_t line) -> absl::StatusOr<Answer> {
                         const uint64_t now = (*turn)++;
                         if (now % kWriteInterval == kWriteInterval - 1) {
                           PG_RETURN_IF_ERROR(questions->Write(now / kWriteInterval % write_lines));
                           return Answer{.is_write = true};
                         }
                         PG_ASSIGN_OR_RETURN(std::string wrong,
                                             questions->Rows(line, /*at_least=*/true));
                         return Answer{.wrong = std::move(wrong)};
                       }});
  return workloads;
}

}  // namespace partnergraph::bench
