// Finds the matches of a plan. See pattern_execution.h.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "graph/cut_list.h"
#include "graph/hop.h"
#include "graph/pattern_evaluation.h"
#include "graph/pattern_plan.h"
#include "graph/pattern_query.h"
#include "graph/pattern_source.h"

namespace partnergraph {

// Matches that one call of the sink gets.
inline constexpr size_t kPatternBatchMax = 256;

class PatternMatcher {
 public:
  // All must outlive this. Cuts are noted in `cuts`.
  PatternMatcher(const PatternQuery& query, const PatternPlan& plan, PatternSource& source,
                 const Budget& budget, CutList& cuts);

  // Gives all matches to the sink, at most kPatternBatchMax at a time, until it returns false.
  // Errors of the source and of the sink; CANCELLED.
  using Sink = absl::FunctionRef<absl::StatusOr<bool>(std::span<const PatternBinding> matches)>;
  absl::Status Run(Sink sink);

  // Whether the deadline has passed, which is noted as a cut and ends the query.
  absl::StatusOr<bool> DeadlinePassed();

  uint64_t edges_scanned() const { return expander_.edges_scanned(); }

 private:
  // A match in the making: what one hop added, and what was there before.
  struct Partial {
    const Partial* parent = nullptr;  // Lives as long as the frame below.
    uint32_t step = 0;
    bool has_edge = false;
    bool done = false;  // The step can end here.
    NodeId node{};
    NodeKind kind{};
    AdjacentEdge edge;
  };
  // What one slice became by one hop of a step. `next` goes over the rows twice: the step's end
  // first (rows that are done), then its further hops.
  struct Frame {
    uint32_t step = 0;
    uint32_t hop = 0;
    std::vector<Partial> rows;
    size_t next = 0;
    bool further = false;
  };

  absl::Status Drain(Sink sink);
  absl::StatusOr<bool> Give(std::span<const Partial* const> rows, Sink sink);
  // Takes the next rows of the frame that the phase is about, at most `rows_max`.
  static std::vector<const Partial*> Slice(Frame& frame, size_t rows_max);

  // Begins a step at matches of the steps before it, and pushes what comes of it.
  absl::Status Begin(uint32_t step, std::span<const Partial* const> rows);
  absl::Status AddStarts(uint32_t step, std::span<const Partial* const> rows,
                         std::span<const NodeSummary> starts);
  absl::Status Expand(uint32_t step, uint32_t hop, std::span<const Partial* const> rows);
  // Pushes the frame, when something is left of it after conditions on values.
  absl::Status Push(Frame frame);
  absl::Status CheckValues(Frame& frame);
  // What can be decided at the end of a step without reading.
  bool EndsHere(const PatternStep& step, const Partial& row, NodeId target);
  bool UsesEdge(const Partial* row, const AdjacentEdge& edge) const;
  NodeId BoundNode(const Partial* row, PatternNodeIndex node) const;
  void Bind(const Partial& row, PatternBinding& binding) const;
  size_t SliceMax(uint32_t step) const { return slice_max_[step]; }
  void Adapt(uint32_t step, size_t rows, size_t results);

  const PatternQuery& query_;
  const PatternPlan& plan_;
  PatternSource& source_;
  const Budget& budget_;
  CutList& cuts_;
  HopExpander expander_;
  PatternEvaluator evaluator_;
  const PatternValues no_values_;
  std::vector<uint32_t> step_of_node_;  // That binds it.
  std::vector<size_t> slice_max_;       // By step: rows that the next slice may have.
  std::vector<Frame> frames_;
  PatternBinding scratch_;
  bool stopped_ = false;  // A bound on the query was met: nothing more is read.
  bool late_ = false;     // The deadline has passed: nothing more is given either.
};

}  // namespace partnergraph
