#include "graph/pattern_execution.h"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "graph/answer_size.h"
#include "graph/cut_list.h"
#include "graph/pattern_evaluation.h"
#include "graph/pattern_matcher.h"
#include "graph/pattern_parser.h"
#include "graph/pattern_plan.h"
#include "graph/pattern_rows.h"
#include "graph/status_macros.h"

namespace partnergraph {
namespace {

// A part is sent when its rows come to this.
constexpr uint64_t kPartBytes = 1 << 20;
// Steps of sorting between two questions whether to stop.
constexpr uint64_t kStepsAtOnce = 256;

struct SizeOfValue {
  uint64_t operator()(const std::string& text) const { return 8 + text.size(); }
  uint64_t operator()(const NodeSummary& node) const { return ByteSize(node); }
  uint64_t operator()(const Edge& edge) const { return ByteSize(edge); }
  uint64_t operator()(const std::vector<Edge>& edges) const {
    uint64_t bytes = 8;
    for (const Edge& edge : edges) bytes += ByteSize(edge);
    return bytes;
  }
  template <typename Scalar>
  uint64_t operator()(const Scalar&) const {
    return 8;
  }
};

// Of cells that are no nodes and edges, which are read before.
struct ToValue {
  PatternValue operator()(NodeId) const { return std::monostate(); }
  PatternValue operator()(const AdjacentEdge&) const { return std::monostate(); }
  PatternValue operator()(const std::vector<AdjacentEdge>&) const { return std::monostate(); }
  template <typename Scalar>
  PatternValue operator()(const Scalar& value) const {
    return value;
  }
};

class Execution {
 public:
  Execution(PatternSource& source, const PatternRequest& request, const PatternQuery& query,
            const PatternPlan& plan, absl::FunctionRef<bool(PatternPart)> emit)
      : source_(source),
        budget_(request.budget),
        query_(query),
        plan_(plan),
        emit_(emit),
        evaluator_(query, plan, source.schema()),
        rows_(query, request.budget),
        matcher_(query, plan, source, request.budget, cuts_) {
    for (const PatternItem& item : query.items) {
      if (!item.hidden) part_.columns.push_back(item.name);
    }
  }

  absl::StatusOr<PatternEnd> Run() {
    if (plan_.nothing.empty() && !rows_.enough()) {
      PG_RETURN_IF_ERROR(matcher_.Run(
          [&](std::span<const PatternBinding> matches) { return AddMatches(matches); }));
    }
    if (!full_) {
      if (rows_.overflowed()) cuts_.Add(TruncationReason::kNodes);
      PG_RETURN_IF_ERROR(SendHeld());
    }
    if (!part_.rows.empty() || !columns_sent_) PG_RETURN_IF_ERROR(Emit());
    // What LIMIT asked for is there, whatever was left out.
    if (full_ || !rows_.enough()) {
      PG_ASSIGN_OR_RETURN(end_.end.truncation, cuts_.Finish(source_.edges()));
    }
    end_.end.stats.edges_scanned = matcher_.edges_scanned();
    return std::move(end_);
  }

 private:
  absl::StatusOr<bool> AddMatches(std::span<const PatternBinding> matches) {
    PG_ASSIGN_OR_RETURN(const PatternValues values, ReadValues(matches));
    std::optional<TruncationReason> bound;
    for (const PatternBinding& match : matches) {
      if (rows_.enough()) break;
      ++end_.match_count;
      PatternCells cells;
      for (const PatternItem& item : query_.items) {
        const PatternExpression& expression = query_.expressions[item.expression];
        if (expression.kind != PatternExpression::Kind::kCount) {
          cells.push_back(evaluator_.Evaluate(item.expression, match, values));
        } else if (expression.operands.empty()) {
          cells.emplace_back(true);
        } else {
          cells.push_back(evaluator_.Evaluate(expression.operands[0], match, values));
        }
      }
      bound = rows_.Add(std::move(cells));
      if (bound.has_value()) break;
    }
    PG_RETURN_IF_ERROR(Send(rows_.TakeReady()));
    if (bound.has_value()) cuts_.Add(*bound);
    return !bound.has_value() && !rows_.enough() && !full_;
  }

  // What the items look at, of all matches in one read.
  absl::StatusOr<PatternValues> ReadValues(std::span<const PatternBinding> matches) {
    PatternValues values;
    std::vector<NodeId> nodes;
    for (const PatternBinding& match : matches) {
      for (const PatternNodeIndex node : plan_.value_nodes) {
        const NodeId id = match.nodes[node].id;
        if (values.try_emplace(id).second) nodes.push_back(id);
      }
    }
    if (nodes.empty()) return values;
    PG_ASSIGN_OR_RETURN(auto read, source_.ReadNodes(nodes, plan_.reads));
    for (size_t i = 0; i < nodes.size(); ++i) {
      if (read[i].has_value()) {
        values[nodes[i]] = *std::move(read[i]);
      } else {
        values.erase(nodes[i]);
      }
    }
    return values;
  }

  // Sends the rows that had to wait for the last match. A deadline leaves none: before all are
  // sorted the first is not known.
  absl::Status SendHeld() {
    uint64_t steps = 0;
    absl::StatusOr<std::vector<PatternCells>> rows = rows_.Finish([&]() -> absl::Status {
      if (++steps % kStepsAtOnce != 0) return absl::OkStatus();
      PG_ASSIGN_OR_RETURN(const bool late, matcher_.DeadlinePassed());
      return late ? absl::DeadlineExceededError("the deadline has passed") : absl::OkStatus();
    });
    if (absl::IsDeadlineExceeded(rows.status())) {
      full_ = true;
      return absl::OkStatus();
    }
    PG_RETURN_IF_ERROR(rows.status());
    return Send(*std::move(rows));
  }

  // Reads the names of nodes and edges of the rows, and sends the rows as parts fill.
  absl::Status Send(std::vector<PatternCells> rows) {
    for (size_t begin = 0; begin < rows.size() && !full_; begin += kPartMax) {
      const std::span<PatternCells> batch =
          std::span(rows).subspan(begin, std::min(kPartMax, rows.size() - begin));
      if (begin > 0) {
        PG_ASSIGN_OR_RETURN(const bool late, matcher_.DeadlinePassed());
        if (late) {
          full_ = true;
          return absl::OkStatus();
        }
      }
      PG_RETURN_IF_ERROR(SendBatch(batch));
    }
    return absl::OkStatus();
  }

  absl::Status SendBatch(std::span<PatternCells> rows) {
    std::vector<NodeId> nodes;
    std::vector<AdjacentEdge> edges;
    for (const PatternCells& row : rows) {
      for (size_t i = 0; i < row.size(); ++i) {
        if (query_.items[i].hidden) continue;
        if (const auto* node = std::get_if<NodeId>(&row[i])) nodes.push_back(*node);
        if (const auto* edge = std::get_if<AdjacentEdge>(&row[i])) edges.push_back(*edge);
        if (const auto* list = std::get_if<std::vector<AdjacentEdge>>(&row[i])) {
          edges.insert(edges.end(), list->begin(), list->end());
        }
      }
    }
    std::ranges::sort(nodes);
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
    PG_ASSIGN_OR_RETURN(const std::vector<RingNode> described,
                        DescribeReached(source_.edges(), nodes));
    PG_ASSIGN_OR_RETURN(std::vector<Edge> full, source_.edges().Materialize(edges));
    size_t next_edge = 0;
    for (PatternCells& row : rows) {
      std::vector<PatternValue> values;
      uint64_t bytes = 0;
      for (size_t i = 0; i < row.size(); ++i) {
        if (query_.items[i].hidden) continue;
        PatternValue value;
        if (const auto* node = std::get_if<NodeId>(&row[i])) {
          value =
              described[static_cast<size_t>(std::ranges::lower_bound(nodes, *node) - nodes.begin())]
                  .node;
        } else if (std::holds_alternative<AdjacentEdge>(row[i])) {
          value = std::move(full[next_edge++]);
        } else if (const auto* list = std::get_if<std::vector<AdjacentEdge>>(&row[i])) {
          std::vector<Edge> trail;
          for (size_t j = 0; j < list->size(); ++j) trail.push_back(std::move(full[next_edge++]));
          value = std::move(trail);
        } else {
          value = std::visit(ToValue(), row[i]);
        }
        bytes += std::visit(SizeOfValue(), value);
        values.push_back(std::move(value));
      }
      if (bytes_ + bytes > budget_.bytes_max) {
        cuts_.Add(TruncationReason::kBytes);
        full_ = true;
        return absl::OkStatus();
      }
      bytes_ += bytes;
      part_bytes_ += bytes;
      ++end_.row_count;
      part_.rows.push_back(std::move(values));
      if (part_.rows.size() == kPartMax || part_bytes_ >= kPartBytes) PG_RETURN_IF_ERROR(Emit());
    }
    return absl::OkStatus();
  }

  absl::Status Emit() {
    columns_sent_ = true;
    part_bytes_ = 0;
    if (emit_(std::exchange(part_, {}))) return absl::OkStatus();
    return absl::CancelledError("the receiver ended the query");
  }

  PatternSource& source_;
  const Budget& budget_;
  const PatternQuery& query_;
  const PatternPlan& plan_;
  absl::FunctionRef<bool(PatternPart)> emit_;
  CutList cuts_;
  PatternEvaluator evaluator_;
  PatternRows rows_;
  PatternMatcher matcher_;
  PatternPart part_;
  uint64_t part_bytes_ = 0;
  uint64_t bytes_ = 0;
  bool columns_sent_ = false;
  bool full_ = false;  // No further row may be sent.
  PatternEnd end_;
};

}  // namespace

absl::StatusOr<PatternEnd> RunPattern(PatternSource& source, const PatternRequest& request,
                                      absl::FunctionRef<bool(PatternPart)> emit) {
  PG_ASSIGN_OR_RETURN(const PatternQuery query, ParsePattern(request.text, request.parameters));
  PG_ASSIGN_OR_RETURN(const PatternPlan plan, PlanPattern(query, source));
  if (query.explain) {
    PatternEnd end;
    end.plan = ShowPlan(query, plan, source.schema());
    return end;
  }
  return Execution(source, request, query, plan, emit).Run();
}

}  // namespace partnergraph
